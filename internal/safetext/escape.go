package safetext

import (
	"strings"

	"golang.org/x/net/html"
)

// returning is how far, in pixels, something must be set to the right or down
// to come back from where the box around it is.
const returning = 300

// outside is a box that is not seen, whose parts may be.
type outside struct {
	kind  string
	holds bool // it is what positions in it are counted from
}

// escapes reports a part of a clipped or shifted box that may be seen: the box
// is then looked through, and its other parts are removed one by one.
func (h *hider) escapes(n *html.Node, box outside) bool {
	for c := range n.Descendants() {
		if h.scans--; h.scans < 0 {
			return false
		}
		if c.Type == html.ElementNode && (h.sheet.places || hasAttr(c, "style")) && box.left(h.sheet.styleOf(c)) {
			return true
		}
	}
	return false
}

// left reports an element that is not placed with the box it is in.
func (box outside) left(d declarations) bool {
	switch d.get("position") {
	case "fixed":
		return true
	case "absolute":
		if !box.holds {
			return true
		}
	}
	if box.kind != kindOffScreen {
		return false
	}
	if d.get("transform") != "" || d.get("translate") != "" {
		return true
	}
	for _, property := range [...]string{"left", "top", "margin-left", "margin-top"} {
		text := d.get(property)
		if px, ok := pixels(text); ok && px >= returning || strings.HasSuffix(text, "%") && text[0] != '-' {
			return true
		}
	}
	for _, property := range [...]string{"right", "bottom"} {
		if px, ok := pixels(d.get(property)); ok && px <= -returning {
			return true
		}
	}
	return false
}

// boxOf is the box that an element which is not seen makes; ok is false where
// nothing in it can be seen either.
func boxOf(kind string, n *html.Node, d declarations, l look) (box outside, ok bool) {
	if kind != kindOffScreen && (kind != kindZeroSize || emptyShape(d) || isTransformable(n, d, l) && scaledAway(d)) {
		return outside{}, false
	}
	position := d.get("position")
	holds := position != "" && position != "static" || d.get("transform") != "" || d.get("translate") != ""
	return outside{kind, holds}, true
}

// indent follows text-indent, which moves the first line of each block.
func (h *hider) indent(n *html.Node, d declarations, l *look) {
	if !isTransformable(n, d, *l) {
		return
	}
	l.indented = ""
	if l.indent > offScreenPixels {
		return
	}
	for c := range n.Descendants() {
		if h.scans--; h.scans < 0 {
			break
		}
		if c.Data == "br" && c.Type == html.ElementNode {
			h.doubt(doubtShifted)
			return // the next line is not indented
		}
	}
	if float64(h.textLength(n, int(min(-l.indent, 1<<20))+1))*l.font*glyphShare > -l.indent {
		h.doubt(doubtShifted)
		return
	}
	l.indented = kindOffScreen
}
