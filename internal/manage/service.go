// Package manage makes, renames, deletes and subscribes mailboxes. Only a mailbox
// that is empty is deleted: no message is ever lost by it.
package manage

import (
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/people"
)

// Service manages the mailboxes of a fixed set of accounts. It is safe for concurrent use.
type Service struct {
	accounts *imapconn.Accounts
	people   *people.Service
}

// New makes a Service for accounts; who is told when mailboxes may have changed their place.
func New(accounts *imapconn.Accounts, who *people.Service) *Service {
	return &Service{accounts: accounts, people: who}
}
