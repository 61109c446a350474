package imap

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// ListData is one mailbox of LIST (RFC 9051 §7.3.1).
type ListData struct {
	Attrs   []MailboxAttr
	Delim   rune   // 0: none
	Mailbox string // decoded
	Status  *StatusData

	lsub bool // a row of LSUB
}

// ListOptions are the options of LIST-EXTENDED (RFC 5258) and what builds on it.
type ListOptions struct {
	SelectSubscribed bool
	ReturnSpecialUse bool           // RFC 6154
	ReturnSubscribed bool           // RFC 5258
	ReturnStatus     *StatusOptions // RFC 5819
}

// Extended reports whether more is asked than RFC 3501 has.
func (o *ListOptions) Extended() bool { return o != nil && *o != ListOptions{} }

// List asks for the mailboxes whose names match a pattern. Counts that come in
// rows of their own are put to their mailboxes, wherever they stand.
func (c *Client) List(ref, pattern string, options *ListOptions) *Query[[]*ListData] {
	e, p := c.begin("LIST")
	var ret []string
	if options != nil {
		if options.SelectSubscribed {
			e.raw(" (SUBSCRIBED)")
		}
		if options.ReturnSubscribed {
			ret = append(ret, "SUBSCRIBED")
		}
		if options.ReturnSpecialUse {
			ret = append(ret, "SPECIAL-USE")
		}
		if options.ReturnStatus != nil {
			ret = append(ret, "STATUS ("+options.ReturnStatus.words()+")")
		}
	}
	e.raw(" ").string(encodeName(ref))
	e.raw(" ").string(encodeName(pattern))
	if len(ret) > 0 {
		e.raw(" RETURN (" + strings.Join(ret, " ") + ")")
	}
	return c.list(e, p, false)
}

// ListSubscribed asks for the mailboxes that are subscribed (LSUB, RFC 3501
// §6.3.9), for servers without LIST-EXTENDED.
func (c *Client) ListSubscribed(ref, pattern string) *Query[[]*ListData] {
	e, p := c.begin("LSUB ")
	e.string(encodeName(ref))
	e.raw(" ").string(encodeName(pattern))
	return c.list(e, p, true)
}

func (c *Client) list(e *encoder, p *pending, lsub bool) *Query[[]*ListData] {
	q := &Query[[]*ListData]{Command: Command{c, p}}
	at := map[string]*ListData{}
	p.take = func(data untagged) bool {
		switch data := data.(type) {
		case *ListData:
			if data.lsub != lsub {
				return false
			}
			q.answer = append(q.answer, data)
			at[inboxed(data.Mailbox)] = data
			return true
		case *StatusData:
			if row := at[inboxed(data.Mailbox)]; row != nil {
				row.Status = data
				return true
			}
		}
		return false
	}
	c.send(e, p)
	return q
}

// inboxed spells INBOX, whose case does not matter (RFC 9051 §5.1), in one way.
func inboxed(name string) string {
	if strings.EqualFold(name, "INBOX") {
		return "INBOX"
	}
	return name
}

// readList reads a row of LIST. Names outside quotes may have blanks in them.
func (c *Client) readList(lsub bool) (untagged, error) {
	r := c.r
	row := &ListData{lsub: lsub}
	v, err := r.value(0)
	if err != nil {
		return nil, err
	}
	for _, word := range v.words() {
		row.Attrs = append(row.Attrs, MailboxAttr(word))
	}
	if v, err = r.value(0); err != nil {
		return nil, err
	}
	if d := v.string(); utf8.RuneCountInString(d) == 1 {
		row.Delim, _ = utf8.DecodeRuneInString(d)
	}
	if err := r.blanks(); err != nil {
		return nil, err
	}
	if end, err := r.lineEnd(); end {
		return nil, syntax("a mailbox without a name")
	} else if err != nil {
		return nil, err
	}
	raw, err := r.name(nil)
	if err != nil || raw == "" { // "" is the root of all (RFC 9051 §6.3.9)
		return nil, err
	}
	row.Mailbox = decodeName(raw)
	c.names.learn(row.Mailbox, raw)
	return row, nil
}

