package safetext

import (
	"strings"

	"golang.org/x/net/html"
)

const (
	// maxRowText is the most text a row of layout has that is shown on one
	// line, and maxRowNodes how much of it is looked at to decide.
	maxRowText  = 160
	maxRowNodes = 200

	// cellSeparator stands between cells of layout on one line.
	cellSeparator = " · "
)

// row shows a row of layout: on one line if its cells are short, as an article
// with its price or the words of a menu, else one cell after the other.
func (r *renderer) row(n *html.Node) {
	r.w.breakLine(1)
	if !r.w.inline && shortCells(n) {
		var parts []string
		for c := range n.ChildNodes() {
			if c.Type == html.ElementNode {
				parts = append(parts, strings.TrimSpace(r.inlineOf(c, nil)))
			}
		}
		line := joined(parts)
		if startsHeading(line) && line != "" {
			line = `\` + line
		}
		r.w.raw(line)
	} else {
		r.children(n)
	}
	r.w.breakLine(1)
}

// joined is the cells on one line, without the empty ones.
func joined(cells []string) string {
	var b strings.Builder
	for _, cell := range cells {
		if cell == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(cellSeparator)
		}
		b.WriteString(cell)
	}
	return b.String()
}

// withoutBold is a text without the markers around all of it.
func withoutBold(s string) string {
	if inner := strings.TrimSuffix(strings.TrimPrefix(s, "**"), "**"); len(inner) == len(s)-4 && !strings.Contains(inner, "**") {
		return inner
	}
	return s
}

// shortCells reports a row of several cells that each have one short line.
func shortCells(row *html.Node) bool {
	look := rowLook{}
	cells := 0
	for c := range row.ChildNodes() {
		if c.Type != html.ElementNode {
			continue
		}
		cells++
		look.ended, look.cell = false, 0
		if !look.short(c) {
			return false
		}
	}
	return cells > 1
}

// rowLook is what is known of a row so far.
type rowLook struct {
	nodes, text int
	cell        int  // text in this cell
	ended       bool // a line with text has ended in it
}

// short reports that n adds no second line and not too much text.
func (l *rowLook) short(n *html.Node) bool {
	for c := range n.ChildNodes() {
		if l.nodes++; l.nodes > maxRowNodes {
			return false
		}
		if c.Type == html.TextNode || c.Data == "img" {
			size := len(strings.TrimSpace(c.Data))
			if c.Data == "img" && c.Type == html.ElementNode {
				size = len(altText(c))
			}
			if size == 0 {
				continue
			}
			l.text, l.cell = l.text+size, l.cell+size
			if l.ended || l.text > maxRowText {
				return false
			}
			continue
		}
		switch c.Data {
		case "ul", "ol", "dl", "menu", "hr", "blockquote", "pre", "form", "h1", "h2", "h3", "h4", "h5", "h6":
			return false
		}
		block := blockTags[c.Data]
		l.ended = l.ended || (block && l.cell > 0)
		if !l.short(c) {
			return false
		}
		l.ended = l.ended || (block && l.cell > 0)
	}
	return true
}
