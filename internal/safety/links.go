package safety

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"mail-imap-mcp/internal/safetext"
)

// maxLinks is how many links are looked at; safetext.Result has at most 200.
const maxLinks = 200

// links draws what a link's text and its target say of each other.
func (d *drawer) links(f Facts) {
	list := f.Links[:min(len(f.Links), maxLinks)]
	looked := map[string]bool{}
	through := map[string]int{} // how many links lead to an organisation
	for _, l := range list {
		if through[organisation(l.Host)]++; endsSubscription(l.Text) && organisation(l.Host) != "" {
			d.carriers = append(d.carriers, organisation(l.Host))
		}
	}
	for _, l := range list {
		shown := l.Text + " → " + l.URL
		if l.Host == "" {
			d.mailLink(l, shown)
			continue
		}
		host := strings.ToLower(l.Host)
		if claimed := claimedHost(l.Text); claimed != "" && organisation(claimed) != organisation(host) {
			d.add(Signal{Kind: KindLinkText, Level: warnIf(!d.explains(claimed, l, through)), Message: "A link's text names another host than it leads to.", Evidence: claimed + " leads to " + host})
		}
		if isAddress(host) {
			quiet := d.viaList || privateAddress(host) || d.isOwn(d.from) && d.authenticated
			d.add(Signal{Kind: KindLinkAddress, Level: warnIf(!quiet), Message: "A link leads to a bare IP address.", Evidence: shown})
		}
		if strings.Contains(host, "xn--") {
			trouble := domainTrouble(host)
			why := cmp.Or(trouble, "may be an honest name in another script")
			d.add(Signal{Kind: KindLinkPunycode, Level: warnIf(trouble != ""), Message: "A link leads to a host with letters outside ASCII, which " + why + ".", Evidence: unicodeDomain(host) + " (" + host + ")"})
		}
		if user := userInfo(l); user != "" {
			d.add(Signal{Kind: KindLinkUser, Level: warnIf(knownEnding(strings.ToLower(user)) || strings.Contains(user, ".")), Message: "A link has text before an @ that can pass for its host.", Evidence: user + "@" + host})
		}
		if !looked[host] {
			looked[host] = true
			d.linkReadsLike(f, host)
		}
	}
}

// linkReadsLike draws a link's host that reads like the owner's own domain or a
// well-known one.
func (d *drawer) linkReadsLike(f Facts, host string) {
	for _, own := range f.Own {
		if lookAlike(host, domainOf(own)) {
			d.add(Signal{Kind: KindLookAlike, Level: Warning, Message: "A link's host reads like your own domain and is another.", Evidence: host + " beside " + domainOf(own)})
		}
	}
	if b := brandIndex().resembles(host); b >= 0 {
		d.add(Signal{Kind: KindLookAlike, Level: Warning, Message: "A link's host reads like a well-known organisation's and is another.", Evidence: host + " beside " + brands[b].name})
	}
}

// leastThrough is how many links of a mail lead to the same organisation where
// that is a service that counts clicks.
const leastThrough = 4

// explains reports a link that goes by way of somebody who honestly stands
// between its text and what it names: the sender, who counts clicks, the service
// that sends its mailing, or the recipient's own filter.
func (d *drawer) explains(claimed string, l safetext.Link, through map[string]int) bool {
	named, by := organisation(claimed), organisation(l.Host)
	known := brandOf(named) >= 0 || d.isOwn(named)
	switch {
	case filters(l.Host):
		return true
	case mainLabel(named) == mainLabel(by) && (brandOf(named) < 0 || brandOf(named) == brandOf(by)):
		return true // example.com, example.de
	case brandOf(named) >= 0 && brandOf(named) == brandOf(by):
		return true
	case by == d.from:
		kin := strings.Contains(mainLabel(by), mainLabel(named)) || strings.Contains(mainLabel(named), mainLabel(by))
		return d.bulk || !known && (d.authenticated || kin)
	case d.bulk && slices.Contains(d.carriers, by), through[by] >= leastThrough && (d.bulk || !known):
		return true
	case named == d.from:
		return d.authenticated || !known && slices.Contains(d.carriers, by)
	case countsClicks(by):
		return d.bulk || !known
	}
	return false
}

// endsSubscription reports a link by which a reader leaves a mailing; it leads to
// the service that sends it.
func endsSubscription(text string) bool {
	text = strings.ToLower(text)
	return len(text) < 100 && slices.ContainsFunc([]string{"unsubscribe", "opt out", "opt-out", "abmelden", "abbestellen", "désinscri", "désabonn", "darse de baja", "cancelar suscripción", "cancelar inscri", "disiscri", "cancella", "uitschrijven", "afmelden", "wypisz", "odhlásit", "avregistrera", "отписаться", "відписатися", "配信停止", "退订", "수신거부"},
		func(word string) bool { return strings.Contains(text, word) })
}

