package safety

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// folded is text made comparable: lower case, without accents, compatibility
// forms and punctuation, words set apart by one space. Letters that imitate
// others within a word, and digits that stand for letters, become those.
type folded struct {
	buf   []byte
	words []word
}

// word is one word of the text, or one character of a script without spaces.
type word struct {
	at         int // its first byte in buf
	start, end int // its characters in the text
}

// fold reads at most the first maxFolded bytes of a text.
func fold(text string) folded {
	text = text[:min(len(text), maxFolded)]
	f := folded{buf: make([]byte, 0, len(text)), words: make([]word, 0, len(text)/6)}
	b := folder{f: &f}
	n := 0
	for i, r := range text {
		size := 1
		if r >= utf8.RuneSelf {
			size = utf8.RuneLen(max(r, 0))
		}
		b.rune(r, n, text[min(i+size, len(text)):])
		n++
	}
	b.finish(n)
	return f
}

// maxFolded is the most of one text that is looked at: what safetext makes of
// one body is not longer.
const maxFolded = 2 << 20

// foldPhrase is a phrase as fold would leave it.
func foldPhrase(s string) string { return string(fold(s).buf) }

type folder struct {
	f             *folded
	in            bool // within a word
	latin, other  bool // scripts of the word
	letter, digit bool
	space         bool // a separator was passed
	unspaced      bool // the last character was of a script without spaces
}

func (b *folder) rune(r rune, n int, rest string) {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z':
		b.begin(n, false)
		b.f.buf = append(b.f.buf, byte(r|0x20))
		b.latin, b.letter = true, true
	case r >= '0' && r <= '9':
		b.begin(n, false)
		b.f.buf = append(b.f.buf, byte(r))
		b.digit = true
	case r < utf8.RuneSelf:
		if b.in && (r == '\'' || r == '*' || r == '`' || r == '\\') && startsLetter(rest) {
			if r == '\'' {
				b.f.buf = append(b.f.buf, '\'')
			}
			return // emphasis within a word, or an escape
		}
		b.separator(n)
	case r == '’' && b.in && startsLetter(rest):
		b.f.buf = append(b.f.buf, '\'')
	case perCharacter(r):
		b.finish(n)
		b.begin(n, true)
		b.f.buf = utf8.AppendRune(b.f.buf, r)
		b.finish(n + 1)
		b.unspaced = true
	case unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) || compatible(r):
		b.letters(r, n)
	default:
		b.separator(n)
	}
}

// letters appends a letter outside ASCII, without its accents.
func (b *folder) letters(r rune, n int) {
	if dropped(r) {
		return
	}
	b.begin(n, false)
	r = unicode.ToLower(r)
	if to, ok := plainLetters[r]; ok {
		r = to
	}
	b.letter = true
	switch {
	case r < utf8.RuneSelf:
		b.latin = true
	case compatible(r):
		for _, d := range norm.NFKD.String(string(r)) {
			if d = unicode.ToLower(d); !dropped(d) {
				b.f.buf = utf8.AppendRune(b.f.buf, d)
				b.latin = b.latin || d < utf8.RuneSelf
			}
		}
		return
	default:
		b.other = b.other || confusables[r] != 0
	}
	b.f.buf = utf8.AppendRune(b.f.buf, r)
}

// dropped are accents of Latin, vowel signs of Arabic and the dot below of
// Devanagari, which writers leave out as they please.
func dropped(r rune) bool {
	return r >= 0x300 && r <= 0x36f || r >= 0x64b && r <= 0x652 || r == 0x640 || r == 0x93c
}

// plainLetters are letters that have no decomposition, or are spelt freely.
var plainLetters = map[rune]rune{
	'ł': 'l', 'ı': 'i', 'ø': 'o', 'đ': 'd', 'ß': 's', 'ё': 'е', 'أ': 'ا', 'إ': 'ا', 'آ': 'ا', 'ى': 'ي',
	'\u0958': 'क', '\u0959': 'ख', '\u095a': 'ग', '\u095b': 'ज', '\u095c': 'ड', '\u095d': 'ढ', '\u095e': 'फ',
}

