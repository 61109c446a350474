package operation

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"mail-imap-mcp/internal/change"
	"mail-imap-mcp/internal/contract"
)

const (
	// defaultMax is the contract's default of MAIL_IMAP_OPERATION_MAX_ENTRIES.
	defaultMax = 256
	// keep is how long a finished operation is remembered at least, so that the
	// next morning still knows what was done; the undo window, if longer.
	keep = 24 * time.Hour
	// closeGrace is how long Close lets batches under way finish.
	closeGrace = 10 * time.Second
	// abandonGrace is how long it then waits for those whose context it ended:
	// time to hang up and to say what they know, no more.
	abandonGrace = time.Second
	// recentMax bounds Recent: what a person can read.
	recentMax = 20
)

// Options are the settings of a registry.
type Options struct {
	Max        int           // operations remembered; 0: 256
	UndoWindow time.Duration // how long after its end an operation can be taken back
	StateDir   string        // where the journal is; empty: in memory only
	Now        func() time.Time
	Logger     *slog.Logger
}

// Registry holds the operations of a process, and those that earlier ones left
// in the journal.
type Registry struct {
	options Options
	journal *journal // nil: none

	// Locks are taken in the order of the journal's, this one, an operation's.
	mu         sync.Mutex
	halting    bool // nothing starts any more
	closed     bool
	operations map[string]*Operation
}

// New makes a registry and reads the journal of earlier processes: what they
// did not finish is Interrupted. It fails if the state directory cannot be
// used, or others may write to it.
func New(options Options) (*Registry, error) {
	if options.Max <= 0 {
		options.Max = defaultMax
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	r := &Registry{options: options, operations: map[string]*Operation{}}
	if options.StateDir == "" {
		return r, nil
	}
	if err := r.openJournal(); err != nil {
		return nil, fmt.Errorf("journal of operations: %w", err)
	}
	return r, nil
}

// NewID names an operation; nobody can guess another's.
func NewID() string { return "op_" + strings.ToLower(rand.Text()) }

// Start begins an operation and returns at once; it goes on by itself. It is
// refused with rate_limited when all that may be remembered are running,
// unavailable while closing or when the journal cannot be written, conflict
// when what it takes back is taken back already.
func (r *Registry) Start(w Work) (*Operation, error) {
	operations, err := r.StartAll([]Work{w})
	if err != nil {
		return nil, err
	}
	return operations[0], nil
}

// StartAll begins several operations, or none: an undo can take more than one
// change. They run side by side.
func (r *Registry) StartAll(works []Work) ([]*Operation, error) {
	for _, w := range works {
		if w.Run == nil {
			return nil, contract.Errorf(contract.Internal, "an operation without work")
		}
	}
	started, err := r.admit(works)
	if err != nil {
		return nil, err
	}
	for _, o := range started {
		if err := r.record(o.startEntry(), false); err != nil {
			r.expel(started)
			return nil, unwritable(err)
		}
	}
	if !r.launch(started) {
		r.expel(started)
		return nil, errClosing()
	}
	return started, nil
}

func errClosing() error {
	return contract.Errorf(contract.Unavailable, "the server is stopping; nothing was changed; try again once it runs")
}

// admit makes room for operations and remembers them.
func (r *Registry) admit(works []Work) ([]*Operation, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.halting {
		return nil, errClosing()
	}
	for _, w := range works {
		if w.Undoes == "" {
			continue
		}
		if by, running := r.takenBackBy(w.Undoes); by != "" {
			return nil, alreadyUndone(by, running)
		}
	}
	r.forget(r.options.Max - len(works))
	if len(r.operations)+len(works) > r.options.Max {
		e := contract.Errorf(contract.RateLimited, "%d operations are running, as many as may; wait for one, or cancel one", len(r.operations))
		e.Details = map[string]any{"retry_after_ms": 2000}
		return nil, e
	}
	var started []*Operation
	for _, w := range works {
		w.Refused = slices.Clone(w.Refused)
		o := r.newOperation(cmp.Or(w.ID, NewID()), w, r.options.Now())
		r.operations[o.id] = o
		started = append(started, o)
	}
	return started, nil
}

// launch sets operations going, unless Close came first.
func (r *Registry) launch(operations []*Operation) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.halting {
		return false
	}
	for _, o := range operations {
		ctx, kill := context.WithCancel(context.Background())
		o.mu.Lock()
		o.kill = kill
		o.mu.Unlock()
		go o.run(ctx)
	}
	return true
}

// expel forgets operations that never ran.
func (r *Registry) expel(operations []*Operation) {
	now := r.options.Now()
	r.mu.Lock()
	for _, o := range operations {
		delete(r.operations, o.id)
	}
	r.mu.Unlock()
	for _, o := range operations {
		_ = r.record(entry{Type: typeEnd, Op: o.id, At: now, State: Failed}, false) // best effort: nothing was changed
	}
}

