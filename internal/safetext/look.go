package safetext

import (
	"maps"
	"slices"
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

	// invisibleOpacity is the opacity up to which text cannot be read.
	invisibleOpacity = 0.05

	// maxVariable and maxVariables bound custom properties: a value that
	// refers to others can grow without end.
	maxVariable  = 1 << 10
	maxVariables = 200
	maxResolve   = 8
)

// look is what an element inherits or stands on.
type look struct {
	invisible bool // visibility
	opacity   float64
	font      float64 // pixels
	absolute  bool    // the size was given as an absolute length, here or above
	text      color
	fill      *color // of -webkit-text-fill-color, which is drawn instead of text
	bg        color
	// behind names what is behind the text that only drawing could tell of, an
	// image for one, and veiled what is done to the text itself; "": nothing.
	behind, veiled string
	spread         bool // letter-spacing puts the letters on top of each other
	vars           map[string]string
}

func newLook() look {
	return look{opacity: 1, font: defaultFontPixels, text: black, bg: white}
}

// inherit is the look of an element inside one that looks like l.
func (l look) inherit(n *html.Node, d declarations, quirks bool) look {
	l.variables(d)
	l.resolve(d, quirks)
	if v, ok := d["visibility"]; ok {
		switch {
		case v.unknown, v.text == "initial", v.text == "visible":
			l.invisible = false
		case v.text == "hidden", v.text == "collapse":
			l.invisible = true
		}
	}
	l.opacity *= opacityOf(d)
	l.fontSize(n, d, quirks)
	if zoom, unit, ok := number(d.get("zoom")); ok && zoom > 0 {
		if unit == "%" {
			zoom /= 100
		}
		l.font *= zoom
	}
	l.colors(n, d)
	if v, ok := d["letter-spacing"]; ok {
		px, known := pixelsAt(v.text, l.font)
		l.spread = known && !v.unknown && px < -l.font
	}
	return l
}

// variables keeps the custom properties an element sets for what is in it.
func (l *look) variables(d declarations) {
	names := d.names(func(name string, _ value) bool { return strings.HasPrefix(name, "--") })
	if len(names) == 0 || len(l.vars) >= maxVariables {
		return
	}
	l.vars = maps.Clone(l.vars)
	if l.vars == nil {
		l.vars = map[string]string{}
	}
	for _, name := range names[:min(len(names), maxVariables-len(l.vars))] {
		if l.vars[name] = d[name].text; d[name].unknown {
			delete(l.vars, name)
		}
	}
}

