// Package change is changing messages: flags, moves, copies and deletions, within
// an account and between accounts.
//
// A change is planned first (plan.go), as batches of one command each. Whether it
// may be made is not asked here (internal/guard). What is changed is looked at
// first and recorded by a Witness, is sent once, and after a lost connection is
// only looked at; no plain EXPUNGE and no CLOSE is ever sent.
package change

import (
	"context"
	"time"

	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/people"
)

// Service changes messages of a fixed set of accounts. It is safe for concurrent
// use.
type Service struct {
	accounts *imapconn.Accounts
	people   *people.Service
	letters  chan struct{} // a place for each message on its way to another account

	// pause gives a server that may still be at work on a lost change a moment
	// before it is looked at again.
	pause func(context.Context) bool
}

// New makes a Service for accounts; who knows where Trash, Junk and Archive
// are.
func New(accounts *imapconn.Accounts, who *people.Service) *Service {
	return &Service{
		accounts: accounts,
		people:   who,
		letters:  make(chan struct{}, maxLetters),
		pause:    waiting(reconcilePause),
	}
}

// waiting waits a moment; false: there is no time.
func waiting(d time.Duration) func(context.Context) bool {
	return func(ctx context.Context) bool {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
			return true
		case <-ctx.Done():
			return false
		}
	}
}
