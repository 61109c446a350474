package change_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"mail-imap-mcp/internal/change"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
)

func TestApplyPlaces_AMissingSpecialMailboxIsNamedAndNotMade(t *testing.T) {
	t.Parallel()
	rig.OnEveryKind(t, func(t *testing.T, k rig.Kind) {
		ids := fill(t, k.Server, "INBOX", 1)
		for action, name := range map[change.Action]string{
			change.ActionTrash: "Trash", change.ActionArchive: "Archive", change.ActionJunk: "Junk",
		} {
			k.Server.Remove(t, name)
			if slices.Contains(k.Server.Mailboxes(t), name) {
				t.Skip("this server makes it anew by itself")
			}
			f := mailtest.NewFaulty(t, k.Server)
			_, err := connect(t, f).PlanTransfer(t.Context(), change.TransferQuery{IDs: ids, Action: action})
			var refused *contract.Error
			if !errors.As(err, &refused) || refused.Code != contract.NotFound ||
				!strings.Contains(refused.Message, name) || !strings.Contains(refused.Message, "imap_manage_mailbox") {
				t.Errorf("%s: %v", action, err)
			}
			if sent(f, "CREATE") > 0 {
				t.Errorf("%s makes a mailbox", action)
			}
		}
		wantTitles(t, k.Server, "INBOX", numbers(0, 1))
	})
}

func TestApplyPlaces_WhatIsInTrashAlreadyIsRefusedAndTheRestIsDone(t *testing.T) {
	t.Parallel()
	rig.OnEveryKind(t, func(t *testing.T, k rig.Kind) {
		ids := append(fill(t, k.Server, "Trash", 1), fill(t, k.Server, "INBOX", 1)...)
		outcomes := transfer(t, connect(t, k.Server), change.TransferQuery{IDs: ids, Action: change.ActionTrash})
		if len(outcomes) != 2 {
			t.Fatalf("%d outcomes, want 2", len(outcomes))
		}
		wantDone(t, outcomes[:1], 1)
		wantFailed(t, outcomes[1:], contract.InvalidInput, "already", "MAIL_IMAP_ALLOW_PERMANENT_DELETE")
		wantTitles(t, k.Server, "Trash", []string{"number 0", "number 0"})
	})
}

func TestApplyPlaces_NamesAreTakenAsTheyAreInTheSourceToo(t *testing.T) {
	t.Parallel()
	rig.OnEveryKind(t, func(t *testing.T, k rig.Kind) {
		s := connect(t, k.Server)
		k.Server.Create(t, "Archive2")
		fill(t, k.Server, "Archive2", 1) // what a wildcard would take
		for _, name := range []string{`*`, `%`, `Arch*`, `quo"ted`, `back\slash`, "Größe/日本", "a&b", "&AOQ-"} {
			k.Server.Create(t, name)
			ids := fill(t, k.Server, name, 2)
			wantDone(t, transfer(t, s, change.TransferQuery{IDs: ids[:1], Action: change.ActionMove, Destination: "Sent"}), 1)
			wantDone(t, changeFlags(t, s, change.FlagsQuery{IDs: ids[1:], Add: []string{`\Flagged`}}), 1)
			if got := titles(t, k.Server, name); !slices.Contains(got, "number 1") || k.Expunges() && len(got) != 1 {
				t.Errorf("%q has %q", name, got)
			}
		}
		wantTitles(t, k.Server, "Archive2", numbers(0, 1))
	})
}

func TestApplyPlaces_AMessageMarkedDeletedBeforeIsMovedLikeAnyOther(t *testing.T) {
	t.Parallel()
	rig.OnEveryKind(t, func(t *testing.T, k rig.Kind) {
		marked := rig.Numbered(0)
		marked.Flags = []string{`\Deleted`, `\Seen`}
		ids := idsOf(t, k.Server, "INBOX", k.Server.Append(t, "INBOX", marked, rig.Numbered(1)))
		wantDone(t, transfer(t, connect(t, k.Server), change.TransferQuery{IDs: ids[:1], Action: change.ActionMove, Destination: "Archive"}), 1)
		wantTitles(t, k.Server, "Archive", numbers(0, 1))
		if got := titles(t, k.Server, "INBOX"); !slices.Contains(got, "number 1") {
			t.Errorf("INBOX has %q", got)
		}
	})
}

func TestApplyFaults_AFlagTheMailboxDoesNotKeepIsRefusedBeforeAnythingChanges(t *testing.T) {
	t.Parallel()
	rig.OnEveryKind(t, func(t *testing.T, k rig.Kind) {
		ids := fill(t, k.Server, "INBOX", 1)
		f := mailtest.NewFaulty(t, k.Server, mailtest.FaultAt("SELECT", func(x *mailtest.Exchange) {
			x.Rewrite(func(unit []byte) []byte {
				if i := strings.Index(string(unit), "[PERMANENTFLAGS ("); i >= 0 {
					return []byte("* OK [PERMANENTFLAGS (\\Seen \\Flagged)] Limited\r\n")
				}
				return unit
			})
		}))
		s := connect(t, f)
		for _, flag := range []string{"Project-X", `\Answered`} {
			wantFailed(t, changeFlags(t, s, change.FlagsQuery{IDs: ids, Add: []string{`\Seen`, flag}}), contract.InvalidInput, flag, `\Seen \Flagged`)
		}
		if k.Moves {
			wantFailed(t, transfer(t, s, change.TransferQuery{IDs: ids, Action: change.ActionDelete}), contract.PermissionDenied, "read-only")
		} else {
			wantFailed(t, transfer(t, s, change.TransferQuery{IDs: ids, Action: change.ActionMove, Destination: "Archive"}), contract.PermissionDenied, "copy can be done")
		}
		if n := sent(f, "UID STORE", "UID COPY", "UID MOVE"); n > 0 {
			t.Errorf("%d commands that change", n)
		}
		wantDone(t, changeFlags(t, s, change.FlagsQuery{IDs: ids, Add: []string{`\Seen`}}), 1)
	})
}
