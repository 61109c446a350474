package tools

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/guard"
	"mail-imap-mcp/internal/mailbox"
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
	scope   scope
}

// write is what a tool is about to change.
type write struct {
	what     string // "Move 30 messages to \"Archive\"", for the person
	messages int
	token    *string // confirm_token of the call

	permanent     bool // cannot be undone
	mailboxDelete bool
	destructive   bool // counts against the bulk ceilings

	// subjects are of a few of the messages, in their senders' words. It is
	// called only when a person is to be asked.
	subjects func(context.Context) ([]string, error)
	work     operation.Work
}

// carryOut asks for what must be asked, records the intent, and makes the
// change. It answers with what there is to say after directAnswer.
func (inv *invocation) carryOut(ctx context.Context, w write) (operation.Snapshot, error) {
	if err := inv.confirm(ctx, w); err != nil {
		return operation.Snapshot{}, err
	}
	id := operation.NewID()
	intent := guard.Intent{
		Operation: id, Account: w.work.Account, Mailboxes: inv.scope.mailboxes, IDs: inv.scope.ids,
		Messages: w.messages, Destructive: w.destructive,
	}
	if err := inv.visit.Commit(ctx, intent); err != nil {
		return operation.Snapshot{}, err
	}
	w.work.ID, w.work.Caller, w.work.Tool = id, inv.visit.Caller(), inv.request.Params.Name
	w.work.Progress = inv.progress(ctx)
	visit := inv.visit
	w.work.Finished = func(s operation.Snapshot) {
		visit.Outcome(context.WithoutCancel(ctx), intent, guard.Result{
			State: string(s.State), Done: s.Counts.Done, Failed: s.Counts.Failed, Unknown: s.Counts.Unknown, NotAttempted: s.Counts.NotAttempted,
			Duration: s.FinishedAt.Sub(s.CreatedAt),
		})
	}
	op, err := inv.operations.Start(w.work)
	if err != nil {
		visit.Outcome(ctx, intent, guard.Result{State: "refused", NotAttempted: w.messages})
		return operation.Snapshot{}, err
	}
	op.Wait(ctx, directAnswer)
	return op.Snapshot(true), nil
}

// progress tells the client how far a write is, where it asked for that (MCP
// progress notifications).
func (inv *invocation) progress(ctx context.Context) func(done, total int) {
	token := inv.request.Params.GetProgressToken()
	if token == nil || inv.request.Session == nil {
		return nil
	}
	session := inv.request.Session
	return func(done, total int) {
		if ctx.Err() != nil {
			return // the call was answered: its token means nothing any more
		}
		_ = session.NotifyProgress(ctx, &mcp.ProgressNotificationParams{
			ProgressToken: token, Progress: float64(done), Total: float64(total),
			Message: fmt.Sprintf("%d of %s", done, contract.Plural(total, "message")),
		})
	}
}

// digest identifies the request: the tool and its arguments, without the token
// that confirms it.
func (inv *invocation) digest() []byte {
	var arguments map[string]json.RawMessage
	_ = json.Unmarshal(inv.request.Params.Arguments, &arguments) // decoded before
	delete(arguments, "confirm_token")
	canonical := map[string]any{}
	for name, raw := range arguments {
		var value any
		if json.Unmarshal(raw, &value) == nil && value != nil {
			canonical[name] = value
		}
	}
	text, _ := json.Marshal([]any{inv.request.Params.Name, canonical}) // keys are sorted
	sum := sha256.Sum256(text)
	return sum[:]
}

// workOf is a plan as the work of an operation.
func (inv *invocation) workOf(kind string, p *mailbox.Plan) operation.Work {
	parallel := mailbox.ParallelBatches
	if p.Change.ToAccount != "" {
		parallel = 1 // a message at a time is in memory
	}
	return operation.Work{
		Kind: kind, Account: p.Change.Account, Changes: []*mailbox.Change{p.Change}, Refused: p.Refused, Parallel: parallel,
		Run: inv.mail.Apply,
	}
}