// names are those of the chosen declarations, in order; none in most mail.
func (d declarations) names(chosen func(string, value) bool) []string {
	var list []string
	for name, v := range d {
		if chosen(name, v) {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}

// resolve puts the values of custom properties in place. A value that is then
// not valid counts as not given (CSS Variables §3.1).
func (l *look) resolve(d declarations, quirks bool) {
	for _, property := range d.names(func(name string, v value) bool { return name[0] != '-' && strings.Contains(v.text, "var(") }) {
		v := d[property]
		delete(d, property)
		text, ok := l.substitute(v.text, 0)
		if !ok {
			continue
		}
		for _, one := range (declaration{property: property, text: strings.ToLower(strings.TrimSpace(text))}).longhands(quirks) {
			d.set(one.property, value{text: one.text, important: v.important, weight: v.weight, unknown: v.unknown})
		}
	}
}

func (l *look) substitute(s string, depth int) (string, bool) {
	for range maxResolve {
		at := strings.Index(s, "var(")
		if at < 0 {
			return s, true
		}
		inside, after := cutOutside(s[at+len("var("):], ')')
		name, fallback, hasFallback := strings.Cut(inside, ",")
		v, ok := l.vars[strings.TrimSpace(name)]
		if !ok {
			if v, ok = fallback, hasFallback; !ok {
				return "", false
			}
		}
		if strings.Contains(v, "var(") {
			if depth >= maxResolve {
				return "", false
			}
			if v, ok = l.substitute(v, depth+1); !ok {
				return "", false
			}
		}
		if s = s[:at] + v + after; len(s) > maxVariable {
			return "", false
		}
	}
	return "", false
}

// opacityOf multiplies what makes an element see-through.
func opacityOf(d declarations) float64 {
	share := 1.0
	if n, unit, ok := number(d.get("opacity")); ok {
		if unit == "%" {
			n /= 100
		}
		share = min(max(n, 0), 1)
	}
	if _, args, ok := strings.Cut(d.get("filter"), "opacity("); ok {
		args, _, _ = strings.Cut(args, ")")
		if n, unit, ok := number(args); ok {
			if unit == "%" {
				n /= 100
			}
			share *= min(max(n, 0), 1)
		}
	}
	return share
}

// fontSize follows the cascade of font-size, the font element included.
func (l *look) fontSize(n *html.Node, d declarations, quirks bool) {
	if n.Data == "table" && quirks {
		// Without a doctype a table does not inherit its size (HTML §15.3.10).
		l.font, l.absolute = defaultFontPixels, false
	}
	v, declared := d["font-size"]
	if !declared {
		if _, sized := attr(n, "size"); sized && n.Data == "font" {
			l.font, l.absolute = defaultFontPixels, false // size=1 is drawn at 10 px
		}
		return
	}
	size, unit, ok := number(v.text)
	switch {
	case v.unknown, v.text == "initial":
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
		size *= defaultFontPixels * unitFonts[unit]
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
	if _, ok := attr(n, "href"); ok && n.Data == "a" {
		l.text, l.fill = linkBlue, nil
	}
	if c, ok := hint("bgcolor"); ok && canHaveBackground(n.Data) {
		l.bg, l.behind = c, ""
	}
	if c, ok := hint("text"); ok && n.Data == "body" {
		l.text = c
	}
	if c, ok := hint("color"); ok && n.Data == "font" {
		l.text = c
	}
	if v, ok := d["color"]; ok {
		l.text = l.chosen(v, own, l.text)
	}
	if v, ok := d["-webkit-text-fill-color"]; ok {
		c := l.chosen(v, l.text, l.text)
		l.fill = &c
	}
	l.background(n, d)
	for _, veil := range veils {
		v, ok := d[veil.property]
		switch {
		case !ok:
		case v.text == "none", v.text == "normal", v.text == "initial":
			l.veiled = ""
		case !cssWide[v.text]:
			l.veiled = veil.doubt
		}
	}
}

// veils are the properties by which text may be seen in another colour than its
// own.
var veils = []struct{ property, doubt string }{
	{"text-shadow", doubtShadow}, {"-webkit-text-stroke", doubtShadow}, {"mix-blend-mode", doubtBlended},
}

// chosen is a colour property's value.
func (l *look) chosen(v value, inherited, before color) color {
	switch {
	case v.unknown:
		return color{}
	case v.text == "inherit", v.text == "unset", v.text == "currentcolor":
		return inherited
	case v.text == "initial":
		return black
	case v.text == "revert", v.text == "revert-layer":
		return before
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
	if _, ok := attr(n, "background"); ok && (canHaveBackground(n.Data)) {
		l.behind = doubtImage
	}
	if v, ok := d["background-color"]; ok {
		c, known := parseColor(v.text)
		switch {
		case v.unknown:
			l.bg, l.behind = color{}, ""
		case v.text == "currentcolor":
			l.bg, l.behind = l.text, ""
		case known && c.alpha > 0:
			if l.bg = c.over(l.bg); c.alpha == 1 {
				l.behind = ""
			}
		}
	}
	if v, ok := d["background-image"]; ok && v.text != "none" && !cssWide[v.text] {
		l.behind = doubtImage
	}
	if p := d.get("position"); p == "absolute" || p == "fixed" || p == "sticky" {
		l.behind = doubtPositioned // it may stand on anything
	}
}

// drawn is the colour letters are drawn in.
func (l look) drawn() color {
	if l.fill != nil {
		return *l.fill
	}
	return l.text
}
