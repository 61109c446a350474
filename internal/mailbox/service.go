// Package mailbox is reading: listing mailboxes, searching them, and reading
// messages, their attachments and their source, one operation a file, each in
// few round trips.
//
// Reading changes nothing: mailboxes are opened with EXAMINE and bodies fetched
// with BODY.PEEK, so it leaves no trace (RFC 9051 §6.3.3, §6.4.5).
//
// An operation that fails answers one of two errors, here and in the other rooms
// (thread, change, manage, draft): a *contract.Error when the request itself
// cannot be served (no such account, mailbox, message), and a *contract.Fault
// when something went wrong while talking to the server. What was obtained
// before a fault is returned with the issue beside it.
package mailbox

import (
	"log/slog"
	"time"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/extract"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/people"
)

// Options are the parts of a Service that have defaults.
type Options struct {
	Logger *slog.Logger     // nil: slog.Default()
	Now    func() time.Time // nil: time.Now
	// Extractor makes text of attachments; nil: none is made.
	Extractor *extract.Extractor
}

// Service reads the mail of a fixed set of accounts. It is safe for concurrent
// use.
type Service struct {
	accounts  *imapconn.Accounts
	people    *people.Service
	sealer    *contract.Sealer
	log       *slog.Logger
	now       func() time.Time
	extractor *extract.Extractor
	shapes    shapes
}

// New makes a Service for accounts; who decides under lockdown, and cursors are
// sealed by sealer.
func New(accounts *imapconn.Accounts, who *people.Service, sealer *contract.Sealer, o Options) *Service {
	s := &Service{accounts: accounts, people: who, sealer: sealer, log: o.Logger, now: o.Now, extractor: o.Extractor}
	if s.log == nil {
		s.log = slog.Default()
	}
	if s.now == nil {
		s.now = time.Now
	}
	s.shapes.now = s.now
	return s
}
