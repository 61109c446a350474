package safetext

import (
	"regexp"
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html"
)

// policy is what may stay in sanitised HTML: structure, text and links to
// pages and addresses. No style, no image, no form, nothing that loads.
var policy = sync.OnceValue(func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "div", "span", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "b", "strong", "i", "em", "u", "s",
		"del", "ins", "sub", "sup", "small", "blockquote", "pre", "code", "ul", "ol", "li", "dl", "dt", "dd",
		"table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto")
	p.RequireParseableURLs(true)
	p.AllowAttrs("colspan", "rowspan").Matching(regexp.MustCompile(`^[1-9][0-9]?$`)).OnElements("td", "th")
	p.AllowAttrs("start").Matching(regexp.MustCompile(`^[0-9]{1,6}$`)).OnElements("ol")
	return p
})

// SanitizeHTML is the HTML of a part with what a reader would see of it and
// nothing active: hidden elements are removed first, images are their
// alternative text, links lead to http, https and mailto only.
func SanitizeHTML(src string) string {
	src = strings.ToValidUTF8(clip(src, maxInput), "\ufffd")
	root := parse(src)
	var b strings.Builder
	if root != nil {
		hide(root, nil)
		plainNodes(root)
	}
	if root == nil || html.Render(&b, root) != nil {
		return "<pre>" + html.EscapeString(scrub(flatOnly(src), nil)) + "</pre>"
	}
	out := policy().Sanitize(b.String())
	return clip(strings.TrimSpace(withoutMarkdown.Replace(tidy(scrub(unixLines(out), nil)))), maxOutput)
}

// withoutMarkdown keeps text in HTML from being an image or a link to a client
// that draws the answer as Markdown; to one that draws HTML nothing changes.
var withoutMarkdown = strings.NewReplacer("![", "!&#91;", "](", "]&#40;")

// plainNodes makes text of images and cleans links and text in the tree.
func plainNodes(root *html.Node) {
	var images []*html.Node
	for n := range root.Descendants() {
		switch {
		case n.Type == html.TextNode:
			n.Data = scrub(n.Data, nil)
		case n.Data == "img":
			images = append(images, n)
		case n.Data == "a":
			if target := fullURL(attrOf(n, "href")); target != "" {
				n.Attr = []html.Attribute{{Key: "href", Val: target}}
			} else {
				n.Attr = nil
			}
		}
	}
	for _, n := range images {
		alt := altText(n)
		n.Parent.InsertBefore(&html.Node{Type: html.TextNode, Data: alt}, n)
		n.Parent.RemoveChild(n)
	}
}

// flatOnly is the text of HTML too wild for a tree, without report.
func flatOnly(src string) string {
	text, _ := flatText(src, nil)
	return text
}
