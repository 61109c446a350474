package mailbox

import (
	"context"
	"errors"
	"fmt"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
)

// Raw reads a piece of a message's source, byte for byte, in one flight; where
// the account is locked down its sender is looked at first, in one or two more.
func (s *Service) Raw(ctx context.Context, q RawQuery) (*RawResult, error) {
	pool, err := s.accounts.Section(q.ID.Account)
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
		// The second try is for servers that put the NOOP off (see open).
		for try := 0; try < 2 && result == nil; try++ {
			var err error
			if result, err = rawPiece(c, q); err != nil {
				return err
			}
		}
		if result == nil {
			return contract.ErrGone(q.ID)
		}
		return nil
	})
	if err != nil {
		return nil, imapconn.Classify("raw", err)
	}
	return result, nil
}

// rawPiece fetches the piece; nil without error when the message is not there.
func rawPiece(c *imapconn.Conn, q RawQuery) (*RawResult, error) {
	var noop *imap.Command
	var fetch *imap.Fetch
	noop = c.Client().Noop()
	fetch = c.Fetch([]uint32{q.ID.UID}, &imap.FetchOptions{
		RFC822Size:  true,
		BodySection: []*imap.BodySection{imapconn.Part(nil, imap.PartSpecifierNone, q.Offset, q.MaxBytes)},
	})
	var result *RawResult
	rows, err := fetch.Wait()
	for _, r := range rows {
		data, ok := r.Section(nil, imap.PartSpecifierNone)
		if !ok || r.UID != q.ID.UID {
			return
		}
		result = &RawResult{TotalSize: r.Size, Offset: q.Offset, Data: data}
		// A full piece that does not end where RFC822.SIZE says goes on: some
		// servers only estimate the size.
		result.Truncated = int64(len(data)) >= q.MaxBytes && q.Offset+int64(len(data)) != r.Size
	}
	if err := errors.Join(err, noop.Wait()); err != nil {
		return nil, fmt.Errorf("FETCH source: %w", err)
	}
	return result, nil
}
