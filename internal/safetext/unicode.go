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
)

// Joiners and variation selectors that mean something in their place.
const (
	zwnj = '\u200c'
	zwj  = '\u200d'
	vs15 = '\ufe0e' // text presentation
	vs16 = '\ufe0f' // emoji presentation
)

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
// (UTS #51, RFC 5892 appendix A). It is idempotent.
func scrub(s string, removed counter) string {
	if clean(s) {
		return s
	}
	s = strings.ToValidUTF8(s, "\ufffd")
	var b strings.Builder
	b.Grow(len(s))
	prev := rune(-1) // last rune kept
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		rest := s[i+size:]
		kind := ""
		switch {
		case r == '\n' || r == '\t':
		case r == '\u2028' || r == '\u2029' || r == '\u0085':
			r = '\n'
		case r < ' ' || (r >= 0x7f && r <= 0x9f):
			kind = kindControl
		case r == zwnj || r == zwj:
			if !joins(prev, r, rest) {
				kind = kindZeroWidth
			}
		case isVariation(r):
			if !selects(prev, r) {
				kind = kindVariation
			}
		case r >= 0xe0000 && r <= 0xe0fff:
			if n := flagTags(prev, s[i:]); n > 0 {
				b.WriteString(s[i : i+n])
				prev = 0xe007f
				i += n
				continue
			}
			kind = kindTag
		default:
			kind = invisible(r)
		}
		if kind != "" {
			removed.add(kind, 1)
		} else {
			b.WriteRune(r)
			prev = r
		}
		i += size
	}
	return b.String()
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

// invisible names the kind of a character that is never drawn, "" for others.
func invisible(r rune) string {
	switch {
	case r == 0x061c || r == 0x200e || r == 0x200f || (r >= 0x202a && r <= 0x202e) || (r >= 0x2066 && r <= 0x2069):
		return kindBidi
	case r == 0x00ad, r == 0x034f, r == 0x115f, r == 0x1160, r == 0x17b4, r == 0x17b5, r == 0x180e,
		r == 0x200b, r >= 0x2060 && r <= 0x2065, r >= 0x206a && r <= 0x206f, r == 0x3164, r == 0xfeff,
		r == 0xffa0, r >= 0xfff0 && r <= 0xfffb, r >= 0x1bca0 && r <= 0x1bca3, r >= 0x1d173 && r <= 0x1d17a:
		return kindZeroWidth
	case r&0xfffe == 0xfffe || (r >= 0xfdd0 && r <= 0xfdef):
		return kindControl // noncharacters
	}
	return ""
}

// isVariation reports a variation selector, Mongolian ones included.
func isVariation(r rune) bool {
	return (r >= 0xfe00 && r <= 0xfe0f) || (r >= 0xe0100 && r <= 0xe01ef) || (r >= 0x180b && r <= 0x180d) || r == 0x180f
}

// selects reports whether a variation selector after prev chooses a form that
// exists: at most one after a base, so that no bytes can be smuggled in a run.
func selects(prev, r rune) bool {
	switch {
	case r == vs15 || r == vs16:
		return emojiBase(prev) || prev == '#' || prev == '*' || (prev >= '0' && prev <= '9')
	case r >= 0xe0100:
		return unicode.Is(unicode.Han, prev) // ideographic variants of Japanese names
	case r <= 0x180f:
		return unicode.Is(unicode.Mongolian, prev) && unicode.IsLetter(prev)
	}
	return false
}

// joinerScripts are the scripts whose spelling uses ZWNJ or ZWJ.
var joinerScripts = []*unicode.RangeTable{
	unicode.Arabic, unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi, unicode.Gujarati, unicode.Oriya,
	unicode.Tamil, unicode.Telugu, unicode.Kannada, unicode.Malayalam, unicode.Sinhala, unicode.Khmer,
	unicode.Myanmar, unicode.Syriac, unicode.Mandaic, unicode.Mongolian, unicode.Nko, unicode.Tibetan, unicode.Balinese,
}

// joins reports whether a joiner stands between two characters it affects.
func joins(prev, joiner rune, rest string) bool {
	next, _ := utf8.DecodeRuneInString(rest)
	if joiner == zwj && emojiBase(next) && (emojiBase(prev) || prev == vs16) {
		return true
	}
	for _, script := range joinerScripts {
		// Vowel marks that Arabic shares with other scripts stand between too.
		before := unicode.Is(script, prev) || (script == unicode.Arabic && unicode.Is(unicode.Mn, prev))
		if before && unicode.Is(script, next) && unicode.In(next, unicode.L, unicode.M) {
			return true
		}
	}
	return false
}

// emojiBase reports a character that emoji sequences are made of. The blocks
// are wider than the list of UTS #51; their other members are visible symbols.
func emojiBase(r rune) bool {
	switch r {
	case 0xa9, 0xae, 0x203c, 0x2049, 0x2122, 0x2139, 0x24c2, 0x3030, 0x303d, 0x3297, 0x3299, 0x2934, 0x2935:
		return true
	}
	return (r >= 0x2194 && r <= 0x21aa) || (r >= 0x231a && r <= 0x23ff) || (r >= 0x25aa && r <= 0x25fe) ||
		(r >= 0x2600 && r <= 0x27bf) || (r >= 0x2b05 && r <= 0x2b55) || (r >= 0x1f000 && r <= 0x1faff)
}

// The tag sequences that are recommended for interchange (UTS #51, RGI): the
// flags of England, Scotland and Wales. Every other run of tags is smuggling.
var flagSequences = [...]string{
	"\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
	"\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
	"\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f",
}

// flagTags returns the length of the flag's tags at the start of s, if they
// follow a black flag.
func flagTags(prev rune, s string) int {
	if prev != 0x1f3f4 {
		return 0
	}
	for _, seq := range flagSequences {
		if strings.HasPrefix(s, seq) {
			return len(seq)
		}
	}
	return 0
}
