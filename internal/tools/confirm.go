package tools

import (
	"context"
	"fmt"
	"slices"

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
func (inv *invocation) confirm(ctx context.Context, w write, intents []guard.Intent) error {
	verdict, err := inv.visit.Confirm(ctx, inv.ask(w, intents))
	if err != nil {
		return inv.withQuestion(ctx, w, err)
	}
	if verdict.Go {
		return nil
	}
	q, err := inv.question(ctx, w, true)
	if err != nil {
		return err
	}
	return &needsInput{&mcp.CallToolResult{
		InputRequests: mcp.InputRequestMap{confirmRequest: &mcp.ElicitParams{Mode: "form", Message: q.String(), RequestedSchema: confirmSchema}},
		RequestState:  verdict.State,
	}}
}

// ask is a write as the guard is asked about it.
func (inv *invocation) ask(w write, intents []guard.Intent) guard.Ask {
	ask := guard.Ask{
		Digest: inv.digest(w.what), Messages: w.messages, Routine: w.routine, Permanent: w.permanent, MailboxDelete: w.mailboxDelete,
		Intents: intents, CanAsk: canAsk(inv.request), Answer: answered(inv.request),
	}
	if w.token != nil {
		ask.Token = *w.token
	}
	return ask
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

// withQuestion adds to a demand for confirmation what the person would be asked.
func (inv *invocation) withQuestion(ctx context.Context, w write, err error) error {
	refused, ok := err.(*contract.Error) //nolint:errorlint // the guard's own, unwrapped
	if !ok || refused.Code != contract.ConfirmationRequired {
		return err
	}
	q, err := inv.question(ctx, w, false)
	if err != nil {
		return err
	}
	refused.Message = fmt.Sprintf("%s: nothing was changed yet. %s", w.what, refused.Message)
	refused.Details["would"], refused.Details["question"], refused.Details[detailQuoted] = w.what, q.ask, q.quoted
	return refused
}

// detailQuoted is the detail of an error that holds words of senders.
const detailQuoted = "question_quoted"

// consentData is what the real call of a dry run needs, where that is a token:
// the token, and what to show the person before.
type consentData struct {
	ConfirmToken string   `json:"confirm_token,omitempty" own:"words"`
	Question     string   `json:"question,omitempty" server:"line"`
	Quoted       []string `json:"question_quoted,omitempty" mail:"line"`
}

// offer is what the real call of a dry run needs, and what to do about it in
// words; those are otherwise where it needs nothing.
func (inv *invocation) offer(ctx context.Context, w write, otherwise string) (consentData, string, error) {
	offer, refused := inv.visit.Offer(inv.ask(w, inv.intents(w)))
	switch {
	case refused != nil:
		return consentData{}, "Nothing was changed. The real call would be refused now: " + refused.Error(), nil //nolint:nilerr // that it would be refused is what the dry run found out
	case offer.Asks:
		return consentData{}, otherwise + " The real call asks the person.", nil
	case offer.Token == "":
		return consentData{}, otherwise, nil
	}
	q, err := inv.question(ctx, w, false)
	if err != nil {
		return consentData{}, "", err
	}
	return consentData{offer.Token, q.ask, q.quoted}, fmt.Sprintf(
		"Nothing was changed. Show the person the question; only if they agree make the same call without dry_run, with confirm_token, within %d minutes.",
		int(contract.ConsentTTL.Minutes())), nil
}

// undoable reports whether imap_undo_operation could take all of it back: a
// copy, a draft and a new or deleted mailbox are taken back in other ways.
func (w write) undoable() bool {
	return len(w.works) > 0 && !slices.ContainsFunc(w.works, func(work operation.Work) bool {
		return work.Renamed == nil && (work.Change == nil || (work.Change.Kind != change.Move && work.Change.Kind != change.Flags))
	})
}
