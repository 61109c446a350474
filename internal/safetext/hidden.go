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

// maxHiddenText is how many characters of what was removed are kept.
const maxHiddenText = 16_000

// dropped elements never show text of their own, and what they are counted as.
// Inline SVG is among them: hardly any mail reader draws it.
var dropped = map[string]string{
	"style": "", "head": "", "title": "", "meta": "", "link": "", "base": "",
	"script": kindScript, "template": kindHidden, "datalist": kindHidden, "noembed": kindHidden, "noframes": kindHidden,
	"iframe": kindEmbedded, "embed": kindEmbedded, "frameset": kindEmbedded, "audio": kindEmbedded, "video": kindEmbedded,
	"svg": kindEmbedded, "meter": kindHidden, "progress": kindHidden,
}

// hider removes from a tree what a reader would not see, and what is not proven
// to be seen.
type hider struct {
	sheet     *sheet
	removed   counter
	hidden    []Hidden
	room      int // characters of hidden text still kept
	uncertain uncertain
	boxes     map[*html.Node]*box
	covered   map[*html.Node]bool // what something may be drawn over
	over      map[*html.Node]bool // what is drawn over it
	folded    map[*html.Node]bool // what a closed list or details does not show
	layered   bool                // something is painted above the flow
	page      string              // why nothing on the page is sure
	quirks    bool
	meter     *meter
	gone      []*html.Node
	fields    []*html.Node
	shown     []*html.Node
}

func newHider(quirks bool, removed counter, m *meter) *hider {
	return &hider{
		sheet: newSheet(quirks, m), removed: removed, room: maxHiddenText, uncertain: uncertain{room: maxHiddenText}, quirks: quirks, meter: m,
		boxes: map[*html.Node]*box{}, covered: map[*html.Node]bool{}, over: map[*html.Node]bool{}, folded: map[*html.Node]bool{},
	}
}

// hide removes from the tree at root hidden elements, comments, scripts and what
// is uncertain.
func hide(root *html.Node, removed counter, m *meter) *hider {
	h := newHider(!standards(root), removed, m)
	h.styles(root)
	page := newLook()
	page.registered = h.sheet.registered
	h.compose(root, &box{look: page, high: -1}, windowWidth)
	if h.covers(root); m.empty() {
		h.page = doubtTooMany
	}
	h.walk(root, newLook(), frame{ground: newGround()})
	h.apply()
	return h
}

// styles reads the style sheets of a page, but for those in templates, which are
// no part of it.
func (h *hider) styles(n *html.Node) {
	for c := range n.ChildNodes() {
		switch {
		case c.Type != html.ElementNode || c.Data == "template":
		case c.Data == "meta":
			h.meta(c)
		case c.Data == "link" && isStylesheet(c):
			chosen := hasAttr(c, "title")
			if chosen && strings.Contains(strings.ToLower(attrOf(c, "rel")), "alternate") || hasAttr(c, "disabled") {
				continue // only for who chooses it
			}
			h.sheet.parse(dataSheet(attrOf(c, "href")), attrOf(c, "media"), chosen)
		case c.Data != "style":
			h.styles(c)
		default:
			if kind := strings.ToLower(attrOf(c, "type")); kind != "" && kind != "text/css" {
				continue
			}
			var css strings.Builder
			for text := range c.ChildNodes() {
				if text.Type == html.TextNode {
					css.WriteString(text.Data)
				}
			}
			h.sheet.parse(css.String(), attrOf(c, "media"), hasAttr(c, "title") || hasAttr(c, "disabled") || hasAttr(c, "blocking"))
		}
	}
}

// standards reports a document type that keeps browsers from quirks mode; mail
// readers that show mail in a page of their own differ, so the older transitional
// types count as quirks only where they say nothing more.
func standards(root *html.Node) bool {
	for n := range root.ChildNodes() {
		if n.Type == html.DoctypeNode {
			return strings.EqualFold(n.Data, "html")
		}
	}
	return false
}

// apply takes out what the walk found. It waits until all selectors were tried,
// which see the siblings of an element as the sender wrote them.
func (h *hider) apply() {
	for _, n := range h.gone {
		n.Parent.RemoveChild(n)
	}
	for _, n := range h.fields {
		field(n)
	}
	for _, n := range h.shown {
		n.Data, n.DataAtom, n.Attr = "div", 0, nil // what is in them is drawn
	}
}

// keep notes what was removed.
func (h *hider) keep(kind, text string) {
	if kind == "" || h.room <= 0 {
		return
	}
	if line := Line(clip(text, 4*h.room)); line != "" {
		r := []rune(line)
		r = r[:min(len(r), h.room)]
		h.room -= len(r)
		h.hidden = append(h.hidden, Hidden{Kind: kind, Text: string(r)})
	}
}

