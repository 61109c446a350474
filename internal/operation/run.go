package operation

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"

	"mail-imap-mcp/internal/change"
	"mail-imap-mcp/internal/contract"
)

const (
	textCancelled   = "the operation was cancelled before this message's turn; it was not touched"
	textInterrupted = "the server was stopped before this message's turn; it was not touched"
	textOrder       = "not attempted, for an earlier step of the operation was not done; it was not touched"
	textUnknown     = "the server was stopped while this was under way; look at the message before doing it again"
	textPanic       = "an internal error came up while this was under way; look at the message before doing it again"
	textNoAnswer    = "nothing was reported of this message; look at it before doing it again"
)

// run makes the batches and ends the operation. It is the owner of the
// goroutines that do so, and is over when they are.
func (o *Operation) run(ctx context.Context) {
	o.mu.Lock()
	kill := o.kill
	o.mu.Unlock()
	defer kill()
	n := len(o.batches)
	workers := min(max(o.work.Parallel, 1), max(n, 1))
	if o.work.InOrder {
		workers = 1
	}
	next, made := make(chan int, n), make(chan struct{}, n)
	for i := range n {
		next <- i
	}
	close(next)
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for i := range next {
				o.make(ctx, i)
				made <- struct{}{}
			}
		})
	}
	go func() { group.Wait(); close(made) }()
	for range made { // progress here alone, so that it never runs backwards
		o.mu.Lock()
		p, over := o.progress(), o.finished()
		o.mu.Unlock()
		if o.work.Progress != nil && !over {
			o.guarded("progress", func() { o.work.Progress(p.Done, p.Total) })
		}
	}
	o.end()
}

// make makes batch i, unless the operation is to stop.
func (o *Operation) make(ctx context.Context, i int) {
	if !o.begin(i) {
		return
	}
	outcomes := statusMessage(o.work.ids(i), change.Unknown, contract.Internal, textPanic)
	o.guarded("batch", func() {
		outcomes = o.whole(i, o.work.Run(ctx, i, func(e change.Evidence) error { return o.witness(i, e) }))
	})
	o.mu.Lock()
	if o.finished() { // Close has given up on it
		o.mu.Unlock()
		return
	}
	o.batches[i].outcomes = outcomes
	o.mu.Unlock()
	if err := o.registry.record(o.outcomeEntry(i, outcomes), true); err != nil {
		o.registry.options.Logger.Error("the journal of operations cannot be written", "operation", o.id, "batch", i, "error", err)
	}
}

// begin marks batch i as begun; false means it is not to be.
func (o *Operation) begin(i int) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.finished() {
		return false
	}
	text := ""
	switch {
	case o.stop == Cancelled:
		text = textCancelled
	case o.stop == Interrupted:
		text = textInterrupted
	case o.work.InOrder && i > 0 && !allDone(o.batches[i-1].outcomes):
		text = textOrder
	}
	if text != "" {
		o.batches[i].outcomes = statusMessage(o.work.ids(i), change.NotAttempted, "", text)
		return false
	}
	if o.state == Accepted {
		o.state, o.startedAt = Running, o.registry.options.Now()
	}
	o.batches[i].begun = true
	return true
}

func allDone(outcomes []change.Outcome) bool {
	var c Counts
	c.add(outcomes)
	return c.Done == len(outcomes)
}

// witness records the evidence of batch i: the guard's line first, then the
// journal's. An error keeps the batch from being made.
func (o *Operation) witness(i int, e change.Evidence) error {
	e.Batch = i
	if o.work.Before != nil {
		if err := o.work.Before(e); err != nil {
			return err
		}
	}
	o.mu.Lock()
	switch {
	case o.finished():
		o.mu.Unlock()
		return errClosing()
	case o.batches[i].evidence != nil:
		o.mu.Unlock()
		// The first evidence is from before the change; a later one might be
		// from after it, and would hide it.
		return contract.Errorf(contract.Internal, "batch %d was witnessed before", i)
	}
	o.batches[i].evidence = &e // before the line, so that a compaction in between has it
	o.mu.Unlock()
	if err := o.registry.record(entry{Type: typeEvidence, Op: o.id, At: o.registry.options.Now(), Evidence: &e}, true); err != nil {
		o.mu.Lock()
		o.batches[i].evidence = nil
		o.mu.Unlock()
		return unwritable(err)
	}
	return nil
}

// whole makes the outcomes of batch i one per message, in order: whatever Run
// did not speak of is unknown, and what it was not asked about is left out.
func (o *Operation) whole(i int, outcomes []change.Outcome) []change.Outcome {
	if o.work.Change == nil {
		if len(outcomes) == 0 {
			return statusMessage(o.work.ids(i), change.Unknown, contract.Internal, textNoAnswer)
		}
		return outcomes
	}
	said := make(map[contract.MessageID]change.Outcome, len(outcomes))
	for _, outcome := range outcomes {
		said[outcome.ID] = outcome
	}
	list := statusMessage(o.work.ids(i), change.Unknown, contract.Internal, textNoAnswer)
	for j := range list {
		if outcome, ok := said[list[j].ID]; ok {
			list[j] = outcome
		}
	}
	return list
}

// end ends the operation, once; false means that it had ended. What is under
// way then is unknown.
func (o *Operation) end() bool {
	o.mu.Lock()
	if o.finished() {
		o.mu.Unlock()
		return false
	}
	var closed []entry // of batches that get their outcome here
	for i := range o.batches {
		b := &o.batches[i]
		switch {
		case b.outcomes != nil:
			continue
		case b.begun:
			b.outcomes = statusMessage(o.work.ids(i), change.Unknown, contract.Unavailable, textUnknown)
		default:
			b.outcomes = statusMessage(o.work.ids(i), change.NotAttempted, "", textInterrupted)
		}
		closed = append(closed, o.outcomeEntry(i, b.outcomes))
	}
	o.state, o.finishedAt = o.verdict(), o.registry.options.Now()
	result := o.snapshot(true)
	o.mu.Unlock()

	for _, e := range closed {
		o.note(e)
	}
	o.note(entry{Type: typeEnd, Op: o.id, At: result.FinishedAt, State: result.State})
	if o.work.Finished != nil {
		o.guarded("finished", func() { o.work.Finished(result) })
	}
	close(o.over)
	return true
}

// note writes what is good to have, but can be told without.
func (o *Operation) note(e entry) {
	if err := o.registry.record(e, false); err != nil {
		o.registry.options.Logger.Error("the journal of operations cannot be written", "operation", o.id, "error", err)
	}
}

// verdict is the state that the outcomes come to; o.mu is held.
func (o *Operation) verdict() State {
	c := o.counts()
	switch {
	case o.stop != "" && o.unattempted():
		return o.stop
	case c.Failed+c.Unknown+c.NotAttempted == 0:
		return Done
	case c.Done > 0:
		return Partial
	case c.Unknown > 0:
		return Unknown
	}
	return Failed
}

// unattempted says whether a batch was never begun; o.mu is held.
func (o *Operation) unattempted() bool {
	for _, b := range o.batches {
		if !b.begun {
			return true
		}
	}
	return false
}

// guarded calls a function that is not ours; its panic does not take the
// process along.
func (o *Operation) guarded(what string, f func()) {
	defer func() {
		if p := recover(); p != nil {
			// The value may quote mail; its type and the stack do not.
			o.registry.options.Logger.Error("panic in an operation", "operation", o.id, "in", what,
				"kind", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
		}
	}()
	f()
}
