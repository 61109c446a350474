package mailbox_test

import (
	"context"
	"fmt"
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
	var ids []contract.MessageID
	validity := srv.UIDValidity(t, name)
	for _, uid := range srv.Append(t, name, messages...) {
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

func TestApply_Smoke(t *testing.T) {
	onEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		ids := fill(t, srv, "INBOX", 250)
		wire := mailtest.Record(t, srv)
		s := connect(t, wire)
		search(t, s, mailbox.SearchQuery{})
		wire.Reset()
		report := func(name string) {
			fmt.Printf("%s %s: %d flights %d in %d out\n", srv.Name(), name, wire.Flights(), wire.BytesFromServer(), wire.BytesFromClient())
			if len(wire.Transcript()) < 3000 || testing.Verbose() {
				fmt.Println(wire.Transcript()[:min(1500, len(wire.Transcript()))])
			}
			wire.Reset()
		}
		p, err := s.PlanFlags(mailbox.FlagsQuery{IDs: ids, Add: []string{`\Flagged`, "Project"}})
		if err != nil {
			t.Fatal(err)
		}
		wantDone(t, apply(s, p.Change), 250)
		report("flags")
		p, _ = s.PlanFlags(mailbox.FlagsQuery{IDs: ids, Replace: []string{`\Seen`}})
		o := apply(s, p.Change)
		wantDone(t, o, 250)
		fmt.Printf("%+v\n", o[0])
		report("replace")
		o = transfer(t, s, mailbox.TransferQuery{IDs: ids, Action: mailbox.ActionCopy, Destination: "Archive"})
		wantDone(t, o, 250)
		fmt.Printf("%+v\n", o[0])
		report("copy")
		o = transfer(t, s, mailbox.TransferQuery{IDs: ids, Action: mailbox.ActionMove, Destination: "Junk"})
		wantDone(t, o, 250)
		report("move")
		var moved []contract.MessageID
		for _, x := range o {
			moved = append(moved, *x.NewID)
		}
		wantDone(t, transfer(t, s, mailbox.TransferQuery{IDs: moved, Action: mailbox.ActionDelete}), 250)
		report("delete")
	})
}