// name reads a mailbox name and the rest of its line. What follows a name in
// parentheses is handed to rest. A name outside quotes goes up to there, blanks
// and all; so does one in quotes that are not escaped within.
func (r *reader) name(rest *string) (string, error) {
	if err := r.blanks(); err != nil {
		return "", err
	}
	if b, err := r.peek(); err == nil && b == '{' {
		size, ok, err := r.announced()
		if err != nil {
			return "", err
		}
		if ok {
			name, err := r.literal(size)
			if err != nil {
				return "", err
			}
			after, err := r.text()
			if rest != nil {
				*rest = after
			}
			return name, err
		}
	}
	line, err := r.text()
	if err != nil {
		return "", err
	}
	name, after := splitName(line)
	if rest != nil {
		*rest = after
	} else if after != "" && line[0] != '"' && !strings.Contains(after[1:], "(") {
		name = strings.TrimRight(line, " ") // no list of LIST-EXTENDED, which has lists in it
	}
	return name, nil
}

// splitName parts a name from the list behind it.
func splitName(line string) (name, rest string) {
	if strings.HasPrefix(line, `"`) {
		if name, rest, ok := unquote(line); ok {
			if t := strings.TrimSpace(rest); t == "" || t[0] == '(' {
				return name, t
			}
		}
		body := line
		if i := strings.LastIndex(line, `" (`); i > 0 {
			body, rest = line[:i+1], line[i+2:]
		}
		if end := strings.LastIndexByte(body, '"'); end > 0 {
			return body[1:end], rest
		}
		return body[1:], rest
	}
	line = strings.TrimRight(line, " ")
	if i := lastList(line); i > 0 && line[i-1] == ' ' {
		return strings.TrimRight(line[:i], " "), line[i:]
	}
	return line, ""
}

// lastList is where the list at the end of a line begins; -1: there is none.
func lastList(line string) int {
	depth := 0
	for i := len(line) - 1; i >= 0; i-- {
		switch line[i] {
		case ')':
			depth++
		case '(':
			depth--
		}
		if depth == 0 {
			if line[i] == '(' {
				return i
			}
			break
		}
	}
	return -1
}

// unquote reads the quoted string at the beginning of a line.
func unquote(line string) (s, rest string, ok bool) {
	var out bytes.Buffer
	for i := 1; i < len(line); i++ {
		switch c := line[i]; {
		case c == '"':
			return out.String(), line[i+1:], true
		case c == '\\' && i+1 < len(line) && (line[i+1] == '"' || line[i+1] == '\\'):
			i++
			out.WriteByte(line[i])
		default:
			out.WriteByte(c)
		}
	}
	return "", "", false
}

// NamespaceDescriptor is one namespace (RFC 2342).
type NamespaceDescriptor struct {
	Prefix string
	Delim  rune
}

// NamespaceData are a server's namespaces (RFC 2342).
type NamespaceData struct{ Personal, Other, Shared []NamespaceDescriptor }

// Namespace sends NAMESPACE (RFC 9051 §6.3.10).
func (c *Client) Namespace() *Query[*NamespaceData] {
	e, p := c.begin("NAMESPACE")
	q := &Query[*NamespaceData]{Command: Command{c, p}, answer: &NamespaceData{}}
	p.take = func(data untagged) bool {
		got, ok := data.(*NamespaceData)
		if ok {
			q.answer = got
		}
		return ok
	}
	c.send(e, p)
	return q
}

func (c *Client) readNamespace() (untagged, error) {
	list, err := c.r.all()
	data := &NamespaceData{}
	for i, into := range []*[]NamespaceDescriptor{&data.Personal, &data.Other, &data.Shared} {
		if i >= len(list) {
			break
		}
		for _, ns := range list[i].list {
			delim, _ := utf8.DecodeRuneInString(ns.item(1).string())
			if ns.item(1).string() == "" {
				delim = 0
			}
			*into = append(*into, NamespaceDescriptor{Prefix: decodeName(ns.item(0).string()), Delim: delim})
		}
	}
	return data, err
}
