package change

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
)

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
	sent         bool // a command that changes something has left

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
		if o := &a.outcomes[j]; o.Status == NotAttempted {
			o.Status, o.Code, o.Message, o.Final = status, issue.Code, issue.Message, isFinal(err)
		}
	}
}

// failRest says that what is not settled yet was refused by the server.
func (a *attempt) failRest(err error) {
	issue := imapconn.AsIssue("change", err)
	for _, p := range a.evidence.Present {
		if a.outcomes[a.index[p.UID]].Status == NotAttempted {
			a.settle(p.UID, Outcome{
				Status: Failed, Code: issue.Code, Final: isFinal(err),
				Message: fmt.Sprintf("%s; the message is unchanged in %q", issue.Message, a.batch.Mailbox),
			})
		}
	}
}

// isFinal reports whether the server would refuse it again.
func isFinal(err error) bool {
	var fault *contract.Fault
	return imapconn.IsRefusal(err) && errors.As(imapconn.Classify("change", err), &fault) && !fault.Retryable
}

// delivered reports whether a message is there and the server told of it; else it
// is settled.
func (a *attempt) delivered(uid uint32, r *imap.Message) bool {
	switch {
	case r == nil:
		a.fail(uid, contract.NotFound, "%s", contract.ErrGone(a.outcomes[a.index[uid]].ID).Error())
	case r.Flags == nil:
		a.fail(uid, contract.Unavailable, "the mail server has this message and does not deliver it, so it is left as it is in %q", a.batch.Mailbox)
	}
	return r != nil && r.Flags != nil
}

// present are the UIDs that are there.
func (a *attempt) present() []uint32 {
	uids := make([]uint32, len(a.evidence.Present))
	for i, p := range a.evidence.Present {
		uids[i] = p.UID
	}
	return uids
}

// begin records the evidence; from here on something may change.
func (a *attempt) begin() error {
	if a.sent {
		return nil // MOVE, before COPY
	}
	if err := a.witness(a.evidence); err != nil {
		return err
	}
	a.sent = true
	return nil
}

// errNotRepeated keeps a command that changes something from being sent twice.
var errNotRepeated = errors.New("the connection was lost after a change was sent")

// lookOptions is what must be known of a message before it is changed.
func lookOptions(kind Kind) *imap.FetchOptions {
	o := &imap.FetchOptions{Flags: true}
	if kind == Move || kind == Copy {
		return printOptions(o)
	}
	return o
}

func presentOf(r *imap.Message, kind Kind) Present {
	p := Present{UID: r.UID, Flags: slices.DeleteFunc(imapconn.ShownFlags(r.Flags), isRecent)}
	if kind == Move || kind == Copy {
		p.Print = fingerprint(r)
	}
	return p
}

func isRecent(flag string) bool { return strings.EqualFold(flag, `\Recent`) }

// notDestination turns a refused STATUS into words (RFC 5530 §3).
func notDestination(mailbox string, err error) error {
	var refusal *imap.Error
	if errors.As(err, &refusal) && refusal.Type == imap.StatusResponseTypeNo {
		// The words of any mailbox that is not there, which a denied one has too.
		return contract.ErrNoMailbox(mailbox, "")
	}
	return fmt.Errorf("STATUS of the destination: %w", err)
}

// gmail is what a change has to know of Gmail, where mailboxes are labels: a
// message is removed for good only from Trash and Spam. Elsewhere a removal
// takes the label off and the message stays in All Mail, and nothing is moved
// out of All Mail but to Trash and Spam. The zero value is another server.
type gmail struct {
	here             bool
	all, trash, junk string
}

// newID names a message in the destination.
func (a *attempt) newID(validity, uid uint32) *contract.MessageID {
	account := a.change.Account
	if a.change.ToAccount != "" {
		account = a.change.ToAccount
	}
	return &contract.MessageID{Account: account, Mailbox: a.batch.To, UIDValidity: validity, UID: uid}
}

// inBoth says that a message is in two places.
func inBoth(b Batch) string {
	return fmt.Sprintf("it was copied to %q and its original is still in %q", b.To, b.Mailbox)
}
