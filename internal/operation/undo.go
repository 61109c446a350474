package operation

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"mail-imap-mcp/internal/change"
	"mail-imap-mcp/internal/contract"
)

// Undo is a plan to take an operation back. It marks nothing: what is started
// with Work.Undoes does (StartAll, if there is more than one change).
type Undo struct {
	Of, Kind string
	Changes  []*change.Change // each an operation of its own, with InOrder
	Refused  []change.Outcome // what cannot be put back, and why
	InOrder  bool             // for Work: the changes' batches go one after the other
	Renamed  *Renamed         // a mailbox that gets its name back, instead of changes
}

// deleted is the flag of messages that the next EXPUNGE of anybody removes
// (RFC 9051 §2.3.2).
const deleted = `\Deleted`

// Undo plans how to take an operation back. It is a conflict while the
// operation runs, once it is taken back or being so, when it changed nothing,
// when its kind cannot be taken back, and when the undo window is over.
func (r *Registry) Undo(caller, id string) (*Undo, error) {
	o, err := r.Get(caller, id)
	if err != nil {
		return nil, err
	}
	if by, running := r.undoneBy(id); by != "" {
		return nil, alreadyUndone(by, running)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.finished() {
		return nil, contract.Errorf(contract.Conflict, "the operation is still running; cancel it, or wait for its end")
	}
	if err := undoableKind(o.work); err != nil {
		return nil, err
	}
	if until := o.finishedAt.Add(r.options.UndoWindow); until.Before(r.options.Now()) {
		return nil, contract.Errorf(contract.Conflict,
			"the operation ended more than %s ago, too long to be taken back by itself; its result says where the messages are", r.options.UndoWindow)
	}
	if o.work.Renamed != nil {
		return o.renameBack()
	}
	undo := o.plan()
	if len(undo.Changes)+len(undo.Refused) == 0 {
		return nil, contract.Errorf(contract.Conflict, "the operation changed nothing, so there is nothing to take back")
	}
	return undo, nil
}

func alreadyUndone(by string, running bool) error {
	if running {
		return contract.Errorf(contract.Conflict, "the operation is being taken back by %s", by)
	}
	return contract.Errorf(contract.Conflict, "the operation was taken back by %s; undo that one to have it again", by)
}

// renameBack plans to give a mailbox its name back; o.mu is held.
func (o *Operation) renameBack() (*Undo, error) {
	if o.verdict() != Done {
		return nil, contract.Errorf(contract.Conflict, "it is not known that the mailbox was renamed; look with imap_list_mailboxes, and rename it with imap_manage_mailbox")
	}
	return &Undo{Of: o.id, Kind: o.work.Kind, Renamed: &Renamed{From: o.work.Renamed.To, To: o.work.Renamed.From}}, nil
}

func undoableKind(w Work) error {
	c := w.Change
	switch {
	case w.Renamed != nil:
		return nil
	case c == nil:
		return contract.Errorf(contract.Conflict,
			"drafts, and changes of mailboxes but renaming, cannot be taken back by themselves; move the draft to Trash, or change the mailbox back with imap_manage_mailbox")
	case c.Kind == change.Copy:
		return contract.Errorf(contract.Conflict, "a copy took nothing away; move the copies (new_message_id) to Trash instead")
	case c.Kind == change.Delete:
		return contract.Errorf(contract.Conflict, "what was deleted for good cannot be brought back; ask the mail provider for a backup")
	}
	return nil
}

// undoable says whether there is something to take back; o.mu is held.
func (o *Operation) undoable() bool {
	if undoableKind(o.work) != nil {
		return false
	}
	return o.work.Renamed != nil && o.verdict() == Done || o.work.Renamed == nil && len(o.plan().Changes) > 0
}

// undoneBy names the operation that takes or took this one back, and says
// whether it is still running.
func (r *Registry) undoneBy(id string) (by string, running bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.takenBackBy(id)
}

// takenBackBy is undoneBy with r.mu held. One that ended with nothing done took
// nothing back.
func (r *Registry) takenBackBy(id string) (by string, running bool) {
	for _, o := range r.sorted() {
		if o.work.Undoes != id {
			continue
		}
		o.mu.Lock()
		over, c := o.finished(), o.counts()
		o.mu.Unlock()
		if !over {
			return o.id, true
		}
		if c.Done > 0 {
			by = o.id
		}
	}
	return by, false
}

// plan is how to put back what the outcomes say was done; o.mu is held.
func (o *Operation) plan() *Undo {
	undo := &Undo{Of: o.id, Kind: o.work.Kind}
	var p planner
	for _, b := range o.batches {
		for _, m := range b.outcomes {
			switch {
			case m.Status == change.Unknown:
				undo.refuse(m, "it is not known whether it was changed; look at it first")
			case m.Status != change.Done: // it was not changed
			case o.work.Change.Kind == change.Flags:
				p.flags(m.ID, m.Removed, m.Added)
			case m.NewID == nil && m.LeftFlagged:
				undo.refuse(m, "the original is still there, marked \\Deleted; remove that flag, and the copy")
			case m.NewID == nil:
				undo.refuse(m, fmt.Sprintf("it was moved, but the server did not say under which id; search for it in %q", o.destination(m.ID)))
			case m.LeftFlagged:
				p.flags(m.ID, nil, []string{deleted})
				if m.NewID.Account == m.ID.Account { // another account's copy stays: nothing could see to the order
					p.flags(*m.NewID, []string{deleted}, nil)
				}
			default:
				p.move(*m.NewID, m.ID)
			}
		}
	}
	undo.Changes, undo.InOrder = p.changes()
	return undo
}

// destination is where the message was moved to.
func (o *Operation) destination(id contract.MessageID) string {
	for _, b := range o.work.Change.Batches {
		if b.Mailbox == id.Mailbox && b.UIDValidity == id.UIDValidity && slices.Contains(b.UIDs, id.UID) {
			return b.To
		}
	}
	return ""
}

func (u *Undo) refuse(m change.Outcome, why string) {
	u.Refused = append(u.Refused, change.Outcome{ID: m.ID, NewID: m.NewID, Status: change.Failed, Code: contract.Conflict, Message: why})
}

// planner groups what is to be done to messages into batches.
type planner struct {
	order  []step
	groups map[step][]uint32
}

// step is what a batch has in common; its fields can be compared.
type step struct {
	kind                   change.Kind
	account, toAccount     string
	mailbox, to            string
	uidValidity, only      uint32 // only: between accounts, a batch is one message
	add, remove            string // NUL between flags
	marksDeleted, unmarked bool
}

func (p *planner) put(s step, uid uint32) {
	if p.groups == nil {
		p.groups = map[step][]uint32{}
	}
	if _, ok := p.groups[s]; !ok {
		p.order = append(p.order, s)
	}
	p.groups[s] = append(p.groups[s], uid)
}

func (p *planner) flags(id contract.MessageID, add, remove []string) {
	if len(add)+len(remove) == 0 {
		return
	}
	isDeleted := func(flag string) bool { return strings.EqualFold(flag, deleted) }
	p.put(step{
		kind: change.Flags, account: id.Account, mailbox: id.Mailbox, uidValidity: id.UIDValidity,
		add: joined(add), remove: joined(remove),
		marksDeleted: slices.ContainsFunc(add, isDeleted), unmarked: slices.ContainsFunc(remove, isDeleted),
	}, id.UID)
}

func (p *planner) move(from, to contract.MessageID) {
	s := step{kind: change.Move, account: from.Account, mailbox: from.Mailbox, uidValidity: from.UIDValidity, to: to.Mailbox}
	if from.Account != to.Account {
		s.toAccount, s.only = to.Account, from.UID
	}
	p.put(s, from.UID)
}

func joined(flags []string) string {
	return strings.Join(slices.Compact(slices.Sorted(slices.Values(flags))), "\x00")
}

func split(flags string) []string {
	if flags == "" {
		return nil
	}
	return strings.Split(flags, "\x00")
}

// changes are the batches, by kind and accounts. Those that take \Deleted off
// come first and those that put it on last, in order: were the first ones to
// fail, original and copy would both be marked, and the next EXPUNGE take both.
func (p *planner) changes() (list []*change.Change, inOrder bool) {
	slices.SortStableFunc(p.order, func(a, b step) int { return cmp.Compare(a.rank(), b.rank()) })
	inOrder = len(p.order) > 0 && p.order[0].unmarked && p.order[len(p.order)-1].marksDeleted
	for _, s := range p.order {
		uids := slices.Compact(slices.Sorted(slices.Values(p.groups[s])))
		b := change.Batch{Mailbox: s.mailbox, UIDValidity: s.uidValidity, UIDs: uids, To: s.to, Add: split(s.add), Remove: split(s.remove)}
		at := slices.IndexFunc(list, func(c *change.Change) bool {
			return c.Kind == s.kind && c.Account == s.account && c.ToAccount == s.toAccount
		})
		if at < 0 {
			at = len(list)
			list = append(list, &change.Change{Kind: s.kind, Account: s.account, ToAccount: s.toAccount})
		}
		list[at].Batches = append(list[at].Batches, b)
	}
	return list, inOrder
}

func (s step) rank() int {
	switch {
	case s.unmarked:
		return 0
	case s.marksDeleted:
		return 2
	}
	return 1
}
