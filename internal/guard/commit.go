package guard

import (
	"context"
	"time"

	"mail-imap-mcp/internal/audit"
	"mail-imap-mcp/internal/contract"
)

// Intent is a write that is about to be made.
type Intent struct {
	Operation   string
	Account     string
	Mailboxes   []string
	ToAccount   string // where the messages go to, if it is another account
	ToMailbox   string
	IDs         []string
	Messages    int
	Destructive bool // it takes messages from where they are: the ceilings count it
}

// Result is what became of it.
type Result struct {
	State                               string
	Done, Failed, Unknown, NotAttempted int
	Touched                             int // of the failed: those that are not as they were
	Duration                            time.Duration
}

// withinCeilings refuses, before anyone is asked, what Commit would refuse.
func (v *Visit) withinCeilings(ctx context.Context, intents []Intent) *contract.Error {
	account, err := v.overCeilings(intents)
	if err != nil {
		v.guard.event(ctx, EventBulkCeiling, v.call.Caller, account)
	}
	return err
}

// overCeilings finds the account of which too many messages are to be taken.
func (v *Visit) overCeilings(intents []Intent) (account string, err *contract.Error) {
	messages := map[string]int{}
	for _, in := range intents {
		if in.Destructive {
			messages[in.Account] += in.Messages
		}
	}
	for account, n := range messages {
		if err := v.guard.bulk.check(bulkOf{v.call.Caller, account}, n, v.guard.writing, v.guard.now()); err != nil {
			return account, err
		}
	}
	return "", nil
}

// Commit is the last word before mail is changed: the ceilings, and the line
// that says what is intended. Where that line cannot be written nothing is
// changed (unavailable).
func (v *Visit) Commit(ctx context.Context, in Intent) error {
	g := v.guard
	if in.Destructive {
		of := bulkOf{v.call.Caller, in.Account}
		if err := g.bulk.take(of, in.Operation, in.Messages, g.writing, g.now()); err != nil {
			g.event(ctx, EventBulkCeiling, v.call.Caller, in.Account)
			return err
		}
	}
	if g.audit == nil {
		return nil
	}
	err := g.audit.Write(context.WithoutCancel(ctx), v.line("intent", in, Result{NotAttempted: in.Messages}))
	if err == nil {
		return nil
	}
	g.log.ErrorContext(ctx, "the audit cannot be written, so nothing is changed", "tool", v.call.Tool, "error", err)
	g.giveBack(v.call.Caller, in, in.Messages)
	return contract.Errorf(contract.Unavailable, "the audit log cannot be written, so nothing is changed; the owner must make room for it or mend its rights (MAIL_IMAP_AUDIT_FILE)")
}

// Outcome writes down what became of a write, which may be long after its call
// was answered.
func (v *Visit) Outcome(ctx context.Context, in Intent, r Result) {
	v.guard.giveBack(v.call.Caller, in, r.NotAttempted+r.Failed-r.Touched)
	v.guard.write(ctx, v.line("outcome", in, r))
}

func (g *Guard) giveBack(caller string, in Intent, n int) {
	if in.Destructive {
		g.bulk.giveBack(bulkOf{caller, in.Account}, in.Operation, n)
	}
}

func (v *Visit) line(event string, in Intent, r Result) audit.Entry {
	return audit.Entry{
		Event: event, Caller: v.call.Caller, Tool: v.call.Tool, Account: in.Account, Mailbox: first(in.Mailboxes),
		ToAccount: in.ToAccount, ToMailbox: in.ToMailbox,
		Operation: in.Operation, IDs: in.IDs, Outcome: r.State, Duration: r.Duration,
		Counts: map[string]int{"messages": in.Messages, "done": r.Done, "failed": r.Failed, "unknown": r.Unknown, "not_attempted": r.NotAttempted},
	}
}
