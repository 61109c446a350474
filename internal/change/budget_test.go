package change_test

import (
	"strings"
	"testing"

	"mail-imap-mcp/internal/change"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
)

// changeBudget is what a change of 250 messages of one mailbox may cost on a
// warm connection; the rows of docs/architecture.md.
type changeBudget struct{ flags, copies, move, remove int }

func budgetOf(k rig.Kind) changeBudget {
	b := changeBudget{flags: 2, copies: 2, move: 2, remove: 3}
	if !k.UIDPlus {
		b.copies, b.move = 3, 3
	}
	if !k.Moves {
		b.move = 6
	}
	return b
}

func TestBudget_ChangesOf250Messages(t *testing.T) {
	t.Parallel()
	rig.OnEveryKind(t, func(t *testing.T, k rig.Kind) {
		wire := mailtest.Record(t, k.Server)
		s := connect(t, wire)
		ids := fill(t, k.Server, "INBOX", contract.MaxMessageIDs)
		if _, err := s.Mail.List(t.Context(), mailbox.ListQuery{}); err != nil {
			t.Fatal(err)
		}
		want := budgetOf(k)
		step := func(name string, most int, change func() []change.Outcome) []change.Outcome {
			t.Helper()
			wire.Reset()
			outcomes := change()
			if got := wire.Flights(); got == 0 || got > most {
				t.Errorf("%s: %d round trips, 1 to %d allowed\n%s", name, got, most, wire.Transcript())
			}
			wantOnWire(t, k, wire)
			return outcomes
		}
		wantDone(t, step("flags", want.flags, func() []change.Outcome {
			return changeFlags(t, s, change.FlagsQuery{IDs: ids, Add: []string{`\Seen`}})
		}), len(ids))
		wantDone(t, step("copy", want.copies, func() []change.Outcome {
			return transfer(t, s, change.TransferQuery{IDs: ids, Action: change.ActionCopy, Destination: "Archive"})
		}), len(ids))
		moved := step("move", want.move, func() []change.Outcome {
			return transfer(t, s, change.TransferQuery{IDs: ids, Action: change.ActionMove, Destination: "Archive"})
		})
		wantDone(t, moved, len(ids))
		step("delete for good", want.remove, func() []change.Outcome {
			return transfer(t, s, change.TransferQuery{IDs: newIDs(t, moved), Action: change.ActionDelete})
		})
	})
}

// A message that goes to another account: six flights where it is, three where it
// goes.
func TestBudget_AMessageToAnotherAccount(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		there := mailtest.Server(mailtest.NewMemory(t))
		if d, ok := srv.(*mailtest.Dovecot); ok {
			there = d.NewUser(t)
		}
		from, to := mailtest.Record(t, srv), mailtest.Record(t, there)
		s := pair(t, from, to, true)
		for _, a := range s.Accounts.List() {
			if _, err := s.Mail.List(t.Context(), mailbox.ListQuery{Account: a.ID}); err != nil {
				t.Fatal(err)
			}
		}
		ids := fill(t, srv, "INBOX", 1)
		from.Reset()
		to.Reset()
		wantDone(t, transfer(t, s, change.TransferQuery{IDs: ids, Action: change.ActionMove, Destination: "Archive", ToAccount: "other"}), 1)
		for _, end := range []struct {
			name string
			wire *mailtest.Recorder
			most int
		}{{"source", from, 6}, {"destination", to, 3}} {
			if got := end.wire.Flights(); got == 0 || got > end.most {
				t.Errorf("%s: %d round trips, 1 to %d allowed\n%s", end.name, got, end.most, end.wire.Transcript())
			}
		}
		wantTitles(t, srv, "INBOX", []string{})
		wantTitles(t, there, "Archive", numbers(0, 1))
	})
}

// wantOnWire expects only commands that the server offers, and never one that
// takes what others marked.
func wantOnWire(t *testing.T, k rig.Kind, wire *mailtest.Recorder) {
	t.Helper()
	for line := range strings.SplitSeq(string(wire.ClientBytes()), "\r\n") {
		_, command, _ := strings.Cut(line, " ") // behind the tag
		has := func(start string) bool { return strings.HasPrefix(command, start) }
		switch {
		case has("EXPUNGE"), has("CLOSE"):
			t.Errorf("sent %q", line)
		case !k.Moves && has("UID MOVE"), !k.UIDPlus && has("UID EXPUNGE"):
			t.Errorf("sent %q to a server without it", line)
		}
	}
}
