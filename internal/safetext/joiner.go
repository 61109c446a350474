package safetext

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Joiners and variation selectors that mean something in their place.
const (
	zwnj      = '\u200c'
	zwj       = '\u200d'
	vs15      = '\ufe0e' // text presentation
	vs16      = '\ufe0f' // emoji presentation
	keycap    = '\u20e3'
	cancelTag = '\U000e007f'
)

// joins reports whether a joiner stands where it changes what is drawn: after
// a virama (RFC 5892 appendix A.1 and A.2), a ZWNJ between two letters that
// would join (A.1), a ZWJ in an emoji sequence (UTS #51), or between the Ra of
// Bengali and Kannada and its virama (The Unicode Standard, chapter 12).
func (c *scrubber) joins(joiner rune, rest string) bool {
	if virama(c.prev) {
		return true
	}
	next, _ := utf8.DecodeRuneInString(rest)
	if joiner == zwj {
		switch c.prev {
		case 0x09b0, 0x0cb0:
			return virama(next)
		}
		return emojiBase(next) && (emojiBase(c.prev) || c.prev == vs16)
	}
	return joinsNext(c.base) && c.prev != zwnj && c.prev != zwj && joinsPrevious(afterMarks(rest))
}

// virama reports a character that kills a vowel: canonical combining class 9.
func virama(r rune) bool {
	if r < 0x94d {
		return false
	}
	var buf [utf8.UTFMax]byte
	return norm.NFC.Properties(buf[:utf8.EncodeRune(buf[:], r)]).CCC() == 9
}

// afterMarks is the first character of s that is no combining mark.
func afterMarks(s string) rune {
	seen := 0
	for _, r := range s {
		if !unicode.Is(unicode.Mn, r) {
			return r
		}
		if seen++; seen > maxMarks {
			break // no word has that many, and the next joiner would walk them again
		}
	}
	return -1
}

// cursive are the scripts whose letters join (ArabicShaping.txt).
var cursive = []*unicode.RangeTable{
	unicode.Arabic, unicode.Syriac, unicode.Mandaic, unicode.Mongolian, unicode.Nko, unicode.Phags_Pa,
	unicode.Manichaean, unicode.Psalter_Pahlavi, unicode.Hanifi_Rohingya, unicode.Sogdian, unicode.Adlam, unicode.Chorasmian,
}

// joinsPrevious reports joining types R and D.
func joinsPrevious(r rune) bool {
	switch r {
	case 0x0621, 0x0674, 0x08ad: // hamzas that stand alone
		return false
	case 0x0640: // tatweel
		return true
	}
	return r >= 0x600 && unicode.IsLetter(r) && unicode.In(r, cursive...)
}

// joinsNext reports joining types L and D.
func joinsNext(r rune) bool {
	return joinsPrevious(r) && !unicode.Is(rightJoining, r)
}

// rightJoining are the letters of Arabic and Syriac with joining type R: they
// join what stands before them only (ArabicShaping.txt).
var rightJoining = &unicode.RangeTable{R16: []unicode.Range16{
	{Lo: 0x0622, Hi: 0x0625, Stride: 1},
	{Lo: 0x0627, Hi: 0x0627, Stride: 1},
	{Lo: 0x0629, Hi: 0x0629, Stride: 1},
	{Lo: 0x062f, Hi: 0x0632, Stride: 1},
	{Lo: 0x0648, Hi: 0x0648, Stride: 1},
	{Lo: 0x0671, Hi: 0x0673, Stride: 1},
	{Lo: 0x0675, Hi: 0x0677, Stride: 1},
	{Lo: 0x0688, Hi: 0x0699, Stride: 1},
	{Lo: 0x06c0, Hi: 0x06c0, Stride: 1},
	{Lo: 0x06c3, Hi: 0x06cb, Stride: 1},
	{Lo: 0x06cd, Hi: 0x06cd, Stride: 1},
	{Lo: 0x06cf, Hi: 0x06cf, Stride: 1},
	{Lo: 0x06d2, Hi: 0x06d3, Stride: 1},
	{Lo: 0x06d5, Hi: 0x06d5, Stride: 1},
	{Lo: 0x06ee, Hi: 0x06ef, Stride: 1},
	{Lo: 0x0710, Hi: 0x0710, Stride: 1},
	{Lo: 0x0715, Hi: 0x0719, Stride: 1},
	{Lo: 0x071e, Hi: 0x071e, Stride: 1},
	{Lo: 0x0728, Hi: 0x0728, Stride: 1},
	{Lo: 0x072a, Hi: 0x072a, Stride: 1},
	{Lo: 0x072c, Hi: 0x072c, Stride: 1},
	{Lo: 0x072f, Hi: 0x072f, Stride: 1},
	{Lo: 0x074d, Hi: 0x074d, Stride: 1},
	{Lo: 0x0759, Hi: 0x075b, Stride: 1},
	{Lo: 0x076b, Hi: 0x076c, Stride: 1},
	{Lo: 0x0771, Hi: 0x0771, Stride: 1},
	{Lo: 0x0773, Hi: 0x0774, Stride: 1},
	{Lo: 0x0778, Hi: 0x0779, Stride: 1},
	{Lo: 0x0840, Hi: 0x0840, Stride: 1},
	{Lo: 0x0846, Hi: 0x0847, Stride: 1},
	{Lo: 0x0849, Hi: 0x0849, Stride: 1},
	{Lo: 0x0854, Hi: 0x0854, Stride: 1},
	{Lo: 0x0870, Hi: 0x0882, Stride: 1},
	{Lo: 0x088e, Hi: 0x088e, Stride: 1},
	{Lo: 0x08aa, Hi: 0x08ac, Stride: 1},
	{Lo: 0x08ae, Hi: 0x08ae, Stride: 1},
	{Lo: 0x08b1, Hi: 0x08b2, Stride: 1},
	{Lo: 0x08b9, Hi: 0x08b9, Stride: 1},
}}

// isVariation reports a variation selector, Mongolian ones included.
func isVariation(r rune) bool {
	return (r >= 0xfe00 && r <= 0xfe0f) || (r >= 0xe0100 && r <= 0xe01ef) || (r >= 0x180b && r <= 0x180d) || r == 0x180f
}

// selects reports whether a variation selector after prev chooses a form that
// exists: at most one after a base, so that no bytes can be smuggled in a run.
// Of the 240 selectors for ideographs the first 16 stay, which Japanese names
// use: all of them would carry one byte of smuggled text per character.
func selects(prev, r rune, rest string) bool {
	switch {
	case r == vs15 || r == vs16:
		if prev == '#' || prev == '*' || (prev >= '0' && prev <= '9') {
			return strings.HasPrefix(rest, string(keycap))
		}
		return emojiBase(prev)
	case r >= 0xe0100:
		return r <= 0xe010f && unicode.Is(unicode.Han, prev)
	case r <= 0x180f:
		return unicode.Is(unicode.Mongolian, prev) && unicode.IsLetter(prev)
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
	return (r >= 0x2194 && r <= 0x21aa) || r == 0x231a || r == 0x231b || (r >= 0x2328 && r <= 0x23ff && r != 0x2329 && r != 0x232a) || (r >= 0x25aa && r <= 0x25fe) ||
		(r >= 0x2600 && r <= 0x2767) || (r >= 0x2794 && r <= 0x27bf) || // between them brackets and digits
		(r >= 0x2b05 && r <= 0x2b55) || (r >= 0x1f000 && r <= 0x1faff)
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
