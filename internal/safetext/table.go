package safetext

import (
	"strings"

	"golang.org/x/net/html"
)

const (
	// maxColumns of a table that is shown as one; wider ones flow.
	maxColumns = 30

	// maxCellText is the most text a cell of data has; more is layout.
	maxCellText = 300
)

// table shows a table of data as a pipe table, and one of layout as the flow
// of its cells. colspan and rowspan are not looked at.
func (r *renderer) table(n *html.Node) {
	rows, columns := dataRows(n)
	if r.w.inline || rows == nil {
		r.block(n, 1)
		return
	}
	r.w.breakLine(2)
	if caption := firstChild(n, "caption"); caption != nil {
		r.children(caption)
		r.w.breakLine(2)
	}
	owed := r.w.owed
	r.w.owed = nil
	for i, row := range rows {
		var line strings.Builder
		for c := range columns {
			line.WriteString("| ")
			if c < len(row) {
				line.WriteString(strings.TrimSpace(r.inlineOf(row[c], func(w *writer) { w.inCell = true })))
			}
			line.WriteByte(' ')
		}
		r.w.raw(line.String() + "|")
		r.w.breakLine(1)
		if i == 0 {
			r.w.raw(strings.Repeat("| --- ", columns) + "|")
			r.w.breakLine(1)
		}
	}
	r.w.owed = owed
	r.w.breakLine(2)
}

func firstChild(n *html.Node, tag string) *html.Node {
	for c := range n.ChildNodes() {
		if c.Type == html.ElementNode && c.Data == tag {
			return c
		}
	}
	return nil
}

// dataRows returns the rows of a table that holds data: at least two rows and
// columns of short cells, with nothing but inline text in them. nil: layout.
func dataRows(table *html.Node) (rows [][]*html.Node, columns int) {
	if role := attrOf(table, "role"); role == "presentation" || role == "none" {
		return nil, 0
	}
	var row []*html.Node
	heads := false
	// Stops at the first thing that says "layout": nested tables are then
	// not walked once for each level.
	for n := range table.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "tr":
			if len(row) > 0 {
				rows = append(rows, row)
			}
			row = nil
		case "th", "td":
			heads = heads || n.Data == "th"
			if row = append(row, n); len(row) > maxColumns || textLen(n, maxCellText) > maxCellText {
				return nil, 0
			}
			columns = max(columns, len(row))
		case "table", "ul", "ol", "blockquote", "pre", "h1", "h2", "h3", "hr", "form":
			return nil, 0
		}
	}
	if len(row) > 0 {
		rows = append(rows, row)
	}
	if len(rows) < 2 || columns < 2 {
		return nil, 0
	}
	if !heads {
		for _, row := range rows {
			if len(row) != columns {
				return nil, 0
			}
		}
	}
	return rows, columns
}

// textLen is the length of the text in n, counted until it exceeds limit.
func textLen(n *html.Node, limit int) int {
	total := 0
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			total += len(strings.TrimSpace(c.Data))
		}
		if total > limit {
			break
		}
	}
	return total
}
