package safety

import (
	"net/netip"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"

	"mail-imap-mcp/internal/message"
)

// organisation is the registrable domain of a host (the public suffix and one
// label), lower-case and in ASCII where that is possible; the host itself when
// it has none. RFC 7489 §3.2 calls it the organizational domain.
func organisation(host string) string {
	host = strings.ToLower(strings.Trim(host, "."))
	if ascii, err := idna.ToASCII(host); err == nil {
		host = ascii
	}
	if org, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return org
	}
	return host
}

// domainOf is the domain of an address, lower-case; "" when there is none.
func domainOf(address string) string {
	_, domain, ok := lastCut(address, "@")
	if !ok {
		return ""
	}
	return strings.ToLower(strings.Trim(domain, ".> "))
}

func lastCut(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// isHostName reports letters, digits, hyphens and dots, as DNS has them.
func isHostName(s string) bool {
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '.' {
			return false
		}
	}
	return s != ""
}

// isPublicName reports a name anyone can own: two labels or more, and no
// address. Names under .internal, .local and the like are private (RFC 6762,
// ICANN 2024).
func isPublicName(host string) bool {
	host = strings.Trim(strings.ToLower(host), "[].")
	if _, err := netip.ParseAddr(strings.TrimPrefix(host, "ipv6:")); err == nil {
		return false
	}
	for _, private := range []string{".internal", ".local", ".localdomain", ".lan"} {
		if strings.HasSuffix(host, private) {
			return false
		}
	}
	return strings.Contains(host, ".")
}

// receivedBy is the host that wrote a Received field (RFC 5321 §4.4), as far
// as it says so: what stands behind "by", outside of comments.
func receivedBy(value string) string {
	tokens := resultTokens(value)
	for i, t := range tokens {
		if strings.EqualFold(t.text, "by") && i+1 < len(tokens) {
			return strings.ToLower(tokens[i+1].text)
		}
	}
	return ""
}

// addressesOf reads the first field of a name.
func addressesOf(h message.Header, name string) []message.Address {
	if v := h.Get(name); v != "" {
		return message.ParseAddresses(v)
	}
	return nil
}

func countFields(h message.Header, name string) int {
	n := 0
	for _, f := range h.Fields() {
		if strings.EqualFold(f.Name, name) {
			n++
		}
	}
	return n
}
