package message

import (
	"strings"
	"unicode"
)

const (
	// maxBareLocal is the longest local part (RFC 5321 §4.5.3.1.1).
	maxBareLocal = 64

	// maxBareDomain is the most characters of a domain: an address has at most
	// 254 bytes (RFC 5321 §4.5.3.1.3).
	maxBareDomain = 190
)

// IsBareAddress reports an address in which there is no room for a sentence: a
// local part of ASCII letters, digits and a few signs, and a domain that may have
// letters of any script. It is no regular expression, because one with counts of
// such letters costs 6 MB.
func IsBareAddress(s string) bool {
	local, domain, found := strings.Cut(s, "@")
	if !found || local == "" || len(local) > maxBareLocal {
		return false
	}
	for i := range len(local) {
		if !isBareLocal(local[i]) {
			return false
		}
	}
	n := 0
	for _, r := range domain {
		if n++; n > maxBareDomain || !isBareDomain(r) {
			return false
		}
	}
	return n > 0
}

func isBareLocal(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("._+=-", c) >= 0
}

func isBareDomain(r rune) bool {
	return r == '.' || r == '-' || unicode.In(r, unicode.Letter, unicode.Mark, unicode.Number)
}
