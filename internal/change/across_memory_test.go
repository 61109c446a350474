package change_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"mail-imap-mcp/internal/change"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
)

// The servers run outside of this process.
func TestAcross_TenMegabytesTakeNoMoreMemoryThanAnyCall(t *testing.T) {
	here := mailtest.NewDovecot(t)
	there := here.NewUser(t)
	raw := slices.Concat(rig.Numbered(0).Raw, bytes.Repeat([]byte(strings.Repeat("0123456789", 7)+"\r\n"), 10<<20/72))
	ids := idsOf(t, here, "INBOX", here.Append(t, "INBOX", mailtest.Message{Raw: raw}))
	s := pair(t, here, there, true)
	var outcomes []change.Outcome
	peak := rig.HeapPeak(t, func() { outcomes = toOther(t, s, change.ActionMove, ids...) })
	wantDone(t, outcomes, 1)
	t.Logf("%d MiB at most", peak>>20)
	if peak > rig.MaxCallMemory {
		t.Errorf("%d MiB, want at most %d", peak>>20, rig.MaxCallMemory>>20)
	}
	if got := there.Messages(t, "Archive"); len(got) != 1 || !bytes.Equal(got[0].Raw, raw) {
		t.Errorf("%d messages, or other bytes", len(got))
	}
	wantTitles(t, here, "INBOX", []string{})
}

// What is too large by the server's own word is not even begun.
func TestAcross_MoreThanFortyMegabytesAreRefusedUnread(t *testing.T) {
	t.Parallel()
	here, there := mailtest.NewMemory(t), mailtest.NewMemory(t)
	ids := fill(t, here, "INBOX", 1)
	f := mailtest.NewFaulty(t, here, mailtest.FaultWrongSize(41<<20))
	g := mailtest.NewFaulty(t, there)
	outcomes := toOther(t, pair(t, f, g, true), change.ActionMove, ids...)
	wantAllFailed(t, outcomes, 1, "at most 40 MB")
	if sent(g, "APPEND") > 0 || strings.Contains(strings.Join(f.Commands(), "\n"), "BODY.PEEK[]") {
		t.Error("it was read, or sent")
	}
	wantTitles(t, here, "INBOX", numbers(0, 1))
}
