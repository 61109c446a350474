package imapconn

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
)

// maxOperation is how long one Do may take whatever its context says: the work
// of a change goes on when its call is over, and a server may drip.
const maxOperation = 15 * time.Minute

// afterContext is how much later than its context the connection itself gives up:
// the context knows why it ended.
const afterContext = 250 * time.Millisecond

// errOperationTimeout is the cause when maxOperation has passed.
var errOperationTimeout = fmt.Errorf("the operation took too long: %w", context.DeadlineExceeded)

// Do leases a connection, opens mailbox on it with EXAMINE unless that is ""
// or open already, and runs fn. The server may be silent for SocketTimeout at a
// time; the whole ends with ctx. fn's context ends with ctx, with the operation
// and with the pool; then the connection is closed at once and every command under
// way fails.
//
// When a cached connection turns out dead before it answered anything, fn is run
// a second time on a fresh one: it must begin by resetting what it collected.
//
// The error is fn's own if that is a *contract.Error or a refusal of the server
// (*imap.Error), which leave the connection in use; what went wrong with the
// connection is a *contract.Fault without a stage, for Classify to name.
func (p *Pool) Do(ctx context.Context, mailbox string, fn func(context.Context, *Conn) error) error {
	ctx, done, err := p.begin(ctx)
	if err != nil {
		return p.fault(ctx, "", err)
	}
	defer done()
	ctx, cancel := context.WithTimeoutCause(ctx, maxOperation, errOperationTimeout)
	defer cancel()
	if err := p.acquire(ctx); err != nil {
		return err
	}
	defer func() { <-p.slots }()
	c := p.takeIdle(mailbox)
	for {
		cached := c != nil
		if !cached {
			if f := p.paused(); f != nil {
				return f
			}
			if c, err = p.open(ctx, &Verification{}); err != nil {
				return err
			}
		}
		again, err := p.run(ctx, c, cached, mailbox, fn)
		if !again {
			return err
		}
		p.log.Debug("connection replaced", "account", p.account.ID, "cached", cached)
		c = nil
	}
}

// acquire takes one of the account's connection slots.
func (p *Pool) acquire(ctx context.Context) error {
	if ctx.Err() == nil {
		select {
		case p.slots <- struct{}{}:
			return nil
		case <-ctx.Done():
		}
	}
	f := p.fault(ctx, stageConnect, ctx.Err())
	if f.Code == contract.Timeout {
		f.Message = fmt.Sprintf("all %d connections to the mail server %s were busy; try again", cap(p.slots), p.account.Host)
	}
	return f
}

// run runs fn on a connection and keeps or closes that. again: it was dead
// before it was of use, so a fresh one should be tried.
func (p *Pool) run(ctx context.Context, c *Conn, cached bool, mailbox string, fn func(context.Context, *Conn) error) (again bool, err error) {
	deadline, ends := ctx.Deadline()
	if ends {
		deadline = deadline.Add(afterContext)
	}
	var probe time.Time
	if cached && p.now().Sub(c.wire.answeredAt()) > trustFor {
		probe = time.Now().Add(probeFor)
	}
	c.wire.begin(deadline, probe)
	c.client.Begin()
	c.opened = false
	stop := context.AfterFunc(ctx, func() { _ = c.wire.Close() })
	defer stop()
	c.reopens = p.reopens.Load()
	returned := false
	defer func() {
		if !returned { // fn panics: what it left on the wire is unknown
			c.close()
		}
	}()
	err = c.examine(mailbox)
	if err == nil {
		err = fn(ctx, c)
	}
	returned = true

	commands := c.client.Commands
	c.client.Commands = 0
	p.meter.commands.Add(int64(commands))
	var broken error
	if err == nil || keepsConnection(err) {
		broken = c.client.Finish()
	}
	if broken == nil && (err == nil || keepsConnection(err)) && stop() && !c.dead() {
		c.wire.end()
		p.giveBack(c)
		return false, p.refusal(err)
	}
	c.close()
	if err == nil || keepsConnection(err) {
		return false, p.refusal(err) // fn has its answer; only the connection is gone
	}
	if ctx.Err() == nil && cached && !c.client.Answered() && !isContractError(err) && diedIdle(c) {
		p.distrust(c.wire.answeredAt())
		return true, err
	}
	return false, p.explain(ctx, c, err)
}

// keepsConnection reports whether an error leaves the connection as good as it
// was: the request could not be served, or the server refused a command.
func keepsConnection(err error) bool {
	var refused *contract.Error
	return errors.As(err, &refused) || IsRefusal(err)
}

func isContractError(err error) bool {
	var fault *contract.Fault
	var refused *contract.Error
	return errors.As(err, &fault) || errors.As(err, &refused)
}

// diedIdle reports whether a cached connection was dead already when it was
// leased: closed, reset, said goodbye or silent, as opposed to garbled or slow.
func diedIdle(c *Conn) bool {
	err := c.client.Err()
	return c.client.Bye() != nil || isGone(err) || errors.Is(err, errProbe)
}

// refusal makes a server's NO or BAD fit to be shown and logged: its text is
// the server's and may echo what it was sent.
func (p *Pool) refusal(err error) error {
	var refusal *imap.Error
	if isContractError(err) || !errors.As(err, &refusal) {
		return err
	}
	clean := *refusal
	clean.Text = serverText(p.redact(refusal.Text))
	return &refusedError{message: serverText(p.redact(err.Error())), refusal: &clean}
}

// close ends the connection now.
func (c *Conn) close() { _ = c.wire.Close() }

// refusedError is fn's error with a cleaned text.
type refusedError struct {
	message string
	refusal *imap.Error
}

// Error implements error.
func (e *refusedError) Error() string { return e.message }

// Unwrap gives the refusal.
func (e *refusedError) Unwrap() error { return e.refusal }

// explain says why an operation failed, from what is known about its connection.
func (p *Pool) explain(ctx context.Context, c *Conn, err error) error {
	if isContractError(err) {
		return err
	}
	if ctx.Err() != nil {
		return p.fault(ctx, "", ctx.Err())
	}
	if lost := c.client.Err(); lost != nil {
		err = lost
	}
	return p.withAlerts(c, p.fault(ctx, "", err))
}

// withAlerts adds to a fault what the server wants shown to the person (ALERT).
func (p *Pool) withAlerts(c *Conn, f *contract.Fault) *contract.Fault {
	if alerts := c.client.Alerts(); f.Code == contract.Timeout && len(alerts) > 0 {
		// What it wants done comes first: waiting longer does not help.
		f.Message = fmt.Sprintf("the mail server %s stopped answering; do what it says, then try again", p.account.Host)
	}
	for _, alert := range c.client.Alerts() {
		if text := p.quote(alert); !strings.Contains(f.Message, text) {
			f.Message += text
		}
	}
	return f
}
