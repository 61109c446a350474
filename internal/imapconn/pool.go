package imapconn

import (
	"context"
	"crypto/x509"
	"errors"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/imap"
)

const (
	// minConnections is how many connections an account may have at once when
	// no more are to be cached. Providers allow few in all, other programs
	// included; some of them so few that less is used (Provider.Connections).
	minConnections = 4

	// trustFor is how long after its last answer a connection is taken to be
	// alive: NAT and firewall time-outs are minutes.
	trustFor = 30 * time.Second

	// probeFor is how long a connection idle for longer may take to its first
	// byte before it counts as dead.
	probeFor = 5 * time.Second

	// logoutFor bounds the goodbye: stopping must be over within 2 s.
	logoutFor = time.Second
)

// Options are what a Pool needs beside the account.
type Options struct {
	ConnectTimeout  time.Duration                                                     // TCP, and again TLS
	GreetingTimeout time.Duration                                                     // until the server's first line
	SocketTimeout   time.Duration                                                     // the longest silence of the server
	IdleTTL         time.Duration                                                     // how long an idle connection is kept
	MaxIdle         int                                                               // idle connections kept; 0: none
	RootCAs         *x509.CertPool                                                    // nil: the system's
	Logger          *slog.Logger                                                      // nil: slog.Default()
	Dial            func(ctx context.Context, network, addr string) (net.Conn, error) // nil: net.Dialer
	Now             func() time.Time                                                  // nil: time.Now
	Watcher         Watcher                                                           // nil: nobody
}

// Watcher is told what an owner should know of: it is called with the account's
// id, and returns at once.
type Watcher interface {
	SignInRefused(account string)
	SignInPaused(account string)
	TimedOut(account string)
}

// errClosed ends the operations of a pool that is closed.
var errClosed = errors.New("the connection pool is closed")

// Pool hands out connections of one account. It is safe for concurrent use.
type Pool struct {
	account config.Account
	opts    Options
	log     *slog.Logger
	dial    func(ctx context.Context, network, addr string) (net.Conn, error)
	now     func() time.Time

	meter      meter
	lock       lockout
	signing    chan struct{} // held while signing in
	slots      chan struct{} // held by each lease: caps the connections
	quirks     quirks
	names      imap.Names
	validities validities
	reopens    atomic.Int64 // calls of Reopen

	mu      sync.Mutex
	idle    []*Conn // oldest use first
	busy    map[*operation]struct{}
	closed  bool
	drained chan struct{} // made by Close; closed when busy is empty
	reaper  *time.Timer
}

// operation is something under way that Close cancels and waits for.
type operation struct{ cancel context.CancelCauseFunc }

// NewPool makes a pool; nothing is dialled before the first Do. What is known of
// the account's provider beforehand need not be found out.
func NewPool(a config.Account, o Options) *Pool {
	connections := max(minConnections, o.MaxIdle)
	provider := ProviderOf(a.Host)
	if provider != nil && provider.Connections > 0 {
		connections = min(connections, provider.Connections)
		o.MaxIdle = min(o.MaxIdle, connections)
	}
	p := &Pool{
		account: a, opts: o, log: o.Logger, dial: o.Dial, now: o.Now,
		signing: make(chan struct{}, 1),
		slots:   make(chan struct{}, connections),
		busy:    map[*operation]struct{}{},
	}
	if provider != nil {
		p.quirks.seed(provider.Quirks)
	}
	if p.log == nil {
		p.log = slog.Default()
	}
	if p.dial == nil {
		p.dial = (&net.Dialer{}).DialContext
	}
	if p.now == nil {
		p.now = time.Now
	}
	return p
}

// Account is what the pool connects to.
func (p *Pool) Account() config.Account { return p.account }

// Stats are the totals since the pool was made.
func (p *Pool) Stats() Stats { return p.meter.stats() }

// begin registers an operation, which ends with ctx or the pool.
func (p *Pool) begin(ctx context.Context) (context.Context, func(), error) {
	ctx, cancel := context.WithCancelCause(ctx)
	op := &operation{cancel}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		cancel(errClosed)
		return nil, nil, errClosed
	}
	p.busy[op] = struct{}{}
	return ctx, func() {
		cancel(nil)
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.busy, op)
		if p.drained != nil && len(p.busy) == 0 {
			close(p.drained)
			p.drained = nil
		}
	}, nil
}

