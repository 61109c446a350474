package mailbox

import (
	"context"
	"slices"
	"strings"

	"mail-imap-mcp/internal/imapconn"
)

// sentNames are what Sent mailboxes are called where the server does not say
// (RFC 6154), in lower case, without the parents.
var sentNames = []string{
	"sent", "sent items", "sent messages", "sent mail", "gesendet", "gesendete elemente", "gesendete objekte", "envoyés", "éléments envoyés",
	"messages envoyés", "enviados", "elementos enviados", "posta inviata", "inviati", "verzonden", "verzonden items", "skickat", "sendt", "wysłane",
	"отправленные", "已发送", "寄件備份", "送信済み", "送信済みアイテム", "보낸편지함", "gönderilmiş öğeler",
}

// sentBoxes names the account's Sent mailboxes: those with the special use, else
// those with a usual name.
func (s *Service) sentBoxes(ctx context.Context, pool *imapconn.Pool) (sentBoxes, error) {
	account := pool.Account().ID
	s.contacts.mu.Lock()
	known, ok := s.contacts.sent[account]
	s.contacts.mu.Unlock()
	if ok && s.now().Before(known.until) {
		return known, nil
	}
	list, err := s.List(ctx, ListQuery{Account: account})
	if err != nil {
		return sentBoxes{}, err
	}
	boxes := sentBoxes{until: s.now().Add(sentFor)}
	var named []string
	for _, m := range list.Mailboxes {
		last := m.Name
		if m.Delimiter != "" {
			last = last[strings.LastIndex(last, m.Delimiter)+1:]
		}
		switch {
		case !m.Selectable:
		case m.SpecialUse == "sent":
			boxes.names = append(boxes.names, m.Name)
		case m.SpecialUse == "drafts":
			boxes.own = append(boxes.own, m.Name)
		case slices.Contains(sentNames, strings.ToLower(last)):
			named = append(named, m.Name)
		}
	}
	if len(boxes.names) == 0 {
		boxes.names = named
	}
	boxes.own = append(boxes.own, boxes.names...)
	s.contacts.mu.Lock()
	defer s.contacts.mu.Unlock()
	if s.contacts.sent == nil {
		s.contacts.sent = map[string]sentBoxes{}
	}
	s.contacts.sent[account] = boxes
	return boxes, nil
}
