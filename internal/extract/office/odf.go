package office

import (
	"fmt"
	"strconv"
	"strings"
)

// odf reads an OpenDocument text, spreadsheet or presentation (OASIS
// OpenDocument 1.3): content.xml, in its order.
func (p *pack) odf(w *writer) error {
	if x, err := p.xml("META-INF/manifest.xml"); err == nil {
		defer x.close()
		for x.next() {
			if x.start == "encryption-data" {
				return ErrEncrypted
			}
		}
	}
	s := &odfReader{w: w, styles: map[string]odfStyle{}}
	if x, err := p.xml("styles.xml"); err == nil {
		s.x = x
		for x.next() {
			if x.start == "style" {
				s.style()
			}
		}
		x.close()
	}
	x, err := p.xml("content.xml")
	if err != nil {
		return err
	}
	defer x.close()
	s.x = x
	for x.next() && !w.truncated {
		switch {
		case x.start != "":
			s.begin()
		case x.end != "":
			s.finish(x.end)
		case len(s.open) > 0:
			s.text(x.text)
		}
	}
	for len(s.open) > 0 {
		s.endParagraph()
	}
	if s.table != nil {
		s.endTable()
	}
	return x.failure()
}

// maxSpans within each other that are kept; the styles of all of them count.
const maxSpans = 100

// odfStyle is what matters of a style.
type odfStyle struct {
	hidden, white, tiny, shaded bool
}

// odfReader is the state of the walk through content.xml.
type odfReader struct {
	x      *xmlReader
	w      *writer
	styles map[string]odfStyle
	open   []*odfParagraph
	lists  int
	table  *odfTable
	depth  int  // of tables; those within a cell flow
	sheets bool // a spreadsheet: tables are sheets
}

type odfParagraph struct {
	text  strings.Builder
	style odfStyle
	spans []odfStyle
	level int // of a heading
}

type odfTable struct {
	rows    [][]string
	cell    *strings.Builder
	name    string // of a sheet, "" for a table in text
	columns []bool // hidden
	column  int
	repeat  int
	hidden  bool // the row
	size    int  // of the text in it, in characters at least
	empty   int  // cells
}

// style reads a style:style.
func (s *odfReader) style() {
	name := s.x.attr("name")
	style := s.styles[s.x.attr("parent-style-name")]
	x := s.x
	for outside := x.depth - 1; x.depth > outside && x.next(); {
		switch x.start {
		case "text-properties":
			style.hidden = style.hidden || x.attr("display") == "none"
			if c := x.attr("color"); c != "" {
				style.white = isWhite(c)
			}
			if size, ok := strings.CutSuffix(x.attr("font-size"), "pt"); ok {
				n, err := strconv.ParseFloat(size, 64)
				style.tiny = err == nil && n <= 1
			}
			style.shaded = style.shaded || shades(x.attr("background-color"))
		case "paragraph-properties", "table-cell-properties":
			style.shaded = style.shaded || shades(x.attr("background-color"))
		case "table-properties":
			style.hidden = style.hidden || x.attr("display") == "false"
		case "drawing-page-properties":
			style.hidden = style.hidden || x.attr("visibility") == "hidden"
		}
	}
	if len(s.styles) < maxStyles {
		s.styles[name] = style
	}
}

