package safetext

import (
	"math"
	"strings"

	"golang.org/x/net/html"
)

// placeDoubt finds boxes that may stand out of the window or of what shows them.
func (h *hider) placeDoubt(n *html.Node, b *box, f frame) string {
	d, l := b.d, b.look
	if index, _, ok := number(d.get("z-index")); ok && index < 0 && d.get("position") != "" || strings.Contains(d.get("z-index"), "(") {
		return doubtPositioned // under what is behind it
	}
	position := d.get("position")
	out := position == "absolute" || position == "fixed"
	if out || position == "relative" || position == "sticky" {
		for _, side := range []string{"left", "top", "right", "bottom"} {
			text := d.get(side)
			if other := opposite[side]; other != "" && d.get(other) != "" && d.get(other) != "auto" && !cssWide[d.get(other)] {
				continue // which wins
			}
			if text == "" || text == "auto" || cssWide[text] && text != "inherit" {
				continue
			}
			px, ok := acrossWindow(text, l)
			least, most := -20.0, 0.6*windowWidth
			switch {
			case !out && (side == "left" || side == "top"):
				least, most = -40, 300
			case !out:
				least, most = -300, 40
			case side == "top" && position == "absolute":
				most = farAway
			case side == "bottom":
				most = 200
			}
			if !ok || px < least || px > most || f.clipped && math.Abs(px) > slightShift && !(out && strings.HasSuffix(text, "%")) {
				return doubtPositioned
			}
		}
		if out && f.x < 0 {
			return doubtPositioned
		}
	}
	if v := d.get("vertical-align"); v != "" {
		n, unit, ok := number(v)
		if px, known := pixelsAt(v, l.font); known && math.Abs(px) > 40 || ok && unit == "%" && math.Abs(n) > 150 || strings.Contains(v, "(") && !known {
			return doubtShifted
		}
	}
	for _, property := range []string{"word-spacing", "letter-spacing"} {
		if v := d.get(property); v != "" && v != "normal" && !cssWide[v] {
			if _, ok := pixelsAt(v, l.font); !ok {
				return doubtShifted
			}
		}
	}
	if !b.sized && !out {
		return ""
	}
	if v := d.get("columns"); v != "" && v != "auto" && b.high >= 0 && b.content > b.high {
		return doubtShifted // further columns stand beside the box
	}
	if px, ok := pixelsAt(cutAt(d.get("border-spacing")[strings.LastIndexByte(d.get("border-spacing"), ' ')+1:], " "), l.font); ok && px > 100 {
		return doubtShifted
	}
	if px, ok := pixelsAt(d.get("border-left-width"), l.font); ok && px > 0.3*windowWidth {
		return doubtShifted
	}
	if b.wide >= 0 && b.reach > b.wide+slightShift && (l.rtl || endAligned(d)) {
		return doubtShifted // it runs over to the left
	}
	margin := func(side string) float64 {
		px, ok := acrossWindow(d.get("margin-"+side), l)
		if !ok || d.get("margin-"+side) == "" {
			return 0
		}
		return px
	}
	left, right, top := margin("left"), margin("right"), margin("top")
	switch {
	case f.clipped && min(left, right, top) < -slightShift, f.x+left < -slightShift, left > farShift:
		return doubtShifted
	case right < -slightShift && floats(n, d), right < -5*slightShift:
		return doubtShifted
	case top < -slightShift && top < -f.above:
		return doubtShifted
	}
	if padding, ok := acrossWindow(d.get("padding-left"), l); ok && padding > farShift {
		return doubtShifted
	}
	if spacing, ok := pixelsAt(d.get("word-spacing"), l.font); ok && d.get("word-spacing") != "" && (spacing < -0.3*l.font || spacing > 10*l.font) {
		return doubtShifted
	}
	return ""
}

// endAligned reports a box that holds its content at its end or in its middle.
func endAligned(d declarations) bool {
	if strings.Contains(d.get("flex-direction"), "reverse") {
		return true
	}
	for _, property := range []string{"justify-content", "justify-items"} {
		if v := d.get(property); strings.Contains(v, "end") || strings.Contains(v, "center") || strings.Contains(v, "right") || strings.Contains(v, "around") || strings.Contains(v, "evenly") {
			return true
		}
	}
	return false
}

// clipDoubt finds boxes that may clip what is in them.
func (h *hider) clipDoubt(n *html.Node, b *box, f frame) string {
	d := b.d
	if n.Data == "html" || n.Data == "body" {
		if y := d.get("overflow-y"); (y == "hidden" || y == "clip") && b.content > windowHeight {
			return doubtClipped
		}
	}
	if b.look.line >= 0 && b.look.line < 0.5*b.font && b.advance > b.width && b.sized {
		return doubtSmall // lines are on top of each other
	}
	clipping := clipsAny(d) || strings.Contains(d.get("contain"), "paint") || strings.Contains(d.get("contain"), "content") || strings.Contains(d.get("contain"), "strict")
	cell := n.Data == "td" || n.Data == "th"
	if !clipping {
		if h.layered && b.sized && b.high >= 0 && b.content > b.high+b.paddings()+slightShift && !isTablePart(n.Data) {
			return doubtCovered // by what stands below
		}
		if n.Data == "button" && b.high >= 0 && b.high < b.look.font || n.Data == "select" && b.wide >= 0 && b.wide < 2*b.look.font {
			return doubtClipped
		}
		return ""
	}
	if !b.sized || n.Data == "html" || n.Data == "body" && b.high < 0 {
		return ""
	}
	if b.look.box && b.wide < 0 && n.Parent != nil && strings.HasSuffix(h.boxes[n.Parent].d.get("display"), "flex") {
		return doubtClipped // it may be shrunk
	}
	wide, high := b.room()
	if cell {
		if !b.look.nowrap && b.wide < 0 || !h.narrow(n) {
			return ""
		}
		return doubtClipped
	}
	if n.Data == "marquee" {
		return ""
	}
	switch {
	case b.high >= 0 && (b.content > high+0.5*b.look.font || b.strays), b.high >= 0 && high < 0.8*b.look.font && b.content > 0:
		return doubtClipped
	case b.high >= 0 && d.get("columns") != "":
		return doubtClipped
	case b.wide >= 0 && b.reach > wide+b.look.font, b.wide < 0 && b.reach > windowWidth, b.wide >= 0 && wide <= leastWidth && b.advance > 0:
		return doubtClipped
	case d.get("aspect-ratio") != "" && d.get("aspect-ratio") != "auto":
		return doubtClipped
	case b.look.line >= 0 && b.look.line < 0.5*b.look.font:
		return doubtClipped
	}
	return ""
}

// narrow reports a cell, or a table around it, that is too narrow for its text.
func (h *hider) narrow(n *html.Node) bool {
	for p := n; p != nil && p.Data != "body"; p = parent(p) {
		b := h.boxes[p]
		if b == nil || !h.meter.spend(2) {
			continue
		}
		px, ok := pixelsAt(b.d.get("max-width"), b.look.font)
		if ok && b.d.get("max-width") != "" && px < b.reach {
			return true
		}
		if p.Data == "table" {
			width, unit, ok := number(attrOf(p, "width"))
			if b.wide >= 0 && b.wide < b.reach || ok && unit != "%" && width < b.reach {
				return true
			}
			return false
		}
	}
	return false
}
