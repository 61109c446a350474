package safety

import (
	"slices"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/net/publicsuffix"
	"golang.org/x/text/unicode/norm"
)

// brand is an organisation whose name phishing takes most. Mail from a domain
// whose label before the suffix is one of its labels may bear its name.
type brand struct {
	name   string // as a display name has it, folded as foldName does
	labels string // of its domains, separated by blanks; the name without blanks is one too
}

// brands are those that the quarterly reports of Check Point, Vade and the APWG
// named among the most imitated from 2019 to 2025.
var brands = []brand{
	{"paypal", "paypal-communication paypal-customerfeedback"},
	{"microsoft", "microsoftonline microsoft365 office office365 outlook live windows azure sharepointonline skype msn onmicrosoft linkedin xbox"},
	{"microsoft 365", "microsoft"},
	{"office 365", "microsoft microsoftonline office"},
	{"outlook", "microsoft live office"},
	{"onedrive", "microsoft live sharepointonline"},
	{"sharepoint", "microsoft sharepointonline"},
	{"apple", "icloud itunes me"},
	{"icloud", "apple"},
	{"google", "youtube gmail googlemail withgoogle googlegroups android"},
	{"amazon", "amazonses amazonaws amazon-corp amazonpay aboutamazon"},
	{"netflix", ""},
	{"facebook", "facebookmail meta fb metamail"},
	{"instagram", "facebookmail meta"},
	{"whatsapp", "meta"},
	{"linkedin", "microsoft"},
	{"dropbox", "dropboxmail hellosign dropboxsign"},
	{"docusign", ""},
	{"adobe", "adobesign echosign"},
	{"ebay", "ebaymail"},
	{"spotify", ""},
	{"coinbase", ""},
	{"binance", ""},
	{"metamask", "consensys"},
	{"trezor", ""},
	{"ledger", ""},
	{"dhl", "dhl-news deutschepost dpdhl"},
	{"fedex", ""},
	{"ups", ""},
	{"usps", ""},
	{"dpd", "dpdgroup geopost"},
	{"hermes", "myhermes hermesworld hermes-europe"},
	{"royal mail", ""},
	{"la poste", "laposte"},
	{"deutsche post", "dhl"},
	{"swiss post", "post"},
	{"chronopost", "geopost"},
	{"wells fargo", "wellsfargoadvisors wf"},
	{"bank of america", "bofa bankofamerica ml"},
	{"american express", "aexp amex americanexpress"},
	{"citibank", "citi"},
	{"hsbc", ""},
	{"barclays", "barclaycard barclaysus"},
	{"santander", "gruposantander santandermail bancosantander"},
	{"bbva", ""},
	{"sparkasse", "sparkassen"},
	{"volksbank", "vr vr-bank volksbank-raiffeisenbank"},
	{"postbank", "deutsche-bank db"},
	{"deutsche bank", "db"},
	{"commerzbank", ""},
	{"credit agricole", "credit-agricole ca"},
	{"societe generale", "socgen societegenerale"},
	{"bnp paribas", "bnpparibas"},
	{"rabobank", ""},
	{"intesa sanpaolo", "intesasanpaolo"},
	{"unicredit", ""},
	{"revolut", ""},
	{"klarna", ""},
	{"stripe", ""},
	{"mastercard", ""},
	{"irs", ""},
	{"hmrc", "service hmrc"},
	{"zoom", "zoomgov"},
	{"godaddy", "secureserver"},
	{"ionos", "1und1 1and1"},
	{"wetransfer", ""},
	{"telekom", "t-online magenta t-systems t-mobile"},
	{"vodafone", ""},
	{"steam", "steampowered steamcommunity valvesoftware"},
	{"roblox", ""},
	{"airbnb", ""},
	{"booking.com", "booking"},
	{"costco", ""},
	{"walmart", ""},
}

// roleWords stand behind an organisation's name where it signs as such:
// "PayPal Service", "Microsoft account team".
var roleWords = strings.Fields(`account accounts konto compte cuenta conto conta security sicherheit securite seguridad sicurezza secure service services kundenservice kundendienst
	support helpdesk help desk team center centre care customer customers client clients kunden id info alert alerts notice notification notifications benachrichtigung mail email webmail mailbox
	no reply noreply billing payment payments invoice rechnung order orders bestellung delivery express paket parcel package zustellung livraison tracking shipping prime online bank banking banque
	admin administrator administration it department dept office desk inc ltd llc gmbh ag sa co com the your message center centro verification verify protection fraud prevention update system
	server storage drive cloud pay wallet docs sign pass app subscription abonnement accounting finance hr payroll human resources onlinebanking web new de fr uk us international group official of from via
	teams outlook onedrive sharepoint exchange workspace defender 365 docs calendar photos`)

// foldName makes a name comparable: letters that look alike the same, accents
// and punctuation gone, words apart by one blank.
func foldName(s string) string {
	s = norm.NFD.String(skeleton(s))
	return strings.Join(strings.FieldsFunc(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), " ")
}

// brandTable is what is looked for of the brands.
type brandTable struct {
	list   []brand
	names  []string         // folded, as in list
	joined []string         // without blanks
	folded []string         // that, with letters that look alike the same
	labels map[string][]int // who owns domains with a label before the suffix
	roles  map[string]bool
}

var brandIndex = sync.OnceValue(func() brandTable {
	t := brandTable{list: brands, labels: map[string][]int{}, roles: map[string]bool{}}
	for i, b := range brands {
		joined := strings.ReplaceAll(b.name, " ", "")
		t.names, t.joined, t.folded = append(t.names, foldName(b.name)), append(t.joined, joined), append(t.folded, foldLabel(joined))
		for _, label := range append(strings.Fields(b.labels), joined, strings.ReplaceAll(b.name, " ", "-")) {
			if !slices.Contains(t.labels[label], i) {
				t.labels[label] = append(t.labels[label], i)
			}
		}
	}
	for _, w := range roleWords {
		t.roles[foldName(w)] = true
	}
	return t
})

