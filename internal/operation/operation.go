// Package operation runs changes of mail: batch by batch, with progress,
// cancelling, a journal, and undo.
//
// An operation lives on its own, not on the request that began it. It ends when
// its batches are done, or when it is cancelled: then the batch under way is
// finished, for a command that was sent cannot be taken back, and the rest is
// not attempted.
package operation

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"
	"time"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailbox"
)

// State is how far an operation is.
type State string

// The states. Those from StateDone on are final.
const (
	StateAccepted    State = "accepted" // nothing has begun
	StateRunning     State = "running"
	StateDone        State = "done"        // every message is done
	StatePartial     State = "partial"     // some are not
	StateFailed      State = "failed"      // none is
	StateCancelled   State = "cancelled"   // ended between batches
	StateInterrupted State = "interrupted" // the process ended meanwhile
)

// Work is what an operation does.
type Work struct {
	ID      string // of NewID; empty: one is made
	Caller  string // who may ask for it, cancel and undo it
	Tool    string
	Kind    string // "move", "flags"…, for people
	Account string

	// Changes are what is done to messages, one after the other: an undo may be
	// several. None where it is something else (a draft, a mailbox), which is
	// then one batch.
	Changes []*mailbox.Change
	Refused []mailbox.Outcome // decided before; part of the result
	Undoes  string            // the operation that this one takes back

	Parallel int // batches at once; 0: one
	// Run makes batch i of a change, or the whole of what is none (nil, 0). It
	// calls witness right before it changes anything.
	Run func(ctx context.Context, ch *mailbox.Change, i int, witness mailbox.Witness) []mailbox.Outcome

	Finished func(Snapshot)        // called once, at the end
	Progress func(done, total int) // messages; called after each batch
}

// Counts are the messages of a result by their status.
type Counts struct{ Done, Failed, Unknown, NotAttempted int }

// Progress is how many of the messages are settled.
type Progress struct{ Done, Total int }

// Snapshot is an operation at one moment.
type Snapshot struct {
	ID, Kind, Tool, Account string
	State                   State
	Done                    bool // it is over
	CancelSupported         bool
	CreatedAt               time.Time
	StartedAt, FinishedAt   time.Time // zero: not yet
	Progress                Progress
	Counts                  Counts
	Messages                []mailbox.Outcome // when asked for
	UndoUntil               time.Time         // zero: it cannot be undone
	UndoneBy                string            // id of the operation that took it back
}

// step is one batch of the work.
type step struct {
	change *mailbox.Change // nil: the work is no change of messages
	batch  int
}

// steps are all batches of the changes.
func (w Work) steps() []step {
	if len(w.Changes) == 0 {
		return []step{{}}
	}
	var list []step
	for _, ch := range w.Changes {
		for i := range ch.Batches {
			list = append(list, step{ch, i})
		}
	}
	return list
}

// NewID names an operation; nobody can guess another's.
func NewID() string { return "op_" + rand.Text() }

// Operation is one change under way or over.
type Operation struct {
	work     Work
	registry *Registry
	created  time.Time
	steps    []step
	cancel   context.CancelFunc // no further batches
	over     chan struct{}

	mu        sync.Mutex
	state     State
	started   time.Time
	finished  time.Time
	outcomes  [][]mailbox.Outcome // by batch; nil: not yet
	evidence  []*mailbox.Evidence // by batch; nil: nothing has been changed
	cancelled bool
	undoing   bool
	undoneBy  string
}

// ID is the operation's name.
func (o *Operation) ID() string { return o.work.ID }

// Wait waits until the operation is over, at most d. When ctx ends first the
// operation is cancelled: the client has hung up or taken its request back.
func (o *Operation) Wait(ctx context.Context, d time.Duration) (over bool) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-o.over:
		return true
	case <-timer.C:
	case <-ctx.Done():
		o.Cancel()
		// The batch under way is finished; its answer may still be of use.
		select {
		case <-o.over:
			return true
		case <-timer.C:
		}
	}
	return false
}

// Cancel ends the operation after the batch under way. Of one that is over it
// changes nothing.
func (o *Operation) Cancel() {
	o.mu.Lock()
	if !final(o.state) {
		o.cancelled = true
	}
	o.mu.Unlock()
	o.cancel()
}

func final(s State) bool { return s != StateAccepted && s != StateRunning }

// Snapshot says how far the operation is, with what became of each message when
// result is wanted.
func (o *Operation) Snapshot(result bool) Snapshot {
	o.mu.Lock()
	defer o.mu.Unlock()
	s := Snapshot{
		ID: o.work.ID, Kind: o.work.Kind, Tool: o.work.Tool, Account: o.work.Account,
		State: o.state, Done: final(o.state), CancelSupported: !final(o.state),
		CreatedAt: o.created, StartedAt: o.started, FinishedAt: o.finished, UndoneBy: o.undoneBy,
	}
	messages := o.messages()
	s.Progress.Total = len(messages)
	for _, m := range messages {
		switch m.Status {
		case mailbox.Done:
			s.Counts.Done++
		case mailbox.Failed:
			s.Counts.Failed++
		case mailbox.Unknown:
			s.Counts.Unknown++
		default:
			s.Counts.NotAttempted++
		}
	}
	s.Progress.Done = s.Progress.Total - s.Counts.NotAttempted
	if s.Done {
		s.Progress.Done = s.Progress.Total
	}
	if result {
		s.Messages = messages
	}
	if until := o.finished.Add(o.registry.window); s.Done && o.undoneBy == "" && undoable(o.work) && s.Counts.Done > 0 && o.registry.now().Before(until) {
		s.UndoUntil = until
	}
	return s
}

// messages are all of the operation's, in the order of the batches. The mutex is
// held.
func (o *Operation) messages() []mailbox.Outcome {
	var list []mailbox.Outcome
	for i := range o.outcomes {
		if o.outcomes[i] != nil {
			list = append(list, o.outcomes[i]...)
			continue
		}
		list = append(list, o.pending(i)...)
	}
	return append(list, o.work.Refused...)
}

// pending are the messages of a batch without outcome: not attempted, or
// unknown where the batch had begun and the operation is over.
func (o *Operation) pending(i int) []mailbox.Outcome {
	ch := o.steps[i].change
	if ch == nil {
		return nil
	}
	b := ch.Batches[o.steps[i].batch]
	var list []mailbox.Outcome
	for _, uid := range b.UIDs {
		m := mailbox.Outcome{
			ID:     contract.MessageID{Account: ch.Account, Mailbox: b.Mailbox, UIDValidity: b.UIDValidity, UID: uid},
			Status: mailbox.NotAttempted,
		}
		if final(o.state) && o.evidence[i] != nil {
			m.Status, m.Code = mailbox.Unknown, contract.Unavailable
			m.Message = fmt.Sprintf("it was under way when the server stopped; look for it in %q", b.Mailbox)
			if b.To != "" {
				m.Message += fmt.Sprintf(" and %q", b.To)
			}
		}
		list = append(list, m)
	}
	return list
}
