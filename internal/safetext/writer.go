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

	removed  counter   // of characters
	smuggled *smuggled // what they spell

	prefix string // of every line
	first  string // of the next line only: the prefix with a list marker
	before string // of the last line written
	breaks int    // line ends owed before the next text
	space  bool   // a space is owed
	begun  bool   // something was written
	start  bool   // at the start of a line
	fresh  bool   // a list marker waits for its text: no empty line before it
	margin bool   // nothing but the prefix was written in this line

	open   []string // emphasis markers written and not closed
	owed   []string // emphasis markers to write before the next text
	around []string // emphasis that the text is put into
	ending string   // an emphasis marker to write, unless the same emphasis goes on
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
	if w.fresh {
		n = 1
	}
	w.breaks = max(w.breaks, n)
}

// closeAll closes open emphasis at the end of a block, to be opened again.
func (w *writer) closeAll() {
	w.endEmphasis()
	for i := len(w.open) - 1; i >= 0; i-- {
		w.put(w.open[i])
	}
	w.owed = append(w.open, w.owed...)
	w.open = nil
}

// emphasize opens a marker unless it is open already.
func (w *writer) emphasize(mark string) bool {
	for _, list := range [][]string{w.open, w.owed, w.around} {
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
		w.endEmphasis()
		w.ending = mark
		w.open = w.open[:n-1]
	}
}

// endEmphasis writes the marker of an emphasis that has ended.
func (w *writer) endEmphasis() {
	if w.ending != "" {
		w.put(w.ending)
		w.ending = ""
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
	w.margin = false
}

// ready writes what is owed before text.
func (w *writer) ready() {
	if w.begun && !w.start && !w.space && w.breaks == 0 && len(w.owed) == 0 && w.ending == "" {
		return
	}
	if w.ending != "" && len(w.owed) > 0 && w.owed[0] == w.ending {
		w.open, w.owed, w.ending = append(w.open, w.ending), w.owed[1:], ""
	}
	w.endEmphasis()
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
		w.start, w.space, w.margin = false, false, !w.inline
	}
	w.begun, w.fresh = true, false
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
	if s == "" {
		return
	}
	w.ready()
	if w.last == '!' && s[0] == '[' {
		w.put(" ") // "![" would make the link an image
	}
	w.put(s)
}

// visible is s without the characters nobody sees.
func (w *writer) visible(s string) string {
	if clean(s) {
		return s
	}
	return (&scrubber{removed: w.removed, smuggled: w.smuggled}).scrub(s)
}

// text writes text of the message.
func (w *writer) text(s string) {
	s = w.visible(s)
	for i := 0; i < len(s); {
		n := ordinary(s[i:])
		if n > 0 {
			w.ready()
			w.put(s[i : i+n])
			i += n
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if unicode.IsSpace(r) {
			w.space = w.space || (w.begun && !w.start && w.breaks == 0)
		} else {
			if w.full() {
				return
			}
			w.ready()
			w.character(r, s[i:i+size], s[i:])
		}
		i += size
	}
}

// ordinary is the length of the ASCII at the start of s that needs no care.
func ordinary(s string) int {
	for i := range len(s) {
		switch c := s[i]; {
		case c <= ' ' || c >= 0x7f:
			return i
		case c == '<' || c == '(' || c == '[' || c == ']' || c == ':' || c == '|' || c == '#' || c == '\\':
			return i
		}
	}
	return len(s)
}

// character writes one character, written as it is; rest starts with it.
func (w *writer) character(r rune, written, rest string) {
	switch {
	case r == '<' && startsTag(rest):
		w.put("&lt;")
	case r == '[' && w.last == '!', // an image
		r == '(' && w.last == ']',                        // a link's target
		r == ':' && w.last == ']' && !digitFollows(rest), // a link's definition
		r == '#' && w.margin && startsHeading(rest),
		r == '|' && (w.inCell || w.margin),
		(r == '[' || r == ']') && w.inLink,
		r == '\\' && (w.inLink || w.inCell):
		w.put(`\` + written)
	default:
		w.put(written)
	}
}
