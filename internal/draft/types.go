package draft

import "mail-imap-mcp/internal/contract"

// Query asks for a draft: a new mail, a reply or a forward.
type Query struct {
	Account string
	// To, Cc and Bcc are added to those whom a reply goes to anyway.
	To, Cc, Bcc []string // "ann@example.org" or "Ann <ann@example.org>"
	Subject     string   // "": of a reply or forward, the original's
	Body        string   // Markdown or plain

	ReplyTo  *contract.MessageID
	ReplyAll bool
	Forward  *contract.MessageID
	Attach   []PartRef

	// Replaces is a draft of the same account that this one takes the place of. It
	// is only checked here: whoever saves the new one moves it away then.
	Replaces *contract.MessageID
}

// PartRef names a part of a message, in any of the accounts.
type PartRef struct {
	ID     contract.MessageID
	PartID string // IMAP section number, or the name of the file
}

const stageDraft = "draft"
