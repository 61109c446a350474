package change

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"mail-imap-mcp/internal/contract"
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

// errNotRepeated keeps a command that changes something from being sent twice.
var errNotRepeated = errors.New("the connection was lost after a change was sent")

// attempt is one batch while it is made.
type attempt struct {
	change   *Change
	number   int
	batch    Batch
	witness  Witness
	outcomes []Outcome
	index    map[uint32]int // of a UID's outcome

	neverExpunge bool
	evidence     Evidence
	permanent    []imap.Flag
	gmail        gmail
	refusal      string // of a command in whose place what is left was looked at
	sent         bool   // a command that changes something has left

	// verified are copies that were seen in the destination: known for good,
	// whether or not a later look recognises them.
	verified map[uint32]*contract.MessageID
	// blind: what is new in the destination cannot be told.
	blind bool
	// inOneStep: what is left in its mailbox has no copy (MOVE).
	inOneStep bool
	// confirmed: the server has answered COPY with OK.
	confirmed bool
}

func newAttempt(ch *Change, i int, witness Witness) *attempt {
	a := &attempt{change: ch, number: i, batch: ch.Batches[i], witness: witness, index: map[uint32]int{}}
	for j, id := range ch.ids(i) {
		a.outcomes = append(a.outcomes, Outcome{ID: id, Status: NotAttempted})
		a.index[id.UID] = j
	}
	return a
}

// settle says what became of one message.
func (a *attempt) settle(uid uint32, o Outcome) {
	if j, ok := a.index[uid]; ok {
		o.ID = a.outcomes[j].ID
		a.outcomes[j] = o
	}
}

// fail says that one message was not changed as asked.
func (a *attempt) fail(uid uint32, code contract.Code, format string, args ...any) {
	a.settle(uid, Outcome{Status: Failed, Code: code, Message: fmt.Sprintf(format, args...)})
}

// refuse says why nothing of the batch was done: with a reason of the request it
// has failed, with one of the network it was not attempted.
func (a *attempt) refuse(err error) {
	status := NotAttempted
	if !imapconn.IsFault(err) {
		status = Failed
	}
	issue := imapconn.AsIssue("change", err)
	for j := range a.outcomes {
		if a.outcomes[j].Status == NotAttempted {
			a.outcomes[j].Status, a.outcomes[j].Code, a.outcomes[j].Message = status, issue.Code, issue.Message
		}
	}
}

// failRest says that what is not settled yet was refused by the server.
func (a *attempt) failRest(err error) {
	issue := imapconn.AsIssue("change", err)
	for _, p := range a.evidence.Present {
		if a.outcomes[a.index[p.UID]].Status == NotAttempted {
			a.fail(p.UID, issue.Code, "%s; the message is unchanged in %q", issue.Message, a.batch.Mailbox)
		}
	}
}

// present are the UIDs that are there, as a set.
func (a *attempt) present() imap.UIDSet {
	var set imap.UIDSet
	for _, p := range a.evidence.Present {
		set.AddNum(imap.UID(p.UID))
	}
	return set
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
	var set imap.UIDSet
	for _, uid := range a.batch.UIDs {
		set.AddNum(imap.UID(uid))
	}
	var fetch *imapclient.FetchCommand
	var status *imapclient.StatusCommand
	var labels *imapconn.ListCommand
	wait := c.OpenToChange(a.batch.Mailbox, func() {
		fetch = c.Client().Fetch(set, lookOptions(a.change.Kind))
		if a.batch.To != "" {
			status = c.Client().Status(a.batch.To, &imap.StatusOptions{UIDNext: true, UIDValidity: true})
		}
		labels = a.askGmail(c)
	})
	there := map[uint32]Present{}
	var fetchErr error
	if fetch != nil {
		fetchErr = imapconn.FetchRows(c, fetch, maxChangeRows, printBytes, func(r imapconn.Row) {
			if _, asked := a.index[r.UID]; asked && r.Flags != nil {
				there[r.UID] = presentOf(r, a.change.Kind)
			}
		})
	}
	labelsErr := a.readGmail(labels)
	open, err := wait()
	if err != nil {
		return err
	}
	if open.UIDValidity != a.batch.UIDValidity {
		return contract.ErrStale(open.UIDValidity, a.batch.UIDValidity)
	}
	if fetchErr != nil {
		return fmt.Errorf("FETCH before the change: %w", fetchErr)
	}
	if labelsErr != nil {
		return labelsErr
	}
	if status != nil {
		data, err := status.Wait()
		if err != nil {
			return notDestination(a.batch.To, err)
		}
		a.evidence.ToUIDValidity, a.evidence.ToUIDNext = data.UIDValidity, uint32(data.UIDNext)
	}
	a.permanent = open.PermanentFlags
	for _, uid := range a.batch.UIDs {
		if p, ok := there[uid]; ok {
			a.evidence.Present = append(a.evidence.Present, p)
		} else {
			a.fail(uid, contract.NotFound, "%s", contract.ErrGone(a.outcomes[a.index[uid]].ID).Error())
		}
	}
	return nil
}

// maxChangeRows is how many rows of a FETCH are looked at: the messages of a
// batch, and what the server tells of others unasked.
const maxChangeRows = 4 * contract.MaxMessageIDs

// lookOptions is what must be known of a message before it is changed.
func lookOptions(kind Kind) *imap.FetchOptions {
	o := &imap.FetchOptions{UID: true, Flags: true}
	if kind == Move || kind == Copy {
		return printOptions(o)
	}
	return o
}

func presentOf(r imapconn.Row, kind Kind) Present {
	p := Present{UID: r.UID, Flags: slices.DeleteFunc(r.Flags, isRecent)}
	if kind == Move || kind == Copy {
		p.Print = fingerprint(r)
	}
	return p
}

// notDestination turns a refused STATUS into words (RFC 5530 §3).
func notDestination(mailbox string, err error) error {
	var refusal *imap.Error
	if errors.As(err, &refusal) && refusal.Type == imap.StatusResponseTypeNo {
		// The words of any mailbox that is not there, which a denied one has too.
		return contract.Errorf(contract.NotFound, "mailbox %q does not exist; imap_list_mailboxes shows the names", mailbox)
	}
	return fmt.Errorf("STATUS of the destination: %w", err)
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

// begin records the evidence; from here on something may change.
func (a *attempt) begin() error {
	if err := a.witness(a.evidence); err != nil {
		return err
	}
	a.sent = true
	return nil
}
