package safety

import "strings"

// provider is a mail provider whose receiving servers sign their results with
// ids that were seen in mail. docs/safety.md has the sources.
type provider struct {
	hosts []string // IMAP hosts; ".x" means x and every host below it
	ids   []string // authserv-ids; "*.x" means every host below x
	// by are domains of its servers, as Received fields name them, beyond the
	// domains of its ids.
	by []string
	// noID: its results name no authserv-id, so that their place must prove them.
	noID bool
}

// providers by IMAP host. Where a provider's id was not seen, it is not listed:
// its verdicts are unknown until the account names the id.
var providers = []provider{
	{hosts: []string{"imap.gmail.com", "imap.googlemail.com"}, ids: []string{"mx.google.com"}},
	{
		hosts: []string{".outlook.com", ".office365.com", ".hotmail.com", ".live.com"},
		by:    []string{"outlook.com", "office365.com", "hotmail.com"}, noID: true,
	},
	{
		hosts: []string{".mail.yahoo.com", ".mail.yahoo.co.uk", ".aol.com"},
		ids:   []string{"*.yahoo.com"},
	},
	{
		hosts: []string{".mail.me.com", ".icloud.com"},
		ids:   []string{"dmarc.icloud.com", "dkim-verifier.icloud.com", "spf.icloud.com", "arc.icloud.com", "bimi.icloud.com"},
		by:    []string{"apple.com", "me.com"},
	},
	{hosts: []string{".fastmail.com", ".messagingengine.com"}, ids: []string{"*.messagingengine.com"}},
	{hosts: []string{".gmx.net", ".gmx.com", ".gmx.de", ".gmx.at", ".gmx.ch"}, ids: []string{"gmx.net"}},
	{hosts: []string{".zoho.com", ".zoho.eu", ".zoho.in"}, ids: []string{"mx.zohomail.com", "mx.zoho.com"}},
	{hosts: []string{".mail.ru"}, ids: []string{"mxs.mail.ru"}},
	{hosts: []string{".yandex.com", ".yandex.ru"}, ids: []string{"*.yandex.net"}},
	{hosts: []string{".posteo.de", ".posteo.net"}, ids: []string{"posteo.de"}},
	// Proton Bridge listens on the own machine, so its host says nothing; an
	// account that uses it names mail.protonmail.ch.
}

// trust says whose results count for an account.
type trust struct {
	ids  []string // as in provider
	by   []string
	noID bool
}

// trustOf decides by what the account names, else by its IMAP host.
func trustOf(host, named string) trust {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	var t trust
	for _, p := range providers {
		for _, h := range p.hosts {
			if sub := strings.HasPrefix(h, "."); host == strings.TrimPrefix(h, ".") || sub && strings.HasSuffix(host, h) {
				t = trust{p.ids, p.by, p.noID}
			}
		}
	}
	if strings.TrimSpace(named) != "" {
		t.ids, t.noID = nil, false
		for id := range strings.SplitSeq(strings.ToLower(named), ",") {
			id = strings.TrimSuffix(strings.TrimSpace(id), ".")
			if strings.HasPrefix(id, ".") {
				id = "*" + id
			}
			if id != "" && id != "*." {
				t.ids = append(t.ids, id)
			}
		}
	}
	if host != "" {
		t.by = append([]string{organisation(host)}, t.by...)
	}
	return t
}

// accepts reports whether an authserv-id is one of the receiving server's.
// "*.x" does not accept x itself, nor an id with anything but host characters.
func (t trust) accepts(id string) bool {
	if id == "" {
		return false
	}
	for _, want := range t.ids {
		if below, ok := strings.CutPrefix(want, "*"); ok {
			if strings.HasSuffix(id, below) && len(id) > len(below) && isHostName(id) {
				return true
			}
		} else if id == want {
			return true
		}
	}
	return false
}

// own reports whether a host that a Received field names belongs to the
// receiving side: the same organisation as an id or the IMAP server, or a name
// or address that means something inside only.
func (t trust) own(host, id string) bool {
	if !isPublicName(host) {
		return true
	}
	org := organisation(host)
	if org == organisation(id) {
		return true
	}
	for _, want := range t.ids {
		if org == organisation(strings.TrimPrefix(want, "*.")) {
			return true
		}
	}
	for _, want := range t.by {
		if org == want || org == organisation(want) {
			return true
		}
	}
	return false
}
