package office

import (
	"path"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	// maxShared strings of a workbook, and maxCellText characters of a cell,
	// which is Excel's own limit.
	maxShared   = 1_000_000
	maxCellText = 32_767

	// maxGap is how many empty cells in a row are shown as such; a sheet goes
	// to column XFD, the 16,384th.
	maxGap = 8

	// maxSheets of a workbook that are read.
	maxSheets = 500
)

// xlsx reads a workbook (ECMA-376-1 §18).
func (p *pack) xlsx(main string, w *writer) error {
	dir := path.Dir(main)
	targets := map[string]string{}
	styles, shared := dir+"/styles.xml", dir+"/sharedstrings.xml"
	for _, r := range p.rels(main) {
		targets[r.id] = r.target
		switch path.Base(r.kind) {
		case "styles":
			styles = r.target
		case "sharedStrings":
			shared = r.target
		}
	}
	x, err := p.xml(main)
	if err != nil {
		return err
	}
	b := &workbook{p: p, w: w}
	type sheet struct{ name, part string }
	var sheets []sheet
	for x.next() && len(sheets) < maxSheets {
		switch x.start {
		case "workbookPr":
			b.from1904 = x.attr("date1904") == "1" || x.attr("date1904") == "true"
		case "sheet":
			if state := x.attr("state"); state == "hidden" || state == "veryHidden" {
				w.removed[hiddenElements]++
				continue
			}
			part, ok := targets[x.relID()]
			if !ok {
				part = dir + "/worksheets/sheet" + strconv.Itoa(len(sheets)+1) + ".xml"
			}
			sheets = append(sheets, sheet{single(x.attr("name")), part})
		}
	}
	x.close()
	if err := x.failure(); err != nil && len(sheets) == 0 {
		return err
	}
	b.sheetStyles(styles)
	if err := b.sharedStrings(shared); err != nil {
		return err
	}
	for _, s := range sheets {
		w.blank()
		w.block("## " + s.name)
		if err := b.sheet(s.part); err != nil || w.truncated {
			return err
		}
	}
	return nil
}

// relID is the r:id of an element that may have an id of its own.
func (x *xmlReader) relID() string {
	for _, a := range x.attrs {
		if a.Name.Local == "id" && a.Name.Space != "" {
			return a.Value
		}
	}
	return ""
}

type workbook struct {
	p        *pack
	w        *writer
	from1904 bool
	shared   []string
	formats  []cellFormat // by the style number of a cell
}

// sharedStrings reads the texts that cells refer to. A broken list is used as
// far as it goes.
func (b *workbook) sharedStrings(name string) error {
	x, err := b.p.xml(name)
	if err != nil {
		return nil //nolint:nilerr // a workbook of numbers has none
	}
	defer x.close()
	for x.next() {
		if x.start != "si" {
			continue
		}
		if len(b.shared) == maxShared {
			return ErrTooLarge
		}
		b.shared = append(b.shared, richText(x))
	}
	if x.failure() == ErrTooLarge { //nolint:errorlint // failure returns it as it is
		return ErrTooLarge
	}
	return nil
}

// richText joins the t of an si or is element, without the reading aid of rPh.
func richText(x *xmlReader) string {
	var text strings.Builder
	inText := false
	for outside := x.depth - 1; x.depth > outside && x.next(); {
		switch {
		case x.start == "rPh":
			x.skip()
		case x.start == "t":
			inText = true
		case x.end == "t":
			inText = false
		case inText && text.Len() < maxCellText*utf8.UTFMax:
			text.WriteString(x.text)
		}
	}
	return cut(text.String(), maxCellText)
}

