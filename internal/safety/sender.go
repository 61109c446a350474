package safety

import (
	"slices"
	"strings"

	"mail-imap-mcp/internal/message"
)

// leastLabel is the shortest name of a site that is told from initials.
const leastLabel = 3

// sender draws what the header says of who wrote.
func (d *drawer) sender(f Facts) {
	if fields := countFields(f.Header, "From"); len(f.From) > 1 || fields > 1 {
		d.add(Signal{Kind: KindSeveralFrom, Level: warnIf(fields > 1 && severalOrganisations(f.From)), Message: "The mail names several senders; programs differ in which one they show.", Evidence: joinAddresses(f.From)})
	}
	if len(f.From) == 0 {
		return
	}
	from := f.From[0]
	domain := domainOf(from.Address)
	for _, a := range f.From {
		d.displayName(a, f.ReplyTo)
		d.poses(a, f.ReplyTo)
	}
	if domain == "" {
		return
	}
	for _, a := range f.ReplyTo {
		if to := domainOf(a.Address); to != "" && organisation(to) != organisation(domain) {
			d.add(Signal{Kind: KindReplyTo, Level: warnIf(d.answersToFreemail(f, to)), Message: "Answers would go to another domain than the sender's.", Evidence: a.Address + " instead of " + from.Address})
		}
	}
	if a := addressesOf(f.Header, "Sender"); len(a) > 0 && differs(a[0], domain) {
		d.add(Signal{Kind: KindSender, Level: Notice, Message: "Another domain than the From address's sent the mail, as mailing lists and services do.", Evidence: a[0].Address + " for " + from.Address})
	}
	// Lists and mailing services collect bounces at their own domain, so for
	// them this says nothing.
	if a := addressesOf(f.Header, "Return-Path"); len(a) > 0 && !isList(f.Header) && differs(a[0], domain) {
		d.add(Signal{Kind: KindReturnPath, Level: Notice, Message: "Bounces go to another domain than the sender's; many services do this.", Evidence: a[0].Address + " for " + from.Address})
	}
	d.domains(f, from)
}

// severalOrganisations reports authors of more than one.
func severalOrganisations(list []message.Address) bool {
	for _, a := range list {
		if organisation(domainOf(a.Address)) != organisation(domainOf(list[0].Address)) {
			return true
		}
	}
	return false
}

// answersToFreemail reports answers to an organisation's mail that would go to
// an address anyone can have, where neither a list nor a form that writes in a
// visitor's stead explains it, nor the receiving server vouches for the sender.
func (d *drawer) answersToFreemail(f Facts, to string) bool {
	if !freemail(organisation(to)) || freemail(d.from) || d.viaList || automatic(f) {
		return false
	}
	return d.isOwn(d.from) || !d.authenticated && !d.bulk && (brandOf(d.from) >= 0 || !generic(f.From[0].Address))
}

// poses draws a display name that is a well-known organisation's, or the owner's
// own, where the address is not.
func (d *drawer) poses(a message.Address, replyTo []message.Address) {
	org := organisation(domainOf(a.Address))
	if org == "" || a.Name == "" || d.viaList || d.isOwn(org) {
		return
	}
	t := brandIndex()
	name := ""
	if i := t.posesAs(a.Name); i >= 0 && !slices.Contains(t.owners(org), i) && !branchOf(org, t.joined[i]) {
		name = t.list[i].name
	}
	words := strings.Fields(foldName(a.Name))
	for _, own := range d.own {
		// What works for the owner's organisation has its name in its domain, or has
		// answers go there.
		label := foldLabel(mainLabel(own))
		serves := strings.Contains(domainOf(a.Address), mainLabel(own)) || addressNamed(replyTo, own)
		if len(label) > leastLabel && len(words) > 1 && !serves && t.namedBy(words, label) {
			name = mainLabel(own)
		}
	}
	if name != "" {
		d.add(Signal{Kind: KindPoses, Level: Warning, Message: "The display name is an organisation's, whose mail comes from another domain.", Evidence: a.Name + " <" + a.Address + ">"})
	}
}

// branchOf reports domains of an organisation's branches, such as
// sparkasse-musterstadt.de for sparkasse.
func branchOf(org, name string) bool {
	words := strings.Split(mainLabel(org), "-")
	return len(words) > 1 && slices.Contains(words, name) && brandIndex().resembles(org) < 0
}

