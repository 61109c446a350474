package tools

import (
	"context"
	"fmt"
	"strings"

	"mail-imap-mcp/internal/argument"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/guard"
	"mail-imap-mcp/internal/operation"
)

const (
	nameGetOperation    = "imap_get_operation"
	nameCancelOperation = "imap_cancel_operation"
)

// The kinds of operations that are not changes of messages.
const (
	kindDraft   = "draft"
	kindMailbox = "mailbox"
)

type getOperationInput struct {
	OperationID   *string `json:"operation_id,omitempty"`
	IncludeResult *bool   `json:"include_result,omitempty" default:"true"`

	id string
}

func (in *getOperationInput) touches(ctx context.Context, s *server) (t guard.Touch, err error) {
	in.id, t, err = s.operationTouch(ctx, in.OperationID)
	return t, err
}

type cancelOperationInput struct {
	OperationID *string `json:"operation_id,omitempty"`

	id string
}

func (in *cancelOperationInput) touches(ctx context.Context, s *server) (t guard.Touch, err error) {
	in.id, t, err = s.operationTouch(ctx, in.OperationID)
	return t, err
}

func getOperation() Definition {
	return define[getOperationInput, writeData](spec[getOperationInput]{
		name:        nameGetOperation,
		title:       "See how far a change is",
		class:       guard.Local,
		set:         setOperations,
		description: "How far a change is and, with include_result, what became of each message.",
		required:    []string{"operation_id"},
		example:     `{"operation_id": "op_7QZ2M4K6"}`,
		labels:      labels{origin: originMailServer},
		change: func(ctx context.Context, inv *invocation, in *getOperationInput) (answer, error) {
			// Of what is unknown, what happened is looked up now; what cannot be
			// found out stays unknown.
			if err := inv.operations.Reconcile(ctx, inv.visit.Caller(), in.id, inv.Changes.Look); err != nil {
				inv.log.DebugContext(ctx, "an operation could not be reconciled", "operation", in.id, "error", err)
			}
			o, err := inv.operations.Get(inv.visit.Caller(), in.id)
			if err != nil {
				return answer{}, err
			}
			// No tool: it would be this call once more.
			return operationAnswer(o.Snapshot(true), *in.IncludeResult, contract.NextAction{
				Instruction: "It is still under way; ask again in a few seconds.",
			}), nil
		},
	})
}

func cancelOperation() Definition {
	return define[cancelOperationInput, writeData](spec[cancelOperationInput]{
		name:        nameCancelOperation,
		title:       "Cancel a change",
		class:       guard.Local,
		set:         setOperations,
		acts:        true,
		repeatable:  true,
		description: "End a change between two steps. What was done stays done; it can be undone.",
		required:    []string{"operation_id"},
		example:     `{"operation_id": "op_7QZ2M4K6"}`,
		labels:      labels{origin: originMailServer},
		change: func(ctx context.Context, inv *invocation, in *cancelOperationInput) (answer, error) {
			o, err := inv.operations.Cancel(inv.visit.Caller(), in.id)
			if err != nil {
				return answer{}, err
			}
			o.Wait(ctx, directAnswer)
			return operationAnswer(o.Snapshot(true), true, contract.NextAction{
				Instruction: "It is still under way; ask how far it is in a few seconds.",
				Tool:        nameGetOperation, Arguments: map[string]any{"operation_id": in.id},
			}), nil
		},
	})
}

// operationTouch reads operation_id, and says what that operation changes.
func (s *server) operationTouch(ctx context.Context, given *string) (id string, t guard.Touch, err error) {
	if id = strings.TrimSpace(value(given)); id == "" || len(id) > 64 {
		return id, t, contract.Errorf(contract.InvalidInput, "operation_id is missing; it is in the answer of the change")
	}
	if s.operations == nil {
		return id, t, nil // nothing may be changed here, which the guard says
	}
	o, err := s.operations.Get(guard.Caller(ctx), id)
	if err != nil {
		return id, t, err
	}
	t = guard.Touch{Account: o.Account(), Places: o.Places(), Writes: []string{o.Account()}}
	for _, p := range t.Places {
		t.Writes = append(t.Writes, p.Account)
	}
	t.Writes = argument.Unique(t.Writes)
	return id, t, nil
}

// operationAnswer tells of an operation; underWay is what to do while it is.
func operationAnswer(s operation.Snapshot, result bool, underWay contract.NextAction) answer {
	data := writeData{AccountID: s.Account, OperationID: s.ID, Operation: newOperationData(s), undoUntil: s.UndoUntil}
	past, noun := "changed %s", "message"
	switch s.Kind {
	case kindMailbox:
		noun = "mailbox"
	case kindDraft:
		past, noun = "saved %s", "draft"
	}
	if !s.Done {
		data.outcome = newOutcome(nil, true, underWay)
		return answer{fmt.Sprintf("%s: %d of %s done", s.State, s.Progress.Done, contract.Plural(s.Progress.Total, noun)), data}
	}
	r := newResultData(s.Messages)
	data.outcome = newOutcome(writeIssues(s.Messages), true, afterWrite(s, r.Counts))
	if result {
		data.Result = r
	}
	return answer{"Over (" + string(s.State) + "): " + writeSummary(r.Counts, past, noun), data}
}
