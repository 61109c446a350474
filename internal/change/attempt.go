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

// begin records the evidence; from here on something may change.
func (a *attempt) begin() error {
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
	p := Present{UID: r.UID, Flags: slices.DeleteFunc(r.Flags, isRecent)}
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
		return contract.Errorf(contract.NotFound, "mailbox %q does not exist; imap_list_mailboxes shows the names", mailbox)
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
