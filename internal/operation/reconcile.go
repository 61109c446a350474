package operation

import (
	"context"
	"fmt"

	"mail-imap-mcp/internal/change"
)

// Look finds out on the server what became of batch i, by the evidence from
// before it: one outcome per message.
type Look func(ctx context.Context, c *change.Change, i int, e change.Evidence) ([]change.Outcome, error)

// Reconcile finds out what became of the messages of a finished operation that
// are unknown, where there is evidence to judge by; it does nothing to mail. If
// there are none it does not look. What look fails on stays unknown, and the
// first such error is returned after the others were tried.
func (r *Registry) Reconcile(ctx context.Context, caller, id string, look Look) error {
	o, err := r.Get(caller, id)
	if err != nil {
		return err
	}
	select {
	case o.looking <- struct{}{}: // one at a time; the next finds nothing left to do
		defer func() { <-o.looking }()
	case <-ctx.Done():
		return fmt.Errorf("reconcile: %w", ctx.Err())
	}
	var first error
	for i := range o.batches {
		evidence, ok := o.doubtful(i)
		if !ok {
			continue
		}
		outcomes, err := look(ctx, o.work.Change, i, evidence)
		if err != nil {
			if first == nil {
				first = fmt.Errorf("reconcile batch %d: %w", i+1, err)
			}
			continue
		}
		o.learn(i, outcomes)
	}
	return first
}

// doubtful gives the evidence of batch i if some of its messages are unknown.
func (o *Operation) doubtful(i int) (change.Evidence, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	var c Counts
	c.add(o.batches[i].outcomes)
	if !o.finished() || o.work.Change == nil || o.batches[i].evidence == nil || c.Unknown == 0 {
		return change.Evidence{}, false
	}
	return *o.batches[i].evidence, true
}

// learn replaces what is unknown of batch i, and the operation's state with it.
func (o *Operation) learn(i int, found []change.Outcome) {
	o.mu.Lock()
	known := o.whole(i, found)
	for j, before := range o.batches[i].outcomes {
		if before.Status != change.Unknown {
			known[j] = before
		}
	}
	o.batches[i].outcomes = known
	if c := o.counts(); c.NotAttempted == 0 {
		o.stop = ""
		o.state = o.verdict()
	}
	end := entry{Type: typeEnd, Op: o.id, At: o.finishedAt, State: o.state}
	outcome := o.outcomeEntry(i, known)
	outcome.At = o.finishedAt // finding out is no news: the undo window is not longer for it
	o.mu.Unlock()
	o.note(outcome)
	o.note(end)
}
