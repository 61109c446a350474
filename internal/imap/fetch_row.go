package imap

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

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
