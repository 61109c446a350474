package demo

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// scenes are played in this order: those that change mail need what the ones
// before them left.
var scenes = []scene{
	{"Which mailboxes do I have?", playMailboxes},
	{"What is unread from this week?", playUnread},
	{"What does a model read of that?", playModel},
	{"Did somebody in Japan write about the meeting (会議)?", playLanguage},
	{"What is in the latest Tide Table?", playNewsletter},
	{"Is there a new invoice from the metalworkers?", playInvoice},
	{"When do I meet the surveyor?", playInvitation},
	{"What did Hanna and I decide about the budget?", playConversation},
	{"Payroll says my salary account expires. Is that real?", playPhishing},
	{"Archive the Tide Tables in my inbox.", playRefused},
	{"Writing is on now. What would happen? Then do it.", playArchive},
	{"On second thought, put them back.", playUndo},
	{"Then delete them for good.", playForGood},
	{"Tell Grace I come to the walk with the surveyor.", playDraft},
}

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

// playModel shows an answer as it stands before a model: one text, with what
// strangers wrote between markers that no stranger can know.
func playModel(ctx context.Context, s *stage) error {
	var page searchAnswer
	if err := s.ask(ctx, "imap_search_messages", map[string]any{"mailbox": inbox, "unread_only": true, "last_days": 7, "limit": 4}, &page); err != nil {
		return err
	}
	s.quote(s.session.read, 30)
	s.fact("the same as JSON is %d bytes; programs get it with MAIL_IMAP_ANSWERS=json", len(s.session.text))
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
	m, err := s.findAndRead(ctx, map[string]any{"mailbox": inbox, "subject": "会議"}, map[string]any{"body_max_chars": 1000})
	if err != nil {
		return err
	}
	s.quote(m.Message.Text, 6)
	s.fact("written in iso-2022-jp; koi8-r, gb18030, euc-kr and others read the same way")
	return nil
}

// find searches for the newest match, and returns its id.
func (s *stage) find(ctx context.Context, criteria map[string]any) (string, error) {
	criteria = maps.Clone(criteria)
	criteria["limit"] = 1
	var found searchAnswer
	if err := s.ask(ctx, "imap_search_messages", criteria, &found); err != nil {
		return "", err
	}
	if len(found.Messages) == 0 {
		return "", fmt.Errorf("demo: nothing was found for %s", brief(criteria))
	}
	s.list(found)
	return found.Messages[0].ID, nil
}

// read reads a message; how are further arguments.
func (s *stage) read(ctx context.Context, id string, how map[string]any) (*messageAnswer, error) {
	arguments := map[string]any{"message_id": id}
	maps.Copy(arguments, how)
	var m messageAnswer
	if err := s.ask(ctx, "imap_get_message", arguments, &m); err != nil {
		return nil, err
	}
	if strings.TrimSpace(m.Message.Text) == "" {
		return nil, fmt.Errorf("demo: the text of %q is empty", m.Message.Subject)
	}
	return &m, nil
}

// findAndRead searches for the newest match and reads it.
func (s *stage) findAndRead(ctx context.Context, criteria, how map[string]any) (*messageAnswer, error) {
	id, err := s.find(ctx, criteria)
	if err != nil {
		return nil, err
	}
	return s.read(ctx, id, how)
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
