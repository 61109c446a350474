package office

import (
	"fmt"
	"path"
	"strconv"
	"strings"
)

// maxSlides of a presentation that are read.
const maxSlides = 2000

// pptx reads a presentation (ECMA-376-1 §19), slide after slide.
func (p *pack) pptx(main string, w *writer) error {
	targets := map[string]string{}
	for _, r := range p.rels(main) {
		targets[r.id] = r.target
	}
	x, err := p.xml(main)
	if err != nil {
		return err
	}
	var slides []string
	for x.next() && len(slides) < maxSlides {
		if part, ok := targets[x.relID()]; x.start == "sldId" && ok {
			slides = append(slides, part)
		}
	}
	x.close()
	err = x.failure()
	for i, part := range slides {
		if w.truncated {
			break
		}
		if slideErr := p.slide(part, i+1, w); slideErr != nil {
			err = slideErr
		}
	}
	return err
}

// shape is a placeholder or text box with its paragraphs.
type shape struct {
	kind string // of the placeholder: "title", "body", "sldNum"
	text writer
}

func (p *pack) slide(part string, number int, w *writer) error {
	shapes, hidden, err := p.shapes(part, w)
	if hidden {
		w.removed[hiddenElements]++
		return err
	}
	title := ""
	for _, s := range shapes {
		if title == "" && (s.kind == "title" || s.kind == "ctrTitle") {
			title = single(s.text.b.String())
		}
	}
	w.blank()
	w.block(strings.TrimSuffix(fmt.Sprintf("## Slide %d: %s", number, title), ": "))
	titled := false
	for _, s := range shapes {
		text := strings.Trim(s.text.b.String(), "\n")
		if !titled && (s.kind == "title" || s.kind == "ctrTitle") && single(text) == title {
			titled = true
			continue
		}
		if s.kind != "sldNum" && s.kind != "dt" && s.kind != "ftr" {
			w.block(text)
		}
	}
	for _, r := range p.rels(part) {
		if !strings.HasSuffix(r.kind, "/notesSlide") {
			continue
		}
		notes, _, _ := p.shapes(r.target, w) // what can be read of them
		for _, s := range notes {
			if text := strings.TrimSpace(s.text.b.String()); s.kind == "body" && text != "" {
				w.block("Notes: " + text)
			}
		}
	}
	return err
}

// shapes reads what stands on a slide, in the file's order. hidden reports a
// slide that is not shown.
func (p *pack) shapes(part string, w *writer) (list []*shape, hidden bool, err error) {
	x, err := p.xml(path.Clean(part))
	if err != nil {
		return nil, false, err
	}
	defer x.close()
	s := &slideReader{x: x, removed: w.removed, max: w.max - w.n}
	for x.next() && s.size <= 4*w.max {
		switch {
		case x.start == "sld" && (x.attr("show") == "0" || x.attr("show") == "false"):
			return nil, true, nil
		case x.start != "":
			s.begin()
		case x.end != "":
			s.finish(x.end)
		}
	}
	s.flush()
	return s.shapes, false, x.failure()
}

type slideReader struct {
	x       *xmlReader
	removed map[string]int
	max     int
	shapes  []*shape
	line    strings.Builder
	bullet  string
	rows    [][]string // of the open table
	cell    strings.Builder
	inTable bool
	tiny    bool
	clear   bool // the run is drawn with nothing
	size    int  // of text in bytes, and the shapes, rows and cells
}

func (s *slideReader) begin() {
	x := s.x
	switch x.start {
	case "Fallback":
		x.skip()
	case "sp", "graphicFrame", "cxnSp", "pic":
		s.size++
		s.shapes = append(s.shapes, &shape{text: writer{max: s.max, removed: s.removed}})
	case "cNvPr":
		if x.attr("hidden") == "1" || x.attr("hidden") == "true" {
			s.removed[hiddenElements]++
			// Up to the end of the shape, two levels out.
			for outside := x.depth - 3; x.depth > max(outside, 0) && x.next(); {
			}
		}
	case "ph":
		if n := len(s.shapes); n > 0 {
			if s.shapes[n-1].kind = x.attr("type"); s.shapes[n-1].kind == "" {
				s.shapes[n-1].kind = "content"
			}
		}
	case "pPr":
		if level, err := strconv.Atoi(x.attr("lvl")); err == nil && level > 0 {
			s.bullet = strings.Repeat("  ", min(level, 8)) + "- "
		}
	case "buChar", "buAutoNum":
		if s.bullet == "" {
			s.bullet = "- "
		}
	case "r":
		s.tiny, s.clear = false, false
	case "rPr":
		if n, err := strconv.Atoi(x.attr("sz")); err == nil { // hundredths of a point
			s.tiny = n > 0 && n <= 100
		}
		s.clear = s.drawsNothing()
	case "t":
		text := x.content(4 * s.max)
		if s.clear && strings.TrimSpace(text) != "" {
			s.removed[hiddenElements]++
			return
		}
		if s.tiny && strings.TrimSpace(text) != "" {
			s.removed[tinyText]++
			return
		}
		s.line.WriteString(text)
		s.size += len(text)
	case "br":
		s.line.WriteByte('\n')
	case "tbl":
		s.inTable, s.rows = true, nil
	case "tr":
		s.size++
		s.rows = append(s.rows, nil)
	case "tc":
		s.size++
	}
}

// drawsNothing reads the properties of a run (ECMA-376-1 §21.1.2.3.9): neither
// a fill that is seen nor an outline.
func (s *slideReader) drawsNothing() bool {
	x := s.x
	nothing, outlined := false, false
	for outside := x.depth - 1; x.depth > outside && x.next(); {
		switch x.start {
		case "ln":
			for within := x.depth - 1; x.depth > within && x.next(); {
				outlined = outlined || x.start == "solidFill" || x.start == "gradFill" || x.start == "pattFill"
			}
		case "noFill":
			nothing = true
		case "alpha":
			nothing = nothing || x.attr("val") == "0" || x.attr("val") == "0%"
		case "highlight", "effectLst", "hlinkClick":
			x.skip()
		}
	}
	return nothing && !outlined
}

func (s *slideReader) finish(name string) {
	switch name {
	case "p":
		s.flush()
	case "tc":
		if n := len(s.rows); n > 0 {
			s.rows[n-1] = append(s.rows[n-1], strings.TrimSpace(s.cell.String()))
		}
		s.cell.Reset()
	case "tbl":
		if n := len(s.shapes); n > 0 {
			s.shapes[n-1].text.table(s.rows)
		}
		s.inTable, s.rows = false, nil
	}
}

// flush ends a paragraph.
func (s *slideReader) flush() {
	text := s.bullet + s.line.String()
	s.line.Reset()
	s.bullet = ""
	switch n := len(s.shapes); {
	case strings.TrimSpace(text) == "":
	case s.inTable:
		s.cell.WriteString(text + "\n")
	case n > 0:
		s.shapes[n-1].text.line(text)
	}
}
