package safetext

import (
	"strings"

	"golang.org/x/net/html"
)

// Kinds of hidden HTML, as Result.Removed counts them (elements with text).
const (
	kindComment   = "comments"
	kindScript    = "scripts"
	kindEmbedded  = "embedded_objects"
	kindHidden    = "hidden_elements" // hidden, display:none, template, dialog
	kindInvisible = "invisible_text"  // visibility, opacity
	kindTiny      = "tiny_text"       // fonts of 0 or 1 px
	kindZeroSize  = "zero_size_boxes" // clipped to nothing
	kindOffScreen = "off_screen_text" // positioned outside
	kindSameColor = "same_color_text" // in its background's colour
)

const (
	defaultFontPixels = 16

	// tinyPixels is the largest absolute font size nobody can read.
	tinyPixels = 1

	// leastRelativePixels is what browsers draw relative sizes at, at least
	// (Chromium's minimum logical font size).
	leastRelativePixels = 6

	// offScreenPixels: nothing is set this far outside for its looks.
	offScreenPixels = -400

	// invisibleOpacity is the opacity up to which text cannot be read.
	invisibleOpacity = 0.05
)

// dropped elements never show text of their own, and what they are counted as.
var dropped = map[string]string{
	"style": "", "head": "", "title": "", "meta": "", "link": "", "base": "",
	"script": kindScript, "template": kindHidden, "datalist": kindHidden, "noembed": kindHidden, "noframes": kindHidden,
	"iframe": kindEmbedded, "object": kindEmbedded, "embed": kindEmbedded, "applet": kindEmbedded, "frameset": kindEmbedded,
	"audio": kindEmbedded, "video": kindEmbedded, "svg": kindEmbedded, "math": kindEmbedded, "canvas": kindEmbedded,
}

// look is what an element inherits or stands on.
type look struct {
	invisible bool
	font      float64 // pixels
	text, bg  color
}

// hider removes from a tree what a reader would not see.
type hider struct {
	sheet   *sheet
	removed counter
}

// hide removes hidden elements, comments and scripts from the tree at root.
func hide(root *html.Node, removed counter) {
	h := &hider{sheet: newSheet(), removed: removed}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && n.Data == "style" && n.FirstChild != nil {
			h.sheet.parse(n.FirstChild.Data)
		}
	}
	h.walk(root, look{font: defaultFontPixels, text: black, bg: white})
}

// walk visits the children of n. The parser refuses depths over 512, so it may
// recurse.
func (h *hider) walk(n *html.Node, at look) {
	hidden := textHiding(at)
	counted := false
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		switch c.Type {
		case html.CommentNode:
			if strings.TrimSpace(c.Data) != "" {
				h.removed.add(kindComment, 1)
			}
			n.RemoveChild(c)
		case html.TextNode:
			if hidden != "" && strings.TrimSpace(c.Data) != "" {
				if !counted {
					h.removed.add(hidden, 1)
				}
				counted = true
				c.Data = " "
			}
		case html.ElementNode:
			h.element(n, c, at)
		}
		c = next
	}
}

func (h *hider) element(parent, c *html.Node, at look) {
	kind, drop := dropped[c.Data]
	var d declarations
	if !drop {
		d = h.sheet.styleOf(c)
		if kind = boxHiding(c, d); kind != "" {
			drop = true
		}
	}
	if drop {
		if kind != "" && (hasText(c) || kind == kindScript) {
			h.removed.add(kind, 1)
		}
		parent.RemoveChild(c)
		return
	}
	child := at.inherit(c, d)
	if textHiding(child) != "" && c.Data == "img" {
		parent.RemoveChild(c) // its alt is text
		return
	}
	h.walk(c, child)
}

// textHiding names why text with this look cannot be seen, "" if it can.
func textHiding(l look) string {
	switch {
	case l.invisible:
		return kindInvisible
	case l.font <= tinyPixels:
		return kindTiny
	case l.text.same(l.bg):
		return kindSameColor
	}
	return ""
}

// hasText reports whether an element shows text or an image's alt.
func hasText(n *html.Node) bool {
	for c := range n.Descendants() {
		if c.Type == html.TextNode && strings.TrimSpace(c.Data) != "" {
			return true
		}
	}
	return false
}

// boxHiding names why an element with all that is in it is not seen.
func boxHiding(n *html.Node, d declarations) string {
	display := d.get("display")
	switch {
	case display == "none":
		return kindHidden
	case d["display"].unknown || display != "":
	case hasAttr(n, "hidden"), n.Data == "dialog" && !hasAttr(n, "open"):
		return kindHidden
	}
	if v, unit, ok := number(d.get("opacity")); ok {
		if unit == "%" {
			v /= 100
		}
		if v <= invisibleOpacity {
			return kindInvisible
		}
	}
	if zeroBox(d) {
		return kindZeroSize
	}
	if offScreen(d) {
		return kindOffScreen
	}
	return ""
}

