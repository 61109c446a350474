package safetext

import (
	"slices"
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

// Doubts: what only a layout, or the reader's own settings, could decide. The
// text stays.
const (
	doubtImage       = "text_over_image"
	doubtPositioned  = "positioned_text"
	doubtShadow      = "shadowed_text"
	doubtBlended     = "blended_text"
	doubtConditional = "conditional_styles" // dark mode, hover, @supports
	doubtCollapsed   = "collapsed_details"
	doubtClipped     = "clipped_text"
	doubtShifted     = "shifted_text"
	doubtMasked      = "masked_text"
	doubtGenerated   = "generated_text"
	doubtColor       = "computed_colours" // color-mix() and its like
	doubtAnimated    = "animated_text"
	doubtTooMany     = "too_many_styles"
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

// hider removes from a tree what a reader would not see.
type hider struct {
	sheet   *sheet
	removed counter
	hidden  []Hidden
	room    int // characters of hidden text still kept
	doubts  map[string]bool
	quirks  bool
	scans   int // nodes looked at ahead of the walk
	gone    []*html.Node
	fields  []*html.Node
	shown   []*html.Node
}

// maxScans bounds looking ahead in one message: an element that is looked
// through is then mostly removed.
const maxScans = 1_000_000

func newHider(quirks bool, removed counter) *hider {
	return &hider{sheet: newSheet(quirks), removed: removed, room: maxHiddenText, doubts: map[string]bool{}, quirks: quirks, scans: maxScans}
}

// hide removes hidden elements, comments and scripts from the tree at root.
func hide(root *html.Node, removed counter) *hider {
	h := newHider(!standards(root), removed)
	h.styles(root)
	page := newLook()
	page.plain = isPlain(root)
	h.walk(root, page)
	h.apply()
	if h.sheet.exhausted() {
		h.doubt(doubtTooMany)
	}
	if h.sheet.generates {
		h.doubt(doubtGenerated)
	}
	return h
}

// styles reads the style sheets of a page, but for those in templates, which are
// no part of it.
func (h *hider) styles(n *html.Node) {
	for c := range n.ChildNodes() {
		switch {
		case c.Type != html.ElementNode || c.Data == "template":
		case c.Data == "link" && strings.EqualFold(attrOf(c, "rel"), "stylesheet"):
			h.sheet.parse(dataSheet(attrOf(c, "href")), attrOf(c, "media"))
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
			h.sheet.parse(css.String(), attrOf(c, "media"))
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

func (h *hider) doubt(kind string) { h.doubts[kind] = true }

func (h *hider) doubtList() []string {
	var list []string
	for kind := range h.doubts {
		list = append(list, kind)
	}
	slices.Sort(list)
	return list
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
func (h *hider) walk(n *html.Node, at look) {
	kind, doubt := textHiding(at)
	var gone strings.Builder
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
			if doubt != "" {
				h.doubt(doubt)
			}
			if kind != "" {
				if gone.Len() == 0 {
					h.removed.add(kind, 1)
				}
				if gone.Len() < maxHiddenText {
					gone.WriteString(c.Data + " ")
				}
				c.Data = " "
			}
		case html.ElementNode:
			h.element(c, at)
		}
	}
	h.keep(kind, gone.String())
}

func (h *hider) element(c *html.Node, at look) {
	if kind, drop := dropped[c.Data]; drop {
		h.drop(c, kind)
		return
	}
	d := h.sheet.styleOf(c)
	child := at.inherit(c, d, h.quirks)
	if at.outside.kind != "" && at.outside.left(d) {
		child.outside = outside{}
		if h.hasText(c) {
			h.doubt(doubtShifted)
		}
	}
	h.indent(c, d, &child)
	kind, doubt := h.boxHiding(c, d, child)
	if box, ok := boxOf(kind, c, d, child); ok && h.escapes(c, box) {
		child.outside, kind = box, ""
	}
	if doubt != "" && h.hasText(c) {
		h.doubt(doubt)
	}
	if position := d.get("position"); position == "absolute" || position == "fixed" {
		child.clip = 0
	} else if kind == "" && pushedBelow(d, at, child) {
		kind = kindZeroSize
	}
	if px := clipHeight(d, child); px > 0 && isBox(c, d, child) {
		child.clip = px
	}
	if kind != "" {
		h.drop(c, kind)
		return
	}
	switch c.Data {
	case "img":
		if kind, _ := textHiding(child); kind != "" {
			h.drop(c, kind) // its alt is text
		} else if isPixel(c, d) {
			h.drop(c, kindZeroSize)
		}
		return
	case "object":
		if data := strings.ToLower(strings.TrimSpace(attrOf(c, "data"))); strings.HasPrefix(data, "data:") || strings.HasPrefix(data, "cid:") {
			h.drop(c, kindEmbedded) // it is in the mail, and drawn instead
			return
		}
		h.shown = append(h.shown, c)
	case "noscript", "canvas": // without scripts and plug-ins
		h.shown = append(h.shown, c)
	case "input":
		if kind, _ := textHiding(child); kind != "" {
			h.drop(c, kind)
			return
		}
		h.fields = append(h.fields, c)
	case "select":
		if c.FirstChild != nil && following(c.FirstChild) != nil {
			h.doubt(doubtCollapsed)
		}
	case "details":
		if _, open := attr(c, "open"); !open {
			h.doubt(doubtCollapsed)
		}
	}
	h.walk(c, child)
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

// textHiding names why text with this look cannot be seen, "" if it can; doubt
// is why it could not be decided.
func textHiding(l look) (kind, doubt string) {
	unless := func(unsure bool, kind string) (string, string) {
		if unsure {
			return "", doubtConditional
		}
		return kind, ""
	}
	switch {
	case l.outside.kind != "":
		return l.outside.kind, ""
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
	switch {
	case !ink.known || !l.bg.known:
		return "", doubtColor
	case !ink.same(l.bg):
		return "", ""
	case l.veiled != "":
		return "", l.veiled
	case l.behind != "" && ink.alpha >= 0.03:
		return "", l.behind
	}
	return unless(l.unsure.text || l.unsure.bg, kindSameColor)
}

func attrOf(n *html.Node, key string) string {
	text, _ := attr(n, key)
	return text
}

func hasAttr(n *html.Node, key string) bool {
	_, ok := attr(n, key)
	return ok
}
