package safetext

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// isAllowed is what may stay in sanitised HTML: structure, text and links to
// pages and addresses. No style, no image, no form, nothing that loads.
func isAllowed(element string) bool {
	switch element {
	case "p", "br", "div", "span", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "b", "strong", "i", "em", "u", "s",
		"del", "ins", "sub", "sup", "small", "blockquote", "pre", "code", "ul", "ol", "li", "dl", "dt", "dd",
		"table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th", "a":
		return true
	}
	return false
}

// isContentless are elements whose content nobody sees.
func isContentless(element string) bool {
	switch element {
	case "script", "style", "title", "iframe", "noembed", "noframes", "noscript", "object", "frame", "frameset":
		return true
	}
	return false
}

// writeAllowed writes what is in n: of elements that may stay, the tags with the
// attributes that may; of the others what is in them; and all text, escaped. So
// whatever the tree is, nothing else can come out. The parser refuses depths over
// 512, so it may recurse.
func writeAllowed(b *strings.Builder, n *html.Node) {
	for c := range n.ChildNodes() {
		switch {
		case c.Type == html.TextNode:
			b.WriteString(html.EscapeString(c.Data))
		case c.Type != html.ElementNode || isContentless(c.Data):
		case c.Data == "br" || c.Data == "hr":
			b.WriteString("<" + c.Data + "/>")
		case isAllowed(c.Data) && writeTag(b, c):
			writeAllowed(b, c)
			b.WriteString("</" + c.Data + ">")
		default:
			writeAllowed(b, c)
		}
	}
}

// writeTag writes n's start tag; not that of a link that leads nowhere, of which
// it returns false.
func writeTag(b *strings.Builder, n *html.Node) bool {
	tag := "<" + n.Data
	for _, a := range n.Attr {
		if value := allowedValue(n.Data, a); value != "" {
			tag += " " + a.Key + `="` + html.EscapeString(value) + `"`
		}
	}
	if n.Data == "a" && tag == "<a" {
		return false
	}
	b.WriteString(tag + ">")
	// The parser takes the first line break off what is preformatted.
	if first := n.FirstChild; n.Data == "pre" && first != nil && first.Type == html.TextNode && strings.HasPrefix(first.Data, "\n") {
		b.WriteByte('\n')
	}
	return true
}

// allowedValue is the value of an attribute that may stay, "" of the others.
func allowedValue(element string, a html.Attribute) string {
	const most, mostStart = 2, 6 // digits
	switch {
	case a.Namespace != "":
	case element == "a" && a.Key == "href":
		return allowedLink(a.Val)
	case (element == "td" || element == "th") && (a.Key == "colspan" || a.Key == "rowspan"):
		if isDigits(a.Val, most) && a.Val[0] != '0' {
			return a.Val
		}
	case element == "ol" && a.Key == "start" && isDigits(a.Val, mostStart):
		return a.Val
	}
	return ""
}

// isDigits reports 1 to most digits.
func isDigits(s string, most int) bool {
	return s != "" && len(s) <= most && strings.Trim(s, "0123456789") == ""
}

// allowedLink is a link to a page or an address as package url writes it, "" for
// another.
func allowedLink(target string) string {
	target = strings.TrimSpace(target)
	if strings.ContainsAny(target, " \t\n") {
		return ""
	}
	u, err := url.Parse(target)
	if err != nil {
		return ""
	}
	switch u.Scheme {
	case "http", "https", "mailto":
		return u.String()
	}
	return ""
}
