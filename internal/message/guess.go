package message

import (
	"bytes"
	"strings"
	"unicode"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// betrayed names the charset that the bytes themselves give away, whatever was
// declared; "" when they do not. The declared one is none of those it may find.
func betrayed(b []byte, declared string) string {
	if declared == "" || isASCIIName(declared) || declared == "utf-8" {
		// ISO-2022-JP designates its two sets so (RFC 1468); no text does.
		if bytes.Contains(b, []byte("\x1b$B")) || bytes.Contains(b, []byte("\x1b$@")) {
			return "iso-2022-jp"
		}
		if bytes.Contains(b, []byte("\x1b$)C")) {
			return "iso-2022-kr"
		}
	}
	if zeros := bytes.Count(b[:min(len(b), guessBytes)], []byte{0}); zeros*5 > min(len(b), guessBytes)*2 && len(b) >= 4 {
		return utf16Order(b)
	}
	return ""
}

// utf16Order tells by where the zeros of Latin letters, digits and blanks stand
// in which order the bytes of UTF-16 come; big endian when nothing tells (RFC
// 2781 §4.3).
func utf16Order(b []byte) string {
	var zeros [2]int
	for i, c := range b[:min(len(b), guessBytes)] {
		if c == 0 {
			zeros[i%2]++
		}
	}
	if zeros[1] > zeros[0] {
		return "utf-16le"
	}
	return "utf-16be"
}

// guessBytes is how much of a text is looked at to guess its charset.
const guessBytes = 8 << 10

// guess is a charset that a text may be in.
type guess struct {
	name     string
	encoding encoding.Encoding
	// common are letters that are frequent in every text in it, and least the
	// share that they have of its letters; a text in another charset falls far
	// below it.
	common func(r rune) bool
	least  float64
}

// commonHan are the most frequent characters of Chinese, in both scripts.
const commonHan = "的一是了我不人在他有這这個个上們们來来到時时大地為为子中你說说生國国年著着就那和要出也得里後后自以會会家可下而過过天去能對对小多然於于心學学" +
	"么之都好看起發发當当沒没成只如事把還还用第樣样道想作種种開开從从無无情己面最但現现前些所同日手又行意動动方期它經经長长回位分很給给名法間间知什兩两次使者被高已其進进此話话常與与正您請请信附件貴贵公司"

// guesses are in order of how surely they can be told: kana and the common
// characters stand where the other charsets have rare ones.
func guesses() []guess {
	kana := func(r rune) bool { return r >= 0x3041 && r <= 0x30fe }
	han := func(r rune) bool { return strings.ContainsRune(commonHan, r) }
	hangul := func(r rune) bool { return r >= 0xac00 && r <= 0xd7a3 }
	// Most letters are small ones, which the two have in opposite places.
	cyrillic := func(r rune) bool { return r >= 'а' && r <= 'я' }
	return []guess{
		{"euc-jp", japanese.EUCJP, kana, 0.35},
		{"shift_jis", japanese.ShiftJIS, kana, 0.35},
		{"gb18030", simplifiedchinese.GB18030, han, 0.15},
		{"big5", traditionalchinese.Big5, han, 0.15},
		{"euc-kr", korean.EUCKR, hangul, 0.8},
		{"windows-1251", charmap.Windows1251, cyrillic, 0.7},
		{"koi8-r", charmap.KOI8R, cyrillic, 0.7},
	}
}

// guessCharset guesses the charset of a text that names none, or one that nobody
// knows, if its bytes above ASCII are more than the accents of a European
// language: nil when there are too few to tell.
func guessCharset(b []byte) *guess {
	b = b[:min(len(b), guessBytes)]
	high, letters := 0, 0
	for _, c := range b {
		switch {
		case c >= 0x80:
			high++
		case isAlphanumeric(rune(c)):
			letters++
		}
	}
	const enough = 8
	if high < enough || high < letters {
		return nil
	}
	for _, g := range guesses() {
		text, err := g.encoding.NewDecoder().Bytes(b)
		if err == nil && commonShare(string(text), g.common) >= g.least {
			return &g
		}
	}
	return nil
}

// commonShare is how many of the letters above ASCII are common ones.
func commonShare(text string, common func(rune) bool) float64 {
	all, good := 0, 0
	for _, r := range text {
		switch {
		case r < 0x80 || unicode.IsPunct(r) || unicode.IsSpace(r):
		case r == unicode.ReplacementChar:
			all += 10
		case common(r):
			all++
			good++
		default:
			all++
		}
	}
	if all == 0 {
		return 0
	}
	return float64(good) / float64(all)
}
