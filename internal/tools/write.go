package tools

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"strings"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"mail-imap-mcp/internal/change"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/guard"
	"mail-imap-mcp/internal/operation"
)

// directAnswer is how long a write may take to be answered with its result; what
// takes longer goes on and is asked for (imap_get_operation).
const directAnswer = 2 * time.Second

// invocation is one call of a tool.
type invocation struct {
	*server
	request *mcp.CallToolRequest
	visit   *guard.Visit
	touch   guard.Touch
}

// write is what a tool is about to change.
type write struct {
	what     string // "Move 30 messages to \"Archive\"", for the person
	messages int
	token    *string // confirm_token of the call
	to       string  // the mailbox of a draft, or the new name of one; changes of messages have theirs

	routine       bool // flags and undo: large ones are not asked about either
	permanent     bool // cannot be undone
	mailboxDelete bool
	destructive   bool // counts against the bulk ceilings

	// particulars are what the question says beside. They are asked for only when
	// somebody is to read them; without subjects where a model must not.
	particulars func(ctx context.Context, subjects bool) (particulars, error)
	works       []operation.Work // more than one where an undo takes several changes
}

// carryOut asks for what must be asked, records the intent, and makes the
// change. It answers with what there is to say after directAnswer.
func (inv *invocation) carryOut(ctx context.Context, w write) (operation.Snapshot, error) {
	if err := inv.visit.MayChange(ctx, w.places()); err != nil {
		return operation.Snapshot{}, err
	}
	intents := inv.intents(w)
	if err := inv.confirm(ctx, w, intents); err != nil {
		return operation.Snapshot{}, err
	}
	report := inv.progress(ctx, len(w.works))
	for i := range w.works {
		work := &w.works[i]
		work.Progress = report.of(i)
		if err := inv.visit.Commit(ctx, intents[i]); err != nil {
			inv.withdraw(ctx, intents[:i])
			return operation.Snapshot{}, err
		}
		record, then := inv.outcomeLine(ctx, intents[i], len(work.Refused)), work.Finished
		work.Finished = func(r operation.Result) {
			record(r)
			if then != nil {
				then(r)
			}
		}
	}
	started, err := inv.operations.StartAll(w.works)
	if err != nil {
		inv.withdraw(ctx, intents)
		return operation.Snapshot{}, err
	}
	deadline := time.Now().Add(directAnswer)
	for _, op := range started {
		op.Wait(ctx, time.Until(deadline))
	}
	return together(started), nil
}

// places are the mailboxes that the write changes.
func (w write) places() (list []contract.Place) {
	for _, work := range w.works {
		list = append(list, work.Places()...)
		if work.Change == nil {
			list = append(list, contract.Place{Account: work.Account, Mailbox: w.to})
		}
	}
	return list
}

// mailboxes are those of an account that the call is about.
func (inv *invocation) mailboxes(account string) (names []string) {
	for _, p := range inv.touch.Places {
		if strings.EqualFold(p.Account, account) {
			names = append(names, p.Mailbox)
		}
	}
	return names
}

// intents name the works, and are what each comes to.
func (inv *invocation) intents(w write) []guard.Intent {
	intents := make([]guard.Intent, len(w.works))
	for i := range w.works {
		work := &w.works[i]
		work.ID, work.Caller, work.Tool = operation.NewID(), inv.visit.Caller(), inv.request.Params.Name
		intents[i] = inv.intent(w, *work)
	}
	return intents
}

// intent is what the audit says before an operation begins.
func (inv *invocation) intent(w write, work operation.Work) guard.Intent {
	in := guard.Intent{
		Operation: work.ID, Account: work.Account, Mailboxes: inv.mailboxes(work.Account), IDs: inv.touch.IDs,
		Messages: w.messages, Destructive: w.destructive && work.Change != nil,
	}
	if work.Change == nil {
		in.ToMailbox = w.to
		return in
	}
	in.ToAccount = work.Change.ToAccount
	in.Messages, in.IDs, in.Mailboxes = work.Change.Messages(), nil, nil
	for _, b := range work.Change.Batches {
		in.Mailboxes, in.ToMailbox = append(in.Mailboxes, b.Mailbox), cmp.Or(in.ToMailbox, b.To)
		for _, uid := range b.UIDs {
			id := contract.MessageID{Account: work.Change.Account, Mailbox: b.Mailbox, UIDValidity: b.UIDValidity, UID: uid}
			in.IDs = append(in.IDs, id.String())
		}
	}
	return in
}

