package tools

import (
	"context"
	"fmt"
	"net/mail"
	"strings"
	"time"

	layout "mail-imap-mcp/internal/answer"
	"mail-imap-mcp/internal/change"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/draft"
	"mail-imap-mcp/internal/message"
)

// question is what a person is asked before a change.
type question struct {
	ask    string   // in this server's words
	quoted []string // in the words of others, a line each
}

// String is the question as a person reads it.
func (q question) String() string {
	if len(q.quoted) == 0 {
		return q.ask
	}
	return q.ask + "\n\n  " + strings.Join(q.quoted, "\n  ")
}

// particulars are what a question says of messages or of a draft.
type particulars struct {
	own    string // a sentence of this server's
	quoted []string
}

// question makes the question about a write. One that a model is to show holds
// no subjects and senders where lockdown keeps strangers' words from models.
func (inv *invocation) question(ctx context.Context, w write, forPerson bool) (question, error) {
	sentences := []string{layout.Own(w.what) + "?"}
	if len(inv.Accounts.List()) > 1 {
		sentences = append(sentences, fmt.Sprintf("The account is %q.", w.works[0].Account))
	}
	switch {
	case w.permanent, w.mailboxDelete:
		sentences = append(sentences, "This cannot be undone.")
	case w.undoable():
		sentences = append(sentences, "It can be undone afterwards.")
	}
	var quoted []string
	if w.particulars != nil {
		p, err := w.particulars(ctx, forPerson || !inv.lockedDown(w.works[0].Account))
		if err != nil {
			return question{}, err
		}
		if p.own != "" {
			sentences = append(sentences, p.own)
		}
		quoted = p.quoted
	}
	return question{strings.Join(sentences, " "), quoted}, nil
}

// lockedDown reports whether strangers' words are kept from models.
func (s *server) lockedDown(account string) bool {
	for _, a := range s.Accounts.List() {
		if strings.EqualFold(a.ID, account) {
			return a.Lockdown
		}
	}
	return true
}

// particularsOf are a few of the messages that a change is about, and when all
// of them arrived.
func particularsOf(v *change.Preview, messages int, subjects bool) particulars {
	p := particulars{own: arrival(v.Oldest, v.Newest)}
	if len(v.Samples) == 0 || !subjects {
		return p // a sender chooses the address too
	}
	p.own = strings.TrimSpace(p.own + " Some of the messages, in the words of their senders:")
	for _, m := range v.Samples {
		p.quoted = append(p.quoted, quote(m.Subject)+" "+sampleSender(m.From))
	}
	if more := messages - len(v.Samples); more > 0 {
		p.quoted = append(p.quoted, fmt.Sprintf("and %d more", more))
	}
	return p
}

// arrival is the span of dates in words, as the server's own zone has them.
func arrival(oldest, newest time.Time) string {
	first, last := oldest.Format(time.DateOnly), newest.Format(time.DateOnly)
	switch {
	case newest.IsZero():
		return ""
	case first == last:
		return "Arrived on " + first + "."
	}
	return fmt.Sprintf("Arrived between %s and %s.", first, last)
}

// sampleSender is who wrote a message, by bare address.
func sampleSender(from []message.Address) string {
	switch {
	case len(from) == 0:
		return "without a sender"
	case len(from) > 1:
		return "from several senders"
	}
	return "from " + bareOrQuoted(from[0].Address)
}

// bareOrQuoted shows an address; one with room for a sentence stands in
// quotation marks.
func bareOrQuoted(address string) string {
	if message.IsBareAddress(address) {
		return address
	}
	return quote(address)
}

// maxQuoted is the longest that is quoted in a question, in characters.
const maxQuoted = 72

// quote sets a stranger's words apart: in quotation marks that they cannot end,
// on one line, and without what a model could take for more than words.
func quote(s string) string {
	s = strings.NewReplacer("“", "'", "”", "'").Replace(layout.Line(s))
	if r := []rune(s); len(r) > maxQuoted {
		s = string(r[:maxQuoted]) + "…"
	}
	return "“" + s + "”"
}

// maxNamed is how many recipients of each field a question names.
const maxNamed = 10

// draftParticulars are whom a draft goes to, what it says it is about, and which
// of the owner's files go with it.
func draftParticulars(p *draft.Prepared) particulars {
	about := []string{"Subject: " + quote(p.Subject)}
	for _, f := range p.Attachments {
		if f.Local {
			about = append(about, "Your file: "+quote(f.Filename))
		}
	}
	if len(p.To)+len(p.Cc)+len(p.Bcc) == 0 {
		return particulars{own: "It names no recipient.", quoted: about}
	}
	var lines []string
	for _, field := range []struct {
		name string
		list []mail.Address
	}{{"To", p.To}, {"Cc", p.Cc}, {"Bcc", p.Bcc}} {
		if len(field.list) > 0 {
			lines = append(lines, field.name+": "+addressed(field.list))
		}
	}
	return particulars{
		own:    "It is addressed to " + contract.Plural(len(p.To)+len(p.Cc)+len(p.Bcc), "address") + ":",
		quoted: append(lines, about...),
	}
}

// addressed are addresses, the first few of them.
func addressed(list []mail.Address) string {
	shown := make([]string, 0, maxNamed+1)
	for _, a := range list[:min(len(list), maxNamed)] {
		shown = append(shown, bareOrQuoted(a.Address))
	}
	text := strings.Join(shown, ", ")
	if more := len(list) - maxNamed; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
