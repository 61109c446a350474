package tools

import (
	"fmt"
	"slices"
	"strings"

	layout "mail-imap-mcp/internal/answer"
	"mail-imap-mcp/internal/message"
)

// line is a message as a line of a list: id, date, state, sender, subject, what
// is attached. Columns that a sender fills are set apart by two blanks, which no
// sender's text has.
func (m summaryData) line(t *sheet) string {
	line := t.id(m.id) + "  " + t.When(m.at)
	if state := m.state(); state != "" {
		line += " " + state
	}
	line += " " + m.correspondent(t, m.author) + "  " + layout.Line(m.Subject)
	if m.AttachmentCount != nil && *m.AttachmentCount > 0 {
		// A square bracket before a stranger's words would help them to pass for a marker.
		line += "  (" + attached(m.attached, *m.AttachmentCount) + ")"
	}
	if m.Withheld != "" {
		line += "  (withheld: " + layout.Line(m.Withheld) + ")"
	}
	return strings.TrimRight(line, " ")
}

// attached names the first attachments of a message that has n.
func attached(list []message.Attachment, n int) string {
	const most = 2
	var names []string
	for _, a := range list[:min(len(list), most)] {
		if a.Filename != "" {
			names = append(names, layout.Name(a.Filename)+" "+layout.Size(a.Size))
		}
	}
	if more := n - len(names); more > 0 && len(names) > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	} else if more > 0 {
		names = []string{fmt.Sprintf("%d attached", more)}
	}
	return strings.Join(names, ", ")
}

// correspondent is the sender or, of mail the account's owner sent, to whom.
func (h head) correspondent(t *sheet, author string) string {
	for _, a := range t.server.Accounts.List() {
		if a.ID == h.id.Account && a.Owns(author) && h.To != "" {
			return "to " + layout.Line(h.To)
		}
	}
	return layout.Line(h.From)
}

// state are the flags of a message in the words of a person.
func (h head) state() string {
	has := func(flag string) bool {
		return slices.ContainsFunc(h.Flags, func(f string) bool { return strings.EqualFold(f, flag) })
	}
	var words []string
	if !has(`\Seen`) {
		words = append(words, "unread")
	}
	for _, w := range []struct{ flag, word string }{
		{`\Flagged`, "starred"}, {`\Answered`, "answered"}, {"$Forwarded", "forwarded"}, {"$Important", "important"}, {`\Draft`, "draft"}, {`\Deleted`, "deleted"},
	} {
		if has(w.flag) {
			words = append(words, w.word)
		}
	}
	return strings.Join(words, " ")
}
