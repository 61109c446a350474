package thread_test

import (
	"testing"

	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
	"mail-imap-mcp/internal/thread"
)

func TestMain(m *testing.M) { rig.Main(m) }

// service is the room, and what its tests look at mail with.
type service struct {
	*rig.Rig
	*thread.Service
}

func with(r *rig.Rig) *service { return &service{r, thread.New(r.Accounts, r.People)} }

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
