// Package operation runs changes of mail as operations: things with an id that
// go on after the call that began them, can be watched, cancelled between
// batches and taken back, and that leave a journal from which the next process
// tells what a killed one did. No message of a change is ever without an
// outcome, and none is called done that nobody saw done.
package operation

import (
	"context"
	"slices"
	"sync"
	"time"

	"mail-imap-mcp/internal/change"
	"mail-imap-mcp/internal/contract"
)

// State is how far an operation has come.
type State string

// The states of an operation. Only Accepted and Running are not the end.
const (
	Accepted    State = "accepted"    // no batch has begun
	Running     State = "running"     // batches are being made
	Done        State = "done"        // every message is done
	Partial     State = "partial"     // some are done, some are not
	Failed      State = "failed"      // nothing was done
	Unknown     State = "unknown"     // nothing is known to be done, but something may be
	Cancelled   State = "cancelled"   // stopped on request before its last batch
	Interrupted State = "interrupted" // the server was stopped, or died, before its end
)

// Work is what an operation does. Fields that are functions may be nil, except
// Run; none is called with a lock held.
type Work struct {
	ID                 string // of NewID, where it must be known before the start; empty: one is made
	Caller, Tool, Kind string // Kind is for people: move, archive, flags, draft, mailbox…
	Account            string
	Change             *change.Change   // nil: no change of messages but of something else, in one batch
	Renamed            *Renamed         // the mailbox that is renamed, where that is what is done
	Refused            []change.Outcome // decided before: part of the result
	Undoes             string           // the operation that this one takes back
	Parallel           int              // batches at once; less than 1 is 1

	// InOrder makes one batch after the other, and once a message is not done,
	// no further: for a change whose later batches would be harmful without the
	// earlier ones.
	InOrder bool

	// Run makes batch i and answers one outcome per message of it. It calls
	// witness once, right before it changes anything, and changes nothing if
	// that fails. Its context ends only when the process gives up waiting at
	// its own end. A panic makes the batch unknown.
	Run func(ctx context.Context, i int, witness change.Witness) []change.Outcome
	// Before must succeed before a batch changes anything.
	Before func(change.Evidence) error
	// Finished is called once, before Wait answers true.
	Finished func(Result)
	// Progress is told how many messages have an outcome, never fewer than before.
	Progress func(done, total int)
}

// Renamed are the names of a mailbox before and after.
type Renamed struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// batches is how many there are to make.
func (w *Work) batches() int {
	if w.Change == nil {
		return 1
	}
	return len(w.Change.Batches)
}

// total is how many messages they are about; what is no change of messages
// counts as one.
func (w *Work) total() int {
	if w.Change == nil {
		return 1
	}
	return w.Change.Messages()
}

// ids are the messages of batch i, or what stands for what is none.
func (w *Work) ids(i int) []contract.MessageID {
	if w.Change == nil {
		return []contract.MessageID{{Account: w.Account}}
	}
	b := w.Change.Batches[i]
	ids := make([]contract.MessageID, len(b.UIDs))
	for j, uid := range b.UIDs {
		ids[j] = contract.MessageID{Account: w.Change.Account, Mailbox: b.Mailbox, UIDValidity: b.UIDValidity, UID: uid}
	}
	return ids
}

// Counts are the outcomes of an operation so far.
type Counts struct{ Done, Failed, Unknown, NotAttempted int }

func (c *Counts) add(outcomes []change.Outcome) {
	for _, o := range outcomes {
		switch o.Status {
		case change.Done:
			c.Done++
		case change.Failed:
			c.Failed++
		case change.NotAttempted:
			c.NotAttempted++
		case change.Unknown:
			c.Unknown++
		}
	}
}

// Progress is how many messages have an outcome.
type Progress struct{ Done, Total int }

// Snapshot is what is known of an operation at one moment.
type Snapshot struct {
	ID, Tool, Kind, Account string
	State                   State
	Done                    bool // over
	CancelSupported         bool // it can still be cancelled
	CancelRequested         bool // it was asked to stop
	CreatedAt               time.Time
	StartedAt, FinishedAt   time.Time // zero: not yet
	Progress                Progress
	Counts                  Counts           // refused messages too
	Messages                []change.Outcome // nil unless asked for; in the order of the batches, refused ones last
	Undoes                  string           // the operation that this one took back
	UndoneBy                string           // the one that takes or took this one back
	UndoUntil               time.Time        // zero: there is nothing to take back, or not any more
}

