package imapconn

import (
	"context"
	"errors"
	"strings"
	"time"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/contract"
)

// Verification is the outcome of signing in once, step by step.
type Verification struct {
	Host         string
	Port         int
	TLSMode      config.TLSMode
	Reached      bool
	TLSVersion   string    // "TLS 1.3"; "" without TLS
	CertExpires  time.Time // zero without TLS
	SignedIn     bool
	Mechanism    string   // "PLAIN" or "LOGIN"
	Capabilities []string // sorted
	Server       string   // name and version the server's ID gave, if any
	RoundTrip    time.Duration
	Fault        *contract.Fault // the first step that failed; nil when all is well

	explicit bool // a person asked: the pause after a refusal does not apply
}

// Verify signs in on a fresh connection, whatever pause a refused sign-in
// began, and reports each step. The error is only about ctx or a closed pool;
// what is wrong with the account is the Verification's Fault.
func (p *Pool) Verify(ctx context.Context) (*Verification, error) {
	ctx, done, err := p.begin(ctx)
	if err != nil {
		return nil, p.fault(ctx, stageConnect, err)
	}
	defer done()
	ctx, cancel := context.WithTimeoutCause(ctx, p.opts.SocketTimeout, errOperationTimeout)
	defer cancel()
	if err := p.acquire(ctx); err != nil {
		return nil, err
	}
	defer func() { <-p.slots }()
	p.makeRoom()
	for {
		v := &Verification{Host: p.account.Host, Port: p.account.Port, TLSMode: p.account.TLS, explicit: true}
		c, err := p.open(ctx, v)
		again := false
		if err == nil {
			again, err = p.run(ctx, c, false, "", v.measure)
		}
		if again {
			continue
		}
		if err != nil {
			var fault *contract.Fault
			if !errors.As(Classify("verify", err), &fault) || (ctx.Err() != nil && !errors.Is(context.Cause(ctx), errOperationTimeout)) {
				return nil, err
			}
			v.Fault = fault
		}
		return v, nil
	}
}

// measure asks what a signed-in server tells of itself and how fast.
func (v *Verification) measure(_ context.Context, c *Conn) error {
	// ID and capabilities first, so that the round trip is measured alone.
	if err := c.client.Noop().Wait(); err != nil {
		return err
	}
	v.Capabilities = sortedCaps(c.capabilities())
	if c.greeted != nil {
		if id, err := c.greeted.Wait(); err == nil && id != nil {
			v.Server = serverText(c.redact(strings.TrimSpace(id.Name + " " + id.Version)))
		}
	}
	start := time.Now()
	if err := c.client.Noop().Wait(); err != nil {
		return err
	}
	v.RoundTrip = time.Since(start)
	return nil
}

// makeRoom signs out of the connection idle for longest when a fresh one would
// exceed the cap.
func (p *Pool) makeRoom() {
	p.mu.Lock()
	var oldest *Conn
	if len(p.idle) > 0 && len(p.idle)+len(p.slots) > cap(p.slots) {
		oldest, p.idle = p.idle[0], p.idle[1:]
	}
	p.mu.Unlock()
	if oldest != nil {
		p.dismiss(oldest)
	}
}
