package message

import (
	"strings"
	"unicode"

	"golang.org/x/net/idna"

	"mail-imap-mcp/internal/safetext"
)

// showDomain shows the internationalised domain of an address in Unicode if no
// label of it can pass for another, else in its ASCII form (xn--…), in which
// the deceit shows.
func showDomain(address string) string {
	at := strings.LastIndexByte(address, '@')
	return address[:at+1] + shownDomain(address[at+1:])
}

func shownDomain(domain string) string {
	if !strings.Contains(strings.ToLower(domain), "xn--") && isASCII([]byte(domain)) {
		return domain
	}
	shown, err := idna.ToUnicode(strings.ToLower(domain))
	if err == nil && shown == safetext.Line(shown) && harmless(shown) {
		return shown
	}
	if ascii, err := idna.ToASCII(domain); err == nil && isASCII([]byte(ascii)) {
		return ascii
	}
	// What cannot be put in ASCII is no domain; it is shown so that it
	// cannot be taken for one.
	return strings.Map(func(r rune) rune {
		if r >= 0x80 {
			return '?'
		}
		return r
	}, domain)
}

// scripts a label may be in; those of one row may stand together (UTS #39
// §5.2, highly restrictive).
var scripts = [][]*unicode.RangeTable{
	{unicode.Latin},
	{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Latin},
	{unicode.Han, unicode.Bopomofo, unicode.Latin},
	{unicode.Han, unicode.Hangul, unicode.Latin},
	{unicode.Cyrillic},
	{unicode.Greek},
	{unicode.Arabic},
	{unicode.Hebrew},
	{unicode.Devanagari},
	{unicode.Thai},
	{unicode.Armenian},
	{unicode.Georgian},
	{unicode.Bengali},
	{unicode.Tamil},
	{unicode.Telugu},
	{unicode.Gujarati},
	{unicode.Gurmukhi},
	{unicode.Kannada},
	{unicode.Malayalam},
	{unicode.Sinhala},
	{unicode.Ethiopic},
	{unicode.Khmer},
}

// latinLookalikes are Cyrillic and Greek letters drawn like Latin ones: a label
// of nothing else reads as Latin.
const latinLookalikes = "асеорхуіјѕԁһԛԝӏвкмнтгпꙇьαιορνυχκτγ"

func harmless(domain string) bool {
	for label := range strings.SplitSeq(domain, ".") {
		if !harmlessLabel(label) {
			return false
		}
	}
	return true
}

func harmlessLabel(label string) bool {
	if isASCII([]byte(label)) {
		return !strings.HasPrefix(label, "xn--")
	}
	distinct := false
	for _, r := range label {
		if r >= 0x80 && !strings.ContainsRune(latinLookalikes, r) {
			distinct = true
		}
		if r >= 0x80 && !unicode.In(r, unicode.L, unicode.M, unicode.Nd) {
			return false // separators and symbols that imitate dots and slashes
		}
	}
	if !distinct {
		return false
	}
	for _, row := range scripts {
		if inScripts(label, row) {
			return true
		}
	}
	return false
}

func inScripts(label string, row []*unicode.RangeTable) bool {
	for _, r := range label {
		if r == '-' || (r >= '0' && r <= '9') || r >= 0x80 && unicode.In(r, unicode.Inherited, unicode.Common) {
			continue
		}
		if !unicode.In(r, row...) {
			return false
		}
	}
	return true
}
