package imap

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Client speaks IMAP over a connection. It is not safe for concurrent use.
//
// A command is begun by the method with its name and sent, together with those
// begun before it, when one of them is waited for (Command.Wait). A flight may
// hold any number of commands.
type Client struct {
	r     *reader
	w     io.Writer
	names *Names
	caps  CapSet

	tag      int
	out      []piece    // not written yet
	open     []*pending // begun and without their tagged response, in order
	asked    bool       // the server has sent a continuation request
	err      error      // why the connection is of no more use
	selected Mailbox
	last     *Message // of the newest FETCH row, for what follows it loosely

	bye      *Error
	alerts   []string
	problems []string
	greeting *status

	answers  int // tagged responses since Begin
	capsTold int // how often the server told its capabilities

	// Commands counts the commands sent.
	Commands int
}

// Mailbox is what the server said of the mailbox that is open.
type Mailbox struct {
	Name           string // "": none is open
	NumMessages    uint32
	HasNumMessages bool
	UIDNext        UID    // 0: not said
	UIDValidity    uint32 // 0: not said
	ReadOnly       bool
	PermanentFlags []Flag // nil: not said
}

// NewClient makes a client of a connection whose greeting has not been read.
// names may be shared between the connections of an account; nil: its own.
func NewClient(conn io.ReadWriter, limits Limits, names *Names) *Client {
	if names == nil {
		names = &Names{}
	}
	tags := "M" + rand.Text()[:8] + "x"
	return &Client{r: newReader(conn, limits, tags), w: conn, names: names, caps: CapSet{}}
}

// Begin starts an operation: what it may bring is counted from here.
func (c *Client) Begin() {
	c.r.begin()
	c.problems, c.answers = nil, 0
}

// Answered reports whether a command was answered since Begin.
func (c *Client) Answered() bool { return c.answers > 0 }

// CapsTold is how often the server has told its capabilities.
func (c *Client) CapsTold() int { return c.capsTold }

// SetLimits replaces the limits.
func (c *Client) SetLimits(limits Limits) { c.r.limits = limits }

// Rows is how many responses have come since Begin.
func (c *Client) Rows() int { return int(c.r.rows) }

// Buffered is how many bytes were read from the connection and not looked at.
// Before STARTTLS there must be none (RFC 9051 §6.2.1).
func (c *Client) Buffered() int { return c.r.src.Buffered() }

// Upgrade goes on over another connection on top of the first, which over makes:
// compression. What was read ahead of the first belongs to it.
func (c *Client) Upgrade(over func(ahead []byte) io.ReadWriter) {
	ahead, _ := c.r.src.Peek(c.r.src.Buffered())
	conn := over(bytes.Clone(ahead))
	c.r.src.Reset(conn)
	c.w = conn
}

// Forget forgets the capabilities: what was told before TLS does not count.
func (c *Client) Forget() { c.caps, c.capsTold = CapSet{}, 0 }

// Caps are the capabilities that the server told last, in its greeting, after
// sign-in, or when it was asked. SetCaps replaces them.
func (c *Client) Caps() CapSet { return c.caps }

// SetCaps replaces what is known of the server's capabilities.
func (c *Client) SetCaps(caps CapSet) { c.caps = caps }

// Selected is the mailbox that is open, as the server said last.
func (c *Client) Selected() Mailbox { return c.selected }

// NoteMessages sets how many messages are in the mailbox that is open, where the
// server did not say it there.
func (c *Client) NoteMessages(n uint32) { c.selected.NumMessages = n }

// Names are the mailbox names that the server writes in its own way.
func (c *Client) Names() *Names { return c.names }

// Err is why the connection is of no more use; nil while it is.
func (c *Client) Err() error { return c.err }

// Bye is what the server said when it ended the connection; nil: nothing.
func (c *Client) Bye() *Error { return c.bye }

