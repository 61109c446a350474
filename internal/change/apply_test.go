package change_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"mail-imap-mcp/internal/change"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
)

// witnessed is a witness that has nothing against a change.
func witnessed(change.Evidence) error { return nil }

// fill puts n messages into a mailbox and returns their ids.
func fill(t testing.TB, srv mailtest.Server, name string, n int) []contract.MessageID {
	t.Helper()
	messages := make([]mailtest.Message, n)
	for i := range messages {
		messages[i] = rig.Numbered(i)
	}
	return idsOf(t, srv, name, srv.Append(t, name, messages...))
}

func idsOf(t testing.TB, srv mailtest.Server, name string, uids []uint32) []contract.MessageID {
	t.Helper()
	var ids []contract.MessageID
	validity := srv.UIDValidity(t, name)
	for _, uid := range uids {
		ids = append(ids, contract.MessageID{Account: rig.Account, Mailbox: name, UIDValidity: validity, UID: uid})
	}
	return ids
}

func transfer(t testing.TB, s *service, q change.TransferQuery) []change.Outcome {
	t.Helper()
	p, err := s.PlanTransfer(context.Background(), q)
	if err != nil {
		t.Fatalf("plan: %v", err)
	}
	return append(apply(s, p.Change), p.Refused...)
}

func changeFlags(t testing.TB, s *service, q change.FlagsQuery) []change.Outcome {
	t.Helper()
	p, err := s.PlanFlags(q)
	if err != nil {
		t.Fatalf("plan: %v", err)
	}
	return apply(s, p.Change)
}

func apply(s *service, ch *change.Change) []change.Outcome {
	var outcomes []change.Outcome
	for i := range ch.Batches {
		outcomes = append(outcomes, s.Apply(context.Background(), ch, i, witnessed)...)
	}
	return outcomes
}

func wantDone(t testing.TB, outcomes []change.Outcome, n int) {
	t.Helper()
	if len(outcomes) != n {
		t.Fatalf("%d outcomes, want %d", len(outcomes), n)
	}
	for _, o := range outcomes {
		if o.Status != change.Done {
			t.Fatalf("%s: %s %s %s", o.ID, o.Status, o.Code, o.Message)
		}
	}
}

// wantFailed expects one outcome that has failed, in these words.
func wantFailed(t testing.TB, outcomes []change.Outcome, code contract.Code, words ...string) {
	t.Helper()
	if len(outcomes) != 1 {
		t.Fatalf("%d outcomes, want 1", len(outcomes))
	}
	o := outcomes[0]
	if o.Status != change.Failed || o.Code != code {
		t.Errorf("got %s %s (%s), want failed %s", o.Status, o.Code, o.Message, code)
	}
	for _, w := range words {
		if !strings.Contains(o.Message, w) {
			t.Errorf("message %q does not say %q", o.Message, w)
		}
	}
}

// newIDs are where the messages went.
func newIDs(t testing.TB, outcomes []change.Outcome) []contract.MessageID {
	t.Helper()
	var ids []contract.MessageID
	for _, o := range outcomes {
		if o.NewID == nil {
			t.Fatalf("%s has no new id", o.ID)
		}
		ids = append(ids, *o.NewID)
	}
	return ids
}

// titles are the subjects in a mailbox, oldest first, as a new connection sees
// them.
func titles(t testing.TB, srv mailtest.Server, name string) []string {
	t.Helper()
	list := []string{}
	for _, m := range srv.Messages(t, name) {
		header, _, _ := strings.Cut(string(m.Raw), "\r\n\r\n")
		_, subject, _ := strings.Cut(header, "Subject: ")
		subject, _, _ = strings.Cut(subject, "\r\n")
		list = append(list, subject)
	}
	return list
}

func numbers(from, to int) []string {
	list := []string{}
	for n := from; n < to; n++ {
		list = append(list, fmt.Sprintf("number %d", n))
	}
	return list
}

func wantTitles(t testing.TB, srv mailtest.Server, name string, want []string) {
	t.Helper()
	if got := titles(t, srv, name); !slices.Equal(got, want) {
		t.Errorf("%s has %q, want %q", name, got, want)
	}
}

