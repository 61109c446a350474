package tools

import (
	"context"
	"fmt"
	"strings"

	"mail-imap-mcp/internal/change"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/guard"
)

const nameApplyToMessages = "imap_apply_to_messages"

type applyToMessagesInput struct {
	MessageIDs  *[]string `json:"message_ids,omitempty" jsonschema:"all of one account"`
	Action      *string   `json:"action,omitempty" jsonschema:"delete moves to Trash"`
	Destination *string   `json:"destination_mailbox,omitempty" jsonschema:"of move and copy; must exist"`
	ToAccount   *string   `json:"destination_account_id,omitempty" jsonschema:"of move and copy to another account"`
	Permanent   *bool     `json:"permanent,omitempty" jsonschema:"with delete: remove for good, if the owner allows it"`
	DryRun      *bool     `json:"dry_run,omitempty" jsonschema:"say what would happen to each message"`
	Token       *string   `json:"confirm_token,omitempty" jsonschema:"only once the person has agreed"`
}

func applyToMessages() Definition {
	return define[applyToMessagesInput, writeData](spec[applyToMessagesInput]{
		name:        nameApplyToMessages,
		title:       "Move, copy, archive or delete messages",
		class:       guard.Destructive,
		set:         setOrganize,
		description: "Move, copy, archive, mark as junk or delete messages. Can be undone (imap_undo_operation), except permanent deletes. Large changes ask the person first.",
		bounds: bounds{
			"message_ids":         atMost(contract.MaxMessageIDs, nil),
			"action":              oneOf("", "move", "copy", "archive", "junk", "delete"),
			"destination_mailbox": chars(1, contract.MaxMailboxChars),
		},
		required: []string{"message_ids", "action"},
		example:  `{"message_ids": ["imap:default:INBOX:1700000000:42"], "action": "archive"}`,
		labels:   labels{origin: originMailServer},
		change:   runApply,
	})
}

func runApply(ctx context.Context, inv *invocation, in *applyToMessagesInput) (answer, error) {
	q, err := in.query(inv.server)
	if err != nil {
		return answer{}, err
	}
	if q.ToAccount != "" {
		if err := inv.visit.MayWriteTo(ctx, q.ToAccount, q.Destination); err != nil {
			return answer{}, err
		}
	}
	p, err := inv.Changes.PlanTransfer(ctx, q)
	if err != nil {
		summary, o, err := failure(q.IDs[0].Account, err)
		return answer{summary, writeData{outcome: o, AccountID: q.IDs[0].Account}}, err
	}
	verb := transferVerbs[q.Action]
	w := write{
		what:     verb.sentence(p),
		messages: p.Change.Messages(), token: in.Token,
		permanent: q.Action == change.ActionDelete,
		// A copy to another account takes mail out of this one too.
		destructive: q.Action != change.ActionCopy || p.Change.ToAccount != "",
		particulars: inv.particulars(p),
		works:       inv.workOf(string(q.Action), p),
	}
	if isTrue(in.DryRun) {
		return inv.dryRun(ctx, p, w, verb.past)
	}
	if p.Change.Messages() == 0 {
		return answer{}, refusedWhole(p.Refused)
	}
	s, err := inv.carryOut(ctx, w)
	if err != nil {
		return notWritten(p, err)
	}
	a, err := written(s, verb.past)
	if data, ok := a.data.(writeData); ok {
		data.Destination = p.Destination
		a.data = data
	}
	return a, err
}

// query reads the arguments.
func (in *applyToMessagesInput) query(s *server) (q change.TransferQuery, err error) {
	if q.IDs, err = messageIDs(in.MessageIDs); err != nil {
		return q, err
	}
	if in.Action == nil {
		return q, contract.Errorf(contract.InvalidInput, "action is missing; it is move, copy, archive, junk or delete")
	}
	q.Action = change.Action(strings.ToLower(*in.Action))
	switch q.Action {
	case change.ActionMove, change.ActionCopy:
		return q, in.destination(&q)
	case change.ActionArchive, change.ActionJunk, change.ActionDelete:
	default:
		return q, contract.Errorf(contract.InvalidInput, "action is %q; it must be move, copy, archive, junk or delete", echo(*in.Action))
	}
	if in.Destination != nil || in.ToAccount != nil {
		return q, contract.Errorf(contract.InvalidInput, "destination_mailbox and destination_account_id go with move and copy only; leave them out with %s", q.Action)
	}
	permanent := isTrue(in.Permanent)
	switch {
	case permanent && q.Action != change.ActionDelete:
		return q, contract.Errorf(contract.InvalidInput, "permanent goes with delete only")
	case permanent && !s.deletes:
		return q, contract.Errorf(contract.PermissionDenied, "removing for good is not allowed; the owner can allow it with MAIL_IMAP_ALLOW_PERMANENT_DELETE=true. Without permanent, delete moves to Trash")
	case permanent:
		return q, s.mayExpunge(q.IDs[0].Account)
	case q.Action == change.ActionDelete:
		q.Action = change.ActionTrash
	}
	return q, nil
}

// mayExpunge is said before a person is asked; it is seen to again when it is done.
func (s *server) mayExpunge(account string) error {
	for _, a := range s.Accounts.List() {
		if strings.EqualFold(a.ID, account) && a.NeverExpunge {
			return contract.Errorf(contract.PermissionDenied, "nothing is removed for good from account %q (%sNEVER_EXPUNGE); delete without permanent moves to Trash", a.ID, a.EnvPrefix())
		}
	}
	return nil
}

