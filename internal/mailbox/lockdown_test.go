package mailbox_test

import (
	"bytes"
	"fmt"
	"testing"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
)

func TestLockdown_RoundTripsAreAsDocumented(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		for n := range 10 {
			srv.Append(t, "INBOX", mailtest.Message{Raw: rig.Mail(fmt.Sprintf("From: w%d@example.net\nSubject: from %d\nDate: Mon, 02 Nov 2026 10:00:00 +0100", n, n), "hi\n")})
		}
		for n := range 5 {
			rig.Put(t, srv, "Sent", rig.Mail(fmt.Sprintf("From: %s\nTo: W%d <W%d@Example.NET>\nSubject: re", srv.Account(rig.Account).User, n, n), "hi\n"))
		}
		wire := mailtest.Record(t, srv)
		service := locked(t, wire)
		page := func() (shown int) {
			for _, m := range rig.Search(t, service, mailbox.SearchQuery{Limit: 10, SnippetChars: 100}).Messages {
				if m.Withheld == "" {
					shown++
				} else if m.Subject != "" || m.Snippet != nil {
					t.Errorf("withheld, yet shown: %+v", m)
				}
			}
			return shown
		}
		if shown := page(); shown != 5 {
			t.Errorf("%d of 10 are shown, want the 5 of friends", shown)
		}
		wire.Reset()
		if page(); wire.Flights() > 2 {
			t.Errorf("%d round trips with all senders known, want 2 as without lockdown\n%s", wire.Flights(), wire.Transcript())
		}
		// Two to read, EXAMINE of Sent, search, look, and back to INBOX. Dovecot
		// shows mail that has just arrived only to a second FETCH.
		late := func(who string) contract.MessageID {
			t.Helper()
			id := rig.Put(t, srv, "INBOX", rig.Mail("From: "+who+"@example.net\nSubject: s", "hi\n"))
			rig.Put(t, srv, "Sent", rig.Mail("From: "+srv.Account(rig.Account).User+"\nTo: "+who+"@example.net\nSubject: re", "hi\n"))
			return id
		}
		id := late("late")
		wire.Reset()
		m := rig.Get(t, service, mailbox.GetQuery{ID: id})
		if m.Withheld != "" || wire.Flights() > 6+1 {
			t.Errorf("withheld %q, %d round trips, 6 are documented\n%s", m.Withheld, wire.Flights(), wire.Transcript())
		}
		t.Logf("a new sender: %d round trips", wire.Flights())

		// Where Sent is not known yet, LIST is one more, and asks for no counts.
		// INBOX is not open yet either: eight.
		fresh := locked(t, wire)
		id = late("later")
		if _, err := fresh.List(t.Context(), mailbox.ListQuery{Pattern: "INBOX"}); err != nil {
			t.Fatal(err)
		}
		wire.Reset()
		m = rig.Get(t, fresh, mailbox.GetQuery{ID: id})
		if m.Withheld != "" || wire.Flights() > 8 || bytes.Count(wire.ClientBytes(), []byte(" LIST ")) != 1 || bytes.Contains(wire.ClientBytes(), []byte("STATUS")) {
			t.Errorf("withheld %q, %d round trips, 8 are documented, with a LIST and no STATUS\n%s", m.Withheld, wire.Flights(), wire.Transcript())
		}
	})
}

func TestLockdown_WithoutASentMailboxEverybodyIsAStranger(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewDovecot(t)
	id := rig.Put(t, srv, "INBOX", rig.Mail("From: ada@example.net\nSubject: s", "hi\n"))
	service := locked(t, srv)
	if m := rig.Get(t, service, mailbox.GetQuery{ID: id}); m.Withheld == "" || m.BodyText != nil || m.Subject != "" {
		t.Errorf("shown: %+v", m)
	}
}

func TestLockdown_SeveralAuthorsMustAllBeKnown(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemoryWith(t, mailtest.MemoryOptions{User: "me@example.org"})
	rig.Put(t, srv, "Sent", rig.Mail("From: me@example.org\nTo: ada@example.net\nSubject: re", "hi\n"))
	both := rig.Put(t, srv, "INBOX", rig.Mail("From: ada@example.net, eve@example.net\nSubject: s", "hi\n"))
	none := rig.Put(t, srv, "INBOX", rig.Mail("To: me@example.org\nSubject: s", "hi\n"))
	service := locked(t, srv)
	for _, id := range []mailbox.GetQuery{{ID: both}, {ID: none}} {
		if m := rig.Get(t, service, id); m.Withheld == "" {
			t.Errorf("shown: %+v", m)
		}
	}
}

// Whose Sent a mailbox is decides who may speak: a folder of that name deep in
// somebody's archive does not.
func TestLockdown_SentIsKnownByItsNameWhereTheServerDoesNotSay(t *testing.T) {
	t.Parallel()
	for box, shown := range map[string]bool{"Gesendete Nachrichten": true, "Old/2019/Sent": false} {
		srv := mailtest.NewMemoryWith(t, mailtest.MemoryOptions{User: "me@example.org"})
		srv.Create(t, box)
		id := rig.Put(t, srv, "INBOX", rig.Mail("From: ada@example.net\nSubject: s", "hi\n"))
		rig.Put(t, srv, box, rig.Mail("From: me@example.org\nTo: ada@example.net\nSubject: re", "hi\n"))
		service := locked(t, mailtest.NewFaulty(t, srv, mailtest.FaultReply("LIST", `* LIST () "/" "`+box+"\"\r\n%T OK done\r\n")))
		if m := rig.Get(t, service, mailbox.GetQuery{ID: id}); (m.Withheld == "") != shown {
			t.Errorf("%s: withheld %q", box, m.Withheld)
		}
	}
}
