package mailbox_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/mailtest"
)

// witnessed is a witness that has nothing against a change.
func witnessed(mailbox.Evidence) error { return nil }

// fill puts n messages into a mailbox and returns their ids.
func fill(t testing.TB, srv mailtest.Server, name string, n int) []contract.MessageID {
	t.Helper()
	messages := make([]mailtest.Message, n)
	for i := range messages {
		messages[i] = numbered(i)
	}
	return idsOf(t, srv, name, srv.Append(t, name, messages...))
}

func idsOf(t testing.TB, srv mailtest.Server, name string, uids []uint32) []contract.MessageID {
	t.Helper()
	var ids []contract.MessageID
	validity := srv.UIDValidity(t, name)
	for _, uid := range uids {
		ids = append(ids, contract.MessageID{Account: account, Mailbox: name, UIDValidity: validity, UID: uid})
	}
	return ids
}

func transfer(t testing.TB, s *mailbox.Service, q mailbox.TransferQuery) []mailbox.Outcome {
	t.Helper()
	p, err := s.PlanTransfer(context.Background(), q)
	if err != nil {
		t.Fatalf("plan: %v", err)
	}
	return append(apply(s, p.Change), p.Refused...)
}

func changeFlags(t testing.TB, s *mailbox.Service, q mailbox.FlagsQuery) []mailbox.Outcome {
	t.Helper()
	p, err := s.PlanFlags(q)
	if err != nil {
		t.Fatalf("plan: %v", err)
	}
	return apply(s, p.Change)
}

func apply(s *mailbox.Service, ch *mailbox.Change) []mailbox.Outcome {
	var outcomes []mailbox.Outcome
	for i := range ch.Batches {
		outcomes = append(outcomes, s.Apply(context.Background(), ch, i, witnessed)...)
	}
	return outcomes
}

func wantDone(t testing.TB, outcomes []mailbox.Outcome, n int) {
	t.Helper()
	if len(outcomes) != n {
		t.Fatalf("%d outcomes, want %d", len(outcomes), n)
	}
	for _, o := range outcomes {
		if o.Status != mailbox.Done {
			t.Fatalf("%s: %s %s %s", o.ID, o.Status, o.Code, o.Message)
		}
	}
}

// wantFailed expects one outcome that has failed, in these words.
func wantFailed(t testing.TB, outcomes []mailbox.Outcome, code contract.Code, words ...string) {
	t.Helper()
	if len(outcomes) != 1 {
		t.Fatalf("%d outcomes, want 1", len(outcomes))
	}
	o := outcomes[0]
	if o.Status != mailbox.Failed || o.Code != code {
		t.Errorf("got %s %s (%s), want failed %s", o.Status, o.Code, o.Message, code)
	}
	for _, w := range words {
		if !strings.Contains(o.Message, w) {
			t.Errorf("message %q does not say %q", o.Message, w)
		}
	}
}

