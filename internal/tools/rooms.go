package tools

import (
	"mail-imap-mcp/internal/change"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/draft"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/manage"
	"mail-imap-mcp/internal/people"
	"mail-imap-mcp/internal/thread"
)

// Rooms are what the tools do their work in, all for the same accounts.
type Rooms struct {
	Accounts  *imapconn.Accounts
	Mail      *mailbox.Service
	Threads   *thread.Service
	Changes   *change.Service
	Mailboxes *manage.Service
	Drafts    *draft.Service
}

// NewRooms furnishes them for accounts; cursors are sealed by sealer.
func NewRooms(accounts *imapconn.Accounts, sealer *contract.Sealer, o mailbox.Options) Rooms {
	who := people.New(people.Options{Logger: o.Logger, Now: o.Now})
	mail := mailbox.New(accounts, who, sealer, o)
	return Rooms{
		Accounts:  accounts,
		Mail:      mail,
		Threads:   thread.New(accounts, who),
		Changes:   change.New(accounts, who),
		Mailboxes: manage.New(accounts, who),
		Drafts:    draft.New(accounts, who, mail, draft.Options{Now: o.Now}),
	}
}
