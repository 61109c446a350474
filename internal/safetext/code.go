package safetext

import (
	"strings"

	"golang.org/x/net/html"
)

// code writes preformatted text in a fence longer than any run of backticks
// in it, so that it cannot be closed from inside.
func (r *renderer) code(n *html.Node) {
	if r.w.inline {
		r.children(n)
		return
	}
	var b strings.Builder
	preText(n, &b)
	text := defuse(r.w.visible(strings.Trim(unixLines(b.String()), "\n")))
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
		r.w.raw(line)
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
