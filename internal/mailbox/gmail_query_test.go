package mailbox_test

import (
	"slices"
	"strings"
	"testing"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
)

func TestGmailQuery_FindsTheSameAsTEXT(t *testing.T) {
	t.Parallel()
	with, without := mailtest.NewGmail(t), mailtest.NewExtended(t, mailtest.ExtendedOptions{Profile: mailtest.Gmail, Without: []string{"X-GM-EXT-1"}})
	services := map[*mailtest.Extended]*mailbox.Service{with: connect(t, with), without: connect(t, without)}
	for srv := range services {
		srv.Append(t, "INBOX", letters()...)
		srv.Append(t, "[Gmail]/Trash", letters()[:1]...)
	}
	for _, tt := range []struct {
		query, box string
		raw        bool // X-GM-RAW is asked
		found      int
	}{
		{"lunch", "INBOX", true, 1},
		{"eat together", "INBOX", true, 1},
		{"bob@example.org", "INBOX", true, 3},
		{"schön", "INBOX", true, 1},
		{"together", "[Gmail]/Trash", true, 1},
		{"toget", "INBOX", true, 1}, // part of a word: with TEXT then
		{"OR", "INBOX", true, 4},    // no operator
		{"from:ada", "INBOX", false, 0},
		{"-lunch", "INBOX", false, 0},
		{`"lunch"`, "INBOX", false, 0},
		{"?", "INBOX", false, 1},
		{"東京", "INBOX", false, 0},
	} {
		for srv, service := range services {
			r, err := service.Search(t.Context(), mailbox.SearchQuery{Mailbox: tt.box, Criteria: mailbox.Criteria{Query: tt.query}, Limit: 10})
			if err != nil || r.Total != tt.found {
				t.Errorf("%q (X-GM-EXT-1: %t): %q, want %d (%v)", tt.query, srv == with, rig.Subjects(r), tt.found, err)
			}
			raw := slices.ContainsFunc(srv.Heard(), func(line string) bool {
				return strings.Contains(line, `X-GM-RAW "\"`+tt.query+`\" in:anywhere"`)
			})
			if raw != (tt.raw && srv == with) {
				t.Errorf("%q (X-GM-EXT-1: %t): X-GM-RAW asked: %t", tt.query, srv == with, raw)
			}
		}
	}
}

func TestGmailQuery_PagesGoOnAsTheyBegan(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewGmail(t)
	for n := range 12 {
		srv.Append(t, "INBOX", rig.Numbered(n))
	}
	service := connect(t, srv)
	for _, query := range []string{"message", "essag"} {
		r := rig.Search(t, service, mailbox.SearchQuery{Criteria: mailbox.Criteria{Query: query}, Limit: 5})
		total := r.Returned
		for r.HasMore {
			r = rig.Search(t, service, mailbox.SearchQuery{Cursor: r.NextCursor})
			total += r.Returned
		}
		if total != 12 || r.Total != 12 {
			t.Errorf("%q: %d of %d", query, total, r.Total)
		}
	}
	r, err := service.Search(t.Context(), mailbox.SearchQuery{Mailbox: "INBOX", Criteria: mailbox.Criteria{Query: "nowhere"}})
	if err != nil || !slices.ContainsFunc(r.Issues, func(i contract.Issue) bool { return strings.Contains(i.Message, "whole words") }) {
		t.Errorf("nothing found, and not why: %v, %v", r.Issues, err)
	}
}

func TestGmailQuery_RefusedItIsTEXT(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewGmail(t)
	srv.Append(t, "INBOX", letters()...)
	tried := 0
	refusing := mailtest.NewFaulty(t, srv, mailtest.FaultAt("UID SEARCH", func(x *mailtest.Exchange) {
		if strings.Contains(x.Line, "X-GM-RAW") {
			tried++
			x.Reply("%T BAD Could not parse command\r\n")
		}
	}))
	service := connect(t, refusing)
	for range 2 {
		if r := rig.Search(t, service, mailbox.SearchQuery{Criteria: mailbox.Criteria{Query: "lunch"}}); r.Total != 1 {
			t.Errorf("%d found", r.Total)
		}
	}
	if tried > 3 {
		t.Errorf("X-GM-RAW was tried %d times", tried)
	}
}
