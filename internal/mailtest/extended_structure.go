package mailtest

import (
	"fmt"
	"maps"
	"mime"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
)

// nstring is NIL for what is not there.
func nstring(s string) string {
	if s == "" {
		return "NIL"
	}
	return text(s)
}

func encoded(s string) string { return nstring(mime.QEncoding.Encode("utf-8", s)) }

// envelope writes an ENVELOPE (RFC 3501 §7.4.2).
func envelope(e *imap.Envelope) string {
	date := ""
	if !e.Date.IsZero() {
		date = e.Date.Format(time.RFC1123Z)
	}
	sender, reply := e.Sender, e.ReplyTo
	if len(sender) == 0 {
		sender = e.From
	}
	if len(reply) == 0 {
		reply = e.From
	}
	said := []string{nstring(date), encoded(e.Subject)}
	for _, list := range [][]imap.Address{e.From, sender, reply, e.To, e.Cc, e.Bcc} {
		one := ""
		for _, a := range list {
			one += fmt.Sprintf("(%s NIL %s %s)", encoded(a.Name), nstring(a.Mailbox), nstring(a.Host))
		}
		if one == "" {
			said = append(said, "NIL")
		} else {
			said = append(said, "("+one+")")
		}
	}
	answers := ""
	if len(e.InReplyTo) > 0 {
		answers = "<" + strings.Join(e.InReplyTo, "> <") + ">"
	}
	id := ""
	if e.MessageID != "" {
		id = "<" + e.MessageID + ">"
	}
	return "(" + strings.Join(append(said, nstring(answers), nstring(id)), " ") + ")"
}

// structure writes BODYSTRUCTURE, or BODY when it is not extended (RFC 3501 §7.4.2).
func structure(b imap.BodyStructure, extended bool) string {
	switch b := b.(type) {
	case *imap.BodyStructureMultiPart:
		said := "("
		for _, child := range b.Children {
			said += structure(child, extended)
		}
		said += " " + text(b.Subtype)
		if extended && b.Extended != nil {
			said += " " + parameters(b.Extended.Params) + " " + disposition(b.Extended.Disposition) + " NIL NIL"
		}
		return said + ")"
	case *imap.BodyStructureSinglePart:
		encoding := b.Encoding
		if encoding == "" {
			encoding = "7bit"
		}
		said := fmt.Sprintf("(%s %s %s %s %s %s %d", text(b.Type), text(b.Subtype), parameters(b.Params),
			nstring(b.ID), encoded(b.Description), text(encoding), b.Size)
		switch {
		case b.MessageRFC822 != nil:
			said += fmt.Sprintf(" %s %s %d", envelope(b.MessageRFC822.Envelope),
				structure(b.MessageRFC822.BodyStructure, extended), b.MessageRFC822.NumLines)
		case b.Text != nil:
			said += fmt.Sprint(" ", b.Text.NumLines)
		}
		if extended && b.Extended != nil {
			said += " NIL " + disposition(b.Extended.Disposition) + " NIL NIL"
		}
		return said + ")"
	}
	return "NIL"
}

func parameters(params map[string]string) string {
	var said []string
	for _, name := range slices.Sorted(maps.Keys(params)) {
		said = append(said, text(name)+" "+text(params[name]))
	}
	if said == nil {
		return "NIL"
	}
	return "(" + strings.Join(said, " ") + ")"
}

func disposition(d *imap.BodyStructureDisposition) string {
	if d == nil {
		return "NIL"
	}
	return "(" + text(d.Value) + " " + parameters(d.Params) + ")"
}