// Alerts are the texts that the server wants shown to the person (RFC 9051
// §7.1), WEBALERT with its address. They are its wording and untrusted.
func (c *Client) Alerts() []string { return c.alerts }

// Problems are what could not be understood since Begin, in our words.
func (c *Client) Problems() []string { return c.problems }

const (
	maxAlerts   = 5
	maxProblems = 20
)

func (c *Client) problem(format string, args ...any) {
	if len(c.problems) < maxProblems {
		c.problems = append(c.problems, fmt.Sprintf(format, args...))
	}
}

// pending is a command without its tagged response.
type pending struct {
	tag     string
	selects string // SELECT, EXAMINE: the mailbox's name
	about   string // STATUS: the mailbox's name
	done    bool
	status  *status
	// take is offered each untagged response and says whether it was its own.
	take  func(untagged) bool
	fetch *Fetch // FETCH, STORE
	// more answers a continuation request that no literal waits for.
	more func() ([]byte, bool)
}

// untagged is a response without tag, as far as it is understood: one of the
// pointers of this package's types.
type untagged any

// begin starts to build a command.
func (c *Client) begin(words string) (*encoder, *pending) {
	c.tag++
	p := &pending{tag: c.r.tags + strconv.Itoa(c.tag)}
	e := &encoder{c: c}
	e.raw(p.tag + " " + words)
	return e, p
}

// send ends a command and puts it into the flight.
func (c *Client) send(e *encoder, p *pending) {
	e.raw("\r\n")
	e.pieces = append(e.pieces, piece{data: e.buf})
	for i := range e.pieces {
		e.pieces[i].owner = p
	}
	c.out = append(c.out, e.pieces...)
	c.open = append(c.open, p)
	c.Commands++
}

// Command is a command under way.
type Command struct {
	c *Client
	p *pending
}

// Wait sends what has been begun and reads until the command has its tagged
// response. The error is an *Error when the server refused it; any other is the
// end of the connection.
func (cmd *Command) Wait() error { return cmd.c.wait(cmd.p) }

// Query is a command that has an answer.
type Query[T any] struct {
	Command
	answer T
}

// Wait is Command.Wait, and the answer as far as it came.
func (q *Query[T]) Wait() (T, error) {
	err := q.Command.Wait()
	return q.answer, err
}

func (c *Client) simple(words string) *Command {
	e, p := c.begin(words)
	c.send(e, p)
	return &Command{c, p}
}

func (c *Client) wait(p *pending) error {
	c.flush()
	for !p.done && c.err == nil {
		c.err = c.response()
	}
	if !p.done {
		return c.err
	}
	return p.status.err()
}

// Flush sends what has been begun, without waiting for an answer.
func (c *Client) Flush() error {
	c.flush()
	return c.err
}

// Finish sends what has been begun and reads until every command has its tagged
// response. It returns the error that ended the connection; refusals are the
// commands' own.
func (c *Client) Finish() error {
	c.flush()
	for len(c.open) > 0 && c.err == nil {
		c.err = c.response()
	}
	return c.err
}

// flush writes what has been begun. Where a literal must wait for the server,
// responses are read until it asks for it or has refused its command.
func (c *Client) flush() {
	for len(c.out) > 0 && c.err == nil {
		var buf []byte
		var last piece
		for len(c.out) > 0 && !last.sync && last.write == nil {
			last, c.out = c.out[0], c.out[1:]
			buf = append(buf, last.data...)
		}
		c.asked = false
		if len(buf) > 0 {
			_, c.err = c.w.Write(buf)
		}
		if last.write != nil && c.err == nil {
			c.err = last.write(c.w)
		}
		if !last.sync {
			continue
		}
		for !c.asked && !last.owner.done && c.err == nil {
			c.err = c.response()
		}
		for last.owner.done && len(c.out) > 0 && c.out[0].owner == last.owner {
			c.out = c.out[1:] // refused: the rest is not sent
		}
	}
}

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
