package tools

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"mail-imap-mcp/internal/change"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/guard"
	"mail-imap-mcp/internal/operation"
)

// confirmRequest is the id of the question in a multi-round-trip request.
const confirmRequest = "confirm"

// needsInput is the error of a call that can go on only when the person has
// answered. The client asks and calls again with the answer; for one that does
// not speak this form (before 2026-07-28) the SDK asks by elicitation.
type needsInput struct{ result *mcp.CallToolResult }

// Error implements error.
func (*needsInput) Error() string { return "the person is asked" }

// confirm lets a write go on, has the person asked, or refuses it.
func (inv *invocation) confirm(ctx context.Context, w write) error {
	ask := guard.Ask{
		Digest: inv.digest(w.what), Messages: w.messages, Permanent: w.permanent, MailboxDelete: w.mailboxDelete,
		CanAsk: canAsk(inv.request), Answer: answered(inv.request),
	}
	if w.token != nil {
		ask.Token = *w.token
	}
	verdict, err := inv.visit.Confirm(ctx, ask)
	if err != nil {
		return withWhat(err, w.what)
	}
	if verdict.Go {
		return nil
	}
	question, err := inv.question(ctx, w)
	if err != nil {
		return err
	}
	return &needsInput{&mcp.CallToolResult{
		InputRequests: mcp.InputRequestMap{confirmRequest: &mcp.ElicitParams{Mode: "form", Message: question, RequestedSchema: confirmSchema}},
		RequestState:  verdict.State,
	}}
}

// confirmSchema is a form without fields: accepting it is the answer.
var confirmSchema = map[string]any{"type": "object", "properties": map[string]any{}}

// canAsk reports whether the client can put a form before the person.
func canAsk(req *mcp.CallToolRequest) bool {
	if req.Session == nil {
		return false
	}
	p := req.Session.InitializeParams()
	if p == nil || p.Capabilities == nil || p.Capabilities.Elicitation == nil {
		return false
	}
	e := p.Capabilities.Elicitation
	return e.Form != nil || e.URL == nil
}

// answered is what the person said to an earlier round of this call.
func answered(req *mcp.CallToolRequest) *guard.Answer {
	response, ok := req.Params.InputResponses[confirmRequest].(*mcp.ElicitResult)
	if !ok {
		return nil
	}
	return &guard.Answer{State: req.Params.RequestState, Action: response.Action}
}

// withWhat adds to a demand for confirmation what would happen.
func withWhat(err error, what string) error {
	refused, ok := err.(*contract.Error) //nolint:errorlint // the guard's own, unwrapped
	if !ok || refused.Code != contract.ConfirmationRequired {
		return err
	}
	refused.Message = fmt.Sprintf("%s: nothing was changed yet. %s", what, refused.Message)
	refused.Details["would"] = what
	return refused
}

// undoable reports whether imap_undo_operation could take all of it back: a
// copy, a draft and a changed mailbox are taken back in other ways.
func (w write) undoable() bool {
	return len(w.works) > 0 && !slices.ContainsFunc(w.works, func(work operation.Work) bool {
		return work.Change == nil || (work.Change.Kind != change.Move && work.Change.Kind != change.Flags)
	})
}

// question is what the person is asked.
func (inv *invocation) question(ctx context.Context, w write) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "%s?", defuseOwn(w.what))
	if len(inv.Accounts.List()) > 1 {
		fmt.Fprintf(&b, " The account is %q.", w.works[0].Account)
	}
	switch {
	case w.permanent, w.mailboxDelete:
		b.WriteString(" This cannot be undone.")
	case w.undoable():
		b.WriteString(" It can be undone afterwards.")
	}
	if w.subjects == nil {
		return b.String(), nil
	}
	subjects, err := w.subjects(ctx)
	if err != nil {
		return "", err
	}
	if len(subjects) == 0 {
		return b.String(), nil
	}
	b.WriteString("\n\nSome of the messages, in the words of their senders:\n")
	for _, subject := range subjects {
		fmt.Fprintf(&b, "  “%s”\n", strings.NewReplacer("“", "'", "”", "'").Replace(defuseHeader(oneLine(subject))))
	}
	if more := w.messages - len(subjects); more > 0 {
		fmt.Fprintf(&b, "  and %d more", more)
	}
	return strings.TrimRight(b.String(), "\n"), nil
}
