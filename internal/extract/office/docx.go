package office

import (
	"fmt"
	"path"
	"strings"
)

// docx reads a word processing document (ECMA-376-1 §17).
func (p *pack) docx(main string, w *writer) error {
	d := &docReader{p: p, w: w, styles: p.docStyles(path.Join(path.Dir(main), "styles.xml"))}
	dir := path.Dir(main)
	d.comments = map[string]note{}
	for _, n := range d.notes(dir+"/comments.xml", "comment") {
		d.comments[n.id] = n
	}
	footnotes := d.notes(dir+"/footnotes.xml", "footnote")
	endnotes := d.notes(dir+"/endnotes.xml", "endnote")
	d.once(dir, "header")
	err := d.part(main, w)
	for _, n := range footnotes {
		w.block("[^" + n.id + "]: " + n.text)
	}
	for _, n := range endnotes {
		w.block("[^e" + n.id + "]: " + n.text)
	}
	d.once(dir, "footer")
	return err
}

// docReader reads the parts of one document.
type docReader struct {
	p        *pack
	w        *writer
	styles   map[string]docStyle
	comments map[string]note
	paper    bool // the page has a colour
}

// paragraph is one that is open; text boxes nest them.
type paragraph struct {
	text   strings.Builder
	style  docStyle
	list   int // level of a list, 0 for none
	shaded bool
}

// maxCells of all tables of a part, empty ones too, which cost memory but no
// text; with the bars between them they fill three times as many characters.
const maxCells = 200_000

// scan is the state of one walk through a part.
type scan struct {
	*docReader
	x      *xmlReader
	w      *writer
	open   []*paragraph
	run    docStyle
	inRun  bool
	tables []*docTable
	choice []bool // for each open AlternateContent: its Choice was taken
	boxes  int    // open text boxes
	cells  int    // and rows, of all tables
}

type docTable struct {
	rows    [][]string
	cell    *writer
	shaded  bool // the cell
	styled  bool // by a table style, which may shade
	hidden  bool // the row
	outside *writer
}

func (d *docReader) part(name string, w *writer) error {
	x, err := d.p.xml(name)
	if err != nil {
		return err
	}
	defer x.close()
	d.walk(x, w, -1)
	return x.failure()
}

// walk reads until the element at depth outside has ended.
func (d *docReader) walk(x *xmlReader, w *writer, outside int) {
	s := &scan{docReader: d, x: x, w: w}
	for x.next() {
		switch {
		case x.start != "":
			s.begin()
		case x.end != "":
			s.finish(x.end)
		}
		if x.depth <= outside || s.w.truncated || s.cells > maxCells {
			break
		}
	}
	// What is open at a break in the file, or at the bound.
	for len(s.open) > 0 {
		s.endParagraph()
	}
	for len(s.tables) > 0 {
		s.endTable()
	}
	w.truncated = w.truncated || s.cells > maxCells
}

func (s *scan) begin() {
	x := s.x
	switch x.start {
	case "del", "moveFrom", "delText", "instrText", "sectPr", "sdtPr", "tblGrid", "sdtEndPr", "rt":
		x.skip()
	case "AlternateContent":
		s.choice = append(s.choice, false)
	case "Choice":
		if n := len(s.choice); n > 0 {
			if s.choice[n-1] {
				x.skip()
				return
			}
			s.choice[n-1] = true
		}
	case "Fallback":
		if n := len(s.choice); n > 0 && s.choice[n-1] {
			x.skip()
		}
	case "background":
		s.paper = s.paper || shades(x.attr("color"))
	case "txbxContent":
		s.boxes++
	case "p":
		if len(s.open) < maxDepth {
			s.open = append(s.open, &paragraph{style: s.styles[""]})
		}
	case "pPr":
		s.paragraphProperties()
	case "r":
		s.run, s.inRun = docStyle{}, true
		if n := len(s.open); n > 0 {
			s.run = s.open[n-1].style
		}
	case "rPr":
		if s.inRun {
			s.run = s.runProperties(s.run)
			return
		}
		x.skip()
	case "tbl":
		if len(s.tables) < 2 { // deeper ones flow
			s.tables = append(s.tables, &docTable{outside: s.w})
		} else {
			s.tables = append(s.tables, nil)
		}
	case "tblStyle":
		if t := s.table(); t != nil {
			name := strings.ToLower(x.attr("val"))
			t.styled = name != "tablegrid" && name != "tablenormal"
		}
	case "tr":
		if t := s.table(); t != nil {
			t.rows = append(t.rows, nil)
			t.hidden = false
			s.cells++
		}
	case "hidden": // of a row (ISO 29500-1 §17.4.20)
		if t := s.table(); t != nil {
			t.hidden = x.on()
		}
	case "tc":
		if t := s.table(); t != nil {
			t.shaded = false
			t.cell = &writer{max: t.outside.max - t.outside.n, removed: s.w.removed}
			s.w = t.cell
			s.cells++
		}
	case "tcPr":
		s.cellProperties()
	default:
		s.content()
	}
}

