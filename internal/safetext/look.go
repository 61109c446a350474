package safetext

import (
	"strings"

	"golang.org/x/net/html"
)

const (
	defaultFontPixels = 16

	// tinyPixels is the largest absolute font size nobody can read.
	tinyPixels = 1

	// leastRelativePixels is what browsers draw relative sizes at, at least
	// (Chromium's minimum logical font size).
	leastRelativePixels = 6

	// Letters less than half their size apart are on top of each other; with
	// hundreds of pixels between them a line has three.
	leastAdvance = 0.5
	widestSpace  = 300

	// invisibleOpacity is the opacity up to which text cannot be read.
	invisibleOpacity = 0.05
)

// look is what an element inherits or stands on.
type look struct {
	invisible bool // visibility
	opacity   float64
	font      float64 // pixels
	scale     float64 // of transforms, here and above
	absolute  bool    // the size was given as an absolute length, here or above
	text      color
	link      color  // of links, as body says
	body      color  // of body, which tables have in quirks mode
	fill      *color // of -webkit-text-fill-color, which is drawn instead of text
	bg        color
	// behind names what is behind the text that only drawing could tell of, an
	// image for one, and veiled what is done to the text itself; "": nothing.
	behind, veiled string
	line           float64 // declared height of a line in pixels; -1: none
	nowrap, pre    bool    // lines are not wrapped; blanks and line ends are kept
	rtl            bool
	root           float64 // font size of the page, which rem counts in
	dark           bool    // the default colours are those of a dark page
	tight          bool    // lines or letters are on top of each other
	family         string  // of the font
	applied        float64 // the indent that the first line has
	registered     map[string]string
	box, boxes     bool // it is a box, or what is in it will be: an item of flex or grid
	masked         bool // drawn as dots
	unsure         unsure
	indent         float64           // pixels
	indented       string            // the kind of hiding that follows from it
	spread         bool              // letter-spacing puts the letters on top of each other
	vars           map[string]string // custom properties, without var()
}

// unsure tells which of what is inherited is otherwise for some readers.
type unsure struct{ seen, font, text, bg, family bool }

func newLook() look {
	return look{root: defaultFontPixels, line: -1, opacity: 1, scale: 1, font: defaultFontPixels, text: black, link: linkBlue, body: black, bg: white}
}

// inherit is the look of an element inside one that looks like l.
func (l look) inherit(n *html.Node, d declarations, quirks bool) look {
	l.variables(d)
	l.resolve(d, quirks)
	if n.Data == "mphantom" {
		l.invisible = true // MathML Core §3.3.9
	}
	if v := d.get("-webkit-text-security"); v != "" && !cssWide[v] {
		l.masked = v != "none"
	}
	if v, ok := d["visibility"]; ok {
		l.unsure.seen = v.unknown
		switch v.text {
		case "initial", "visible":
			l.invisible = false
		case "hidden", "collapse":
			l.invisible = true
		}
	}
	l.box = l.boxes
	l.boxes = strings.HasSuffix(d.get("display"), "flex") || strings.HasSuffix(d.get("display"), "grid")
	if !d["opacity"].unknown && !d["filter"].unknown && d.get("display") != "contents" {
		l.opacity *= opacityOf(d)
	}
	l.fontSize(n, d, quirks)
	if zoom, unit, ok := number(d.get("zoom")); ok && zoom > 0 {
		if unit == "%" {
			zoom /= 100
		}
		l.font *= zoom
	}
	if !d["transform"].unknown {
		l.scale *= scaleOf(d)
	}
	if v := d["font-size-adjust"]; !v.unknown && v.text == "0" {
		l.scale = 0
	}
	if n.Data == "table" && quirks {
		l.text = l.body // it has the colour of the page (HTML §15.3.10)
	}
	l.colors(n, d)
	if n.Data == "body" {
		l.body = l.text
	}
	if px, ok := acrossWindow(d.get("text-indent"), l); ok {
		l.indent = px
	} else if d.get("text-indent") == "initial" {
		l.indent = 0
	}
	if l.setting(n, d); n.Data == "html" {
		l.root = l.font
	}
	if v, ok := d["letter-spacing"]; ok {
		px, known := pixelsAt(v.text, l.font)
		l.spread = known && !v.unknown && (px <= -l.font*leastAdvance || px >= widestSpace)
	}
	return l
}