// filters reports hosts by way of which filters of recipients, and some mail
// programs, lead every link of a mail.
func filters(host string) bool {
	switch organisation(host) {
	case "urldefense.com", "proofpoint.com", "mimecastprotect.com", "mimecast.com", "barracudanetworks.com", "cudasvc.com", "trendmicro.com", "sophos.com", "fireeye.com", "trellix.com", "hornetsecurity.com", "avanan.click", "checkpoint.com", "cisco.com", "messagelabs.com":
		return true
	}
	host = strings.ToLower(host)
	return strings.HasSuffix(host, ".safelinks.protection.outlook.com") || host == "www.google.com"
}

// countsClicks reports the domains by way of which mailing services count the
// clicks of their customers' readers.
func countsClicks(org string) bool {
	switch org {
	case "sendgrid.net", "list-manage.com", "mandrillapp.com", "mailchi.mp", "hubspotlinks.com", "hubspotemail.net", "hs-sites.com", "hubspot.com", "hubspotstarter.net", "rs6.net", "constantcontact.com", "ccsend.com", "mailgun.org",
		"exct.net", "exacttarget.com", "sparkpostmail.com", "spgo.io", "mjt.lu", "mailjet.com", "sendinblue.com", "sendibm1.com", "brevo.com", "awstrack.me", "cmail19.com", "cmail20.com", "createsend1.com", "createsend.com", "klclick.com", "klclick1.com", "klclick3.com", "klaviyomail.com",
		"activehosted.com", "convertkit-mail.com", "convertkit-mail2.com", "convertkit-mail4.com", "pstmrk.it", "postmarkapp.com", "mailerlite.com", "mlsend.com", "cleverreach.com", "crsend.com", "rapidmail.com", "newsletter2go.com", "intercom-mail.com", "intercom-clicks.com",
		"customeriomail.com", "braze.com", "iterable.com", "mkt6333.com", "pardot.com", "marketo.com", "mktoweb.com", "eloqua.com", "emlfiles.com", "emarsys.net", "beehiiv.com", "substack.com", "getresponse.com", "t.co":
		return true
	}
	return false
}

// privateAddress reports an address within a private network, and a machine's
// own (RFC 1918, RFC 4193).
func privateAddress(host string) bool {
	a, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && (a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast())
}

// signIn draws a text about an account, and pressing, that links to a page which
// anyone could have put up.
func (d *drawer) signIn(f Facts) {
	for _, l := range f.Links[:min(len(f.Links), maxLinks)] {
		if l.Host == "" || organisation(l.Host) == d.from || !anyonesPage(l.Host) || isPicture(l.URL) {
			continue
		}
		if d.bulk || !aboutAccount(f.Header.Text("Subject")+"\n"+f.Text) {
			return
		}
		d.add(Signal{Kind: KindLinkSignIn, Level: Warning, Message: "A text about an account or a sign-in links to a page that anyone could have put up.", Evidence: l.Text + " → " + l.URL})
		return
	}
}

// isPicture reports a target that is a picture by its ending.
func isPicture(target string) bool {
	return ends(" gif jpg jpeg png webp ", endingOf(strings.ToLower(target)))
}

// accountRules are weaker than the rules of credential_request, which hold for
// themselves.
var accountRules = []rule{
	{anchor: cLogin, need: cConfirm, window: 120},
	{anchor: cLogin, need: cThreat, window: 160},
	{anchor: cThreat, need: cConfirm | cWithin, window: 160},
	{anchor: cScan, need: cConfirm, window: 120},
}

// aboutAccount reports a text that speaks of an account and of what to do about
// it.
func aboutAccount(text string) bool {
	list := fold(text[:min(len(text), passwordReach)]).tokens(false)
	return slices.ContainsFunc(accountRules, func(r rule) bool { return len(r.find(list)) > 0 })
}

// mailLink compares the address a mailto link shows with the one it has.
func (d *drawer) mailLink(l safetext.Link, shown string) {
	target, ok := strings.CutPrefix(strings.ToLower(l.URL), "mailto:")
	claimed := addressInText(strings.ToLower(l.Text))
	if !ok || claimed == "" || strings.Contains(target, "%") {
		return
	}
	if organisation(domainOf(claimed)) != organisation(domainOf(target)) {
		d.add(Signal{Kind: KindLinkText, Level: Warning, Message: "A link's text names another address than it writes to.", Evidence: shown})
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
