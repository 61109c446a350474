package mailbox_test

import (
	"testing"

	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
)

// A text outside ASCII goes as a literal (RFC 7888).
func TestLiteral_SearchOutsideASCIINeedsNoFlightOfItsOwn(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		o       mailtest.ExtendedOptions
		flights int
	}{
		"LITERAL-": {mailtest.ExtendedOptions{}, 2},
		"LITERAL+": {mailtest.ExtendedOptions{Without: []string{"LITERAL-"}, With: []string{"LITERAL+"}}, 2},
		// One pause for each of the two searches that go together.
		"neither": {mailtest.ExtendedOptions{Without: []string{"LITERAL-"}}, 4},
	} {
		t.Run(name, func(t *testing.T) {
			srv := mailtest.NewExtended(t, tt.o)
			srv.Append(t, "INBOX", letters()...)
			wire := mailtest.Record(t, srv)
			service := connect(t, wire)
			rig.Search(t, service, mailbox.SearchQuery{Criteria: mailbox.Criteria{From: "ada"}}) // warm up
			wire.Reset()
			r := rig.Search(t, service, mailbox.SearchQuery{Criteria: mailbox.Criteria{Subject: "Grüße"}})
			if r.Total != 1 || r.Messages[0].Subject != "Grüße aus Köln" {
				t.Errorf("found %q", rig.Subjects(r))
			}
			t.Logf("%d round trips", wire.Flights())
			if want := tt.flights; wire.Flights() != want {
				t.Errorf("%d round trips, want %d", wire.Flights(), want)
			}
		})
	}
}