// zeroBox reports a box that clips its content to nothing.
func zeroBox(d declarations) bool {
	clips := false
	for _, property := range []string{"overflow", "overflow-x", "overflow-y"} {
		v := d.get(property)
		clips = clips || strings.HasPrefix(v, "hidden") || strings.HasPrefix(v, "clip")
	}
	if clips {
		for _, property := range []string{"height", "max-height", "width", "max-width"} {
			if px, ok := pixels(strings.TrimSuffix(d.get(property), "%")); ok && px <= 1 {
				return true
			}
		}
	}
	position := d.get("position")
	if clip := d.get("clip"); strings.HasPrefix(clip, "rect(") && (position == "absolute" || position == "fixed") && emptyRect(clip) {
		return true
	}
	path := strings.ReplaceAll(d.get("clip-path"), " ", "")
	if strings.HasPrefix(path, "inset(50%") || strings.HasPrefix(path, "inset(100%") || path == "circle(0)" || path == "circle(0px)" {
		return true
	}
	transform := strings.ReplaceAll(d.get("transform"), " ", "")
	return transform == "scale(0)" || transform == "scale(0,0)" || transform == "scalex(0)" || transform == "scaley(0)"
}

// emptyRect reports a clip rectangle of at most one pixel either way.
func emptyRect(clip string) bool {
	var edge [4]float64
	fields := strings.FieldsFunc(strings.TrimPrefix(clip, "rect("), func(r rune) bool { return strings.ContainsRune(" ,)", r) })
	if len(fields) < 4 {
		return false
	}
	for i := range edge {
		px, ok := pixels(fields[i])
		if !ok {
			return false
		}
		edge[i] = px
	}
	return edge[2]-edge[0] <= 1 || edge[1]-edge[3] <= 1
}

// offScreen reports a box set outside what can be scrolled to.
func offScreen(d declarations) bool {
	far := func(property string) bool {
		px, ok := pixels(d.get(property))
		return ok && px <= offScreenPixels
	}
	if far("text-indent") || far("margin-left") || far("margin-top") {
		return true
	}
	transform := strings.ReplaceAll(d.get("transform"), " ", "")
	if _, arg, ok := strings.Cut(transform, "translate"); ok {
		if _, arg, ok = strings.Cut(arg, "("); ok {
			first, second, _ := strings.Cut(strings.TrimSuffix(arg, ")"), ",")
			for _, s := range []string{first, second} {
				if px, ok := pixels(s); ok && px <= offScreenPixels {
					return true
				}
			}
		}
	}
	switch d.get("position") {
	case "absolute", "fixed", "relative":
		return far("left") || far("top") || (d.get("position") != "relative" && (far("right") || far("bottom")))
	}
	return false
}

// inherit is the look of an element inside one that looks like l.
func (l look) inherit(n *html.Node, d declarations) look {
	if v, ok := d["visibility"]; ok {
		l.invisible = !v.unknown && (v.text == "hidden" || v.text == "collapse")
	}
	l.font = fontSize(n, d, l.font)
	l.colors(n, d)
	return l
}

// fontSize follows the cascade of font-size, the font element included.
func fontSize(n *html.Node, d declarations, parent float64) float64 {
	v, declared := d["font-size"]
	switch {
	case declared && v.unknown:
		return defaultFontPixels
	case !declared:
		if n.Data == "font" && hasAttr(n, "size") {
			return defaultFontPixels // size=1 is drawn at 10 px
		}
		return parent
	}
	size, unit, ok := number(v.text)
	if !ok {
		if v.text == "inherit" || v.text == "smaller" || v.text == "larger" {
			return parent
		}
		return defaultFontPixels
	}
	switch unit {
	case "%":
		size = parent * size / 100
	case "em":
		size *= parent
	case "rem":
		size *= defaultFontPixels
	default:
		if px, ok := pixels(v.text); ok {
			return px
		}
		return defaultFontPixels
	}
	if size > 0 {
		size = max(size, leastRelativePixels)
	}
	return size
}

// colors follows colour and background through attributes and styles.
func (l *look) colors(n *html.Node, d declarations) {
	if n.Data == "a" && hasAttr(n, "href") {
		l.text = linkBlue
	}
	attr := func(name string) (color, bool) { return parseColor(attrOf(n, name)) }
	if c, ok := attr("bgcolor"); ok {
		l.bg = c
	}
	if hasAttr(n, "background") {
		l.bg = color{}
	}
	if c, ok := attr("text"); ok && n.Data == "body" {
		l.text = c
	}
	if c, ok := attr("color"); ok && n.Data == "font" {
		l.text = c
	}
	for _, property := range []string{"background-color", "background-image"} {
		v, declared := d[property]
		if !declared || v.text == "none" {
			continue
		}
		if c, ok := backgroundColor(v.text); v.unknown {
			l.bg = color{}
		} else if ok && !c.clear {
			l.bg = c
		}
	}
	if p := d.get("position"); p == "absolute" || p == "fixed" {
		l.bg = color{} // it may stand on anything
	}
	if v, ok := d["color"]; ok && v.text != "inherit" {
		l.text, _ = parseColor(v.text)
		l.text.known = l.text.known && !v.unknown
	}
	if v, ok := d["-webkit-text-fill-color"]; ok {
		l.text, _ = parseColor(v.text)
	}
	if v, ok := d["text-shadow"]; ok && v.text != "none" {
		l.text = color{}
	}
}

func attrOf(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func hasAttr(n *html.Node, key string) bool {
	for _, a := range n.Attr {
		if a.Key == key {
			return true
		}
	}
	return false
}