// sheet writes the rows of a sheet.
func (b *workbook) sheet(part string) error {
	x, err := b.p.xml(part)
	if err != nil {
		return nil //nolint:nilerr // a chart sheet, or one that is lost: the others count
	}
	defer x.close()
	s := &sheetReader{workbook: b, x: x}
	for _, r := range b.p.rels(part) {
		s.styled = s.styled || strings.HasSuffix(r.kind, "/table")
	}
	for x.next() && !b.w.truncated {
		switch {
		case x.start == "col" && (x.attr("hidden") == "1" || x.attr("hidden") == "true" || isZero(x.attr("width"))):
			first, errFirst := strconv.Atoi(x.attr("min"))
			last, errLast := strconv.Atoi(x.attr("max"))
			if errFirst == nil && errLast == nil {
				s.hide(first, last)
			}
		case x.start == "row":
			s.row, s.column = s.row[:0], 0
			s.size, s.counted = 0, false
			s.hiddenRow = x.attr("hidden") == "1" || x.attr("hidden") == "true" || isZero(x.attr("ht"))
		case x.start == "c":
			s.cell()
		case x.end == "row":
			b.w.line(bars(s.row))
			s.row = s.row[:0]
		}
	}
	b.w.line(bars(s.row)) // of a sheet that breaks off
	return x.failure()
}

type sheetReader struct {
	*workbook
	x             *xmlReader
	row           []string
	size          int // characters in row
	column        int // of the last cell; the first is 1
	hiddenRow     bool
	counted       bool // this hidden row
	hiddenColumns []bool
	ranges        int
	styled        bool // a table's style may shade cells
}

// cell reads one c element and puts it into the row.
func (s *sheetReader) cell() {
	x := s.x
	ref, kind := x.attr("r"), x.attr("t")
	style, _ := strconv.Atoi(x.attr("s")) // 0, the default, when not said
	column := columnOf(ref)
	if column <= s.column {
		column = s.column + 1
	}
	value := ""
	for outside := x.depth - 1; x.depth > outside && x.next(); {
		switch x.start {
		case "f", "extLst":
			x.skip()
		case "is":
			value = richText(x)
		case "v":
			value = cut(x.content(maxCellText*utf8.UTFMax), maxCellText)
		}
	}
	format := cellFormat{}
	if style >= 0 && style < len(s.formats) {
		format = s.formats[style]
	}
	if value = s.shown(value, kind, format); strings.TrimSpace(value) == "" {
		return
	}
	if why := s.hidden(column, format); why != "" {
		if !s.hiddenRow || !s.counted {
			s.w.removed[why]++
		}
		s.counted = true
		return
	}
	if s.size > s.w.max { // the row is longer than what may be shown
		return
	}
	for range min(column-s.column-1, maxGap) {
		s.row = append(s.row, "")
	}
	s.column = column
	s.row = append(s.row, value)
	s.size += utf8.RuneCountInString(value) + 1
}

// hide marks columns from first to last, for as many ranges as there can be
// columns.
func (s *sheetReader) hide(first, last int) {
	const width = 16_384
	if s.hiddenColumns == nil {
		s.hiddenColumns = make([]bool, width+1)
	}
	if s.ranges++; s.ranges > width {
		return
	}
	for c := max(first, 1); c <= min(last, width); c++ {
		s.hiddenColumns[c] = true
	}
}

func (s *sheetReader) hidden(column int, f cellFormat) string {
	if s.hiddenRow || f.blank {
		return hiddenElements
	}
	if column < len(s.hiddenColumns) && s.hiddenColumns[column] {
		return hiddenElements
	}
	switch {
	case f.tiny:
		return tinyText
	case f.white && !s.styled:
		return sameColor
	}
	return ""
}

// shown is a cell's value as the sheet shows it.
func (s *sheetReader) shown(value, kind string, f cellFormat) string {
	switch kind {
	case "s":
		if n, err := strconv.Atoi(strings.TrimSpace(value)); err == nil && n >= 0 && n < len(s.shared) {
			return s.shared[n]
		}
		return ""
	case "b":
		if strings.TrimSpace(value) == "1" {
			return "TRUE"
		}
		return "FALSE"
	case "e", "str", "inlineStr", "d":
		return value
	}
	return f.number(value, s.from1904)
}

// columnOf reads the letters of "AB12"; 0 when there are none, or too many.
func columnOf(ref string) int {
	n := 0
	for i := 0; i < len(ref) && i < 3; i++ {
		c := ref[i] &^ 0x20
		if c < 'A' || c > 'Z' {
			break
		}
		n = n*26 + int(c-'A') + 1
	}
	return n
}

// isZero reports a height or width that leaves nothing to be seen.
func isZero(measure string) bool {
	n, err := strconv.ParseFloat(measure, 64)
	return err == nil && n <= 0
}
