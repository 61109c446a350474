// Package rig sets the rooms of the product up before test servers, for their
// tests: connections to one account or two, servers of every kind, mail to put
// into them, and reading what lies there.
package rig

import (
	"cmp"
	"context"
	"testing"
	"time"

	"go.uber.org/goleak"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/extract"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/people"
	"mail-imap-mcp/internal/secret"
)

// Main runs the tests of a package that may start the extractor's child, which is
// this program again, and sees that no goroutine is left over.
func Main(m *testing.M) {
	extract.RunIfChild()
	goleak.VerifyTestMain(m)
}

// Rig is what every room needs, over accounts on test servers.
type Rig struct {
	Accounts *imapconn.Accounts
	People   *people.Service
	Mail     *mailbox.Service
}

// Site is where an account is.
type Site struct {
	Account config.Account
	Server  mailtest.Server
}

// Options are the parts of a Rig that have defaults.
type Options struct {
	CursorKey secret.Value
	// Pool is for each account; times that are zero are generous, and where
	// MaxIdle is, four connections are kept. RootCAs are always the server's.
	Pool imapconn.Options
	Mail mailbox.Options // where no Extractor is named it has one
	// MayBreak has it be no failure when signing out fails.
	MayBreak bool
}

// Connect makes a Rig of one account on srv; it is closed with the test.
func Connect(t testing.TB, srv mailtest.Server) *Rig {
	t.Helper()
	return ConnectAs(t, srv.Account(Account), srv)
}

// ConnectAs is Connect with other settings of the account.
func ConnectAs(t testing.TB, a config.Account, srv mailtest.Server) *Rig {
	t.Helper()
	return ConnectWith(t, Options{}, Site{a, srv})
}

// Hasty is Connect that gives up after a second or two, so that servers which
// never answer can be tested.
func Hasty(t testing.TB, srv mailtest.Server) *Rig {
	t.Helper()
	return ConnectWith(t, Options{
		Pool:     imapconn.Options{ConnectTimeout: time.Second, GreetingTimeout: time.Second, SocketTimeout: 2 * time.Second},
		MayBreak: true,
	}, Site{srv.Account(Account), srv})
}

// ConnectWith makes a Rig of the accounts at sites; it is closed with the test.
func ConnectWith(t testing.TB, o Options, sites ...Site) *Rig {
	t.Helper()
	sealer, err := contract.NewSealer(o.CursorKey, 10*time.Minute, nil)
	if err != nil {
		t.Fatal(err)
	}
	pools := make([]*imapconn.Pool, 0, len(sites))
	for _, site := range sites {
		p := o.Pool
		p.ConnectTimeout = cmp.Or(p.ConnectTimeout, 10*time.Second)
		p.GreetingTimeout = cmp.Or(p.GreetingTimeout, 10*time.Second)
		p.SocketTimeout = cmp.Or(p.SocketTimeout, time.Minute)
		p.IdleTTL = cmp.Or(p.IdleTTL, time.Minute)
		p.MaxIdle = cmp.Or(p.MaxIdle, 4)
		p.RootCAs = site.Server.RootCAs()
		pools = append(pools, imapconn.NewPool(site.Account, p))
	}
	if o.Mail.Extractor == nil {
		o.Mail.Extractor = extract.New(extract.Options{})
	}
	r := &Rig{Accounts: imapconn.NewAccounts(pools...)}
	r.People = people.New(people.Options{Logger: o.Mail.Logger, Now: o.Mail.Now})
	r.Mail = mailbox.New(r.Accounts, r.People, sealer, o.Mail)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := r.Accounts.Close(ctx); err != nil && !o.MayBreak {
			t.Errorf("close: %v", err)
		}
	})
	return r
}

// Account is the id of the account in every test.
const Account = "work"

// OnEveryServer runs the same expectations against the in-process server and
// against Dovecot.
func OnEveryServer(t *testing.T, test func(t *testing.T, srv mailtest.Server)) {
	if name, ok := mailtest.ElsewhereNamed(); ok {
		t.Run(name, func(t *testing.T) { test(t, mailtest.NewElsewhere(t)) })
		return
	}
	t.Run("memory", func(t *testing.T) { test(t, mailtest.NewMemory(t)) })
	t.Run("dovecot", func(t *testing.T) { test(t, mailtest.NewDovecot(t)) })
}
