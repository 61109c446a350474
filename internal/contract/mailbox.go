package contract

import (
	"fmt"
	"strings"
)

// Inbox is the one mailbox that every account has.
const Inbox = "INBOX"

// CanonicalMailbox gives INBOX, the one name whose case does not matter (RFC
// 9051 §5.1), in its usual spelling.
func CanonicalMailbox(name string) string {
	if strings.EqualFold(name, Inbox) {
		return Inbox
	}
	return name
}

// Place is a mailbox of an account.
type Place struct {
	Account string // canonical
	Mailbox string // decoded
}

// noMailbox begins what is said of a mailbox that is not there.
const noMailbox = "mailbox %q does not exist"

// ErrNoMailbox is the answer about a mailbox that is not there, or that the owner
// denies; text is what the mail server says of it.
func ErrNoMailbox(name, text string) *Error {
	return Errorf(NotFound, noMailbox+"%s; imap_list_mailboxes shows the names", name, text)
}

// LacksMailbox reports whether the error says of a mailbox that it is not there.
// It goes by the words, which are all that the outcome of a change keeps.
func (e *Error) LacksMailbox(name string) bool {
	return e.Code == NotFound && strings.Contains(e.Message, fmt.Sprintf(noMailbox, name))
}

// ErrStale is the answer for an id whose UIDVALIDITY is not the mailbox's any
// more: its UID may name another message now (RFC 9051 §2.3.1.1).
func ErrStale(now, said uint32) error {
	return Errorf(Conflict,
		"message_id is stale: the mailbox was rebuilt (UIDVALIDITY is %d, the id says %d); search again for the message", now, said)
}

// ErrGone is the answer for a message that is not in its mailbox.
func ErrGone(id MessageID) error {
	return Errorf(NotFound,
		"message %s does not exist any more; it was moved or deleted: search for it again", id)
}

// ErrSnapshotChanged is the contract's answer to a changed UIDVALIDITY in the
// middle of something: the UIDs no longer name the messages they did.
func ErrSnapshotChanged() error {
	return Errorf(Conflict, "mailbox snapshot changed; rerun search")
}
