package safety

import (
	"strings"

	"golang.org/x/net/idna"

	"mail-imap-mcp/internal/message"
)

// lookAlike reports two different domains of different organisations that read
// alike: equal once confusable characters are one (UTS #39 §4), or one edit
// apart in a name of at least leastSimilar characters, as a typist's slip is.
func lookAlike(a, b string) bool {
	a, b = organisation(a), organisation(b)
	if a == b || a == "" || b == "" {
		return false
	}
	ua, ub := unicodeDomain(a), unicodeDomain(b)
	if skeleton(ua) == skeleton(ub) {
		return true
	}
	na, sa, _ := strings.Cut(ua, ".")
	nb, sb, _ := strings.Cut(ub, ".")
	return sa == sb && len(na) >= leastSimilar && len(nb) >= leastSimilar && oneEdit(na, nb)
}

// leastSimilar is the length from which one letter's difference is more likely
// made than chance.
const leastSimilar = 7

// oneEdit reports strings that differ by one letter replaced, added, left out,
// or two neighbours swapped; digits alone may differ (mail1, mail2).
func oneEdit(a, b string) bool {
	if len(a) < len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(b) && a[i] == b[i] {
		i++
	}
	isDigit := func(s string, i int) bool { return i < len(s) && s[i] >= '0' && s[i] <= '9' }
	if isDigit(a, i) && (isDigit(b, i) || len(a) > len(b)) {
		return false
	}
	switch len(a) - len(b) {
	case 0:
		return a[i+1:] == b[i+1:] || (i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:])
	case 1:
		return a[i+1:] == b[i:]
	}
	return false
}

func unicodeDomain(domain string) string {
	if u, err := idna.ToUnicode(domain); err == nil {
		return u
	}
	return domain
}

// domainTrouble says what is wrong with a domain that may deceive, "" when
// nothing is.
func domainTrouble(domain string) string { return message.DomainTrouble(domain) }

// confusables are the letters most used to imitate lower-case Latin ones.
var confusables = map[rune]rune{
	'а': 'a', 'с': 'c', 'ԁ': 'd', 'е': 'e', 'һ': 'h', 'і': 'i', 'ј': 'j', 'ӏ': 'l', 'м': 'm', 'п': 'n', 'о': 'o', 'р': 'p', 'ԛ': 'q',
	'г': 'r', 'ѕ': 's', 'т': 't', 'ц': 'u', 'ѵ': 'v', 'ԝ': 'w', 'х': 'x', 'у': 'y', 'к': 'k', 'в': 'b', 'н': 'h',
	'α': 'a', 'β': 'b', 'ε': 'e', 'η': 'n', 'ι': 'i', 'κ': 'k', 'ν': 'v', 'ο': 'o', 'ρ': 'p', 'τ': 't', 'υ': 'u', 'χ': 'x', 'γ': 'y', 'ω': 'w',
	'ı': 'i', 'ɑ': 'a', 'ɡ': 'g', 'ɩ': 'i', 'ց': 'g', 'օ': 'o', 'ո': 'n', 'ս': 'u',
}

// skeleton makes characters that look alike the same (UTS #39 §4).
func skeleton(s string) string { return message.Skeleton(s) }
