package safetext

import (
	"cmp"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// maxIndent is how many quotes and lists deep lines are indented; deeper ones
// stay there, so that the output is linear in the input.
const maxIndent = 8

// blockTags start and end a line.
var blockTags = map[string]bool{
	"address": true, "article": true, "aside": true, "blockquote": true, "body": true, "caption": true, "center": true,
	"dd": true, "details": true, "div": true, "dl": true, "dt": true, "fieldset": true, "figcaption": true, "figure": true,
	"footer": true, "form": true, "h1": true, "h2": true, "h3": true, "h4": true, "h5": true, "h6": true, "header": true,
	"hr": true, "legend": true, "li": true, "main": true, "menu": true, "nav": true, "ol": true, "option": true, "p": true,
	"pre": true, "section": true, "summary": true, "table": true, "tr": true, "td": true, "th": true, "ul": true, "br": true,
}

// emphasis maps inline elements to Markdown's markers.
var emphasis = map[string]string{"b": "**", "strong": "**", "i": "*", "em": "*", "del": "~~", "s": "~~", "strike": "~~", "code": "`", "tt": "`"}

// rendered is what markdown made of a tree.
type rendered struct {
	text     string
	links    []Link
	smuggled []Hidden
}

// renderer writes a tree without hidden elements as Markdown.
type renderer struct {
	w      *writer
	links  *linkList
	indent int
	list   []listState
}

// markdown renders the tree at root and counts the characters it leaves out.
func markdown(root *html.Node, removed counter) rendered {
	var b strings.Builder
	found, links := smuggled{}, linkList{}
	r := &renderer{w: &writer{out: &b, removed: removed, smuggled: &found}, links: &links}
	r.children(root)
	r.w.closeAll()
	return rendered{text: b.String(), links: links.all, smuggled: found.found}
}

func (r *renderer) children(n *html.Node) {
	for c := range n.ChildNodes() {
		if r.w.full() {
			return
		}
		r.node(c)
	}
}

func (r *renderer) node(n *html.Node) {
	if n.Type == html.TextNode {
		if !r.w.inLink {
			r.links.addBare(n.Data)
		}
		if before, ok := strings.CutSuffix(n.Data, "<"); ok && linkedAddress(n) {
			r.w.text(before)
			r.w.raw("<")
			return
		}
		r.w.text(n.Data)
		return
	}
	if n.Type != html.ElementNode {
		r.children(n)
		return
	}
	switch n.Data {
	case "br":
		r.lineBreak()
	case "img":
		r.image(n)
	case "a":
		r.link(n)
	case "hr":
		r.rule()
	case "h1", "h2", "h3", "h4", "h5", "h6":
		r.heading(n)
	case "p", "dl", "figure", "details", "fieldset":
		r.block(n, 2)
	case "blockquote":
		r.quote(n)
	case "ul", "ol", "menu", "dir":
		r.listing(n)
	case "li":
		r.item(n)
	case "dd":
		r.w.breakLine(1)
		r.within(n, "  ", ": ")
	case "pre", "listing", "xmp", "plaintext":
		r.code(n)
	case "table":
		r.table(n)
	case "tr":
		r.row(n)
	default:
		r.phrase(n)
	}
}

// phrase renders the elements that are neither blocks of their own kind nor
// replaced.
func (r *renderer) phrase(n *html.Node) {
	switch n.Data {
	case "input":
		switch strings.ToLower(attrOf(n, "type")) {
		case "submit", "button", "reset": // a button shows its value
			r.w.text(attrOf(n, "value"))
		}
	case "q":
		r.enclosed(n, "“", "”")
	case "rt": // the reading beside a word
		r.enclosed(n, "(", ")")
	case "rp":
	case "sub", "sup":
		r.script(n)
	default:
		switch mark := emphasis[n.Data]; {
		case mark != "":
			opened := r.w.emphasize(mark)
			r.children(n)
			if opened {
				r.w.unemphasize(mark)
			}
		case n.Data == "div" && strings.Contains(attrOf(n, "class"), "yahoo_quoted"):
			r.quote(n) // quoted history without a blockquote
		case blockTags[n.Data]:
			r.block(n, 1)
		default:
			r.children(n)
		}
	}
}

func (r *renderer) enclosed(n *html.Node, before, after string) {
	r.w.text(before)
	r.children(n)
	r.w.text(after)
}

// Digits and signs that have raised and lowered forms, in the same order.
const (
	scriptPlain   = "0123456789+-()"
	scriptRaised  = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾"
	scriptLowered = "₀₁₂₃₄₅₆₇₈₉₊₋₍₎"
)

// script writes raised and lowered numbers as such, so that 10² is not 102.
func (r *renderer) script(n *html.Node) {
	const longest = 8
	c := n.FirstChild
	if c == nil || c.NextSibling != nil || c.Type != html.TextNode || len(c.Data) > longest || strings.Trim(c.Data, scriptPlain) != "" {
		r.children(n)
		return
	}
	forms := []rune(scriptRaised)
	if n.Data == "sub" {
		forms = []rune(scriptLowered)
	}
	r.w.text(strings.Map(func(c rune) rune { return forms[strings.IndexRune(scriptPlain, c)] }, c.Data))
}

// lineBreak ends the line; a second one leaves an empty line.
func (r *renderer) lineBreak() {
	if r.w.breaks > 0 {
		r.w.breakLine(min(r.w.breaks+1, 2))
	} else {
		r.w.breakLine(1)
	}
}

func (r *renderer) block(n *html.Node, breaks int) {
	r.w.breakLine(breaks)
	r.children(n)
	r.w.breakLine(breaks)
}

func (r *renderer) rule() {
	if r.w.inline || !r.w.begun {
		r.w.breakLine(1)
		return
	}
	r.w.breakLine(2)
	if written := r.w.out.String(); strings.HasSuffix(written, "\n---") {
		return
	}
	r.w.raw("---")
	r.w.breakLine(2)
}

// image shows the alternative text.
func (r *renderer) image(n *html.Node) {
	if altText(n) != "" {
		r.w.text(attrOf(n, "alt"))
	}
}

// altText is the alternative text of an image, "" for one too small to be seen:
// that is a tracking pixel's, or a way to hide words.
func altText(n *html.Node) string {
	if isPixel(n, nil) {
		return ""
	}
	return Line(attrOf(n, "alt"))
}

// pixelImage is the size of an image, in pixels, in which nothing can be seen.
const pixelImage = 2

// isPixel reports an image of at most two pixels, by its attributes or style.
func isPixel(n *html.Node, d declarations) bool {
	for _, side := range []string{"width", "height"} {
		if px, ok := pixels(attrOf(n, side)); ok && px <= pixelImage && d.get(side) == "" {
			return true
		}
		if px, ok := pixels(d.get(side)); ok && px <= pixelImage {
			return true
		}
		if px, ok := pixels(d.get("max-" + side)); ok && px <= pixelImage {
			return true
		}
	}
	return false
}

// inlineOf renders the children of n as one line.
func (r *renderer) inlineOf(n *html.Node, set func(*writer)) string {
	var b strings.Builder
	w := &writer{out: &b, inline: true, inLink: r.w.inLink, inCell: r.w.inCell, removed: r.w.removed, smuggled: r.w.smuggled}
	w.around = slices.Concat(r.w.around, r.w.open, r.w.owed)
	if set != nil {
		set(w)
	}
	sub := &renderer{w: w, links: r.links}
	sub.children(n)
	w.closeAll()
	return b.String()
}

func (r *renderer) heading(n *html.Node) {
	if r.w.inline {
		r.block(n, 1)
		return
	}
	text := withoutBold(strings.TrimSpace(r.inlineOf(n, nil)))
	if text == "" {
		return
	}
	r.w.breakLine(2)
	owed := r.w.owed
	r.w.owed = nil // a heading needs no emphasis
	r.w.raw(strings.Repeat("#", int(n.Data[1]-'0')) + " " + text)
	r.w.breakLine(2)
	r.w.owed = owed
}

// within renders the children with each line after a prefix.
func (r *renderer) within(n *html.Node, prefix, marker string) {
	if r.w.inline || r.indent >= maxIndent {
		r.children(n)
		return
	}
	r.indent++
	old := r.w.prefix
	r.w.first = cmp.Or(r.w.first, old) + cmp.Or(marker, prefix)
	r.w.prefix += prefix
	r.children(n)
	r.w.breakLine(1)
	r.w.prefix, r.w.first = old, ""
	r.indent--
}

func (r *renderer) quote(n *html.Node) {
	r.w.breakLine(2)
	r.within(n, "> ", "")
	r.w.breakLine(2)
}
