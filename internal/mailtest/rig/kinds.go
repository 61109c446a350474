package rig

import (
	"testing"

	"github.com/emersion/go-imap/v2"

	"mail-imap-mcp/internal/mailtest"
)

// Kind is a mail server and what it can do.
type Kind struct {
	Server         mailtest.Server
	Moves, UIDPlus bool
	Fresh          func(t testing.TB) mailtest.Server // another one like it
}

// Expunges reports whether a moved message leaves its mailbox for good.
func (k Kind) Expunges() bool { return k.Moves || k.UIDPlus }

// Bare is what the poorest server here does not have.
var Bare = []imap.Cap{imap.CapMove, imap.CapUIDPlus, imap.CapSpecialUse}

// OnEveryKind runs the same expectations against servers that have everything
// and against ones that do not, or against the one that the environment names
// instead.
func OnEveryKind(t *testing.T, test func(t *testing.T, k Kind)) {
	if name, ok := mailtest.ElsewhereNamed(); ok {
		t.Run(name, func(t *testing.T) {
			srv := mailtest.NewElsewhere(t)
			fresh := func(t testing.TB) mailtest.Server { return mailtest.NewElsewhere(t) }
			test(t, Kind{srv, srv.Has(imap.CapMove), srv.Has(imap.CapUIDPlus), fresh})
		})
		return
	}
	memory := func(name string, moves, uidPlus bool, without ...imap.Cap) {
		t.Run(name, func(t *testing.T) {
			fresh := func(t testing.TB) mailtest.Server {
				return mailtest.NewMemoryWith(t, mailtest.MemoryOptions{Without: without})
			}
			test(t, Kind{fresh(t), moves, uidPlus, fresh})
		})
	}
	memory("memory", true, true)
	memory("memory without MOVE", false, true, imap.CapMove)
	memory("memory without UIDPLUS", true, false, imap.CapUIDPlus)
	memory("memory bare", false, false, Bare...)
	dovecot := func(name string, moves, uidPlus bool, without ...imap.Cap) {
		t.Run(name, func(t *testing.T) {
			fresh := func(t testing.TB) mailtest.Server {
				return mailtest.NewDovecotWith(t, mailtest.DovecotOptions{Without: without})
			}
			test(t, Kind{fresh(t), moves, uidPlus, fresh})
		})
	}
	dovecot("dovecot", true, true)
	dovecot("dovecot bare", false, false, Bare...)
}
