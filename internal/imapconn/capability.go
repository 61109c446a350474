package imapconn

import (
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"
)

// maxCaps bounds how many capabilities are kept; the longest real list has
// about 60.
const maxCaps = 256

// parseCaps reads capability-data (RFC 9051 §7.2.2). Words that are no atoms
// are dropped: they will be shown to people and put before go-imap's parser.
func parseCaps(s string) imap.CapSet {
	caps := imap.CapSet{}
	for word := range strings.FieldsSeq(s) {
		if len(caps) < maxCaps && len(word) <= 64 && isAtom(word) {
			caps[canonicalCap(word)] = struct{}{}
		}
	}
	return caps
}

// canonicalCap undoes a server's own spelling: capability names ignore case
// (RFC 9051 §9), but go-imap compares them exactly.
func canonicalCap(word string) imap.Cap {
	upper := strings.ToUpper(word)
	switch upper {
	case "IMAP4REV1":
		return imap.CapIMAP4rev1
	case "IMAP4REV2":
		return imap.CapIMAP4rev2
	}
	return imap.Cap(upper)
}

func isAtom(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] >= 0x7f || strings.IndexByte(`(){%*"\]`, s[i]) >= 0 {
			return false
		}
	}
	return s != ""
}

// sortedCaps lists capabilities for a person.
func sortedCaps(caps imap.CapSet) []string {
	names := make([]string, 0, len(caps))
	for c := range caps {
		names = append(names, string(c))
	}
	slices.Sort(names)
	return names
}

// greetingFor is the greeting go-imap is shown when it takes over a signed-in
// connection: with capabilities, for without them it would ask by itself.
func greetingFor(caps imap.CapSet) string {
	names := sortedCaps(caps)
	if len(names) == 0 {
		names = []string{string(imap.CapIMAP4rev1)}
	}
	return "* PREAUTH [CAPABILITY " + strings.Join(names, " ") + "] signed in\r\n"
}

// CapGmail is Gmail's own extension.
const CapGmail imap.Cap = "X-GM-EXT-1"
