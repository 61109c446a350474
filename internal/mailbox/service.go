// Package mailbox is what can be done with mail over IMAP, one operation a
// file, each in few round trips: list, search, read, move, flag, delete, draft.
//
// Reading changes nothing: mailboxes are opened with EXAMINE and bodies fetched
// with BODY.PEEK, so it leaves no trace (RFC 9051 §6.3.3, §6.4.5). Whether mail
// may be changed is not asked here (internal/guard). What is changed is looked
// at first and recorded by a Witness, is sent once, and after a lost connection
// is only looked at; no plain EXPUNGE and no CLOSE is ever sent.
//
// An operation that fails answers one of two errors: a *contract.Error when
// the request itself cannot be served (no such account, mailbox, message), and
// a *contract.Fault when something went wrong while talking to the server.
// What was obtained before a fault is returned with the issue beside it.
package mailbox

import (
	"context"
	"errors"
	"log/slog"
	"sort"
	"strings"
	"sync"
	"time"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/extract"
	"mail-imap-mcp/internal/imapconn"
)

// Options are the parts of a Service that have defaults.
type Options struct {
	Logger *slog.Logger     // nil: slog.Default()
	Now    func() time.Time // nil: time.Now
	// Extractor makes text of attachments; nil: none is made.
	Extractor *extract.Extractor
}

// Service performs mail operations for a fixed set of accounts. It is safe for
// concurrent use.
type Service struct {
	pools  map[string]*imapconn.Pool // by canonical account id
	order  []string
	sealer *contract.Sealer
	log    *slog.Logger
	now    func() time.Time

	extractor *extract.Extractor
	contacts  contacts
	places    placesMemory
	letters   chan struct{} // a place for each message on its way to another account

	// pause gives a server that may still be at work on a lost change a moment
	// before it is looked at again.
	pause func(context.Context) bool

	noCharset sync.Map // *imapconn.Pool whose server refuses CHARSET UTF-8
}

// New makes a Service over one pool per account; cursors are sealed by sealer.
func New(pools []*imapconn.Pool, sealer *contract.Sealer, opts Options) *Service {
	s := &Service{
		pools:  make(map[string]*imapconn.Pool, len(pools)),
		sealer: sealer,
		log:    opts.Logger,
		now:    opts.Now,

		extractor: opts.Extractor,
		letters:   make(chan struct{}, maxLetters),

		pause: waiting(reconcilePause),
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	if s.now == nil {
		s.now = time.Now
	}
	for _, p := range pools {
		id := strings.ToLower(p.Account().ID)
		s.pools[id] = p
		s.order = append(s.order, id)
	}
	return s
}

// Accounts lists the configured accounts in the order of the configuration.
func (s *Service) Accounts() []config.Account {
	accounts := make([]config.Account, 0, len(s.order))
	for _, id := range s.order {
		accounts = append(accounts, s.pools[id].Account())
	}
	return accounts
}

// Verify signs in once on a fresh connection and reports each step.
func (s *Service) Verify(ctx context.Context, account string) (*imapconn.Verification, error) {
	pool, err := s.pool(account)
	if err != nil {
		return nil, err
	}
	return pool.Verify(ctx)
}

// Close signs out of every connection; it returns when all are closed or ctx
// ends, whichever is first.
func (s *Service) Close(ctx context.Context) error {
	results := make(chan error, len(s.pools))
	for _, p := range s.pools {
		go func() { results <- p.Close(ctx) }()
	}
	var errs []error
	for range s.pools {
		errs = append(errs, <-results)
	}
	return errors.Join(errs...)
}

// canonicalMailbox gives INBOX, the one name whose case does not matter (RFC
// 9051 §5.1), in its usual spelling.
func canonicalMailbox(name string) string {
	if strings.EqualFold(name, inbox) {
		return inbox
	}
	return name
}

const inbox = "INBOX"

// pool finds the account's pool; matching ignores case, empty means "default"
// or, where only one account is configured, that one.
func (s *Service) pool(account string) (*imapconn.Pool, error) {
	if account == "" {
		account = contract.DefaultAccountID
		if _, ok := s.pools[account]; !ok && len(s.order) == 1 {
			account = s.order[0]
		}
	}
	id, err := contract.CanonicalAccountID(account)
	if err != nil {
		return nil, err
	}
	if p, ok := s.pools[id]; ok {
		return p, nil
	}
	known := append([]string(nil), s.order...)
	sort.Strings(known)
	return nil, contract.Errorf(contract.NotFound,
		"account %q is not configured; configured: %s (imap_list_accounts)", account, strings.Join(known, ", "))
}
