package safetext

import (
	"cmp"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// inside is the frame of what is in an element.
func (h *hider) inside(c *html.Node, b *box, f frame) frame {
	d := b.d
	position := d.get("position")
	out := position == "absolute" || position == "fixed"
	if (moved(d) || out) && !h.holds(c, b) || floats(c, d) && f.loose {
		f.ground = f.ground.loose()
	}
	if margin, ok := pixelsAt(d.get("margin-left"), b.look.font); ok && d.get("margin-left") != "" && b.sized {
		f.x += margin
		if p := h.boxes[c.Parent]; p != nil && p.wide >= 0 && margin > p.wide/2 {
			f.ground = f.ground.loose()
		}
	}
	if padding, ok := pixelsAt(d.get("padding-left"), b.look.font); ok && d.get("padding-left") != "" {
		f.x += padding
	}
	if c.Data == "ul" || c.Data == "ol" || c.Data == "blockquote" || c.Data == "dd" || c.Data == "body" {
		if d.get("padding-left") == "" && d.get("margin-left") == "" {
			f.x += defaultFontPixels / 2
		}
	}
	if out {
		f.x = max(f.x, 0)
	}
	f.ground = h.paint(c, b, f.ground)
	if b.grounds {
		f.loose = false
	} else if b.sized && paintsBox(c, d) {
		f.loose = true
	}
	f.clipped = f.clipped || b.sized && clipsAny(d) && (b.high >= 0 || b.wide >= 0 || clips(d.get("overflow-x"))) && c.Data != "body" && c.Data != "html"
	if b.sized && (c.Data == "td" || c.Data == "th") {
		f.above = 0
	}
	return f
}

// holds reports a positioned box that stands within the box it is in, as far as
// that one has a size.
func (h *hider) holds(n *html.Node, b *box) bool {
	p := h.boxes[n.Parent]
	if p == nil || b.d.get("position") != "absolute" || p.d.get("position") == "" || p.high < 0 || b.d.get("transform") != "" || b.d.get("translate") != "" {
		return false
	}
	left, known := pixelsAt(b.d.get("left"), b.look.font)
	top, also := pixelsAt(b.d.get("top"), b.look.font)
	return known && also && b.d.get("left") != "" && b.d.get("top") != "" && left >= 0 && top >= 0 && top+b.content <= p.high && left+max(b.outer()-left, b.advance) <= p.width
}

// content handles the elements that show other than what is in them; it reports
// whether their children are to be visited.
func (h *hider) content(c *html.Node, b *box, child look, f frame) bool {
	switch c.Data {
	case "img":
		kind, reason := h.textHiding(c, child, f)
		switch {
		case kind != "":
			h.drop(c, kind) // its alt is text
		case isPixel(c, b.d):
			h.drop(c, kindZeroSize)
		case reason != "" || !showsAlt(c, b):
			h.doubt(c, cmp.Or(reason, doubtImage))
		}
		return false
	case "object":
		if data := strings.ToLower(strings.TrimSpace(attrOf(c, "data"))); strings.HasPrefix(data, "data:") || strings.HasPrefix(data, "cid:") {
			h.drop(c, kindEmbedded) // it is in the mail, and drawn instead
			return false
		}
		h.shown = append(h.shown, c)
	case "canvas":
		h.doubt(c, doubtElement) // browsers draw what scripts paint, mail readers what is in it
		return false
	case "noscript": // without scripts
		h.shown = append(h.shown, c)
	case "input":
		kind, reason := h.textHiding(c, child, f)
		if kind != "" {
			h.drop(c, kind)
		} else if reason != "" || !fitsField(c, b) {
			h.doubt(c, cmp.Or(reason, doubtClipped))
		} else {
			h.fields = append(h.fields, c)
		}
		return false
	case "textarea":
		if len(textUnder(c)) > maxField {
			h.doubt(c, doubtClipped)
			return false
		}
	case "select":
		h.choice(c)
	case "details":
		if !hasAttr(c, "open") {
			h.collapsed(c)
		}
	}
	return true
}

func isStylesheet(n *html.Node) bool {
	return slices.Contains(strings.Fields(strings.ToLower(attrOf(n, "rel"))), "stylesheet")
}

// meta reads what a page says about itself: it may be dark, or do without the
// styles it brings.
func (h *hider) meta(n *html.Node) {
	content := strings.ToLower(attrOf(n, "content"))
	switch name := strings.ToLower(attrOf(n, "name") + attrOf(n, "http-equiv")); name {
	case "color-scheme":
		if darkOnly(content) {
			h.page = doubtColor
		}
	case "content-security-policy", "default-style":
		h.page = doubtUnknown
	}
}

// darkOnly reports a color-scheme without light.
func darkOnly(scheme string) bool {
	return strings.Contains(scheme, "dark") && !strings.Contains(scheme, "light")
}
