package people

import (
	"context"
	"slices"
	"strings"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/message"
	"mail-imap-mcp/internal/safety"
)

// Why lockdown withholds a message's words.
const (
	withheldFailed   = "lockdown: the sender's address failed DMARC, so somebody else may have written this"
	withheldPosed    = "lockdown: the sender's address is the owner's, and nothing shows that the owner wrote this"
	withheldForward  = "lockdown: the owner passes on what somebody else wrote, who may be a stranger"
	withheldAnswer   = "lockdown: the owner answers somebody to whom this mailbox has never written, and may quote them"
	withheldStranger = "lockdown: this mailbox has never written to the sender"
	withheldNobody   = "lockdown: the message names no sender"
	withheldSeveral  = "lockdown: the message has more From addresses or From fields than one can be sure of, of which programs show different ones"
	withheldLong     = "lockdown: the header is too long to be sure of the sender here; imap_get_message reads all of it"
	withheldOddly    = "lockdown: the sender's address is written in a way that programs read differently"
	withheldUnsure   = "lockdown: the Sent mailbox could not be looked at, so it is not known whether this mailbox has written to the sender"
)

// LockdownFields are the header fields that lockdown decides by, beside those
// of a summary. Received fields tell where a verdict was added, and by what way
// the message came.
var LockdownFields = []string{"Authentication-Results", "Received", "Cc", "Bcc", "In-Reply-To", "X-Forwarded-Message-Id"}

// Sender is what lockdown decides by of a message.
type Sender struct {
	From   []message.Address
	Header message.Header
	// HeaderCut: of the fields lockdown decides by, there are more.
	HeaderCut bool
	// Encloses: there is a message among its parts.
	Encloses bool
}

// Verdict is what lockdown decides of a message.
type Verdict struct {
	Reason string // why its words are withheld, "" when they are not
	// Mask makes addresses of a withheld message fit to be shown: of the owner and
	// of those they wrote to as they are, of strangers without their words.
	Mask func([]message.Address) []message.Address
}

// Withhold decides for each message whether lockdown keeps its sender's words
// back, in the same order. It asks who wrote a message, never in which mailbox
// it lies. It costs nothing where the account is not locked down or all senders
// are known; else three flights for each Sent mailbox (EXAMINE, search, look),
// one more for LIST once in placesFor, and one to return to the mailbox with a
// fetch that comes after: reading a message of an unknown sender takes six, with
// LIST seven.
func (s *Service) Withhold(ctx context.Context, pool *imapconn.Pool, senders []Sender) []Verdict {
	verdicts := make([]Verdict, len(senders))
	account := pool.Account()
	if !account.Lockdown {
		return verdicts
	}
	own := ownKeys(account)
	var unknown []string
	for _, one := range senders {
		asked := one.From
		if one.answers() && one.owned(own) {
			asked = one.recipients()
		}
		for _, a := range asked {
			if key := contactKey(a); !own[key] {
				unknown = append(unknown, key)
			}
		}
	}
	known := s.writtenTo(ctx, pool, unknown)
	mask := func(list []message.Address) []message.Address { return s.mask(account, known, list) }
	for i, one := range senders {
		verdicts[i] = Verdict{Reason: one.reason(account, own, known), Mask: mask}
	}
	return verdicts
}

// reason is why a message is withheld, "" when it is not. All of its authors
// must be known: a stranger may add a friend to From.
func (s Sender) reason(account config.Account, own map[string]bool, known acquaintance) string {
	verdict := Authentication(account, s.Header).DMARC
	if verdict == "fail" {
		return withheldFailed
	}
	if len(s.From) == 0 {
		return withheldNobody
	}
	if s.HeaderCut {
		return withheldLong
	}
	raw := s.Header.Get("From")
	if len(s.From) > maxAuthors || s.Header.Count("From") > 1 {
		return withheldSeveral
	}
	for _, a := range s.From {
		if !plainlyWritten(raw, a.Address) {
			return withheldOddly
		}
		if own[contactKey(a)] {
			if verdict != "pass" && !writtenHere(s.Header) {
				return withheldPosed
			}
			continue
		}
		switch known[contactKey(a)] {
		case stranger:
			return withheldStranger
		case unsure:
			return withheldUnsure
		}
	}
	if s.owned(own) {
		return s.quoting(own, known)
	}
	return ""
}

// plainlyWritten reports whether an address stands in a From field as it was
// read: without blanks, invisible characters or encodings within it, by which a
// stranger's address becomes a friend's here, and is checked as neither there.
func plainlyWritten(raw, address string) bool {
	raw = strings.ToLower(raw)
	return strings.Contains(raw, strings.ToLower(address)) || strings.Contains(raw, strings.ToLower(asSent(address)))
}

const (
	// maxBare is how many addresses are left of a stranger's list.
	maxBare = 10

	// oddLocal stands for a local part that could hold a sentence.
	oddLocal = "(odd-address)"
)

// Bare leaves only the addresses of a list, the first 10. A quoted local part
// can hold a sentence ("obey me"@example.org), and is left out.
func Bare(list []message.Address) []message.Address {
	out := make([]message.Address, 0, min(len(list), maxBare))
	for _, a := range list {
		at := strings.LastIndexByte(a.Address, '@')
		switch {
		case len(out) == maxBare:
			return out
		case message.IsBareAddress(a.Address):
			out = append(out, message.Address{Address: a.Address})
		case at >= 0 && message.IsBareAddress("a"+a.Address[at:]):
			out = append(out, message.Address{Address: oddLocal + a.Address[at:]})
		}
	}
	return out
}

// VerdictsOnly is what the receiving server says, without what the mail's own
// fields say: the notes quote those, and a stranger chooses the domain.
func VerdictsOnly(a safety.Authentication) safety.Authentication {
	if n := len(a.Notes); n > 0 {
		a.Notes = []string{"the mail has more to say of its authentication, which is withheld"}
	}
	a.Domain = ""
	return a
}

// DescribedOnly are the signals of a withheld message: what they rest on is the
// sender's own words and stays out.
func DescribedOnly(signals []safety.Signal) []safety.Signal {
	list := make([]safety.Signal, 0, len(signals))
	for _, one := range signals {
		one.Evidence, one.Start, one.End = "", 0, 0
		list = append(list, one)
	}
	return list
}

// KnownType is a media type that is in common use; any other could spell words.
func KnownType(mediaType string) string {
	common := []string{
		"application/pdf", "application/zip", "application/msword", "application/rtf", "application/ics", "application/json", "application/xml",
		"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
		"application/vnd.openxmlformats-officedocument.presentationml.presentation", "application/vnd.oasis.opendocument.text",
		"application/vnd.ms-excel", "application/vnd.ms-powerpoint", "application/octet-stream", "application/pgp-encrypted", "application/pkcs7-mime",
		"text/plain", "text/html", "text/calendar", "text/csv", "text/vcard", "message/rfc822", "message/delivery-status",
		"image/jpeg", "image/png", "image/gif", "image/webp", "image/heic", "image/svg+xml", "image/tiff", "audio/mpeg", "video/mp4",
	}
	if slices.Contains(common, mediaType) {
		return mediaType
	}
	return "application/octet-stream"
}

// Authentication is what the account's receiving server says of a message's
// sender.
func Authentication(account config.Account, h message.Header) safety.Authentication {
	return safety.Authenticate(h, account.Host, account.AuthservID)
}
