package imap

import (
	"errors"
	"strings"
)

// response reads one response and hands it to its command. Its error is final.
func (c *Client) response() error {
	err := c.read()
	var skipped *syntaxError
	if errors.As(err, &skipped) {
		c.problem("%s", skipped.what)
		err = nil
	}
	if err == nil {
		err = c.r.skipLine()
	}
	if err != nil && c.bye != nil && !errors.As(err, new(*LimitError)) {
		return c.bye
	}
	return err
}

// read reads one response, or what of it can be understood.
func (c *Client) read() error {
	r := c.r
	if err := r.next(); err != nil {
		return err
	}
	if tagged, err := r.startsTag(); err != nil {
		return err
	} else if tagged {
		return c.tagged()
	}
	b, err := r.peek()
	if err != nil {
		return err
	}
	switch b {
	case '*':
		if _, err := r.take(); err != nil {
			return err
		}
		return c.untagged()
	case '+':
		if c.greeting == nil && c.tag == 0 {
			return ErrNoGreeting
		}
		c.asked = true
		return c.continuation()
	}
	return c.stray()
}

// tagged reads a tagged response: the end of its command.
func (c *Client) tagged() error {
	c.last = nil
	line, err := c.r.text()
	if err != nil {
		return err
	}
	tag, rest, _ := strings.Cut(line, " ")
	word, rest, _ := strings.Cut(strings.TrimLeft(rest, " "), " ")
	kind, ok := statusTypes[strings.ToUpper(word)]
	for i, p := range c.open {
		if p.tag != tag {
			continue
		}
		if !ok {
			c.problem("a tagged response that is neither OK, NO nor BAD")
			kind, rest = StatusResponseTypeBad, word+" "+rest
		}
		p.status, p.done = parseStatus(kind, rest), true
		c.answers++
		c.open = append(c.open[:i:i], c.open[i+1:]...)
		c.note(p.status)
		if p.take != nil {
			p.take(p.status)
		}
		if p.selects != "" {
			c.opened(p)
		}
		return nil
	}
	c.problem("a tagged response to no command that is open")
	return nil
}

// continuation answers "+".
func (c *Client) continuation() error {
	line, err := c.r.text()
	if err != nil || len(c.open) == 0 {
		return err
	}
	// A literal's pause is flush's.
	p := c.open[len(c.open)-1]
	if len(c.out) > 0 || p.more == nil {
		return nil
	}
	p.take(challenge(strings.TrimSpace(strings.TrimPrefix(line, "+"))))
	answer, ok := p.more()
	if !ok {
		answer = []byte("*") // RFC 9051 §6.2.2: cancel the exchange
	}
	_, err = c.w.Write(append(answer, "\r\n"...))
	return err
}

// challenge is the text of a continuation request.
type challenge string

// note keeps what a status response says beside its answer.
func (c *Client) note(s *status) {
	switch s.code {
	case ResponseCodeCapability:
		c.learnCaps(ParseCaps(strings.Fields(s.arg)))
	case ResponseCodeAlert, ResponseCodeWebAlert:
		if len(c.alerts) < maxAlerts {
			c.alerts = append(c.alerts, strings.TrimSpace(s.text+" "+s.arg))
		}
	}
	if s.kind == StatusResponseTypeBye {
		c.bye = &Error{Type: s.kind, Code: s.code, Arg: s.arg, Text: s.text}
	}
}

func (c *Client) learnCaps(caps CapSet) {
	if len(caps) > 0 {
		c.caps = caps
		c.capsTold++
	}
}

// untagged reads the rest of an untagged response.
func (c *Client) untagged() error {
	r := c.r
	if err := r.blanks(); err != nil {
		return err
	}
	word, err := r.atom()
	if err != nil {
		return err
	}
	number, numbered := parseNumber(word)
	if numbered {
		if err := r.blanks(); err != nil {
			return err
		}
		if word, err = r.atom(); err != nil {
			return err
		}
	}
	word = strings.ToUpper(word)
	if word != "FETCH" && word != "UIDFETCH" {
		c.last = nil
	}
	if numbered {
		return c.numbered(number, word)
	}
	if kind, ok := statusTypes[word]; ok {
		text, err := r.text()
		if err != nil {
			return err
		}
		s := parseStatus(kind, text)
		c.note(s)
		if c.greeting == nil && c.tag == 0 {
			c.greeting = s
		}
		c.offer(s)
		return nil
	}
	read, known := dataResponses[word]
	if !known {
		return nil // RFC 9051 §2.2.2: must be ready for any; the line is skipped
	}
	data, err := read(c)
	if data != nil {
		c.offer(data)
	}
	return err
}

