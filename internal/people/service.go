// Package people knows with whom the accounts' owners have to do and where they
// keep their mail: to whom a mailbox has written, which mailbox is Sent, Trash
// or Drafts, and, where an account is locked down, whose words are withheld.
package people

import (
	"log/slog"
	"sync"
	"time"
)

// Options are the parts of a Service that have defaults.
type Options struct {
	Logger *slog.Logger     // nil: slog.Default()
	Now    func() time.Time // nil: time.Now
}

// Service answers for any number of accounts and remembers the answers for a
// while, in memory only. It is safe for concurrent use.
type Service struct {
	log *slog.Logger
	now func() time.Time

	contacts  contacts
	places    placesMemory
	strangers strangers
}

// New makes a Service.
func New(o Options) *Service {
	s := &Service{log: o.Logger, now: o.Now}
	if s.log == nil {
		s.log = slog.Default()
	}
	if s.now == nil {
		s.now = time.Now
	}
	return s
}

// contacts remembers whom the mailboxes have written to, in memory only.
type contacts struct {
	mu    sync.Mutex
	known map[string]remembered // account, NUL, address
}

type remembered struct {
	friend bool
	until  time.Time
}

// places are an account's mailboxes of special use, as one LIST showed them.
type places struct {
	sent     []string // the Sent mailboxes
	uses     map[SpecialUse]string
	until    time.Time
	recalled bool // not asked now
}

// placesMemory remembers the places of each account.
type placesMemory struct {
	mu    sync.Mutex
	known map[string]places // by account
}
