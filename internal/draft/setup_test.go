package draft_test

import (
	"testing"

	"mail-imap-mcp/internal/draft"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
)

func TestMain(m *testing.M) { rig.Main(m) }

// service is the room, and what its tests look at mail with.
type service struct {
	*rig.Rig
	*draft.Service
}

func with(r *rig.Rig) *service {
	return &service{r, draft.New(r.Accounts, r.People, r.Mail, draft.Options{})}
}

// connect makes a service of one account on srv; it is closed with the test.
func connect(t testing.TB, srv mailtest.Server) *service {
	t.Helper()
	return with(rig.Connect(t, srv))
}

// hasty is connect that gives up after a second or two.
func hasty(t testing.TB, srv mailtest.Server) *service {
	t.Helper()
	return with(rig.Hasty(t, srv))
}

// locked is connect to an account that is locked down.
func locked(t testing.TB, srv mailtest.Server) *service {
	t.Helper()
	a := srv.Account(rig.Account)
	a.Lockdown = true
	return with(rig.ConnectAs(t, a, srv))
}

// connectTwo makes a service of two accounts, "work" and "other".
func connectTwo(t testing.TB, here, there mailtest.Server) *service {
	t.Helper()
	return with(rig.ConnectWith(t, rig.Options{Pool: imapconn.Options{MaxIdle: 2}},
		rig.Site{Account: here.Account(rig.Account), Server: here},
		rig.Site{Account: there.Account("other"), Server: there}))
}
