package mailbox

import (
	"context"
	"fmt"
	"slices"

	"github.com/emersion/go-imap/v2"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imapconn"
)

// maxSentBoxes is how many Sent mailboxes are looked into: each costs round
// trips, and real accounts have one or two.
const maxSentBoxes = 4

// sentBoxes names the account's Sent mailboxes: those with the special use
// (RFC 6154), else those with a usual name. It costs one round trip, once in
// sentFor.
func (s *Service) sentBoxes(ctx context.Context, pool *imapconn.Pool) (sentBoxes, error) {
	account := pool.Account().ID
	s.contacts.mu.Lock()
	known, ok := s.contacts.sent[account]
	s.contacts.mu.Unlock()
	if ok && s.now().Before(known.until) {
		return known, nil
	}
	var boxes sentBoxes
	err := pool.Do(ctx, "", func(_ context.Context, c *imapconn.Conn) error {
		cmd := c.Client().List("", "*", &imap.ListOptions{ReturnSpecialUse: c.Has(imap.CapSpecialUse) && c.Has(imap.CapListExtended)})
		boxes = findSent(cmd)
		if err := cmd.Close(); err != nil {
			return fmt.Errorf("LIST: %w", err)
		}
		return nil
	})
	if err != nil {
		return sentBoxes{}, fmt.Errorf("find Sent: %w", err)
	}
	boxes.until = s.now().Add(sentFor)
	s.contacts.mu.Lock()
	defer s.contacts.mu.Unlock()
	if s.contacts.sent == nil {
		s.contacts.sent = map[string]sentBoxes{}
	}
	s.contacts.sent[account] = boxes
	return boxes, nil
}

// findSent reads a LIST.
func findSent(cmd *imapconn.ListCommand) sentBoxes {
	var boxes sentBoxes
	var named []string
	add := func(list []string, name string) []string {
		if len(list) < maxSentBoxes {
			list = append(list, name)
		}
		return list
	}
	for data := cmd.Next(); data != nil; data = cmd.Next() {
		if contract.CheckMailbox("mailbox", data.Mailbox) != nil || slices.ContainsFunc(data.Attrs, unselectable) {
			continue
		}
		marked := func(use imap.MailboxAttr) bool {
			return slices.ContainsFunc(data.Attrs, func(attr imap.MailboxAttr) bool { return equalAttr(attr, use) })
		}
		name := canonicalMailbox(data.Mailbox)
		switch p, score := placeByName(name, data.Delim); {
		case marked(imap.MailboxAttrSent):
			boxes.names = add(boxes.names, name)
		case marked(imap.MailboxAttrDrafts):
			boxes.own = add(boxes.own, name)
		case score > 0 && p == placeSent:
			named = add(named, name)
		}
	}
	if len(boxes.names) == 0 {
		boxes.names = named
	}
	boxes.own = append(boxes.own, boxes.names...)
	return boxes
}
