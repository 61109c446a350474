package manage_test

import (
	"testing"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
	"mail-imap-mcp/internal/manage"
)

func TestMain(m *testing.M) { rig.Main(m) }

// service is the room, and what its tests look at mail with.
type service struct {
	*rig.Rig
	*manage.Service
}

func with(r *rig.Rig) *service { return &service{r, manage.New(r.Accounts, r.People)} }

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
