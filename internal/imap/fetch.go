package imap

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
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
	set     UIDSet
	options *FetchOptions
	rows    []*Message
	taken   int            // rows that Next has returned
	uids    map[uint32]UID // of sequence numbers, for rows without UID
	orphans []*Message     // rows whose UID is not known yet
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
	if len(f.rows)-f.taken < 4*f.set.Len()+maxUnasked {
		f.rows = append(f.rows, m)
	}
}

// Next waits for a row and returns it; nil after the last. A message may come in
// several rows. What Next returned Wait does not return again.
func (f *Fetch) Next() *Message {
	f.c.flush()
	for f.taken >= len(f.rows) {
		if f.p.done || f.c.err != nil {
			return nil
		}
		f.c.err = f.c.response()
	}
	m := f.rows[f.taken]
	f.rows[f.taken] = nil
	f.taken++
	return m
}

// Wait waits for the end and returns what came of each message, the rows of one
// joined, in the order of their first ones. Beside an error it is what came
// before.
func (f *Fetch) Wait() ([]*Message, error) {
	err := f.Command.Wait()
	if len(f.rows) == 0 && f.taken == 0 && f.set.Len() == 1 && f.set[0].Stop != 0 {
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
	for _, m := range f.rows[f.taken:] {
		if known := at[m.UID]; known != nil {
			known.add(m)
			continue
		}
		at[m.UID] = m
		list = append(list, m)
	}
	return list, err
}

// wanted is what is to be kept of a section: what the open FETCHes asked for.
func (c *Client) wanted(s Section) (skip, keep int64) {
	for i, p := range c.open {
		if i > 0 && p.selects != "" {
			break
		}
		if p.fetch == nil || p.fetch.options == nil {
			continue
		}
		for _, asked := range p.fetch.options.BodySection {
			if asked.Specifier != s.Specifier || !slices.Equal(asked.Part, s.Part) {
				continue
			}
			size := asked.Size
			if size == 0 {
				size = maxSection
			}
			// Without an origin where one was asked for, all came from the
			// beginning.
			if s.Offset < 0 && asked.Offset > 0 {
				return asked.Offset, size
			}
			keep = max(keep, size)
		}
	}
	return skip, keep
}

// readFetch reads the items of a FETCH row and hands it on.
func (c *Client) readFetch(m Message) error {
	r := c.r
	if err := r.blanks(); err != nil {
		return err
	}
	if b, err := r.peek(); err != nil {
		return err
	} else if b == '(' {
		if _, err := r.take(); err != nil {
			return err
		}
	}
	err := r.items(c, &m)
	c.last = &Message{Seq: m.Seq, UID: m.UID}
	c.offer(&m)
	return err
}

// items reads pairs of names and values up to the line's end: a ")" before it
// closes too early. Beside an error stands in m what came before.
func (r *reader) items(c *Client, m *Message) error {
	next := "" // a name that stood where a value was due
	for {
		if next != "" {
			name := next
			err := r.countValue()
			if err != nil {
				return err
			}
			if next, err = r.item(c, m, name); err != nil {
				return err
			}
			continue
		}
		if err := r.blanks(); err != nil {
			return err
		}
		if end, err := r.lineEnd(); end || err != nil {
			return err
		}
		b, err := r.peek()
		if err != nil {
			return err
		}
		if b == ')' {
			if _, err := r.take(); err != nil {
				return err
			}
			continue
		}
		if next, err = r.itemName(); err != nil {
			return err
		}
		if next == "" {
			return syntax("a FETCH row that is no list of items")
		}
	}
}

// itemName reads the name of a FETCH item, in upper case; a section's with what
// stands in its brackets, and with its origin.
func (r *reader) itemName() (string, error) {
	var sb strings.Builder
	inside, quoted := false, false
	for {
		b, err := r.peek()
		if err != nil {
			return "", err
		}
		if end, err := r.lineEnd(); end || err != nil {
			return strings.ToUpper(sb.String()), err
		}
		if !inside && (b == ' ' || b == '\t' || b == '(' || b == ')' || b == '"' || b == '{') {
			return strings.ToUpper(sb.String()), nil
		}
		if _, err := r.take(); err != nil {
			return "", err
		}
		switch {
		case b == '"' && inside:
			quoted = !quoted
		case b == '[' && !quoted:
			inside = true
		case b == ']' && !quoted:
			inside = false
		}
		if int64(sb.Len()) > r.limits.Atom {
			return "", syntax("a FETCH item whose name is longer than is read")
		}
		sb.WriteByte(b)
	}
}

// itemNames are the FETCH items that are understood, but for sections.
var itemNames = map[string]bool{
	"UID": true, "FLAGS": true, "INTERNALDATE": true, "SAVEDATE": true, "RFC822.SIZE": true, "MODSEQ": true,
	"BODYSTRUCTURE": true, "BODY": true, "PREVIEW": true, "EMAILID": true, "THREADID": true,
	"X-GM-MSGID": true, "X-GM-THRID": true, "X-GM-LABELS": true, "RFC822": true, "RFC822.HEADER": true, "RFC822.TEXT": true,
}

// isSection reports whether an item is the bytes of a section, be it in the words
// in which it was asked for.
func isSection(name string) bool {
	word, _, ok := strings.Cut(name, "[")
	return ok && (strings.HasPrefix(word, "BODY") || word == "BINARY" || word == "BINARY.PEEK")
}

// itemValue reads the value of an item. Where it is left out and the next item
// stands there, next is that one's name.
func (r *reader) itemValue() (v value, next string, err error) {
	if err := r.blanks(); err != nil {
		return value{}, "", err
	}
	if b, err := r.peek(); err != nil || (b|0x20) < 'a' || (b|0x20) > 'z' {
		v, err = r.value(1)
		return v, "", err
	}
	if next, err = r.itemName(); err != nil || itemNames[next] || isSection(next) {
		return value{}, next, err
	}
	if next == "NIL" {
		return value{kind: kindNil}, "", nil
	}
	return value{kind: kindAtom, text: next}, "", nil
}

// item reads the value of a FETCH item (RFC 9051 §7.5.2).
func (r *reader) item(c *Client, m *Message, name string) (next string, err error) {
	if isSection(name) {
		return r.bodySection(c, m, parseSection(name[strings.IndexByte(name, '['):]))
	}
	switch name {
	case "RFC822", "RFC822.HEADER", "RFC822.TEXT":
		s := Section{Offset: -1, Specifier: PartSpecifier(strings.TrimPrefix(strings.TrimPrefix(name, "RFC822"), "."))}
		return r.bodySection(c, m, s)
	}
	v, next, err := r.itemValue()
	if err != nil || next != "" {
		return next, err
	}
	m.said = m.said || name != "UID" && itemNames[name]
	switch name {
	case "UID":
		// The first one counts: what a sender wrote may stand behind it, on
		// servers that do not escape it.
		if uid, ok := parseNumber(v.string()); ok && m.UID == 0 {
			m.UID = uid
		}
	case "FLAGS":
		m.Flags = []Flag{}
		for _, word := range v.words() {
			m.Flags = append(m.Flags, Flag(word))
		}
	case "INTERNALDATE":
		var ok bool
		m.InternalDate, ok = parseDateTime(v.string())
		m.NoDate = !ok
	case "RFC822.SIZE":
		m.RFC822Size = v.number()
	case "BODYSTRUCTURE", "BODY":
		if m.Structure = v.structure(); m.Structure == nil {
			m.Garbled = true
			c.problem("a message structure that cannot be understood")
		}
	case "PREVIEW":
		if v.kind == kindString || v.kind == kindAtom {
			m.Preview = &v.text
		}
	case "THREADID":
		m.ThreadID = v.item(0).string()
	case "X-GM-MSGID":
		m.GmailMsgID, _ = strconv.ParseUint(v.string(), 10, 64)
	case "X-GM-THRID":
		m.GmailThrID, _ = strconv.ParseUint(v.string(), 10, 64)
	}
	return "", nil
}

// parseSection reads "[1.2.HEADER.FIELDS (…)]<0>".
func parseSection(s string) Section {
	out := Section{Offset: -1}
	end := strings.LastIndexByte(s, ']')
	if end < 0 {
		end = len(s)
	} else if origin, ok := strings.CutPrefix(s[end+1:], "<"); ok {
		if n, ok := parseNumber64(strings.TrimSuffix(origin, ">")); ok {
			out.Offset = n
		}
	}
	spec, _, _ := strings.Cut(strings.TrimSpace(s[1:end]), " ")
	for spec != "" {
		word, rest, _ := strings.Cut(spec, ".")
		n, ok := parseNumber(word)
		if !ok {
			break
		}
		out.Part = append(out.Part, int(n))
		spec = rest
	}
	out.Fields = strings.HasPrefix(spec, "HEADER.FIELDS")
	if out.Fields {
		spec = "HEADER"
	}
	out.Specifier = PartSpecifier(spec)
	return out
}

// bodySection reads the bytes of a section: a literal, a string or NIL. The value
// of an empty one is left out by some (Yandex, Gmail: MailKit#1708).
func (r *reader) bodySection(c *Client, m *Message, s Section) (next string, err error) {
	if err := r.blanks(); err != nil {
		return "", err
	}
	b, err := r.peek()
	if err != nil {
		return "", err
	}
	m.said = true
	s.Data = []byte{}
	skip, keep := c.wanted(s)
	var size int64
	announced := false
	if b == '{' || b == '~' {
		if size, announced, err = r.announced(); err != nil {
			return "", err
		}
	}
	var short bool
	if announced {
		if s.Data, short, err = r.section(size, skip, keep); err != nil {
			return "", err
		}
		s.Total = size
	} else {
		var v value
		if v, next, err = r.itemValue(); err != nil {
			return "", err
		}
		m.Short = m.Short || v.kind == kindNone
		text := v.string()
		s.Total = int64(len(text))
		text = text[min(skip, int64(len(text))):]
		s.Data = []byte(text[:min(keep, int64(len(text)))])
	}
	if skip > 0 {
		s.Offset = skip
	}
	m.Sections = append(m.Sections, s)
	if short {
		m.Short = true
		return "", syntax("a literal shorter than announced")
	}
	return next, nil
}

// dateForms are the forms of INTERNALDATE that servers write. RFC 9051 §9 has the
// first.
var dateForms = []string{
	"_2-Jan-2006 15:04:05 -0700",
	"_2-Jan-2006 15:04:05 MST",
	"_2-Jan-2006 15:04:05",
	"_2 Jan 2006 15:04:05 -0700",
	"Mon, _2 Jan 2006 15:04:05 -0700",
	"_2-Jan-06 15:04:05 -0700",
	time.RFC3339,
}

// parseDateTime reads a date-time; ok is false for one that is none.
func parseDateTime(s string) (t time.Time, ok bool) {
	s = strings.Join(strings.Fields(s), " ")
	for _, form := range dateForms {
		if t, err := time.Parse(form, s); err == nil && t.Year() > 1 {
			return t, true
		}
	}
	return time.Time{}, false
}