// withdraw says of intents that nothing came of them.
func (inv *invocation) withdraw(ctx context.Context, intents []guard.Intent) {
	for _, in := range intents {
		inv.visit.Outcome(ctx, in, guard.Result{State: "refused", NotAttempted: in.Messages})
	}
}

// outcomeLine is what the audit says when an operation is over, which may be
// long after the call was answered.
//
// The refused ones were not intended, nor counted, and one that failed half way
// counts as it was counted.
func (inv *invocation) outcomeLine(ctx context.Context, in guard.Intent, refused int) func(operation.Result) {
	visit, later := inv.visit, context.WithoutCancel(ctx)
	return func(s operation.Result) {
		touched := 0
		for _, m := range s.Messages[:len(s.Messages)-refused] { // the refused come last
			if m.Status == change.Failed && (m.LeftFlagged || m.NewID != nil) {
				touched++
			}
		}
		visit.Outcome(later, in, guard.Result{
			State: string(s.State), Done: s.Counts.Done, Failed: max(0, s.Counts.Failed-refused), Touched: touched,
			Unknown: s.Counts.Unknown, NotAttempted: s.Counts.NotAttempted,
			Duration: s.FinishedAt.Sub(s.CreatedAt),
		})
	}
}

// together is what several operations came to, under the name of the first.
func together(started []*operation.Operation) operation.Snapshot {
	all := started[0].Snapshot(true)
	for _, op := range started[1:] {
		s := op.Snapshot(true)
		all.Messages = append(all.Messages, s.Messages...)
		all.Done = all.Done && s.Done
		all.Progress.Done += s.Progress.Done
		all.Progress.Total += s.Progress.Total
	}
	return all
}

// digest identifies the request: the tool and its arguments, without the token
// that confirms it and dry_run, whose token is for the real call, and what they
// come to. Where that is something else by now
// (another archive, another outcome to take back), the consent is to another
// request.
func (inv *invocation) digest(what string) []byte {
	var arguments map[string]json.RawMessage
	_ = json.Unmarshal(inv.request.Params.Arguments, &arguments) // decoded before
	delete(arguments, "confirm_token")
	delete(arguments, "dry_run")
	canonical := map[string]any{}
	for name, raw := range arguments {
		var value any
		if json.Unmarshal(raw, &value) == nil && value != nil {
			canonical[name] = value
		}
	}
	text, _ := json.Marshal([]any{inv.request.Params.Name, canonical, what}) // keys are sorted
	sum := sha256.Sum256(text)
	return sum[:]
}

// workOf is a plan as the work of an operation.
func (inv *invocation) workOf(kind string, p *change.Plan) []operation.Work {
	parallel := change.ParallelBatches
	if p.Change.ToAccount != "" {
		parallel = 1 // a message at a time is in memory
	}
	return []operation.Work{{
		Kind: kind, Account: p.Change.Account, Change: p.Change, Refused: p.Refused, Parallel: parallel, Run: inv.running(p.Change),
	}}
}

// running makes the batches of a change.
func (inv *invocation) running(ch *change.Change) func(context.Context, int, change.Witness) []change.Outcome {
	changes := inv.Changes
	return func(ctx context.Context, i int, witness change.Witness) []change.Outcome {
		return changes.Apply(ctx, ch, i, witness)
	}
}

// runResult is what an operation that is no change of messages made, for the call
// that waits for it.
type runResult[T any] struct {
	value *T
	err   error
}

// resultOf is the result of an operation that is over. There is none where it was
// cancelled before it began, or given up on at the end of the process.
func resultOf[T any](out <-chan runResult[T], s operation.Snapshot) (*T, error) {
	select {
	case r := <-out:
		return r.value, r.err
	default:
	}
	if s.Counts.Unknown > 0 {
		return nil, contract.Errorf(contract.Unavailable, "the server was stopped meanwhile; look whether it was done before doing it again")
	}
	return nil, contract.Errorf(contract.Unavailable, "it was cancelled before it began; nothing was changed")
}
