package mailbox

import (
	"context"
	"io"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
)

// SaveSource writes the whole source of a message, byte for byte, to where open
// says, and reports its size. It comes in pieces of 2 MiB, each a flight, which is
// all the memory it takes. A message that is withheld is never fetched: Withheld of
// what is returned says why.
func (s *Service) SaveSource(ctx context.Context, id contract.MessageID, open func(*Opened) (Sink, error)) (*Opened, int64, error) {
	pool, err := s.accounts.Find(id.Account)
	if err != nil {
		return nil, 0, err
	}
	var to Sink
	var size int64
	o, _, err := s.Open(ctx, pool, id, func(c *imapconn.Conn, o *Opened) (*Content, error) {
		if o.Size > maxSavedPart {
			return nil, errSourceTooLarge()
		}
		var err error
		if to == nil {
			to, err = open(o)
		} else {
			err = to.Reset()
		}
		if err == nil {
			size, err = copySource(c, id, to)
		}
		return nil, err
	})
	if err != nil {
		return nil, 0, imapconn.Classify("raw", err)
	}
	return o, size, nil
}

// copySource copies a source piece by piece, to the first that is not full: some
// servers only estimate RFC822.SIZE.
func copySource(c *imapconn.Conn, id contract.MessageID, to io.Writer) (size int64, err error) {
	for size <= maxSavedPart {
		m, err := fetchOne(c, id, &imap.FetchOptions{BodySection: []*imap.BodySection{imapconn.Part(nil, imap.PartSpecifierNone, size, partPieceBytes)}})
		if imapconn.IsRefusal(err) {
			return size, NotDelivered(id, err)
		}
		if err != nil {
			return size, err
		}
		data, _ := m.Section(nil, imap.PartSpecifierNone)
		if len(data) > partPieceBytes {
			return size, contract.Errorf(contract.Unavailable, "the mail server sends more of the message than it is asked for; it is not saved")
		}
		if _, err := to.Write(data); err != nil {
			return size, err
		}
		if size += int64(len(data)); len(data) < partPieceBytes {
			return size, nil
		}
	}
	return size, errSourceTooLarge()
}

func errSourceTooLarge() error {
	return contract.Errorf(contract.InvalidInput, "the message has more than %d MB, which is the most that is saved; tell the person to save it in their mail program", maxSavedPart>>20)
}
