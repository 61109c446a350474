package imap

import (
	"fmt"
	"slices"
	"strconv"
	"time"
)

// PartSpecifier is what of a part is meant (RFC 9051 §6.4.5.1).
type PartSpecifier string

// The specifiers. PartSpecifierNone is the whole part.
const (
	PartSpecifierNone   PartSpecifier = ""
	PartSpecifierHeader PartSpecifier = "HEADER"
	PartSpecifierMIME   PartSpecifier = "MIME"
	PartSpecifierText   PartSpecifier = "TEXT"
)

// BodySection asks for bytes of a message, without setting \Seen (BODY.PEEK).
type BodySection struct {
	Part         []int // section numbers; nil: the message
	Specifier    PartSpecifier
	HeaderFields []string // with PartSpecifierHeader: only these
	Offset, Size int64    // bytes; Size 0: all, up to what is kept of one literal
}

// maxSection is kept of a section asked for as a whole.
const maxSection = 4 << 20

// FetchOptions are the items of FETCH (RFC 9051 §6.4.5). UID is always asked.
type FetchOptions struct {
	Flags, InternalDate, RFC822Size bool
	BodyStructure                   bool
	Preview                         bool // RFC 8970, LAZY: what the server has at hand
	ThreadID                        bool // RFC 8474
	GmailMsgID, GmailThrID          bool
	BodySection                     []*BodySection
	// Newest asks for the newest so many of the set (PARTIAL, RFC 9394).
	Newest int
}

// Message is what FETCH said of one message. What was not said is nil or zero.
type Message struct {
	Seq          uint32
	UID          UID
	Flags        []Flag // nil: not said
	InternalDate time.Time
	RFC822Size   int64
	Structure    *BodyStructure
	Sections     []Section
	Preview      *string
	ThreadID     string
	GmailMsgID   uint64
	GmailThrID   uint64

	// NoDate: INTERNALDATE came and is no date.
	NoDate bool
	// Garbled: the structure came and cannot be understood.
	Garbled bool
	// Short: a literal was shorter than announced, or its value was missing.
	Short bool

	said bool // more than the UID, though it may be NIL
}

// Section is the bytes of one item BODY[…] (RFC 9051 §7.5.2).
type Section struct {
	Part      []int
	Specifier PartSpecifier
	Fields    bool  // HEADER.FIELDS
	Offset    int64 // -1: the server did not say
	Data      []byte
	Total     int64 // bytes the server sent; more than Data where more came than was asked
}

// Section returns the bytes of a section and whether the server sent it at all.
func (m *Message) Section(part []int, specifier PartSpecifier) ([]byte, bool) {
	for _, s := range m.Sections {
		if s.Specifier == specifier && slices.Equal(s.Part, part) {
			return s.Data, true
		}
	}
	return nil, false
}

// unchanging reports whether a row has what a server sends only when asked.
func (m *Message) unchanging() bool {
	return len(m.Sections) > 0 || m.Structure != nil || m.Garbled || m.RFC822Size != 0 || !m.InternalDate.IsZero()
}

// add joins what another row says of the same message.
func (m *Message) add(more *Message) {
	if more.Flags != nil {
		m.Flags = more.Flags
	}
	if !more.InternalDate.IsZero() {
		m.InternalDate = more.InternalDate
	}
	m.RFC822Size = max(m.RFC822Size, more.RFC822Size)
	if m.Structure == nil {
		m.Structure = more.Structure
	}
	m.Sections = append(m.Sections, more.Sections...)
	if more.Preview != nil {
		m.Preview = more.Preview
	}
	if more.ThreadID != "" {
		m.ThreadID = more.ThreadID
	}
	m.GmailMsgID, m.GmailThrID = max(m.GmailMsgID, more.GmailMsgID), max(m.GmailThrID, more.GmailThrID)
	m.NoDate, m.Garbled, m.Short, m.said = m.NoDate || more.NoDate, m.Garbled || more.Garbled, m.Short || more.Short, m.said || more.said
}

// Fetch is a FETCH or STORE under way.
type Fetch struct {
	Command
	set      UIDSet
	options  *FetchOptions
	rows     []*Message
	returned int            // rows that Next has returned
	uids     map[uint32]UID // of sequence numbers, for rows without UID
	orphans  []*Message     // rows whose UID is not known yet
}

// UIDFetch sends UID FETCH (RFC 9051 §6.4.9).
func (c *Client) UIDFetch(set UIDSet, options *FetchOptions) *Fetch {
	return c.fetchItems("UID FETCH "+set.String(), set, options)
}

// FetchFrom sends FETCH for the messages from a sequence number to the newest
// (RFC 9051 §6.4.5).
func (c *Client) FetchFrom(seq uint32, options *FetchOptions) *Fetch {
	return c.fetchItems("FETCH "+strconv.FormatUint(uint64(seq), 10)+":*", UIDSet{{Start: 1}}, options)
}

func (c *Client) fetchItems(words string, set UIDSet, options *FetchOptions) *Fetch {
	e, p := c.begin(words + " (UID")
	for _, item := range []struct {
		on   bool
		name string
	}{
		{options.Flags, "FLAGS"},
		{options.InternalDate, "INTERNALDATE"},
		{options.RFC822Size, "RFC822.SIZE"},
		{options.BodyStructure, "BODYSTRUCTURE"},
		{options.Preview, "PREVIEW (LAZY)"},
		{options.ThreadID, "THREADID"},
		{options.GmailMsgID, "X-GM-MSGID"},
		{options.GmailThrID, "X-GM-THRID"},
	} {
		if item.on {
			e.raw(" " + item.name)
		}
	}
	for _, s := range options.BodySection {
		e.section(s)
	}
	e.raw(")")
	if options.Newest > 0 {
		e.raw(fmt.Sprintf(" (PARTIAL -1:-%d)", options.Newest))
	}
	return c.fetch(e, p, set, options)
}

