// Package draft builds drafts, replies and forwards and saves them in the Drafts
// mailbox. Nothing is ever sent.
package draft

import (
	"time"

	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/people"
)

// Options are the parts of a Service that have defaults.
type Options struct {
	Now func() time.Time // nil: time.Now
}

// Service writes drafts of a fixed set of accounts. It is safe for concurrent
// use.
type Service struct {
	accounts *imapconn.Accounts
	people   *people.Service
	mail     *mailbox.Service
	now      func() time.Time
}

// New makes a Service for accounts; who knows where Drafts is, and mail reads
// what is answered, forwarded or attached.
func New(accounts *imapconn.Accounts, who *people.Service, mail *mailbox.Service, o Options) *Service {
	s := &Service{accounts: accounts, people: who, mail: mail, now: o.Now}
	if s.now == nil {
		s.now = time.Now
	}
	return s
}
