package people

import (
	"context"
	"fmt"

	"github.com/emersion/go-imap/v2"

	"mail-imap-mcp/internal/imapconn"
)

// maxSentBoxes is how many Sent mailboxes are looked into: each costs round
// trips, and real accounts have one or two.
const maxSentBoxes = 4

// sentBoxes names the account's Sent mailboxes: those with the special use
// (RFC 6154), else those with a usual name. It costs one round trip, once in
// placesFor.
func (s *Service) sentBoxes(ctx context.Context, pool *imapconn.Pool) (sentBoxes, error) {
	p, err := s.listPlaces(ctx, pool)
	if err != nil {
		return sentBoxes{}, fmt.Errorf("find Sent: %w", err)
	}
	return p.sent, nil
}

// findSent picks from the mailboxes that are of some special use.
func findSent(boxes []Box) sentBoxes {
	var found sentBoxes
	var named []string
	add := func(list []string, name string) []string {
		if len(list) < maxSentBoxes {
			list = append(list, name)
		}
		return list
	}
	for _, box := range boxes {
		switch {
		case box.Marked(imap.MailboxAttrSent):
			found.names = add(found.names, box.Name)
		case box.Marked(imap.MailboxAttrDrafts):
			found.own = add(found.own, box.Name)
		case box.Usual(UseSent) > 0:
			named = add(named, box.Name)
		}
	}
	if len(found.names) == 0 {
		found.names = named
	}
	found.own = append(found.own, found.names...)
	return found
}