func (c *Client) fetch(e *encoder, p *pending, set UIDSet, options *FetchOptions) *Fetch {
	f := &Fetch{Command: Command{c, p}, set: set, options: options, uids: map[uint32]UID{}}
	p.take = func(data untagged) bool {
		switch data := data.(type) {
		case *Message:
			return f.take(data)
		case expunged: // sequence numbers shift
			clear(f.uids)
			f.orphans = nil
		}
		return false
	}
	p.fetch = f
	c.send(e, p)
	return f
}

// section adds an item BODY.PEEK[…]. Names of fields are atoms where they can
// be: mailo.com takes quotes for part of the name (go-imap#589).
func (e *encoder) section(s *BodySection) {
	e.raw(" BODY.PEEK[")
	for i, n := range s.Part {
		if i > 0 {
			e.raw(".")
		}
		e.raw(strconv.Itoa(n))
	}
	if len(s.Part) > 0 && s.Specifier != PartSpecifierNone {
		e.raw(".")
	}
	e.raw(string(s.Specifier))
	if len(s.HeaderFields) > 0 {
		e.raw(".FIELDS (")
		for i, name := range s.HeaderFields {
			if i > 0 {
				e.raw(" ")
			}
			e.astring(name)
		}
		e.raw(")")
	}
	e.raw("]")
	if s.Size > 0 {
		e.raw("<" + strconv.FormatInt(s.Offset, 10) + "." + strconv.FormatInt(s.Size, 10) + ">")
	}
}

// take takes a row that is about a message of the set. A row without UID is put
// to the one that its sequence number had before, or has later.
func (f *Fetch) take(m *Message) bool {
	if m.UID == 0 {
		m.UID = f.uids[m.Seq]
	}
	if m.UID == 0 {
		if len(f.orphans) < maxOrphans {
			f.orphans = append(f.orphans, m)
		}
		return true
	}
	if !f.set.Contains(m.UID) || !f.asked(m) {
		return false
	}
	if m.Seq != 0 {
		f.uids[m.Seq] = m.UID
	}
	if !m.said && m.Seq != 0 && len(f.orphans) == 0 && !f.asksNothing() {
		return true // the UID alone: what it belongs to came, or comes
	}
	f.keep(m)
	rest := f.orphans[:0]
	for _, o := range f.orphans {
		if o.Seq != m.Seq || m.Seq == 0 {
			rest = append(rest, o)
			continue
		}
		o.UID = m.UID
		f.keep(o)
	}
	f.orphans = rest
	// Another FETCH of the flight may have asked for the same.
	return len(m.Sections) > 0
}

// asked reports whether a row can be an answer: it has a section that was asked
// for, or none at all.
func (f *Fetch) asked(m *Message) bool {
	for _, s := range m.Sections {
		for _, a := range f.options.BodySection {
			if a.Specifier == s.Specifier && slices.Equal(a.Part, s.Part) && (s.Offset < 0 || s.Offset == a.Offset || a.Size == 0) {
				return true
			}
		}
	}
	return len(m.Sections) == 0
}

// asksNothing reports whether a row with only the UID is an answer.
func (f *Fetch) asksNothing() bool {
	o := f.options
	return o == nil || !(o.Flags || o.InternalDate || o.RFC822Size || o.BodyStructure || o.Preview ||
		o.ThreadID || o.GmailMsgID || o.GmailThrID || len(o.BodySection) > 0)
}

// maxOrphans is how many rows may wait for their UID.
const maxOrphans = 512

// maxUnasked is how many rows are kept beyond those of the messages that were
// counted when they were asked for: how many "*" brings is not known.
const maxUnasked = 16 << 10

// keep keeps a row while there are no more than a few for each message.
func (f *Fetch) keep(m *Message) {
	if len(f.rows)-f.returned < 4*f.set.Len()+maxUnasked {
		f.rows = append(f.rows, m)
	}
}

// Next waits for a row and returns it; nil after the last. A message may come in
// several rows. What Next returned Wait does not return again.
func (f *Fetch) Next() *Message {
	f.c.flush()
	for f.returned >= len(f.rows) {
		if f.p.done || f.c.err != nil {
			return nil
		}
		f.c.err = f.c.response()
	}
	m := f.rows[f.returned]
	f.rows[f.returned] = nil
	f.returned++
	return m
}

// Wait waits for the end and returns what came of each message, the rows of one
// joined, in the order of their first ones. Beside an error it is what came
// before.
func (f *Fetch) Wait() ([]*Message, error) {
	err := f.Command.Wait()
	if len(f.rows) == 0 && f.returned == 0 && f.set.Len() == 1 && f.set[0].Stop != 0 {
		// The only message that was asked for; its row lacks the UID. Rows of
		// others have nothing but what may change.
		if slices.ContainsFunc(f.orphans, (*Message).unchanging) {
			f.orphans = slices.DeleteFunc(f.orphans, func(m *Message) bool { return !m.unchanging() })
		}
		for _, m := range f.orphans {
			if m.Seq == f.orphans[0].Seq {
				m.UID = f.set[0].Start
				f.rows = append(f.rows, m)
			}
		}
	}
	var list []*Message
	at := map[UID]*Message{}
	for _, m := range f.rows[f.returned:] {
		if known := at[m.UID]; known != nil {
			known.add(m)
			continue
		}
		at[m.UID] = m
		list = append(list, m)
	}
	return list, err
}
