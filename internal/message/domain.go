package message

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"

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

func harmless(domain string) bool {
	for label := range strings.SplitSeq(domain, ".") {
		if labelTrouble(label) != "" {
			return false
		}
	}
	return true
}

// maxDomain bounds what is looked at; RFC 1035 §2.3.4 allows 255.
const maxDomain = 1000

// DomainTrouble says in words why a domain, in Unicode or in its ASCII form, can
// pass for another: invisible characters, letters of several scripts in one
// label, or letters that all look Latin and are not (UTS #39 §4, §5). It is ""
// when the domain is harmless, which any plain ASCII one is.
func DomainTrouble(domain string) string {
	domain = strings.TrimSuffix(strings.TrimSpace(domain), ".")
	if !utf8.ValidString(domain) || len(domain) > maxDomain {
		return "is no domain"
	}
	if domain != safetext.Line(domain) {
		return "holds invisible characters"
	}
	for label := range strings.SplitSeq(strings.ToLower(domain), ".") {
		if shown, err := idna.ToUnicode(label); err == nil {
			label = shown
		}
		if label != safetext.Line(label) {
			return "holds invisible characters"
		}
		if trouble := labelTrouble(label); trouble != "" {
			return trouble
		}
	}
	return ""
}

func labelTrouble(label string) string {
	if isASCII([]byte(label)) {
		if strings.HasPrefix(label, "xn--") {
			return fmt.Sprintf("has a label that does not decode (%s)", shortLabel(label))
		}
		return ""
	}
	distinct := false
	for _, r := range label {
		if r >= 0x80 && !looksLatin(r) {
			distinct = true
		}
		// The joiners that are left belong to the script (RFC 5892 appendix A).
		if r >= 0x80 && !unicode.In(r, unicode.L, unicode.M, unicode.Nd, unicode.Join_Control) {
			// Separators and symbols that imitate dots and slashes.
			return "holds characters that no domain has"
		}
	}
	switch {
	case norm.NFKC.String(label) != norm.NFC.String(label):
		return "is written in letters of another form, such as full-width ones"
	case mixesScripts(label):
		return fmt.Sprintf("mixes letters of several scripts in one word: it reads like %q", shortLabel(Skeleton(label)))
	case !distinct:
		return fmt.Sprintf("is written in letters that only look Latin: it reads like %q", shortLabel(Skeleton(label)))
	}
	return ""
}

// shortLabel bounds what is quoted; RFC 1035 §2.3.4 allows 63.
func shortLabel(s string) string {
	r := []rune(safetext.Line(s))
	return string(r[:min(len(r), 63)])
}

// mixesScripts reports letters that do not belong in one word.
func mixesScripts(word string) bool {
	for _, row := range scripts {
		if inScripts(word, row) {
			return false
		}
	}
	return true
}

// Deceptive says in words why the address can pass for another's: see
// DomainTrouble, and likewise for a word of the display name; "" when it cannot.
func (a Address) Deceptive() string {
	var trouble Note
	if _, domain, ok := strings.Cut(a.Address, "@"); ok {
		if words := DomainTrouble(domain[strings.LastIndexByte(domain, '@')+1:]); words != "" {
			trouble.add("the domain " + words)
		}
	}
	for word := range strings.FieldsFuncSeq(a.Name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.Is(unicode.M, r) }) {
		foreign := strings.ContainsFunc(word, func(r rune) bool { return r >= 0x80 && !looksLatin(r) })
		if !foreign && mixesScripts(word) {
			trouble.add(fmt.Sprintf("the name mixes letters of several scripts in one word: it reads like %q", shortLabel(Skeleton(word))))
		}
	}
	return trouble.String()
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
