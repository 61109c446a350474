package thread

import (
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/message"
)

// Query asks for the conversation that a message belongs to.
type Query struct {
	ID        contract.MessageID
	Limit     int      // messages shown; 0: DefaultLimit
	Position  int      // the first message shown, counted from the oldest, which is 1; 0: the newest are shown, or those around ID
	MaxChars  int      // characters of text of all messages shown; 0: DefaultMaxChars
	Mailboxes []string // looked into beside the usual ones, at most MaxMailboxes
}

// Message is one message of a conversation.
type Message struct {
	mailbox.Summary
	AlsoIn        []string // other mailboxes with a copy; never nil
	BodyText      *string  // what its writer wrote, without what was quoted; nil: not read
	BodyTruncated bool
	Removed       map[string]int // what was hidden and removed, by kind
	Uncertain     map[string]int // what was left out because it may be hidden, by reason
	Attachments   []message.Attachment
	Notes         []string
}

// Thread is a conversation, oldest message first.
type Thread struct {
	Account          string
	Messages         []Message
	Total            int // messages in the conversation, copies not counted
	TotalApproximate bool
	Earlier, Later   int      // messages that were found and not shown
	Missing          int      // messages that others refer to and that were not found
	Unread           int      // messages shown whose text could not be fetched, or not all of it
	CutTexts         int      // messages shown whose text goes on
	Searched         []string // mailboxes that were looked into
	Unsearched       []string // mailboxes that could not be
	Issues           []contract.Issue
}

// Truncated reports whether the conversation has more messages than are shown.
func (t *Thread) Truncated() bool { return t.Total > len(t.Messages) }
