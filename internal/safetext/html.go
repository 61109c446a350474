package safetext

import (
	"context"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

const (
	// maxNodes bounds the tree: 120,000 nodes take about 40 MB. A mail of
	// 1 MB has some 30,000. Of a smaller mail it may have as many as it has tags,
	// and some that are opened again.
	maxNodes, leastNodes, bytesPerNode = 120_000, 4_000, 2

	// leastCopying and bytesPerCopy bound, in units of 4 kB, what the parser copies
	// while it joins text around ignored tags, which is quadratic.
	leastCopying, bytesPerCopy = 20_000, 16
)

// HTML makes Markdown of the text of a text/html part: what a reader would
// see of it. Images are their alternative text; nothing in it loads anything.
func HTML(src string) Result { return HTMLContext(context.Background(), src) }

// HTMLContext is HTML with work that ends when the context is cancelled; what is
// not looked at by then is uncertain.
func HTMLContext(ctx context.Context, src string) Result {
	removed := counter{}
	src = strings.ToValidUTF8(clip(src, maxInput), "\ufffd")
	root := parse(ctx, src)
	if root == nil {
		return tooComplex(src, removed)
	}
	h := hide(root, removed, newMeter(ctx, len(src)))
	shown := markdown(root, removed)
	text := clip(finish(scrub(unixLines(shown.text), removed)), maxOutput)
	return Result{
		Text: text, Removed: removed, Hidden: within(append(h.hidden, shown.smuggled...)), Links: shown.links,
		Uncertain: h.uncertain.count, UncertainText: within(h.uncertain.text), Doubts: h.uncertain.reasons(),
	}
}

// within keeps of what was removed as much as a Result holds.
func within(list []Hidden) []Hidden {
	room := maxHiddenText
	for i := range list {
		r := []rune(list[i].Text)
		if len(r) > room {
			list[i].Text = string(r[:room])
		}
		if room -= min(len(r), room); room == 0 {
			return list[:i+1]
		}
	}
	return list
}

// parse builds the tree, or nil if src is nested too deeply or would take more
// than its share of time or memory.
func parse(ctx context.Context, src string) *html.Node {
	if ctx.Err() != nil || !affordable(src) {
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
	selects, inside := false, false
	mostNodes, mostCopying := min(leastNodes+len(src)/bytesPerNode, maxNodes), leastCopying+len(src)/bytesPerCopy
	for {
		began := inside
		inside = false
		switch z.Next() {
		case html.ErrorToken:
			return true
		case html.TextToken:
			if !began { // else nothing is in the element yet that it could be joined to
				run += len(z.Raw())
			}
			copying += 1 + run>>12
			nodes += 1 + open
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			tag := atom.Lookup(name)
			nodes += 1 + open
			inside = !selects && (tag == atom.Td || tag == atom.Th)
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
		if nodes > mostNodes || copying > mostCopying {
			return false
		}
	}
}
