package config_test

import (
	"testing"

	"mail-imap-mcp/internal/config"
)

// Spellings that some server takes for a denied mailbox (or one below it) are
// denied too.
func TestAttack_SpellingsOfADeniedMailbox(t *testing.T) {
	a := config.Account{DenyMailboxes: []string{"Private", "Work/Secret", "INBOX.Boss", "É"}}
	for _, name := range []string{
		"Private", "private", "PRIVATE/", "Private.Tax", "Private|x", `Private\x`, "/Private", "//Private", "./Private", "Work//Secret", "Work///Secret/x",
		"Work/./Secret", "Work/Open/../Secret", "INBOX/Private", "INBOX.Private", "inbox.private.x", "Boss", "INBOX..Boss", "E\u0301", "é/x", "~/Private",
	} {
		if a.Permits(name) {
			t.Errorf("%q is permitted", name)
		}
	}
	for _, name := range []string{"INBOX", "Privateer", "Work", "Work/Open", "INBOX.Friends", "Bosses", "To do...", "e.g. this"} {
		if !a.Permits(name) {
			t.Errorf("%q is not permitted", name)
		}
	}
	allowed := config.Account{AllowMailboxes: []string{"INBOX", "Work/*"}}
	for _, name := range []string{"Work/../Private", "Work/x/../../Private", "Work/.."} {
		if allowed.Permits(name) {
			t.Errorf("%q is permitted", name)
		}
	}
	for _, name := range []string{"inbox", "Work/Plans", "Work/a.b", "Work/..."} {
		if !allowed.Permits(name) {
			t.Errorf("%q is not permitted", name)
		}
	}
}
