package pdf

import (
	"slices"
	"strings"
	"unicode"
)

// A block is what is read in one go: lines of a column, or one row across the
// page.
type block struct {
	box      box
	segments [][]*segment // by line
}

func (b *block) add(line ...*segment) {
	for _, s := range line {
		c := box{s.x0, s.y - 0.2*s.em, s.x1, s.y + 0.7*s.em}
		if len(b.segments) == 0 && s == line[0] {
			b.box = c
		}
		b.box = b.box.union(c)
	}
	b.segments = append(b.segments, line)
}

// ordered brings segments into lines in reading order. Lines drawn one below
// the other are a column, and stay together when there are three of them; all
// else is read row by row. Columns beside each other are read from the left.
func ordered(list []*segment) []string {
	columns := columnsOf(list)
	loose := map[int][]*segment{}
	for _, c := range columns {
		if len(c) < minColumn {
			for _, s := range c {
				loose[s.row] = append(loose[s.row], s)
			}
		}
	}
	var blocks []*block
	for _, c := range columns {
		if len(c) < minColumn {
			continue
		}
		c = trimmed(c, loose)
		b := &block{}
		for _, s := range c {
			b.add(s)
		}
		if len(c) > 0 {
			blocks = append(blocks, b)
		}
	}
	rows := make([]int, 0, len(loose))
	for row := range loose {
		rows = append(rows, row)
	}
	slices.Sort(rows)
	for _, row := range rows {
		line := loose[row]
		slices.SortStableFunc(line, func(a, b *segment) int { return compare(a.x0, b.x0) })
		b := &block{}
		b.add(line...)
		blocks = append(blocks, b)
	}
	slices.SortStableFunc(blocks, func(a, b *block) int { return compare(b.box.y1, a.box.y1) })
	return written(cut(blocks, maxCuts))
}

const (
	minColumn = 3  // lines
	maxCuts   = 12 // columns within columns within columns…
	gutter    = 6  // points between columns at least
)

// columnsOf groups segments drawn one below the other.
func columnsOf(list []*segment) [][]*segment {
	var columns [][]*segment
	var x0, x1 float64
	for _, s := range list {
		if n := len(columns); n > 0 {
			c := columns[n-1]
			last := c[len(c)-1]
			down := last.y - s.y
			if em := max(s.em, last.em); s.row != last.row && down > 0.3*em && down < nextLine*em && s.x0 < x1 && s.x1 > x0 {
				columns[n-1] = append(c, s)
				x0, x1 = min(x0, s.x0), max(x1, s.x1)
				continue
			}
		}
		columns = append(columns, []*segment{s})
		x0, x1 = s.x0, s.x1
	}
	return columns
}

// trimmed takes lines off both ends of a column that share their row with loose
// segments: the first row of a table drawn right below a paragraph. It gives a
// short label left of a line, as a bullet, to that line.
func trimmed(c []*segment, loose map[int][]*segment) []*segment {
	const short, near = 5, 4
	for _, s := range c {
		others := loose[s.row]
		if len(others) == 1 {
			o := others[0]
			if gap := s.x0 - o.x1; gap >= 0 && gap < near*s.em && o.x1-o.x0 < short*s.em {
				o.runs[len(o.runs)-1].blank = true
				for _, r := range o.runs {
					s.add(r)
				}
				delete(loose, s.row)
			}
		}
	}
	taken := func(s *segment) bool {
		if len(loose[s.row]) == 0 {
			return false
		}
		loose[s.row] = append(loose[s.row], s)
		return true
	}
	for len(c) > 0 && taken(c[0]) {
		c = c[1:]
	}
	for len(c) > 0 && taken(c[len(c)-1]) {
		c = c[:len(c)-1]
	}
	return c
}

