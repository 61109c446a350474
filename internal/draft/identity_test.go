package draft_test

import (
	"testing"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/draft"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
)

// An owner of several addresses answers from the one that was written to, and is
// not among those whom a reply to all goes to.
func TestIdentity_AnswersFromWhereItWasWrittenTo(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	a := srv.Account(rig.Account)
	a.Name, a.Addresses = "Ann Example", []string{"ann@example.org", "info@club.example"}
	s := with(rig.ConnectAs(t, a, srv))
	put := func(head string) contract.MessageID {
		return rig.Put(t, srv, "INBOX", []byte(head+"Subject: x\r\nMessage-ID: <1@example.net>\r\n\r\nHello\r\n"))
	}
	for name, tt := range map[string]struct{ head, from, to, cc string }{
		"to the second address":          {"From: bob@example.net\r\nTo: INFO@club.example, eve@example.net\r\nCc: ann@example.org\r\n", "info@club.example", "bob@example.net", "eve@example.net"},
		"to none of them":                {"From: bob@example.net\r\nTo: list@example.net\r\n", "ann@example.org", "bob@example.net", "list@example.net"},
		"one's own, from another of one": {"From: info@club.example\r\nTo: eve@example.net, ann@example.org\r\n", "ann@example.org", "eve@example.net", ""},
	} {
		t.Run(name, func(t *testing.T) {
			id := put(tt.head)
			p := prepare(t, s, draft.Query{ReplyTo: &id, ReplyAll: true, Body: "Yes."})
			if p.From.Name != "Ann Example" || p.From.Address != tt.from || list(p.To) != tt.to || list(p.Cc) != tt.cc {
				t.Errorf("from %s to %s, cc %s", p.From.String(), list(p.To), list(p.Cc))
			}
		})
	}
	if p := prepare(t, s, draft.Query{To: []string{"bob@example.net"}, Body: "x"}); p.From.Address != "ann@example.org" {
		t.Errorf("a new mail comes from %s", p.From.String())
	}
}
