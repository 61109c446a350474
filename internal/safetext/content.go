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

// textLength is the length of the text in an element, counted until it exceeds
// limit or the budget for looking ahead is used up.
func (h *hider) textLength(n *html.Node, limit int) int {
	total := 0
	for c := range n.Descendants() {
		if h.meter.spend(1); c.Type == html.TextNode {
			total += len(strings.TrimSpace(c.Data))
		}
		if total >= limit || h.meter.empty() {
			break
		}
	}
	return total
}

// field shows the value of a form field, which is on the screen like text.
func field(n *html.Node) {
	text := cmp.Or(attrOf(n, "value"), attrOf(n, "placeholder"))
	switch kind, _ := attr(n, "type"); strings.ToLower(kind) {
	case "", "text", "submit", "button", "reset", "email", "search", "url", "tel", "number":
		if text != "" {
			n.Data, n.DataAtom, n.Attr = "span", 0, nil
			n.AppendChild(&html.Node{Type: html.TextNode, Data: text})
		}
	}
}

// maxField is how many characters a field shows.
const maxField = 20

// fitsField reports a form field that shows its value in full.
func fitsField(n *html.Node, b *box) bool {
	text := cmp.Or(attrOf(n, "value"), attrOf(n, "placeholder"))
	switch strings.ToLower(attrOf(n, "type")) {
	case "submit", "button", "reset":
		return b.wide < 0 || b.wide >= float64(len(text))*b.look.font*letterShare
	case "number":
		_, unit, ok := number(text)
		return text == "" || ok && unit == ""
	}
	most := maxField
	if size, _, ok := number(attrOf(n, "size")); ok {
		most = int(min(max(size, 0), 200))
	}
	return len([]rune(text)) <= most && (b.wide < 0 || b.wide >= float64(len(text))*b.look.font*letterShare)
}

// smallAlt is how many characters of an alternative text a small image shows.
const smallAlt = 60

// showsAlt reports an image that shows its alternative text while it is not
// loaded.
func showsAlt(n *html.Node, b *box) bool {
	alt := strings.TrimSpace(attrOf(n, "alt"))
	if alt == "" {
		return true
	}
	if strings.HasPrefix(strings.ToLower(strings.TrimSpace(attrOf(n, "src"))), "data:") {
		return false
	}
	if len(alt) <= smallAlt {
		return true
	}
	area := 1.0
	for side, declared := range map[string]float64{"width": b.wide, "height": b.high} {
		if px, unit, ok := number(attrOf(n, side)); ok && unit != "%" && declared < 0 {
			declared = px
		}
		if declared < 0 {
			return true
		}
		area *= declared
	}
	advance, _ := textWidth(alt, b.look)
	return area >= advance*b.look.font*0.8
}

// textUnder is the text in an element.
func textUnder(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

// choice leaves of a list the option that is shown.
func (h *hider) choice(n *html.Node) {
	var options []*html.Node
	shown := 0
	for c := range n.Descendants() {
		switch {
		case c.Type == html.TextNode && (c.Parent == n || c.Parent.Data == "optgroup") && strings.TrimSpace(c.Data) != "":
			h.uncertain.add(doubtCollapsed, c.Data)
			c.Data = " "
		case c.Type == html.ElementNode && c.Data == "option":
			if hasAttr(c, "selected") {
				shown = len(options)
			}
			options = append(options, c)
		}
	}
	for i, c := range options {
		if i != shown {
			h.folded[c] = true
		}
	}
}

// collapsed leaves of closed details the summary.
func (h *hider) collapsed(n *html.Node) {
	summary := false
	for c := range n.ChildNodes() {
		switch {
		case c.Type == html.ElementNode && c.Data == "summary" && !summary:
			summary = true
		case c.Type == html.ElementNode && dropped[c.Data] == "" && c.Data != "style":
			h.folded[c] = true
		case c.Type == html.TextNode:
			h.uncertain.add(doubtCollapsed, c.Data)
			c.Data = " "
		}
	}
}
