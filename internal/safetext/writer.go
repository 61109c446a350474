package safetext

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// writer lays out inline text as Markdown: it collapses white space, keeps
// line prefixes of quotes and lists, and escapes what would form a link, an
// image or a tag.
type writer struct {
	out    *strings.Builder
	inline bool // one line: breaks are spaces

	prefix string // of every line
	first  string // of the next line only: the prefix with a list marker
	before string // of the last line written
	breaks int    // line ends owed before the next text
	space  bool   // a space is owed
	begun  bool   // something was written
	start  bool   // at the start of a line

	open   []string // emphasis markers written and not closed
	owed   []string // emphasis markers to write before the next text
	last   byte     // last byte written
	inLink bool
	inCell bool
}

// breakLine asks for n line ends before the next text; 2 is an empty line.
func (w *writer) breakLine(n int) {
	if w.inline {
		w.space = w.begun
		return
	}
	if !w.begun {
		return
	}
	w.closeAll()
	w.space = false
	w.breaks = max(w.breaks, n)
}

// closeAll closes open emphasis at the end of a block, to be opened again.
func (w *writer) closeAll() {
	for i := len(w.open) - 1; i >= 0; i-- {
		w.put(w.open[i])
	}
	w.owed = append(w.open, w.owed...)
	w.open = nil
}

// emphasize opens a marker unless it is open already.
func (w *writer) emphasize(mark string) bool {
	for _, list := range [][]string{w.open, w.owed} {
		for _, m := range list {
			if m == mark {
				return false
			}
		}
	}
	w.owed = append(w.owed, mark)
	return true
}

// unemphasize closes a marker that emphasize opened.
func (w *writer) unemphasize(mark string) {
	for i := len(w.owed) - 1; i >= 0; i-- {
		if w.owed[i] == mark {
			w.owed = append(w.owed[:i], w.owed[i+1:]...)
			return
		}
	}
	if n := len(w.open); n > 0 {
		w.put(mark)
		w.open = w.open[:n-1]
	}
}

func (w *writer) full() bool { return w.out.Len() >= maxOutput }

// put writes s as it is.
func (w *writer) put(s string) {
	if s == "" || w.full() {
		return
	}
	w.out.WriteString(s)
	w.last = s[len(s)-1]
}

// ready writes what is owed before text.
func (w *writer) ready() {
	if w.breaks > 0 {
		for range w.breaks - 1 {
			w.put("\n" + strings.TrimRight(common(w.before, w.prefix), " "))
		}
		w.put("\n")
		w.breaks, w.start = 0, true
	}
	if w.start || !w.begun {
		w.put(cmp.Or(w.first, w.prefix))
		w.first, w.before = "", w.prefix
		w.start, w.space = false, false
	}
	w.begun = true
	if w.space {
		w.put(" ")
		w.space = false
	}
	for _, mark := range w.owed {
		w.put(mark)
	}
	w.open, w.owed = append(w.open, w.owed...), w.owed[:0]
}

// common is what two prefixes begin with.
func common(a, b string) string {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return a[:n]
}

// raw writes inline Markdown that was made before.
func (w *writer) raw(s string) {
	if s != "" {
		w.ready()
		w.put(s)
	}
}

// text writes text of the message.
func (w *writer) text(s string) {
	for i, r := range s {
		if unicode.IsSpace(r) {
			w.space = w.space || (w.begun && !w.start && w.breaks == 0)
			continue
		}
		if w.full() {
			return
		}
		w.ready()
		w.character(r, s[i:])
	}
}

// character writes one character; rest starts with it.
func (w *writer) character(r rune, rest string) {
	switch {
	case r == '<' && startsTag(rest):
		w.put("&lt;")
	case (r == '(' || r == '[' || r == ':') && w.last == ']':
		// "](" would make a link or an image, "]:" its definition.
		w.put(`\` + string(r))
	case w.inLink && (r == '[' || r == ']'), w.inCell && r == '|':
		w.put(`\` + string(r))
	default:
		w.put(string(r))
	}
}

// startsTag reports whether a less-than sign may start a tag. An address in
// angle brackets does not, it is common in quoted headers.
func startsTag(s string) bool {
	const longestAddress = 100
	if len(s) == 1 {
		return true
	}
	if c := s[1]; c != '/' && c != '!' && c != '?' && !(c|0x20 >= 'a' && c|0x20 <= 'z') {
		return false
	}
	at := false
	for i := 1; i < len(s) && i < longestAddress; i++ {
		switch c := s[i]; {
		case c == '@' && i > 1 && !at:
			at = true
		case c == '>':
			return !at
		case c >= utf8.RuneSelf || !(c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || strings.IndexByte("._%+-", c) >= 0):
			return true
		}
	}
	return true
}
