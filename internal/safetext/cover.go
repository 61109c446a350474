package safetext

import (
	"math"
	"strings"

	"golang.org/x/net/html"
)

// maxBadges is how many small boxes may be set on a page for its looks.
const maxBadges = 3

// covers marks the text that something opaque may be drawn over: boxes that are
// painted above the flow, and moved out of their place in it.
func (h *hider) covers(root *html.Node) {
	badges := 0
	for n := range root.Descendants() {
		b := h.boxes[n]
		if b != nil && (n.Data == "col" || n.Data == "colgroup") && b.d.get("visibility") == "collapse" {
			h.covered[n.Parent], h.covered[n.Parent.Parent] = true, true // a column is not shown
		}
		if b != nil {
			if px, ok := pixelsAt(b.d.get("margin-bottom"), b.look.font); ok && b.d.get("margin-bottom") != "" && px < -slightShift && b.sized {
				h.covered[n] = true // by what follows
			}
			if px, ok := pixels(b.d.get("outline-width")); ok && px >= slightShift || strings.Contains(b.d.get("filter"), "drop-shadow") && shadowReach(b.d.get("filter")) > slightShift {
				h.coverAround(n, max(px, 2*b.height), max(px, 2*b.height))
			}
		}
		if b == nil || !b.paints || !layer(n, b) {
			continue
		}
		h.layered = true
		if shadow := b.d.get("box-shadow"); shadow != "" && shadow != "none" && !slightShadow(shadow) && !strings.Contains(shadow, "inset") {
			h.coverAll(n, true)
		}
		switch position := b.d.get("position"); {
		case position == "absolute" || position == "fixed":
			if badges++; badges <= maxBadges && isBadge(n, b) {
				continue
			}
			h.coverAll(n, position == "fixed")
		case b.d.get("grid-area") != "" && n.Parent != nil:
			h.coverAround(n, math.Inf(1), math.Inf(1))
		default:
			up, down := shifts(b)
			if up > slightShift || down > slightShift {
				h.coverAround(n, up, down)
			}
		}
	}
}

// layer reports a box that is drawn above text in the flow.
func layer(n *html.Node, b *box) bool {
	switch n.Data {
	case "img", "input", "button", "select", "textarea", "object", "canvas", "hr", "svg", "iframe", "video", "embed":
		return true
	}
	d := b.d
	if position := d.get("position"); position != "" && position != "static" && !cssWide[position] {
		return true
	}
	if strings.HasPrefix(d.get("display"), "inline-") || floats(n, d) || d.get("opacity") != "" || d.get("filter") != "" || d.get("z-index") != "" || d.get("grid-area") != "" {
		return true
	}
	for _, property := range []string{"transform", "translate", "scale", "rotate"} {
		if v := d.get(property); v != "" && v != "none" {
			return true
		}
	}
	return slicesAny([]string{"margin-top", "margin-bottom"}, func(p string) bool {
		px, ok := pixelsAt(d.get(p), b.look.font)
		return ok && d.get(p) != "" && px < -slightShift
	}) && holdsLayer(n)
}

func slicesAny(list []string, f func(string) bool) bool {
	for _, s := range list {
		if f(s) {
			return true
		}
	}
	return false
}

// holdsLayer reports an image or field in a box, as far as it is looked at.
func holdsLayer(n *html.Node) bool {
	looked := 0
	for c := range n.Descendants() {
		if c.Data == "img" || c.Data == "input" || c.Data == "button" {
			return true
		}
		if looked++; looked > 50 {
			return true
		}
	}
	return false
}

// isBadge reports a small box, too small to cover a sentence.
func isBadge(n *html.Node, b *box) bool {
	set := func(side string) bool { v := b.d.get(side); return v != "" && v != "auto" }
	if set("left") && set("right") || set("top") && set("bottom") || b.d.get("transform") != "" {
		return false // as large as the box it is in
	}
	height, width := b.high, b.wide
	if n.Data == "img" {
		if px, unit, ok := number(attrOf(n, "height")); ok && unit != "%" && height < 0 {
			height = px
		}
		if px, unit, ok := number(attrOf(n, "width")); ok && unit != "%" && width < 0 {
			width = px
		}
	}
	if height < 0 {
		height = b.height
	}
	if width < 0 {
		width = b.advance + 24
	}
	return width <= 90 && height <= 90
}

