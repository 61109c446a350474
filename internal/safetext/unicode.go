package safetext

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Kinds of characters that scrub removes, as Result.Removed counts them.
const (
	kindControl   = "control_characters"
	kindBidi      = "bidi_controls"
	kindZeroWidth = "zero_width_characters"
	kindTag       = "unicode_tags"
	kindVariation = "variation_selectors"
	kindMarks     = "stacked_marks"
)

// maxMarks is how many combining marks one character keeps. Vietnamese needs
// two, pointed Hebrew with cantillation four, Tibetan stacks up to eight; a
// flood of them covers the lines around it.
const maxMarks = 8

// brailleBlank is drawn as a space, and is none to software.
const brailleBlank = '\u2800'

// counter counts what was removed by kind; nil does not count.
type counter map[string]int

func (c counter) add(kind string, n int) {
	if c != nil && kind != "" && n > 0 {
		c[kind] += n
	}
}

// scrub makes s valid UTF-8 and removes the characters nobody sees, which are
// the ones that carry text past a reader's eyes: controls other than line feed
// and tab, bidi controls, zero-width characters, tags, and variation selectors.
// Joiners and selectors stay where a script or an emoji sequence needs them
// (UTS #51, RFC 5892 appendix A). Private-use and unassigned characters stay:
// they are drawn, if only as boxes. It is idempotent.
func scrub(s string, removed counter) string {
	if clean(s) {
		return s
	}
	return (&scrubber{removed: removed}).scrub(s)
}

// clean reports quickly that nothing needs to be removed.
func clean(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= 0x7f || (c < ' ' && c != '\n' && c != '\t') {
			return false
		}
	}
	return true
}

// scrubber removes characters from text, piece by piece.
type scrubber struct {
	removed counter
	// smuggled receives what runs of removed characters spell, if it is not nil.
	smuggled *smuggled

	prev  rune // last rune kept, -1 at the start
	base  rune // last rune kept that is no combining mark
	marks int  // combining marks since base
}

func (c *scrubber) scrub(s string) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	var b strings.Builder
	b.Grow(len(s))
	c.prev, c.base, c.marks = -1, -1, 0
	for i := 0; i < len(s); {
		if ch := s[i]; ch < 0x7f && (ch >= ' ' || ch == '\n' || ch == '\t') {
			b.WriteByte(ch)
			c.keep(rune(ch))
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if n := flagTags(c.prev, s[i:]); n > 0 {
			b.WriteString(s[i : i+n])
			c.keep(cancelTag)
			i += n
			continue
		}
		if kind := c.judge(r, s[i+size:]); kind != "" {
			c.removed.add(kind, 1)
			c.smuggled.add(r)
		} else {
			r = shown(r)
			b.WriteRune(r)
			c.keep(r)
		}
		i += size
	}
	c.smuggled.end()
	return b.String()
}

// keep remembers the last character kept.
func (c *scrubber) keep(r rune) {
	c.prev = r
	c.smuggled.end()
	switch {
	case r < 0x300:
		c.base, c.marks = r, 0
	case unicode.In(r, unicode.Mn, unicode.Me):
		c.marks++
	case r != zwj && r != zwnj:
		c.base, c.marks = r, 0
	}
}

// judge names why r must go, "" if it stays; rest is what follows it.
func (c *scrubber) judge(r rune, rest string) string {
	switch {
	case r == '\u0085': // NEL, a line end
		return ""
	case r < ' ' || (r >= 0x7f && r <= 0x9f):
		return kindControl
	case r < 0xad:
		return ""
	case r == zwnj || r == zwj:
		if !c.joins(r, rest) {
			return kindZeroWidth
		}
	case isVariation(r):
		if !selects(c.prev, r, rest) {
			return kindVariation
		}
	case r >= 0xe0000 && r <= 0xe0fff:
		return kindTag
	default:
		if kind := invisible(r); kind != "" {
			return kind
		}
		if outOfPlace(r, c.prev) {
			return kindZeroWidth
		}
		if c.marks >= maxMarks && unicode.In(r, unicode.Mn, unicode.Me) {
			return kindMarks
		}
	}
	return ""
}

// shown is what stands for a character that stays.
func shown(r rune) rune {
	switch r {
	case '\u2028', '\u2029', '\u0085':
		return '\n'
	case brailleBlank:
		return ' '
	}
	// Blanks of other widths say no more than one that everybody types, and a choice
	// between them can carry a text.
	if r == 0x1680 || r >= 0x2000 && r <= 0x200a || r == 0x202f || r == 0x205f {
		return ' '
	}
	return r
}

// invisible names the kind of a character that is never drawn, "" for others.
func invisible(r rune) string {
	switch {
	case r == 0x061c || r == 0x200e || r == 0x200f || (r >= 0x202a && r <= 0x202e) || (r >= 0x2066 && r <= 0x2069):
		return kindBidi
	case r == 0x00ad, r == 0x034f, r == 0x115f, r == 0x1160, r == 0x17b4, r == 0x17b5, r == 0x180e,
		r == 0x200b, r >= 0x2060 && r <= 0x2065, r >= 0x206a && r <= 0x206f, r == 0x3164, r == 0xfeff,
		r == 0xffa0, r >= 0xfff0 && r <= 0xfffc, r >= 0x1bca0 && r <= 0x1bca3, r == 0x1d159, r >= 0x1d173 && r <= 0x1d17a:
		return kindZeroWidth
	case r&0xfffe == 0xfffe || (r >= 0xfdd0 && r <= 0xfdef):
		return kindControl // noncharacters
	}
	return ""
}

// outOfPlace reports a character that joins or fills the signs of one script, and is
// drawn as nothing behind any other: of Egyptian hieroglyphs (U+13430 to U+1345F),
// Brahmi numbers, Tifinagh and Khitan.
func outOfPlace(r, prev rune) bool {
	within := func(first, last rune) bool { return prev >= first && prev <= last }
	switch {
	case r >= 0x13430 && r <= 0x1345f:
		return !within(0x13000, 0x1342f) && !within(0x13460, 0x143ff)
	case r == 0x1107f:
		return !within(0x11052, 0x1106f)
	case r == 0x2d7f:
		return !within(0x2d30, 0x2d6f)
	case r == 0x16fe4:
		return !within(0x18b00, 0x18cff)
	}
	return false
}
