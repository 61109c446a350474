package change

import (
	"context"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
)

// Apply makes batch i of a change and says what became of each of its messages,
// in the order of the batch. It takes two flights where the server has MOVE and
// UIDPLUS: one that opens the mailbox and looks, one that changes.
//
// Nothing is changed before the live mailbox's UIDVALIDITY was compared, the
// destination was seen to exist and witness has recorded the evidence. A command
// that changes something is sent once: when the connection is lost before its
// answer, a new one looks what happened.
func (s *Service) Apply(ctx context.Context, ch *Change, i int, witness Witness) []Outcome {
	a := newAttempt(ch, i, witness)
	pool, err := s.accounts.Find(ch.Account)
	if err != nil {
		a.refuse(err)
		return a.outcomes
	}
	if ch.ToAccount != "" && ch.ToAccount != ch.Account {
		s.applyAcross(ctx, pool, a)
		return a.outcomes
	}
	err = pool.Do(ctx, "", func(_ context.Context, c *imapconn.Conn) error {
		if a.sent {
			return errNotRepeated
		}
		if err := a.look(c, pool.Account().NeverExpunge); err != nil {
			return err
		}
		return a.act(c)
	})
	switch {
	case err == nil:
	case !a.sent:
		a.refuse(imapconn.Classify("change", err))
	default:
		// A refusal too: MOVE may have moved some (RFC 6851 §3.3).
		s.reconcile(ctx, pool, a, err)
	}
	a.sayWhatGmailKeeps()
	return a.outcomes
}

// look is the first flight: it opens the mailbox to change it, finds out which
// of the messages are there and in what state, and asks for the destination.
func (a *attempt) look(c *imapconn.Conn, neverExpunge bool) error {
	a.neverExpunge = neverExpunge
	a.evidence = Evidence{Batch: a.number}
	if a.batch.To != "" {
		if err := c.Client().Permitted(a.batch.To); err != nil {
			return err
		}
	}
	var look *sight
	var status *imap.Query[*imap.StatusData]
	var labels *imapconn.ListCommand
	wait := c.OpenToChange(a.batch.Mailbox, func() {
		look = see(c, a.batch.UIDs, lookOptions(a.change.Kind))
		if a.batch.To != "" {
			status = c.Client().Status(a.batch.To, &imap.StatusOptions{UIDNext: true, UIDValidity: true})
		}
		labels = a.askGmail(c)
	})
	open, err := wait()
	if err != nil {
		return err
	}
	if open.UIDValidity != a.batch.UIDValidity {
		return contract.ErrStale(open.UIDValidity, a.batch.UIDValidity)
	}
	rows, err := look.read(c)
	if err != nil {
		return err
	}
	if err := a.readGmail(labels); err != nil {
		return err
	}
	if status != nil {
		data, err := status.Wait()
		if err != nil {
			return notDestination(a.batch.To, err)
		}
		a.evidence.ToUIDValidity, a.evidence.ToUIDNext = data.UIDValidity, data.UIDNext
	}
	a.permanent = open.PermanentFlags
	for _, uid := range a.batch.UIDs {
		if r := rows[uid]; a.delivered(uid, r) {
			a.evidence.Present = append(a.evidence.Present, presentOf(r, a.change.Kind))
		}
	}
	return nil
}

// act is the flight that changes.
func (a *attempt) act(c *imapconn.Conn) error {
	if len(a.evidence.Present) == 0 {
		return nil
	}
	switch a.change.Kind {
	case Flags:
		return a.storeFlags(c)
	case Move:
		return a.move(c)
	case Copy:
		return a.copyOnly(c)
	case Delete:
		return a.expunge(c)
	}
	return contract.Errorf(contract.InvalidInput, "%q is no change of messages", a.change.Kind)
}
