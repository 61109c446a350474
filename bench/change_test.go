package bench_test

import (
	"context"
	"fmt"
	"testing"

	"mail-imap-mcp/internal/change"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailtest"
)

// changeSize is how many messages one call changes at most.
const changeSize = contract.MaxMessageIDs

// BenchmarkChange changes 250 messages of a mailbox in Dovecot, forth and back,
// so that each time there is something to change.
func BenchmarkChange(b *testing.B) {
	srv := mailtest.NewDovecot(b)
	srv.Seed(b, "INBOX", changeSize, func(i int) mailtest.Message {
		return mailtest.Message{Raw: fmt.Appendf(nil, "From: ada@example.org\r\nSubject: number %d\r\n\r\nText.\r\n", i)}
	})
	r := connect(b, srv)
	var ids []contract.MessageID
	for uid := uint32(1); uid <= changeSize; uid++ {
		ids = append(ids, contract.MessageID{Account: "default", Mailbox: "INBOX", UIDValidity: srv.UIDValidity(b, "INBOX"), UID: uid})
	}
	seen := false
	r.measure(b, "flags250", func(b *testing.B) {
		q := change.FlagsQuery{IDs: ids, Add: []string{`\Seen`}}
		if seen {
			q = change.FlagsQuery{IDs: ids, Remove: []string{`\Seen`}}
		}
		seen = !seen
		p, err := r.rooms.Changes.PlanFlags(q)
		if err != nil {
			b.Fatal(err)
		}
		r.apply(b, p)
	})
	r.measure(b, "move250", func(b *testing.B) {
		to := "Archive"
		if ids[0].Mailbox == to {
			to = "INBOX"
		}
		p, err := r.rooms.Changes.PlanTransfer(b.Context(), change.TransferQuery{IDs: ids, Action: change.ActionMove, Destination: to})
		if err != nil {
			b.Fatal(err)
		}
		for i, o := range r.apply(b, p) {
			ids[i] = *o.NewID
		}
	})
}

// apply makes a change, all of which must be done.
func (r *rig) apply(b *testing.B, p *change.Plan) []change.Outcome {
	b.Helper()
	outcomes := r.rooms.Changes.Apply(context.Background(), p.Change, 0, func(change.Evidence) error { return nil })
	for _, o := range outcomes {
		if o.Status != change.Done {
			b.Fatalf("%+v", o)
		}
	}
	return outcomes
}