// newIDs are where the messages went.
func newIDs(t testing.TB, outcomes []mailbox.Outcome) []contract.MessageID {
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
	onEveryKind(t, func(t *testing.T, k kind) {
		ids := fill(t, k.srv, "INBOX", 5)
		s := connect(t, k.srv)
		outcomes := transfer(t, s, mailbox.TransferQuery{IDs: ids[1:4], Action: mailbox.ActionMove, Destination: "Archive"})
		wantDone(t, outcomes, 3)
		wantTitles(t, k.srv, "Archive", numbers(1, 4))
		moved := newIDs(t, outcomes)
		for i, id := range moved {
			if m := get(t, s, mailbox.GetQuery{ID: id}); m.Subject != fmt.Sprintf("number %d", i+1) {
				t.Errorf("%s is %q", id, m.Subject)
			}
		}
		if k.expunges() {
			wantTitles(t, k.srv, "INBOX", []string{"number 0", "number 4"})
			return
		}
		wantTitles(t, k.srv, "INBOX", numbers(0, 5))
		for i, m := range k.srv.Messages(t, "INBOX") {
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
	onEveryKind(t, func(t *testing.T, k kind) {
		messages := []mailtest.Message{numbered(0), numbered(1), numbered(2)}
		messages[0].Flags = []string{`\Deleted`}
		ids := idsOf(t, k.srv, "INBOX", k.srv.Append(t, "INBOX", messages...))
		s := connect(t, k.srv)
		wantDone(t, transfer(t, s, mailbox.TransferQuery{IDs: ids[1:2], Action: mailbox.ActionMove, Destination: "Archive"}), 1)
		outcomes := transfer(t, s, mailbox.TransferQuery{IDs: ids[2:], Action: mailbox.ActionDelete})
		if k.uidPlus {
			wantDone(t, outcomes, 1)
		} else {
			wantFailed(t, outcomes, contract.Unavailable, "UIDPLUS", "expunge")
		}
		if got := titles(t, k.srv, "INBOX"); !slices.Contains(got, "number 0") {
			t.Errorf("what somebody else had marked is gone: %q", got)
		}
	})
}

func TestApply_CopiesAndKeepsTheOriginal(t *testing.T) {
	onEveryKind(t, func(t *testing.T, k kind) {
		ids := fill(t, k.srv, "INBOX", 3)
		s := connect(t, k.srv)
		outcomes := transfer(t, s, mailbox.TransferQuery{IDs: ids, Action: mailbox.ActionCopy, Destination: "Archive"})
		wantDone(t, outcomes, 3)
		wantTitles(t, k.srv, "INBOX", numbers(0, 3))
		wantTitles(t, k.srv, "Archive", numbers(0, 3))
		for i, id := range newIDs(t, outcomes) {
			if m := get(t, s, mailbox.GetQuery{ID: id}); m.Subject != fmt.Sprintf("number %d", i) {
				t.Errorf("%s is %q", id, m.Subject)
			}
		}
	})
}

func TestApply_ChangesFlagsAndRemembersWhichChanged(t *testing.T) {
	onEveryKind(t, func(t *testing.T, k kind) {
		messages := []mailtest.Message{numbered(0), numbered(1)}
		messages[0].Flags = []string{`\Seen`, `\Flagged`}
		ids := idsOf(t, k.srv, "INBOX", k.srv.Append(t, "INBOX", messages...))
		s := connect(t, k.srv)
		flags := func(n int) []string {
			list := slices.DeleteFunc(k.srv.Messages(t, "INBOX")[n].Flags, func(f string) bool { return f == `\Recent` })
			slices.Sort(list)
			return list
		}
		want := func(n int, list ...string) {
			t.Helper()
			if got := flags(n); !slices.Equal(got, list) {
				t.Errorf("number %d has %q, want %q", n, got, list)
			}
		}
		o := changeFlags(t, s, mailbox.FlagsQuery{IDs: ids, Add: []string{`\Flagged`, "Project-X"}})
		wantDone(t, o, 2)
		want(0, "Project-X", `\Flagged`, `\Seen`)
		want(1, "Project-X", `\Flagged`)
		if !slices.Equal(o[0].Added, []string{"Project-X"}) || len(o[1].Added) != 2 || o[0].Removed != nil {
			t.Errorf("remembered %+v", o)
		}
		o = changeFlags(t, s, mailbox.FlagsQuery{IDs: ids[:1], Remove: []string{`\Seen`, `\Draft`}})
		wantDone(t, o, 1)
		want(0, "Project-X", `\Flagged`)
		if !slices.Equal(o[0].Removed, []string{`\Seen`}) {
			t.Errorf("remembered %+v", o)
		}
		o = changeFlags(t, s, mailbox.FlagsQuery{IDs: ids, Replace: []string{`\Answered`}})
		wantDone(t, o, 2)
		want(0, `\Answered`)
		want(1, `\Answered`)
		if len(o[0].Removed) != 2 || !slices.Equal(o[0].Added, []string{`\Answered`}) {
			t.Errorf("remembered %+v", o[0])
		}
	})
}

func TestApply_MailboxNamesAreTakenAsTheyAre(t *testing.T) {
	onEveryKind(t, func(t *testing.T, k kind) {
		ids := fill(t, k.srv, "INBOX", 6)
		s := connect(t, k.srv)
		for i, name := range []string{`with "quotes" and \`, "stars * and % signs", "Übergrößen/日本語", "a&b", "deep/er/still", "trailing blank "} {
			k.srv.Create(t, name)
			outcomes := transfer(t, s, mailbox.TransferQuery{IDs: ids[i : i+1], Action: mailbox.ActionMove, Destination: name})
			wantDone(t, outcomes, 1)
			wantTitles(t, k.srv, name, numbers(i, i+1))
			back := transfer(t, s, mailbox.TransferQuery{IDs: newIDs(t, outcomes), Action: mailbox.ActionCopy, Destination: "Sent"})
			wantDone(t, back, 1)
		}
	})
}

func TestApply_RefusesBeforeAnythingChanges(t *testing.T) {
	onEveryKind(t, func(t *testing.T, k kind) {
		ids := fill(t, k.srv, "INBOX", 1)
		s := connect(t, k.srv)
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
			for _, action := range []mailbox.Action{mailbox.ActionMove, mailbox.ActionCopy} {
				wantFailed(t, transfer(t, s, mailbox.TransferQuery{IDs: []contract.MessageID{tt.id}, Action: action, Destination: tt.to}), tt.code, tt.words)
			}
		}
		wantTitles(t, k.srv, "INBOX", numbers(0, 1))
		wantTitles(t, k.srv, "Archive", []string{})
		if slices.Contains(k.srv.Mailboxes(t), "Nowhere") {
			t.Error("the destination was made")
		}
	})
}

func TestApply_NothingHappensWithoutItsRecord(t *testing.T) {
	onEveryKind(t, func(t *testing.T, k kind) {
		ids := fill(t, k.srv, "INBOX", 1)
		s := connect(t, k.srv)
		full := contract.Errorf(contract.Unavailable, "the journal cannot be written")
		refuse := func(mailbox.Evidence) error { return full }
		for _, action := range []mailbox.Action{mailbox.ActionMove, mailbox.ActionCopy, mailbox.ActionTrash, mailbox.ActionDelete} {
			p, err := s.PlanTransfer(t.Context(), mailbox.TransferQuery{IDs: ids, Action: action, Destination: "Archive"})
			if err != nil {
				t.Fatal(err)
			}
			wantFailed(t, s.Apply(t.Context(), p.Change, 0, refuse), contract.Unavailable, "journal")
		}
		wantTitles(t, k.srv, "INBOX", numbers(0, 1))
		wantTitles(t, k.srv, "Archive", []string{})
		wantTitles(t, k.srv, "Trash", []string{})
	})
}

func TestPlan_RefusesWhatCannotBe(t *testing.T) {
	s := connect(t, mailtest.NewMemory(t))
	a := contract.MessageID{Account: account, Mailbox: "INBOX", UIDValidity: 1, UID: 1}
	b := contract.MessageID{Account: "other", Mailbox: "INBOX", UIDValidity: 1, UID: 1}
	for name, ids := range map[string][]contract.MessageID{"none": nil, "of two accounts": {a, b}} {
		_, err := s.PlanTransfer(t.Context(), mailbox.TransferQuery{IDs: ids, Action: mailbox.ActionMove, Destination: "Archive"})
		var refused *contract.Error
		if !errors.As(err, &refused) || refused.Code != contract.InvalidInput {
			t.Errorf("%s: %v", name, err)
		}
	}
	p, err := s.PlanTransfer(t.Context(), mailbox.TransferQuery{IDs: []contract.MessageID{a, a}, Action: mailbox.ActionMove, Destination: "Archive"})
	if err != nil || p.Messages() != 1 {
		t.Errorf("duplicates: %+v %v", p, err)
	}
}