// Close cancels what is under way, signs out of the idle connections and
// refuses further work. It returns when that is done or ctx ends, in any case
// within 2 seconds or so.
func (p *Pool) Close(ctx context.Context) error {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil
	}
	p.closed = true
	idle := p.idle
	p.idle = nil
	if p.reaper != nil {
		p.reaper.Stop()
	}
	drained := make(chan struct{})
	if len(p.busy) == 0 {
		close(drained)
	} else {
		p.drained = drained
	}
	for op := range p.busy {
		op.cancel(errClosed)
	}
	p.mu.Unlock()

	ctx, cancel := context.WithTimeout(ctx, logoutFor+logoutFor/2)
	defer cancel()
	var left sync.WaitGroup
	for _, c := range idle {
		left.Go(func() { c.logout(ctx) })
	}
	left.Wait()
	select {
	case <-drained:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// takeIdle picks the idle connection that suits best: one with this mailbox
// open, else one with none, else any, the most recently used first. nil: none.
func (p *Pool) takeIdle(mailbox string) *Conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	best, bestScore := -1, 0
	for i, c := range p.idle {
		score := 1
		switch {
		case c.dead() || p.expired(c):
			continue // the reaper's
		case mailbox != "" && c.examined(mailbox):
			score = 3
		case c.selected.Name == "":
			score = 2
		}
		if score >= bestScore {
			best, bestScore = i, score
		}
	}
	if best < 0 {
		return nil
	}
	c := p.idle[best]
	p.idle = append(p.idle[:best:best], p.idle[best+1:]...)
	return c
}

func (p *Pool) expired(c *Conn) bool { return p.now().Sub(c.idleFrom) >= p.opts.IdleTTL }

// Reopen has every connection open its mailbox anew before it is read again:
// to be called after mailboxes were renamed or deleted, for some servers go on
// showing the old one to who has it open.
func (p *Pool) Reopen() {
	p.reopens.Add(1)
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.idle {
		c.selected = Selected{}
	}
}

// giveBack keeps a healthy connection for the next lease, or signs out of it.
func (p *Pool) giveBack(c *Conn) {
	p.mu.Lock()
	if c.reopens != p.reopens.Load() {
		c.selected = Selected{}
	}
	keep := !p.closed && p.opts.MaxIdle > 0 && p.opts.IdleTTL > 0
	if keep {
		c.idleFrom = p.now()
		p.idle = append(p.idle, c)
		if p.reaper == nil {
			p.reaper = time.AfterFunc(p.opts.IdleTTL, p.reap)
		}
	}
	over := len(p.idle) > p.opts.MaxIdle
	p.mu.Unlock()
	if !keep {
		p.dismiss(c)
	} else if over {
		p.reap()
	}
}

// reap signs out of idle connections that are dead, expired or too many.
func (p *Pool) reap() {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return
	}
	var kept, gone []*Conn
	for i := len(p.idle) - 1; i >= 0; i-- {
		if c := p.idle[i]; c.dead() || p.expired(c) || len(kept) >= p.opts.MaxIdle {
			gone = append(gone, c)
		} else {
			kept = append([]*Conn{c}, kept...)
		}
	}
	p.idle = kept
	if p.reaper != nil {
		p.reaper.Stop()
		p.reaper = nil
	}
	if len(kept) > 0 {
		// The first is the longest idle. A tenth at least, whatever the clock.
		left := p.opts.IdleTTL - p.now().Sub(kept[0].idleFrom)
		p.reaper = time.AfterFunc(max(left, p.opts.IdleTTL/10), p.reap)
	}
	p.mu.Unlock()
	for _, c := range gone {
		p.dismiss(c)
	}
}

// distrust drops the idle connections that answered no later than one that
// turned out dead: after a sleep or a change of network all are, and each would
// cost a later call its probe.
func (p *Pool) distrust(since time.Time) {
	p.mu.Lock()
	var kept, gone []*Conn
	for _, c := range p.idle {
		if c.wire.answeredAt().After(since) {
			kept = append(kept, c)
		} else {
			gone = append(gone, c)
		}
	}
	p.idle = kept
	p.mu.Unlock()
	for _, c := range gone {
		p.dismiss(c)
	}
}

// dismiss signs out in the background; Close waits for it.
func (p *Pool) dismiss(c *Conn) {
	ctx, done, err := p.begin(context.Background())
	if err != nil {
		c.close()
		return
	}
	go func() {
		defer done()
		c.logout(ctx)
	}()
}

// logout says goodbye, for a second at most, and closes.
func (c *Conn) logout(ctx context.Context) {
	if !c.dead() {
		c.wire.begin(time.Now().Add(logoutFor), time.Time{})
		stop := context.AfterFunc(ctx, func() { _ = c.wire.Close() })
		_ = c.client.Logout().Wait()
		stop()
	}
	c.close()
}
