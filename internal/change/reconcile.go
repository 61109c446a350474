package change

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
)

// reconcile finds out what happened to a batch whose change was sent and then
// refused, or whose connection was lost. It only reads. What cannot be found out
// is unknown.
func (s *Service) reconcile(ctx context.Context, pool *imapconn.Pool, a *attempt, err error) {
	issue := imapconn.AsIssue("change", err)
	looks := reconcileLooks
	if imapconn.IsRefusal(err) || !imapconn.IsFault(err) {
		looks = 1 // the server is done with it
	}
	s.lookUntil(ctx, a, looks, issue.Message, func() error {
		return pool.Do(ctx, "", func(_ context.Context, c *imapconn.Conn) error { return a.find(c) })
	})
	a.leaveOpen(err)
	for j := range a.outcomes { // what failed says why, in the server's words where it refused
		if o := &a.outcomes[j]; o.Status == Failed && o.Code == contract.Unavailable {
			o.Code, o.Message, o.Final = issue.Code, issue.Message+"; "+o.Message, isFinal(err)
		}
	}
}

// leaveOpen has what was not done yet be unknown where the server did not answer
// in time: it may be at work still, long after it was looked.
func (a *attempt) leaveOpen(lost error) {
	var fault *contract.Fault
	if !errors.As(lost, &fault) || fault.Code != contract.Timeout {
		return
	}
	for j := range a.outcomes {
		if o := &a.outcomes[j]; o.Status == Failed && o.Code == contract.Unavailable {
			o.Status, o.Code = Unknown, contract.Timeout
			o.Message += "; the mail server did not answer in time and may still do it: look again before repeating it"
		}
	}
}

// lookUntil looks until all is done, so many times. Where it cannot look
// everything is unknown, for that reason, and false is returned.
func (s *Service) lookUntil(ctx context.Context, a *attempt, looks int, reason string, find func() error) (found bool) {
	for look := range looks {
		if look > 0 && !s.pause(ctx) {
			return true
		}
		if find() != nil {
			a.unknown(reason)
			return false
		}
		if a.allDone() {
			return true
		}
	}
	return true
}

func (a *attempt) unknown(reason string) {
	for _, p := range a.evidence.Present {
		a.settle(p.UID, Outcome{
			Status: Unknown, Code: contract.Unavailable, NewID: a.verified[p.UID],
			Message: reason + "; whether it was done could not be found out: look for it in " + a.places(),
		})
	}
}

// places are where a message of the batch can be.
func (a *attempt) places() string {
	if a.batch.To == "" {
		return fmt.Sprintf("%q", a.batch.Mailbox)
	}
	return fmt.Sprintf("%q and %q", a.batch.Mailbox, a.batch.To)
}

func (a *attempt) allDone() bool {
	for _, p := range a.evidence.Present {
		if a.outcomes[a.index[p.UID]].Status != Done {
			return false
		}
	}
	return true
}

// find looks, in one flight, at what is left of the messages in their mailbox
// and what arrived in the destination, and settles each.
func (a *attempt) find(c *imapconn.Conn) error {
	c.Refresh()
	mailboxes := []string{a.batch.Mailbox}
	if a.batch.To != "" {
		mailboxes = append(mailboxes, a.batch.To)
	}
	var look *sight
	var fetch *imap.Fetch
	stops := c.Tour(mailboxes, func(i int) {
		if i == 0 {
			look = see(c, a.present(), &imap.FetchOptions{Flags: true}).ask(c, a.present())
		} else {
			fetch = a.fetchArrivals(c)
		}
	})()
	for _, stop := range stops {
		if stop.Err != nil && imapconn.IsFault(stop.Err) {
			return stop.Err
		}
	}
	if stops[0].Err != nil || stops[0].Selected.UIDValidity != a.batch.UIDValidity {
		return contract.Errorf(contract.Conflict, "mailbox %q was rebuilt or removed meanwhile", a.batch.Mailbox)
	}
	left, err := look.flags(c)
	if err != nil {
		return err
	}
	var copies map[uint32]*contract.MessageID
	if len(stops) > 1 && stops[1].Err == nil {
		arrived, err := a.readArrivals(fetch)
		if err != nil {
			return err
		}
		copies = a.recognise(stops[1].Selected.UIDValidity, arrived, left)
	}
	a.settleSeen(left, copies)
	return nil
}

// settleSeen says what happened to each message, by where it is.
func (a *attempt) settleSeen(left map[uint32][]string, copies map[uint32]*contract.MessageID) {
	if a.change.Kind == Flags {
		a.compareFlags(left)
		return
	}
	for _, p := range a.evidence.Present {
		flags, there := left[p.UID]
		a.settle(p.UID, a.seen(p, flags, there, cmp.Or(a.verified[p.UID], copies[p.UID])))
	}
}

func (a *attempt) seen(p Present, flags []string, there bool, id *contract.MessageID) Outcome {
	unchanged := Outcome{Status: Failed, Code: contract.Unavailable, Message: fmt.Sprintf("it is still in %q, unchanged", a.batch.Mailbox)}
	flagged := hasFlag(flags, `\Deleted`) && !hasFlag(p.Flags, `\Deleted`)
	switch {
	case a.change.Kind == Delete && !there:
		return Outcome{Status: Done}
	case a.change.Kind == Delete && flagged:
		return Outcome{Status: Failed, Code: contract.Unavailable, LeftFlagged: true, Message: `it is marked \Deleted and still there`}
	case a.change.Kind == Delete:
		return unchanged
	case id != nil && (a.change.Kind == Copy || !there):
		return Outcome{Status: Done, NewID: id}
	case id != nil:
		return Outcome{Status: Failed, Code: contract.Unavailable, NewID: id, LeftFlagged: flagged, Message: inBoth(a.batch)}
	case there && a.confirmed:
		return Outcome{
			Status: Unknown, Code: contract.Unavailable, LeftFlagged: flagged,
			Message: fmt.Sprintf("the mail server confirmed that it was copied to %q, where it was not recognised; look for it there. It is still in %q", a.batch.To, a.batch.Mailbox),
		}
	case there && a.blind && !a.inOneStep:
		return Outcome{
			Status: Unknown, Code: contract.Unavailable, LeftFlagged: flagged,
			Message: fmt.Sprintf("it is still in %q; whether a copy of it is in %q could not be found out", a.batch.Mailbox, a.batch.To),
		}
	case there:
		return unchanged
	}
	return Outcome{
		Status: Unknown, Code: contract.Unavailable,
		Message: fmt.Sprintf("it is no longer in %q and was not recognised in %q; search for it there", a.batch.Mailbox, a.batch.To),
	}
}
