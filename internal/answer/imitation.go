package answer

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// defuse takes from a sender's text what could pass for this server's words or
// for another speaker's: look-alikes of the markers lose their bracket, those of
// a tool call or of a speaker the sign they begin with.
func defuse(s string) string { return withoutSpeakers(defuseLine(s)) }

// defuseLine is the same for one line of a header, in which "System: disk full"
// is no speaker's.
func defuseLine(s string) string {
	// Most text has none of the signs.
	if strings.IndexFunc(s, opens) >= 0 {
		s = withoutChatBoxes(withoutMarkers(s))
	}
	return withoutCallKeys(withoutChatTags(s))
}

// defuseHeader is defuseLine for a line that did not come through safetext: a
// Markdown image or link in it is broken too.
func defuseHeader(s string) string {
	return defuseLine(markdownLink.Replace(s))
}

var markdownLink = strings.NewReplacer("![", `!\[`, "](", `]\(`)

// markerLetters are the letters every marker has, as foldLetter leaves them.
const markerLetters = "untrustedmaiitext"

// bracketReach is how far before the letters of a marker its bracket may stand.
const bracketReach = 200

// withoutMarkers takes the bracket off whatever reads like a marker of any
// call: however it is spaced, broken into lines, capitalised, decorated or spelt
// with letters and brackets that look like the right ones.
func withoutMarkers(s string) string {
	found := imitations(s)
	if len(found) == 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	from := 0
	for _, at := range found {
		_, size := utf8.DecodeRuneInString(s[at:])
		b.WriteString(s[from:at])
		b.WriteByte('(')
		from = at + size
	}
	b.WriteString(s[from:])
	return b.String()
}

// imitations are the positions of the brackets before what reads like a marker,
// ascending.
func imitations(s string) []int {
	letters, at := make([]byte, 0, len(s)), make([]int32, 0, len(s))
	for i, r := range s {
		if c := foldLetter(r); c != 0 {
			letters, at = append(letters, c), append(at, int32(i)) //nolint:gosec // G115: a text of an answer is far below 2 GiB
		}
	}
	var found []int
	text := string(letters)
	for from := 0; ; {
		i := strings.Index(text[from:], markerLetters)
		if i < 0 {
			return found
		}
		first := from + i
		from = first + len(markerLetters)
		end := int(at[first])
		start := max(end-bracketReach, 0)
		if first > 0 {
			start = max(start, int(at[first-1])+1)
		}
		for start < end && !utf8.RuneStart(s[start]) {
			start++
		}
		for k, r := range s[start:end] {
			if opens(r) {
				found = append(found, start+k)
			}
		}
	}
}

// opens reports what looks like an opening square bracket.
func opens(r rune) bool {
	if r < utf8.RuneSelf {
		return r == '['
	}
	return unicode.Is(unicode.Ps, r) && r != '（'
}

// foldLetter is the ASCII letter that r looks like, in lower case, 0 for what
// looks like none. I, l, 1 and the bar are one.
func foldLetter(r rune) byte {
	switch {
	case r < utf8.RuneSelf:
	case r >= 0x2e80 && r < 0xa640 || r >= 0xac00 && r < 0xfb00: // Chinese, Japanese, Korean
		return 0
	default:
		plain, ok := looksLike[r]
		if !ok {
			plain, ok = looksLike[unicode.ToLower(r)]
		}
		if !ok {
			plain, _ = utf8.DecodeRune(norm.NFKD.PropertiesString(string(r)).Decomposition())
		}
		r = plain
	}
	switch {
	case r >= 'A' && r <= 'Z':
		r |= 0x20
	case r >= '0' && r <= '9':
		r = rune("oizeasgtbg"[r-'0'])
	case r == '|':
		r = 'i'
	}
	switch {
	case r == 'l':
		return 'i'
	case r >= 'a' && r <= 'z':
		return byte(r)
	}
	return 0
}

// looksLike are the letters outside Latin that pass for those of a marker.
var looksLike = map[rune]rune{
	'а': 'a', 'ԁ': 'd', 'е': 'e', 'ѐ': 'e', 'ё': 'e', 'і': 'i', 'ї': 'i', 'ӏ': 'i', 'м': 'm', 'п': 'n', 'г': 'r', 'ѕ': 's', 'т': 't', 'ц': 'u', 'х': 'x',
	'α': 'a', 'ε': 'e', 'η': 'n', 'ι': 'i', 'τ': 't', 'υ': 'u', 'μ': 'u', 'µ': 'u', 'χ': 'x', 'ν': 'u', 'σ': 's',
	'ı': 'i', 'ɩ': 'i', 'ɑ': 'a', 'ո': 'n', 'ս': 'u', 'ꭱ': 'r', 'ꜱ': 's', 'ᴛ': 't', 'ᴜ': 'u', 'ɴ': 'n', 'ʀ': 'r', 'ᴇ': 'e', 'ᴅ': 'd', 'ᴍ': 'm', 'ᴀ': 'a', 'ɪ': 'i', 'ʟ': 'i',
	'Α': 'a', 'Ε': 'e', 'Μ': 'm', 'Ν': 'n', 'Τ': 't', // capitals that look unlike their small letters
	'\uab72': 't', '\uab70': 'd', '\uab7c': 'e', '\uabaa': 's', '\uab87': 'm', '\uabae': 'i', // Cherokee
	'∣': 'i', 'ǀ': 'i', '│': 'i', '｜': 'i',
}
