package pdf

import (
	"unicode/utf16"
	"unicode/utf8"
)

// A cmap maps character codes to text (ToUnicode, ISO 32000-1 §9.10.3) or to
// CIDs (§9.7.5). Ranges stay ranges: one of four billion codes is one entry.
type cmap struct {
	text   map[uint32]string
	ranges []textRange
	single map[uint32]uint32 // CIDs of codes in short ranges
	cids   []cidRange        // long ranges
	spaces []codeSpace
}

type textRange struct {
	low, high uint32
	first     string // of low; the last character counts up
}

type cidRange struct{ low, high, first uint32 }

type codeSpace struct {
	bytes     int
	low, high uint32
}

const (
	maxMapped = 1 << 17 // single codes mapped by one cmap
	maxRanges = 64      // long ranges of one cmap; they are searched one by one
)

func (f *file) cmap(s *stream) *cmap {
	m := &cmap{text: map[uint32]string{}, single: map[uint32]uint32{}}
	l := &lexer{data: f.decode(s), budget: f.budget}
	var args []object
	for {
		o := l.next()
		if e, ok := o.(end); ok {
			if e.closing == 0 {
				return m
			}
			continue
		}
		word, ok := o.(op)
		if !ok {
			if len(args) < maxElements {
				args = append(args, o)
			}
			continue
		}
		m.take(word, args)
		args = args[:0]
	}
}

func (m *cmap) take(word op, args []object) {
	switch word {
	case "endbfchar":
		for i := 0; i+1 < len(args); i += 2 {
			m.set(code(args[i]), target(args[i+1]))
		}
	case "endbfrange":
		for i := 0; i+2 < len(args); i += 3 {
			m.bfRange(code(args[i]), code(args[i+1]), args[i+2])
		}
	case "endcodespacerange":
		for i := 0; i+1 < len(args) && len(m.spaces) < maxNesting; i += 2 {
			if s, ok := args[i].(str); ok && len(s) >= 1 && len(s) <= 4 {
				m.spaces = append(m.spaces, codeSpace{len(s), code(s), code(args[i+1])})
			}
		}
	case "endcidrange":
		for i := 0; i+2 < len(args); i += 3 {
			m.cidRange(cidRange{code(args[i]), code(args[i+1]), code(args[i+2])})
		}
	case "endcidchar":
		for i := 0; i+1 < len(args); i += 2 {
			m.cidRange(cidRange{code(args[i]), code(args[i]), code(args[i+1])})
		}
	}
}

func (m *cmap) set(c uint32, text string) {
	if len(m.text) < maxMapped {
		m.text[c] = text
	}
}

func (m *cmap) bfRange(low, high uint32, to object) {
	if high < low {
		return
	}
	if a, ok := to.(array); ok {
		for i, o := range a {
			if uint32(i) <= high-low {
				m.set(low+uint32(i), target(o))
			}
		}
		return
	}
	r := textRange{low, high, target(to)}
	if high-low < 256 {
		for i := uint32(0); i <= high-low; i++ {
			m.set(low+i, r.at(low+i))
		}
		return
	}
	if len(m.ranges) < maxRanges {
		m.ranges = append(m.ranges, r)
	}
}

func (m *cmap) cidRange(r cidRange) {
	if r.high < r.low {
		return
	}
	if r.high-r.low >= 256 {
		if len(m.cids) < maxRanges {
			m.cids = append(m.cids, r)
		}
		return
	}
	for i := uint32(0); i <= r.high-r.low && len(m.single) < maxMapped; i++ {
		m.single[r.low+i] = r.first + i
	}
}

// cid is the CID of a code; what an embedded CMap does not mention is its own
// CID, as with Identity-H.
func (m *cmap) cid(c uint32) uint32 {
	if id, ok := m.single[c]; ok {
		return id
	}
	for _, r := range m.cids {
		if c >= r.low && c <= r.high {
			return r.first + c - r.low
		}
	}
	return c
}

// at is the text of a code in the range.
func (r textRange) at(c uint32) string {
	last, size := utf8.DecodeLastRuneInString(r.first)
	next := uint32(last) + (c - r.low)
	if size == 0 || next > utf8.MaxRune {
		return ""
	}
	return r.first[:len(r.first)-size] + string(rune(next))
}

// lookup finds the text of a code.
func (m *cmap) lookup(c uint32) (string, bool) {
	if s, ok := m.text[c]; ok {
		return s, true
	}
	for _, r := range m.ranges {
		if c >= r.low && c <= r.high {
			return r.at(c), true
		}
	}
	return "", false
}

// code reads a code or a CID.
func code(o object) uint32 {
	switch v := o.(type) {
	case str:
		c := uint32(0)
		for i := 0; i < len(v) && i < 4; i++ {
			c = c<<8 | uint32(v[i])
		}
		return c
	case int:
		return uint32(v)
	}
	return 0
}

// maxTarget is the longest text of one code, in UTF-16 bytes; the longest
// ligature with a code of its own has 18 letters.
const maxTarget = 64

// target reads what a code stands for: UTF-16BE, or a glyph name.
func target(o object) string {
	switch v := o.(type) {
	case name:
		return glyphText(string(v))
	case str:
		if len(v) == 1 {
			return string(rune(v[0]))
		}
		var u []uint16
		for i := 0; i+1 < min(len(v), maxTarget); i += 2 {
			u = append(u, uint16(v[i])<<8|uint16(v[i+1]))
		}
		return string(utf16.Decode(u))
	}
	return ""
}
