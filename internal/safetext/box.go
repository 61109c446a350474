package safetext

import (
	"strings"

	"golang.org/x/net/html"
)

const (
	// offScreenPixels: nothing is set this far outside for its looks.
	offScreenPixels = -400

	// farAway is beyond any window, to the right or below.
	farAway = 3000

	// farRight is beyond it for a box whose width is the window's.
	farRight = 2 * windowWidth

	// glyphShare is how wide a letter is at most, as a share of the font's size;
	// text that could reach back into the window is not taken for hidden.
	glyphShare = 0.7

	// slitPixels is the size of a box that shows less of its text than anybody
	// can read.
	slitPixels = 3

	// blurPixels makes text illegible.
	blurPixels = 8

	// smallScale is a scale at which no text can be read.
	smallScale = 0.05
)

// boxHiding names why an element with all that is in it is not seen.
func (h *hider) boxHiding(n *html.Node, d declarations, l look) string {
	if kind, doubt := displayHiding(n, d); kind != "" || doubt != "" {
		return kind
	}
	if kind := h.hidingOf(n, d, l); kind != "" && !d.conditional() {
		return kind
	}
	return ""
}

func (h *hider) hidingOf(n *html.Node, d declarations, l look) string {
	if d.get("display") == "contents" {
		return "" // it has no box that could be hidden
	}
	if l.opacity <= invisibleOpacity {
		return kindInvisible
	}
	if v := d["content-visibility"]; v.text == "hidden" {
		return kindHidden
	}
	if _, blur, ok := strings.Cut(d.get("filter"), "blur("); ok {
		blur, _, _ = strings.Cut(blur, ")")
		if px, ok := pixelsAt(blur, l.font); ok && px >= blurPixels {
			return kindInvisible
		}
	}
	if strings.Contains(d.get("content"), "url(") || strings.Contains(d.get("content"), "gradient(") {
		return kindHidden // replaced by an image
	}
	kind := h.sizeHiding(n, d, l)
	if kind == "" {
		kind = h.placeHiding(n, d, l)
	}
	if (kind == kindOffScreen || kind == kindZeroSize) && h.boxes[n].strays {
		return "" // something in it may be seen
	}
	return kind
}

// displayHiding follows display and what browsers give it by default.
func displayHiding(n *html.Node, d declarations) (kind, doubt string) {
	v, declared := d["display"]
	byDefault := hasAttr(n, "hidden") || n.Data == "dialog" && !hasAttr(n, "open") ||
		n.Data == "input" && strings.EqualFold(attrOf(n, "type"), "hidden") || n.Data == "area" || n.Data == "param" || n.Data == "rp" || hasAttr(n, "popover") ||
		n.Namespace == "math" && (strings.HasPrefix(n.Data, "annotation") || previous(n) != nil && n.Parent.Data == "maction")
	switch {
	case declared && v.unknown:
		return "", doubtConditional
	case declared && (v.text == "none" || strings.HasPrefix(v.text, "table-column")):
		return kindHidden, ""
	case declared && v.text != "revert" && v.text != "revert-layer":
		return "", ""
	case byDefault && (!declared || !hasAttr(n, "hidden")): // the attribute counts as the sender's style
		return kindHidden, ""
	}
	return "", ""
}

// isBox reports a box with a size of its own: a block, not a span.
func isBox(n *html.Node, d declarations, l look) bool {
	if l.box {
		return !isTablePart(n.Data)
	}
	switch p := d.get("position"); p {
	case "absolute", "fixed":
		return true
	}
	if f := d.get("float"); f != "" && f != "none" && !cssWide[f] {
		return true
	}
	switch display := d.get("display"); display {
	case "":
		return blockTags[n.Data] && !isTablePart(n.Data) && n.Data != "br" || moreBoxes[n.Data] || n.Data == "img" || n.Data == "input" || n.Data == "button" || n.Data == "select" || n.Data == "textarea" || n.Data == "marquee"
	case "inline", "inline flow", "contents", "ruby":
		return false
	default:
		return !strings.HasPrefix(display, "table") && display != "inline-table"
	}
}

// moreBoxes are blocks that need no lines of their own in Markdown.
var moreBoxes = wordSet("hgroup search dir xmp listing optgroup plaintext html")

// isTransformable reports an element that transforms and indents apply to (CSS
// Transforms §2): any but those in a line of text.
func isTransformable(n *html.Node, d declarations, l look) bool {
	return isBox(n, d, l) || isTablePart(n.Data) || strings.HasPrefix(d.get("display"), "table")
}

// isTablePart names the elements that grow with what is in them, whatever their
// height says.
func isTablePart(tag string) bool {
	switch tag {
	case "table", "thead", "tbody", "tfoot", "tr", "td", "th", "col", "colgroup":
		return true
	}
	return false
}

