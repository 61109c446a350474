package mailbox_test

import (
	"fmt"
	"testing"

	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/secret"
)

func locked(t *testing.T, srv mailtest.Server) *mailbox.Service {
	t.Helper()
	a := srv.Account(account)
	a.Lockdown = true
	return connectAs(t, a, srv, secret.Value{})
}

func TestLockdown_RoundTripsAreAsDocumented(t *testing.T) {
	onEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		for n := range 10 {
			srv.Append(t, "INBOX", mailtest.Message{Raw: mail(fmt.Sprintf("From: w%d@example.net\nSubject: from %d\nDate: Mon, 02 Nov 2026 10:00:00 +0100", n, n), "hi\n")})
		}
		for n := range 5 {
			put(t, srv, "Sent", mail(fmt.Sprintf("From: me@example.org\nTo: W%d <W%d@Example.NET>\nSubject: re", n, n), "hi\n"))
		}
		wire := mailtest.Record(t, srv)
		service := locked(t, wire)
		page := func() (shown int) {
			for _, m := range search(t, service, mailbox.SearchQuery{Limit: 10, SnippetChars: 100}).Messages {
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
		if page(); wire.Flights() > 3 {
			t.Errorf("%d round trips with all senders known, want 3 as without lockdown\n%s", wire.Flights(), wire.Transcript())
		}
		// A sender who is not known yet costs EXAMINE of Sent, search and look.
		id := put(t, srv, "INBOX", mail("From: late@example.net\nSubject: s", "hi\n"))
		put(t, srv, "Sent", mail("From: me@example.org\nTo: late@example.net\nSubject: re", "hi\n"))
		wire.Reset()
		m := get(t, service, mailbox.GetQuery{ID: id})
		if m.Withheld != "" || wire.Flights() > 2+3+2 {
			t.Errorf("withheld %q, %d round trips, at most 7 are documented\n%s", m.Withheld, wire.Flights(), wire.Transcript())
		}
		t.Logf("a new sender: %d round trips", wire.Flights())
	})
}

func TestLockdown_WithoutASentMailboxEverybodyIsAStranger(t *testing.T) {
	srv := mailtest.NewDovecot(t)
	id := put(t, srv, "INBOX", mail("From: ada@example.net\nSubject: s", "hi\n"))
	service := locked(t, srv)
	if m := get(t, service, mailbox.GetQuery{ID: id}); m.Withheld == "" || m.BodyText != nil || m.Subject != "" {
		t.Errorf("shown: %+v", m)
	}
}

func TestLockdown_SeveralAuthorsMustAllBeKnown(t *testing.T) {
	srv := mailtest.NewMemory(t)
	put(t, srv, "Sent", mail("From: me@example.org\nTo: ada@example.net\nSubject: re", "hi\n"))
	both := put(t, srv, "INBOX", mail("From: ada@example.net, eve@example.net\nSubject: s", "hi\n"))
	none := put(t, srv, "INBOX", mail("To: me@example.org\nSubject: s", "hi\n"))
	service := locked(t, srv)
	for _, id := range []mailbox.GetQuery{{ID: both}, {ID: none}} {
		if m := get(t, service, id); m.Withheld == "" {
			t.Errorf("shown: %+v", m)
		}
	}
}
