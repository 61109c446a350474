package mailbox

import (
	"context"
	"errors"
	"fmt"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/message"
)

// opened is a message whose header and structure are known.
type opened struct {
	found
	encoded map[string][]byte // section id -> source, for a message taken apart here
	cut     bool              // the source goes on beyond what was taken apart
	garbled bool
}

// cutsOff reports that a part's end is not in the source that was taken apart:
// it is the last one, or the last one is in it.
func (o *opened) cutsOff(p *message.Part) bool {
	if !o.cut || o.part == nil {
		return false
	}
	last := o.part
	for {
		switch {
		case len(last.Children) > 0:
			last = last.Children[len(last.Children)-1]
		case last != p && last.Nested != nil:
			last = last.Nested
		default:
			return last == p
		}
	}
}

// Get reads one message in two flights: header and structure, then only what is
// shown: the body parts, and the attachments whose text is wanted. Where an
// account is locked down, more may be needed in between, to look for its sender
// among those the mailbox has written to (see withhold).
func (s *Service) Get(ctx context.Context, q GetQuery) (*Message, error) {
	pool, err := s.pool(q.ID.Account)
	if err != nil {
		return nil, err
	}
	o, content, err := s.openAnd(ctx, pool, q.ID, func(c *imapconn.Conn, o *opened) (*content, error) {
		return load(c, q, o)
	})
	if o == nil {
		return nil, imapconn.Classify("read", err)
	}
	if err != nil && !isFault(err) {
		return nil, err
	}
	m := s.present(ctx, q, o, content)
	if err != nil {
		m.Issues = append(m.Issues, asIssue("body", err))
	}
	return m, nil
}

// openAnd opens a message and, unless its sender's words are to be withheld,
// fetches content of it on the same connection. A message whose structure broke
// the connection is read from its source. What was opened is returned even if
// its content could not be fetched.
func (s *Service) openAnd(ctx context.Context, pool *imapconn.Pool, id contract.MessageID, fetch func(*imapconn.Conn, *opened) (*content, error)) (o *opened, got *content, err error) {
	structure := true
	attempt := func(_ context.Context, c *imapconn.Conn) error {
		o, got = nil, nil
		err := sameValidity(c, id)
		if err != nil {
			return err
		}
		if o, err = open(c, id, structure); err != nil {
			return err
		}
		if pool.Account().Lockdown {
			return nil // whether anything is shown is decided first
		}
		got, err = fetch(c, o)
		return err
	}
	err = pool.Do(ctx, id.Mailbox, attempt)
	if err != nil && o == nil && isFault(err) && ctx.Err() == nil && isDecodeFailure(err) {
		structure = false
		err = pool.Do(ctx, id.Mailbox, attempt)
	}
	if err != nil || !pool.Account().Lockdown {
		return o, got, err
	}
	if s.withhold(ctx, pool, id.Mailbox, []*found{&o.found}); o.Withheld != "" {
		return o, nil, nil
	}
	err = pool.Do(ctx, id.Mailbox, func(_ context.Context, c *imapconn.Conn) error {
		got = nil
		err := sameValidity(c, id)
		if err == nil {
			got, err = fetch(c, o)
		}
		return err
	})
	return o, got, err
}

// sameValidity refuses an id whose UIDVALIDITY is not the mailbox's: its UID
// may name another message now (RFC 9051 §2.3.1.1).
func sameValidity(c *imapconn.Conn, id contract.MessageID) error {
	if now := c.Selected().UIDValidity; now != id.UIDValidity {
		return errStale(now, id.UIDValidity)
	}
	return nil
}

func errStale(now, said uint32) error {
	return contract.Errorf(contract.Conflict,
		"message_id is stale: the mailbox was rebuilt (UIDVALIDITY is %d, the id says %d); search again for the message", now, said)
}

// errGone is the answer for a message that is not in its mailbox.
func errGone(id contract.MessageID) error {
	return contract.Errorf(contract.NotFound,
		"message %s does not exist any more; it was moved or deleted: search for it again", id)
}

// open fetches header and structure. NOOP goes ahead of the FETCH: a message
// that arrived after EXAMINE is not there without. A second try is for servers
// that put the NOOP off until after the FETCH (Dovecot), and for an unsolicited
// FETCH in the answer's place.
func open(c *imapconn.Conn, id contract.MessageID, structure bool) (*opened, error) {
	opts := &imap.FetchOptions{
		Flags:        true,
		InternalDate: true,
		RFC822Size:   true,
		BodySection:  []*imap.FetchItemBodySection{bodySection(nil, imap.PartSpecifierHeader, 0, maxHeaderBytes)},
	}
	limit := int64(maxHeaderBytes)
	if structure {
		opts.BodyStructure = &imap.FetchItemBodyStructure{Extended: true}
	} else {
		opts.BodySection = []*imap.FetchItemBodySection{bodySection(nil, imap.PartSpecifierNone, 0, rawFallbackBytes)}
		limit = rawFallbackBytes
	}
	var answer *row
	for try := range 2 {
		var noop *imapclient.Command
		var fetch *imapclient.FetchCommand
		c.Pipeline(func() {
			if try == 0 {
				noop = c.Client().Noop()
			}
			fetch = uidFetch(c, []uint32{id.UID}, opts)
		})
		err := fetchRows(c, fetch, 4, limit, func(r row) {
			if r.uid == id.UID && len(r.sections) > 0 {
				answer = &r
			}
		})
		if noop != nil {
			err = errors.Join(err, noop.Wait())
		}
		if err != nil {
			return nil, fmt.Errorf("FETCH message: %w", err)
		}
		if answer != nil {
			break
		}
	}
	if answer == nil {
		return nil, errGone(id)
	}
	if structure {
		header, _ := answer.find(nil, imap.PartSpecifierHeader)
		return &opened{found: *summarize(id.Account, id.Mailbox, id.UIDValidity, *answer, message.ParseHeader(header))}, nil
	}
	source, _ := answer.find(nil, imap.PartSpecifierNone)
	return takeApart(id, *answer, source), nil
}

// takeApart reads a message from its source, for when the server's description
// of it is of no use.
func takeApart(id contract.MessageID, r row, source []byte) *opened {
	part, header, encoded := message.Parse(source)
	o := &opened{found: *summarize(id.Account, id.Mailbox, id.UIDValidity, r, header), encoded: encoded, garbled: true}
	n := len(message.Attachments(part))
	o.part, o.AttachmentCount = part, &n
	o.cut = len(source) >= rawFallbackBytes
	return o
}
