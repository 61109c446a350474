package imap

import (
	"strconv"
)

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
