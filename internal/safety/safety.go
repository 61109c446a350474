// Package safety names what a careful person would notice about a mail: facts
// with their evidence, never a score or a verdict. It is pure.
package safety

import (
	"mail-imap-mcp/internal/message"
	"mail-imap-mcp/internal/safetext"
)

// Verdict is what the receiving server found about a sender (RFC 8601 §2.7).
type Verdict string

// Unknown is the verdict where the receiving server said nothing that can be
// trusted.
const Unknown Verdict = "unknown"

// Authentication is what the receiving server says of a message's sender.
type Authentication struct {
	By               string // authserv-id of the header that counted; "" when none did
	SPF, DKIM, DMARC Verdict
	ARC              Verdict
	Domain           string   // the From domain DMARC spoke of, "" when not said
	Notes            []string // what was ignored and why, for example forged headers
}

// Authenticated reports whether the From address is the sender's own: DMARC
// passed.
func (a Authentication) Authenticated() bool { return a.DMARC == "pass" }

// Authenticate reads the Authentication-Results of the receiving server: the
// topmost field whose authserv-id is trusted. trusted is the id the account
// names, or "" for the one its provider is known to use, by host.
func Authenticate(h message.Header, host, trusted string) Authentication {
	return Authentication{SPF: Unknown, DKIM: Unknown, DMARC: Unknown, ARC: Unknown, Notes: []string{}}
}

// Signal is one fact. Kind is one of this package's constants.
type Signal struct {
	Kind     string
	Message  string // one sentence in our words
	Evidence string // the sender's words or addresses it rests on, one safe line; "" when Message says all
	// Start and End are the characters of the body's safe text it is about;
	// both 0 when it is not about a span.
	Start, End int
}

// Facts are what signals are drawn from. Zero fields draw none.
type Facts struct {
	Header         message.Header
	From           []message.Address
	ReplyTo        []message.Address
	Authentication Authentication
	Text           string          // the body's safe text, unfolded
	Links          []safetext.Link // of the body
	Hidden         []safetext.Hidden
	Doubts         []string // of safetext.Result
	Attachments    []message.Attachment
}

// Signals draws them, in a fixed order, at most 50.
func Signals(f Facts) []Signal { return []Signal{} }
