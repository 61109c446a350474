package safetext

import (
	"math"
	"strings"

	"golang.org/x/net/html"
)

const (
	// lineShare is the height of a line, letterShare the width of a letter and
	// wideShare that of a letter outside of Latin script, as shares of the font's
	// size: what text takes at most.
	lineShare   = 1.3
	letterShare = 0.58
	wideShare   = 1.0

	// unknownImage is the height, in pixels, of an image that names none.
	unknownImage = 120

	// leastWidth keeps a column from being estimated as endlessly long.
	leastWidth = 20
)

// box is what is known of an element before its visibility is decided: its
// style, and how much room what is in it takes at most.
type box struct {
	d       declarations
	look    look
	sized   bool    // a box of its own, not part of a line
	width   float64 // of its content
	wide    float64 // definite width, or -1
	least   float64 // width that an attribute says, which may grow
	high    float64 // definite height or most height, or -1
	advance float64 // of its text on one line
	font    float64 // the largest in its text
	reach   float64 // the width that is needed for what cannot be wrapped
	content float64 // height of what is in it
	height  float64 // with padding, border and margin
	strays  bool    // something in it is moved out of the flow
	paints  bool    // something opaque is drawn in it
	floats  bool    // it holds floats
	grounds bool    // it contains them, and margins
}

// compose works out the style of each element, and from the leaves up the room
// they take. The parser refuses depths over 512, so it may recurse.
func (h *hider) compose(n *html.Node, under *box, within float64) *box {
	at := under.look
	b := &box{look: at, wide: -1, high: -1, width: max(within, leastWidth), sized: true}
	if n.Type == html.ElementNode {
		applied := at.applied
		b.d = h.sheet.styleOf(n)
		b.look = at.inherit(n, b.d, h.quirks)
		if b.size(n, within, under.high); b.sized {
			applied = b.look.indent
		}
		b.look.applied = applied
		h.boxes[n] = b
		if kind, _ := displayHiding(n, b.d); kind != "" {
			h.composeAll(n, b)
			b.advance, b.reach, b.content, b.height, b.paints = 0, 0, 0, 0, false
			return b
		}
	}
	h.composeAll(n, b)
	b.close(n)
	return b
}

func (h *hider) composeAll(n *html.Node, b *box) {
	share := b.width
	row := n.Data == "tr" || strings.HasSuffix(b.d.get("display"), "flex")
	if row {
		cells := 0.0
		for c := range n.ChildNodes() {
			if c.Type == html.ElementNode {
				cells++
			}
		}
		share /= max(cells, 1)
	}
	run, runFont, highest, sum, words := 0.0, b.look.font, 0.0, 0.0, 0
	flush := func() {
		if run > 0 {
			lines := min(math.Ceil(run/b.width), float64(max(words, 1)))
			sum += lines * max(runFont*lineShare, b.look.lineHeight())
		}
		run, runFont, words = 0, b.look.font, 0
	}
	for c := range n.ChildNodes() {
		switch {
		case c.Type == html.TextNode:
			advance, longest := textWidth(c.Data, b.look)
			run += advance
			if b.look.pre && advance > 0 {
				sum += float64(strings.Count(c.Data, "\n")) * b.look.font * lineShare
			}
			if strings.ContainsFunc(c.Data, func(r rune) bool { return r >= 0x2580 && r <= 0x25a1 }) {
				b.paints = true // letters that are boxes
			}
			words += wordsIn(c.Data)
			b.advance += advance
			b.reach = max(b.reach, longest)
			if advance > 0 {
				b.font = max(b.font, b.look.font)
			}
			continue
		case c.Type != html.ElementNode:
			continue
		case c.Data == "br":
			run = max(run, 1)
			flush()
			continue
		}
		if _, drop := dropped[c.Data]; drop {
			if c.Data == "svg" || c.Data == "video" || c.Data == "iframe" {
				b.paints = true
			}
			if c.Data == "svg" || c.Data == "video" || c.Data == "iframe" || c.Data == "embed" {
				h.boxes[c] = &box{d: h.sheet.styleOf(c), look: b.look, paints: true, wide: -1, high: -1, height: unknownImage}
			}
			continue
		}
		k := h.compose(c, b, share)
		b.strays = b.strays || k.strays || moved(k.d)
		b.paints = b.paints || k.paints
		switch position := k.d.get("position"); {
		case position == "absolute" || position == "fixed":
			continue
		case !k.sized:
			run += k.advance
			words += int(k.advance/k.look.font) + 1
			b.advance += k.advance
			runFont = max(runFont, k.font)
			b.font = max(b.font, k.font)
			if k.content > runFont*2 { // blocks in a line
				sum += k.content
			}
		default:
			flush()
			b.floats = b.floats || floats(c, k.d)
			highest, sum = max(highest, k.height), sum+k.height
		}
		b.reach = max(b.reach, k.outer())
	}
	flush()
	if b.content = sum; row && n.Data == "tr" {
		b.content = highest
	}
}