// dataResponses read what follows their word. What they return beside an error is
// still of use.
var dataResponses = map[string]func(*Client) (untagged, error){
	"CAPABILITY": (*Client).readCapability,
	"ENABLED":    (*Client).readEnabled,
	"ESEARCH":    (*Client).readESearch,
	"FLAGS":      (*Client).readFlags,
	"ID":         (*Client).readID,
	"LIST":       func(c *Client) (untagged, error) { return c.readList(false) },
	"LSUB":       func(c *Client) (untagged, error) { return c.readList(true) },
	"NAMESPACE":  (*Client).readNamespace,
	"QUOTA":      (*Client).readQuota,
	"SEARCH":     (*Client).readSearch,
	"STATUS":     (*Client).readStatus,
	"VANISHED":   (*Client).readVanished,
}

// numbered reads a response that begins with a number.
func (c *Client) numbered(n uint32, word string) error {
	switch word {
	case "FETCH":
		return c.readFetch(Message{Seq: n})
	case "UIDFETCH": // RFC 9586 §3
		return c.readFetch(Message{UID: n})
	case "EXISTS":
		c.offer(exists(n))
	case "EXPUNGE":
		c.offer(expunged(n))
	}
	return nil
}

type (
	exists   uint32 // the number of messages
	expunged uint32 // a sequence number
)

// offer hands an untagged response to the first command that takes it. What is
// said of messages belongs to the mailbox that is open, or is being opened:
// commands behind a SELECT that is not answered are not offered it, nor is the
// SELECT itself while commands before it are not answered.
func (c *Client) offer(data untagged) {
	for i, p := range c.open {
		bound := p.selects != "" && ofMailbox(data)
		if bound && i > 0 {
			break
		}
		if p.take != nil && p.take(data) {
			return
		}
		if bound {
			break
		}
	}
	if c.selected.Name == "" {
		return
	}
	switch data := data.(type) {
	case exists:
		c.selected.NumMessages, c.selected.HasNumMessages = uint32(data), true
	case expunged:
		c.selected.NumMessages -= min(1, c.selected.NumMessages)
	case *vanished:
		if !data.earlier {
			c.selected.NumMessages -= uint32(min(int64(data.uids.Len()), int64(c.selected.NumMessages)))
		}
	}
}

// ofMailbox reports whether a response is about the mailbox that is open: its
// messages, or what a code says of it.
func ofMailbox(data untagged) bool {
	switch data.(type) {
	case *Message, exists, expunged, *vanished, *SearchData, []Flag, *status:
		return true
	}
	return false
}

// stray reads a line that is no response. Where it looks like the items of the
// FETCH row before it, it is taken for them (Xeams closes the row behind the
// literal: imapflow#237).
func (c *Client) stray() error {
	if c.last != nil {
		rest, err := c.r.src.Peek(1)
		if err == nil && rest[0] != '\r' && rest[0] != '\n' {
			more := Message{Seq: c.last.Seq, UID: c.last.UID}
			if err := c.r.items(c, &more); err != nil {
				return err
			}
			if more.said {
				c.problem("a FETCH row whose items go on behind its end")
				c.offer(&more)
				return nil
			}
		}
	}
	line, err := c.r.text()
	if err == nil && line != "" {
		c.problem("a line that is no response")
		if c.greeting == nil && c.tag == 0 {
			err = ErrNoGreeting
		}
	}
	return err
}

// Greeting reads the server's first response (RFC 9051 §7.1). The error is an
// *Error for BYE, ErrNoGreeting when lines came that are none.
func (c *Client) Greeting() (preAuth bool, err error) {
	for c.greeting == nil && c.err == nil {
		c.err = c.response()
	}
	if c.err != nil {
		return false, c.err
	}
	if err := c.greeting.err(); err != nil {
		c.err = err
		return false, err
	}
	return c.greeting.kind == StatusResponseTypePreAuth, nil
}

// ErrNoGreeting is a server whose first lines are not IMAP.
var ErrNoGreeting = errors.New("no IMAP greeting")
