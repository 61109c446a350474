package message

import (
	"bytes"
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
	// common are the letters that most of a text in it consists of.
	common func(r rune) bool
}

func isKana(r rune) bool { return r >= 0x3041 && r <= 0x30fe }

// isCommonHan are the characters of everyday: all lists of a few thousand lie
// in this block, as do the rare ones, so it is a weak sign.
func isCommonHan(r rune) bool { return r >= 0x4e00 && r <= 0x9fa5 }

func guesses() []guess {
	return []guess{
		{"euc-jp", japanese.EUCJP, isKana},
		{"shift_jis", japanese.ShiftJIS, isKana},
		{"euc-kr", korean.EUCKR, func(r rune) bool { return r >= 0xac00 && r <= 0xd7a3 }},
		{"gb18030", simplifiedchinese.GB18030, isCommonHan},
		{"big5", traditionalchinese.Big5, isCommonHan},
		{"windows-1251", charmap.Windows1251, func(r rune) bool { return r >= 'а' && r <= 'я' }},
		{"koi8-r", charmap.KOI8R, func(r rune) bool { return r >= 'а' && r <= 'я' }},
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
	var best *guess
	most := 0.6 // of the characters above ASCII; less is chance
	for _, g := range guesses() {
		text, err := g.encoding.NewDecoder().Bytes(b)
		if err != nil {
			continue
		}
		if share := commonShare(string(text), g.common); share > most {
			best, most = &g, share
		}
	}
	return best
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
