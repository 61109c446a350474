package contract

import "strings"

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