// destination reads where move and copy go.
func (in *applyToMessagesInput) destination(q *change.TransferQuery) error {
	if isTrue(in.Permanent) {
		return contract.Errorf(contract.InvalidInput, "permanent goes with delete only")
	}
	if in.Destination == nil {
		return contract.Errorf(contract.InvalidInput, "destination_mailbox is missing; it says where to %s to", q.Action)
	}
	if err := contract.CheckMailbox("destination_mailbox", *in.Destination); err != nil {
		return err
	}
	q.Destination = *in.Destination
	if in.ToAccount == nil {
		return nil
	}
	to, err := contract.CanonicalAccountID(*in.ToAccount)
	if err != nil {
		return contract.Errorf(contract.InvalidInput, "destination_account_id must be 1 to 64 letters, digits, '_' or '-'")
	}
	q.ToAccount = to
	return nil
}

// messageIDs reads the list of messages; duplicates count once.
func messageIDs(list *[]string) ([]contract.MessageID, error) {
	if list == nil || len(*list) == 0 {
		return nil, contract.Errorf(contract.InvalidInput, "message_ids is missing; give 1 to %d ids from a search", contract.MaxMessageIDs)
	}
	seen := map[contract.MessageID]bool{}
	var ids []contract.MessageID
	for i, text := range *list {
		id, err := contract.ParseMessageID(text)
		if err != nil {
			return nil, contract.Errorf(contract.InvalidInput, "message_ids[%d]: %w", i, err)
		}
		if seen[id] {
			continue
		}
		seen[id] = true
		if ids = append(ids, id); len(ids) > contract.MaxMessageIDs {
			return nil, contract.Errorf(contract.InvalidInput, "message_ids has more than %d ids; make several calls", contract.MaxMessageIDs)
		}
		if id.Account != ids[0].Account {
			return nil, contract.Errorf(contract.InvalidInput, "message_ids are of the accounts %q and %q; make one call for each account", ids[0].Account, id.Account)
		}
	}
	return ids, nil
}

// verbs are the words for an action; %s is how many messages.
type verbs struct{ present, past string }

var transferVerbs = map[change.Action]verbs{
	change.ActionMove:    {"Move %s", "Moved %s"},
	change.ActionCopy:    {"Copy %s", "Copied %s"},
	change.ActionArchive: {"Archive %s", "Archived %s"},
	change.ActionJunk:    {"Move %s", "Moved %s to junk"},
	change.ActionTrash:   {"Move %s", "Moved %s to trash"},
	change.ActionDelete:  {"Remove %s for good", "Removed %s for good"},
}

// sentence says what a plan does: "Move 3 messages from "INBOX" to "Archive"".
func (v verbs) sentence(p *change.Plan) string {
	s := fmt.Sprintf(v.present, contract.Plural(p.Change.Messages(), "message")) + " from " + sources(p.Change)
	if p.Destination != "" {
		s += " to " + shown(p.Destination)
	}
	if p.Change.ToAccount != "" {
		s += fmt.Sprintf(" of account %q", p.Change.ToAccount)
	}
	return s
}

// sources names the mailboxes of a change, a few of them.
func sources(ch *change.Change) string {
	var names []string
	seen := map[string]bool{}
	for _, b := range ch.Batches {
		if !seen[b.Mailbox] {
			seen[b.Mailbox] = true
			names = append(names, shown(b.Mailbox))
		}
	}
	const most = 3
	if len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	return strings.Join(names, " and ")
}

// shown is a mailbox's name as a question shows it: quoted, and short, for a
// model can make names, and a long one could read as another sentence.
func shown(mailbox string) string {
	const most = 60
	name := []rune(mailbox)
	if len(name) > most {
		return fmt.Sprintf("%q…", string(name[:most]))
	}
	return fmt.Sprintf("%q", mailbox)
}

// particulars looks at the messages, for the question to the person.
func (inv *invocation) particulars(p *change.Plan) func(context.Context, bool) (particulars, error) {
	return func(ctx context.Context, subjects bool) (particulars, error) {
		v, err := inv.preview(ctx, p)
		if err != nil {
			return particulars{}, err
		}
		return particularsOf(v, p.Change.Messages(), subjects), nil
	}
}

// preview looks at what a plan would do; where that is nothing, the error says why.
func (inv *invocation) preview(ctx context.Context, p *change.Plan) (*change.Preview, error) {
	v, err := inv.Changes.Preview(ctx, p)
	if err == nil {
		err = nothingPossible(v.Outcomes)
	}
	return v, err
}

// dryRun says, message by message, what would happen, and how the person agrees.
func (inv *invocation) dryRun(ctx context.Context, p *change.Plan, w write, past string) (answer, error) {
	v, err := inv.preview(ctx, p)
	if err != nil {
		summary, o, err := failure(p.Change.Account, err)
		return answer{summary, writeData{outcome: o, AccountID: p.Change.Account, DryRun: true}}, err
	}
	w.particulars = func(_ context.Context, subjects bool) (particulars, error) {
		return particularsOf(v, w.messages, subjects), nil
	}
	consent, next, err := inv.offer(ctx, w, "Nothing was changed. Show the person what would happen; to do it, make the same call without dry_run.")
	if err != nil {
		return answer{}, err
	}
	data := writeData{AccountID: p.Change.Account, DryRun: true, Destination: p.Destination, Result: newResultData(v.Outcomes), consentData: consent}
	data.outcome = newOutcome(writeIssues(v.Outcomes), true, contract.NextAction{Instruction: next})
	n := 0
	for _, o := range v.Outcomes {
		if o.Status == change.NotAttempted && o.Code == "" {
			n++
		}
	}
	would := strings.ToLower(past[:1]) + fmt.Sprintf(past[1:], contract.Plural(n, "message"))
	return answer{"Dry run, nothing was changed: would have " + would, data}, nil
}
