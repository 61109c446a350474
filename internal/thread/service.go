// Package thread finds the conversation a message belongs to, in all mailboxes
// where its parts may lie, and reads what each of its writers wrote.
package thread

import (
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/people"
)

// Service finds conversations of a fixed set of accounts. It is safe for concurrent use.
type Service struct {
	accounts *imapconn.Accounts
	people   *people.Service
}

// New makes a Service for accounts; who decides under lockdown.
func New(accounts *imapconn.Accounts, who *people.Service) *Service {
	return &Service{accounts: accounts, people: who}
}
