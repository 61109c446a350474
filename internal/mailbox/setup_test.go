package mailbox_test

import (
	"testing"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
	"mail-imap-mcp/internal/secret"
)

func TestMain(m *testing.M) { rig.Main(m) }

// connect makes a service of one account on srv; it is closed with the test.
func connect(t *testing.T, srv mailtest.Server) *mailbox.Service {
	t.Helper()
	return rig.Connect(t, srv).Mail
}

func connectAs(t *testing.T, a config.Account, srv mailtest.Server, cursorKey secret.Value) *mailbox.Service {
	t.Helper()
	return rig.ConnectWith(t, rig.Options{CursorKey: cursorKey}, rig.Site{Account: a, Server: srv}).Mail
}

func connectWith(t *testing.T, a config.Account, srv mailtest.Server, opts mailbox.Options) *mailbox.Service {
	t.Helper()
	return rig.ConnectWith(t, rig.Options{Mail: opts}, rig.Site{Account: a, Server: srv}).Mail
}

// hasty is connect that gives up after a second or two.
func hasty(t *testing.T, srv mailtest.Server) *mailbox.Service {
	t.Helper()
	return rig.Hasty(t, srv).Mail
}

// locked is connect to an account that is locked down.
func locked(t *testing.T, srv mailtest.Server) *mailbox.Service {
	t.Helper()
	a := srv.Account(rig.Account)
	a.Lockdown = true
	return rig.ConnectAs(t, a, srv).Mail
}
