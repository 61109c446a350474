package mailbox

import (
	"context"

	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
)

// Raw reads a piece of a message's source, byte for byte, in one flight; where
// the account is locked down its sender is looked at first, in one or two more.
func (s *Service) Raw(ctx context.Context, q RawQuery) (*RawResult, error) {
	pool, err := s.accounts.Find(q.ID.Account)
	if err != nil {
		return nil, err
	}
	if pool.Account().Lockdown {
		o, _, err := s.Open(ctx, pool, q.ID, func(*imapconn.Conn, *Opened) (*Content, error) { return nil, nil })
		if err != nil {
			return nil, imapconn.Classify("raw", err)
		}
		if o.Withheld != "" {
			return &RawResult{TotalSize: o.Size, Offset: q.Offset, Withheld: o.Withheld}, nil
		}
	}
	var result *RawResult
	err = pool.Do(ctx, q.ID.Mailbox, func(_ context.Context, c *imapconn.Conn) error {
		result = nil
		if err := c.CheckValidity(q.ID); err != nil {
			return err
		}
		m, err := fetchOne(c, q.ID, &imap.FetchOptions{
			RFC822Size:  true,
			BodySection: []*imap.BodySection{imapconn.Part(nil, imap.PartSpecifierNone, q.Offset, q.MaxBytes)},
		})
		if imapconn.IsRefusal(err) {
			return NotDelivered(q.ID, err)
		}
		if err != nil {
			return err
		}
		data, _ := m.Section(nil, imap.PartSpecifierNone)
		result = &RawResult{TotalSize: m.RFC822Size, Offset: q.Offset, Data: data}
		// A full piece that does not end where RFC822.SIZE says goes on: some
		// servers only estimate the size.
		result.Truncated = int64(len(data)) >= q.MaxBytes && q.Offset+int64(len(data)) != m.RFC822Size
		return nil
	})
	if err != nil {
		return nil, imapconn.Classify("raw", err)
	}
	return result, nil
}