// shifts is how far a box in the flow is drawn above and below its place.
func shifts(b *box) (up, down float64) {
	at := func(property string) float64 {
		px, ok := pixelsAt(b.d.get(property), b.look.font)
		if b.d.get(property) == "" || b.d.get(property) == "auto" {
			return 0
		}
		if !ok {
			return math.Inf(1)
		}
		return px
	}
	side := 0.0
	if position := b.d.get("position"); position == "relative" || position == "sticky" {
		top := at("top")
		if b.d.get("top") == "" {
			top = -at("bottom")
		}
		up, down = max(-top, 0), max(top, 0)
		side = max(math.Abs(at("left")), math.Abs(at("right")))
	}
	up = max(up, -min(at("margin-top"), 0))
	down = max(down, -min(at("margin-bottom"), 0))
	side = max(side, -min(at("margin-left"), 0), -min(at("margin-right"), 0))
	for name, list := range transforms(b.d) {
		for _, args := range list {
			switch {
			case strings.HasPrefix(name, "translate"):
				x, y, both := strings.Cut(args, ",")
				if name == "translatey" {
					x, y = "0", x
				} else if !both {
					y = "0"
				}
				px, ok := pixelsAt(cutAt(y, ","), b.look.font)
				if !ok {
					px = b.height
					up, down = max(up, px), max(down, px)
				}
				up, down = max(up, -px), max(down, px)
				if px, ok := pixelsAt(x, b.look.font); !ok || math.Abs(px) > slightShift {
					side = max(side, slightShift+1)
				}
			case strings.HasPrefix(name, "scale"):
				if list := numbers(args); len(list) == 0 || list[0] > 1.1 || list[len(list)-1] > 1.1 {
					up, down = math.Inf(1), math.Inf(1)
				}
			case strings.HasPrefix(name, "matrix"), strings.HasPrefix(name, "skew"):
				up, down = math.Inf(1), math.Inf(1)
			case strings.HasPrefix(name, "rotate"):
				if angle, ok := degrees(args); (!ok || math.Abs(angle) > 10) && b.height < b.width/2 {
					up, down = max(up, b.width/2), max(down, b.width/2)
				}
			}
		}
	}
	if side > slightShift {
		up, down = max(up, b.height, 40), max(down, b.height, 40)
	}
	return up, down
}

// coverAll marks what stands in the box that positions are counted from.
func (h *hider) coverAll(n *html.Node, page bool) {
	p := parent(n)
	for ; p != nil && parent(p) != nil; p = parent(p) {
		if b := h.boxes[p]; !h.meter.spend(2) || !page && b != nil && b.d.get("position") != "" && b.d.get("position") != "static" {
			break
		}
	}
	if p != nil {
		h.covered[p] = true
		h.over[n] = true
		if b := h.boxes[p]; b != nil && (b.high >= 0 && b.high < h.boxes[n].height || b.height < h.boxes[n].height) {
			h.coverAround(p, h.boxes[n].height, h.boxes[n].height)
		}
	}
}

// coverAround marks what stands up to some height above and below a box.
func (h *hider) coverAround(n *html.Node, up, down float64) {
	if s := previous(n); s != nil && up < 100 && s.Data == "p" && h.boxes[s] != nil && h.boxes[s].d.get("margin-bottom") == "" && h.boxes[s].d.get("margin-top") == "" {
		up -= h.boxes[s].look.font // the margin between them
	}
	for p := n; p != nil && p.Data != "body" && up > 0; p = parent(p) {
		for s := p.PrevSibling; s != nil && up > slightShift; s = s.PrevSibling {
			up -= h.cover(s)
		}
		if up <= slightShift || h.meter.empty() {
			break
		}
	}
	for p := n; p != nil && p.Data != "body" && down > 0; p = parent(p) {
		for s := p.NextSibling; s != nil && down > slightShift; s = s.NextSibling {
			down -= h.cover(s)
		}
		if down <= slightShift || h.meter.empty() {
			break
		}
	}
}

// cover marks a node and returns the height it is sure to take.
func (h *hider) cover(n *html.Node) float64 {
	h.meter.spend(1)
	h.covered[n] = true
	b := h.boxes[n]
	switch {
	case n.Type == html.TextNode && strings.TrimSpace(n.Data) != "":
		return defaultFontPixels / 2
	case b == nil:
		return 0
	case b.high >= 0:
		return b.high
	}
	return b.height / 3
}