// setting follows how text is set in lines.
func (l *look) setting(n *html.Node, d declarations) {
	if v, ok := d["font-family"]; ok && v.text != "inherit" {
		l.family, l.unsure.family = v.text, v.unknown
	} else if face, ok := attr(n, "face"); ok && n.Data == "font" {
		l.family = strings.ToLower(face)
	}
	if v := d.get("white-space"); v != "" && !cssWide[v] {
		l.nowrap = strings.Contains(v, "nowrap") || v == "pre"
		l.pre = strings.Contains(v, "pre") || strings.Contains(v, "break-spaces")
	} else if hasAttr(n, "nowrap") && (n.Data == "td" || n.Data == "th") || n.Data == "nobr" || n.Data == "pre" || n.Data == "listing" || n.Data == "xmp" {
		l.nowrap, l.pre = true, n.Data != "nobr" && !isTablePart(n.Data)
	}
	if v := d.get("text-wrap"); v != "" && !cssWide[v] {
		l.nowrap = strings.Contains(v, "nowrap")
	}
	if v := d.get("direction"); v != "" && !cssWide[v] {
		l.rtl = v == "rtl"
	} else if dir, ok := attr(n, "dir"); ok {
		l.rtl = strings.EqualFold(dir, "rtl")
	}
	if v := d.get("line-height"); v != "" && !cssWide[v] {
		factor, unit, ok := number(v)
		px, known := pixelsAt(v, l.font)
		switch {
		case v == "normal":
			l.line = -1
		case ok && unit == "":
			l.line = factor * l.font
		case ok && unit == "%":
			l.line = factor / 100 * l.font
		case known:
			l.line = px
		}
	}
	if v := d.get("color-scheme"); v != "" && !cssWide[v] {
		l.dark = darkOnly(v)
	}
	if v, ok := d["letter-spacing"]; ok {
		px, known := pixelsAt(v.text, l.font)
		l.tight = known && (px < -0.25*l.font || px > 5*l.font)
	}
}

// opacityOf multiplies what makes an element see-through.
func opacityOf(d declarations) float64 {
	share := portion(d.get("opacity"))
	for rest := d.get("filter"); ; {
		_, args, ok := strings.Cut(rest, "opacity(")
		if !ok {
			return share
		}
		args, rest, _ = strings.Cut(args, ")")
		share *= portion(args)
	}
}

// portion is a number or percentage from 0 to 1; 1 for what is none.
func portion(s string) float64 {
	n, unit, ok := number(s)
	if !ok {
		n, ok = calc(s, defaultFontPixels)
	}
	if !ok {
		return 1
	}
	if unit == "%" {
		n /= 100
	}
	return min(max(n, 0), 1)
}

// fontSize follows the cascade of font-size, the font element included.
func (l *look) fontSize(n *html.Node, d declarations, quirks bool) {
	if n.Data == "table" && quirks {
		// Without a doctype a table does not inherit its size (HTML §15.3.10).
		l.font, l.absolute = defaultFontPixels, false
	}
	switch n.Data {
	case "button", "input", "select", "textarea":
		l.font, l.absolute = sizeWords["small"], false
	}
	v, declared := d["font-size"]
	if declared {
		l.unsure.font = v.unknown
	}
	if v.text == "" {
		if _, sized := attr(n, "size"); sized && n.Data == "font" {
			l.font, l.absolute = defaultFontPixels, false // size=1 is drawn at 10 px
		}
		return
	}
	size, unit, ok := number(v.text)
	switch {
	case v.text == "initial":
		l.font, l.absolute = defaultFontPixels, false
		return
	case v.text == "inherit", v.text == "unset", v.text == "revert", v.text == "smaller", v.text == "larger":
		return
	case sizeWords[v.text] > 0:
		l.font, l.absolute = sizeWords[v.text], false
		return
	case ok && unit == "%":
		size *= l.font / 100
	case ok && (unit == "rem" || unit == "rlh"):
		size *= l.root * unitFonts[unit]
	case ok && unitFonts[unit] > 0:
		size *= l.font * unitFonts[unit]
	default:
		px, known := pixelsAt(v.text, l.font)
		if !known {
			px = defaultFontPixels
		}
		l.font, l.absolute = max(px, 0), known
		return
	}
	if size > 0 && !l.absolute {
		size = max(size, leastRelativePixels)
	}
	l.font = max(size, 0)
}

