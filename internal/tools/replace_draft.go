package tools

import (
	"context"
	"fmt"

	"mail-imap-mcp/internal/change"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/draft"
	"mail-imap-mcp/internal/operation"
)

// replacing adds to the saving of a draft, the one work of w, that an older one
// goes to Trash afterwards: an operation of its own, which can be undone. It waits
// for the end of the first, which result holds then. Where the new draft was not
// saved, or the mail server does not say as which message, the older one stays.
func (inv *invocation) replacing(ctx context.Context, w *write, old contract.MessageID, result *runResult[draft.Saved]) error {
	plan, err := inv.Changes.PlanTransfer(ctx, change.TransferQuery{IDs: []contract.MessageID{old}, Action: change.ActionTrash})
	if err != nil {
		return err
	}
	if len(plan.Refused) > 0 {
		return contract.Errorf(contract.InvalidInput, "the draft that replaces_message_id names is in %q already; leave the argument out", plan.Destination)
	}
	saved := make(chan struct{})
	w.works[0].Finished = func(operation.Result) { close(saved) }
	trash := inv.workOf(string(change.ActionTrash), plan)[0]
	apply := trash.Run
	trash.Run = func(ctx context.Context, i int, witness change.Witness) []change.Outcome {
		stays := "the new draft was not saved; this one stays where it is"
		select {
		case <-saved:
			switch {
			case result.value == nil || result.err != nil:
			case result.value.ID != nil && *result.value.ID != old:
				return apply(ctx, i, witness)
			default:
				stays = "the mail server does not say which message the new draft is, so the older one stays where it is; look at both and delete the older one"
			}
		case <-ctx.Done():
		}
		return []change.Outcome{{ID: old, Status: change.NotAttempted, Code: contract.Unavailable, Message: stays, Final: true}}
	}
	w.works = append(w.works, trash)
	w.what += fmt.Sprintf(" and move the one it replaces from %s to %s", shown(old.Mailbox), shown(plan.Destination))
	w.destructive = true
	return nil
}

// withReplaced adds what became of the older draft to the answer about the new one;
// operation is the one that moved it.
func withReplaced(a answer, operation string, o change.Outcome) answer {
	d := a.data.(saveDraftData)
	d.Replaced = &newResultData([]change.Outcome{o}).Messages[0]
	if o.Status == change.Done {
		d.OperationID = operation
		a.summary += "; the draft it replaces is in Trash"
		d.NextAction.Instruction += fmt.Sprintf(" %s with %s brings the older draft back; the new one stays.", nameUndoOperation, operation)
	} else {
		a.summary += "; the draft that it was to replace was not moved"
		d.outcome = newOutcome(append(d.Issues, writeIssues([]change.Outcome{o})...), true, d.NextAction)
	}
	a.data = d
	return a
}
