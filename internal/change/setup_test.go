package change_test

import (
	"testing"
	"time"

	"mail-imap-mcp/internal/change"
	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
)

func TestMain(m *testing.M) { rig.Main(m) }

// service is the room, and what its tests look at mail with.
type service struct {
	*rig.Rig
	*change.Service
}

func with(r *rig.Rig) *service { return &service{r, change.New(r.Accounts, r.People)} }

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

// connectAs is connect with other settings of the account.
func connectAs(t testing.TB, a config.Account, srv mailtest.Server) *service {
	t.Helper()
	return with(rig.ConnectAs(t, a, srv))
}

// hurried is connect with little time for each operation.
func hurried(t testing.TB, srv mailtest.Server) *service {
	t.Helper()
	return with(rig.ConnectWith(t, rig.Options{
		Pool:     imapconn.Options{SocketTimeout: 500 * time.Millisecond, MaxIdle: 1},
		MayBreak: true,
	}, rig.Site{Account: srv.Account(rig.Account), Server: srv}))
}

// pair is a service with the accounts "work" and, where there are two, "other".
func pair(t testing.TB, source, dest mailtest.Server, two bool) *service {
	t.Helper()
	sites := []rig.Site{{Account: source.Account(rig.Account), Server: source}}
	if two {
		sites = append(sites, rig.Site{Account: dest.Account("other"), Server: dest})
	}
	return with(rig.ConnectWith(t, rig.Options{
		Pool:     imapconn.Options{SocketTimeout: 20 * time.Second, MaxIdle: 1},
		MayBreak: true,
	}, sites...))
}
