package change

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/people"
)

// Action is what is to be done with messages.
type Action string

// The actions.
const (
	ActionMove    Action = "move"
	ActionCopy    Action = "copy"
	ActionArchive Action = "archive" // move to the archive
	ActionJunk    Action = "junk"    // move to the junk mailbox
	ActionTrash   Action = "trash"   // move to the trash: what "delete" does
	ActionDelete  Action = "delete"  // remove for good
)

// TransferQuery asks to move, copy or delete messages.
type TransferQuery struct {
	IDs         []contract.MessageID // of one account
	Action      Action
	Destination string // of move and copy
	ToAccount   string // of move and copy; empty: the same account
}

// Plan is what would be done.
type Plan struct {
	Change *Change
	// Refused are messages for which it is clear already that nothing is done.
	Refused     []Outcome
	Destination string // mailbox; empty where there is none
}

// Messages is how many messages a plan is about, the refused ones too.
func (p *Plan) Messages() int { return p.Change.Messages() + len(p.Refused) }

// PlanTransfer finds the destination and sorts the messages by mailbox. It
// changes nothing, and asks the server only where the trash, junk or archive
// mailbox is, which is then remembered for a while.
func (s *Service) PlanTransfer(ctx context.Context, q TransferQuery) (*Plan, error) {
	account, err := accountOf(q.IDs)
	if err != nil {
		return nil, err
	}
	pool, err := s.accounts.Find(account)
	if err != nil {
		return nil, err
	}
	p := &Plan{Change: &Change{Kind: Move, Account: pool.Account().ID}}
	switch q.Action {
	case ActionMove, ActionCopy:
		if q.Action == ActionCopy {
			p.Change.Kind = Copy
		}
		p.Destination = contract.CanonicalMailbox(q.Destination)
		if err := s.planAcross(p, q.ToAccount); err != nil {
			return nil, err
		}
	case ActionArchive, ActionJunk, ActionTrash:
		if p.Destination, err = s.people.SpecialBox(ctx, pool, useOf[q.Action]); err != nil {
			return nil, imapconn.Classify("list", err)
		}
	case ActionDelete:
		p.Change.Kind = Delete
	default:
		return nil, contract.Errorf(contract.InvalidInput, "action %q is not known", q.Action)
	}
	p.sort(q)
	return p, nil
}

// useOf says where an action moves to.
var useOf = map[Action]people.SpecialUse{ActionArchive: people.UseArchive, ActionJunk: people.UseJunk, ActionTrash: people.UseTrash}

// planAcross checks the account that messages go to.
func (s *Service) planAcross(p *Plan, to string) error {
	if to == "" {
		return nil
	}
	pool, err := s.accounts.Find(to)
	if err != nil {
		return err
	}
	if id := pool.Account().ID; id != p.Change.Account {
		p.Change.ToAccount = id
	}
	return nil
}

// accountOf is the one account of some messages.
func accountOf(ids []contract.MessageID) (string, error) {
	if len(ids) == 0 {
		return "", contract.Errorf(contract.InvalidInput, "message_ids is empty; give 1 to %d", contract.MaxMessageIDs)
	}
	for _, id := range ids {
		if id.Account != ids[0].Account {
			return "", contract.Errorf(contract.InvalidInput, "message_ids are of the accounts %q and %q; make one call for each account", ids[0].Account, id.Account)
		}
	}
	return ids[0].Account, nil
}

// sort puts the messages into batches, without duplicates, and refuses those
// that are where they are to go.
func (p *Plan) sort(q TransferQuery) {
	there := func(id contract.MessageID) bool {
		return p.Destination != "" && p.Change.ToAccount == "" && contract.CanonicalMailbox(id.Mailbox) == p.Destination
	}
	var rest []contract.MessageID
	seen := map[contract.MessageID]bool{}
	for _, id := range q.IDs {
		if seen[id] {
			continue
		}
		seen[id] = true
		if !there(id) {
			rest = append(rest, id)
			continue
		}
		p.Refused = append(p.Refused, Outcome{ID: id, Status: Failed, Code: contract.InvalidInput, Message: alreadyThere(q.Action, p.Destination)})
	}
	p.Change.Batches = batches(rest)
	if p.Change.ToAccount != "" {
		p.Change.Batches = single(p.Change.Batches)
	}
	for i := range p.Change.Batches {
		p.Change.Batches[i].To = p.Destination
	}
}

func alreadyThere(action Action, mailbox string) string {
	if action == ActionTrash {
		return fmt.Sprintf("it is in %q already; to remove it for good, permanent=true is needed, which the owner must allow with MAIL_IMAP_ALLOW_PERMANENT_DELETE=true; most servers empty the trash by themselves", mailbox)
	}
	return fmt.Sprintf("it is in %q already", mailbox)
}

// batches makes one batch of the messages of each mailbox, in the order in which
// the mailboxes come.
func batches(ids []contract.MessageID) []Batch {
	type place struct {
		mailbox  string
		validity uint32
	}
	var list []Batch
	at := map[place]int{}
	for _, id := range ids {
		where := place{contract.CanonicalMailbox(id.Mailbox), id.UIDValidity}
		i, known := at[where]
		if !known {
			i = len(list)
			at[where] = i
			list = append(list, Batch{Mailbox: where.mailbox, UIDValidity: where.validity})
		}
		list[i].UIDs = append(list[i].UIDs, id.UID)
	}
	for i := range list {
		slices.SortFunc(list[i].UIDs, cmp.Compare)
		list[i].UIDs = slices.Compact(list[i].UIDs)
	}
	return list
}

// single makes a batch of each message: between accounts each is a copy and a
// removal of its own.
func single(list []Batch) []Batch {
	var each []Batch
	for _, b := range list {
		for _, uid := range b.UIDs {
			each = append(each, Batch{Mailbox: b.Mailbox, UIDValidity: b.UIDValidity, UIDs: []uint32{uid}})
		}
	}
	return each
}

// FlagsQuery asks to change flags.
type FlagsQuery struct {
	IDs                  []contract.MessageID // of one account
	Add, Remove, Replace []string             // one of them; Replace may be empty but not nil
}

// PlanFlags sorts the messages by mailbox; it asks the server nothing.
func (s *Service) PlanFlags(q FlagsQuery) (*Plan, error) {
	account, err := accountOf(q.IDs)
	if err != nil {
		return nil, err
	}
	pool, err := s.accounts.Find(account)
	if err != nil {
		return nil, err
	}
	p := &Plan{Change: &Change{Kind: Flags, Account: pool.Account().ID, Batches: batches(q.IDs)}}
	for i := range p.Change.Batches {
		b := &p.Change.Batches[i]
		b.Add, b.Remove = q.Add, q.Remove
		if q.Replace != nil {
			b.Add, b.Replace = q.Replace, true
		}
	}
	return p, nil
}
