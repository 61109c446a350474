package mailbox_test

import (
	"testing"

	"github.com/emersion/go-imap/v2"

	"mail-imap-mcp/internal/mailtest"
)

// kind is a mail server and what it can do.
type kind struct {
	srv            mailtest.Server
	moves, uidPlus bool
}

// expunges reports whether a moved message leaves its mailbox for good.
func (k kind) expunges() bool { return k.moves || k.uidPlus }

// bare is what the poorest server here does not have.
var bare = []imap.Cap{imap.CapMove, imap.CapUIDPlus, imap.CapSpecialUse}

// onEveryKind runs the same expectations against servers that have everything
// and against ones that do not.
func onEveryKind(t *testing.T, test func(t *testing.T, k kind)) {
	t.Run("memory", func(t *testing.T) { test(t, kind{mailtest.NewMemory(t), true, true}) })
	t.Run("memory without MOVE", func(t *testing.T) {
		test(t, kind{mailtest.NewMemoryWith(t, mailtest.MemoryOptions{Without: []imap.Cap{imap.CapMove}}), false, true})
	})
	t.Run("memory without UIDPLUS", func(t *testing.T) {
		test(t, kind{mailtest.NewMemoryWith(t, mailtest.MemoryOptions{Without: []imap.Cap{imap.CapUIDPlus}}), true, false})
	})
	t.Run("memory bare", func(t *testing.T) {
		test(t, kind{mailtest.NewMemoryWith(t, mailtest.MemoryOptions{Without: bare}), false, false})
	})
	t.Run("dovecot", func(t *testing.T) { test(t, kind{mailtest.NewDovecot(t), true, true}) })
	t.Run("dovecot bare", func(t *testing.T) {
		test(t, kind{mailtest.NewDovecotWith(t, mailtest.DovecotOptions{Without: bare}), false, false})
	})
}
