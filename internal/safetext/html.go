package safetext

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

const (
	// maxNodes bounds the tree: 200,000 nodes take about 40 MB. A mail of
	// 1 MB has some 30,000.
	maxNodes = 200_000

	// maxCopying bounds, in units of 4 kB, what the parser copies while it
	// joins text around ignored tags, which is quadratic.
	maxCopying = 500_000
)

// HTML makes Markdown of the text of a text/html part: what a reader would
// see of it. Images are their alternative text; nothing in it loads anything.
func HTML(src string) Result {
	removed := counter{}
	src = strings.ToValidUTF8(clip(src, maxInput), "\ufffd")
	root := parse(src)
	var text string
	if root == nil {
		text = flatText(src, removed)
	} else {
		hide(root, removed)
		text = markdown(root)
	}
	return Result{Text: clip(tidy(scrub(unixLines(text), removed)), maxOutput), Removed: removed}
}

// parse builds the tree, or nil if src is nested too deeply or would take more
// than its share of time or memory.
func parse(src string) *html.Node {
	if !affordable(src) {
		return nil
	}
	root, err := html.ParseWithOptions(strings.NewReader(src), html.ParseOptionEnableScripting(false))
	if err != nil {
		return nil
	}
	return root
}

// affordable estimates what the tree costs. Formatting elements that are left
// open are opened again in every block (HTML §13.2.4.3), so a short source can
// make a tree of millions; text between ignored tags is appended piece by piece.
func affordable(src string) bool {
	z := html.NewTokenizer(strings.NewReader(src))
	open, perTag := 0, map[atom.Atom]int{}
	nodes, copying, run := 0, 0, 0
	selects := false
	for {
		switch z.Next() {
		case html.ErrorToken:
			return true
		case html.TextToken:
			run += len(z.Raw())
			copying += 1 + run>>12
			nodes += 1 + open
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			tag := atom.Lookup(name)
			nodes += 1 + open
			switch tag {
			case atom.A, atom.B, atom.Big, atom.Code, atom.Em, atom.Font, atom.I, atom.Nobr, atom.S, atom.Small, atom.Strike, atom.Strong, atom.Tt, atom.U:
				open++
				perTag[tag]++
			case atom.Select, atom.Frameset:
				selects = true
			case atom.Br, atom.Img, atom.Hr, atom.P, atom.Div, atom.Span:
				if !selects {
					run = 0
				}
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			if tag := atom.Lookup(name); perTag[tag] > 0 {
				perTag[tag]--
				open--
			}
		}
		if nodes > maxNodes || copying > maxCopying {
			return false
		}
	}
}

// flatText is the text of HTML too wild for a tree: token by token, blocks as
// lines. Everything in an element that is hidden in any way is left out.
func flatText(src string, removed counter) string {
	var b strings.Builder
	w := &writer{out: &b}
	h := &hider{sheet: newSheet(), removed: removed}
	z := html.NewTokenizer(strings.NewReader(src))
	skip, depth := "", 0 // the hidden element being skipped
	style := false
	for b.Len() < maxOutput {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.CommentToken:
			removed.add(kindComment, 1)
		case html.TextToken:
			if style {
				h.sheet.parse(string(z.Raw()))
			} else if skip == "" {
				w.text(html.UnescapeString(string(z.Raw())))
			}
		case html.StartTagToken:
			t := z.Token()
			style = t.DataAtom == atom.Style
			n := &html.Node{Type: html.ElementNode, Data: t.Data, DataAtom: t.DataAtom, Attr: t.Attr}
			switch {
			case skip == t.Data:
				depth++
			case skip == "" && !void(t.DataAtom):
				if kind, hidden := h.flatHiding(n); hidden {
					removed.add(kind, 1)
					skip, depth = t.Data, 1
				}
			}
			if skip == "" && blockTags[t.Data] {
				w.breakLine(1)
			}
		case html.EndTagToken:
			t := z.Token()
			style = false
			if skip == t.Data {
				if depth--; depth == 0 {
					skip = ""
				}
			} else if skip == "" && blockTags[t.Data] {
				w.breakLine(1)
			}
		}
	}
	return b.String()
}

// flatHiding judges one element by itself.
func (h *hider) flatHiding(n *html.Node) (kind string, hidden bool) {
	if kind, drop := dropped[n.Data]; drop {
		return kind, n.Data != "meta" && n.Data != "link" && n.Data != "base" && n.Data != "head"
	}
	d := h.sheet.styleOf(n)
	if kind := boxHiding(n, d); kind != "" {
		return kind, true
	}
	kind = textHiding(look{font: defaultFontPixels, text: black, bg: white}.inherit(n, d))
	return kind, kind != ""
}

func void(tag atom.Atom) bool {
	switch tag {
	case atom.Area, atom.Base, atom.Br, atom.Col, atom.Embed, atom.Hr, atom.Img, atom.Input, atom.Link, atom.Meta, atom.Param, atom.Source, atom.Track, atom.Wbr:
		return true
	}
	return false
}
