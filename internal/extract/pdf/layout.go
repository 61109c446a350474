package pdf

import (
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A run is a piece of text that is certainly one word or part of one, in
// coordinates in which it reads from left to right.
type run struct {
	text   string
	x0, x1 float64
	y, em  float64 // baseline and size
	blank  bool    // a blank was drawn behind it
}

// A segment is runs beside each other on a line.
type segment struct {
	runs   []run
	x0, x1 float64
	y, em  float64
	order  int // among the segments as drawn
	row    int // segments of the same row stand on the same line
}

// Distances in ems. TeX kerns by up to 0.1 and shrinks blanks to 0.22; poppler
// takes 0.1 for a blank, which splits words in some justified text.
const (
	blankGap  = 0.14 // a gap this wide is a blank
	overlap   = 0.4  // how far a glyph may reach back over the one before
	columnGap = 1.5  // a gap this wide is more than a blank
	stretched = 4    // a gap with a blank drawn in it may get this wide in justified text
	nearGap   = 0.6  // what was drawn apart but this close belongs together
	nextLine  = 2.5  // lines of a column follow each other within this distance
)

// arrange brings glyphs into reading order: lines of text, "" between
// paragraphs. What is written sideways or askew comes last, by its angle.
func arrange(glyphs []glyph) []string {
	byAngle := map[int][]glyph{}
	// Most pages have one direction: cut the page into stretches of the same.
	for start := 0; start < len(glyphs); {
		a, stop := angle(glyphs[start]), start+1
		for stop < len(glyphs) && angle(glyphs[stop]) == a {
			stop++
		}
		stretch := glyphs[start:stop:stop]
		for i := range stretch {
			stretch[i] = turned(stretch[i], a)
		}
		if byAngle[a] == nil {
			byAngle[a] = stretch
		} else {
			byAngle[a] = append(byAngle[a], stretch...)
		}
		start = stop
	}
	angles := make([]int, 0, len(byAngle))
	for a := range byAngle {
		angles = append(angles, a)
	}
	slices.Sort(angles)
	var lines []string
	for _, a := range angles {
		if len(lines) > 0 {
			lines = append(lines, "")
		}
		lines = append(lines, ordered(segments(runs(byAngle[a])))...)
	}
	return lines
}

// angle is the writing direction in degrees; nearly upright counts as upright,
// as in slightly turned scans.
func angle(g glyph) int {
	dx, dy := g.ex-g.x, g.ey-g.y
	if math.Abs(dy) <= 0.1*math.Abs(dx) && dx >= 0 {
		return 0
	}
	d := int(math.Round(math.Atan2(dy, dx) * 180 / math.Pi))
	for _, right := range []int{90, 180, 270} {
		if d = (d + 360) % 360; d > right-6 && d < right+6 {
			return right
		}
	}
	return d % 360
}

func turned(g glyph, degrees int) glyph {
	if degrees == 0 {
		return g
	}
	sin, cos := math.Sincos(-float64(degrees) * math.Pi / 180)
	g.x, g.y, g.ex, g.ey = g.x*cos-g.y*sin, g.x*sin+g.y*cos, g.ex*cos-g.ey*sin, g.ex*sin+g.ey*cos
	return g
}

// runs joins glyphs drawn one after the other.
func runs(glyphs []glyph) []run {
	var out []run
	var text strings.Builder
	var r run
	var last glyph
	flush := func() {
		if text.Len() > 0 {
			r.text = text.String()
			out = append(out, r)
			text.Reset()
		}
	}
	for _, g := range glyphs {
		if strings.TrimSpace(g.text) == "" {
			flush()
			if n := len(out); n > 0 && math.Abs(g.y-out[n-1].y) < 0.5*g.em {
				out[n-1].blank = true
			}
			continue
		}
		if text.Len() > 0 {
			// Bold made by drawing twice.
			if g.text == last.text && math.Abs(g.x-last.x) < 0.1*g.em && math.Abs(g.y-last.y) < 0.1*g.em {
				continue
			}
			gap := g.x - r.x1
			if math.Abs(g.y-r.y) > 0.3*min(g.em, r.em) || gap > blankGap*r.em || gap < -overlap*r.em {
				flush()
			}
		}
		if text.Len() == 0 {
			r = run{x0: g.x, x1: g.ex, y: g.y, em: g.em}
		}
		text.WriteString(g.text)
		r.x1 = max(r.x1, g.ex)
		r.em = max(r.em, g.em)
		last = g
	}
	flush()
	return out
}

// sameLine reports whether two pieces of text stand beside each other: the
// height of the smaller, from descender to capitals, is shared by a third. So
// raised footnote signs and lowered indices stay with their words.
func sameLine(y1, em1, y2, em2 float64) bool {
	low := max(y1-0.2*em1, y2-0.2*em2)
	high := min(y1+0.7*em1, y2+0.7*em2)
	return high-low >= 0.27*min(em1, em2)
}

// segments joins runs along lines: first as drawn, then what else is so close
// that it must belong together.
func segments(runs []run) []*segment {
	var list []*segment
	for _, r := range runs {
		if n := len(list); n > 0 {
			s := list[n-1]
			gap, reach := r.x0-s.x1, columnGap
			if s.runs[len(s.runs)-1].blank {
				reach = stretched
			}
			if sameLine(s.y, s.em, r.y, r.em) && gap > -overlap*s.em && gap < reach*max(s.em, r.em) {
				s.add(r)
				continue
			}
		}
		s := &segment{x0: r.x0, x1: r.x1, y: r.y, em: r.em, order: len(list)}
		s.runs = append(s.runs, r)
		list = append(list, s)
	}
	return rejoined(list)
}

func (s *segment) add(r run) {
	s.runs = append(s.runs, r)
	s.x0, s.x1 = min(s.x0, r.x0), max(s.x1, r.x1)
	if r.em > s.em {
		s.y, s.em = r.y, r.em
	}
}

// rejoined numbers the rows and joins neighbours in them. The segments come
// back in the order drawn.
func rejoined(list []*segment) []*segment {
	slices.SortStableFunc(list, func(a, b *segment) int { return compare(b.y, a.y) })
	var out []*segment
	for i, row := 0, 0; i < len(list); row++ {
		j := i + 1
		for j < len(list) && sameLine(list[i].y, list[i].em, list[j].y, list[j].em) {
			j++
		}
		line := list[i:j]
		i = j
		slices.SortStableFunc(line, func(a, b *segment) int { return compare(a.x0, b.x0) })
		var last *segment
		for _, s := range line {
			s.row = row
			if last != nil && s.x0-last.x1 < nearGap*max(s.em, last.em) && s.x0-last.x1 > -overlap*last.em {
				for _, r := range s.runs {
					last.add(r)
				}
				last.order = min(last.order, s.order)
				continue
			}
			if last != nil && doubled(last, s) {
				continue
			}
			out = append(out, s)
			last = s
		}
	}
	slices.SortStableFunc(out, func(a, b *segment) int { return a.order - b.order })
	return out
}

// doubled reports whether b is a drawn again, a little beside it: a shadow, or
// bold made by hand.
func doubled(a, b *segment) bool {
	return len(a.runs) == len(b.runs) && math.Abs(a.x0-b.x0) < 0.2*a.em && math.Abs(a.x1-b.x1) < 0.2*a.em &&
		a.runs[0].text == b.runs[0].text && a.runs[len(a.runs)-1].text == b.runs[len(b.runs)-1].text
}

func compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// text puts a segment's words together.
func (s *segment) text() string {
	slices.SortStableFunc(s.runs, func(a, b run) int { return compare(a.x0, b.x0) })
	limit := s.wordGap()
	var b strings.Builder
	for i, r := range s.runs {
		if i > 0 {
			last := s.runs[i-1]
			if last.text == r.text && math.Abs(last.x0-r.x0) < 0.1*r.em {
				continue // drawn twice
			}
			if last.blank || r.x0-last.x1 > limit*r.em {
				b.WriteByte(' ')
			}
		}
		b.WriteString(r.text)
	}
	return logical(b.String())
}

// wordGap is the gap in ems that separates words: more than usual where letters
// are spaced out, as in headings.
func (s *segment) wordGap() float64 {
	const few = 4
	letters, blanks := 0, false
	var gaps []float64
	for i, r := range s.runs {
		if c, n := utf8.DecodeRuneInString(r.text); n == len(r.text) && unicode.IsLetter(c) {
			letters++
		}
		blanks = blanks || r.blank && i < len(s.runs)-1
		if i > 0 && !s.runs[i-1].blank {
			gaps = append(gaps, (r.x0-s.runs[i-1].x1)/r.em)
		}
	}
	if len(gaps) < few-1 || letters*10 < len(s.runs)*8 {
		return blankGap
	}
	slices.Sort(gaps)
	median, widest := gaps[len(gaps)/2], gaps[len(gaps)-1]
	switch {
	case median > 1:
		return blankGap
	case blanks, widest > 1.6*median, widest < 0.6:
		return max(blankGap, 1.5*median)
	}
	return blankGap
}
