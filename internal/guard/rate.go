package guard

import (
	"context"
	"fmt"
	"math"
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
	reads, writes *rate.Limiter
	seen          time.Time
}

// withinRate takes a token for the call.
func (g *Guard) withinRate(ctx context.Context, call Call, now time.Time) *contract.Error {
	what, name, often := "reads", "MAIL_IMAP_RATE_READS", g.writing.RateReads
	if call.Class.writes() {
		what, name, often = "changes", "MAIL_IMAP_RATE_WRITES", g.writing.RateWrites
	}
	if often.Off() {
		return nil
	}
	a := g.rates.of(call.Caller, g.writing, now)
	bucket := a.reads
	if call.Class.writes() {
		bucket = a.writes
	}
	// A refused call takes nothing. (A reservation that is cancelled would: it is
	// not given back whole when others were made meanwhile.)
	if bucket.AllowN(now, 1) {
		return nil
	}
	missing := 1 - bucket.TokensAt(now)
	wait := time.Duration(math.Round(missing / often.PerSecond * float64(time.Second)))
	g.burst(ctx, call)
	ms := milliseconds(wait)
	return &contract.Error{
		Code:    contract.RateLimited,
		Message: fmt.Sprintf("too many %s at once; wait %d ms and go on (the owner sets the rate with %s)", what, ms, name),
		Details: map[string]any{"retry_after_ms": ms},
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
