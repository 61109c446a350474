package mailbox

import (
	"context"
	"errors"
	"fmt"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/message"
)

// Get reads one message in two flights: header and structure, then only what is
// shown: the body parts, and the attachments whose text is wanted. Where an
// account is locked down, more may be needed in between, to look for its sender
// among those the mailbox has written to (see people.Service.Withhold).
func (s *Service) Get(ctx context.Context, q GetQuery) (*Message, error) {
	pool, err := s.accounts.Section(q.ID.Account)
	if err != nil {
		return nil, err
	}
	o, content, err := s.Open(ctx, pool, q.ID, func(c *imapconn.Conn, o *Opened) (*Content, error) {
		return Load(c, q, o)
	})
	if o == nil {
		return nil, imapconn.Classify("read", err)
	}
	if err != nil && !imapconn.IsFault(err) {
		return nil, err
	}
	m := s.present(ctx, q, o, content)
	if err != nil {
		m.Issues = append(m.Issues, imapconn.AsIssue("body", err))
	}
	return m, nil
}

// Open opens a message and, unless its sender's words are to be withheld,
// fetches content of it on the same connection. A message whose structure broke
// the connection is read from its source. What was opened is returned even if
// its content could not be fetched.
func (s *Service) Open(ctx context.Context, pool *imapconn.Pool, id contract.MessageID, fetch func(*imapconn.Conn, *Opened) (*Content, error)) (o *Opened, got *Content, err error) {
	structure := true
	attempt := func(_ context.Context, c *imapconn.Conn) error {
		o, got = nil, nil
		err := c.CheckValidity(id)
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
	if err != nil && o == nil && imapconn.IsFault(err) && ctx.Err() == nil && imapconn.IsDecodeFailure(err) {
		structure = false
		err = pool.Do(ctx, id.Mailbox, attempt)
	}
	if err != nil || !pool.Account().Lockdown {
		return o, got, err
	}
	if Withhold(ctx, s.people, pool, id.Mailbox, []*Found{&o.Found}); o.Withheld != "" {
		return o, nil, nil
	}
	err = pool.Do(ctx, id.Mailbox, func(_ context.Context, c *imapconn.Conn) error {
		got = nil
		err := c.CheckValidity(id)
		if err == nil {
			got, err = fetch(c, o)
		}
		return err
	})
	return o, got, err
}

// open fetches header and structure. NOOP goes ahead of the FETCH: a message
// that arrived after EXAMINE is not there without. A second try is for servers
// that put the NOOP off until after the FETCH (Dovecot), and for an unsolicited
// FETCH in the answer's place.
func open(c *imapconn.Conn, id contract.MessageID, structure bool) (*Opened, error) {
	opts := &imap.FetchOptions{
		Flags:        true,
		InternalDate: true,
		RFC822Size:   true,
		BodySection:  []*imap.BodySection{imapconn.Part(nil, imap.PartSpecifierHeader, 0, maxHeaderBytes)},
	}
	limit := int64(maxHeaderBytes)
	if structure {
		opts.BodyStructure = true
	} else {
		opts.BodySection = []*imap.BodySection{imapconn.Part(nil, imap.PartSpecifierNone, 0, rawFallbackBytes)}
		limit = rawFallbackBytes
	}
	var answer **imap.Message
	for try := range 2 {
		var noop *imap.Command
		var fetch *imap.Fetch
		if try == 0 {
			noop = c.Client().Noop()
		}
		fetch = c.Fetch([]uint32{id.UID}, opts)
		rows, err := fetch.Wait()
		for _, r := range rows {
			if r.UID == id.UID && len(r.Sections) > 0 {
				answer = &r
			}
		}
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
		return nil, contract.ErrGone(id)
	}
	if structure {
		header, _ := answer.Section(nil, imap.PartSpecifierHeader)
		return &Opened{Found: *Summarize(id.Account, id.Mailbox, id.UIDValidity, *answer, message.ParseHeader(header))}, nil
	}
	source, _ := answer.Section(nil, imap.PartSpecifierNone)
	return takeApart(id, *answer, source), nil
}

// takeApart reads a message from its source, for when the server's description
// of it is of no use.
func takeApart(id contract.MessageID, r *imap.Message, source []byte) *Opened {
	part, header, encoded := message.Parse(source)
	o := &Opened{Found: *Summarize(id.Account, id.Mailbox, id.UIDValidity, r, header), Encoded: encoded, garbled: true}
	n := len(message.Attachments(part))
	o.Part, o.AttachmentCount = part, &n
	o.cut = len(source) >= rawFallbackBytes
	return o
}
