package guard

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/contract"
)

// maxCallers bounds for how many callers a rate is kept; the one that was away
// the longest is forgotten first.
const maxCallers = 1024

// rates are the token buckets of the callers.
type rates struct {
	mu      sync.Mutex
	callers map[string]*allowance
}

// allowance is a caller's two buckets.
type allowance struct {
	mu            sync.Mutex // orders the calls: who comes first is let in first
	reads, writes *rate.Limiter
	seen          time.Time
}

// longestWait is how long a call waits for its turn. Models call in parallel and
// do not wait when told to, so a short wait costs them less than a refusal.
const longestWait = 5 * time.Second

// awaitTurn takes a token for the call and waits until it counts; it refuses the
// call where that would take longer than longestWait.
func (g *Guard) awaitTurn(ctx context.Context, call Call) *contract.Error {
	what, name, often := "reads", "MAIL_IMAP_RATE_READS", g.writing.RateReads
	writes := call.Class.writes() && !call.DryRun
	if writes {
		what, name, often = "changes", "MAIL_IMAP_RATE_WRITES", g.writing.RateWrites
	}
	if often.Off() {
		return nil
	}
	a := g.rates.of(call.Caller, g.writing, g.now())
	bucket := a.reads
	if writes {
		bucket = a.writes
	}
	turn, wait := a.reserve(bucket, g.now)
	switch {
	case wait > longestWait:
		wait -= longestWait // a call made then waits for the rest
	case g.wait(ctx, turn, wait):
		return nil
	}
	g.burst(ctx, call)
	ms := milliseconds(wait)
	return &contract.Error{
		Code:    contract.RateLimited,
		Message: fmt.Sprintf("too many %s at once; wait %d ms and go on (the owner sets the rate with %s)", what, ms, name),
		Details: map[string]any{"retry_after_ms": ms},
	}
}

// reserve takes a token, and says how long it is until it counts. A call that
// would wait too long takes none: nothing is reserved between reserving and
// cancelling, so the token is given back whole.
func (a *allowance) reserve(bucket *rate.Limiter, now func() time.Time) (*rate.Reservation, time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	at := now()
	turn := bucket.ReserveN(at, 1)
	wait := turn.DelayFrom(at)
	if wait > longestWait {
		turn.CancelAt(at)
	}
	return turn, wait
}

// wait waits for a call's turn; false: the call ended before, and does not use it.
func (g *Guard) wait(ctx context.Context, turn *rate.Reservation, wait time.Duration) bool {
	if wait <= 0 {
		return true
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		turn.CancelAt(g.now())
		return false
	}
}

// milliseconds is how long a caller is told to wait: rounded up, or it would come
// too early, and at least 1.
func milliseconds(wait time.Duration) int64 {
	return max(1, int64((wait+time.Millisecond-1)/time.Millisecond))
}

// of finds or makes a caller's buckets.
func (r *rates) of(caller string, w config.Writing, now time.Time) *allowance {
	r.mu.Lock()
	defer r.mu.Unlock()
	a := r.callers[caller]
	if a == nil {
		if r.callers == nil {
			r.callers = map[string]*allowance{}
		}
		if len(r.callers) >= maxCallers {
			r.forgetOne()
		}
		a = &allowance{reads: bucket(w.RateReads), writes: bucket(w.RateWrites)}
		r.callers[caller] = a
	}
	a.seen = now
	return a
}

func bucket(r config.Rate) *rate.Limiter { return rate.NewLimiter(rate.Limit(r.PerSecond), r.Burst) }

func (r *rates) forgetOne() {
	oldest := ""
	for caller, a := range r.callers {
		if oldest == "" || a.seen.Before(r.callers[oldest].seen) {
			oldest = caller
		}
	}
	delete(r.callers, oldest)
}