// walk visits the children of n. The parser refuses depths over 512, so it may
// recurse.
func (h *hider) walk(n *html.Node, at look, f frame) {
	kind, reason := h.textHiding(n, at, f)
	var gone, unsure strings.Builder
	for c := range n.ChildNodes() {
		switch c.Type {
		case html.CommentNode:
			if strings.TrimSpace(c.Data) != "" {
				h.removed.add(kindComment, 1)
				h.keep(kindComment, c.Data)
			}
			h.gone = append(h.gone, c)
		case html.TextNode:
			if strings.TrimSpace(c.Data) == "" {
				break
			}
			switch {
			case kind != "":
				if gone.Len() == 0 {
					h.removed.add(kind, 1)
				}
				if gone.Len() < maxHiddenText {
					gone.WriteString(c.Data + " ")
				}
				c.Data = " "
			case reason == "" && at.nowrap && farBlank(c.Data, at.pre):
				h.uncertain.add(doubtShifted, c.Data)
				c.Data = " "
			case reason == "" && h.covered[c]:
				h.uncertain.add(doubtCovered, c.Data)
				c.Data = " "
			case reason != "":
				if unsure.Len() < maxHiddenText {
					unsure.WriteString(c.Data + " ")
				}
				c.Data = " "
			}
			f.above += at.font
		case html.ElementNode:
			h.element(c, at, f)
			if b := h.boxes[c]; b != nil {
				if b.high >= 0 && !clipsAny(b.d) && b.content == 0 || b.high > 0 && b.content > 0 {
					f.above += b.high
				} else {
					f.above += b.height / 2
				}
			}
		}
	}
	h.keep(kind, gone.String())
	h.uncertain.add(reason, unsure.String())
}

// farBlank reports blanks that push what follows them out of the window.
func farBlank(s string, pre bool) bool {
	return strings.Contains(s, strings.Repeat("\u00a0", 60)) || pre && (strings.Contains(s, strings.Repeat(" ", 120)) || strings.Contains(s, strings.Repeat("\t", 12)))
}

func (h *hider) element(c *html.Node, at look, f frame) {
	if kind, drop := dropped[c.Data]; drop {
		h.drop(c, kind)
		return
	}
	b := h.boxes[c]
	switch {
	case c.Data == "br":
		return
	case h.folded[c]:
		h.doubt(c, doubtCollapsed)
		return
	case b == nil:
		h.doubt(c, doubtTooComplex)
		return
	}
	h.indent(c, b)
	d, child := b.d, b.look
	if kind := h.boxHiding(c, d, child); kind != "" {
		h.drop(c, kind)
		return
	}
	f.covered = (f.covered || h.covered[c]) && !h.over[c]
	if reason := h.unproven(c, b, f); reason != "" {
		h.doubt(c, reason)
		return
	}
	f = h.inside(c, b, f)
	if h.content(c, b, child, f) {
		h.walk(c, child, f)
	}
}

// doubt takes an element with all that is in it out of the tree as uncertain.
func (h *hider) doubt(c *html.Node, reason string) {
	h.gone = append(h.gone, c)
	h.uncertain.add(reason, h.textOf(c))
}

// drop takes an element with all that is in it out of the tree.
func (h *hider) drop(c *html.Node, kind string) {
	h.gone = append(h.gone, c)
	if kind == "" {
		return
	}
	text := h.textOf(c)
	if strings.TrimSpace(text) != "" || kind == kindScript {
		h.removed.add(kind, 1)
		h.keep(kind, text)
	}
}

// textHiding names why text directly in n cannot be seen, "" if it can; reason
// is why that is not sure.
func (h *hider) textHiding(n *html.Node, l look, f frame) (kind, reason string) {
	unless := func(unsure bool, kind string) (string, string) {
		if unsure {
			return "", doubtConditional
		}
		return kind, ""
	}
	switch {
	case l.indented != "":
		return l.indented, ""
	case l.masked:
		return kindInvisible, ""
	case l.invisible:
		return unless(l.unsure.seen, kindInvisible)
	case l.opacity <= invisibleOpacity:
		return kindInvisible, ""
	case l.font*l.scale <= tinyPixels:
		return unless(l.unsure.font, kindTiny)
	case l.spread:
		return kindTiny, ""
	}
	ink := l.drawn()
	if ink.known {
		ink.alpha *= l.opacity
	}
	if ink.known && l.veiled == "" && !f.ground.image && !l.unsure.text && !l.unsure.bg && allSame(ink, f.ground.colors) {
		return kindSameColor, ""
	}
	switch {
	case h.page != "":
		return "", h.page
	case f.covered:
		return "", doubtCovered
	case l.dark:
		return "", doubtColor
	case l.unsure.seen || l.unsure.font || l.unsure.text || l.unsure.bg || l.unsure.family && len(h.sheet.fonts) > 0:
		return "", doubtConditional
	case l.font*l.scale < leastReadable:
		return "", doubtSmall
	case l.veiled != "":
		return "", l.veiled
	case h.sheet.strange(l.family):
		return "", doubtFont
	case l.applied+f.x < -3*slightShift || l.applied > farShift/2:
		return "", doubtShifted
	case l.tight:
		return "", doubtSmall
	}
	return "", f.ground.unread(ink)
}

func allSame(ink color, grounds []color) bool {
	for _, c := range grounds {
		if !ink.same(c) {
			return false
		}
	}
	return len(grounds) > 0
}

func attrOf(n *html.Node, key string) string {
	text, _ := attr(n, key)
	return text
}

func hasAttr(n *html.Node, key string) bool {
	_, ok := attr(n, key)
	return ok
}
