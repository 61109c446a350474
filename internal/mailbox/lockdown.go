package mailbox

import (
	"context"
	"slices"
	"strings"

	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/message"
	"mail-imap-mcp/internal/safety"
)

// Why lockdown withholds a message's words.
const (
	withheldFailed   = "lockdown: the sender's address failed DMARC, so somebody else may have written this"
	withheldStranger = "lockdown: this mailbox has never written to the sender"
	withheldNobody   = "lockdown: the message names no sender"
	withheldSeveral  = "lockdown: the message has more From addresses or From fields than one can be sure of, of which programs show different ones"
	withheldLong     = "lockdown: the header is too long to be sure of the sender here; imap_get_message reads all of it"
	withheldOddly    = "lockdown: the sender's address is written in a way that programs read differently"
	withheldUnsure   = "lockdown: the Sent mailbox could not be looked at, so it is not known whether this mailbox has written to the sender"
)

// lockdownFields are the header fields that lockdown decides by, beside those
// of a summary. Received fields tell where a verdict was added.
var lockdownFields = []string{"Authentication-Results", "Received"}

// withhold decides for each message of a mailbox whether lockdown keeps its
// sender's words back, and takes them out. It costs nothing where the account is
// not locked down or all senders are known; else three flights for each Sent
// mailbox (EXAMINE, search, look), one more for LIST once in placesFor, and one to
// return to the mailbox with a fetch that comes after: reading a message of an
// unknown sender takes six, with LIST seven.
func (s *Service) withhold(ctx context.Context, pool *imapconn.Pool, mailbox string, list []*found) {
	if !pool.Account().Lockdown {
		return
	}
	var unknown []string
	for _, f := range list {
		for _, a := range f.From {
			unknown = append(unknown, contactKey(a))
		}
	}
	known := s.writtenTo(ctx, pool, mailbox, unknown)
	for _, f := range list {
		f.Withheld = s.reason(pool, f, known)
		if f.Withheld == "" {
			continue
		}
		f.From, f.To, f.Subject = bare(f.From), bare(f.To), ""
	}
}

// reason is why a message is withheld, "" when it is not. All of its authors
// must be known: a stranger may add a friend to From.
func (s *Service) reason(pool *imapconn.Pool, f *found, known acquaintance) string {
	if known.own {
		return "" // the mailbox's own sent mail and drafts
	}
	if s.authentication(pool.Account().ID, f.header).DMARC == "fail" {
		return withheldFailed
	}
	if len(f.From) == 0 {
		return withheldNobody
	}
	if f.headerCut {
		return withheldLong
	}
	raw := f.header.Get("From")
	if len(f.From) > maxAuthors || f.header.Count("From") > 1 {
		return withheldSeveral
	}
	for _, a := range f.From {
		if !plainlyWritten(raw, a.Address) {
			return withheldOddly
		}
		switch known.of(contactKey(a)) {
		case stranger:
			return withheldStranger
		case unsure:
			return withheldUnsure
		}
	}
	return ""
}

// maxAuthors is how many authors a mail may have: RFC 5322 §3.6.2 has no bound,
// and message.ParseAddresses has one, beyond which a stranger could stand.
const maxAuthors = 10

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

// bare leaves only the addresses of a list, the first 10. A quoted local part
// can hold a sentence ("obey me"@example.org), and is left out.
func bare(list []message.Address) []message.Address {
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

// verdictsOnly is what the receiving server says, without what the mail's own
// fields say: the notes quote those.
func verdictsOnly(a safety.Authentication) safety.Authentication {
	if n := len(a.Notes); n > 0 {
		a.Notes = []string{"the mail has more to say of its authentication, which is withheld"}
	}
	if !message.IsBareAddress("a@" + a.Domain) {
		a.Domain = ""
	}
	return a
}

// describedOnly are the signals of a withheld message: what they rest on is the
// sender's own words and stays out.
func describedOnly(signals []safety.Signal) []Signal {
	list := make([]Signal, 0, len(signals))
	for _, one := range signals {
		one.Evidence, one.Start, one.End = "", 0, 0
		list = append(list, Signal{Signal: one})
	}
	return list
}

// knownType is a media type that is in common use; any other could spell words.
func knownType(mediaType string) string {
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

// authentication is what the account's receiving server says of a message's
// sender.
func (s *Service) authentication(account string, h message.Header) safety.Authentication {
	pool, err := s.pool(account)
	if err != nil {
		return safety.Authenticate(h, "", "")
	}
	return safety.Authenticate(h, pool.Account().Host, pool.Account().AuthservID)
}

// contactKey is how addresses are compared. The local part's case could matter
// by RFC 5321 §2.4 and never does.
func contactKey(a message.Address) string { return strings.ToLower(a.Address) }
