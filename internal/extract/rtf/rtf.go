// Package rtf reads the text of Rich Text Format (Microsoft's specification
// 1.9.1), and of HTML that Outlook carries in it (MS-OXRTFEX). It is lenient:
// a file may end anywhere, and braces need not match.
package rtf

import (
	"bytes"
	"errors"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// ErrDamaged says that it is no RTF.
var ErrDamaged = errors.New("rtf: not an RTF file")

const (
	// maxDepth of groups whose settings are kept; deeper ones share those of
	// the last. Word writes about 30.
	maxDepth = 1000

	// maxFonts and maxColors of their tables.
	maxFonts  = 4096
	maxColors = 4096
)

// Text returns at most maxChars characters of what is seen: without hidden text
// (\v), white text on nothing, pictures and what is no document text. The error
// is ErrDamaged.
func Text(data []byte, maxChars int) (string, error) {
	data = bytes.TrimLeft(data, "\xEF\xBB\xBF \t\r\n\x00")
	if !bytes.HasPrefix(data, []byte(`{\rtf`)) {
		return "", ErrDamaged
	}
	p := &parser{rest: data, max: max(maxChars, 0), codePage: 1252, fonts: map[int]int{}, now: state{uc: 1, font: -1}}
	p.run()
	return cut(tidy(p.out.String()), maxChars), nil
}

// state is what a group inherits and gives up at its end.
type state struct {
	dest   destination
	uc     int // characters of the stand-in behind \u
	font   int
	color  int
	hidden bool
	shaded bool
	tiny   bool
	html   bool // within \htmlrtf: RTF that only stands in for the HTML
}

type destination int

const (
	body destination = iota
	skipped
	fontTable
	colorTable
	htmlTag // the markup of encapsulated HTML, not shown
)

type parser struct {
	rest     []byte
	out      strings.Builder
	max      int
	now      state
	stack    []state
	tooDeep  int
	codePage int
	fonts    map[int]int // code pages; 0 is the document's
	colors   []int       // 0xRRGGBB, -1 is automatic
	color    int         // of the entry being read
	colorSet bool
	fontNow  int
	bytes    []byte // of \'hh and plain text, not decoded yet
	high     rune   // a first surrogate
	skip     int    // characters of a \u's stand-in still to come
	fromHTML bool
	paper    bool // the page has a background, which may be dark
	star     bool // \* came: an unknown destination is to be skipped
}

func (p *parser) run() {
	// Four bytes a character, and what tidy drops.
	for len(p.rest) > 0 && p.out.Len() <= 8*p.max+1024 {
		c := p.rest[0]
		switch c {
		case '{':
			p.flush()
			p.rest = p.rest[1:]
			p.push()
		case '}':
			p.flush()
			p.rest = p.rest[1:]
			p.pop()
		case '\\':
			p.control()
		case '\r', '\n', 0:
			p.rest = p.rest[1:]
		default:
			p.rest = p.rest[1:]
			p.char(c)
		}
	}
	p.flush()
}

func (p *parser) push() {
	p.star, p.skip = false, 0
	if len(p.stack) == maxDepth {
		p.tooDeep++
		return
	}
	p.stack = append(p.stack, p.now)
}

func (p *parser) pop() {
	p.star, p.skip = false, 0
	if p.tooDeep > 0 {
		p.tooDeep--
		return
	}
	if n := len(p.stack); n > 0 {
		p.now = p.stack[n-1]
		p.stack = p.stack[:n-1]
	}
}

// char takes one byte of text.
func (p *parser) char(c byte) {
	if p.skip > 0 {
		p.skip--
		return
	}
	if p.now.dest == colorTable {
		if c == ';' && len(p.colors) < maxColors {
			if !p.colorSet {
				p.color = -1
			}
			p.colors = append(p.colors, p.color)
			p.color, p.colorSet = 0, false
		}
		return
	}
	if p.visible() {
		p.bytes = append(p.bytes, c)
	}
}

// visible reports whether text here is shown.
func (p *parser) visible() bool {
	s := &p.now
	if s.dest != body || s.hidden || s.tiny || (p.fromHTML && s.html) {
		return false
	}
	white := s.color > 0 && s.color < len(p.colors) && p.colors[s.color] >= 0 && isWhite(p.colors[s.color])
	return !white || s.shaded || p.paper
}

func isWhite(rgb int) bool {
	const near = 0xF8
	return rgb>>16 >= near && rgb>>8&0xFF >= near && rgb&0xFF >= near
}

// flush decodes the bytes that have come by the code page of their font.
func (p *parser) flush() {
	if len(p.bytes) == 0 {
		return
	}
	page := p.fonts[p.now.font]
	if page == 0 {
		page = p.codePage
	}
	p.out.WriteString(decode(p.bytes, page))
	p.bytes = p.bytes[:0]
}

// add writes text that is decoded already.
func (p *parser) add(s string) {
	if p.skip > 0 {
		p.skip--
		return
	}
	if p.visible() {
		p.flush()
		p.out.WriteString(s)
	}
}

// unicode takes \uN, where N is one UTF-16 unit, perhaps negative.
func (p *parser) unicode(n int) {
	r := rune(n & 0xFFFF)
	switch {
	case utf16.IsSurrogate(r) && r < 0xDC00:
		p.high = r
	case utf16.IsSurrogate(r):
		p.add(string(utf16.DecodeRune(p.high, r)))
		p.high = 0
	case r == 0:
	default:
		p.add(string(r))
	}
	p.skip = min(max(p.now.uc, 0), 16)
}

// tidy trims lines and keeps one blank line of many.
func tidy(s string) string {
	var out strings.Builder
	out.Grow(len(s))
	blank := 0
	for line := range strings.Lines(s) {
		line = strings.TrimRight(line, " \t\n")
		if line == "" {
			blank++
			continue
		}
		if out.Len() > 0 {
			out.WriteString("\n\n"[:min(1+blank, 2)])
		}
		blank = 0
		out.WriteString(line)
	}
	return out.String()
}

// cut keeps the first n characters.
func cut(s string, n int) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	for i := range s {
		if n--; n < 0 {
			return s[:i]
		}
	}
	return s
}
