package safetext

import (
	"strings"

	"golang.org/x/net/html"
)

const (
	// lineShare is the height of a line and letterShare the width of a letter,
	// as shares of the font's size.
	lineShare   = 1.2
	letterShare = 0.5

	// maxOverlap is how far, in pixels, boxes overlap for their looks.
	maxOverlap = -10
)

// plainTransforms are those that are followed, or that leave text as legible as
// it was.
var plainTransforms = map[string]bool{
	"scale": true, "scalex": true, "scaley": true, "scale3d": true, "scalez": true, "rotate": true, "rotatex": true, "rotatey": true, "rotatez": true,
	"translate": true, "translatex": true, "translatey": true, "translatez": true, "translate3d": true, "matrix": true,
}

// plainFilters leave text legible.
var plainFilters = map[string]bool{
	"opacity": true, "blur": true, "grayscale": true, "sepia": true, "hue-rotate": true, "saturate": true, "drop-shadow": true, "": true,
}

// paintDoubt names what an element does to itself or to what is under it that
// only drawing could tell the effect of.
func (h *hider) paintDoubt(n *html.Node, d declarations, l look) string {
	if v := d.get("animation"); v != "" && v != "none" && !cssWide[v] {
		return doubtAnimated
	}
	for name := range calls(d.get("filter")) {
		if !plainFilters[name] {
			return doubtBlended
		}
	}
	for name := range transforms(d) {
		if !plainTransforms[name] {
			return doubtShifted
		}
	}
	if px, _, ok := number(d.get("z-index")); ok && px < 0 {
		return doubtPositioned
	}
	over := false
	switch d.get("position") {
	case "absolute", "fixed":
		over = true
	}
	if px, ok := pixelsAt(d.get("margin-top"), l.font); ok && px <= maxOverlap {
		over = true
	}
	c, painted := parseColor(d.get("background-color"))
	if image := d.get("background-image"); over && (painted && c.alpha > 0 || image != "" && image != "none" || n.Data == "img") {
		return doubtPositioned
	}
	return ""
}

// overflows reports a box that clips and is too small for the text in it.
func (h *hider) overflows(n *html.Node, d declarations, l look) bool {
	height, high := pixelsAt(d.get("height"), l.font)
	if most, ok := pixelsAt(d.get("max-height"), l.font); ok && d.get("max-height") != "" {
		height, high = most, true
	}
	width, wide := pixelsAt(d.get("width"), l.font)
	if wide && d.get("width") != "" && width < l.font {
		return true
	}
	if !high || d.get("height") == "" && d.get("max-height") == "" {
		return false
	}
	if !wide || width < 1 {
		width = windowWidth
	}
	room := height / (lineShare * l.font)
	lines, letters := 0.5, 0
	for c := range n.Descendants() {
		if h.scans--; h.scans < 0 {
			break
		}
		switch {
		case c.Type == html.TextNode:
			letters += len(c.Data)
		case c.Type == html.ElementNode && lineTags[c.Data]:
			lines++
		}
		if lines+float64(letters)*l.font*letterShare/width > room+1 {
			return true
		}
	}
	return room < lines
}

// lineTags begin a line.
var lineTags = map[string]bool{"br": true, "p": true, "li": true, "tr": true, "h1": true, "h2": true, "h3": true, "h4": true, "hr": true}

// isPlain reports a page on which text can stand on nothing but the page's own
// colour: no background, picture or field, in elements or style sheets.
func isPlain(root *html.Node) bool {
	for n := range root.Descendants() {
		switch {
		case n.Type == html.TextNode:
			if n.Parent.Data == "style" && paints(n.Data) {
				return false
			}
			continue
		case n.Type != html.ElementNode:
			continue
		}
		switch n.Data {
		case "img", "input", "button", "textarea", "select", "mark", "hr", "meter", "progress", "object", "svg", "canvas", "fieldset":
			return false
		}
		for _, a := range n.Attr {
			if a.Key == "bgcolor" || a.Key == "background" || a.Key == "style" && paints(a.Val) {
				return false
			}
		}
	}
	return true
}

// paints reports declarations that may put a colour behind text.
func paints(css string) bool {
	css = strings.ToLower(plainCSS(css))
	for _, property := range []string{"background", "border", "shadow", "outline", "url("} {
		if strings.Contains(css, property) {
			return true
		}
	}
	return false
}

// pushedBelow reports a box whose content begins well below what a box around
// it shows.
func pushedBelow(d declarations, at, l look) bool {
	const slack = 2 // the box around may have padding of its own
	if at.clip == 0 {
		return false
	}
	from := 0.0
	for _, property := range []string{"margin-top", "padding-top"} {
		if px, ok := pixelsAt(d.get(property), l.font); ok && d.get(property) != "" {
			from += px
		}
	}
	if position := d.get("position"); position == "relative" {
		if px, ok := pixelsAt(d.get("top"), l.font); ok && d.get("top") != "" {
			from += px
		}
	}
	return from > slack*at.clip+l.font
}

// clipHeight is how much height a box shows of what is in it, 0 for all of it.
func clipHeight(d declarations, l look) float64 {
	if overflow := d.get("overflow-y"); overflow != "hidden" && overflow != "clip" {
		return 0
	}
	for _, property := range []string{"max-height", "height"} {
		if px, ok := pixelsAt(d.get(property), l.font); ok && d.get(property) != "" && !d[property].unknown {
			return px
		}
	}
	return 0
}
