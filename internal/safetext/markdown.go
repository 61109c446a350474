package safetext

import (
	"cmp"
	"strconv"
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

// renderer writes a tree without hidden elements as Markdown.
type renderer struct {
	w      *writer
	indent int
	list   []listState
}

type listState struct {
	ordered bool
	next    int
}

// markdown renders the tree at root.
func markdown(root *html.Node) string {
	var b strings.Builder
	r := &renderer{w: &writer{out: &b}}
	r.children(root)
	return b.String()
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
	case "input":
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
	case "pre", "listing", "xmp", "plaintext":
		r.code(n)
	case "table":
		r.table(n)
	default:
		if mark := emphasis[n.Data]; mark != "" {
			opened := r.w.emphasize(mark)
			r.children(n)
			if opened {
				r.w.unemphasize(mark)
			}
		} else if blockTags[n.Data] {
			r.block(n, 1)
		} else {
			r.children(n)
		}
	}
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
	r.w.raw("---")
	r.w.breakLine(2)
}

// image shows the alternative text.
func (r *renderer) image(n *html.Node) {
	if alt := altText(n); alt != "" {
		r.w.text(alt)
	}
}

// altText is the alternative text of an image, "" for one too small to be seen:
// that is a tracking pixel's, or a way to hide words.
func altText(n *html.Node) string {
	for _, side := range []string{"width", "height"} {
		if px, ok := pixels(attrOf(n, side)); ok && px <= 2 {
			return ""
		}
	}
	return Line(attrOf(n, "alt"))
}

// inlineOf renders the children of n as one line.
func (r *renderer) inlineOf(n *html.Node, set func(*writer)) string {
	var b strings.Builder
	w := &writer{out: &b, inline: true, start: false, inLink: r.w.inLink, inCell: r.w.inCell}
	if set != nil {
		set(w)
	}
	sub := &renderer{w: w}
	sub.children(n)
	w.closeAll()
	return b.String()
}

func (r *renderer) heading(n *html.Node) {
	if r.w.inline {
		r.block(n, 1)
		return
	}
	text := r.inlineOf(n, func(w *writer) { w.owed = nil })
	if text = strings.TrimSpace(text); strings.HasPrefix(text, "**") && strings.HasSuffix(text, "**") && strings.Count(text, "**") == 2 {
		text = strings.Trim(text, "*")
	}
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

// link writes [text](url), or the text alone where the target is not a page or
// an address, or says no more than the text.
func (r *renderer) link(n *html.Node) {
	target := linkURL(attrOf(n, "href"))
	if target == "" || r.w.inLink {
		r.children(n)
		return
	}
	text := strings.TrimSpace(r.inlineOf(n, func(w *writer) { w.inLink = true }))
	switch {
	case text == "":
	case strings.EqualFold(bareURL(text), bareURL(target)):
		r.w.text(strings.TrimPrefix(target, "mailto:"))
	default:
		r.w.raw("[" + text + "](" + target + ")")
	}
	if endsWithSpace(n) {
		r.w.space = true
	}
}

func endsWithSpace(n *html.Node) bool {
	last := n.LastChild
	return last != nil && last.Type == html.TextNode && strings.TrimRight(last.Data, " \t\r\n\u00a0") != last.Data
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

func (r *renderer) listing(n *html.Node) {
	r.w.breakLine(1 + min(1, max(0, 1-len(r.list))))
	start, err := strconv.Atoi(attrOf(n, "start"))
	if err != nil || start < 0 || start > 1e6 {
		start = 1
	}
	r.list = append(r.list, listState{ordered: n.Data == "ol", next: start})
	r.children(n)
	r.list = r.list[:len(r.list)-1]
	r.w.breakLine(1 + min(1, max(0, 1-len(r.list))))
}

func (r *renderer) item(n *html.Node) {
	marker := "- "
	if last := len(r.list) - 1; last >= 0 && r.list[last].ordered {
		marker = strconv.Itoa(r.list[last].next) + ". "
		r.list[last].next++
	}
	r.w.breakLine(1)
	r.within(n, strings.Repeat(" ", len(marker)), marker)
	r.w.breakLine(1)
}

// code writes preformatted text in a fence longer than any run of backticks
// in it, so that it cannot be closed from inside.
func (r *renderer) code(n *html.Node) {
	if r.w.inline {
		r.children(n)
		return
	}
	var b strings.Builder
	preText(n, &b)
	text := strings.Trim(unixLines(b.String()), "\n")
	if strings.TrimSpace(text) == "" {
		return
	}
	fence := strings.Repeat("`", max(3, longestRun(text, '`')+1))
	r.w.breakLine(2)
	owed := r.w.owed
	r.w.owed = nil
	r.w.raw(fence)
	for line := range strings.SplitSeq(text, "\n") {
		r.w.breakLine(1)
		r.w.raw(strings.ReplaceAll(line, "<", "&lt;"))
		if line == "" {
			r.w.ready()
		}
	}
	r.w.breakLine(1)
	r.w.raw(fence)
	r.w.breakLine(2)
	r.w.owed = owed
}

func preText(n *html.Node, b *strings.Builder) {
	for c := range n.Descendants() {
		switch {
		case c.Type == html.TextNode:
			b.WriteString(c.Data)
		case c.Type == html.ElementNode && (c.Data == "br" || c.Data == "div" || c.Data == "p"):
			b.WriteByte('\n')
		}
	}
}

func longestRun(s string, c byte) int {
	longest, run := 0, 0
	for i := range len(s) {
		if s[i] != c {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}