// size reads the width and height that are declared.
func (b *box) size(n *html.Node, within, tall float64) {
	b.sized = isBox(n, b.d, b.look) || isTransformable(n, b.d, b.look)
	if !b.sized {
		return
	}
	side := func(property string) float64 {
		px, ok := acrossWindow(b.d.get(property), b.look)
		if share, isShare := strings.CutSuffix(b.d.get(property), "%"); isShare {
			if n, _, ok := number(share); ok {
				return n / 100 * within
			}
		}
		if !ok || b.d.get(property) == "" {
			return 0
		}
		return px
	}
	b.width = within - max(side("padding-left")+side("padding-right"), 0) - max(side("margin-left"), 0) - max(side("margin-right"), 0)
	if n.Data == "blockquote" || n.Data == "ul" || n.Data == "ol" || n.Data == "dd" {
		b.width -= 40
	}
	if n.Data == "table" || n.Data == "td" || n.Data == "th" || n.Data == "img" {
		text := attrOf(n, "width")
		if n, unit, ok := number(text); ok && unit == "%" {
			b.width = n / 100 * within
		} else if ok && n > 0 {
			b.width, b.least = n, n
		}
	}
	for _, property := range []string{"width", "max-width"} {
		text := b.d.get(property)
		px, ok := 0.0, false
		if share, isShare := strings.CutSuffix(text, "%"); isShare {
			px, _, ok = number(share)
			px *= within / 100
		} else if text != "" && !cssWide[text] {
			px, ok = pixelsAt(text, b.look.font)
		}
		switch {
		case !ok:
		case property == "width":
			b.width, b.wide = px, px
		case px < b.width:
			b.width, b.wide = px, px
		}
	}
	if px, ok := pixelsAt(b.d.get("min-width"), b.look.font); ok && b.d.get("min-width") != "" && px > b.width {
		b.width, b.wide = px, px
	}
	for _, property := range []string{"height", "max-height"} {
		text := b.d.get(property)
		px, ok := pixelsAt(text, b.look.font)
		if share, isShare := strings.CutSuffix(text, "%"); isShare {
			px, _, ok = number(share)
			if px *= tall / 100; tall < 0 {
				ok = false
			}
		}
		if ok && text != "" && (b.high < 0 || px < b.high) {
			b.high = px
		}
	}
	if px, ok := pixelsAt(b.d.get("min-height"), b.look.font); ok && b.d.get("min-height") != "" && px > b.high && b.high >= 0 {
		b.high = px
	}
	if isTablePart(n.Data) && n.Data != "table" && b.d.get("max-width") == "" {
		b.wide, b.high = -1, -1 // they grow
	}
	b.width = max(b.width, leastWidth)
}

