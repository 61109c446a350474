package imapconn

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
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
	Alerts       []string        // what the server wants shown to the person, its words
	Quota        []imap.Quota    // of INBOX, where the server tells
	Quirks       []Quirk         // what was found out about the server
	Messages     uint32          // in INBOX
	Cautions     []string        // what works, but not as it should
	Works        bool            // INBOX was opened and searched
	Fault        *contract.Fault // the first step that failed; nil when all is well

	explicit bool // a person asked: the pause after a refusal does not apply
}

// Verify signs in on a fresh connection, whatever pause a refused sign-in
// began, opens INBOX and searches it once, and reports each step. The error is
// only about ctx or a closed pool; what is wrong with the account is the
// Verification's Fault.
func (p *Pool) Verify(ctx context.Context) (*Verification, error) {
	ctx, done, err := p.begin(ctx)
	if err != nil {
		return nil, p.fault(ctx, stageConnect, err)
	}
	defer done()
	ctx, cancel := context.WithTimeoutCause(ctx, maxOperation, errOperationTimeout)
	defer cancel()
	if err := p.acquire(ctx); err != nil {
		return nil, err
	}
	defer func() { <-p.slots }()
	p.makeRoom()
	v := &Verification{Host: p.account.Host, Port: p.account.Port, TLSMode: p.account.TLS, explicit: true}
	c, err := p.open(ctx, v)
	if err == nil {
		_, err = p.run(ctx, c, false, "", v.measure)
	}
	v.Quirks = p.Quirks()
	if err != nil {
		var fault *contract.Fault
		if !errors.As(Classify("verify", err), &fault) || ctx.Err() != nil {
			return nil, err
		}
		v.Fault = fault
	}
	return v, nil
}

// measure asks what a signed-in server tells of itself, how fast it is, and
// whether mail can be read: servers sign in accounts that have no mailbox
// ("authenticated but not connected", php-imap#464).
func (v *Verification) measure(_ context.Context, c *Conn) error {
	// Some say it when the mailbox is opened.
	defer func() { v.Alerts = c.pool.alerts(c.client.Client) }()
	// ID and capabilities first, so that the round trip is measured alone.
	if err := c.client.Noop().Wait(); err != nil {
		return err
	}
	v.Capabilities = sortedCaps(c.capabilities())
	if c.greeted != nil {
		if id, err := c.greeted.Wait(); err == nil {
			v.Server = serverText(c.pool.redact(strings.TrimSpace(id["name"] + " " + id["version"])))
		}
	}
	start := time.Now()
	if err := c.client.Noop().Wait(); err != nil {
		return err
	}
	v.RoundTrip = time.Since(start)
	if !c.client.account.Permits("INBOX") {
		v.Works = true
		return nil
	}
	if err := c.examine("INBOX"); err != nil {
		return Classify(stageSelect, err)
	}
	v.Messages = c.Selected().NumMessages
	switch open := c.client.Selected(); {
	case c.Selected().Volatile:
		v.Cautions = append(v.Cautions, "the server gives messages no lasting numbers (no UIDVALIDITY): ids hold for one connection only, and nothing can be changed")
	case open.UIDValidity == 0:
		v.Cautions = append(v.Cautions, "the server tells UIDVALIDITY only when asked for it with STATUS, which costs one more round trip for each mailbox")
	}
	if _, err := c.client.UIDSearch(&imap.SearchCriteria{UID: []imap.UIDSet{{{Start: 1, Stop: 1}}}}, nil).Wait(); err != nil {
		return fmt.Errorf("SEARCH: %w", err)
	}
	v.Works = true
	if c.Has(imap.CapQuota) {
		v.Quota, _ = c.client.QuotaRoot("INBOX").Wait() // beside the point
		for i := range v.Quota {
			v.Quota[i].Resource = serverText(v.Quota[i].Resource)
		}
	}
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
