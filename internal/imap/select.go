package imap

import "strings"

// Examine opens a mailbox for reading (EXAMINE, RFC 9051 §6.3.3).
func (c *Client) Examine(mailbox string) *Query[Mailbox] { return c.openMailbox("EXAMINE", mailbox) }

// SelectToChange opens a mailbox to change it (SELECT, RFC 9051 §6.3.2).
func (c *Client) SelectToChange(mailbox string) *Query[Mailbox] {
	return c.openMailbox("SELECT", mailbox)
}

func (c *Client) openMailbox(verb, mailbox string) *Query[Mailbox] {
	e, p := c.begin(verb)
	e.mailbox(mailbox)
	p.selects = mailbox
	q := &Query[Mailbox]{Command: Command{c, p}, answer: Mailbox{Name: mailbox, ReadOnly: verb == "EXAMINE"}}
	p.take = func(data untagged) bool { return q.answer.take(data) }
	c.send(e, p)
	return q
}

// take notes what the answer to SELECT says (RFC 9051 §6.3.2).
func (m *Mailbox) take(data untagged) bool {
	switch data := data.(type) {
	case exists:
		m.NumMessages, m.HasNumMessages = uint32(data), true
		return true
	case *status:
		switch data.code {
		case "UIDVALIDITY":
			m.UIDValidity, _ = parseNumber(data.arg)
		case "UIDNEXT":
			m.UIDNext, _ = parseNumber(data.arg)
		case "PERMANENTFLAGS":
			m.PermanentFlags = flagWords(data.arg)
		case "READ-ONLY":
			m.ReadOnly = true
		}
		return data.code != ""
	case []Flag:
		return true
	case selectedNow:
		*data.into = *m
		return true
	}
	return false
}

// opened notes which mailbox is open when a SELECT is answered: none where it
// was refused (RFC 9051 §6.3.2).
func (c *Client) opened(p *pending) {
	c.selected = Mailbox{}
	if p.status.kind == StatusResponseTypeOK {
		p.take(selectedNow{&c.selected})
	}
}

// selectedNow asks a SELECT for what it found.
type selectedNow struct{ into *Mailbox }

// Unselect closes the mailbox that is open and removes nothing (RFC 3691).
func (c *Client) Unselect() *Command {
	cmd := c.simple("UNSELECT")
	cmd.p.take = func(data untagged) bool {
		if s, ok := data.(*status); ok && s == cmd.p.status && s.kind == StatusResponseTypeOK {
			c.selected = Mailbox{}
		}
		return false
	}
	return cmd
}

func (c *Client) readFlags() (untagged, error) {
	v, err := c.r.value(0)
	flags := []Flag{}
	for _, word := range v.words() {
		flags = append(flags, Flag(word))
	}
	return flags, err
}

// Noop sends NOOP (RFC 9051 §6.1.2).
func (c *Client) Noop() *Command { return c.simple("NOOP") }

// Logout sends LOGOUT (RFC 9051 §6.1.3).
func (c *Client) Logout() *Command { return c.simple("LOGOUT") }

// Capability asks for the capabilities (RFC 9051 §6.1.1); Caps has them then.
func (c *Client) Capability() *Command { return c.simple("CAPABILITY") }

func (c *Client) readCapability() (untagged, error) {
	list, err := c.r.all()
	words := make([]string, 0, len(list))
	for _, v := range list {
		words = append(words, v.string())
	}
	caps := ParseCaps(words)
	c.learnCaps(caps)
	return caps, err
}

// Enable sends ENABLE (RFC 5161) and answers what was enabled.
func (c *Client) Enable(caps ...Cap) *Query[CapSet] {
	words := []string{"ENABLE"}
	for _, name := range caps {
		words = append(words, string(name))
	}
	e, p := c.begin(strings.Join(words, " "))
	q := &Query[CapSet]{Command: Command{c, p}, answer: CapSet{}}
	p.take = func(data untagged) bool {
		on, ok := data.(enabled)
		for name := range CapSet(on) {
			q.answer[name] = struct{}{}
		}
		return ok
	}
	c.send(e, p)
	return q
}

type enabled CapSet

func (c *Client) readEnabled() (untagged, error) {
	list, err := c.r.all()
	words := []string{}
	for _, v := range list {
		words = append(words, v.string())
	}
	return enabled(ParseCaps(words)), err
}

// ID tells the server our name and asks for its own (RFC 2971).
func (c *Client) ID(name string) *Query[map[string]string] {
	e, p := c.begin("ID (\"name\" ")
	e.string(name).raw(")")
	q := &Query[map[string]string]{Command: Command{c, p}}
	p.take = func(data untagged) bool {
		id, ok := data.(map[string]string)
		if ok {
			q.answer = id
		}
		return ok
	}
	c.send(e, p)
	return q
}

// maxIDFields: RFC 2971 §3.3.
const maxIDFields = 30

func (c *Client) readID() (untagged, error) {
	v, err := c.r.value(0)
	id := map[string]string{}
	for i := 0; i+1 < len(v.list) && len(id) < maxIDFields; i += 2 {
		id[strings.ToLower(v.list[i].string())] = v.list[i+1].string()
	}
	return id, err
}