// close adds what stands around the content.
func (b *box) close(n *html.Node) {
	switch {
	case n.Type != html.ElementNode:
		b.height = b.content
		return
	case n.Data == "img":
		b.paints = true
		b.reach = max(b.wide, 0)
		if b.content = b.high; b.content < 0 {
			b.content = unknownImage
			if px, unit, ok := number(attrOf(n, "height")); ok && unit != "%" {
				b.content = px
			}
		}
	case n.Data == "hr", n.Data == "input", n.Data == "button", n.Data == "select", n.Data == "textarea", n.Data == "object", n.Data == "canvas":
		b.paints = true
		b.content = max(b.content, 24)
	}
	b.paints = b.paints || paintsBox(n, b.d)
	if n.Data == "p" || len(n.Data) == 2 && n.Data[0] == 'h' || n.Data == "ul" || n.Data == "ol" || n.Data == "blockquote" {
		if b.d.get("margin-top") == "" {
			b.height += 2 * b.look.font
		}
	}
	b.height += b.content
	if b.high >= 0 && !isTablePart(n.Data) {
		b.height = max(b.high, 0)
	} else if px, unit, ok := number(attrOf(n, "height")); ok && unit != "%" && isTablePart(n.Data) {
		b.height = max(b.height, px)
	}
	for _, property := range []string{"padding-top", "padding-bottom", "border-top-width", "border-bottom-width", "margin-top", "margin-bottom"} {
		if px, ok := acrossWindow(b.d.get(property), b.look); ok && b.d.get(property) != "" && px > 0 {
			b.height += px
		}
	}
	if px, ok := pixelsAt(b.d.get("min-height"), b.look.font); ok && b.d.get("min-height") != "" {
		b.height = max(b.height, px)
	}
	if v := b.d.get("aspect-ratio"); v != "" && v != "auto" && b.high < 0 {
		b.height = max(b.height, b.width)
	}
	display := b.d.get("display")
	b.grounds = isTablePart(n.Data) || clips(b.d.get("overflow-y")) || clips(b.d.get("overflow-x")) || floats(n, b.d) || strings.Contains(display, "inline-") ||
		strings.HasSuffix(display, "flex") || strings.HasSuffix(display, "grid") || strings.HasPrefix(display, "table") || display == "flow-root" ||
		b.d.get("position") == "absolute" || clearsLast(n, b)
}

// clearsLast reports that the last element in n stands below all floats.
func clearsLast(n *html.Node, b *box) bool {
	for c := n.LastChild; c != nil; c = c.PrevSibling {
		if c.Type == html.ElementNode {
			return strings.Contains(attrOf(c, "style"), "clear") || hasAttr(c, "clear")
		}
	}
	return false
}

// outer is the width a box needs in the one around it.
func (b *box) outer() float64 {
	width := max(b.reach, b.least)
	if b.wide >= 0 {
		width = b.wide
		if !clips(b.d.get("overflow-x")) {
			width = max(width, b.reach)
		}
	}
	for _, property := range []string{"margin-left", "padding-left", "border-left-width", "padding-right", "text-indent", "left"} {
		if property == "left" && b.d.get("position") == "" || property == "text-indent" && !b.sized {
			continue
		}
		if px, ok := pixelsAt(b.d.get(property), b.look.font); ok && b.d.get(property) != "" && px > 0 {
			width += px
		}
	}
	return width
}

// lineHeight is the height of a line of text, as declared; negative if it is not.
func (l look) lineHeight() float64 { return l.line }

// slightShift is how far, in pixels, boxes are moved for their looks.
const slightShift = 8

// paintsBox reports a box that covers what is under it.
func paintsBox(n *html.Node, d declarations) bool {
	if c, ok := parseColor(d.get("background-color")); ok && (!c.known || c.alpha > 0) {
		return true
	}
	if image := d.get("background-image"); image != "" && image != "none" && !cssWide[image] {
		return true
	}
	if d["background-color"].unknown || d["background-image"].unknown {
		return true
	}
	if shadow := d.get("box-shadow"); shadow != "" && shadow != "none" && !slightShadow(shadow) {
		return true
	}
	for _, property := range []string{"border-top-width", "border-bottom-width", "border-left-width"} {
		if px, ok := pixels(d.get(property)); ok && px >= slightShift {
			return true
		}
	}
	return (hasAttr(n, "bgcolor") || hasAttr(n, "background")) && canHaveBackground(n.Data)
}
