package demo

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

var scenes = []scene{
	{"Which mailboxes do I have?", playMailboxes},
	{"What is unread from this week?", playUnread},
	{"Did somebody in Japan write about the meeting (会議)?", playLanguage},
	{"What is in the latest Tide Table?", playNewsletter},
	{"Is there a new invoice from the metalworkers?", playInvoice},
	{"When do I meet the surveyor?", playInvitation},
	{"Payroll says my salary account expires. Is that real?", playPhishing},
}

// The answers, as far as the demo reads them.
type (
	accountsAnswer struct {
		Accounts []struct {
			ID     string `json:"account_id"`
			Host   string `json:"host"`
			Port   int    `json:"port"`
			Secure bool   `json:"secure"`
		} `json:"accounts"`
	}
	mailboxesAnswer struct {
		Mailboxes []struct {
			Name       string `json:"name"`
			SpecialUse string `json:"special_use"`
			Total      int    `json:"total"`
			Unread     int    `json:"unread"`
		} `json:"mailboxes"`
	}
	summary struct {
		ID      string    `json:"message_id"`
		Date    time.Time `json:"date"`
		From    string    `json:"from"`
		Subject string    `json:"subject"`
	}
	searchAnswer struct {
		Total      int       `json:"total"`
		Messages   []summary `json:"messages"`
		NextCursor string    `json:"next_cursor"`
		HasMore    bool      `json:"has_more"`
	}
	messageAnswer struct {
		Message struct {
			summary
			Text        string `json:"body_text"`
			Attachments []struct {
				Filename string `json:"filename"`
				Type     string `json:"content_type"`
				Size     int    `json:"size_bytes"`
			} `json:"attachments"`
			Safety struct {
				Removed map[string]int `json:"removed"`
			} `json:"safety"`
		} `json:"message"`
	}
)

func playMailboxes(ctx context.Context, s *stage) error {
	var accounts accountsAnswer
	if err := s.ask(ctx, "imap_list_accounts", map[string]any{}, &accounts); err != nil {
		return err
	}
	for _, a := range accounts.Accounts {
		s.fact("account %s at %s:%d, TLS %t", a.ID, a.Host, a.Port, a.Secure)
	}
	var list mailboxesAnswer
	if err := s.ask(ctx, "imap_list_mailboxes", map[string]any{}, &list); err != nil {
		return err
	}
	if len(list.Mailboxes) < len(boxes) {
		return fmt.Errorf("demo: %d mailboxes are listed, %d were made", len(list.Mailboxes), len(boxes))
	}
	for _, m := range list.Mailboxes {
		s.fact("%s %s %4d messages %3d unread", pad(m.Name, 22), pad(m.SpecialUse, 8), m.Total, m.Unread)
	}
	return nil
}

// playUnread asks for two pages, the second by cursor.
func playUnread(ctx context.Context, s *stage) error {
	const page = 6
	var first, second searchAnswer
	err := s.ask(ctx, "imap_search_messages", map[string]any{"mailbox": inbox, "unread_only": true, "last_days": 7, "limit": page}, &first)
	if err != nil {
		return err
	}
	if len(first.Messages) != page || first.NextCursor == "" {
		return fmt.Errorf("demo: the first page has %d messages and cursor %q", len(first.Messages), first.NextCursor)
	}
	s.list(first)
	if err := s.ask(ctx, "imap_search_messages", map[string]any{"cursor": first.NextCursor, "limit": 3}, &second); err != nil {
		return err
	}
	for _, m := range second.Messages {
		if slices.ContainsFunc(first.Messages, func(f summary) bool { return f.ID == m.ID }) {
			return fmt.Errorf("demo: %s is on both pages", m.ID)
		}
	}
	s.list(second)
	s.fact("%d unread in all; the cursor goes on from there", first.Total)
	return nil
}

