// Package safety names what a careful person would notice about a mail: facts
// with their evidence, never a score or a verdict. It is pure.
package safety

import (
	"strings"
	"unicode/utf8"

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

// Level says how much a fact means.
type Level string

const (
	// Notice is a fact that honest mail shows too, often.
	Notice Level = "notice"
	// Warning is a fact at which a careful person would stop.
	Warning Level = "warning"
)

// warnIf is the level of a fact that depends on another.
func warnIf(yes bool) Level {
	if yes {
		return Warning
	}
	return Notice
}

// Signal is one fact. Kind is one of this package's constants.
type Signal struct {
	Kind     string
	Level    Level
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
	Own            []string // the account's own addresses, where they are known
	Authentication Authentication
	Text           string          // the body's safe text, unfolded
	Links          []safetext.Link // of the body
	Hidden         []safetext.Hidden
	Doubts         []string // of safetext.Result
	Attachments    []message.Attachment
	// PlainForm and HTMLForm are the safe texts of the body's two forms where
	// Text begins with the plain one and both are known.
	PlainForm, HTMLForm string
	Pictures            int // that the body's HTML form shows, where it is known
}

const (
	// maxSignals is how many facts one mail may draw; a person reads far fewer.
	maxSignals = 50

	// maxPerKind keeps one trick repeated a thousand times from crowding out
	// the others.
	maxPerKind = 8

	// maxEvidence is the longest evidence, in characters: a line or two.
	maxEvidence = 200
)

// Signals draws them, in a fixed order, at most 50: the sender first, then
// links, attachments, what the text says, and what was hidden.
func Signals(f Facts) []Signal {
	d := &drawer{list: []Signal{}, kinds: map[string]int{}, seen: map[Signal]bool{}, origin: originOf(f)}
	d.sender(f)
	d.authentication(f.Authentication)
	d.links(f)
	d.signIn(f)
	d.attachments(f)
	d.words(f)
	d.pictures(f)
	d.alternatives(f)
	d.hidden(f)
	return d.list
}

// drawer collects signals within their bounds.
type drawer struct {
	origin

	list  []Signal
	kinds map[string]int
	seen  map[Signal]bool
}

// add keeps s with its evidence made one safe line.
func (d *drawer) add(s Signal) {
	s.Evidence = evidence(s.Evidence)
	if len(d.list) >= maxSignals || d.kinds[s.Kind] >= maxPerKind || d.seen[s] {
		return
	}
	d.seen[s] = true
	d.kinds[s.Kind]++
	d.list = append(d.list, s)
}

// evidence makes the sender's words one safe line of at most 200 characters.
func evidence(s string) string {
	const enough = 4 * utf8.UTFMax * maxEvidence // white space and marks may go
	if len(s) > enough {
		s = strings.ToValidUTF8(s[:enough], "")
	}
	line := safetext.Line(s)
	n := 0
	for i := range line {
		if n == maxEvidence-1 && utf8.RuneCountInString(line[i:]) > 1 {
			return strings.TrimSpace(line[:i]) + "…"
		}
		n++
	}
	return line
}
