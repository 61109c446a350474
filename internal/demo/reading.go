package demo

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// playNewsletter reads HTML as it is sent: nested tables, a hidden preheader, a
// tracking pixel, parameters that follow the reader.
func playNewsletter(ctx context.Context, s *stage) error {
	m, err := s.findAndRead(ctx, map[string]any{"mailbox": inbox, "from": tideTable.address}, map[string]any{"body_max_chars": 2000})
	if err != nil {
		return err
	}
	text := m.Message.Text
	s.quote(text, 16)
	for _, gone := range []string{"utm_", "track.", "<table", issues[0].preheader} {
		if strings.Contains(text, gone) {
			return fmt.Errorf("demo: the newsletter still has %q", gone)
		}
	}
	s.fact("%d bytes of HTML became %d characters", m.Message.Size, utf8.RuneCountInString(text))
	for _, l := range m.Message.Links {
		s.fact("links lead to %s (%d), without the utm_ that follows a reader", l.Host, l.Count)
	}
	s.verdicts(m)
	if m.Message.Safety.Removed["hidden_elements"] == 0 {
		return fmt.Errorf("demo: the preheader of the newsletter is not counted")
	}
	s.removed(m)
	s.fact("gone with it: the hidden preheader and the tracking pixel")
	return nil
}

// playInvoice reads a mail and, in the same call, the PDF attached to it.
func playInvoice(ctx context.Context, s *stage) error {
	m, err := s.findAndRead(ctx,
		map[string]any{"mailbox": inbox, "from": steelworks.address, "has_attachment": true},
		map[string]any{"attachment_mode": "extract_text"})
	if err != nil {
		return err
	}
	s.quote(m.Message.Text, 4)
	if err := s.attachments(m, "application/pdf"); err != nil {
		return err
	}
	text := m.Message.Attachments[0].Text
	if text == "" {
		return fmt.Errorf("demo: the PDF of %q gave no text", m.Message.Subject)
	}
	s.quote(text, 20)
	s.fact("read from the PDF by a child process with limits, in that one call")
	s.verdicts(m)
	return nil
}

// playInvitation reads a calendar part in words.
func playInvitation(ctx context.Context, s *stage) error {
	m, err := s.findAndRead(ctx,
		map[string]any{"mailbox": inbox, "query": "surveyor", "subject": "Invitation"},
		map[string]any{"body_max_chars": 2000})
	if err != nil {
		return err
	}
	s.quote(m.Message.Text, 16)
	return s.attachments(m, "application/ics")
}

// playConversation reads both sides of a conversation, which lie in two
// mailboxes, each mail with what it says itself.
func playConversation(ctx context.Context, s *stage) error {
	id, err := s.find(ctx, map[string]any{"mailbox": lighthouse, "from": hanna.address, "subject": "Budget"})
	if err != nil {
		return err
	}
	var thread threadAnswer
	if err := s.ask(ctx, "imap_get_thread", map[string]any{"message_id": id}, &thread); err != nil {
		return err
	}
	bytes, characters, places := 0, 0, map[string]bool{}
	for _, m := range thread.Messages {
		if strings.Contains(m.Text, "wrote:") || strings.HasPrefix(m.Text, ">") || strings.Contains(m.Text, "\n>") {
			return fmt.Errorf("demo: the conversation repeats what was quoted: %q", m.Text)
		}
		s.fact("%s  %s  in %s", m.Date.Format("02 Jan 15:04"), pad(sender(m.From), 20), m.Mailbox)
		s.quote(m.Text, 7)
		bytes += m.Size
		characters += utf8.RuneCountInString(m.Text)
		places[m.Mailbox] = true
	}
	if len(places) < 2 || len(thread.Messages) != thread.Total {
		return fmt.Errorf("demo: %d of %d messages of the conversation are in %d mailboxes", len(thread.Messages), thread.Total, len(places))
	}
	s.fact("%d bytes of mail became %d characters: nothing is quoted again", bytes, characters)
	return nil
}

// verdicts shows what the receiving server found about the sender.
func (s *stage) verdicts(m *messageAnswer) {
	a := m.Message.Authentication
	show := s.fact
	if a.DMARC != "pass" {
		show = s.warn
	}
	show("sender: SPF %s, DKIM %s, DMARC %s, as %s found", a.SPF, a.DKIM, a.DMARC, a.CheckedBy)
}

// removed shows what was hidden in a mail, by kind.
func (s *stage) removed(m *messageAnswer) {
	var kinds []string
	for _, kind := range slices.Sorted(maps.Keys(m.Message.Safety.Removed)) {
		kinds = append(kinds, fmt.Sprintf("%s (%d)", kind, m.Message.Safety.Removed[kind]))
	}
	s.alert("removed: " + strings.Join(kinds, ", "))
}

// attachments shows them; one of mediaType must be there.
func (s *stage) attachments(m *messageAnswer, mediaType string) error {
	found := false
	for _, a := range m.Message.Attachments {
		s.fact("attached: %s (%s, %d bytes)", a.Filename, a.Type, a.Size)
		found = found || a.Type == mediaType
	}
	if !found {
		return fmt.Errorf("demo: the attachment of %q is not listed", m.Message.Subject)
	}
	return nil
}
