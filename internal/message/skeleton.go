package message

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"mail-imap-mcp/internal/safetext"
)

// confusables are letters that are drawn like letters of the Latin alphabet in
// common fonts: the part of the Unicode confusables (UTS #39 §4) that names and
// domains are forged with, lower-case, each row a Latin letter and what passes
// for it.
var confusables = map[string]string{
	"a": "аɑαａạ", "b": "ƅьвᏏ", "c": "сϲᴄⅽ", "d": "ԁⅾժᏧ", "e": "еҽ℮", "f": "ƒẝք", "g": "ɡցᶃ",
	"h": "һհᏂн", "i": "іıιɩꙇⅰ", "j": "јϳյ", "k": "кκᴋ", "l": "ⅼӏǀ|", "m": "мᴍⅿ", "n": "пηոռ", "o": "оοօ೦०໐σᴏ",
	"p": "рρϸ", "q": "ԛզգ", "r": "гᴦᴙ", "s": "ѕꜱʂ", "t": "тτᴛ", "u": "υսᴜʋ", "v": "νѵᴠⅴ", "w": "ԝѡաᴡɯω",
	"x": "хχⅹ", "y": "уγүყʏ", "z": "ᴢʐ",
}

// prototype is the Latin letter that r passes for.
func prototype(r rune) (byte, bool) {
	if r < utf8.RuneSelf { // most letters are
		return 'l', r == '|'
	}
	for latin := byte('a'); latin <= 'z'; latin++ {
		if strings.ContainsRune(confusables[string(rune(latin))], r) {
			return latin, true
		}
	}
	return 0, false
}

// looksLatin reports a letter of which a word that means to be forged may
// consist. Words with the Turkish ı or the Vietnamese ạ are Latin, and σ and ω
// look foreign enough to show that a word is Greek.
func looksLatin(r rune) bool {
	_, ok := prototype(r)
	return ok && !strings.ContainsRune("ıạσω", r)
}

// maxSkeleton bounds what is compared, in bytes.
const maxSkeleton = 1000

// Skeleton is what a reader takes a name or a domain for: two that look alike
// have the same (UTS #39 §4). It is lower-case; invisible characters are gone,
// forms such as full-width ones are the plain letter, letters of other scripts
// that look Latin are Latin, 0 is o, 1 is l, rn is m and vv is w. It is for
// comparing, not for showing.
func Skeleton(s string) string {
	s = norm.NFKC.String(safetext.Line(strings.ToValidUTF8(s[:min(len(s), maxSkeleton)], "")))
	var b strings.Builder
	before := ' '
	for _, r := range s {
		// A capital I behind a small letter is there to be an l: PaypaI.
		if r == 'I' && unicode.IsLower(before) {
			r = 'l'
		}
		before = r
		r = unicode.ToLower(r)
		latin, ok := prototype(r)
		switch {
		case ok:
			b.WriteByte(latin)
		case r == '0':
			b.WriteByte('o')
		case r == '1':
			b.WriteByte('l')
		default:
			b.WriteRune(r)
		}
	}
	return pairs.Replace(b.String())
}

// pairs of letters are drawn like one.
var pairs = strings.NewReplacer("rn", "m", "vv", "w")
