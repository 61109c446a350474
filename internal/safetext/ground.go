package safetext

import (
	"math"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// legible is the difference per channel (of 255) above which text is told from
// its background; below nearlySame it is not seen, and between them who knows.
const legible = 24

// maxGrounds bounds the colours kept as what text may stand on.
const maxGrounds = 8

// ground is what text may stand on: one colour where the box that has it is sure
// to be behind the text, several where it may not be.
type ground struct {
	colors []color
	chain  []color // of all boxes around, which show where these do not reach
	image  bool    // a picture may be over it
	canvas bool    // the page has a colour from html
	own    bool    // the box has a background of its own
}

func newGround() ground { return ground{colors: []color{white}, chain: []color{white}} }

// loose is the ground of a box that may stand outside of those around it.
func (g ground) loose() ground {
	g.colors = union(g.colors, g.chain)
	return g
}

func union(a, b []color) []color {
	list := slices.Clone(a)
	for _, c := range b {
		if !slices.Contains(list, c) && len(list) < maxGrounds {
			list = append(list, c)
		}
	}
	return list
}

// over is the ground with a colour painted on it.
func (g ground) over(c color) ground {
	list := make([]color, 0, len(g.colors))
	for _, under := range g.colors {
		if one := c.over(under); !slices.Contains(list, one) {
			list = append(list, one)
		}
	}
	g.colors = list
	g.chain = union(list, g.chain)
	g.own = true
	if c.alpha >= 1 {
		g.image = false
	}
	return g
}

// paint is the ground in an element that stands on g.
func (h *hider) paint(n *html.Node, b *box, g ground) ground {
	before := g
	g.own = false
	d := b.d
	if b.look.invisible || d.get("display") == "contents" {
		return g
	}
	if text, ok := attr(n, "bgcolor"); ok && canHaveBackground(n.Data) {
		if c, ok := legacyColor(text); ok {
			g = g.over(c)
		}
	}
	if hasAttr(n, "background") && canHaveBackground(n.Data) {
		g.image = true
	}
	switch n.Data {
	case "mark":
		g = g.over(yellow)
	case "button":
		g = g.over(buttonFace)
	case "input":
		if kind := strings.ToLower(attrOf(n, "type")); kind == "submit" || kind == "button" || kind == "reset" {
			g = g.over(buttonFace)
		} else {
			g = g.over(white)
		}
	case "select", "textarea":
		g = g.over(white)
	}
	if v, ok := d["background-color"]; ok {
		switch c, valid := parseColor(v.text); {
		case v.text == "currentcolor":
			g = g.over(b.look.text)
		case valid && (!c.known || c.alpha > 0):
			g = g.over(c)
		}
		if v.unknown {
			g.colors = append(slices.Clone(g.colors), color{})
		}
	}
	if image := d["background-image"]; image.text != "" && image.text != "none" && !cssWide[image.text] || image.unknown {
		_, placed := first(d, "background-position", "background-size", "background-repeat")
		g = g.drawn(image.text, placed)
	}
	if shadow := d.get("box-shadow"); strings.Contains(shadow, "inset") {
		g.colors = union(g.colors, colorsIn(shadow))
	}
	g.canvas = g.canvas || n.Data == "html" && g.own
	if n.Data == "html" || n.Data == "body" && !g.own && len(before.chain) == 1 {
		g.chain = g.colors
	} else if n.Data == "body" && g.own && len(before.chain) == 1 && !before.canvas {
		g.chain = g.colors // it is the page's (CSS Backgrounds §2.11)
	} else if !g.own && b.sized && b.spills(n) {
		g = g.loose()
	} else if g.own && (b.spills(n) || d.get("background-clip") != "" && d.get("background-clip") != "border-box") {
		g = ground{colors: union(g.colors, before.chain), chain: g.chain, image: g.image, own: true}
	}
	return g
}

// first is the first of some properties that is declared.
func first(d declarations, properties ...string) (text string, ok bool) {
	for _, property := range properties {
		if v, ok := d[property]; ok {
			return v.text, true
		}
	}
	return "", false
}

// drawn is the ground with a picture on it: of a gradient each of its colours,
// of others what it is if the picture is not loaded.
func (g ground) drawn(image string, placed bool) ground {
	if !strings.Contains(image, "gradient(") {
		g.image = true
		if !strings.Contains(image, "url(") {
			g.colors = append(slices.Clone(g.colors), color{})
		}
		if strings.Contains(unescaped(image), "data:") {
			g.colors = append(slices.Clone(g.colors), color{})
		}
		return g
	}
	under := g.colors
	list := []color{}
	for _, c := range colorsIn(image) {
		for _, u := range under {
			list = append(list, c.over(u))
		}
	}
	if _, flat := flatGradient(image); !flat || placed {
		list = append(list, under...) // it may be moved, or not repeated
	}
	g.colors = union(nil, list)
	g.chain, g.own = union(g.colors, g.chain), true
	return g
}

// colorsIn are the colours named in a value; one that is not known for what may
// be a colour and is not understood.
func colorsIn(s string) []color {
	var list []color
	for rest := s; rest != ""; {
		end := strings.IndexAny(rest, " ,(")
		if end < 0 {
			end = len(rest)
		}
		word := strings.TrimSuffix(rest[:end], ")")
		if end < len(rest) && rest[end] == '(' && !strings.HasSuffix(word, "gradient") {
			args, after := cutOutside(rest[end+1:], ')')
			c, ok := parseColor(word + "(" + args + ")")
			if ok || word != "url" && word != "calc" && word != "" {
				list = append(list, c)
			}
			rest = after
			continue
		}
		if c, ok := parseColor(strings.Trim(word, ")")); ok {
			list = append(list, c)
		}
		rest = rest[min(end+1, len(rest)):]
	}
	return list[:min(len(list), maxGrounds)]
}

// spills reports a box that may be smaller than what is in it.
func (b *box) spills(n *html.Node) bool {
	if isTablePart(n.Data) && b.wide < 0 {
		return false
	}
	if !b.sized { // blocks in a line of text stand beside its background
		for c := range n.ChildNodes() {
			if c.Type == html.ElementNode && blockTags[c.Data] && c.Data != "br" {
				return true
			}
		}
		return false
	}
	if b.floats && !b.grounds {
		return true
	}
	return b.high >= 0 && b.content > b.high+b.paddings() && !clips(b.d.get("overflow-y")) || b.wide >= 0 && b.reach > b.wide+slightShift && !clips(b.d.get("overflow-x"))
}

// room is how much height a box that clips shows of its content, and how much
// width: it may run over into the padding that follows.
func (b *box) room() (width, height float64) {
	side := func(property string) float64 {
		px, ok := acrossWindow(b.d.get(property), b.look)
		if !ok || b.d.get(property) == "" {
			return 0
		}
		return px
	}
	width, height = b.wide, b.high
	if b.d.get("box-sizing") == "border-box" {
		height = max(height, b.paddings()) - b.paddings()
		width = max(width-side("padding-left")-side("padding-right"), 0)
	}
	return width + side("padding-right"), height + side("padding-bottom")
}

// paddings is the room above and below the content of a box.
func (b *box) paddings() float64 {
	sum := 0.0
	for _, property := range []string{"padding-top", "padding-bottom"} {
		if px, ok := pixelsAt(b.d.get(property), b.look.font); ok && b.d.get(property) != "" {
			sum += px
		}
	}
	return sum
}

// unread says why text in a colour cannot be told from what it stands on, ""
// if it can; gone is text that is sure not to be seen.
func (g ground) unread(ink color) string {
	if !ink.known {
		return doubtColor
	}
	for _, c := range g.colors {
		if !c.known {
			return doubtColor
		}
		if difference(ink.over(c), c) < legible {
			if g.image {
				return doubtImage
			}
			return doubtFaint
		}
	}
	return ""
}

func difference(a, b color) float64 {
	return max(math.Abs(a.r-b.r), math.Abs(a.g-b.g), math.Abs(a.b-b.b))
}

// buttonFace is what Chromium draws buttons in.
var buttonFace = color{239, 239, 239, 1, true}