// mainLabel is the label of a registrable domain before its public suffix.
func mainLabel(org string) string {
	label, _, _ := strings.Cut(org, ".")
	return label
}

// brandOf is the brand that a registrable domain belongs to, -1 for none.
func brandOf(org string) int {
	if owners := brandIndex().owners(org); len(owners) > 0 {
		return owners[0]
	}
	return -1
}

func differs(a message.Address, domain string) bool {
	other := domainOf(a.Address)
	return other != "" && organisation(other) != organisation(domain)
}

// atSigns are characters that pass for an @.
var atSigns = strings.NewReplacer("＠", "@", "﹫", "@")

// displayName draws a name that contains another address than its own.
// It is a notice where the name says in whose stead the mail comes and the mail
// bears that out: a list's "Ada <ada@office.example> via List", a service that
// sends for its customer and has answers go there.
func (d *drawer) displayName(a message.Address, replyTo []message.Address) {
	domain := domainOf(a.Address)
	for _, found := range namedAddresses(atSigns.Replace(a.Name), maxPerKind) {
		named := strings.ToLower(found)
		host := named[strings.LastIndexByte(named, '@')+1:]
		isAddress := host != named
		switch {
		case !isAddress && (!knownEnding(host) || strings.IndexByte(organisation(host), '.') < leastLabel): // "J.Doe", "M.Sc"
		case isAddress && strings.EqualFold(found, a.Address):
		case organisation(host) != organisation(domain):
			known := brandIndex().resembles(host) >= 0 || d.isOwn(organisation(host)) || brandOf(organisation(host)) >= 0
			borneOut := d.viaList && strings.Contains(strings.ToLower(a.Name), " via ") || addressNamed(replyTo, organisation(host)) && !known ||
				mainLabel(organisation(host)) == mainLabel(organisation(domain)) && brandOf(organisation(host)) == brandOf(organisation(domain))
			d.add(Signal{Kind: KindDisplayName, Level: warnIf(!borneOut), Message: "The display name contains another address or domain than the mail comes from.", Evidence: a.Name + " <" + a.Address + ">"})
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
			d.add(Signal{Kind: KindDeceptive, Level: Warning, Message: "A domain " + why + ".", Evidence: r.what + ": " + r.domain})
		}
		if b := brandIndex().resembles(r.domain); b >= 0 {
			d.add(Signal{Kind: KindLookAlike, Level: Warning, Message: "A domain reads like a well-known organisation's and is another.", Evidence: r.what + ": " + r.domain + " beside " + brands[b].name})
		}
		others := known
		if i > 0 {
			others = append([]role{{"the From domain", roles[0].domain}}, known...)
		}
		for _, k := range others[:min(len(others), maxPerKind*4)] {
			if k.domain != "" && lookAlike(r.domain, k.domain) {
				d.add(Signal{Kind: KindLookAlike, Level: Warning, Message: "A domain reads like " + k.what + " and is another.", Evidence: r.what + ": " + r.domain + " beside " + k.domain})
				break
			}
		}
	}
}

// authentication draws failed checks and results that do not count.
//
// A list that changes what it hands on breaks the author's signature, so that
// DMARC fails for many of its honest mails; forwarding breaks SPF.
func (d *drawer) authentication(a Authentication) {
	if a.DMARC == "fail" {
		d.add(Signal{Kind: KindDMARC, Level: warnIf(!d.viaList), Message: "DMARC failed: the receiving server could not confirm that the From domain sent this mail.", Evidence: a.Domain})
	}
	if a.SPF == "fail" {
		d.add(Signal{Kind: KindSPF, Level: warnIf(!d.viaList && a.DKIM != "pass" && a.DMARC != "pass"), Message: "SPF failed: the domain of the envelope sender does not permit the server that sent this mail."})
	}
	if a.DKIM == "fail" {
		d.add(Signal{Kind: KindDKIM, Level: Notice, Message: "DKIM failed: the signature does not fit the mail, which was changed on its way or never signed by that domain."})
	}
	for _, note := range a.Notes {
		if strings.HasPrefix(note, "not believed") || strings.Contains(note, "contradict") || strings.HasPrefix(note, "ignored: further") {
			d.add(Signal{Kind: KindIgnoredResults, Level: warnIf(strings.Contains(note, "contradict")), Message: "The mail carries authentication results in the receiving server's name that did not count.", Evidence: note})
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
