package change

import (
	"mail-imap-mcp/internal/contract"
)

// Kind is what a change does to messages.
type Kind string

// The kinds of changes.
const (
	Flags  Kind = "flags"
	Move   Kind = "move" // archive, junk and delete-to-Trash too
	Copy   Kind = "copy"
	Delete Kind = "delete" // for good
)

// Change is a change of messages as it was planned: ids only, no content, so
// that it can be kept in a journal. Its batches are independent of each other;
// each is the work of one command in one mailbox or, between accounts, one
// message.
type Change struct {
	Kind      Kind    `json:"kind"`
	Account   string  `json:"account"`
	ToAccount string  `json:"to_account,omitempty"` // copies and moves between accounts; empty: the same
	Batches   []Batch `json:"batches"`
}

// Batch is what one command changes in one mailbox.
type Batch struct {
	Mailbox     string   `json:"mailbox"`
	UIDValidity uint32   `json:"uidvalidity"`
	UIDs        []uint32 `json:"uids"`         // ascending, no duplicates
	To          string   `json:"to,omitempty"` // destination of a move or copy

	// What happens to flags: either some are added and removed, or all replaced.
	Add     []string `json:"add,omitempty"`
	Remove  []string `json:"remove,omitempty"`
	Replace bool     `json:"replace,omitempty"` // by Add alone; it may be empty
}

// ids are the messages of batch i.
func (c *Change) ids(i int) []contract.MessageID {
	b := c.Batches[i]
	ids := make([]contract.MessageID, len(b.UIDs))
	for j, uid := range b.UIDs {
		ids[j] = contract.MessageID{Account: c.Account, Mailbox: b.Mailbox, UIDValidity: b.UIDValidity, UID: uid}
	}
	return ids
}

// Messages is how many messages the change is about.
func (c *Change) Messages() int {
	n := 0
	for _, b := range c.Batches {
		n += len(b.UIDs)
	}
	return n
}

// OutcomeStatus says what is known of one message after a change.
type OutcomeStatus string

// The statuses of an outcome.
const (
	Done         OutcomeStatus = "done" // the server confirmed it, or it was seen to be so
	Failed       OutcomeStatus = "failed"
	Unknown      OutcomeStatus = "unknown" // the connection died before the answer, and it could not be found out
	NotAttempted OutcomeStatus = "not_attempted"
)

// Outcome is what became of one message. It says where the message is now: no
// message is ever in none of its places.
type Outcome struct {
	ID      contract.MessageID  `json:"id"`
	Status  OutcomeStatus       `json:"status"`
	NewID   *contract.MessageID `json:"new_id,omitempty"` // of a moved or copied message, where it is known
	Code    contract.Code       `json:"code,omitempty"`
	Message string              `json:"message,omitempty"`

	// LeftFlagged: the original of a move is still there, marked \Deleted, for
	// the server or the owner lets nothing be removed.
	LeftFlagged bool `json:"left_flagged,omitempty"`
	// Final: the server refused it in a way that it would again.
	Final bool `json:"final,omitempty"`

	// Added and Removed are the flags that really changed, for undo.
	Added   []string `json:"added,omitempty"`
	Removed []string `json:"removed,omitempty"`
}

// Retryable reports whether it may be done when it is asked for again.
func (o Outcome) Retryable() bool {
	return !o.Final && (o.Code == contract.Unavailable || o.Code == contract.Timeout)
}

// Evidence is what is known right before a batch changes anything: what is
// needed to find out afterwards, even after a crash, what happened. It has ids
// and numbers only.
type Evidence struct {
	Batch int `json:"batch"`
	// Present are the messages of the batch that are there, in the order of
	// their UIDs; only they are changed.
	Present []Present `json:"present"`
	// The destination before the change; zero without one.
	ToUIDValidity uint32 `json:"to_uidvalidity,omitempty"`
	ToUIDNext     uint32 `json:"to_uidnext,omitempty"`
}

// Present is one message before a change.
type Present struct {
	UID   uint32   `json:"uid"`
	Flags []string `json:"flags,omitempty"`
	// Print recognises the message in another mailbox: a hash (fingerprint).
	Print string `json:"print,omitempty"`
}

// Witness records the evidence durably before a batch changes anything. An
// error keeps the batch from being made.
type Witness func(Evidence) error
