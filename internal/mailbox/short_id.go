package mailbox

import (
	"context"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imapconn"
)

// Known gives an id that was read from its short form (contract.ParseShort) the
// UIDVALIDITY of its mailbox; false: that is not known since an earlier call, or
// the check is another.
func (s *Service) Known(id contract.MessageID, check string) (contract.MessageID, bool) {
	pool, err := s.accounts.Find(id.Account)
	if err != nil {
		return id, false
	}
	id.Mailbox = contract.CanonicalMailbox(id.Mailbox)
	id.UIDValidity = pool.UIDValidity(id.Mailbox)
	return id, id.UIDValidity != 0 && id.Check() == check
}

// Complete is Known of any mailbox: it is opened where need be, one round trip,
// which reading the message is then spared. A check that is another is a conflict.
func (s *Service) Complete(ctx context.Context, id contract.MessageID, check string) (contract.MessageID, error) {
	id, ok := s.Known(id, check)
	if ok {
		return id, nil
	}
	pool, err := s.accounts.Find(id.Account)
	if err != nil {
		return id, err
	}
	err = pool.Do(ctx, id.Mailbox, func(_ context.Context, c *imapconn.Conn) error {
		id.UIDValidity = c.Selected().UIDValidity
		return nil
	})
	switch {
	case err != nil:
		return id, imapconn.Classify("select", err)
	case id.Check() != check:
		return id, contract.Errorf(contract.Conflict,
			"the id is stale or of another account: the mailbox was rebuilt, or the id was not copied whole; search again for the message")
	}
	return id, nil
}
