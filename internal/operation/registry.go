package operation

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"mail-imap-mcp/internal/contract"
)

// ShutdownGrace is how long a batch under way is given when the server stops.
const ShutdownGrace = 10 * time.Second

// lastWords is how long a batch that was cut off may take to say so.
const lastWords = time.Second

// maxRunning is how many operations may be under way at once: each holds
// connections, of which an account has few.
const maxRunning = 16

// Options are what a Registry needs.
type Options struct {
	Max        int           // operations remembered; 0: 256
	UndoWindow time.Duration // 0: an hour
	StateDir   string        // where the journal lies; empty: in memory only
	Now        func() time.Time
	Logger     *slog.Logger
}

// Registry has the operations of this process, and those of earlier ones that
// its journal tells of. It is safe for concurrent use.
type Registry struct {
	max     int
	window  time.Duration
	now     func() time.Time
	log     *slog.Logger
	journal *journal // nil: none

	running context.Context //nolint:containedctx // the operations' owner; Close ends it
	stop    context.CancelFunc
	wg      sync.WaitGroup

	mu         sync.Mutex
	operations []*Operation // oldest first
	closed     bool
}

// New makes a Registry and reads the journal of earlier processes.
func New(o Options) (*Registry, error) {
	r := &Registry{
		max: cmp.Or(o.Max, 256), window: cmp.Or(o.UndoWindow, time.Hour), now: o.Now, log: o.Logger,
	}
	if r.now == nil {
		r.now = time.Now
	}
	if r.log == nil {
		r.log = slog.Default()
	}
	r.running, r.stop = context.WithCancel(context.Background())
	if o.StateDir != "" {
		if err := r.openJournal(o.StateDir); err != nil {
			r.stop()
			return nil, err
		}
	}
	return r, nil
}

// Close begins no further batches and waits for those under way, at most until
// ctx ends or ShutdownGrace has passed; what is still under way then is unknown.
func (r *Registry) Close(ctx context.Context) error {
	r.mu.Lock()
	r.closed = true
	open := slices.Clone(r.operations)
	r.mu.Unlock()
	for _, o := range open {
		o.Cancel()
	}
	ctx, cancel := context.WithTimeout(ctx, ShutdownGrace)
	defer cancel()
	done := make(chan struct{})
	go func() {
		r.wg.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
	r.stop() // a batch that still runs loses its connection, and says what it knows
	last := time.NewTimer(lastWords)
	defer last.Stop()
	select {
	case <-done:
	case <-last.C:
	}
	return r.journal.close()
}

// Busy reports whether a change is under way.
func (r *Registry) Busy() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.count() > 0
}

// count is how many operations are under way; the mutex is held.
func (r *Registry) count() int {
	n := 0
	for _, o := range r.operations {
		select {
		case <-o.over:
		default:
			n++
		}
	}
	return n
}

// add takes an operation in and forgets the oldest that are over.
func (r *Registry) add(o *Operation) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return contract.Errorf(contract.Unavailable, "the server is shutting down; nothing was changed")
	}
	if r.count() >= maxRunning {
		return &contract.Error{
			Code: contract.RateLimited, Message: "too many changes are under way; wait for one to end (imap_get_operation)",
			Details: map[string]any{"retry_after_ms": directRetry.Milliseconds()},
		}
	}
	r.operations = append(r.operations, o)
	r.forget()
	r.wg.Add(1)
	return nil
}

// directRetry is when to try again while too much is under way.
const directRetry = 5 * time.Second

// forget drops the oldest operations that are over, beyond max; the mutex is
// held.
func (r *Registry) forget() {
	for i := 0; i < len(r.operations) && len(r.operations) > r.max; {
		select {
		case <-r.operations[i].over:
			r.operations = slices.Delete(r.operations, i, i+1)
		default:
			i++
		}
	}
}

// Get finds a caller's operation.
func (r *Registry) Get(caller, id string) (*Operation, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, o := range r.operations {
		if o.work.ID == id && o.work.Caller == caller {
			return o, nil
		}
	}
	return nil, contract.Errorf(contract.NotFound, "operation %q is not known; it is over for long, or was never begun: search for the messages to see where they are", id)
}

// Cancel ends a caller's operation after the batch under way.
func (r *Registry) Cancel(caller, id string) (*Operation, error) {
	o, err := r.Get(caller, id)
	if err == nil {
		o.Cancel()
	}
	return o, err
}

// Recent are the caller's operations, newest first, at most n.
func (r *Registry) Recent(caller string, n int) []Snapshot {
	r.mu.Lock()
	var mine []*Operation
	for i := len(r.operations) - 1; i >= 0 && len(mine) < n; i-- {
		if r.operations[i].work.Caller == caller {
			mine = append(mine, r.operations[i])
		}
	}
	r.mu.Unlock()
	var list []Snapshot
	for _, o := range mine {
		list = append(list, o.Snapshot(false))
	}
	return list
}
