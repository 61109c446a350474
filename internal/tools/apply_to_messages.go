package tools

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"mail-imap-mcp/internal/argument"
	"mail-imap-mcp/internal/change"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/guard"
)

const nameApplyToMessages = "imap_apply_to_messages"

type applyToMessagesInput struct {
	MessageIDs  *[]string `json:"message_ids,omitempty" text:"id" items:"250" jsonschema:"all of one account"`
	Action      *string   `json:"action,omitempty" enum:"move,copy,archive,junk,delete" also:"trash=delete,spam=junk" jsonschema:"delete moves to Trash"`
	Destination *string   `json:"destination_mailbox,omitempty" text:"mailbox" jsonschema:"of move and copy; must exist"`
	ToAccount   *string   `json:"destination_account_id,omitempty" jsonschema:"of move and copy to another account"`
	Permanent   *bool     `json:"permanent,omitempty" jsonschema:"with delete: remove for good, if the owner allows it"`
	DryRun      *bool     `json:"dry_run,omitempty" jsonschema:"say what would happen to each message"`
	Token       *string   `json:"confirm_token,omitempty" jsonschema:"only once the person has agreed"`

	q change.TransferQuery
}

func applyToMessages() Definition {
	return define[applyToMessagesInput, writeData](spec[applyToMessagesInput]{
		name:        nameApplyToMessages,
		title:       "Move, copy, archive or delete messages",
		class:       guard.Destructive,
		set:         setOrganize,
		description: "Move, copy, archive, mark as junk or delete messages. Can be undone (imap_undo_operation), except permanent deletes. Large changes ask the person first.",
		required:    []string{"message_ids", "action"},
		example:     `{"message_ids": ["imap:default:INBOX:1700000000:42"], "action": "archive"}`,
		labels:      labels{origin: originMailServer},
		change:      runApply,
	})
}

func runApply(ctx context.Context, inv *invocation, in *applyToMessagesInput) (answer, error) {
	q := in.q
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

func (in *applyToMessagesInput) touches(ctx context.Context, s *server) (guard.Touch, error) {
	ids, err := s.messageIDs(ctx, in.MessageIDs)
	t := touching(ids...)
	if err != nil {
		return t, err
	}
	in.q, err = in.query(s)
	in.q.IDs = ids
	t.DryRun = isTrue(in.DryRun)
	t.Writes, t.Removes = []string{t.Account}, in.q.Action == change.ActionDelete
	if in.q.Destination != "" {
		t.To = contract.Place{Account: cmp.Or(in.q.ToAccount, t.Account), Mailbox: in.q.Destination}
		t.Places, t.Writes = append(t.Places, t.To), append(t.Writes, t.To.Account)
	}
	return t, err
}

// query reads what is to be done.
func (in *applyToMessagesInput) query(s *server) (q change.TransferQuery, err error) {
	if in.Action == nil {
		return q, contract.Errorf(contract.InvalidInput, "action is missing; it is move, copy, archive, junk or delete")
	}
	q.Action, q.Destination = change.Action(*in.Action), value(in.Destination)
	if q.Action == change.ActionDelete && !isTrue(in.Permanent) {
		q.Action = change.ActionTrash
	}
	moves := q.Action == change.ActionMove || q.Action == change.ActionCopy
	switch {
	case isTrue(in.Permanent) && q.Action != change.ActionDelete:
		err = contract.Errorf(contract.InvalidInput, "permanent goes with delete only")
	case moves && in.Destination == nil:
		err = contract.Errorf(contract.InvalidInput, "destination_mailbox is missing; it says where to %s to", q.Action)
	case moves && in.ToAccount != nil:
		q.ToAccount, err = s.accountNamed("destination_account_id", in.ToAccount)
	case !moves && (in.Destination != nil || in.ToAccount != nil):
		err = contract.Errorf(contract.InvalidInput, "destination_mailbox and destination_account_id go with move and copy only; leave them out with %s", *in.Action)
	}
	return q, err
}

// messageIDs reads the list of messages that are changed; duplicates count once.
func (s *server) messageIDs(ctx context.Context, list *[]string) ([]contract.MessageID, error) {
	if list == nil {
		return nil, contract.Errorf(contract.InvalidInput, "message_ids is missing; give 1 to %d ids from a search", contract.MaxMessageIDs)
	}
	var ids []contract.MessageID
	for i, text := range *list {
		id, err := s.parseID(fmt.Sprintf("message_ids[%d]", i), text)
		if err != nil {
			return ids, err
		}
		ids = append(ids, id)
	}
	ids = argument.Unique(s.follow(ctx, ids...))
	for _, id := range ids {
		if id.Account != ids[0].Account {
			return ids, contract.Errorf(contract.InvalidInput, "message_ids are of the accounts %q and %q; make one call for each account", ids[0].Account, id.Account)
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