// colors follows colour and background through attributes and styles.
func (l *look) colors(n *html.Node, d declarations) {
	own := l.text
	hint := func(name string) (color, bool) {
		text, ok := attr(n, name)
		if !ok {
			return color{}, false
		}
		return legacyColor(text)
	}
	switch n.Data {
	case "mark":
		l.text, l.bg, l.behind = black, yellow, ""
	case "button", "input", "select", "textarea":
		l.text, l.fill, l.bg, l.behind = black, nil, white, ""
	case "a":
		if hasAttr(n, "href") {
			l.text, l.fill = l.link, nil
		}
	}
	if c, ok := hint("bgcolor"); ok && canHaveBackground(n.Data) {
		l.bg, l.behind = c, ""
	}
	if c, ok := hint("text"); ok && n.Data == "body" {
		l.text = c
	}
	if c, ok := hint("link"); ok && n.Data == "body" {
		l.link = c
	}
	if c, ok := hint("color"); ok && n.Data == "font" {
		l.text = c
	}
	if v, ok := d["color"]; ok {
		l.text, l.unsure.text = l.chosen(v, own, l.text), v.unknown
	}
	if v, ok := d["-webkit-text-fill-color"]; ok {
		c := l.chosen(v, l.text, l.text)
		l.fill, l.unsure.text = &c, l.unsure.text || v.unknown
	}
	l.background(n, d)
	for _, veil := range veils {
		v, ok := d[veil.property]
		switch {
		case !ok:
		case v.text == "none", v.text == "normal", v.text == "initial":
			l.veiled = ""
		case !cssWide[v.text] && (!veil.plain(v.text) || veil.property == "text-shadow" && l.drawn().same(l.bg)):
			l.veiled = doubtBlended
		}
	}
}

// veils are the properties by which text may be seen in another colour than its
// own.
var veils = []struct {
	property string
	plain    func(string) bool
}{
	{"text-shadow", func(s string) bool { return strings.Count(s, "px") <= 9 && !strings.Contains(s, "calc") }},
	{"-webkit-text-stroke", func(s string) bool { n, _, ok := number(s); return ok && n == 0 }},
}

// chosen is a colour property's value.
func (l *look) chosen(v value, inherited, before color) color {
	switch v.text {
	case "", "revert", "revert-layer":
		return before
	case "inherit", "unset", "currentcolor":
		return inherited
	case "initial":
		return black
	}
	c, _ := parseColor(v.text)
	return c
}

// canHaveBackground names the elements whose bgcolor counts (HTML §15.3).
func canHaveBackground(tag string) bool {
	switch tag {
	case "body", "table", "thead", "tbody", "tfoot", "tr", "td", "th", "marquee":
		return true
	}
	return false
}

func (l *look) background(n *html.Node, d declarations) {
	if _, ok := attr(n, "background"); ok && canHaveBackground(n.Data) {
		l.behind = doubtImage
	}
	if v, ok := d["background-color"]; ok {
		c, valid := parseColor(v.text)
		l.unsure.bg = l.unsure.bg && c.alpha < 1 || v.unknown
		switch {
		case v.text == "currentcolor":
			l.bg, l.behind = l.text, ""
		case valid && !c.known:
			l.bg, l.behind = c, ""
		case valid && c.alpha > 0:
			if l.bg = c.over(l.bg); c.alpha == 1 {
				l.behind = ""
			}
		}
	}
	if v, ok := d["background-image"]; ok && v.text != "none" && !cssWide[v.text] {
		if c, flat := flatGradient(v.text); flat && !v.unknown {
			l.bg, l.behind = c, ""
		} else {
			l.behind = doubtImage
		}
	}
	if d.get("background-clip") == "text" {
		l.veiled = doubtBlended // the background is drawn in the letters
	}
}

// drawn is the colour letters are drawn in.
func (l look) drawn() color {
	if l.fill != nil {
		return *l.fill
	}
	return l.text
}
