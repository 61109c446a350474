package office

import (
	"strconv"
	"strings"
)

// maxRepeat of a cell or row that says it is repeated: LibreOffice fills a
// sheet up to its last of a million rows so.
const maxRepeat = 8

// maxEmpty cells of a table that are kept for the distance between others.
const maxEmpty = 500_000

// repeated reads a number-…-repeated attribute.
func (s *odfReader) repeated(name string) int {
	n, err := strconv.Atoi(s.x.attr(name))
	if err != nil || n < 1 {
		return 1
	}
	return n
}

// beginTable handles the elements of OpenDocument §9.1.
func (s *odfReader) beginTable() {
	x := s.x
	switch x.start {
	case "table":
		s.depth++
		if s.depth > 1 {
			return
		}
		if s.styles[x.attr("style-name")].hidden {
			s.w.removed[hiddenElements]++
			s.depth--
			x.skip()
			return
		}
		s.table = &odfTable{name: single(x.attr("name"))}
	case "spreadsheet":
		s.sheets = true
	case "table-column":
		if t := s.table; t != nil && s.depth == 1 {
			hidden := isCollapsed(x.attr("visibility"))
			for range min(s.repeated("number-columns-repeated"), 1024) {
				if len(t.columns) < 16_384 {
					t.columns = append(t.columns, hidden)
				}
			}
		}
	case "table-row":
		if t := s.table; t != nil && s.depth == 1 {
			t.rows = append(t.rows, nil)
			t.column, t.hidden = 0, isCollapsed(x.attr("visibility"))
		}
	case "table-cell", "covered-table-cell":
		if t := s.table; t != nil && s.depth == 1 {
			t.cell = &strings.Builder{}
			t.repeat = s.repeated("number-columns-repeated")
		}
	}
}

func isCollapsed(visibility string) bool { return visibility == "collapse" || visibility == "filter" }

func (s *odfReader) finishTable(name string) {
	t := s.table
	switch {
	case name == "table":
		if s.depth = max(0, s.depth-1); s.depth == 0 && t != nil {
			s.endTable()
		}
	case t == nil || s.depth != 1:
	case name == "table-cell" || name == "covered-table-cell":
		s.endCell()
	case name == "table-row":
		// A row that hides or holds nothing leaves no trace.
		if n := len(t.rows); n > 0 && bars(t.rows[n-1]) == "" {
			t.rows = t.rows[:n-1]
		}
	}
}

func (s *odfReader) endCell() {
	t := s.table
	n := len(t.rows)
	if t.cell == nil || n == 0 {
		return
	}
	text := strings.TrimSpace(t.cell.String())
	hidden := t.hidden || (t.column < len(t.columns) && t.columns[t.column])
	switch {
	case hidden && text != "":
		s.w.removed[hiddenElements]++
	case !hidden && t.size <= s.w.max:
		for range min(t.repeat, maxRepeat) {
			if text == "" {
				if t.empty++; t.empty > maxEmpty {
					break
				}
			} else {
				t.size += len(text)/4 + 1
			}
			t.rows[n-1] = append(t.rows[n-1], text)
		}
	}
	t.column += min(t.repeat, 1<<20)
	t.cell = nil
}

// endTable writes a table, or a sheet under its name.
func (s *odfReader) endTable() {
	t := s.table
	s.table = nil
	var rows [][]string
	for _, row := range t.rows {
		if bars(row) != "" {
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		return
	}
	if !s.sheets {
		s.w.table(rows)
		return
	}
	s.w.blank()
	s.w.block("## " + t.name)
	for _, row := range rows {
		s.w.line(bars(row))
	}
}
