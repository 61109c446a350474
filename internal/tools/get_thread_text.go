package tools

import (
	"fmt"
	"strings"

	layout "mail-imap-mcp/internal/answer"
)

func (d getThreadData) text(t *sheet) {
	who := map[string]string{} // display name -> the one address that has it, "" for several
	for _, m := range d.Messages {
		if address, known := who[m.name()]; known && address != m.author {
			who[m.name()] = ""
			continue
		}
		who[m.name()] = m.author
	}
	named := map[string]bool{}
	removed, uncertain := 0, 0
	for _, m := range d.Messages {
		t.Mail(m.line(t, who, named))
		if m.BodyText != nil && *m.BodyText != "" {
			t.Text(*m.BodyText)
		}
		removed += total(m.Removed)
		uncertain += total(m.Uncertain)
	}
	if len(d.Messages) > 0 {
		t.Dated()
	}
	switch {
	case d.NextPosition > 0:
		t.Say("more", fmt.Sprintf("position=%d", d.NextPosition))
	case d.FirstPosition > 1:
		t.Say("more", "position=1")
	}
	if len(d.UnsearchedMailboxes) > 0 {
		t.Say("warning", "not searched: "+list(d.UnsearchedMailboxes, 5))
	}
	if removed > 0 {
		t.Say("removed", fmt.Sprintf("%d pieces that a person would not see", removed))
	}
	if uncertain > 0 {
		t.Say("uncertain", fmt.Sprintf("%d pieces that a person may not see, left out (%s shows them)", uncertain, nameGetMessage))
	}
	t.outcome(d.outcome)
}

// name is the sender's name without the address.
func (m threadMessageData) name() string {
	name, _, _ := strings.Cut(m.From, " <")
	return name
}

// line begins a message of a conversation. A sender is named in full once, then by
// name alone where no other address has that name.
func (m threadMessageData) line(t *sheet, who map[string]string, named map[string]bool) string {
	from := layout.Line(m.From)
	if m.author != "" && named[m.author] {
		if from = layout.Line(m.name()); who[m.name()] == "" {
			from = layout.Line(m.author)
		}
	}
	named[m.author] = true
	line := t.id(m.id) + " " + t.When(m.at) + " " + from
	if state := m.state(); state != "" {
		line += ", " + state
	}
	if m.Withheld != "" {
		line += ", withheld: " + layout.Line(m.Withheld)
	}
	var files []string
	for _, a := range m.Attachments {
		files = append(files, a.PartID+" "+layout.Line(a.Filename))
	}
	if len(files) > 0 {
		line += "  (" + strings.Join(files, ", ") + ")"
	}
	if m.BodyTruncated {
		line += " (cut)"
	}
	return line + ":"
}