func (s *odfReader) begin() {
	x := s.x
	switch x.start {
	case "style":
		s.style()
	case "tracked-changes", "script", "forms", "settings", "shapes", "named-expressions", "database-ranges", "table-source", "desc", "title":
		x.skip()
	case "hidden-text":
		if x.attr("is-hidden") != "false" {
			s.w.removed[hiddenElements]++
			x.skip()
		}
	case "hidden-paragraph": // it stands in the paragraph that it hides
		if n := len(s.open); n > 0 && x.attr("is-hidden") != "false" {
			s.open[n-1].style.hidden = true
			s.open[n-1].text.Reset()
			s.w.removed[hiddenElements]++
		}
		x.skip()
	case "section":
		if x.attr("display") == "none" {
			s.w.removed[hiddenElements]++
			x.skip()
		}
	case "h", "p":
		para := &odfParagraph{style: s.styles[x.attr("style-name")]}
		if x.start == "h" {
			para.level, _ = strconv.Atoi(x.attr("outline-level")) // 0 becomes 1
			para.level = max(para.level, 1)
		}
		if len(s.open) < maxDepth {
			s.open = append(s.open, para)
		}
	case "span":
		if n := len(s.open); n > 0 && len(s.open[n-1].spans) < maxSpans {
			s.open[n-1].spans = append(s.open[n-1].spans, s.styles[x.attr("style-name")])
		}
	case "s":
		n, err := strconv.Atoi(x.attr("c"))
		if err != nil {
			n = 1
		}
		s.text(strings.Repeat(" ", max(0, min(n, 100))))
	case "tab":
		s.text("\t")
	case "line-break":
		s.text("\n")
	case "note":
		s.aside("note")
	case "annotation":
		s.aside("comment")
	case "list":
		s.lists++
	case "page":
		s.page()
	case "notes":
		s.w.line("Notes:")
	default:
		s.beginTable()
	}
}

// aside writes a note or comment at its place, on one line.
func (s *odfReader) aside(kind string) {
	x := s.x
	author := ""
	var text strings.Builder
	in := ""
	for outside := x.depth - 1; x.depth > outside && x.next(); {
		switch {
		case x.start == "creator" || x.start == "note-citation" || x.start == "date" || x.start == "date-string":
			in = x.start
		case x.end != "" && x.end == in:
			in = ""
		case x.start == "p":
			text.WriteByte(' ')
		case in == "creator" && len(author) < maxNote:
			author += x.text
		case in == "" && text.Len() < maxNote:
			text.WriteString(x.text)
		}
	}
	if kind == "comment" {
		kind = "comment by " + single(cut(author, 200))
	}
	if body := single(text.String()); body != "" {
		s.text(fmt.Sprintf(" [%s: %s]", kind, body))
	}
}

// page begins a slide.
func (s *odfReader) page() {
	if s.styles[s.x.attr("style-name")].hidden {
		s.w.removed[hiddenElements]++
		s.x.skip()
		return
	}
	s.w.blank()
	s.w.block("## " + single(s.x.attr("name")))
}

// text adds to the paragraph, or counts what is hidden.
func (s *odfReader) text(text string) {
	n := len(s.open)
	if n == 0 || text == "" {
		return
	}
	para := s.open[n-1]
	style := para.style
	for _, span := range para.spans {
		style.hidden = style.hidden || span.hidden
		style.shaded = style.shaded || span.shaded
		style.white, style.tiny = style.white || span.white, style.tiny || span.tiny
	}
	why := ""
	switch {
	case style.hidden:
		why = hiddenElements
	case style.tiny:
		why = tinyText
	case style.white && !style.shaded && s.table == nil:
		why = sameColor
	}
	if why != "" {
		if strings.TrimSpace(text) != "" {
			s.w.removed[why]++
		}
		return
	}
	// White space is collapsed (OpenDocument §6.1.2); s and tab are the rest.
	if para.text.Len() <= 4*s.w.max {
		para.text.WriteString(text)
	}
}

func (s *odfReader) finish(name string) {
	switch name {
	case "h", "p":
		s.endParagraph()
	case "span":
		if n := len(s.open); n > 0 && len(s.open[n-1].spans) > 0 {
			s.open[n-1].spans = s.open[n-1].spans[:len(s.open[n-1].spans)-1]
		}
	case "list":
		s.lists = max(0, s.lists-1)
	default:
		s.finishTable(name)
	}
}

func (s *odfReader) endParagraph() {
	n := len(s.open)
	if n == 0 {
		return
	}
	para := s.open[n-1]
	s.open = s.open[:n-1]
	text := strings.TrimSpace(para.text.String())
	switch {
	case text == "":
	case s.table != nil && s.table.cell != nil:
		s.table.cell.WriteString(text + "\n")
	case para.level > 0:
		s.w.heading(para.level, text)
	case s.lists > 0:
		s.w.item(s.lists-1, text)
	default:
		s.w.block(text)
	}
}
