package imap

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
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
