package safetext

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

const (
	// maxColumns of a table that is shown as one; wider ones flow.
	maxColumns = 30

	// maxCellText is the most text a cell of data has; more is layout. A
	// table without heads has to look more like data.
	maxCellText     = 300
	maxHeadlessText = 120

	// maxCellBlocks is how many paragraphs a cell of data has.
	maxCellBlocks = 2
)

// table shows a table of data as a pipe table, and one of layout as the flow
// of its cells.
func (r *renderer) table(n *html.Node) {
	grid := dataGrid(n)
	if r.w.inline || grid == nil {
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
	rows := r.cells(grid)
	if len(rows) > 0 && filled(rows[0]) == 1 && len(rows[0]) > 1 && len(rows) > 2 {
		r.w.raw(strings.Join(rows[0], "")) // a title over all columns
		r.w.breakLine(2)
		rows = rows[1:]
	}
	if len(rows) < 2 || len(rows[0]) < 2 {
		for _, row := range rows {
			r.w.raw(joined(row))
			r.w.breakLine(1)
		}
	} else {
		r.pipes(rows)
	}
	r.w.owed = owed
	r.w.breakLine(2)
}

// pipes writes rows of the same length.
func (r *renderer) pipes(rows [][]string) {
	for i, row := range rows {
		var line strings.Builder
		for _, cell := range row {
			if i == 0 {
				cell = withoutBold(cell) // heads are bold by themselves
			}
			line.WriteString("| ")
			if cell != "" {
				line.WriteString(cell + " ")
			}
		}
		r.w.raw(line.String() + "|")
		r.w.breakLine(1)
		if i == 0 {
			r.w.raw(strings.Repeat("| --- ", len(row)) + "|")
			r.w.breakLine(1)
		}
	}
}

// cells renders a grid without the rows and columns nothing stands in.
func (r *renderer) cells(grid [][]*html.Node) [][]string {
	var rows [][]string
	var used [maxColumns]bool
	for _, cells := range grid {
		row, empty := make([]string, len(cells)), true
		for c, cell := range cells {
			if cell == nil {
				continue
			}
			row[c] = strings.TrimSpace(r.inlineOf(cell, func(w *writer) { w.inCell = true }))
			if row[c] != "" {
				used[c], empty = true, false
			}
		}
		if !empty {
			rows = append(rows, row)
		}
	}
	for i, row := range rows {
		kept := make([]string, 0, len(row))
		for c := range maxColumns {
			if used[c] && c < len(row) {
				kept = append(kept, row[c])
			} else if used[c] {
				kept = append(kept, "")
			}
		}
		rows[i] = kept
	}
	return rows
}

func filled(row []string) (n int) {
	for _, cell := range row {
		if cell != "" {
			n++
		}
	}
	return n
}

func firstChild(n *html.Node, tag string) *html.Node {
	for c := range n.ChildNodes() {
		if c.Type == html.ElementNode && c.Data == tag {
			return c
		}
	}
	return nil
}

// gridder lays the cells of a table out in columns.
type gridder struct {
	rows    [][]*html.Node
	row     []*html.Node
	below   [maxColumns]int // rows that a cell above still covers
	inRow   bool
	heads   bool
	ragged  bool
	longest int // text of a cell
}

// dataGrid returns the cells of a table that holds data by row and column: at
// least two rows and columns of short cells with nothing but inline text in
// them; nil for one of layout. A cell that spans others leaves their places
// nil. It stops at the first thing that says "layout", a table in it for one,
// so that nested tables are not walked once for each level.
func dataGrid(table *html.Node) [][]*html.Node {
	if role := strings.ToLower(attrOf(table, "role")); role == "presentation" || role == "none" {
		return nil
	}
	var g gridder
	text, blocks := 0, 0 // of the current cell
	for n := range table.Descendants() {
		if n.Type == html.TextNode {
			text += len(strings.TrimSpace(n.Data))
			if g.longest = max(g.longest, text); g.inRow && text > maxCellText {
				return nil
			}
			continue
		}
		switch n.Data {
		case "tr":
			g.endRow()
			g.inRow, text = true, 0
		case "th", "td":
			text, blocks = 0, 0
			if !g.place(n) {
				return nil
			}
		case "p", "div":
			if blocks++; blocks > maxCellBlocks {
				return nil
			}
		case "table", "ul", "ol", "dl", "blockquote", "pre", "h1", "h2", "h3", "h4", "hr", "form":
			return nil
		}
	}
	g.endRow()
	if !g.heads && (g.ragged || g.longest > maxHeadlessText) || len(g.rows) < 2 {
		return nil
	}
	return g.rows
}

// place puts a cell into the row; false if the table is too wide.
func (g *gridder) place(n *html.Node) bool {
	g.heads = g.heads || n.Data == "th"
	g.covered()
	if len(g.row) >= maxColumns {
		return false
	}
	down := span(n, "rowspan") - 1
	for i := range span(n, "colspan") {
		if len(g.row) >= maxColumns {
			break
		}
		g.below[len(g.row)] = down
		if i > 0 {
			n = nil
		}
		g.row = append(g.row, n)
	}
	return true
}

// covered leaves the places free that cells above cover.
func (g *gridder) covered() {
	for len(g.row) < maxColumns && g.below[len(g.row)] > 0 {
		g.below[len(g.row)]--
		g.row = append(g.row, nil)
	}
}

func (g *gridder) endRow() {
	if len(g.row) > 0 {
		g.covered()
		g.ragged = g.ragged || (len(g.rows) > 0 && len(g.rows[0]) != len(g.row))
		g.rows = append(g.rows, g.row)
	}
	g.row = nil
}

// span is a colspan or rowspan; more than the columns of a table that is shown
// as one is a way to say "all", and counts as one.
func span(n *html.Node, name string) int {
	v, err := strconv.Atoi(strings.TrimSpace(attrOf(n, name)))
	if err != nil || v < 1 || (v > maxColumns && name == "colspan") {
		return 1
	}
	const maxRows = 1000 // HTML §4.9.11 allows 65534
	return min(v, maxRows)
}
