package operation

import (
	"cmp"
	"slices"

	"mail-imap-mcp/internal/change"
	"mail-imap-mcp/internal/contract"
)

// Places are the mailboxes that the operation changes, or changed.
func (o *Operation) Places() []contract.Place { return o.work.Places() }

// Places are the mailboxes that the work changes: first those that messages are
// taken from, then those they go to. Of what is no change of messages only the
// account is known.
func (w *Work) Places() []contract.Place {
	ch := w.Change
	if w.Renamed != nil {
		return []contract.Place{{Account: w.Account, Mailbox: w.Renamed.From}, {Account: w.Account, Mailbox: w.Renamed.To}}
	}
	if ch == nil {
		return []contract.Place{{Account: w.Account}}
	}
	var from, to []contract.Place
	for _, b := range ch.Batches {
		from = append(from, contract.Place{Account: ch.Account, Mailbox: b.Mailbox})
		if b.To != "" {
			to = append(to, contract.Place{Account: cmp.Or(ch.ToAccount, ch.Account), Mailbox: b.To})
		}
	}
	return append(from, to...)
}

// Account is whose mail, or mailbox, the operation changes.
func (o *Operation) Account() string { return o.work.Account }

// Follow says where messages are by now: an id that an operation of the caller
// moved away from becomes the new one, as long as the operation is remembered.
// Other ids stay as they are.
func (r *Registry) Follow(caller string, ids []contract.MessageID) []contract.MessageID {
	list := slices.Clone(ids)
	at := make(map[contract.MessageID][]int, len(ids))
	for i, id := range ids {
		at[id] = append(at[id], i)
	}
	for _, o := range slices.Backward(r.all()) { // the oldest first, for what was moved again
		if o.work.Caller != caller || o.work.Change == nil || o.work.Change.Kind != change.Move {
			continue
		}
		o.mu.Lock()
		moved := o.messages()
		o.mu.Unlock()
		for _, m := range moved {
			if m.Status != change.Done || m.NewID == nil || m.LeftFlagged || len(at[m.ID]) == 0 {
				continue
			}
			for _, i := range at[m.ID] {
				list[i] = *m.NewID
			}
			at[*m.NewID] = append(at[*m.NewID], at[m.ID]...)
			delete(at, m.ID)
		}
	}
	return list
}
