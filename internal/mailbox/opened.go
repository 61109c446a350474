package mailbox

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/message"
)

// Opened is a message whose header and structure are known.
type Opened struct {
	Found
	Encoded map[string][]byte // section id -> source, for a message taken apart here
	cut     bool              // the source goes on beyond what was taken apart
	garbled bool              // the server could not describe its structure

	ahead map[string]*sourcePart // what came with the structure, by section id
}

// CutsOff reports that a part's end is not in the source that was taken apart:
// it is the last one, or the last one is in it.
func (o *Opened) CutsOff(p *message.Part) bool {
	if !o.cut || o.Part == nil {
		return false
	}
	last := o.Part
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

// Open opens a message and, unless its sender's words are to be withheld,
// fetches content of it on the same connection. What was opened is returned even
// if its content could not be fetched.
func (s *Service) Open(ctx context.Context, pool *imapconn.Pool, id contract.MessageID, fetch func(*imapconn.Conn, *Opened) (*Content, error)) (o *Opened, got *Content, err error) {
	return s.openAhead(ctx, pool, id, nil, fetch)
}

// openAhead is Open; ahead, where it is not nil, says what will be wanted of a
// message of this structure: where an earlier answer brought that (see shapes), it
// comes in the same flight.
func (s *Service) openAhead(ctx context.Context, pool *imapconn.Pool, id contract.MessageID, ahead func(root *message.Part) []*sourcePart, fetch func(*imapconn.Conn, *Opened) (*Content, error)) (o *Opened, got *Content, err error) {
	lockdown := pool.Account().Lockdown
	err = pool.Do(ctx, id.Mailbox, func(_ context.Context, c *imapconn.Conn) error {
		o, got = nil, nil
		if err := c.CheckValidity(id); err != nil {
			return err
		}
		var known shape
		if ahead != nil && !lockdown {
			known = s.shapes.of(id)
		}
		var err error
		if o, err = open(c, id, known, ahead); err != nil {
			return err
		}
		s.shapes.note(&o.Found)
		if lockdown {
			return nil // whether anything is shown is decided first
		}
		got, err = fetch(c, o)
		return err
	})
	if err != nil || !lockdown {
		return o, got, err
	}
	if Withhold(ctx, s.people, pool, []*Found{&o.Found}); o.Withheld != "" {
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

// open fetches header and structure, and what is known to be wanted of it. A
// message whose structure the server refuses or garbles is read from its source.
func open(c *imapconn.Conn, id contract.MessageID, known shape, ahead func(*message.Part) []*sourcePart) (*Opened, error) {
	opts := &imap.FetchOptions{Flags: true, InternalDate: true, RFC822Size: true, BodyStructure: true}
	header := imapconn.Part(nil, imap.PartSpecifierHeader, 0, maxHeaderBytes)
	small := known.size > 0 && known.size <= smallMessage
	var early []*sourcePart
	if small {
		header = imapconn.Part(nil, imap.PartSpecifierNone, 0, smallMessage+1)
	} else if known.part != nil {
		early = ahead(known.part)
	}
	opts.BodySection = append(opts.BodySection, header)
	for _, sp := range early {
		opts.BodySection = append(opts.BodySection, sp.section())
	}
	m, err := fetchOne(c, id, opts)
	if err == nil && small {
		source, _ := m.Section(nil, imap.PartSpecifierNone)
		if len(source) <= smallMessage && !m.Short && m.Structure != nil {
			return whole(id, m, source), nil
		}
		// It is another message than was thought.
		return open(c, id, shape{}, nil)
	}
	if (err == nil && m.Structure == nil) || imapconn.IsRefusal(err) || errors.Is(err, errNotDelivered) {
		opts.BodyStructure = false
		opts.BodySection = []*imap.BodySection{imapconn.Part(nil, imap.PartSpecifierNone, 0, rawFallbackBytes)}
		refused := err
		if m, err = fetchOne(c, id, opts); imapconn.IsRefusal(err) && refused != nil {
			return nil, NotDelivered(id, err)
		}
		if err != nil {
			return nil, err
		}
		source, _ := m.Section(nil, imap.PartSpecifierNone)
		o := whole(id, m, source)
		o.garbled, o.cut = true, len(source) >= rawFallbackBytes
		return o, nil
	}
	if err != nil {
		return nil, err
	}
	raw, _ := m.Section(nil, imap.PartSpecifierHeader)
	o := &Opened{Found: *Summarize(id.Account, id.Mailbox, id.UIDValidity, m, message.ParseHeader(raw)), ahead: map[string]*sourcePart{}}
	for _, sp := range early {
		if sp.take(m) {
			o.ahead[sp.part.ID] = sp
		}
	}
	return o, nil
}

// fetchOne fetches items of one message. NOOP goes ahead of the FETCH: a message
// that arrived after EXAMINE is not there without. A second try is for servers
// that put the NOOP off until after the FETCH (Dovecot), and for an unsolicited
// FETCH in the answer's place. Where no row comes, SEARCH tells whether the message
// is gone or not delivered.
func fetchOne(c *imapconn.Conn, id contract.MessageID, opts *imap.FetchOptions) (*imap.Message, error) {
	if !c.Fresh() {
		c.Client().Noop()
	}
	for range 2 {
		rows, err := c.Fetch([]uint32{id.UID}, opts).Wait()
		if len(rows) == 0 && err == nil {
			err = c.Client().Finish() // Dovecot answers the NOOP last
		}
		for _, m := range rows {
			if len(m.Sections) > 0 {
				return m, nil
			}
		}
		if err != nil {
			return nil, fmt.Errorf("FETCH message: %w", err)
		}
	}
	there, err := c.Client().UIDSearch(&imap.SearchCriteria{UID: []imap.UIDSet{imap.UIDSetNum(id.UID)}}, nil).Wait()
	if err != nil && !imapconn.IsRefusal(err) {
		return nil, fmt.Errorf("SEARCH: %w", err)
	}
	if err == nil && there.All.Contains(id.UID) {
		return nil, NotDelivered(id, nil)
	}
	return nil, contract.ErrGone(id)
}

var errNotDelivered = errors.New("the message is there and does not come")

// NotDelivered is the answer for a message that is there and that the server does
// not hand out (Exchange's calendar items: offlineimap#62).
func NotDelivered(id contract.MessageID, err error) error {
	text := imapconn.Said(err)
	return &contract.Fault{
		Code: contract.Unavailable, Stage: "read", Cause: errors.Join(errNotDelivered, err),
		Message: fmt.Sprintf("the mail server has message %s but does not deliver it%s; try again later, or open it in another mail program", id, text),
	}
}

// whole is a message read from its source. The server's numbers of its parts
// count where it gave them.
func whole(id contract.MessageID, m *imap.Message, source []byte) *Opened {
	part, header, encoded := message.Parse(source)
	o := &Opened{Found: *Summarize(id.Account, id.Mailbox, id.UIDValidity, m, header), Encoded: encoded}
	o.structured(part)
	return o
}

// section is what is fetched of a body part.
func (sp *sourcePart) section() *imap.BodySection {
	return imapconn.Part(imapconn.PartPath(sp.part.ID), imap.PartSpecifierNone, 0, sp.asked)
}

// take takes the part's bytes out of a row; false when they did not come.
func (sp *sourcePart) take(m *imap.Message) bool {
	data, ok := m.Section(imapconn.PartPath(sp.part.ID), imap.PartSpecifierNone)
	if !ok || (len(data) == 0 && sp.part.Size > 2) {
		return false // nothing but a line end may well come as nothing
	}
	sp.data, sp.cut = data, int64(len(data)) >= sp.asked
	sp.short = m.Short && !sp.cut && int64(len(strings.TrimSpace(string(data)))) < sp.part.Size/2
	return true
}
