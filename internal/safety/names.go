package safety

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// This file finds host names and addresses in running text. A regular expression
// says it in a line, but counts of \p{L} unroll: three of them took 4 ms and 800
// kB at every start, and more at each search than these loops.

const (
	// maxLabel is the longest part of a host name (RFC 1035 §2.3.4), in characters.
	maxLabel = 63

	// minEnding and maxEnding are the letters of a top-level domain's name; the
	// longest registered has 24.
	minEnding, maxEnding = 2, 24

	// maxLocalPart is the longest local part (RFC 5321 §4.5.3.1.1).
	maxLocalPart = 64

	// maxDomain is the longest host name before its ending.
	maxDomain = 253
)

// span is a place in a text, in bytes.
type span struct{ start, end int }

// letterOrDigit is \p{L} or \p{N}.
func letterOrDigit(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }

// letterAnyCase is \p{L} where case does not count: U+0345 is a mark whose
// capital is a letter.
func letterAnyCase(r rune) bool { return unicode.IsLetter(r) || r == '\u0345' }

func localPart(r rune) bool { return letterOrDigit(r) || strings.ContainsRune("._%+-", r) }

// run counts the characters from the beginning of s that fit, at most most, and
// says how many bytes they are.
func run(s string, most int, fits func(rune) bool) (n, size int) {
	for n < most {
		r, width := utf8.DecodeRuneInString(s[size:])
		if width == 0 || !fits(r) {
			break
		}
		n, size = n+1, size+width
	}
	return n, size
}

// label is the size of the host's part at the beginning of s with the dot behind
// it: letters and digits, hyphens between them. 0: none.
func label(s string) int {
	first, last := utf8.RuneError, utf8.RuneError
	n, size := run(s, maxLabel+1, func(r rune) bool {
		if !letterAnyCase(r) && !unicode.IsNumber(r) && r != '-' {
			return false
		}
		if first == utf8.RuneError {
			first = r
		}
		last = r
		return true
	})
	if n == 0 || n > maxLabel || first == '-' || last == '-' || size == len(s) || s[size] != '.' {
		return 0
	}
	return size + 1
}

// hostAt is the size of the host name at the beginning of s: up to most labels,
// and what ending finds behind them. As many labels as can be. 0: none.
func hostAt(s string, most int, ending func(string) int) int {
	ends := make([]int, 0, 8)
	for at := 0; len(ends) < most; {
		size := label(s[at:])
		if size == 0 {
			break
		}
		at += size
		ends = append(ends, at)
	}
	for i := len(ends) - 1; i >= 0; i-- {
		if size := ending(s[ends[i]:]); size > 0 {
			return ends[i] + size
		}
	}
	return 0
}

// lettersEnding are letters alone, so that numbers and versions are no hosts.
func lettersEnding(s string) int {
	if n, size := run(s, maxEnding, letterAnyCase); n >= minEnding {
		return size
	}
	return 0
}

// wordEnding begins with a letter; "xn--p1ai" has more in it.
func wordEnding(s string) int {
	r, width := utf8.DecodeRuneInString(s)
	if width == 0 || !letterAnyCase(r) {
		return 0
	}
	n, size := run(s[width:], maxEnding-1, func(r rune) bool { return letterAnyCase(r) || unicode.IsNumber(r) || r == '-' })
	if n+1 < minEnding {
		return 0
	}
	return width + size
}

// findAll finds up to most matches in s, which do not overlap. match says how
// long the one at the beginning of its argument is.
func findAll(s string, most int, match func(string) int) []span {
	var found []span
	for at := 0; at < len(s) && len(found) < most; {
		if size := match(s[at:]); size > 0 {
			found = append(found, span{at, at + size})
			at += size
			continue
		}
		_, width := utf8.DecodeRuneInString(s[at:])
		at += width
	}
	return found
}

// claim is a host in a link's text: told is that a scheme or www stands before
// it, where whole begins.
type claim struct {
	whole, host span
	told        bool
}

// maxHostLabels before the ending of a host in a link's text, and maxNamedLabels
// of one in a display name.
const maxHostLabels, maxNamedLabels = 8, 5

// hostsInText finds up to most hosts in a link's text: with a scheme or www, or
// alone.
func hostsInText(s string, most int) []claim {
	if !strings.Contains(s, ".") {
		return nil
	}
	var list []claim
	for _, whole := range findAll(s, most, func(rest string) int {
		before, host := toldHost(rest)
		return before + host
	}) {
		before, _ := toldHost(s[whole.start:])
		list = append(list, claim{whole: whole, host: span{whole.start + before, whole.end}, told: before > 0})
	}
	return list
}

// toldHost is the size of a scheme or www at the beginning of s and of the host
// behind it; where none is behind it, that of the host alone.
func toldHost(s string) (before, host int) {
	if before = scheme(s); before > 0 {
		if host = hostAt(s[before:], maxHostLabels, wordEnding); host > 0 {
			return before, host
		}
	}
	return 0, hostAt(s, maxHostLabels, wordEnding)
}

// scheme is the size of what says that a host follows. ſ is an s to whoever
// ignores case.
func scheme(s string) int {
	for _, p := range []string{"http://", "https://", "httpſ://", "www."} {
		if len(s) >= len(p) && strings.EqualFold(s[:len(p)], p) {
			return len(p)
		}
	}
	return 0
}

// namedAddresses finds addresses and host names in a display name.
func namedAddresses(s string, most int) []string {
	if !strings.Contains(s, ".") {
		return nil
	}
	var list []string
	for _, m := range findAll(s, most, func(rest string) int {
		n, size := run(rest, maxLocalPart+1, func(r rune) bool { return localPart(r) || r == '\u0345' })
		if n > 0 && n <= maxLocalPart && size < len(rest) && rest[size] == '@' {
			if host := hostAt(rest[size+1:], maxNamedLabels, lettersEnding); host > 0 {
				return size + 1 + host
			}
		}
		return hostAt(rest, maxNamedLabels, lettersEnding)
	}) {
		list = append(list, s[m.start:m.end])
	}
	return list
}

// addressInText is the first address in s, "" for none.
func addressInText(s string) string {
	if !strings.Contains(s, "@") {
		return ""
	}
	found := findAll(s, 1, addressAt)
	if len(found) == 0 {
		return ""
	}
	return s[found[0].start:found[0].end]
}

// addressAt is the size of the address at the beginning of s. Of the dots in its
// domain the last that has letters behind it begins the ending.
func addressAt(s string) int {
	n, at := run(s, maxLocalPart+1, localPart)
	if n == 0 || n > maxLocalPart || at == len(s) || s[at] != '@' {
		return 0
	}
	at++
	_, size := run(s[at:], maxDomain+1, func(r rune) bool { return letterOrDigit(r) || r == '.' || r == '-' })
	for domain := s[at : at+size]; ; {
		dot := strings.LastIndexByte(domain, '.')
		if dot <= 0 {
			return 0
		}
		if n, size := run(s[at+dot+1:], maxEnding, unicode.IsLetter); n >= minEnding {
			return at + dot + 1 + size
		}
		domain = domain[:dot]
	}
}
