package change_test

import (
	"slices"
	"strings"
	"testing"

	"mail-imap-mcp/internal/change"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailtest"
)

const allMail = "[Gmail]/All Mail"

func onGmail(t *testing.T) (*mailtest.Memory, *service, []contract.MessageID) {
	t.Helper()
	srv := mailtest.NewMemoryWith(t, mailtest.MemoryOptions{Gmail: true})
	return srv, connect(t, srv), fill(t, srv, "INBOX", 2)
}

func TestApplyGmail_ArchiveTakesTheInboxOffAndCanBePutBack(t *testing.T) {
	t.Parallel()
	srv, s, ids := onGmail(t)
	outcomes := transfer(t, s, change.TransferQuery{IDs: ids[:1], Action: change.ActionArchive})
	wantDone(t, outcomes, 1)
	if outcomes[0].NewID == nil || outcomes[0].NewID.Mailbox != allMail {
		t.Fatalf("went to %v", outcomes[0].NewID)
	}
	wantTitles(t, srv, "INBOX", numbers(1, 2))
	wantTitles(t, srv, allMail, numbers(0, 2))
	back := transfer(t, s, change.TransferQuery{IDs: newIDs(t, outcomes), Action: change.ActionMove, Destination: "INBOX"})
	wantDone(t, back, 1)
	if !strings.Contains(back[0].Message, `still in "[Gmail]/All Mail"`) {
		t.Errorf("claims to have moved it out of All Mail: %q", back[0].Message)
	}
	got := titles(t, srv, "INBOX")
	slices.Sort(got)
	if !slices.Equal(got, numbers(0, 2)) {
		t.Errorf("INBOX has %q", got)
	}
	wantTitles(t, srv, allMail, numbers(0, 2))
}

func TestApplyGmail_DeleteGoesToTrashAndForGoodOnlyFromThere(t *testing.T) {
	t.Parallel()
	srv, s, ids := onGmail(t)
	for _, name := range []string{"INBOX", allMail} {
		from := ids[:1]
		if name == allMail {
			from = idsOf(t, srv, allMail, []uint32{srv.Messages(t, allMail)[0].UID})
		}
		q := change.TransferQuery{IDs: from, Action: change.ActionDelete}
		p, err := s.PlanTransfer(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		v, err := s.Preview(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		wantFailed(t, v.Outcomes, contract.InvalidInput, "All Mail", "without permanent first")
		wantFailed(t, transfer(t, s, q), contract.InvalidInput, "All Mail", "without permanent first")
	}
	wantTitles(t, srv, "INBOX", numbers(0, 2))
	for _, m := range srv.Messages(t, "INBOX") {
		if len(m.Flags) > 0 {
			t.Errorf("flags are %q", m.Flags)
		}
	}
	trashed := transfer(t, s, change.TransferQuery{IDs: ids[:1], Action: change.ActionTrash})
	wantDone(t, trashed, 1)
	wantTitles(t, srv, "[Gmail]/Trash", numbers(0, 1))
	wantTitles(t, srv, allMail, numbers(1, 2))
	wantDone(t, transfer(t, s, change.TransferQuery{IDs: newIDs(t, trashed), Action: change.ActionDelete}), 1)
	wantTitles(t, srv, "[Gmail]/Trash", []string{})
}

func TestApplyGmail_MoveToAnotherAccountSaysWhatStays(t *testing.T) {
	t.Parallel()
	srv, _, ids := onGmail(t)
	other := mailtest.NewMemory(t)
	s := pair(t, srv, other, true)
	outcomes := transfer(t, s, change.TransferQuery{IDs: ids[:1], Action: change.ActionMove, Destination: "Archive", ToAccount: "other"})
	wantDone(t, outcomes, 1)
	if !strings.Contains(outcomes[0].Message, "keeps it in All Mail") {
		t.Errorf("does not say what stays: %q", outcomes[0].Message)
	}
	wantTitles(t, other, "Archive", numbers(0, 1))
	wantTitles(t, srv, allMail, numbers(0, 2))
}