// forget drops finished operations that are too old, and the ones that ended
// first until at most limit remain; r.mu is held.
func (r *Registry) forget(limit int) {
	old := r.options.Now().Add(-max(keep, r.options.UndoWindow))
	var finished []*Operation
	ends := map[*Operation]time.Time{}
	for _, o := range r.operations {
		o.mu.Lock()
		if o.finished() {
			finished = append(finished, o)
			ends[o] = o.finishedAt
		}
		o.mu.Unlock()
	}
	slices.SortFunc(finished, func(a, b *Operation) int {
		return cmp.Or(ends[a].Compare(ends[b]), a.createdAt.Compare(b.createdAt), cmp.Compare(a.id, b.id))
	})
	for _, o := range finished {
		if len(r.operations) <= limit && !ends[o].Before(old) {
			return
		}
		delete(r.operations, o.id)
	}
}

// Get finds a caller's operation; another caller's is not_found.
func (r *Registry) Get(caller, id string) (*Operation, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	o := r.operations[id]
	if o == nil || o.work.Caller != caller {
		return nil, contract.Errorf(contract.NotFound,
			"no such operation; finished ones are forgotten after a day, or when many newer ones came; look at the messages themselves")
	}
	return o, nil
}

// Cancel asks an operation to begin no more batches; the one under way is
// finished. Of a finished operation it changes nothing, and its snapshot says
// so (Done, not CancelRequested).
func (r *Registry) Cancel(caller, id string) (*Operation, error) {
	o, err := r.Get(caller, id)
	if err != nil {
		return nil, err
	}
	o.halt(Cancelled)
	return o, nil
}

// Running is how many operations are not over.
func (r *Registry) Running() int {
	n := 0
	for _, o := range r.all() {
		select {
		case <-o.over:
		default:
			n++
		}
	}
	return n
}

// Recent are the caller's latest operations, newest first, at most 20, without
// their messages.
func (r *Registry) Recent(caller string) []Snapshot {
	list := make([]Snapshot, 0, recentMax)
	for _, o := range r.all() {
		if o.work.Caller == caller && len(list) < recentMax {
			list = append(list, o.Snapshot(false))
		}
	}
	return list
}

// all are the operations, newest first.
func (r *Registry) all() []*Operation {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.sorted()
}

// sorted are the operations, newest first; r.mu is held.
func (r *Registry) sorted() []*Operation {
	list := make([]*Operation, 0, len(r.operations))
	for _, o := range r.operations {
		list = append(list, o)
	}
	slices.SortFunc(list, func(a, b *Operation) int {
		return cmp.Or(b.createdAt.Compare(a.createdAt), cmp.Compare(a.id, b.id))
	})
	return list
}

// Halt is the first half of Close: no operation starts from here on, and of
// those that run no further batch begins. It does not wait.
func (r *Registry) Halt() {
	r.mu.Lock()
	r.halting = true
	operations := r.sorted()
	r.mu.Unlock()
	for _, o := range operations {
		o.halt(Interrupted)
	}
}

// Close cancels every operation between batches and waits for the batches
// under way: 10 s, less if the context ends before, and one more second after
// having ended theirs. What is then still under way is called unknown, and its
// late answer is not listened to. Close says how many such operations there are.
func (r *Registry) Close(ctx context.Context) error {
	r.Halt()
	r.mu.Lock()
	closed := r.closed
	r.closed = true
	operations := r.sorted()
	r.mu.Unlock()
	if closed {
		return nil
	}
	awaitAll(ctx, operations, closeGrace)
	for _, o := range operations {
		o.mu.Lock()
		kill := o.kill
		o.mu.Unlock()
		kill()
	}
	awaitAll(context.WithoutCancel(ctx), operations, abandonGrace)
	abandoned := 0
	for _, o := range operations {
		if o.end() {
			abandoned++
		}
	}
	// One that just ends by itself has still to say so to the audit.
	awaitAll(context.WithoutCancel(ctx), operations, abandonGrace)
	var err error
	if abandoned > 0 {
		err = fmt.Errorf("%d operations did not end in time; what they had under way is unknown", abandoned)
	}
	if r.journal != nil {
		err = errors.Join(err, r.journal.close())
	}
	return err
}

// awaitAll waits until the operations are over, at most d.
func awaitAll(ctx context.Context, operations []*Operation, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	for _, o := range operations {
		select {
		case <-o.over:
		case <-ctx.Done():
			return
		case <-timer.C:
			return
		}
	}
}

// record writes to the journal where there is one.
func (r *Registry) record(e entry, durable bool) error {
	if r.journal == nil {
		return nil
	}
	return r.journal.append(e, durable, r.entries)
}

func unwritable(err error) error {
	e := contract.Errorf(contract.Unavailable,
		"the journal of operations cannot be written, so nothing was changed; see that MAIL_IMAP_STATE_DIR has room and may be written to")
	e.Cause = err
	return e
}

// statusMessage is what outcomes of our own making say.
func statusMessage(ids []contract.MessageID, status change.OutcomeStatus, code contract.Code, text string) []change.Outcome {
	list := make([]change.Outcome, len(ids))
	for i, id := range ids {
		list[i] = change.Outcome{ID: id, Status: status, Code: code, Message: text}
	}
	return list
}
