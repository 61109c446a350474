package tools

import (
	"context"
	"fmt"
	"strings"

	"mail-imap-mcp/internal/change"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/guard"
	"mail-imap-mcp/internal/manage"
	"mail-imap-mcp/internal/operation"
)

const nameManageMailbox = "imap_manage_mailbox"

type manageMailboxInput struct {
	AccountID   *string `json:"account_id,omitempty"`
	Action      *string `json:"action,omitempty" enum:"create,rename,delete,subscribe,unsubscribe"`
	Mailbox     *string `json:"mailbox,omitempty" text:"mailbox" jsonschema:"as imap_list_mailboxes names it, with its delimiter"`
	Destination *string `json:"destination_mailbox,omitempty" text:"mailbox" jsonschema:"the new name of a rename"`
	DryRun      *bool   `json:"dry_run,omitempty"`
	Token       *string `json:"confirm_token,omitempty" jsonschema:"only once the person has agreed"`

	q manage.Query
}

type manageMailboxData struct {
	outcome
	AccountID    string         `json:"account_id" own:"words"`
	Action       string         `json:"action" own:"words"`
	Mailbox      string         `json:"mailbox" server:"name"`
	Destination  string         `json:"destination_mailbox,omitempty" server:"name"`
	OperationID  string         `json:"operation_id,omitempty" own:"words"`
	DryRun       bool           `json:"dry_run" jsonschema:"nothing was changed; the rest says what would be"`
	Result       string         `json:"result" jsonschema:"accepted, running, done, failed, unknown or not_attempted" own:"words"`
	Created      []string       `json:"created" server:"name"`
	RenamedBelow int            `json:"renamed_below,omitempty"`
	Subscribed   []string       `json:"subscribed" server:"name"`
	Unsubscribed []string       `json:"unsubscribed" server:"name"`
	NowCalled    string         `json:"now_called,omitempty" jsonschema:"where a mailbox is that could not be given its name back" server:"name"`
	Notes        []string       `json:"notes" server:"line"`
	Operation    *operationData `json:"operation,omitempty" jsonschema:"of a change that is still under way"`
	consentData
}

func manageMailbox() Definition {
	return define[manageMailboxInput, manageMailboxData](spec[manageMailboxInput]{
		name:        nameManageMailbox,
		title:       "Manage a mailbox",
		description: "Create (missing parents too), rename, delete, subscribe or unsubscribe a mailbox (folder). Only an empty mailbox with none below it is deleted. Renaming changes its message ids. dry_run checks and shows what would happen.",
		class:       guard.Destructive,
		set:         setMailboxes,
		required:    []string{"action", "mailbox"},
		example:     `{"action": "create", "mailbox": "Projects/2026"}`,
		labels:      labels{origin: originMailServer},
		change:      runManage,
	})
}

func runManage(ctx context.Context, inv *invocation, in *manageMailboxInput) (answer, error) {
	q := in.q
	p, err := inv.Mailboxes.Plan(ctx, q)
	if err != nil {
		return notManaged(q, isTrue(in.DryRun), err)
	}
	would := newWouldManage(p)
	work, out := inv.managed(q)
	w := write{
		what:     upperFirst(would.deed()),
		messages: 1, token: in.Token, to: q.To, mailboxDelete: q.Action == manage.Delete,
		works: []operation.Work{work},
	}
	if q.Action == manage.Rename {
		// To rename a mailbox is to move what is in it.
		w.messages, w.destructive = max(p.Messages, 1), true
		w.particulars = func(context.Context, bool) (particulars, error) {
			return particulars{own: "It moves " + contract.Plural(p.Messages, "message") + " along."}, nil
		}
	}
	if isTrue(in.DryRun) {
		return inv.wouldManage(ctx, would, w)
	}
	s, err := inv.carryOut(ctx, w)
	switch {
	case err != nil:
		return answer{}, err
	case !s.Done:
		return managing(would, s), nil
	}
	done, err := resultOf(out, s)
	if err != nil {
		return notManaged(q, false, err)
	}
	a := didManage(done)
	data := a.data.(manageMailboxData)
	data.OperationID = s.ID
	return answer{a.summary, data}, nil
}

// managed is a change of mailboxes as an operation's work, and where it hands
// over what became of it.
func (inv *invocation) managed(q manage.Query) (operation.Work, <-chan runResult[manage.Managed]) {
	out := make(chan runResult[manage.Managed], 1)
	work := operation.Work{
		Kind: kindMailbox, Account: q.Account,
		Run: func(ctx context.Context, _ int, witness change.Witness) []change.Outcome {
			var r runResult[manage.Managed]
			if r.err = witness(change.Evidence{}); r.err == nil {
				r.value, r.err = inv.Mailboxes.Manage(ctx, q)
			}
			out <- r
			return manageOutcome(r.value, r.err)
		},
	}
	if q.Action == manage.Rename {
		work.Renamed = &operation.Renamed{From: contract.CanonicalMailbox(q.Mailbox), To: contract.CanonicalMailbox(q.To)}
	}
	return work, out
}

// managing is the answer while the change is under way: would says what it is.
func managing(would manageMailboxData, s operation.Snapshot) answer {
	d := newManageMailboxData(would.AccountID, manage.Action(would.Action), would.Mailbox, would.Destination)
	d.outcome, d.OperationID, d.Operation, d.Result = underWay(s), s.ID, newOperationData(s), string(s.State)
	return answer{"Under way: " + would.deed(), d}
}