// sizeHiding finds boxes that clip what is in them to nothing.
func (h *hider) sizeHiding(n *html.Node, d declarations, l look) string {
	if shape := emptyShape(d); shape {
		return kindZeroSize
	}
	if isTransformable(n, d, l) && scaledAway(d) {
		return kindZeroSize
	}
	if !isBox(n, d, l) {
		return ""
	}
	contain := d.get("contain")
	strict := strings.Contains(contain, "strict")
	paint := strict || n.Data == "marquee" || strings.Contains(contain, "paint") || strings.Contains(contain, "content")
	clipsX, clipsY := paint || clips(d.get("overflow-x")), paint || clips(d.get("overflow-y"))
	if height, ok := pixelsAt(d.get("height"), l.font); (strict || paint && strings.Contains(contain, "size")) && (!ok || height <= slitPixels) && d.get("min-height") == "" {
		return kindZeroSize
	}
	small := func(size, most, least string) bool {
		if px, ok := pixelsAt(d.get(least), l.font); ok && px > slitPixels {
			return false
		}
		for _, property := range []string{size, most} {
			text := d.get(property)
			if strings.HasSuffix(text, "%") && property == size && size == "height" {
				continue // of a height that is not known
			}
			if px, ok := pixelsAt(strings.TrimSuffix(text, "%"), l.font); ok && px <= slitPixels {
				padding, known := acrossWindow(d.get(padded[size]), l)
				return !known || padding <= slitPixels // text runs over into what is below and to the right
			}
		}
		return false
	}
	switch {
	case (clipsX || clipsY) && (small("height", "max-height", "min-height") || small("width", "max-width", "min-width")):
		return kindZeroSize
	case clipsX || clipsY:
		if px, ok := acrossWindow(d.get("text-indent"), l); ok && px >= windowWidth {
			return kindOffScreen
		}
		if px, ok := acrossWindow(d.get("padding-left"), l); ok && px >= windowWidth {
			return kindOffScreen
		}
	}
	return ""
}

var padded = map[string]string{"height": "padding-bottom", "width": "padding-right"}

func clips(overflow string) bool {
	switch overflow {
	case "hidden", "clip", "auto", "scroll", "overlay":
		return true
	}
	return false
}

// placeHiding finds boxes that are set outside of what can be scrolled to.
func (h *hider) placeHiding(n *html.Node, d declarations, l look) string {
	shift, away := displacement(d, l, isTransformable(n, d, l))
	if away {
		return kindOffScreen
	}
	if shift > offScreenPixels {
		return ""
	}
	// Text so long that it reaches back into the window is seen in part.
	reach := float64(h.textLength(n, int(-shift)+1)) * l.font * glyphShare
	if position := d.get("position"); position == "relative" || position == "sticky" {
		reach = min(reach, windowWidth)
	}
	if px, ok := pixelsAt(d.get("width"), l.font); ok && d.get("width") != "" {
		reach = min(reach, px)
	}
	if reach+shift > 0 {
		return ""
	}
	return kindOffScreen
}

// indent follows text-indent, which moves the first line of each block.
func (h *hider) indent(n *html.Node, b *box) {
	l := &b.look
	if p := h.boxes[n.Parent]; p != nil && b.d.get("text-indent") == "" {
		l.indented = p.look.indented
	}
	if !isTransformable(n, b.d, *l) {
		return
	}
	l.indented = ""
	if l.indent > offScreenPixels || float64(h.textLength(n, int(min(-l.indent, 1<<20))+1))*l.font*glyphShare > -l.indent {
		return
	}
	for c := range n.Descendants() {
		if !h.meter.spend(1) || c.Data == "br" && c.Type == html.ElementNode {
			return // the next line is not indented
		}
	}
	l.indented = kindOffScreen
}

// displacement is how far to the left, in pixels below zero, a box is set; away
// is one that is set out of the window whatever its size.
func displacement(d declarations, l look, isBlock bool) (shift float64, away bool) {
	at := func(property string) (float64, bool) {
		return acrossWindow(d.get(property), l)
	}
	left := func(property string) {
		if px, ok := at(property); ok {
			shift = min(shift, px)
		}
	}
	left("margin-left")
	if isBlock {
		if px, ok := at("margin-top"); ok && px <= offScreenPixels {
			away = true
		}
	}
	for name, calls := range transforms(d) {
		if isBlock && name == "matrix" {
			if list := numbers(calls[0]); len(list) == 6 {
				shift = min(shift, list[4])
				away = away || list[4] >= farAway || list[5] <= offScreenPixels || list[5] >= farAway
			}
		}
		if !isBlock || !strings.HasPrefix(name, "translate") {
			continue
		}
		for _, call := range calls {
			x, y, _ := strings.Cut(call, ",")
			if name == "translatey" {
				x, y = "", x
			}
			if px, ok := pixelsAt(x, l.font); ok {
				shift = min(shift, px)
				away = away || px >= farRight
			}
			if px, ok := pixelsAt(cutAt(y, ","), l.font); ok && (px <= offScreenPixels || px >= farAway) {
				away = true
			}
		}
	}
	switch p := d.get("position"); p {
	case "absolute", "fixed", "relative", "sticky":
		left("left")
		if px, ok := at("left"); ok && px >= farRight {
			away = true
		}
		if px, ok := at("top"); ok && (px <= offScreenPixels || px >= farAway) {
			away = true
		}
		if p == "relative" {
			if px, ok := at("right"); ok && d.get("left") == "" {
				shift = min(shift, -px)
			}
			if px, ok := at("bottom"); ok && d.get("top") == "" && px >= -offScreenPixels {
				away = true
			}
		}
		if p == "absolute" || p == "fixed" {
			for _, side := range []string{"right", "bottom"} {
				if px, ok := at(side); ok && (px <= offScreenPixels || px >= farAway) && d.get(opposite[side]) == "" {
					away = true
				}
			}
		}
	}
	return shift, away
}

// acrossWindow is a length in pixels, shares of the window's width too.
func acrossWindow(text string, l look) (px float64, ok bool) {
	if share, isShare := strings.CutSuffix(text, "%"); isShare {
		n, _, ok := number(share)
		return n * windowWidth / 100, ok
	}
	return pixelsAt(text, l.font)
}

var opposite = map[string]string{"right": "left", "bottom": "top"}
