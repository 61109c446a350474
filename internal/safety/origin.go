package safety

import (
	"net/url"
	"slices"
	"strings"

	"mail-imap-mcp/internal/message"
)

// origin is what the level of a fact depends on: who sent the mail, and by what
// way it came.
type origin struct {
	from          string // the registrable domain of the From address, "" for none
	authenticated bool   // From is the sender's own
	viaList       bool   // a mailing list handed the mail on (RFC 2919, RFC 2369)
	bulk          bool   // that, or a mailing one can unsubscribe from
	// carriers are the registrable domains that the list fields name: the
	// mailing service's, or the list's.
	carriers []string
	own      []string // the registrable domains of the owner's addresses; of freemail none
}

func originOf(f Facts) origin {
	o := origin{authenticated: f.Authentication.Authenticated()}
	if len(f.From) > 0 {
		o.from = organisation(domainOf(f.From[0].Address))
	}
	for _, name := range []string{"List-Id", "List-Post", "Mailing-List", "X-Mailing-List", "X-BeenThere"} { // the last three are older
		o.viaList = o.viaList || f.Header.Get(name) != ""
	}
	o.viaList = o.viaList || strings.EqualFold(f.Header.Get("Precedence"), "list")
	o.bulk = o.viaList || isList(f.Header)
	for _, name := range []string{"List-Unsubscribe", "List-Id", "List-Post", "List-Archive", "List-Help"} {
		o.carriers = append(o.carriers, carriersOf(f.Header.Get(name))...)
	}
	for _, a := range f.Own {
		if org := organisation(domainOf(a)); org != "" && !freemail(org) {
			o.own = append(o.own, org)
		}
	}
	return o
}

// maxCarriers of one field are read; real ones name a URL and an address.
const maxCarriers = 8

// carriersOf are the registrable domains in a list field: of the URLs and
// addresses between its angle brackets, and of a List-Id.
func carriersOf(value string) []string {
	var list []string
	for piece := range strings.SplitSeq(value, "<") {
		target, _, ok := strings.Cut(piece, ">")
		if !ok {
			continue
		}
		host := strings.ToLower(target)
		if u, err := url.Parse(target); err == nil && u.Host != "" {
			host = u.Hostname()
		} else if d := domainOf(target); d != "" {
			host, _, _ = strings.Cut(d, "?")
		}
		if org := organisation(host); strings.Contains(org, ".") && isHostName(org) {
			list = append(list, org)
		}
		if len(list) == maxCarriers {
			break
		}
	}
	return list
}

// isOwn reports the owner's own organisation.
func (o origin) isOwn(org string) bool { return slices.Contains(o.own, org) }

// freemail reports a domain at which anyone gets an address.
func freemail(org string) bool {
	name, _, _ := strings.Cut(org, ".")
	switch name {
	case "gmail", "googlemail", "outlook", "hotmail", "live", "msn", "yahoo", "ymail", "rocketmail", "aol", "gmx", "protonmail", "proton", "tutanota", "tuta",
		"icloud", "zoho", "zohomail", "yandex", "qq", "163", "126", "sina", "naver", "daum", "hanmail", "rediffmail", "laposte", "libero", "virgilio",
		"freenet", "t-online", "seznam", "wp", "onet", "o2", "interia", "inbox", "rambler", "ukr", "fastmail", "hushmail", "mailinator", "mailfence", "cock":
		return true
	}
	switch org {
	case "web.de", "mail.ru", "bk.ru", "list.ru", "mail.com", "email.com", "usa.com", "me.com", "mac.com", "orange.fr", "wanadoo.fr", "free.fr", "pm.me", "ya.ru", "email.cz", "post.cz", "centrum.cz", "uol.com.br", "bol.com.br", "consultant.com":
		return true
	}
	return false
}

// automatic reports mail that a program wrote for somebody else, such as a form
// on a web site: it asks that the visitor be answered.
func automatic(f Facts) bool {
	if v := strings.ToLower(f.Header.Get("Auto-Submitted")); v != "" && v != "no" {
		return true
	}
	if len(f.From) == 0 {
		return false
	}
	if strings.Contains(strings.ToLower(f.From[0].Name), " via ") || strings.Contains(f.From[0].Address, "+") {
		return true // "Ada via DocuSign", store+17@shops.example
	}
	local, _, _ := lastCut(strings.ToLower(f.From[0].Address), "@")
	for _, part := range strings.FieldsFunc(local, func(r rune) bool { return r < 'a' || r > 'z' }) {
		switch part {
		case "noreply", "donotreply", "reply", "notification", "notifications", "notify", "mailer", "wordpress", "form", "forms", "webform", "website", "calendar", "invitation", "invitations", "invites", "messages", "members", "comments", "automated", "www":
			return true
		}
	}
	return false
}

// generic reports an address of a small organisation's everyday mail, whose
// owner may well read it at a freemail provider.
func generic(address string) bool {
	local, _, _ := lastCut(strings.ToLower(address), "@")
	switch local {
	case "hello", "hallo", "info", "shop", "store", "order", "orders", "news", "newsletter", "contact", "kontakt", "team", "booking", "bookings", "reservations", "tickets", "events", "post", "mail":
		return true
	}
	return false
}

// addressNamed reports whether one of the addresses is of the organisation.
func addressNamed(list []message.Address, org string) bool {
	return slices.ContainsFunc(list, func(a message.Address) bool { return organisation(domainOf(a.Address)) == org })
}
