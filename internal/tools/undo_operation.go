package tools

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"mail-imap-mcp/internal/change"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/guard"
	"mail-imap-mcp/internal/manage"
	"mail-imap-mcp/internal/operation"
)

const nameUndoOperation = "imap_undo_operation"

type undoOperationInput struct {
	OperationID *string `json:"operation_id,omitempty"`
	Token       *string `json:"confirm_token,omitempty" jsonschema:"only once the person has agreed"`

	id string
}

func (in *undoOperationInput) touches(ctx context.Context, s *server) (t guard.Touch, err error) {
	in.id, t, err = s.operationTouch(ctx, in.OperationID)
	return t, err
}

func undoOperation() Definition {
	return define[undoOperationInput, writeData](spec[undoOperationInput]{
		name:        nameUndoOperation,
		title:       "Undo a change",
		class:       guard.Write,
		set:         setOperations,
		description: "Take back a change of the last hour: flags, moves, archiving, deletes to Trash, renames. Says for each message what could not be put back.",
		required:    []string{"operation_id"},
		example:     `{"operation_id": "op_7QZ2M4K6"}`,
		labels:      labels{origin: originMailServer},
		change:      runUndo,
	})
}

func runUndo(ctx context.Context, inv *invocation, in *undoOperationInput) (answer, error) {
	id := in.id
	// Of what is unknown, what happened is looked up first.
	var fault *contract.Fault
	if err := inv.operations.Reconcile(ctx, inv.visit.Caller(), id, inv.Changes.Look); errors.As(err, &fault) {
		summary, o, err := failure(inv.touch.Account, err)
		return answer{summary, writeData{outcome: o}}, err
	}
	u, err := inv.operations.Undo(inv.visit.Caller(), id)
	if err != nil {
		return answer{}, err
	}
	if u.Renamed != nil {
		return inv.renameBack(ctx, u, in.Token)
	}
	w := write{token: in.Token}
	w.permanent = inv.withoutDeleted(u)
	w.destructive, w.routine = w.permanent, !w.permanent
	if len(u.Changes) == 0 {
		return answer{}, contract.Errorf(u.Refused[0].Code, "nothing of it can be put back: %s", u.Refused[0].Message)
	}
	for i, ch := range u.Changes {
		work := operation.Work{Kind: u.Kind, Account: ch.Account, Change: ch, Undoes: u.Of, InOrder: u.InOrder, Run: inv.running(ch)}
		if i == 0 {
			work.Refused = u.Refused
		}
		w.works = append(w.works, work)
		w.messages += ch.Messages()
	}
	w.what = fmt.Sprintf("Put %s back as before operation %s: %s", contract.Plural(w.messages, "message"), id, backTo(u.Changes))
	s, err := inv.carryOut(ctx, w)
	if err != nil {
		return answer{}, err
	}
	return written(s, "Put back %s")
}

// renameBack gives a mailbox its name back.
func (inv *invocation) renameBack(ctx context.Context, u *operation.Undo, token *string) (answer, error) {
	q := manage.Query{Account: inv.touch.Account, Action: manage.Rename, Mailbox: u.Renamed.From, To: u.Renamed.To}
	p, err := inv.Mailboxes.Plan(ctx, q)
	if err != nil {
		summary, o, err := failure(q.Account, err)
		return answer{summary, writeData{outcome: o}}, err
	}
	work, _ := inv.managed(q)
	work.Undoes = u.Of
	s, err := inv.carryOut(ctx, write{
		what:     fmt.Sprintf("Rename mailbox %q back to %q", q.Mailbox, q.To),
		messages: max(p.Messages, 1), token: token, to: q.To, routine: true, works: []operation.Work{work},
	})
	if err != nil {
		return answer{}, err
	}
	return operationAnswer(s, false, underWay(s).NextAction), nil
}

// withoutDeleted takes out what would set \Deleted where that is not allowed, and
// reports whether any is left that sets it. A move that is put back in order sets
// it on a copy only, whose original is whole again by then.
func (inv *invocation) withoutDeleted(u *operation.Undo) (sets bool) {
	if u.InOrder {
		return false
	}
	for _, ch := range u.Changes {
		refused := inv.guard.MayRemove(ch.Account)
		ch.Batches = slices.DeleteFunc(ch.Batches, func(b change.Batch) bool {
			if !slices.ContainsFunc(b.Add, func(flag string) bool { return strings.EqualFold(flag, `\Deleted`) }) {
				return false
			}
			if refused == nil {
				sets = true
				return false
			}
			for _, uid := range b.UIDs {
				o := failedOutcome(refused)
				o.ID = contract.MessageID{Account: ch.Account, Mailbox: b.Mailbox, UIDValidity: b.UIDValidity, UID: uid}
				u.Refused = append(u.Refused, o)
			}
			return true
		})
	}
	u.Changes = slices.DeleteFunc(u.Changes, func(ch *change.Change) bool { return len(ch.Batches) == 0 })
	return sets
}

// backTo says where an undo changes what, a few of the places.
func backTo(changes []*change.Change) string {
	var places []string
	for _, ch := range changes {
		for _, b := range ch.Batches {
			place := fmt.Sprintf("flags in %q", b.Mailbox)
			if b.To != "" {
				place = fmt.Sprintf("from %q to %q", b.Mailbox, b.To)
			}
			if ch.ToAccount != "" {
				place += fmt.Sprintf(" of account %q", ch.ToAccount)
			}
			if !slices.Contains(places, place) {
				places = append(places, place)
			}
		}
	}
	const most = 3
	if n := len(places) - most; n > 0 {
		places = append(places[:most], fmt.Sprintf("%d more", n))
	}
	return strings.Join(places, ", ")
}
