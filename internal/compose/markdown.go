package compose

import (
	"bytes"
	"net/url"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// markup is a body read as Markdown.
type markup struct {
	source []byte
	root   ast.Node
	rich   bool // it has lists, emphasis, links, headings, code or tables
}

// markdown is CommonMark with tables and strike-through as GitHub has them, but
// for what surprises in a mail: HTML is text like any other, a line of dashes
// below a name makes no heading of it (it begins a signature), and "[1]: " with
// an address behind it stays a footnote that is read.
func markdown() goldmark.Markdown {
	blocks := []util.PrioritizedValue{
		util.Prioritized(parser.NewThematicBreakParser(), 200),
		util.Prioritized(parser.NewListParser(), 300),
		util.Prioritized(parser.NewListItemParser(), 400),
		util.Prioritized(parser.NewATXHeadingParser(), 600),
		util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
		util.Prioritized(parser.NewBlockquoteParser(), 800),
		util.Prioritized(parser.NewParagraphParser(), 1000),
	}
	inlines := []util.PrioritizedValue{
		util.Prioritized(parser.NewCodeSpanParser(), 100),
		util.Prioritized(parser.NewLinkParser(), 200),
		util.Prioritized(parser.NewAutoLinkParser(), 300),
		util.Prioritized(parser.NewEmphasisParser(), 500),
	}
	return goldmark.New(
		goldmark.WithParser(parser.NewParser(
			parser.WithBlockParsers(blocks...), parser.WithInlineParsers(inlines...),
			parser.WithParagraphTransformers(util.Prioritized(tables{extension.NewTableParagraphTransformer()}, 200)),
			parser.WithASTTransformers(util.Prioritized(extension.NewTableASTTransformer(), 0)),
		)),
		goldmark.WithExtensions(extension.Strikethrough),
		goldmark.WithRendererOptions(
			html.WithHardWraps(), // a line of a mail is a line
			renderer.WithNodeRenderers(util.Prioritized(extension.NewTableHTMLRenderer(), 500)),
		),
	)
}

// tables makes tables of paragraphs, but not of those with a line of dashes
// alone: goldmark takes what is above that for a table of one column.
type tables struct{ parser.ParagraphTransformer }

// Transform implements parser.ParagraphTransformer.
func (t tables) Transform(node *ast.Paragraph, reader text.Reader, pc parser.Context) {
	rules := 0
	for _, segment := range node.Lines().Sliced(0, node.Lines().Len()) {
		line := segment.Value(reader.Source())
		if bytes.IndexByte(line, '-') < 0 || len(bytes.Trim(line, "-:| \t\n")) > 0 {
			continue
		}
		if bytes.IndexByte(line, '|') < 0 {
			return
		}
		rules++
	}
	if rules > 0 {
		t.ParagraphTransformer.Transform(node, reader, pc)
	}
}

const (
	// maxMarkupDepth is how deep the quotes and lists of a line may be nested.
	maxMarkupDepth = 30

	// maxBrackets: each may begin a link, and what follows is read again for it:
	// 100 kB of "[a](" take two seconds.
	maxBrackets = 5_000

	// maxCells: short rows are filled up to the width of the first, so that 80
	// kB of text can be 120 MB of table.
	maxCells = 20_000
)

// parseMarkdown reads a body. Links that are none for a mail are taken apart,
// and pictures, which would be loaded from elsewhere, become links.
func parseMarkdown(body string) markup {
	m := markup{source: []byte(lines(body))}
	if tooMuch(m.source) {
		return m
	}
	m.root = markdown().Parser().Parse(text.NewReader(m.source))
	var links []ast.Node
	_ = ast.Walk(m.root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n.(type) {
		case *ast.List, *ast.Emphasis, *ast.Heading, *ast.CodeSpan, *ast.FencedCodeBlock, *extast.Table, *extast.Strikethrough:
			m.rich = true
		case *ast.Link, *ast.Image:
			m.rich = true
			links = append(links, n)
		case *ast.AutoLink:
			links = append(links, n)
		}
		return ast.WalkContinue, nil
	})
	for _, n := range links {
		m.secure(n)
	}
	return m
}

// secure makes a link safe.
func (m markup) secure(n ast.Node) {
	parent := n.Parent()
	switch n := n.(type) {
	case *ast.AutoLink:
		if n.AutoLinkType == ast.AutoLinkURL && !safeLink(string(n.URL(m.source))) {
			parent.ReplaceChild(parent, n, ast.NewString(n.Label(m.source)))
		}
	case *ast.Image:
		if !safeLink(string(n.Destination)) || insideLink(n) {
			unwrap(n)
			return
		}
		link := ast.NewLink()
		link.Destination, link.Title = n.Destination, n.Title
		if !n.HasChildren() {
			link.AppendChild(link, ast.NewString(n.Destination))
		}
		for c := n.FirstChild(); c != nil; c = n.FirstChild() {
			link.AppendChild(link, c)
		}
		parent.ReplaceChild(parent, n, link)
	case *ast.Link:
		if !safeLink(string(n.Destination)) {
			unwrap(n)
		}
	}
}

func insideLink(n ast.Node) bool {
	for p := n.Parent(); p != nil; p = p.Parent() {
		if p.Kind() == ast.KindLink {
			return true
		}
	}
	return false
}

// unwrap puts what is in a node in its place.
func unwrap(n ast.Node) {
	parent := n.Parent()
	for c := n.FirstChild(); c != nil; c = n.FirstChild() {
		parent.InsertBefore(parent, n, c)
	}
	parent.RemoveChild(parent, n)
}

// safeLink reports whether a link may be in a mail that others open: one to the
// web or to an address, absolute.
func safeLink(destination string) bool {
	u, err := url.Parse(destination)
	if err != nil {
		return false
	}
	switch strings.ToLower(u.Scheme) {
	case "http", "https":
		return u.Host != ""
	case "mailto":
		return true
	}
	return false
}

// htmlOf is the HTML form: the body's markup, and the quote.
func (d Draft) htmlOf(m markup) string {
	var b bytes.Buffer
	b.WriteString("<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"></head><body>\n")
	_ = markdown().Renderer().Render(&b, m.source, m.root) // errors are the buffer's, which has none
	if d.Quote != nil {
		b.WriteString(d.Quote.html())
	}
	b.WriteString("</body></html>\n")
	return b.String()
}

// tooMuch reports a body that is more markup than text, and of which the HTML
// would cost more than it is worth: it stays plain.
func tooMuch(source []byte) bool {
	if bytes.Count(source, []byte{'['}) > maxBrackets {
		return true
	}
	rows, widest := 0, 0
	for line := range bytes.Lines(source) {
		if cells := bytes.Count(line, []byte{'|'}); cells > 0 {
			rows, widest = rows+1, max(widest, cells)
		}
		if depth(line) > maxMarkupDepth {
			return true
		}
	}
	return rows*widest > maxCells
}

// depth is how many quotes and lists a line opens.
func depth(line []byte) int {
	marks := 0
	for i, c := range line {
		switch {
		case c == '>':
			marks++
		case strings.IndexByte("-+*.)", c) >= 0:
			if i+1 < len(line) && (line[i+1] == ' ' || line[i+1] == '\t') {
				marks++
			}
		case c != ' ' && c != '\t' && (c < '0' || c > '9'):
			return marks
		}
	}
	return marks
}
