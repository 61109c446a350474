package tools

import (
	"fmt"
	"slices"
	"strings"

	layout "mail-imap-mcp/internal/answer"
	"mail-imap-mcp/internal/contract"
)

func (d getMessageData) text(t *sheet) {
	m := d.Message
	if m == nil {
		t.outcome(d.outcome)
		return
	}
	t.First("%s", m.first(t, d.summary))
	m.headText(t)
	if m.BodyText != nil && *m.BodyText != "" {
		t.Mail("")
		t.Text(*m.BodyText)
	}
	for _, f := range m.Found {
		t.Mail("")
		t.Mail(fmt.Sprintf("At character %d:", f.OffsetChars))
		t.Text(f.Text)
	}
	if m.BodyHTML != nil {
		t.Mail("")
		t.Text(*m.BodyHTML)
	}
	m.attachedText(t)
	m.hiddenText(t)
	t.Say("sender", m.Authentication.line())
	m.Safety.lines(t)
	if m.BodyNextOffsetChars > 0 {
		more := fmt.Sprintf("body_offset_chars=%d body_max_chars=%d", m.BodyNextOffsetChars, contract.MaxBodyChars)
		if m.links != "" {
			more += " links=" + m.links
		}
		t.Say("more", more)
	}
	if m.Withheld != "" {
		t.Say("warning", layout.Line(m.Withheld))
	}
	t.outcome(d.outcome)
}

// first names the message and says how much of it follows: what the summary says
// behind its own name for it.
func (m *messageData) first(t *sheet, summary string) string {
	line := "Message"
	if len([]rune(m.Mailbox)) <= 60 {
		line = t.id(m.id)
	}
	if state := m.state(); state != "" {
		line += ", " + state
	}
	line += ", " + layout.Size(m.SizeBytes)
	if _, rest, ok := strings.Cut(summary, " of "+m.Mailbox); ok {
		line += strings.TrimSuffix(rest, " in safety.signals")
	}
	return line
}

// headText is the head of a message, one field a line.
func (m *messageData) headText(t *sheet) {
	for _, field := range []struct{ name, value string }{
		{"From", m.From},
		{"Reply-To", m.header("Reply-To")},
		{"To", m.To},
		{"Cc", m.Cc},
		{"Subject", m.Subject},
	} {
		if value := layout.Line(field.value); value != "" && (field.name != "Reply-To" || field.value != m.From) {
			t.Mail(field.name + ": " + value)
		}
	}
	t.Mail("Date: " + t.Moment(m.at))
	for _, a := range m.Attachments {
		t.Mail("Attached: " + a.line())
	}
	for _, note := range m.Safety.Notes {
		t.Mail("Note: " + layout.Line(note))
	}
	if !m.allHeaders {
		return
	}
	for _, h := range m.Headers {
		t.Mail("header " + layout.Line(h.Name) + ": " + layout.Line(h.Value)) // or its name could be a label of ours
	}
}

// header is the value of a header field that was asked for anyway.
func (m *messageData) header(name string) string {
	i := slices.IndexFunc(m.Headers, func(h headerData) bool { return strings.EqualFold(h.Name, name) })
	if i < 0 {
		return ""
	}
	return m.Headers[i].Value
}

// line is an attachment in a line: its part, name, type and size.
func (a attachmentData) line() string {
	line := fmt.Sprintf("%s %s (%s, %s)", a.PartID, layout.Line(a.Filename), layout.Line(a.ContentType), layout.Size(a.SizeBytes))
	for _, note := range []string{a.Note, a.TextNote} {
		if note != "" {
			line += ", " + layout.Line(note)
		}
	}
	return line
}

// attachedText is what was extracted of the attachments, below the body.
func (m *messageData) attachedText(t *sheet) {
	for _, a := range m.Attachments {
		if a.ExtractedText == nil {
			continue
		}
		t.Mail("")
		cut := ""
		if a.TextTruncated {
			cut = ", cut"
		}
		t.Mail(fmt.Sprintf("Text of part %s%s:", a.PartID, cut))
		t.Text(*a.ExtractedText)
	}
}

// hiddenText is what a person would not see, where it was asked for.
func (m *messageData) hiddenText(t *sheet) {
	for _, list := range []struct {
		heading string
		texts   []hiddenData
	}{{"Hidden from a reader", m.Safety.RemovedText}, {"Perhaps hidden from a reader", m.Safety.UncertainText}} {
		for _, h := range list.texts {
			t.Mail("")
			t.Mail(list.heading + " (" + h.Kind + "):")
			t.Text(h.Text)
		}
	}
}

// line is what the receiving server says of the sender.
func (a authenticationData) line() string {
	by := map[string][]string{}
	var verdicts []string
	for _, m := range []struct{ name, verdict string }{{"SPF", a.SPF}, {"DKIM", a.DKIM}, {"DMARC", a.DMARC}} {
		if by[m.verdict] == nil {
			verdicts = append(verdicts, m.verdict)
		}
		by[m.verdict] = append(by[m.verdict], m.name)
	}
	if len(verdicts) == 1 && verdicts[0] == "unknown" {
		return "not checked"
	}
	var parts []string
	for _, v := range verdicts {
		parts = append(parts, strings.Join(by[v], ", ")+" "+v)
	}
	line := strings.Join(parts, "; ")
	if a.Domain != "" {
		line += " for " + layout.Name(a.Domain)
	}
	if a.Checked != "" {
		line += ", as " + layout.Name(a.Checked) + " found"
	}
	return line
}

// lines are what a careful person would notice.
func (d safetyData) lines(t *sheet) {
	for _, s := range d.warnings() {
		t.Say("warning", layout.Line(s.Message))
	}
	if n := total(d.Removed); n > 0 {
		t.Say("removed", fmt.Sprintf("%d pieces that a person would not see (include_removed shows them)", n))
	}
	if n := total(d.Uncertain); n > 0 {
		t.Say("uncertain", fmt.Sprintf("%d pieces that a person may not see, left out (include_uncertain shows them)", n))
	}
}
