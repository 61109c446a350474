package compose

import (
	"errors"
	"net/mail"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/idna"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/message"
)

// ParseAddress reads one address, with or without a name, as one types it
// (RFC 5322 §3.4). An international domain comes out in its ASCII form, which
// every server takes; a local part beyond ASCII, which few take (RFC 6531), is an
// error.
func ParseAddress(s string) (mail.Address, error) {
	if strings.ContainsFunc(s, unicode.IsControl) {
		return mail.Address{}, errors.New("it has a control character")
	}
	if len(s) > contract.MaxAddressBytes {
		return mail.Address{}, errors.New("it is too long")
	}
	a, err := mail.ParseAddress(s)
	if err != nil {
		return mail.Address{}, errors.New("it is no address like ann@example.org or Ann <ann@example.org>")
	}
	at := strings.LastIndexByte(a.Address, '@')
	local, domain := a.Address[:at], a.Address[at+1:]
	if !strings.HasPrefix(domain, "[") {
		if domain, err = idna.Lookup.ToASCII(domain); err != nil {
			// Underscores and the like are not to be looked up, and yet written to.
			if domain = a.Address[at+1:]; !plain(domain) {
				return mail.Address{}, errors.New("its domain is not a valid one")
			}
		}
	}
	if domain == "" || !plain(local) || !plain(domain) {
		return mail.Address{}, errors.New("its part before the @ has characters that many mail servers refuse")
	}
	return mail.Address{Name: oneLine(a.Name), Address: local + "@" + domain}, nil
}

// plain reports printable ASCII; a quoted local part may have blanks.
func plain(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
}

// Same reports whether two addresses are one: the case of the domain does not
// matter, nor, in all that is in use, that of the local part (RFC 5321 §2.4).
func Same(a, b string) bool { return key(a) == key(b) }

func key(address string) string {
	at := strings.LastIndexByte(address, '@')
	if ascii, err := idna.Lookup.ToASCII(address[at+1:]); err == nil {
		address = address[:at+1] + ascii
	}
	return strings.ToLower(address)
}

// Recipients are whom a draft is addressed to.
type Recipients struct {
	To, Cc, Bcc []mail.Address
	// Unusable are addresses of the original that no mail can be sent to.
	Unusable int
}

// maxNameChars is how much is repeated of a name that a stranger chose.
const maxNameChars = 100

func shortName(name string) string { return cutChars(oneLine(name), maxNameChars) }

// add appends addresses that are not in the list of any kind yet.
func (r *Recipients) add(list *[]mail.Address, more []message.Address, seen map[string]bool) {
	for _, a := range more {
		checked, err := ParseAddress("<" + a.Address + ">")
		if err != nil {
			r.Unusable++
			continue
		}
		if k := key(checked.Address); !seen[k] {
			seen[k] = true
			*list = append(*list, mail.Address{Name: shortName(a.Name), Address: checked.Address})
		}
	}
}

// Reply says whom a reply goes to (RFC 5322 §3.6.3): where the author asks for
// it, else the author; with all, also the others it was sent to, in Cc. Who
// answers a mail of their own goes on writing to those it was sent to. Nobody is
// named twice, and own addresses not at all, unless nobody else is left.
func Reply(o Original, own []string, all bool) Recipients {
	first := o.ReplyTo
	if len(first) == 0 {
		first = o.From
	}
	if mine(o.From, own) && len(o.To) > 0 {
		first = o.To
	}
	var r Recipients
	seen := map[string]bool{}
	for _, a := range own {
		seen[key(a)] = true
	}
	r.add(&r.To, first, seen)
	if all {
		r.add(&r.Cc, o.To, seen)
		r.add(&r.Cc, o.Cc, seen)
		if len(r.To) == 0 {
			r.To, r.Cc = r.Cc, nil
		}
	}
	if len(r.To) == 0 {
		r.Unusable = 0
		r.add(&r.To, first, map[string]bool{}) // a note to oneself
	}
	return r
}

func mine(from []message.Address, own []string) bool {
	return len(from) == 1 && slices.ContainsFunc(own, func(a string) bool { return Same(from[0].Address, a) })
}

// WrittenTo is the one of the own addresses that a mail was sent to, "" where it
// names none of them: who was written to at one address answers from it.
func WrittenTo(o Original, own []string) string {
	for _, a := range slices.Concat(o.To, o.Cc) {
		for _, mine := range own {
			if Same(a.Address, mine) {
				return mine
			}
		}
	}
	return ""
}

// With adds those whom the caller names; an address that is in To already stays
// there, and one that is named goes where it was named.
func (r Recipients) With(to, cc, bcc []mail.Address) Recipients {
	named := map[string]bool{}
	pick := func(list []mail.Address) []mail.Address {
		out := []mail.Address{}
		for _, a := range list {
			if k := key(a.Address); !named[k] {
				named[k] = true
				out = append(out, a)
			}
		}
		return out
	}
	explicitTo, explicitCc, explicitBcc := pick(to), pick(cc), pick(bcc)
	return Recipients{
		To:       append(pick(r.To), explicitTo...),
		Cc:       append(pick(r.Cc), explicitCc...),
		Bcc:      append(pick(r.Bcc), explicitBcc...),
		Unusable: r.Unusable,
	}
}
