package safety

import (
	"net/netip"
	"strings"

	"golang.org/x/net/publicsuffix"

	"mail-imap-mcp/internal/safetext"
)

// maxLinks is how many links are looked at; safetext.Result has at most 200.
const maxLinks = 200

// links draws what a link's text and its target say of each other.
func (d *drawer) links(f Facts) {
	for _, l := range f.Links[:min(len(f.Links), maxLinks)] {
		shown := l.Text + " → " + l.URL
		if l.Host == "" {
			d.mailLink(l, shown)
			continue
		}
		host := strings.ToLower(l.Host)
		if claimed := claimedHost(l.Text); claimed != "" && organisation(claimed) != organisation(host) {
			d.add(Signal{Kind: KindLinkText, Message: "A link's text names another host than it leads to.", Evidence: claimed + " leads to " + host})
		}
		switch {
		case isAddress(host):
			d.add(Signal{Kind: KindLinkAddress, Message: "A link leads to a bare IP address.", Evidence: shown})
		case strings.Contains(host, "xn--"):
			why := "may be an honest name in another script"
			if trouble := domainTrouble(host); trouble != "" {
				why = trouble
			}
			d.add(Signal{Kind: KindLinkPunycode, Message: "A link leads to a host with letters outside ASCII, which " + why + ".", Evidence: unicodeDomain(host) + " (" + host + ")"})
		}
		if user := userInfo(l); user != "" {
			d.add(Signal{Kind: KindLinkUser, Message: "A link has text before an @ that can pass for its host.", Evidence: user + "@" + host})
		}
		for _, own := range f.Own {
			if lookAlike(host, domainOf(own)) {
				d.add(Signal{Kind: KindLookAlike, Message: "A link's host reads like your own domain and is another.", Evidence: host + " beside " + domainOf(own)})
			}
		}
	}
}

// mailLink compares the address a mailto link shows with the one it has.
func (d *drawer) mailLink(l safetext.Link, shown string) {
	target, ok := strings.CutPrefix(strings.ToLower(l.URL), "mailto:")
	claimed := addressInText(strings.ToLower(l.Text))
	if !ok || claimed == "" || strings.Contains(target, "%") {
		return
	}
	if organisation(domainOf(claimed)) != organisation(domainOf(target)) {
		d.add(Signal{Kind: KindLinkText, Message: "A link's text names another address than it writes to.", Evidence: shown})
	}
}

// claimedHost is the host a link's text says it leads to, "" when it says
// none. Words with a dot are no hosts unless they say so or end like one: file
// names ("report.pdf") and sentences ("done.Thanks") stay out.
func claimedHost(text string) string {
	text = writtenHosts.Replace(text[:min(len(text), 500)])
	for _, c := range hostsInText(text, maxPerKind) {
		host := strings.ToLower(text[c.host.start:c.host.end])
		if at := c.whole.start; at > 0 && (text[at-1] == '@' || text[at-1] == '/') {
			continue // an address, or a path
		}
		if c.told || knownEnding(host) && (c.whole.end == len(text) || text[c.whole.end] != '@') {
			return host
		}
	}
	return ""
}

// writtenHosts takes Markdown's escapes off, and reads the full stop of Chinese as
// browsers do.
var writtenHosts = strings.NewReplacer(`\`, "", "。", ".")

// knownEnding reports a host whose last labels are on the public suffix list
// and are no usual file ending. Names that platforms give out (github.io) are on the
// list too.
func knownEnding(host string) bool {
	ascii := organisation(host)
	suffix, icann := publicsuffix.PublicSuffix(ascii)
	if suffix == "example" || suffix == "test" {
		return suffix != ascii // RFC 2606: hosts in documentation, and in tests
	}
	if !icann && !strings.Contains(suffix, ".") || suffix == ascii {
		return false
	}
	switch suffix {
	// Also endings of files and short forms of words.
	case "zip", "mov", "md", "py", "sh", "rs", "pl", "ps", "so", "app", "doc", "cc", "as", "in", "is", "it", "at", "to", "do", "no", "me", "my", "am", "be":
		return strings.HasPrefix(host, "www.") || strings.Count(host, ".") > 1
	}
	return true
}

func isAddress(host string) bool {
	host = strings.Trim(host, "[]")
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	// 2130706433 and 0x7f000001 are addresses to a browser (WHATWG URL §3.5).
	if strings.HasPrefix(host, "0x") {
		return strings.Trim(host[2:], "0123456789abcdef.x") == ""
	}
	return host != "" && strings.Trim(host, "0123456789.") == ""
}

// userInfo is what stands before the @ of a link's authority. safetext removes
// it from targets, so the text is looked at too.
func userInfo(l safetext.Link) string {
	for _, s := range []string{l.URL, l.Text} {
		_, rest, ok := strings.Cut(s, "://")
		if !ok {
			continue
		}
		if i := strings.IndexAny(rest, "/?# "); i >= 0 {
			rest = rest[:i]
		}
		if user, _, ok := lastCut(rest, "@"); ok && user != "" {
			return user
		}
	}
	return ""
}