func playLanguage(ctx context.Context, s *stage) error {
	m, err := s.findAndRead(ctx, map[string]any{"mailbox": inbox, "subject": "会議"}, 1000)
	if err != nil {
		return err
	}
	s.quote(m.Message.Text, 6)
	s.fact("written in iso-2022-jp; koi8-r, gb18030, euc-kr and others read the same way")
	return nil
}

func playNewsletter(ctx context.Context, s *stage) error {
	m, err := s.findAndRead(ctx, map[string]any{"mailbox": inbox, "from": tideTable.address}, 2000)
	if err != nil {
		return err
	}
	s.quote(m.Message.Text, 14)
	s.removed(m)
	return nil
}

func playInvoice(ctx context.Context, s *stage) error {
	m, err := s.findAndRead(ctx, map[string]any{"mailbox": inbox, "from": steelworks.address, "has_attachment": true}, 600)
	if err != nil {
		return err
	}
	s.quote(m.Message.Text, 5)
	return s.attachments(m, "application/pdf")
}

func playInvitation(ctx context.Context, s *stage) error {
	m, err := s.findAndRead(ctx, map[string]any{"mailbox": inbox, "query": "surveyor", "subject": "Invitation"}, 600)
	if err != nil {
		return err
	}
	s.quote(m.Message.Text, 7)
	return s.attachments(m, "")
}

// playPhishing reads the mail that hides words to an AI. That none of them is
// in any answer is checked with every call.
func playPhishing(ctx context.Context, s *stage) error {
	m, err := s.findAndRead(ctx, map[string]any{"mailbox": inbox, "subject": "salary account"}, 2000)
	if err != nil {
		return err
	}
	s.quote(m.Message.Text, 9)
	if len(m.Message.Safety.Removed) == 0 {
		return fmt.Errorf("demo: nothing hidden was found in the phishing mail")
	}
	s.removed(m)
	s.warn("the words hidden in it for an AI never reached this transcript")
	return nil
}

// findAndRead searches for the newest match and reads it.
func (s *stage) findAndRead(ctx context.Context, criteria map[string]any, characters int) (*messageAnswer, error) {
	criteria = maps.Clone(criteria)
	criteria["limit"] = 1
	var found searchAnswer
	if err := s.ask(ctx, "imap_search_messages", criteria, &found); err != nil {
		return nil, err
	}
	if len(found.Messages) == 0 {
		return nil, fmt.Errorf("demo: nothing was found for %s", brief(criteria))
	}
	s.list(found)
	var m messageAnswer
	err := s.ask(ctx, "imap_get_message", map[string]any{"message_id": found.Messages[0].ID, "body_max_chars": characters}, &m)
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(m.Message.Text) == "" {
		return nil, fmt.Errorf("demo: the text of %q is empty", m.Message.Subject)
	}
	return &m, nil
}

// list shows a page of matches.
func (s *stage) list(a searchAnswer) {
	for _, m := range a.Messages {
		s.fact("%s  %s  %s", m.Date.Format("02 Jan 15:04"), pad(sender(m.From), 20), m.Subject)
	}
}

// sender is the name in a From, or the address where there is none.
func sender(from string) string {
	if name, _, ok := strings.Cut(from, " <"); ok && name != "" {
		return strings.Trim(name, `"`)
	}
	return from
}

// removed shows what was hidden in a mail, by kind.
func (s *stage) removed(m *messageAnswer) {
	for _, kind := range slices.Sorted(maps.Keys(m.Message.Safety.Removed)) {
		s.warn("removed: %s (%d)", kind, m.Message.Safety.Removed[kind])
	}
}

// attachments shows them; one of mediaType must be there, or any if it is
// empty.
func (s *stage) attachments(m *messageAnswer, mediaType string) error {
	found := false
	for _, a := range m.Message.Attachments {
		s.fact("attached: %s (%s, %d bytes)", a.Filename, a.Type, a.Size)
		found = found || mediaType == "" || a.Type == mediaType
	}
	if !found {
		return fmt.Errorf("demo: the attachment of %q is not listed", m.Message.Subject)
	}
	return nil
}