func TestApply_MovesAndSaysWhereTo(t *testing.T) {
	t.Parallel()
	rig.OnEveryKind(t, func(t *testing.T, k rig.Kind) {
		ids := fill(t, k.Server, "INBOX", 5)
		s := connect(t, k.Server)
		outcomes := transfer(t, s, change.TransferQuery{IDs: ids[1:4], Action: change.ActionMove, Destination: "Archive"})
		wantDone(t, outcomes, 3)
		wantTitles(t, k.Server, "Archive", numbers(1, 4))
		moved := newIDs(t, outcomes)
		for i, id := range moved {
			if m := rig.Get(t, s.Mail, mailbox.GetQuery{ID: id}); m.Subject != fmt.Sprintf("number %d", i+1) {
				t.Errorf("%s is %q", id, m.Subject)
			}
		}
		if k.Expunges() {
			wantTitles(t, k.Server, "INBOX", []string{"number 0", "number 4"})
			return
		}
		wantTitles(t, k.Server, "INBOX", numbers(0, 5))
		for i, m := range k.Server.Messages(t, "INBOX") {
			flagged := slices.Contains(m.Flags, `\Deleted`)
			if want := i >= 1 && i < 4; flagged != want {
				t.Errorf("number %d: flagged %t", i, flagged)
			}
		}
		for _, o := range outcomes {
			if !o.LeftFlagged || !strings.Contains(o.Message, "UIDPLUS") {
				t.Errorf("%+v does not say what is left", o)
			}
		}
	})
}

func TestApply_NeverTakesWhatOthersMarkedDeleted(t *testing.T) {
	t.Parallel()
	rig.OnEveryKind(t, func(t *testing.T, k rig.Kind) {
		messages := []mailtest.Message{rig.Numbered(0), rig.Numbered(1), rig.Numbered(2)}
		messages[0].Flags = []string{`\Deleted`}
		ids := idsOf(t, k.Server, "INBOX", k.Server.Append(t, "INBOX", messages...))
		s := connect(t, k.Server)
		wantDone(t, transfer(t, s, change.TransferQuery{IDs: ids[1:2], Action: change.ActionMove, Destination: "Archive"}), 1)
		outcomes := transfer(t, s, change.TransferQuery{IDs: ids[2:], Action: change.ActionDelete})
		if k.UIDPlus {
			wantDone(t, outcomes, 1)
		} else {
			wantFailed(t, outcomes, contract.Unavailable, "UIDPLUS", "expunge")
		}
		if got := titles(t, k.Server, "INBOX"); !slices.Contains(got, "number 0") {
			t.Errorf("what somebody else had marked is gone: %q", got)
		}
	})
}

func TestApply_CopiesAndKeepsTheOriginal(t *testing.T) {
	t.Parallel()
	rig.OnEveryKind(t, func(t *testing.T, k rig.Kind) {
		ids := fill(t, k.Server, "INBOX", 3)
		s := connect(t, k.Server)
		outcomes := transfer(t, s, change.TransferQuery{IDs: ids, Action: change.ActionCopy, Destination: "Archive"})
		wantDone(t, outcomes, 3)
		wantTitles(t, k.Server, "INBOX", numbers(0, 3))
		wantTitles(t, k.Server, "Archive", numbers(0, 3))
		for i, id := range newIDs(t, outcomes) {
			if m := rig.Get(t, s.Mail, mailbox.GetQuery{ID: id}); m.Subject != fmt.Sprintf("number %d", i) {
				t.Errorf("%s is %q", id, m.Subject)
			}
		}
	})
}

func TestApply_ChangesFlagsAndRemembersWhichChanged(t *testing.T) {
	t.Parallel()
	rig.OnEveryKind(t, func(t *testing.T, k rig.Kind) {
		messages := []mailtest.Message{rig.Numbered(0), rig.Numbered(1)}
		messages[0].Flags = []string{`\Seen`, `\Flagged`}
		ids := idsOf(t, k.Server, "INBOX", k.Server.Append(t, "INBOX", messages...))
		s := connect(t, k.Server)
		flags := func(n int) []string {
			list := slices.DeleteFunc(k.Server.Messages(t, "INBOX")[n].Flags, func(f string) bool { return f == `\Recent` })
			slices.Sort(list)
			return list
		}
		want := func(n int, list ...string) {
			t.Helper()
			if got := flags(n); !slices.Equal(got, list) {
				t.Errorf("number %d has %q, want %q", n, got, list)
			}
		}
		o := changeFlags(t, s, change.FlagsQuery{IDs: ids, Add: []string{`\Flagged`, "Project-X"}})
		wantDone(t, o, 2)
		want(0, "Project-X", `\Flagged`, `\Seen`)
		want(1, "Project-X", `\Flagged`)
		if !slices.Equal(o[0].Added, []string{"Project-X"}) || len(o[1].Added) != 2 || o[0].Removed != nil {
			t.Errorf("remembered %+v", o)
		}
		o = changeFlags(t, s, change.FlagsQuery{IDs: ids[:1], Remove: []string{`\Seen`, `\Draft`}})
		wantDone(t, o, 1)
		want(0, "Project-X", `\Flagged`)
		if !slices.Equal(o[0].Removed, []string{`\Seen`}) {
			t.Errorf("remembered %+v", o)
		}
		o = changeFlags(t, s, change.FlagsQuery{IDs: ids, Replace: []string{`\Answered`}})
		wantDone(t, o, 2)
		want(0, `\Answered`)
		want(1, `\Answered`)
		if len(o[0].Removed) != 2 || !slices.Equal(o[0].Added, []string{`\Answered`}) {
			t.Errorf("remembered %+v", o[0])
		}
	})
}