// manageOutcome is a managed mailbox as an operation's one thing.
func manageOutcome(done *manage.Managed, err error) []change.Outcome {
	if err != nil {
		return []change.Outcome{failedOutcome(err)}
	}
	return []change.Outcome{{Status: change.OutcomeStatus(done.Status)}}
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func (in *manageMailboxInput) touches(_ context.Context, s *server) (guard.Touch, error) {
	account, err := s.account(in.AccountID)
	if err != nil {
		return guard.Touch{}, err
	}
	in.q = manage.Query{Account: account, Action: manage.Action(value(in.Action)), Mailbox: value(in.Mailbox), To: value(in.Destination)}
	t := guard.Touch{Account: account, Places: named(account, in.q.Mailbox), Writes: []string{account}, DryRun: isTrue(in.DryRun)}
	if in.q.To != "" {
		t.To = contract.Place{Account: account, Mailbox: in.q.To}
		t.Places = append(t.Places, t.To)
	}
	switch {
	case in.Action == nil:
		err = contract.Errorf(contract.InvalidInput, "action is missing; it is one of create, rename, delete, subscribe, unsubscribe")
	case in.Mailbox == nil:
		err = contract.Errorf(contract.InvalidInput, "mailbox is missing; %s shows the names", nameListMailboxes)
	case in.q.Action == manage.Rename && in.q.To == "":
		err = contract.Errorf(contract.InvalidInput, "destination_mailbox is missing; action rename needs the new name")
	}
	return t, err
}

func newManageMailboxData(account string, action manage.Action, name, to string) manageMailboxData {
	return manageMailboxData{
		AccountID: account, Action: string(action), Mailbox: name, Destination: to,
		Created: []string{}, Subscribed: []string{}, Unsubscribed: []string{}, Notes: []string{},
	}
}

// notManaged is the answer when talking to the server failed and nothing was
// changed.
func notManaged(q manage.Query, dryRun bool, err error) (answer, error) {
	summary, o, err := failure(q.Account, err)
	d := newManageMailboxData(q.Account, q.Action, q.Mailbox, q.To)
	d.outcome, d.DryRun, d.Result = o, dryRun, string(change.Failed)
	return answer{summary, d}, err
}

// newWouldManage is what a plan would do.
func newWouldManage(p *manage.Plan) manageMailboxData {
	d := newManageMailboxData(p.Account, p.Action, p.Mailbox, p.To)
	d.DryRun, d.Result, d.RenamedBelow = true, string(change.NotAttempted), p.BelowCount
	d.Created, d.Notes = append(d.Created, p.Create...), append(d.Notes, p.Notes...)
	d.Subscribed, d.Unsubscribed = append(d.Subscribed, p.Subscribe...), append(d.Unsubscribed, p.Unsubscribe...)
	return d
}

// wouldManage is the answer to a dry run.
func (inv *invocation) wouldManage(ctx context.Context, d manageMailboxData, w write) (answer, error) {
	const otherwise = "Tell the person what would happen, and do it if that is what they want."
	consent, instruction, err := inv.offer(ctx, w, otherwise)
	if err != nil {
		return answer{}, err
	}
	next := contract.NextAction{Instruction: instruction}
	if strings.HasPrefix(instruction, otherwise) {
		next.Tool, next.Arguments = nameManageMailbox, map[string]any{"account_id": d.AccountID, "action": d.Action, "mailbox": d.Mailbox}
		if d.Destination != "" {
			next.Arguments["destination_mailbox"] = d.Destination
		}
	}
	d.consentData, d.outcome = consent, newOutcome(nil, true, next)
	return answer{"Would " + d.deed(), d}, nil
}

func didManage(r *manage.Managed) answer {
	d := newManageMailboxData(r.Account, r.Action, r.Mailbox, r.To)
	d.Result, d.RenamedBelow, d.NowCalled = string(r.Status), r.Below, r.LeftAs
	d.Created, d.Notes = append(d.Created, r.Created...), append(d.Notes, r.Notes...)
	d.Subscribed, d.Unsubscribed = append(d.Subscribed, r.Subscribed...), append(d.Unsubscribed, r.Unsubscribed...)
	next := contract.NextAction{
		Instruction: "Tell the person what was done; the mailboxes can be listed to see them.",
		Tool:        nameListMailboxes, Arguments: map[string]any{"account_id": r.Account},
	}
	if r.Status != manage.Done {
		next.Instruction = "Look at the mailboxes before anything else is tried, and tell the person the messages of the issues."
	}
	d.outcome = newOutcome(r.Issues, true, next)
	summary := map[manage.Status]string{
		manage.Done: "Done: ", manage.Failed: "Not completely done: ", manage.Unknown: "Not known whether it was done: ",
	}[r.Status]
	return answer{summary + d.deed(), d}
}

// deed is what is done, in a few words.
func (d *manageMailboxData) deed() string {
	deed := fmt.Sprintf("%s mailbox %q", d.Action, d.Mailbox)
	var more []string
	if d.Destination != "" {
		deed += fmt.Sprintf(" to %q", d.Destination)
	}
	if d.RenamedBelow > 0 {
		more = append(more, contract.Plural(d.RenamedBelow, "mailbox")+" below it too")
	}
	if parents := len(d.Created); parents > 1 || (parents == 1 && d.Destination != "") {
		more = append(more, contract.Plural(parents, "mailbox")+" new")
	}
	if len(more) == 0 {
		return deed
	}
	return deed + ", with " + strings.Join(more, ", ")
}
