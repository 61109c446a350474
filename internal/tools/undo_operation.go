package tools

import (
	"context"
	"fmt"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/guard"
	"mail-imap-mcp/internal/operation"
)

const nameUndoOperation = "imap_undo_operation"

type undoOperationInput struct {
	OperationID *string `json:"operation_id,omitempty"`
	Token       *string `json:"confirm_token,omitempty" jsonschema:"only once the person has agreed"`
}

func undoOperation() Definition {
	return define[undoOperationInput, writeData](spec[undoOperationInput]{
		name:        nameUndoOperation,
		title:       "Undo a change",
		class:       guard.Write,
		set:         setOperations,
		description: "Take back a change of the last hour: flags, moves, archiving, deletes to Trash. Says for each message what could not be put back.",
		required:    []string{"operation_id"},
		example:     `{"operation_id": "op_7QZ2M4K6"}`,
		labels:      labels{origin: originMailServer},
		change:      runUndo,
	})
}

func runUndo(ctx context.Context, inv *invocation, in *undoOperationInput) (answer, error) {
	id, err := operationID(in.OperationID)
	if err != nil {
		return answer{}, err
	}
	caller := inv.visit.Caller()
	if err := inv.operations.Reconcile(ctx, caller, id, inv.mail.Look); err != nil {
		summary, o, err := failure("", err)
		return answer{summary, writeData{outcome: o}}, err
	}
	u, err := inv.operations.Undo(caller, id)
	if err != nil {
		return answer{}, err
	}
	for _, ch := range u.Changes {
		for _, account := range []string{ch.Account, ch.ToAccount} {
			if account == "" {
				continue
			}
			if err := inv.visit.MayWriteTo(ctx, account); err != nil {
				return answer{}, err
			}
		}
	}
	s, err := inv.carryOut(ctx, write{
		what:     fmt.Sprintf("Put %s back as before operation %s", contract.Plural(u.Messages(), "message"), id),
		messages: u.Messages(), token: in.Token,
		work: operation.Work{
			Kind: u.Kind, Account: u.Account, Changes: u.Changes, Refused: u.Refused, Undoes: u.Of, Run: inv.mail.Apply,
		},
	})
	if err != nil {
		return answer{}, err
	}
	return written(s, "Put back")
}
