package safetext

import (
	"cmp"
	"strings"

	"golang.org/x/net/html"
)

// textOf is the text in an element, alternative texts of images too.
func (h *hider) textOf(n *html.Node) string {
	var b strings.Builder
	add := func(c *html.Node) {
		if c.Type == html.TextNode {
			b.WriteString(c.Data + " ")
			return
		}
		for _, key := range []string{"alt", "srcdoc", "value"} {
			if text, ok := attr(c, key); ok && (key != "value" || c.Data == "input") {
				b.WriteString(text + " ")
			}
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

// field shows the value of a form field, which is on the screen like text.
func field(n *html.Node) {
	text := cmp.Or(attrOf(n, "value"), attrOf(n, "placeholder"))
	switch kind, _ := attr(n, "type"); strings.ToLower(kind) {
	case "", "text", "submit", "button", "reset", "email", "search", "url", "tel", "number", "date", "time":
		if text != "" {
			n.Data, n.DataAtom, n.Attr = "span", 0, nil
			n.AppendChild(&html.Node{Type: html.TextNode, Data: text})
		}
	}
}