func TestApply_MailboxNamesAreTakenAsTheyAre(t *testing.T) {
	t.Parallel()
	rig.OnEveryKind(t, func(t *testing.T, k rig.Kind) {
		ids := fill(t, k.Server, "INBOX", 6)
		s := connect(t, k.Server)
		for i, name := range []string{`with "quotes" and \`, "stars * and % signs", "Übergrößen/日本語", "a&b", "deep/er/still", "trailing blank "} {
			k.Server.Create(t, name)
			outcomes := transfer(t, s, change.TransferQuery{IDs: ids[i : i+1], Action: change.ActionMove, Destination: name})
			wantDone(t, outcomes, 1)
			wantTitles(t, k.Server, name, numbers(i, i+1))
			back := transfer(t, s, change.TransferQuery{IDs: newIDs(t, outcomes), Action: change.ActionCopy, Destination: "Sent"})
			wantDone(t, back, 1)
		}
	})
}

func TestApply_RefusesBeforeAnythingChanges(t *testing.T) {
	t.Parallel()
	rig.OnEveryKind(t, func(t *testing.T, k rig.Kind) {
		ids := fill(t, k.Server, "INBOX", 1)
		s := connect(t, k.Server)
		stale := ids[0]
		stale.UIDValidity++
		gone := ids[0]
		gone.UID += 1000
		elsewhere := ids[0]
		elsewhere.Mailbox = "No such"
		tests := []struct {
			name  string
			id    contract.MessageID
			to    string
			code  contract.Code
			words string
		}{
			{"stale UIDVALIDITY", stale, "Archive", contract.Conflict, "rebuilt"},
			{"a message that is gone", gone, "Archive", contract.NotFound, "does not exist any more"},
			{"a mailbox that is not there", elsewhere, "Archive", contract.NotFound, "does not exist"},
			{"a destination that is not there", ids[0], "Nowhere", contract.NotFound, `"Nowhere" does not exist`},
			{"to where it is", ids[0], "inbox", contract.InvalidInput, "already"},
		}
		for _, tt := range tests {
			for _, action := range []change.Action{change.ActionMove, change.ActionCopy} {
				wantFailed(t, transfer(t, s, change.TransferQuery{IDs: []contract.MessageID{tt.id}, Action: action, Destination: tt.to}), tt.code, tt.words)
			}
		}
		wantTitles(t, k.Server, "INBOX", numbers(0, 1))
		wantTitles(t, k.Server, "Archive", []string{})
		if slices.Contains(k.Server.Mailboxes(t), "Nowhere") {
			t.Error("the destination was made")
		}
	})
}

func TestApply_NothingHappensWithoutItsRecord(t *testing.T) {
	t.Parallel()
	rig.OnEveryKind(t, func(t *testing.T, k rig.Kind) {
		ids := fill(t, k.Server, "INBOX", 1)
		s := connect(t, k.Server)
		full := contract.Errorf(contract.Unavailable, "the journal cannot be written")
		refuse := func(change.Evidence) error { return full }
		for _, action := range []change.Action{change.ActionMove, change.ActionCopy, change.ActionTrash, change.ActionDelete} {
			p, err := s.PlanTransfer(t.Context(), change.TransferQuery{IDs: ids, Action: action, Destination: "Archive"})
			if err != nil {
				t.Fatal(err)
			}
			wantFailed(t, s.Apply(t.Context(), p.Change, 0, refuse), contract.Unavailable, "journal")
		}
		wantTitles(t, k.Server, "INBOX", numbers(0, 1))
		wantTitles(t, k.Server, "Archive", []string{})
		wantTitles(t, k.Server, "Trash", []string{})
	})
}

func TestPlan_RefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	s := connect(t, mailtest.NewMemory(t))
	a := contract.MessageID{Account: rig.Account, Mailbox: "INBOX", UIDValidity: 1, UID: 1}
	b := contract.MessageID{Account: "other", Mailbox: "INBOX", UIDValidity: 1, UID: 1}
	for name, ids := range map[string][]contract.MessageID{"none": nil, "of two accounts": {a, b}} {
		_, err := s.PlanTransfer(t.Context(), change.TransferQuery{IDs: ids, Action: change.ActionMove, Destination: "Archive"})
		var refused *contract.Error
		if !errors.As(err, &refused) || refused.Code != contract.InvalidInput {
			t.Errorf("%s: %v", name, err)
		}
	}
	p, err := s.PlanTransfer(t.Context(), change.TransferQuery{IDs: []contract.MessageID{a, a}, Action: change.ActionMove, Destination: "Archive"})
	if err != nil || p.Messages() != 1 {
		t.Errorf("duplicates: %+v %v", p, err)
	}
}