// compatible reports blocks whose characters are forms of others: accented
// Latin, letter-like, enclosed, full-width and mathematical ones.
func compatible(r rune) bool {
	return r >= 0xc0 && r <= 0x24f || r >= 0x1e00 && r <= 0x1eff || r >= 0x2100 && r <= 0x214f || r >= 0x2460 && r <= 0x24ff ||
		r >= 0xff10 && r <= 0xff5a || r >= 0x1d400 && r <= 0x1d7ff || r >= 0x1f110 && r <= 0x1f189
}

// perCharacter reports scripts written without spaces.
func perCharacter(r rune) bool {
	return r >= 0x3040 && r <= 0x30ff || r >= 0x3400 && r <= 0x9fff || r >= 0xe00 && r <= 0xe7f || r >= 0x20000 && r <= 0x3ffff
}

// unspaced reports letters whose words may go on: scripts without spaces, and
// Korean, which hangs particles on its words.
func unspaced(r rune) bool { return perCharacter(r) || r >= 0xac00 && r <= 0xd7a3 }

func startsLetter(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(r) || r == '*' || r == '\\'
}

func lastRune(s string) rune {
	r, _ := utf8.DecodeLastRuneInString(s)
	return r
}

// begin starts a word at character n unless one is open. A space stands before
// it only between words of spaced scripts.
func (b *folder) begin(n int, unspaced bool) {
	if b.in {
		return
	}
	if b.space && !b.unspaced && !unspaced && len(b.f.buf) > 0 {
		b.f.buf = append(b.f.buf, ' ')
	}
	b.f.words = append(b.f.words, word{at: len(b.f.buf), start: n})
	b.in, b.space, b.unspaced = true, false, false
}

func (b *folder) separator(n int) {
	b.finish(n)
	b.space = true
}

// finish ends the open word before character n and undoes disguises in it.
func (b *folder) finish(n int) {
	if !b.in {
		return
	}
	w := &b.f.words[len(b.f.words)-1]
	w.end = n
	if w.at == len(b.f.buf) { // nothing but accents
		b.f.words = b.f.words[:len(b.f.words)-1]
		*b = folder{f: b.f, space: b.space}
		return
	}
	if b.latin && b.other || b.letter && b.digit {
		plain := make([]byte, 0, len(b.f.buf)-w.at)
		for _, r := range string(b.f.buf[w.at:]) {
			if c := confusables[r]; c != 0 && b.latin {
				r = c
			} else if r >= '0' && r <= '9' && b.letter {
				r = rune("oizeasgtbg"[r-'0'])
			}
			plain = utf8.AppendRune(plain, r)
		}
		b.f.buf = append(b.f.buf[:w.at], plain...)
	}
	*b = folder{f: b.f}
}

// leastSpaced is how many single letters in a row make a word set apart letter
// by letter ("i g n o r e"); lists and initials have fewer.
const leastSpaced = 6

// spaced are the words that are written letter by letter, put together. Their
// words are single letters, of which any may begin one of the lexicon.
func (f folded) spaced() folded {
	var out folded
	for i := 0; i < len(f.words); {
		j := i
		for j < len(f.words) && f.words[j].end-f.words[j].start == 1 && (j == i || f.words[j].start-f.words[j-1].end <= 3) {
			j++
		}
		if j-i >= leastSpaced {
			for k := i; k < j; k++ {
				w := f.words[k]
				end := len(f.buf)
				if k+1 < len(f.words) {
					end = f.words[k+1].at
				}
				letter := f.buf[w.at:end]
				if n := len(letter); n > 1 && letter[n-1] == ' ' {
					letter = letter[:n-1]
				}
				out.words = append(out.words, word{len(out.buf), w.start, w.end})
				out.buf = append(out.buf, letter...)
			}
			out.buf = append(out.buf, '\n') // no word goes on here
		}
		i = max(j, i+1)
	}
	return out
}
