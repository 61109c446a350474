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
	"svg": kindEmbedded, "canvas": kindEmbedded,
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
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && n.Data == "style" && n.FirstChild != nil {
			media, _ := attr(n, "media")
			h.sheet.parse(n.FirstChild.Data, media)
		}
	}
	h.walk(root, newLook())
	if h.sheet.exhausted() {
		h.doubt(doubtTooMany)
	}
	if h.sheet.generates {
		h.doubt(doubtGenerated)
	}
	return h
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
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		switch c.Type {
		case html.CommentNode:
			if strings.TrimSpace(c.Data) != "" {
				h.removed.add(kindComment, 1)
				h.keep(kindComment, c.Data)
			}
			n.RemoveChild(c)
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
			h.element(n, c, at)
		}
		c = next
	}
	h.keep(kind, gone.String())
}

func (h *hider) element(up, c *html.Node, at look) {
	if kind, drop := dropped[c.Data]; drop {
		h.drop(up, c, kind)
		return
	}
	d := h.sheet.styleOf(c)
	child := at.inherit(c, d, h.quirks)
	kind, doubt := h.boxHiding(c, d, child)
	if doubt != "" && h.hasText(c) {
		h.doubt(doubt)
	}
	if kind != "" {
		h.drop(up, c, kind)
		return
	}
	switch c.Data {
	case "img":
		if kind, _ := textHiding(child); kind != "" {
			h.drop(up, c, kind) // its alt is text
		}
		return
	case "input":
		field(c)
	case "details":
		if _, open := attr(c, "open"); !open {
			h.doubt(doubtCollapsed)
		}
	}
	h.walk(c, child)
}

// drop takes an element with all that is in it out of the tree.
func (h *hider) drop(up, c *html.Node, kind string) {
	up.RemoveChild(c)
	if kind == "" {
		return
	}
	text := h.textOf(c)
	if strings.TrimSpace(text) != "" || kind == kindScript {
		h.removed.add(kind, 1)
		h.keep(kind, text)
	}
}

// textOf is the text in an element, alternative texts of images too.
func (h *hider) textOf(n *html.Node) string {
	var b strings.Builder
	add := func(c *html.Node) {
		if c.Type == html.TextNode {
			b.WriteString(c.Data + " ")
		} else if alt, ok := attr(c, "alt"); ok && c.Type == html.ElementNode {
			b.WriteString(alt + " ")
		}
	}
	add(n)
	for c := range n.Descendants() {
		if add(c); b.Len() > maxHiddenText && strings.TrimSpace(b.String()) != "" {
			break
		}
	}
	return b.String()
}

// hasText reports whether an element shows text of its own.
func (h *hider) hasText(n *html.Node) bool { return h.textLength(n, 1) > 0 }

// textLength is the length of the text in an element, counted until it exceeds
// limit or the budget for looking ahead is used up.
func (h *hider) textLength(n *html.Node, limit int) int {
	total := 0
	for c := range n.Descendants() {
		if h.scans--; c.Type == html.TextNode {
			total += len(strings.TrimSpace(c.Data))
		}
		if total >= limit || h.scans < 0 {
			break
		}
	}
	return total
}

// textHiding names why text with this look cannot be seen, "" if it can; doubt
// is why it could not be decided.
func textHiding(l look) (kind, doubt string) {
	switch {
	case l.invisible, l.opacity <= invisibleOpacity:
		return kindInvisible, ""
	case l.font <= tinyPixels:
		return kindTiny, ""
	case l.spread:
		return kindTiny, ""
	}
	ink := l.drawn()
	if ink.known {
		ink.alpha *= l.opacity
	}
	if !ink.same(l.bg) {
		return "", ""
	}
	if l.veiled != "" {
		return "", l.veiled
	}
	if l.behind != "" && ink.alpha >= 0.03 {
		return "", l.behind
	}
	return kindSameColor, ""
}

// field shows the value of a form field, which is on the screen like text.
func field(n *html.Node) {
	text, _ := attr(n, "value")
	switch kind, _ := attr(n, "type"); strings.ToLower(kind) {
	case "", "text", "submit", "button", "reset", "email", "search", "url", "tel", "number", "date", "time":
		if text != "" {
			n.Data, n.DataAtom, n.Attr = "span", 0, nil
			n.AppendChild(&html.Node{Type: html.TextNode, Data: text})
		}
	}
}

func attrOf(n *html.Node, key string) string {
	text, _ := attr(n, key)
	return text
}

func hasAttr(n *html.Node, key string) bool {
	_, ok := attr(n, key)
	return ok
}
