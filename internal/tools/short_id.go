package tools

import (
	"context"

	"mail-imap-mcp/internal/argument"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/guard"
)

// shortID is an argument that names a message by its short id.
type shortID struct {
	argument.ID
	id    contract.MessageID
	check string
}

// parseShort reads a short id. The account that it does not name is the one that
// is meant where no account_id is given.
func (s *server) parseShort(text string) (id contract.MessageID, check string, ok bool) {
	if id, check, ok = contract.ParseShort(text); ok && id.Account == "" {
		id.Account, _ = s.account(nil) // never fails without a name
	}
	return id, check, ok
}

// writeOut puts what is known of mailboxes that were opened before into the place
// of short ids, and returns those of the others.
func (s *server) writeOut(ids []argument.ID) (unknown []shortID) {
	for _, a := range ids {
		id, check, ok := s.parseShort(*a.Text)
		if !ok {
			continue
		}
		if full, known := s.Mail.Known(id, check); known {
			*a.Text = full.String()
		} else {
			unknown = append(unknown, shortID{a, id, check})
		}
	}
	return unknown
}

// complete asks the mail server for what writeOut did not know, each mailbox once,
// now that the guard has let the call in; and the guard about what the call then
// turns out to touch, for a message may have been moved since.
func (inv *invocation) complete(ctx context.Context, list []shortID, touches func(context.Context, *server) (guard.Touch, error)) error {
	for _, short := range list {
		id, err := inv.Mail.Complete(ctx, short.id, short.check)
		if err != nil {
			return about(short.Name, err)
		}
		*short.Text = id.String()
	}
	touch, err := touches(ctx, inv.server)
	if err != nil {
		return err
	}
	inv.touch = touch
	return inv.visit.Touches(ctx, touch)
}
