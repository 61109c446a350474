package tools

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"mail-imap-mcp/internal/change"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/operation"
)

// writeData is the answer of every tool that changes mail.
type writeData struct {
	outcome
	AccountID   string         `json:"account_id" own:"words"`
	OperationID string         `json:"operation_id,omitempty" own:"words"`
	DryRun      bool           `json:"dry_run,omitempty"`
	Destination string         `json:"destination_mailbox,omitempty" server:"name"`
	Result      *resultData    `json:"result,omitempty"`
	Operation   *operationData `json:"operation,omitempty"`
	consentData

	undoUntil time.Time
}

// resultData says what became of each message.
type resultData struct {
	Counts   countsData    `json:"counts"`
	Messages []changedData `json:"messages"`
}

type countsData struct {
	Done         int `json:"done"`
	Failed       int `json:"failed"`
	Unknown      int `json:"unknown"`
	NotAttempted int `json:"not_attempted"`
}

type changedData struct {
	MessageID    string        `json:"message_id,omitempty" jsonschema:"absent of a mailbox" own:"words"`
	Status       string        `json:"status" own:"words"`
	NewMessageID string        `json:"new_message_id,omitempty" own:"words"`
	Code         contract.Code `json:"code,omitempty" own:"words"`
	Message      string        `json:"message,omitempty" server:"line"`
}

// operationData is an operation as it can be polled.
type operationData struct {
	OperationID     string       `json:"operation_id" own:"words"`
	Kind            string       `json:"kind" own:"words"`
	State           string       `json:"state" own:"words"`
	Done            bool         `json:"done"`
	CancelSupported bool         `json:"cancel_supported"`
	CreatedAt       string       `json:"created_at" own:"words"`
	StartedAt       string       `json:"started_at,omitempty" own:"words"`
	FinishedAt      string       `json:"finished_at,omitempty" own:"words"`
	Progress        progressData `json:"progress"`
	UndoUntil       string       `json:"undo_until,omitempty" own:"words"`
	UndoneBy        string       `json:"undone_by,omitempty" own:"words"`
}

type progressData struct {
	Done  int `json:"done"`
	Total int `json:"total"`
}

