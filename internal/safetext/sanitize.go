package safetext

import (
	"context"
	"strings"

	"golang.org/x/net/html"
)

// SanitizeHTML is the HTML of a part with what a reader would see of it and
// nothing active: hidden elements are removed first, images are their
// alternative text, links lead to http, https and mailto only.
func SanitizeHTML(src string) string { return SanitizeHTMLContext(context.Background(), src) }

// SanitizeHTMLContext is SanitizeHTML with work that ends when the context is
// cancelled.
func SanitizeHTMLContext(ctx context.Context, src string) string {
	src = strings.ToValidUTF8(clip(src, maxInput), "\ufffd")
	root := parse(ctx, src)
	if root == nil {
		return "" // nothing of it is proven visible
	}
	hide(root, nil, newMeter(ctx, len(src)))
	plainNodes(root)
	var out strings.Builder
	writeAllowed(&out, root)
	return clip(strings.TrimSpace(withoutMarkdown.Replace(tidy(scrub(unixLines(out.String()), nil)))), maxOutput)
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
