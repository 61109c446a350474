package safetext

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

const (
	// maxOpen is how many open elements are kept in mind.
	maxOpen = 256

	// maxLookBack is how far an end tag looks for its element.
	maxLookBack = 64

	// maxRestyles is how many style sheets change what is already open.
	maxRestyles = 20
)

// flat reads HTML too wild for a tree token by token. It knows of each element
// what it is in, so what is hidden is hidden here too, with two doubts decided
// for safety: a hidden element that is never closed hides up to the end of what
// it is in, and hidden formatting (font, b, span) that is closed by something
// else goes on, as browsers open it again (HTML §13.2.4.3).
type flat struct {
	h     *hider
	w     *writer
	stack []open
	// dropped is the element whose whole content is gone, at a depth.
	dropped   string
	depth     int
	carried   map[string]int // hidden formatting that goes on, by tag
	carrying  int
	lastText  string // the kind of the hidden run of text being left out
	hiddenRun strings.Builder
	restyled  int
}

type open struct {
	node *html.Node
	look look
	gone string // kind of why everything in it is hidden; "" when it is not
}

// flatText is the visible text of HTML too wild for a tree.
func flatText(src string, removed counter) (string, *hider) {
	var b strings.Builder
	f := &flat{h: newHider(true, removed), w: &writer{out: &b, removed: removed}, carried: map[string]int{}}
	f.h.sheet.match.flat = true
	f.stack = []open{{node: &html.Node{Type: html.ElementNode, Data: "html"}, look: newLook()}}
	z := html.NewTokenizer(strings.NewReader(src))
	style := false
	for b.Len() < maxOutput {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		switch kind {
		case html.CommentToken:
			removed.add(kindComment, 1)
		case html.TextToken:
			if style {
				f.h.sheet.parse(string(z.Raw()), "")
				f.restyle()
			} else {
				f.text(html.UnescapeString(string(z.Raw())))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			style = t.DataAtom == atom.Style
			f.start(t, kind == html.SelfClosingTagToken)
		case html.EndTagToken:
			style = false
			name, _ := z.TagName()
			f.end(string(name))
		}
	}
	f.flush()
	return b.String(), f.h
}

// restyle gives the elements that are open the look that a style sheet after
// them says.
func (f *flat) restyle() {
	if f.restyled++; f.restyled > maxRestyles {
		return
	}
	at := newLook()
	for i := range f.stack {
		o := &f.stack[i]
		at = at.inherit(o.node, f.h.sheet.styleOf(o.node), true)
		o.look = at
	}
}

func (f *flat) top() *open { return &f.stack[len(f.stack)-1] }

func (f *flat) text(s string) {
	if f.dropped != "" || strings.TrimSpace(s) == "" {
		if f.dropped == "" {
			f.w.text(s)
		}
		return
	}
	kind := f.top().gone
	if kind == "" {
		kind, _ = textHiding(f.top().look)
	}
	if kind == "" && f.carrying > 0 {
		kind = kindInvisible
	}
	if kind == "" {
		f.flush()
		f.w.text(s)
		return
	}
	if f.lastText != kind {
		f.flush()
		f.h.removed.add(kind, 1)
		f.lastText = kind
	}
	if f.hiddenRun.Len() < maxHiddenText {
		f.hiddenRun.WriteString(s + " ")
	}
}

// flush notes the run of hidden text that has ended.
func (f *flat) flush() {
	f.h.keep(f.lastText, f.hiddenRun.String())
	f.hiddenRun.Reset()
	f.lastText = ""
}

func (f *flat) start(t html.Token, selfClosing bool) {
	if f.dropped != "" {
		if t.Data == f.dropped {
			f.depth++
		}
		return
	}
	if blockTags[t.Data] {
		f.closeImplied(t.Data)
		f.w.breakLine(1)
	}
	if kind, drop := dropped[t.Data]; drop {
		if !void(t.DataAtom) && t.Data != "head" && !(selfClosing && t.Data == "svg") {
			f.h.removed.add(kind, 1)
			f.dropped, f.depth = t.Data, 1
		}
		return
	}
	n := &html.Node{Type: html.ElementNode, Data: t.Data, DataAtom: t.DataAtom, Attr: t.Attr, Parent: f.top().node}
	d := f.h.sheet.styleOf(n)
	o := open{node: n, look: f.top().look.inherit(n, d, true), gone: f.top().gone}
	f.h.indent(n, d, &o.look)
	if kind, _ := f.h.boxHiding(n, d, o.look); kind != "" && o.gone == "" {
		o.gone = kind
	}
	switch {
	case void(t.DataAtom):
		if t.DataAtom == atom.Img && o.gone == "" {
			f.text(altText(n))
		}
	case len(f.stack) < maxOpen:
		f.stack = append(f.stack, o)
	default:
		f.carry(o)
	}
}

// carry notes hidden formatting that is not on the stack any more.
func (f *flat) carry(o open) {
	kind, _ := textHiding(o.look)
	if (kind != "" || o.gone != "") && !blockTags[o.node.Data] {
		f.carried[o.node.Data]++
		f.carrying++
	}
}

// closeImplied ends the elements that a block ends without a tag.
func (f *flat) closeImplied(tag string) {
	ends := map[string]string{"li": "li", "td": "td th", "th": "td th", "tr": "td th tr", "option": "option", "dd": "dd dt", "dt": "dd dt"}[tag]
	if ends == "" {
		ends = "p"
	}
	for len(f.stack) > 1 && contains(strings.Fields(ends), f.top().node.Data) {
		f.stack = f.stack[:len(f.stack)-1]
	}
}

func (f *flat) end(tag string) {
	if f.dropped != "" {
		if tag == f.dropped {
			if f.depth--; f.depth == 0 {
				f.dropped = ""
			}
		}
		return
	}
	if blockTags[tag] {
		f.w.breakLine(1)
	}
	for i := len(f.stack) - 1; i > 0 && i >= len(f.stack)-maxLookBack; i-- {
		if f.stack[i].node.Data != tag {
			continue
		}
		for _, o := range f.stack[i+1:] {
			f.carry(o)
		}
		f.stack = f.stack[:i]
		return
	}
	if f.carried[tag] > 0 {
		f.carried[tag]--
		f.carrying--
	}
}

func void(tag atom.Atom) bool {
	switch tag {
	case atom.Area, atom.Base, atom.Br, atom.Col, atom.Embed, atom.Hr, atom.Img, atom.Input, atom.Link, atom.Meta, atom.Param, atom.Source, atom.Track, atom.Wbr:
		return true
	}
	return false
}
