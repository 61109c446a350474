package operation

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailbox"
)

// Start begins an operation and returns at once.
func (r *Registry) Start(w Work) (*Operation, error) {
	if w.ID == "" {
		w.ID = NewID()
	}
	steps := w.steps()
	ctx, cancel := context.WithCancel(r.running)
	o := &Operation{
		work: w, steps: steps, registry: r, created: r.now(), cancel: cancel, over: make(chan struct{}), state: StateAccepted,
		outcomes: make([][]mailbox.Outcome, len(steps)), evidence: make([]*mailbox.Evidence, len(steps)),
	}
	if w.Undoes != "" {
		if err := r.claim(w.Caller, w.Undoes); err != nil {
			cancel()
			return nil, err
		}
	}
	if err := r.add(o); err != nil {
		cancel()
		r.undone(o) // the claim is given back
		return nil, err
	}
	if err := r.journal.begun(o); err != nil {
		cancel()
		r.drop(o)
		r.undone(o)
		return nil, err
	}
	go func() {
		defer r.wg.Done()
		defer cancel()
		o.run(ctx)
	}()
	return o, nil
}

// drop takes an operation back that could not begin.
func (r *Registry) drop(o *Operation) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.operations {
		if r.operations[i] == o {
			r.operations = append(r.operations[:i:i], r.operations[i+1:]...)
			break
		}
	}
	close(o.over)
	r.wg.Done()
}

// run makes the batches, some of them at once. between ends when no further one
// is to begin; a batch that has begun goes on until the registry stops.
func (o *Operation) run(between context.Context) {
	o.mu.Lock()
	o.state, o.started = StateRunning, o.registry.now()
	o.mu.Unlock()
	places := make(chan struct{}, max(o.work.Parallel, 1))
	var wg sync.WaitGroup
	for i := range o.outcomes {
		select {
		case places <- struct{}{}:
		case <-between.Done():
		}
		if between.Err() != nil {
			break
		}
		wg.Go(func() {
			defer func() { <-places }()
			o.batch(i)
		})
	}
	wg.Wait()
	o.finish()
}

// batch makes one batch. A panic in it does not end the process: what it was
// about is unknown.
func (o *Operation) batch(i int) {
	outcomes := func() (outcomes []mailbox.Outcome) {
		defer func() {
			if r := recover(); r != nil {
				o.registry.log.Error("panic while changing mail", "operation", o.work.ID, "kind", fmt.Sprintf("%T", r), "stack", string(debug.Stack()))
				outcomes = o.unknown(i)
			}
		}()
		st := o.steps[i]
		return o.work.Run(o.registry.running, st.change, st.batch, func(e mailbox.Evidence) error { return o.witness(i, e) })
	}()
	o.mu.Lock()
	o.outcomes[i] = append([]mailbox.Outcome{}, outcomes...)
	o.mu.Unlock()
	o.registry.journal.settled(o, i, outcomes)
	if o.work.Progress != nil {
		p := o.Snapshot(false).Progress
		o.work.Progress(p.Done, p.Total)
	}
}

// unknown is what is said of a batch that broke.
func (o *Operation) unknown(i int) []mailbox.Outcome {
	o.mu.Lock()
	defer o.mu.Unlock()
	list := o.pending(i)
	for j := range list {
		list[j].Status, list[j].Code = mailbox.Unknown, contract.Internal
		list[j].Message = "something went wrong inside this server; look where the message is"
	}
	return list
}

// witness records what is known before a batch changes anything; where that
// fails nothing is changed.
func (o *Operation) witness(i int, e mailbox.Evidence) error {
	e.Batch = i
	if err := o.registry.journal.evidence(o, e); err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.evidence[i] = &e
	return nil
}

// finish settles the operation.
func (o *Operation) finish() {
	o.mu.Lock()
	cancelled := o.cancelled || o.registry.running.Err() != nil
	o.mu.Unlock()
	s := o.Snapshot(false)
	o.mu.Lock()
	o.finished = o.registry.now()
	switch total := s.Progress.Total; {
	case cancelled && s.Counts.NotAttempted > 0:
		o.state = StateCancelled
	case total == s.Counts.Done:
		o.state = StateDone
	case s.Counts.Done > 0:
		o.state = StatePartial
	default:
		o.state = StateFailed
	}
	o.mu.Unlock()
	o.registry.journal.ended(o)
	o.registry.undone(o)
	if o.work.Finished != nil {
		o.work.Finished(o.Snapshot(true))
	}
	close(o.over)
}
