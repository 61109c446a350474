package mailbox_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/mailtest"
)

func TestApplyPlaces_AMissingSpecialMailboxIsNamedAndNotMade(t *testing.T) {
	onEveryKind(t, func(t *testing.T, k kind) {
		ids := fill(t, k.srv, "INBOX", 1)
		for action, name := range map[mailbox.Action]string{
			mailbox.ActionTrash: "Trash", mailbox.ActionArchive: "Archive", mailbox.ActionJunk: "Junk",
		} {
			k.srv.Remove(t, name)
			if slices.Contains(k.srv.Mailboxes(t), name) {
				t.Skip("this server makes it anew by itself")
			}
			f := mailtest.NewFaulty(t, k.srv)
			_, err := connect(t, f).PlanTransfer(t.Context(), mailbox.TransferQuery{IDs: ids, Action: action})
			var refused *contract.Error
			if !errors.As(err, &refused) || refused.Code != contract.NotFound ||
				!strings.Contains(refused.Message, name) || !strings.Contains(refused.Message, "imap_manage_mailbox") {
				t.Errorf("%s: %v", action, err)
			}
			if sent(f, "CREATE") > 0 {
				t.Errorf("%s makes a mailbox", action)
			}
		}
		wantTitles(t, k.srv, "INBOX", numbers(0, 1))
	})
}

func TestApplyPlaces_WhatIsInTrashAlreadyIsRefusedAndTheRestIsDone(t *testing.T) {
	onEveryKind(t, func(t *testing.T, k kind) {
		ids := append(fill(t, k.srv, "Trash", 1), fill(t, k.srv, "INBOX", 1)...)
		outcomes := transfer(t, connect(t, k.srv), mailbox.TransferQuery{IDs: ids, Action: mailbox.ActionTrash})
		if len(outcomes) != 2 {
			t.Fatalf("%d outcomes, want 2", len(outcomes))
		}
		wantDone(t, outcomes[:1], 1)
		wantFailed(t, outcomes[1:], contract.InvalidInput, "already", "MAIL_IMAP_ALLOW_PERMANENT_DELETE")
		wantTitles(t, k.srv, "Trash", []string{"number 0", "number 0"})
	})
}

func TestApplyPlaces_NamesAreTakenAsTheyAreInTheSourceToo(t *testing.T) {
	onEveryKind(t, func(t *testing.T, k kind) {
		s := connect(t, k.srv)
		k.srv.Create(t, "Archive2")
		fill(t, k.srv, "Archive2", 1) // what a wildcard would take
		for _, name := range []string{`*`, `%`, `Arch*`, `quo"ted`, `back\slash`, "Größe/日本", "a&b", "&AOQ-"} {
			k.srv.Create(t, name)
			ids := fill(t, k.srv, name, 2)
			wantDone(t, transfer(t, s, mailbox.TransferQuery{IDs: ids[:1], Action: mailbox.ActionMove, Destination: "Sent"}), 1)
			wantDone(t, changeFlags(t, s, mailbox.FlagsQuery{IDs: ids[1:], Add: []string{`\Flagged`}}), 1)
			if got := titles(t, k.srv, name); !slices.Contains(got, "number 1") || k.expunges() && len(got) != 1 {
				t.Errorf("%q has %q", name, got)
			}
		}
		wantTitles(t, k.srv, "Archive2", numbers(0, 1))
	})
}

func TestApplyPlaces_AMessageMarkedDeletedBeforeIsMovedLikeAnyOther(t *testing.T) {
	onEveryKind(t, func(t *testing.T, k kind) {
		marked := numbered(0)
		marked.Flags = []string{`\Deleted`, `\Seen`}
		ids := idsOf(t, k.srv, "INBOX", k.srv.Append(t, "INBOX", marked, numbered(1)))
		wantDone(t, transfer(t, connect(t, k.srv), mailbox.TransferQuery{IDs: ids[:1], Action: mailbox.ActionMove, Destination: "Archive"}), 1)
		wantTitles(t, k.srv, "Archive", numbers(0, 1))
		if got := titles(t, k.srv, "INBOX"); !slices.Contains(got, "number 1") {
			t.Errorf("INBOX has %q", got)
		}
	})
}

func TestApplyFaults_AFlagTheMailboxDoesNotKeepIsRefusedBeforeAnythingChanges(t *testing.T) {
	onEveryKind(t, func(t *testing.T, k kind) {
		ids := fill(t, k.srv, "INBOX", 1)
		f := mailtest.NewFaulty(t, k.srv, mailtest.FaultAt("SELECT", func(x *mailtest.Exchange) {
			x.Rewrite(func(unit []byte) []byte {
				if i := strings.Index(string(unit), "[PERMANENTFLAGS ("); i >= 0 {
					return []byte("* OK [PERMANENTFLAGS (\\Seen \\Flagged)] Limited\r\n")
				}
				return unit
			})
		}))
		s := connect(t, f)
		for _, flag := range []string{"Project-X", `\Answered`} {
			wantFailed(t, changeFlags(t, s, mailbox.FlagsQuery{IDs: ids, Add: []string{`\Seen`, flag}}), contract.InvalidInput, flag, `\Seen \Flagged`)
		}
		if k.moves {
			wantFailed(t, transfer(t, s, mailbox.TransferQuery{IDs: ids, Action: mailbox.ActionDelete}), contract.PermissionDenied, "read-only")
		} else {
			wantFailed(t, transfer(t, s, mailbox.TransferQuery{IDs: ids, Action: mailbox.ActionMove, Destination: "Archive"}), contract.PermissionDenied, "copy can be done")
		}
		if n := sent(f, "UID STORE", "UID COPY", "UID MOVE"); n > 0 {
			t.Errorf("%d commands that change", n)
		}
		wantDone(t, changeFlags(t, s, mailbox.FlagsQuery{IDs: ids, Add: []string{`\Seen`}}), 1)
	})
}
