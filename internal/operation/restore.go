package operation

import (
	"context"
	"slices"
	"time"

	"mail-imap-mcp/internal/mailbox"
)

// restore makes operations of an earlier process's records. One without an end
// was interrupted: what its batches said counts, of a batch that had begun and
// said nothing it is unknown what happened, the others were not attempted.
func (r *Registry) restore(records []record) {
	slices.SortStableFunc(records, func(a, b record) int { return a.Time.Compare(b.Time) })
	known := map[string]*Operation{}
	oldest := r.now().Add(-max(keepFor, r.window))
	for _, rec := range records {
		o := known[rec.ID]
		if o == nil {
			if rec.Begun == nil || rec.Time.Before(oldest) {
				continue
			}
			o = r.restored(rec)
			known[rec.ID] = o
			r.operations = append(r.operations, o)
		}
		o.replay(rec)
	}
	for _, o := range known {
		if w := o.work; w.Undoes != "" {
			r.undone(o)
		}
	}
	r.forget()
}

// restored is an operation of which only the beginning is known.
func (r *Registry) restored(rec record) *Operation {
	b := rec.Begun
	over := make(chan struct{})
	close(over)
	work := Work{
		ID: rec.ID, Caller: b.Caller, Tool: b.Tool, Kind: b.Kind, Account: b.Account,
		Changes: b.Changes, Refused: b.Refused, Undoes: b.Undoes,
	}
	steps := work.steps()
	return &Operation{
		work: work, steps: steps, registry: r, created: rec.Time, started: rec.Time, finished: rec.Time,
		cancel: func() {}, over: over, state: StateInterrupted,
		outcomes: make([][]mailbox.Outcome, len(steps)), evidence: make([]*mailbox.Evidence, len(steps)),
	}
}

// replay takes in one line about an operation.
func (o *Operation) replay(rec record) {
	if e := rec.Evidence; e != nil && e.Batch >= 0 && e.Batch < len(o.evidence) {
		o.evidence[e.Batch] = e
	}
	if i := rec.Batch; i != nil && *i >= 0 && *i < len(o.outcomes) {
		o.outcomes[*i] = append([]mailbox.Outcome{}, rec.Outcomes...)
	}
	if rec.Ended != "" {
		o.state = rec.Ended
	}
	if rec.UndoneBy != "" {
		o.undoneBy = rec.UndoneBy
	}
	o.finished = rec.Time
}

// remembered is what a journal that is written anew has: of each operation that
// is not too old, what is known now.
func (r *Registry) remembered() []record {
	r.mu.Lock()
	open := slices.Clone(r.operations)
	r.mu.Unlock()
	oldest := r.now().Add(-max(keepFor, r.window))
	var records []record
	for _, o := range open {
		records = append(records, o.records(oldest)...)
	}
	return records
}

// records write an operation down.
func (o *Operation) records(oldest time.Time) []record {
	o.mu.Lock()
	defer o.mu.Unlock()
	if final(o.state) && o.finished.Before(oldest) {
		return nil
	}
	w := o.work
	list := []record{{Begun: &begun{w.Caller, w.Tool, w.Kind, w.Account, w.Changes, w.Refused, w.Undoes}, Time: o.created}}
	for i := range o.outcomes {
		if o.evidence[i] != nil {
			list = append(list, record{Evidence: o.evidence[i], Time: o.created})
		}
		if o.outcomes[i] != nil {
			list = append(list, record{Batch: &i, Outcomes: o.outcomes[i], Time: o.created})
		}
	}
	if final(o.state) {
		last := record{UndoneBy: o.undoneBy, Time: o.finished}
		if o.state != StateInterrupted {
			last.Ended = o.state
		}
		list = append(list, last)
	}
	for i := range list {
		list[i].Version, list[i].ID = journalVersion, w.ID
	}
	return list
}

// Reconcile finds out what happened to the batches of a caller's interrupted
// operation whose end is not known, by looking (mailbox.Service.Look). Of an
// operation that was not interrupted it changes nothing.
func (r *Registry) Reconcile(ctx context.Context, caller, id string, look func(context.Context, *mailbox.Change, int, mailbox.Evidence) ([]mailbox.Outcome, error)) error {
	o, err := r.Get(caller, id)
	if err != nil {
		return err
	}
	for i, e := range o.open() {
		if e == nil {
			continue
		}
		outcomes, err := look(ctx, o.steps[i].change, o.steps[i].batch, *e)
		if err != nil {
			return err
		}
		o.mu.Lock()
		first := o.outcomes[i] == nil
		if first {
			o.outcomes[i] = append([]mailbox.Outcome{}, outcomes...)
		}
		o.mu.Unlock()
		if first {
			r.journal.settled(o, i, outcomes)
		}
	}
	return nil
}

// open is the evidence of the batches that an interruption left open; nil for
// the others.
func (o *Operation) open() []*mailbox.Evidence {
	o.mu.Lock()
	defer o.mu.Unlock()
	list := make([]*mailbox.Evidence, len(o.evidence))
	if o.state != StateInterrupted {
		return list
	}
	for i, e := range o.evidence {
		if o.outcomes[i] == nil && o.steps[i].change != nil {
			list[i] = e
		}
	}
	return list
}