// cut orders blocks, sorted from the top, by cutting the page along gutters:
// bands of the page that have columns are read column by column.
func cut(blocks []*block, depth int) []*block {
	if len(blocks) < 2 || depth == 0 {
		return blocks
	}
	var out []*block
	bands := bandsOf(blocks)
	for i := 0; i < len(bands); {
		x, ok := gutterOf(bands[i])
		if !ok {
			out = append(out, bands[i]...)
			i++
			continue
		}
		group := slices.Clone(bands[i])
		// The columns go on as long as their gutter does.
		for i++; i < len(bands); i++ {
			next, ok := gutterOf(append(slices.Clone(group), bands[i]...))
			if !ok {
				break
			}
			group, x = append(group, bands[i]...), next
		}
		var left, right []*block
		for _, b := range group {
			if b.box.x1 <= x {
				left = append(left, b)
			} else {
				right = append(right, b)
			}
		}
		out = append(append(out, cut(left, depth-1)...), cut(right, depth-1)...)
	}
	return out
}

// bandsOf splits blocks where nothing stands across a horizontal line.
func bandsOf(blocks []*block) [][]*block {
	var bands [][]*block
	bottom := 0.0
	for _, b := range blocks {
		// Lines set tight overlap a little.
		if n := len(bands); n > 0 && b.box.y1 > bottom+1 {
			bands[n-1] = append(bands[n-1], b)
			bottom = min(bottom, b.box.y0)
			continue
		}
		bands = append(bands, []*block{b})
		bottom = b.box.y0
	}
	return bands
}

// gutterOf finds a vertical strip that no block touches.
func gutterOf(blocks []*block) (float64, bool) {
	if len(blocks) < 2 {
		return 0, false
	}
	spans := make([]box, len(blocks))
	for i, b := range blocks {
		spans[i] = b.box
	}
	slices.SortFunc(spans, func(a, b box) int { return compare(a.x0, b.x0) })
	right := spans[0].x1
	for _, s := range spans[1:] {
		if s.x0 > right+gutter {
			return (s.x0 + right) / 2, true
		}
		right = max(right, s.x1)
	}
	return 0, false
}

// written turns blocks into lines, with "" where a person sees a paragraph end.
func written(blocks []*block) []string {
	leading := usualLeading(blocks)
	var lines []string
	var last *segment
	inTable := false
	for _, b := range blocks {
		for i, line := range b.segments {
			s := line[0]
			if last != nil {
				down, em := last.y-s.y, max(last.em, s.em)
				apart := 1.35 * leading
				if inTable && len(line) > 1 {
					apart = nextLine // the rows of a table have air between them
				}
				if down < 0 || down > apart*em {
					lines = append(lines, "")
				}
			}
			last, inTable = s, len(line) > 1
			texts := make([]string, len(line))
			for j, part := range line {
				texts[j] = part.text()
			}
			text := strings.Join(texts, "  ")
			if n := len(lines); i > 0 && lines[n-1] != "" {
				lines[n-1], text = unhyphenated(lines[n-1], text)
			}
			if text != "" {
				lines = append(lines, text)
			}
		}
	}
	return lines
}

// usualLeading is the distance of lines in ems that is most usual.
func usualLeading(blocks []*block) float64 {
	var all []float64
	for _, b := range blocks {
		for i := 1; i < len(b.segments); i++ {
			above, below := b.segments[i-1][0], b.segments[i][0]
			if d := (above.y - below.y) / max(above.em, below.em); d > 0.8 && d < nextLine {
				all = append(all, d)
			}
		}
	}
	if len(all) == 0 {
		return 1.3
	}
	slices.Sort(all)
	return max(1.1, all[len(all)/2])
}

// unhyphenated joins a word divided at the end of a line by a plain hyphen, as
// poppler does; hyphens that are not ASCII stay, as they do there.
func unhyphenated(line, next string) (string, string) {
	head, ok := strings.CutSuffix(line, "-")
	before, after := []rune(tail(head)), []rune(next[:min(len(next), 4)])
	if !ok || len(before) == 0 || len(after) == 0 {
		return line, next
	}
	a, b := before[len(before)-1], after[0]
	if !unicode.IsLetter(a) || !unicode.IsLower(b) && (!unicode.IsUpper(a) || !unicode.IsUpper(b)) {
		return line, next
	}
	word, rest, _ := strings.Cut(next, " ")
	return head + word, strings.TrimLeft(rest, " ")
}

// tail is the last few bytes of s, from a character's start.
func tail(s string) string {
	for i := max(0, len(s)-4); i < len(s); i++ {
		if s[i] < 0x80 || s[i] >= 0xc0 {
			return s[i:]
		}
	}
	return ""
}