// Result is what an operation came to.
type Result = Snapshot

// batch is what is known of one batch.
type batch struct {
	evidence *change.Evidence // nil: it has changed nothing yet
	outcomes []change.Outcome // nil: none yet
	begun    bool
}

// Operation is one piece of work and what became of it. Its methods are safe
// for use by several goroutines.
type Operation struct {
	registry  *Registry
	id        string
	work      Work // its functions are nil in one that was read from the journal
	createdAt time.Time
	kill      context.CancelFunc // ends Run's context
	over      chan struct{}      // closed at the end, after Finished
	looking   chan struct{}      // holds one token: who has it reconciles

	mu         sync.Mutex
	state      State
	stop       State // Cancelled or Interrupted: begin no more batches
	batches    []batch
	startedAt  time.Time
	finishedAt time.Time
}

func (r *Registry) newOperation(id string, w Work, at time.Time) *Operation {
	return &Operation{
		registry: r, id: id, work: w, createdAt: at, kill: func() {},
		over: make(chan struct{}), looking: make(chan struct{}, 1),
		state: Accepted, batches: make([]batch, w.batches()),
	}
}

// ID names the operation; it cannot be guessed.
func (o *Operation) ID() string { return o.id }

// Wait waits until the operation is over, at most d, and says whether it is. A
// context that ends meanwhile cancels the operation between batches.
func (o *Operation) Wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-o.over:
		return true
	default:
	}
	select {
	case <-o.over:
		return true
	case <-timer.C:
		return false
	case <-ctx.Done():
		o.halt(Cancelled)
		return false
	}
}

// halt lets no further batch begin. The first reason stays.
func (o *Operation) halt(why State) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.stop == "" && !o.finished() {
		o.stop = why
	}
}

// finished says whether the end is known; o.mu is held.
func (o *Operation) finished() bool { return o.state != Accepted && o.state != Running }

// counts are those of all messages; o.mu is held.
func (o *Operation) counts() Counts {
	var c Counts
	for _, b := range o.batches {
		c.add(b.outcomes)
	}
	c.add(o.work.Refused)
	return c
}

// progress counts messages with an outcome; o.mu is held.
func (o *Operation) progress() Progress {
	p := Progress{Total: o.work.total()}
	for i, b := range o.batches {
		if b.outcomes != nil {
			p.Done += len(o.work.ids(i))
		}
	}
	return p
}

// Snapshot is the operation as it is now, with the messages' outcomes if asked.
func (o *Operation) Snapshot(withResult bool) Snapshot {
	by, _ := o.registry.undoneBy(o.id)
	o.mu.Lock()
	defer o.mu.Unlock()
	s := o.snapshot(withResult)
	if s.UndoneBy = by; by != "" {
		s.UndoUntil = time.Time{}
	}
	return s
}

// snapshot is all but who took it back; o.mu is held.
func (o *Operation) snapshot(withResult bool) Snapshot {
	s := Snapshot{
		ID: o.id, Tool: o.work.Tool, Kind: o.work.Kind, Account: o.work.Account, State: o.state,
		Done: o.finished(), CancelRequested: o.stop != "", CreatedAt: o.createdAt, StartedAt: o.startedAt,
		FinishedAt: o.finishedAt, Progress: o.progress(), Counts: o.counts(), Undoes: o.work.Undoes,
	}
	s.CancelSupported = !s.Done && o.stop == ""
	if until := o.finishedAt.Add(o.registry.options.UndoWindow); s.Done && o.undoable() && !until.Before(o.registry.options.Now()) {
		s.UndoUntil = until
	}
	if withResult {
		s.Messages = o.messages()
	}
	return s
}

// messages are the outcomes so far, in the order of the batches; o.mu is held.
func (o *Operation) messages() []change.Outcome {
	list := make([]change.Outcome, 0, o.work.total()+len(o.work.Refused))
	for _, b := range o.batches {
		list = append(list, b.outcomes...)
	}
	return slices.Concat(list, o.work.Refused)
}
