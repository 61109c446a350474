package mailbox

import (
	"context"
	"fmt"
	"slices"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/people"
)

// Names are the account's mailboxes that can be opened, in one round trip.
func (s *Service) Names(ctx context.Context, account string) (names []string, err error) {
	pool, err := s.accounts.Find(account)
	if err != nil {
		return nil, err
	}
	err = pool.Do(ctx, "", func(_ context.Context, c *imapconn.Conn) error {
		rows, err := c.Client().List("", "*", nil).Wait()
		if err != nil {
			return fmt.Errorf("LIST: %w", err)
		}
		names = nil
		for _, row := range rows {
			if contract.CheckMailbox("mailbox", row.Mailbox) == nil && !slices.ContainsFunc(row.Attrs, people.Unselectable) {
				names = append(names, contract.CanonicalMailbox(row.Mailbox))
			}
		}
		return nil
	})
	return names, imapconn.Classify("list", err)
}
