package mailbox

import (
	"context"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imapconn"
)

// Complete gives an id that was read from its short form (contract.ParseShort)
// the UIDVALIDITY of its mailbox, and compares the check. Where that is not known
// since an earlier call, or the check is another, the mailbox is opened: one round
// trip, which reading the message is then spared.
func (s *Service) Complete(ctx context.Context, id contract.MessageID, check string) (contract.MessageID, error) {
	pool, err := s.accounts.Find(id.Account)
	if err != nil {
		return id, err
	}
	id.Mailbox = contract.CanonicalMailbox(id.Mailbox)
	if id.UIDValidity = pool.UIDValidity(id.Mailbox); id.UIDValidity != 0 && id.Check() == check {
		return id, nil
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
			"message_id is stale or of another account: the mailbox was rebuilt, or the id was not copied whole; search again for the message")
	}
	return id, nil
}