func newOperationData(s operation.Snapshot) *operationData {
	return &operationData{
		OperationID: s.ID, Kind: s.Kind, State: string(s.State), Done: s.Done, CancelSupported: s.CancelSupported,
		CreatedAt: stamp(s.CreatedAt), StartedAt: stamp(s.StartedAt), FinishedAt: stamp(s.FinishedAt),
		Progress:  progressData{s.Progress.Done, s.Progress.Total},
		UndoUntil: stamp(s.UndoUntil), UndoneBy: s.UndoneBy,
	}
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func newResultData(outcomes []change.Outcome) *resultData {
	r := &resultData{Messages: make([]changedData, 0, len(outcomes))}
	for _, o := range outcomes {
		switch o.Status {
		case change.Done:
			r.Counts.Done++
		case change.Failed:
			r.Counts.Failed++
		case change.Unknown:
			r.Counts.Unknown++
		case change.NotAttempted:
			r.Counts.NotAttempted++
		}
		m := changedData{MessageID: idOf(o), Status: string(o.Status), Code: o.Code, Message: o.Message}
		if o.NewID != nil {
			m.NewMessageID = o.NewID.String()
		}
		r.Messages = append(r.Messages, m)
	}
	return r
}

// idOf names what an outcome is of; a mailbox, and a draft that was not saved,
// have no id.
func idOf(o change.Outcome) string {
	if o.ID.Mailbox == "" {
		return ""
	}
	return o.ID.String()
}

// failedOutcome is an error as the outcome of something that is no message.
func failedOutcome(err error) change.Outcome {
	var refused *contract.Error
	var fault *contract.Fault
	o := change.Outcome{Status: change.Failed, Code: contract.Internal, Message: "something went wrong inside this server; its log has the details"}
	switch {
	case errors.As(err, &refused):
		o.Code, o.Message = refused.Code, refused.Message
	case errors.As(err, &fault):
		o.Code, o.Message = fault.Code, fault.Message
	}
	return o
}

// writeIssues are the distinct things that went wrong, with how many messages
// each concerns.
func writeIssues(outcomes []change.Outcome) []contract.Issue {
	var issues []contract.Issue
	count := []int{}
	for _, o := range outcomes {
		if o.Status == change.Done || o.Code == "" {
			continue
		}
		i := slices.IndexFunc(issues, func(is contract.Issue) bool { return is.Code == o.Code && is.Message == o.Message })
		switch {
		case i >= 0:
			count[i]++
			issues[i].MessageID = ""
		case len(issues) < maxWriteIssues:
			issues, count = append(issues, contract.Issue{
				Code: o.Code, Stage: "change", Message: o.Message, MessageID: idOf(o),
				Retryable: o.Retryable(),
			}), append(count, 1)
		}
	}
	for i := range issues {
		if count[i] > 1 {
			issues[i].Message = fmt.Sprintf("%s: %s", contract.Plural(count[i], "message"), issues[i].Message)
		}
	}
	return issues
}

// maxWriteIssues is how many different problems are told apart; each message
// has its own words in the result.
const maxWriteIssues = 10

// refusedWhole is the one reason for which nothing at all was done, where it
// lies in the request: then the answer is a tool error.
func refusedWhole(outcomes []change.Outcome) *contract.Error {
	if len(outcomes) == 0 {
		return nil
	}
	first := outcomes[0]
	for _, o := range outcomes {
		if o.Status != change.Failed || o.Code != first.Code || o.NewID != nil || o.LeftFlagged {
			return nil
		}
	}
	switch first.Code {
	case contract.InvalidInput, contract.NotFound, contract.Conflict, contract.PermissionDenied:
	default:
		return nil
	}
	e := contract.Errorf(first.Code, "%s", first.Message)
	if len(outcomes) > 1 {
		e.Message = fmt.Sprintf("none of the %d messages was changed: %s", len(outcomes), first.Message)
	}
	return e
}

// nothingPossible is why, of what was looked at, nothing can be done: a refusal,
// or the fault that kept the mail server from being asked. nil: something can.
func nothingPossible(outcomes []change.Outcome) error {
	if refused := refusedWhole(outcomes); refused != nil {
		return refused
	}
	for _, o := range outcomes {
		if o.Code == "" {
			return nil
		}
	}
	if len(outcomes) == 0 {
		return nil
	}
	first := outcomes[0]
	return &contract.Fault{
		Code: first.Code, Stage: "preview", Message: first.Message,
		Retryable: first.Retryable(),
	}
}

// notWritten is the answer when nothing was begun: a refusal, or a fault of the
// server while the question to the person was made.
func notWritten(p *change.Plan, err error) (answer, error) {
	summary, o, err := failure(p.Change.Account, err)
	return answer{summary, writeData{outcome: o, AccountID: p.Change.Account}}, err
}

// written is the answer of a write after its wait. In past %s is how many
// messages.
func written(s operation.Snapshot, past string) (answer, error) {
	data := writeData{AccountID: s.Account, OperationID: s.ID, undoUntil: s.UndoUntil}
	if !s.Done {
		data.outcome, data.Operation = underWay(s), newOperationData(s)
		return answer{fmt.Sprintf("Under way: %d of %s done", s.Progress.Done, contract.Plural(s.Progress.Total, "message")), data}, nil
	}
	if refused := refusedWhole(s.Messages); refused != nil {
		return answer{}, refused
	}
	data.Result = newResultData(s.Messages)
	c := data.Result.Counts
	issues := writeIssues(s.Messages)
	data.outcome = newOutcome(issues, c.Done > 0, afterWrite(s, c))
	if c.Done == 0 {
		data.Status = contract.StatusFailed
	}
	return answer{writeSummary(c, past, "message"), data}, nil
}

// underWay is the outcome of a write that goes on after its answer.
func underWay(s operation.Snapshot) outcome {
	return newOutcome(nil, true, contract.NextAction{
		Instruction: "The change is under way; ask how far it is.",
		Tool:        nameGetOperation, Arguments: map[string]any{"operation_id": s.ID},
	})
}

func writeSummary(c countsData, past, noun string) string {
	summary := fmt.Sprintf(past, contract.Plural(c.Done, noun))
	for _, other := range []struct {
		n    int
		what string
	}{{c.Failed, "failed"}, {c.Unknown, "unknown"}, {c.NotAttempted, "not attempted"}} {
		if other.n > 0 {
			summary += fmt.Sprintf(", %d %s", other.n, other.what)
		}
	}
	return summary
}

func afterWrite(s operation.Snapshot, c countsData) contract.NextAction {
	switch {
	case c.Unknown > 0:
		return contract.NextAction{Instruction: "The connection was lost before the answer for some; search for these messages where they were and where they were to go before doing anything again."}
	case c.Done > 0 && !s.UndoUntil.IsZero():
		// No tool: a client that follows the suggestion must not undo what it did.
		return contract.NextAction{Instruction: fmt.Sprintf("Tell the person what was done; if they want it back, %s does that until %s.", nameUndoOperation, stamp(s.UndoUntil))}
	case c.Done > 0:
		return contract.NextAction{Instruction: "Tell the person what was done."}
	}
	return contract.NextAction{Instruction: "Nothing was changed; tell the person the message of the issue."}
}
