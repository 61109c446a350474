package guard

import (
	"context"
	"maps"
	"sync"
	"time"

	"mail-imap-mcp/internal/audit"
)

// The security events: what an owner should look at. Their names are part of the
// log, the audit and the metrics.
const (
	EventSignInRefused    = "sign_in_refused"
	EventSignInPaused     = "sign_in_paused" // the circuit is open: no attempt for a while
	EventRepeatedTimeouts = "repeated_timeouts"
	EventWriteDisabled    = "write_while_disabled"
	EventRequestBurst     = "request_burst"
	EventMassRead         = "mass_read"
	EventDeniedMailbox    = "denied_mailbox"
	EventConsentMisused   = "consent_misused"
	EventBulkCeiling      = "bulk_ceiling"
)

// From how much on something is an event.
const (
	burstRefusals, burstSpan = 10, time.Minute       // calls over the rate
	timeouts, timeoutSpan    = 3, 5 * time.Minute    // of one account
	massMessages, massSpan   = 300, 10 * time.Minute // messages whose text was read

	// eventEvery is how often the same event of the same caller and account is
	// written down; counters count all.
	eventEvery = time.Minute

	// maxWatched bounds how many callers and accounts are watched at a time.
	maxWatched = 4096
)

// events counts and remembers.
type events struct {
	mu     sync.Mutex
	counts map[string]int64
	told   map[watched]time.Time
	marks  map[watched][]mark
}

// watched is one kind of thing about one caller or account.
type watched struct{ name, caller, account string }

type mark struct {
	at time.Time
	n  int
}

// Events are how often each event happened since the start.
func (g *Guard) Events() map[string]int64 {
	g.events.mu.Lock()
	defer g.events.mu.Unlock()
	return maps.Clone(g.events.counts)
}

// event counts an event and, once in a while, writes it down.
func (g *Guard) event(ctx context.Context, name, caller, account string) {
	if !g.events.tell(watched{name, caller, account}, g.now()) {
		return
	}
	g.log.WarnContext(ctx, "security: "+name, "event", name, "caller", caller, "account", account)
	g.write(ctx, audit.Entry{Event: "security", Name: name, Caller: caller, Account: account})
}

// tell counts, and reports whether it is to be written down.
func (e *events) tell(w watched, now time.Time) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.counts == nil {
		e.counts, e.told = map[string]int64{}, map[watched]time.Time{}
	}
	e.counts[w.name]++
	if last, again := e.told[w]; again && now.Sub(last) < eventEvery {
		return false
	}
	if len(e.told) >= maxWatched {
		clear(e.told) // some are told again early
	}
	e.told[w] = now
	return true
}

// much notes n more and reports whether it is at least most within the span.
func (e *events) much(w watched, n, most int, span time.Duration, now time.Time) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.marks == nil || len(e.marks) >= maxWatched {
		e.marks = map[watched][]mark{}
	}
	kept := e.marks[w][:0] // what is kept moves to the front
	sum := n
	for _, m := range e.marks[w] {
		if now.Sub(m.at) < span {
			kept = append(kept, m)
			sum += m.n
		}
	}
	if sum >= most {
		delete(e.marks, w) // the next one needs as much again
		return true
	}
	e.marks[w] = append(kept, mark{now, n})
	return false
}

// burst notes a call over the rate.
func (g *Guard) burst(ctx context.Context, call Call) {
	if g.events.much(watched{EventRequestBurst, call.Caller, ""}, 1, burstRefusals, burstSpan, g.now()) {
		g.event(ctx, EventRequestBurst, call.Caller, "")
	}
}

// massRead notes how many messages' text a call has read (counts.read).
func (g *Guard) massRead(ctx context.Context, call Call, counts map[string]int) {
	n := counts["read"]
	if n > 0 && g.events.much(watched{EventMassRead, call.Caller, ""}, n, massMessages, massSpan, g.now()) {
		g.event(ctx, EventMassRead, call.Caller, call.Account)
	}
}

// SignInRefused notes that a mail server refused a sign-in.
func (g *Guard) SignInRefused(account string) {
	ctx := context.Background()
	g.event(ctx, EventSignInRefused, "", account)
	g.write(ctx, audit.Entry{Event: "sign_in_failed", Account: account, Code: "auth_failed"})
}

// SignInPaused notes that no sign-in is attempted for a while.
func (g *Guard) SignInPaused(account string) {
	g.event(context.Background(), EventSignInPaused, "", account)
}

// TimedOut notes that a mail server did not answer in time.
func (g *Guard) TimedOut(account string) {
	if g.events.much(watched{EventRepeatedTimeouts, "", account}, 1, timeouts, timeoutSpan, g.now()) {
		g.event(context.Background(), EventRepeatedTimeouts, "", account)
	}
}
