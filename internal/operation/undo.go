package operation

import (
	"fmt"
	"slices"
	"strings"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailbox"
)

// Undo is how an operation is taken back: by changes that are planned from what
// was recorded, and no others.
type Undo struct {
	Of      string // the operation
	Kind    string
	Account string
	// Changes put messages back; they are made one after the other.
	Changes []*mailbox.Change
	// Refused are messages that cannot be put back, and why.
	Refused []mailbox.Outcome
}

// Messages is how many messages are put back.
func (u *Undo) Messages() int {
	n := 0
	for _, c := range u.Changes {
		n += c.Messages()
	}
	return n
}

// undoable reports whether a kind of work can be taken back at all.
func undoable(w Work) bool {
	for _, ch := range w.Changes {
		if ch.Kind == mailbox.ChangeFlags || ch.Kind == mailbox.ChangeMove {
			return true
		}
	}
	return false
}

// Undo plans how a caller's operation is taken back. It changes nothing: an
// operation whose Work.Undoes names it does.
func (r *Registry) Undo(caller, id string) (*Undo, error) {
	o, err := r.Get(caller, id)
	if err != nil {
		return nil, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case !final(o.state):
		return nil, contract.Errorf(contract.Conflict, "operation %s is still under way; wait for it, or cancel it first", id)
	case o.undoneBy != "" || o.undoing:
		return nil, contract.Errorf(contract.Conflict, "operation %s was undone already (%s)", id, o.undoneBy)
	case !undoable(o.work):
		return nil, contract.Errorf(contract.InvalidInput, "%s", notUndoable(o.work))
	case !r.now().Before(o.finished.Add(r.window)):
		return nil, contract.Errorf(contract.InvalidInput, "operation %s ended at %s; only what was done in the last %s can be undone (MAIL_IMAP_UNDO_WINDOW_SECONDS)",
			id, o.finished.UTC().Format("15:04:05 UTC"), r.window)
	}
	u := &Undo{Of: id, Kind: "undo", Account: o.work.Account}
	for i, st := range o.steps {
		if o.outcomes[i] != nil {
			u.plan(st.change, o.outcomes[i])
		} else {
			u.plan(st.change, o.pending(i))
		}
	}
	if u.Messages() == 0 {
		return nil, contract.Errorf(contract.InvalidInput, "nothing of operation %s can be put back: %s", id, why(u.Refused))
	}
	return u, nil
}

func notUndoable(w Work) string {
	switch {
	case len(w.Changes) == 0:
		return "this cannot be taken back by undo; a draft can be deleted like any message, a mailbox be renamed back"
	case w.Changes[0].Kind == mailbox.ChangeCopy:
		return "a copy is not taken back by undo; delete the copies (their ids are in the result), which moves them to Trash"
	}
	return "what was removed for good cannot be put back"
}

func why(refused []mailbox.Outcome) string {
	for _, o := range refused {
		if o.Message != "" {
			return o.Message
		}
	}
	return "nothing of it was done"
}

// plan sorts the messages into changes.
func (u *Undo) plan(done *mailbox.Change, outcomes []mailbox.Outcome) {
	for _, o := range outcomes {
		switch {
		case o.Status == mailbox.NotAttempted, o.Status == mailbox.Failed && o.NewID == nil && !o.LeftFlagged && len(o.Added)+len(o.Removed) == 0:
			// Nothing was done to it.
		case done.Kind == mailbox.ChangeFlags:
			u.flags(o.ID, o.Removed, o.Added)
		case o.Status == mailbox.Unknown:
			u.refuse(o, "whether it was moved is not known; look for it where it was and where it was to go")
		case o.LeftFlagged:
			// The original is there: it is unmarked, and the copy marked.
			u.flags(o.ID, nil, []string{`\Deleted`})
			if o.NewID != nil {
				u.flags(*o.NewID, []string{`\Deleted`}, nil)
			}
		case o.Status == mailbox.Failed:
			u.refuse(o, "it lies in both mailboxes; delete the copy to have it as before")
		case o.NewID == nil:
			u.refuse(o, "the mail server did not say where it went; search for it in the destination and move it")
		default:
			u.move(done, o)
		}
	}
}

func (u *Undo) refuse(o mailbox.Outcome, why string) {
	u.Refused = append(u.Refused, mailbox.Outcome{ID: o.ID, Status: mailbox.Failed, Code: contract.Conflict, Message: why, NewID: o.NewID})
}

// flags adds and removes flags of one message.
func (u *Undo) flags(id contract.MessageID, add, remove []string) {
	if len(add)+len(remove) == 0 {
		return
	}
	c := u.change(mailbox.ChangeFlags, id.Account, "")
	place(c, id, func(b mailbox.Batch) bool { return sameSet(b.Add, add) && sameSet(b.Remove, remove) },
		mailbox.Batch{Add: add, Remove: remove})
}

// move puts one message back to where it was.
func (u *Undo) move(done *mailbox.Change, o mailbox.Outcome) {
	back := ""
	if done.ToAccount != "" {
		back = done.Account
	}
	c := u.change(mailbox.ChangeMove, o.NewID.Account, back)
	place(c, *o.NewID, func(b mailbox.Batch) bool { return back == "" && b.To == o.ID.Mailbox }, mailbox.Batch{To: o.ID.Mailbox})
}

// change finds or makes the change of a kind.
func (u *Undo) change(kind mailbox.ChangeKind, account, to string) *mailbox.Change {
	for _, c := range u.Changes {
		if c.Kind == kind && c.Account == account && c.ToAccount == to {
			return c
		}
	}
	c := &mailbox.Change{Kind: kind, Account: account, ToAccount: to}
	u.Changes = append(u.Changes, c)
	return c
}

// place puts a message into a batch of its mailbox that fits, or into a new one.
func place(c *mailbox.Change, id contract.MessageID, fits func(mailbox.Batch) bool, fresh mailbox.Batch) {
	for i := range c.Batches {
		b := &c.Batches[i]
		if b.Mailbox == id.Mailbox && b.UIDValidity == id.UIDValidity && fits(*b) {
			if at, there := slices.BinarySearch(b.UIDs, id.UID); !there {
				b.UIDs = slices.Insert(b.UIDs, at, id.UID)
			}
			return
		}
	}
	fresh.Mailbox, fresh.UIDValidity, fresh.UIDs = id.Mailbox, id.UIDValidity, []uint32{id.UID}
	c.Batches = append(c.Batches, fresh)
}

func sameSet(a, b []string) bool {
	key := func(list []string) string {
		sorted := slices.Clone(list)
		slices.Sort(sorted)
		return fmt.Sprint(len(sorted), strings.Join(sorted, " "))
	}
	return key(a) == key(b)
}

// claim keeps an operation from being undone twice.
func (r *Registry) claim(caller, id string) error {
	o, err := r.Get(caller, id)
	if err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.undoing || o.undoneBy != "" {
		return contract.Errorf(contract.Conflict, "operation %s was undone already", id)
	}
	o.undoing = true
	return nil
}

// undone marks what an operation took back. Where it put nothing back, it may be
// tried again.
func (r *Registry) undone(by *Operation) {
	if by.work.Undoes == "" {
		return
	}
	o, err := r.Get(by.work.Caller, by.work.Undoes)
	if err != nil {
		return // forgotten meanwhile
	}
	done := by.Snapshot(false).Counts.Done
	o.mu.Lock()
	defer o.mu.Unlock()
	o.undoing = false
	if done > 0 {
		o.undoneBy = by.work.ID
	}
}
