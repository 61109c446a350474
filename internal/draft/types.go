package draft

import (
	"io"

	"mail-imap-mcp/internal/contract"
)

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

	// Files are attached after Attach: names of the owner's files in Folder, which
	// is needed where there are any.
	Files  []string
	Folder Folder

	// Replaces is a draft of the same account that this one takes the place of. It
	// is only checked here: whoever saves the new one moves it away then.
	Replaces *contract.MessageID
}

// Folder is where the owner's own files are read that are attached.
type Folder interface {
	// Read writes a file to to and reports its media type.
	Read(name string, to io.Writer) (mediaType string, err error)
}

// PartRef names a part of a message, in any of the accounts.
type PartRef struct {
	ID     contract.MessageID
	PartID string // IMAP section number, or the name of the file
}

const stageDraft = "draft"
