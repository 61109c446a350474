package office

import "strings"

const (
	// maxColumns and maxCell of a table that is shown as one: wider is joined
	// by bars, and longer cells are layout, so they flow.
	maxColumns = 30
	maxCell    = 400
)

// table writes rows as a Markdown table where that is readable.
func (w *writer) table(rows [][]string) {
	columns, longest := 0, 0
	for _, row := range rows {
		columns = max(columns, len(row))
		for _, cell := range row {
			longest = max(longest, len(cell))
		}
	}
	w.blank()
	switch {
	case columns < 2 || longest > maxCell:
		for _, row := range rows {
			for _, cell := range row {
				w.block(cell)
			}
		}
		return
	case columns > maxColumns || len(rows) < 2:
		for _, row := range rows {
			w.line(bars(row))
		}
	default:
		for i, row := range rows {
			cells := make([]string, columns)
			for c := range row {
				cells[c] = strings.ReplaceAll(single(row[c]), "|", `\|`)
			}
			w.line("| " + strings.Join(cells, " | ") + " |")
			if i == 0 {
				w.line(strings.Repeat("| --- ", columns) + "|")
			}
		}
	}
	w.blank()
}

// bars joins the cells of a row, without the empty ones at its end.
func bars(row []string) string {
	for len(row) > 0 && strings.TrimSpace(row[len(row)-1]) == "" {
		row = row[:len(row)-1]
	}
	for i := range row {
		row[i] = single(row[i])
	}
	return strings.Join(row, " | ")
}
