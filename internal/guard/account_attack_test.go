package guard_test

import (
	"testing"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/guard"
)

// The gates hold for an account however its name is written.
func TestAttack_AnAccountsGatesIgnoreCase(t *testing.T) {
	g := guard.New(guard.Options{WriteEnabled: true, Accounts: []config.Account{{ID: "Work", DenyMailboxes: []string{"Private"}}}})
	for _, id := range []string{"Work", "work", "WORK"} {
		if _, err := g.Enter(t.Context(), guard.Call{Caller: "local", Tool: "x", Class: guard.Write, Touch: guard.Touch{Account: id, Writes: []string{id}}}); err == nil {
			t.Errorf("account %q may be changed", id)
		}
		if _, err := g.Enter(t.Context(), guard.Call{Caller: "local", Tool: "x", Class: guard.Read, Touch: guard.Touch{Account: id, Places: in(id, "Private")}}); err == nil {
			t.Errorf("the denied mailbox of %q is there", id)
		}
	}
}