func (s *scan) table() *docTable {
	if n := len(s.tables); n > 0 {
		return s.tables[n-1]
	}
	return nil
}

// content is what stands in a run.
func (s *scan) content() {
	x := s.x
	switch x.start {
	case "t":
		s.text(x.content(4 * s.w.max))
	case "tab", "ptab":
		s.text("\t")
	case "br", "cr":
		s.text("\n")
	case "noBreakHyphen":
		s.text("-")
	case "footnoteReference":
		s.text("[^" + x.attr("id") + "]")
	case "endnoteReference":
		s.text("[^e" + x.attr("id") + "]")
	case "commentReference":
		if n, ok := s.comments[x.attr("id")]; ok {
			s.text(fmt.Sprintf(" [comment by %s: %s]", n.author, n.text))
		}
	}
}

// text adds to the paragraph what a person sees, and counts what not.
func (s *scan) text(text string) {
	n := len(s.open)
	if n == 0 || text == "" {
		return
	}
	para := s.open[n-1]
	if why := s.hidden(para); why != "" {
		if strings.TrimSpace(text) != "" {
			s.w.removed[why]++
		}
		return
	}
	// No more than will be shown, whatever refers to the same note.
	if para.text.Len() <= 4*s.w.max {
		para.text.WriteString(text)
	}
}

// hidden says by what the run is invisible, "" when it is seen.
func (s *scan) hidden(para *paragraph) string {
	switch {
	case s.run.vanish:
		return hiddenElements
	case s.run.halfPoints > 0 && s.run.halfPoints <= 2:
		return tinyText
	case s.run.onItself():
		return sameColor
	case s.inHiddenRow():
		return hiddenElements
	case !isWhite(s.run.color) || s.run.shaded || para.shaded || s.paper || s.boxes > 0:
		return ""
	}
	for _, t := range s.tables {
		if t == nil || t.shaded || t.styled {
			return ""
		}
	}
	return sameColor
}

func (s *scan) inHiddenRow() bool {
	for _, t := range s.tables {
		if t != nil && t.hidden {
			return true
		}
	}
	return false
}

func (s *scan) finish(name string) {
	switch name {
	case "AlternateContent":
		s.choice = s.choice[:max(0, len(s.choice)-1)]
	case "txbxContent":
		s.boxes = max(0, s.boxes-1)
	case "r":
		s.inRun = false
	case "p":
		s.endParagraph()
	case "tc":
		if t := s.table(); t != nil && t.cell != nil {
			s.endCell(t)
		}
	case "tbl":
		s.endTable()
	}
}

func (s *scan) endCell(t *docTable) {
	if n := len(t.rows); n > 0 {
		t.rows[n-1] = append(t.rows[n-1], strings.TrimSpace(t.cell.b.String()))
	}
	s.w, t.cell = t.outside, nil
}

func (s *scan) endTable() {
	n := len(s.tables)
	if n == 0 {
		return
	}
	t := s.tables[n-1]
	s.tables = s.tables[:n-1]
	if t == nil {
		return
	}
	if t.cell != nil {
		s.endCell(t)
	}
	s.w = t.outside
	s.w.table(t.rows)
}

func (s *scan) endParagraph() {
	n := len(s.open)
	if n == 0 {
		return
	}
	para := s.open[n-1]
	s.open = s.open[:n-1]
	text := strings.TrimSpace(para.text.String())
	switch {
	case text == "":
	case para.list > 0:
		s.w.item(para.list-1, text)
	case para.style.heading > 0:
		s.w.heading(para.style.heading, text)
	default:
		s.w.block(text)
	}
}
