package safety

import (
	"strings"

	"mail-imap-mcp/internal/message"
)

// leastLabel is the shortest name of a site that is told from initials.
const leastLabel = 3

// sender draws what the header says of who wrote.
func (d *drawer) sender(f Facts) {
	if fields := countFields(f.Header, "From"); len(f.From) > 1 || fields > 1 {
		d.add(Signal{Kind: KindSeveralFrom, Message: "The mail names several senders; programs differ in which one they show.", Evidence: joinAddresses(f.From)})
	}
	if len(f.From) == 0 {
		return
	}
	from := f.From[0]
	domain := domainOf(from.Address)
	for _, a := range f.From {
		d.displayName(a)
	}
	if domain == "" {
		return
	}
	for _, a := range f.ReplyTo {
		if to := domainOf(a.Address); to != "" && organisation(to) != organisation(domain) {
			d.add(Signal{Kind: KindReplyTo, Message: "Answers would go to another domain than the sender's.", Evidence: a.Address + " instead of " + from.Address})
		}
	}
	if a := addressesOf(f.Header, "Sender"); len(a) > 0 && differs(a[0], domain) {
		d.add(Signal{Kind: KindSender, Message: "Another domain than the From address's sent the mail, as mailing lists and services do.", Evidence: a[0].Address + " for " + from.Address})
	}
	// Lists and mailing services collect bounces at their own domain, so for
	// them this says nothing.
	if a := addressesOf(f.Header, "Return-Path"); len(a) > 0 && !isList(f.Header) && differs(a[0], domain) {
		d.add(Signal{Kind: KindReturnPath, Message: "Bounces go to another domain than the sender's; many services do this.", Evidence: a[0].Address + " for " + from.Address})
	}
	d.domains(f, from)
}

func differs(a message.Address, domain string) bool {
	other := domainOf(a.Address)
	return other != "" && organisation(other) != organisation(domain)
}

// atSigns are characters that pass for an @.
var atSigns = strings.NewReplacer("＠", "@", "﹫", "@")

// displayName draws a name that contains another address than its own.
func (d *drawer) displayName(a message.Address) {
	domain := domainOf(a.Address)
	for _, found := range namedAddresses(atSigns.Replace(a.Name), maxPerKind) {
		named := strings.ToLower(found)
		host := named[strings.LastIndexByte(named, '@')+1:]
		isAddress := host != named
		switch {
		case !isAddress && (!knownEnding(host) || strings.IndexByte(organisation(host), '.') < leastLabel): // "J.Doe", "M.Sc"
		case isAddress && strings.EqualFold(found, a.Address):
		case organisation(host) != organisation(domain):
			d.add(Signal{Kind: KindDisplayName, Message: "The display name contains another address or domain than the mail comes from.", Evidence: a.Name + " <" + a.Address + ">"})
			return
		}
	}
}

// domains draws deceptive domains and ones that read like another known here:
// the account's own, or one the same mail uses.
func (d *drawer) domains(f Facts, from message.Address) {
	type role struct{ what, domain string }
	roles := []role{{"From", domainOf(from.Address)}}
	for _, a := range f.ReplyTo {
		roles = append(roles, role{"Reply-To", domainOf(a.Address)})
	}
	known := []role{}
	for _, own := range f.Own {
		known = append(known, role{"your own domain", domainOf(own)})
	}
	for _, name := range []string{"To", "Cc"} {
		for _, a := range addressesOf(f.Header, name) {
			known = append(known, role{"a recipient's domain", domainOf(a.Address)})
		}
	}
	for i, r := range roles[:min(len(roles), maxPerKind)] {
		if r.domain == "" {
			continue
		}
		if why := domainTrouble(r.domain); why != "" {
			d.add(Signal{Kind: KindDeceptive, Message: "A domain " + why + ".", Evidence: r.what + ": " + r.domain})
		}
		others := known
		if i > 0 {
			others = append([]role{{"the From domain", roles[0].domain}}, known...)
		}
		for _, k := range others[:min(len(others), maxPerKind*4)] {
			if k.domain != "" && lookAlike(r.domain, k.domain) {
				d.add(Signal{Kind: KindLookAlike, Message: "A domain reads like " + k.what + " and is another.", Evidence: r.what + ": " + r.domain + " beside " + k.domain})
				break
			}
		}
	}
}

// authentication draws failed checks and results that do not count.
func (d *drawer) authentication(a Authentication) {
	if a.DMARC == "fail" {
		d.add(Signal{Kind: KindDMARC, Message: "DMARC failed: the receiving server could not confirm that the From domain sent this mail.", Evidence: a.Domain})
	}
	if a.SPF == "fail" {
		d.add(Signal{Kind: KindSPF, Message: "SPF failed: the domain of the envelope sender does not permit the server that sent this mail."})
	}
	if a.DKIM == "fail" {
		d.add(Signal{Kind: KindDKIM, Message: "DKIM failed: the signature does not fit the mail, which was changed on its way or never signed by that domain."})
	}
	for _, note := range a.Notes {
		if strings.HasPrefix(note, "not believed") || strings.Contains(note, "contradict") || strings.HasPrefix(note, "ignored: further") {
			d.add(Signal{Kind: KindIgnoredResults, Message: "The mail carries authentication results in the receiving server's name that did not count.", Evidence: note})
		}
	}
}

// isList reports mail of a mailing list or a bulk sender (RFC 2919, RFC 2369,
// RFC 3834 §2).
func isList(h message.Header) bool {
	switch strings.ToLower(h.Get("Precedence")) {
	case "list", "bulk":
		return true
	}
	return h.Get("List-Id") != "" || h.Get("List-Unsubscribe") != "" || h.Get("List-Post") != ""
}

func joinAddresses(list []message.Address) string {
	var b strings.Builder
	for i, a := range list[:min(len(list), maxPerKind)] {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(a.String())
	}
	return b.String()
}