// posesAs is the name in a display name that consists of that name and words of
// roles; -1 for none.
func (t brandTable) posesAs(display string) int {
	words := strings.Fields(foldName(display))
	found := -1
	for i, name := range t.names {
		if t.namedBy(words, name) && (found < 0 || len(name) > len(t.names[found])) {
			found = i
		}
	}
	return found
}

// maxNameWords is the longest display name that is looked at, in words.
const maxNameWords = 8

func (t brandTable) namedBy(words []string, name string) bool {
	parts := strings.Fields(name)
	if len(words) > maxNameWords {
		return false
	}
	for i := 0; i+len(parts) <= len(words); i++ {
		if !slices.Equal(words[i:i+len(parts)], parts) {
			continue
		}
		rest := slices.Concat(words[:i], words[i+len(parts):])
		return !slices.ContainsFunc(rest, func(w string) bool { return !t.roles[w] && w != name && strings.Trim(w, "ol23456789") != "" })
	}
	return false
}

// owners are the brands that own a registrable domain, by the label before a
// suffix that companies use.
func (t brandTable) owners(org string) []int {
	label, suffix, _ := strings.Cut(org, ".")
	if i := slices.Index(t.joined, suffix); i >= 0 { // .google, .apple
		return []int{i}
	}
	if !usualSuffix(suffix) {
		return nil
	}
	return t.labels[label]
}

// usualSuffix reports suffixes under which well-known names are their owners':
// the old generic ones and those of countries.
func usualSuffix(suffix string) bool {
	switch suffix {
	case "com", "net", "org", "gov", "edu", "eu", "example", "bank", "email", "ms", "goog":
		return true
	}
	last := suffix[strings.LastIndexByte(suffix, '.')+1:]
	return len(last) == 2 && last != "tk" && last != "ml" && last != "ga" && last != "cf" && last != "gq"
}

// riskyWords stand beside a borrowed name in the domains that phishing buys.
var riskyWords = strings.Fields(`login logon signin signon secure security verify verification verified account accounts update updates billing support service services confirm auth authentication
	wallet recovery unlock refund invoice payment payments password passwords help customer alert alerts center online mail notice tracking delivery parcel paket redelivery portal team id app web info
	access validate validation restore reset limited suspended kunden sicherheit konto client clients espace banking session user users helpdesk fee customs express team`)

// resembles is the brand that a host's registrable domain, or its labels below
// that, borrows the name of; -1 for none. Whoever may own the brand's name under
// its domain is not asked.
func (t brandTable) resembles(host string) int {
	host = unicodeDomain(strings.ToLower(strings.TrimSuffix(host, ".")))
	org := organisation(host)
	if len(t.owners(org)) > 0 {
		return -1
	}
	label, _, _ := strings.Cut(unicodeDomain(org), ".")
	alike := foldLabel(label)
	for i, plain := range t.joined {
		if len(plain) < leastBrand || strings.Contains(plain, ".") {
			continue
		}
		same := t.folded[i]
		switch {
		case label != plain && alike == same: // paypa1, раураl, páypal
			return i
		case len(plain) >= leastSimilar && len(label) >= leastSimilar && label != plain && oneEdit(label, plain):
			return i
		case strings.Contains(label, "-") && borrowed(label, plain, same):
			return i
		case strings.Contains("."+host, "."+plain+".com.") || strings.Contains("."+host, "."+plain+".de."):
			return i
		}
	}
	return -1
}

// leastBrand is the shortest name that is looked for in domains: shorter ones are
// parts of other words and other names.
const leastBrand = 5

// borrowed reports a label like paypal-login or secure-paypa1: the name and a
// word of riskyWords, set apart by hyphens; or the name spelt with look-alikes
// beside any word.
func borrowed(label, plain, same string) bool {
	words := strings.Split(label, "-")
	at := slices.IndexFunc(words, func(w string) bool { return w == plain || foldLabel(w) == same })
	if at < 0 || len(words) == 1 {
		return false
	}
	if words[at] != plain {
		return true
	}
	return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(riskyWords, w) })
}

// foldLabel makes a label comparable.
func foldLabel(s string) string { return strings.ReplaceAll(foldName(s), " ", "") }

// anyonesPage reports a host on which anyone can put up a page without owning a
// domain: names that platforms give out (the private part of the public suffix
// list), forms and shorteners.
func anyonesPage(host string) bool {
	host = strings.ToLower(strings.Trim(host, "."))
	if suffix, icann := publicsuffix.PublicSuffix(host); !icann && strings.Contains(suffix, ".") && suffix != host {
		return true
	}
	switch host {
	case "docs.google.com", "forms.gle", "sites.google.com", "forms.office.com", "script.google.com", "drive.google.com", "storage.googleapis.com", "ipfs.io", "telegra.ph":
		return true
	}
	switch organisation(host) {
	case "bit.ly", "t.ly", "tinyurl.com", "is.gd", "cutt.ly", "rb.gy", "ow.ly", "rebrand.ly", "shorturl.at", "tiny.cc", "s.id", "qrco.de", "lnkd.in",
		"jotform.com", "typeform.com", "formstack.com", "wufoo.com", "cognitoforms.com", "formspree.io", "jotform.me", "weebly.com", "wixsite.com", "webflow.io", "square.site",
		"glitch.me", "000webhostapp.com", "yolasite.com", "notion.site", "carrd.co", "strikingly.com", "godaddysites.com", "ngrok.io", "trycloudflare.com", "canva.site", "gitbook.io":
		return true
	}
	return false
}
