package imapconn

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"

	"mail-imap-mcp/internal/contract"
)

// errOperationTimeout is the cause when SocketTimeout has passed.
var errOperationTimeout = fmt.Errorf("the operation took too long: %w", context.DeadlineExceeded)

// Do leases a connection, opens mailbox on it with EXAMINE unless that is ""
// or open already, and runs fn. The whole of it may take SocketTimeout. fn's
// context ends with ctx, with the operation and with the pool; then the
// connection is closed at once and every command under way fails.
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
	ctx, cancel := context.WithTimeoutCause(ctx, p.opts.SocketTimeout, errOperationTimeout)
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
	deadline, _ := ctx.Deadline()
	var probe time.Time
	if cached && p.now().Sub(c.wire.answeredAt()) > trustFor {
		probe = time.Now().Add(probeFor)
	}
	c.wire.begin(deadline, probe)
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

	answered := false
	var broken error
	if err == nil || keepsConnection(err) {
		c.wire.release()
		answered, broken = c.client.finish()
	}
	if broken == nil && (err == nil || keepsConnection(err)) && stop() && !c.dead() {
		c.wire.end()
		p.giveBack(c)
		return false, p.refusal(err)
	}
	answered = c.close() || answered
	if err == nil || keepsConnection(err) {
		return false, p.refusal(err) // fn has its answer; only the connection is gone
	}
	if ctx.Err() == nil && !answered && !isContractError(err) {
		if cached && diedIdle(c, err) {
			p.distrust(c.wire.answeredAt())
			return true, err
		}
		if c.greeted != nil && strings.Contains(err.Error(), "in id: ") && !p.noID.Swap(true) {
			// go-imap refuses an ID answer with NIL values, which RFC 2971
			// §3.1 allows: this server is not asked again.
			return true, err
		}
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
func diedIdle(c *Conn, err error) bool {
	if _, bye := c.wire.guard.bye(); bye {
		return true
	}
	cause := c.wire.failure()
	if cause == nil {
		cause = err
	}
	return isGone(cause) || errors.Is(cause, errProbe)
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

// refusedError is fn's error with a cleaned text.
type refusedError struct {
	message string
	refusal *imap.Error
}

// Error implements error.
func (e *refusedError) Error() string { return e.message }

// Unwrap gives the refusal.
func (e *refusedError) Unwrap() error { return e.refusal }

// explain says why an operation failed, from what is known about its
// connection: go-imap keeps only the text of errors.
func (p *Pool) explain(ctx context.Context, c *Conn, err error) error {
	if isContractError(err) {
		return err
	}
	if ctx.Err() != nil {
		return p.fault(ctx, "", ctx.Err())
	}
	if text, ok := c.wire.guard.bye(); ok {
		return p.fault(ctx, "", &byeError{text})
	}
	if cause := c.wire.failure(); cause != nil {
		return p.fault(ctx, "", cause)
	}
	return p.fault(ctx, "", &garbledError{serverText(p.redact(err.Error()))})
}
