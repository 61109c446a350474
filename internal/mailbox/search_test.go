package mailbox_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
	"mail-imap-mcp/internal/secret"
)

// letters are one message for each criterion to find.
func letters() []mailtest.Message {
	day := func(d int) time.Time { return time.Date(2026, 10, d, 12, 0, 0, 0, time.UTC) }
	return []mailtest.Message{
		{Date: day(1), Raw: rig.Mail(`From: Ada Lovelace <ada@example.org>
To: bob@example.org
Subject: lunch`, "Shall we eat together?\n")},
		{Date: day(5), Flags: []string{`\Seen`, `\Flagged`}, Raw: rig.Mail(`From: bank@example.com
To: carol@example.org
Cc: dora@example.net
Subject: statement`, "Your balance is fine. "+strings.Repeat("x", 3000)+"\n")},
		{Date: day(9), Raw: rig.Mail(`From: =?utf-8?Q?J=C3=BCrgen?= <juergen@example.de>
To: bob@example.org
Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe_aus_K=C3=B6ln?=
List-Id: travellers <travel.example.de>
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit`, "Der Dom ist schön.\n")},
		{Date: day(20), Raw: rig.Mail(`From: billing@example.com
To: bob@example.org
Subject: invoice
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b`, `--b
Content-Type: text/plain

Please find the invoice attached.
--b
Content-Type: application/pdf; name="invoice.pdf"
Content-Disposition: attachment; filename="invoice.pdf"
Content-Transfer-Encoding: base64

JVBERi0xLjQK
--b--
`)},
	}
}

func TestSearch_EachCriterionFindsItsMessages(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	tests := []struct {
		name     string
		criteria mailbox.Criteria
		want     []string // newest first
	}{
		{"everything", mailbox.Criteria{}, []string{"invoice", "Grüße aus Köln", "statement", "lunch"}},
		{"sender's name", mailbox.Criteria{From: "Lovelace"}, []string{"lunch"}},
		{"sender's address", mailbox.Criteria{From: "example.com"}, []string{"invoice", "statement"}},
		{"any of two senders", mailbox.Criteria{From: "ada@" + mailbox.Either + "bank@"}, []string{"statement", "lunch"}},
		{"any of three, one outside ASCII", mailbox.Criteria{From: "ada@" + mailbox.Either + "Jürgen" + mailbox.Either + "nobody"}, []string{"Grüße aus Köln", "lunch"}},
		{"any of two senders, to any of two", mailbox.Criteria{From: "billing@" + mailbox.Either + "bank@", To: "bob" + mailbox.Either + "eve"}, []string{"invoice"}},
		{"to", mailbox.Criteria{To: "carol"}, []string{"statement"}},
		{"cc", mailbox.Criteria{Cc: "dora"}, []string{"statement"}},
		{"subject", mailbox.Criteria{Subject: "lunch"}, []string{"lunch"}},
		{"subject outside ASCII", mailbox.Criteria{Subject: "Grüße"}, []string{"Grüße aus Köln"}},
		{"body", mailbox.Criteria{Body: "balance"}, []string{"statement"}},
		{"body outside ASCII", mailbox.Criteria{Body: "schön"}, []string{"Grüße aus Köln"}},
		{"anywhere, in the body", mailbox.Criteria{Query: "together"}, []string{"lunch"}},
		{"anywhere, in the header", mailbox.Criteria{Query: "carol"}, []string{"statement"}},
		{"unread", mailbox.Criteria{UnreadOnly: true}, []string{"invoice", "Grüße aus Köln", "lunch"}},
		{"flagged", mailbox.Criteria{FlaggedOnly: true}, []string{"statement"}},
		{"with attachment", mailbox.Criteria{HasAttachment: &yes}, []string{"invoice"}},
		{"without attachment", mailbox.Criteria{HasAttachment: &no}, []string{"Grüße aus Köln", "statement", "lunch"}},
		{"larger", mailbox.Criteria{LargerThan: 2000}, []string{"statement"}},
		{"smaller", mailbox.Criteria{SmallerThan: 2000}, []string{"invoice", "Grüße aus Köln", "lunch"}},
		{"header field with value", mailbox.Criteria{Header: &mailbox.HeaderMatch{Name: "List-Id", Value: "travel"}}, []string{"Grüße aus Köln"}},
		{"header field present", mailbox.Criteria{Header: &mailbox.HeaderMatch{Name: "Cc"}}, []string{"statement"}},
		{"since", mailbox.Criteria{Since: "2026-10-09"}, []string{"invoice", "Grüße aus Köln"}},
		{"before", mailbox.Criteria{Before: "2026-10-09"}, []string{"statement", "lunch"}},
		{"two at once", mailbox.Criteria{From: "example.com", UnreadOnly: true}, []string{"invoice"}},
		{"nothing", mailbox.Criteria{Subject: "no such subject"}, []string{}},
	}
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		srv.Append(t, "INBOX", letters()...)
		service := connect(t, srv)
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				r := rig.Search(t, service, mailbox.SearchQuery{Criteria: tt.criteria})
				if diff := cmp.Diff(tt.want, rig.Subjects(r)); diff != "" {
					t.Errorf("subjects (-want +got):\n%s", diff)
				}
				if r.Total != len(tt.want) || r.HasMore || r.NextCursor != "" {
					t.Errorf("total %d, more %t; want %d, false", r.Total, r.HasMore, len(tt.want))
				}
			})
		}
	})
}

func TestSearch_SummaryHasWhatAListShows(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		uids := srv.Append(t, "INBOX", letters()...)
		service := connect(t, srv)
		m := rig.Search(t, service, mailbox.SearchQuery{Criteria: mailbox.Criteria{Subject: "statement"}, SnippetChars: 50}).Messages[0]
		if want := (contract.MessageID{Account: rig.Account, Mailbox: "INBOX", UIDValidity: srv.UIDValidity(t, "INBOX"), UID: uids[1]}); m.ID != want {
			t.Errorf("id %v, want %v", m.ID, want)
		}
		if len(m.To) != 1 || m.To[0].Address != "carol@example.org" || m.From[0].Address != "bank@example.com" {
			t.Errorf("from %v, to %v", m.From, m.To)
		}
		if !m.Date.Equal(time.Date(2026, 10, 5, 12, 0, 0, 0, time.UTC)) {
			t.Errorf("a message without Date has the date of its arrival; got %v", m.Date)
		}
		if m.Size < 3000 || m.AttachmentCount == nil || *m.AttachmentCount != 0 {
			t.Errorf("size %d, attachments %v", m.Size, m.AttachmentCount)
		}
		if m.Snippet == nil || !strings.HasPrefix(*m.Snippet, "Your balance is fine.") || len([]rune(*m.Snippet)) > 50 {
			t.Errorf("snippet %v", m.Snippet)
		}
		flags := strings.Join(m.Flags, " ")
		if !strings.Contains(flags, `\Seen`) || !strings.Contains(flags, `\Flagged`) {
			t.Errorf("flags %v", m.Flags)
		}
	})
}

func TestSearch_PagesShowEachMatchOnceNewestFirst(t *testing.T) {
	t.Parallel()
	const total = 25
	for _, criteria := range []mailbox.Criteria{{}, {From: "ada"}, {HasAttachment: new(bool)}} {
		rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
			for n := range total {
				srv.Append(t, "INBOX", rig.Numbered(n))
			}
			service := connect(t, srv)
			seen := []string{}
			q := mailbox.SearchQuery{Criteria: criteria, Limit: 10}
			for page := 1; ; page++ {
				r := rig.Search(t, service, q)
				seen = append(seen, rig.Subjects(r)...)
				if !r.TotalApproximate && r.Total != total {
					t.Errorf("page %d: total %d, want %d", page, r.Total, total)
				}
				if !r.HasMore {
					break
				}
				q = mailbox.SearchQuery{Cursor: r.NextCursor}
			}
			want := []string{}
			for n := range total {
				want = append(want, fmt.Sprintf("number %d", total-1-n))
			}
			if diff := cmp.Diff(want, seen); diff != "" {
				t.Errorf("pages (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSearch_MailDeliveredBetweenCallsIsFound(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		srv.Append(t, "INBOX", rig.Numbered(1))
		service := connect(t, srv)
		for _, criteria := range []mailbox.Criteria{{}, {Subject: "number"}} {
			before := rig.Search(t, service, mailbox.SearchQuery{Criteria: criteria}).Total
			if d, ok := srv.(interface {
				Deliver(testing.TB, string, ...mailtest.Message)
			}); ok {
				d.Deliver(t, "INBOX", rig.Numbered(before+1)) // as a mail transfer agent would
			} else {
				srv.Append(t, "INBOX", rig.Numbered(before+1))
			}
			r := rig.Search(t, service, mailbox.SearchQuery{Criteria: criteria})
			if r.Total != before+1 || r.Messages[0].Subject != fmt.Sprintf("number %d", before+1) {
				t.Errorf("total %d, newest %q; the new message is missing", r.Total, r.Messages[0].Subject)
			}
		}
	})
}

func TestSearch_ReadingLeavesNoTrace(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		srv.Append(t, "INBOX", letters()...)
		service := connect(t, srv)
		r := rig.Search(t, service, mailbox.SearchQuery{SnippetChars: 100})
		for _, m := range r.Messages {
			if _, err := service.Get(t.Context(), mailbox.GetQuery{ID: m.ID, BodyMax: 100, Mode: mailbox.ModeBoth}); err != nil {
				t.Fatal(err)
			}
			if _, err := service.Raw(t.Context(), mailbox.RawQuery{ID: m.ID, MaxBytes: 100}); err != nil {
				t.Fatal(err)
			}
		}
		after := rig.Search(t, service, mailbox.SearchQuery{Criteria: mailbox.Criteria{UnreadOnly: true}})
		if after.Total != 3 {
			t.Errorf("%d unread after reading, want 3 as before", after.Total)
		}
	})
}

func TestCursor_SurvivesARestartUnderTheSameKeyOnly(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	for n := range 15 {
		srv.Append(t, "INBOX", rig.Numbered(n))
	}
	key, other := secret.New(strings.Repeat("k", 32)), secret.New(strings.Repeat("o", 32))
	first := rig.Search(t, connectAs(t, srv.Account(rig.Account), srv, key), mailbox.SearchQuery{Limit: 10})
	again := connectAs(t, srv.Account(rig.Account), srv, key)
	if r := rig.Search(t, again, mailbox.SearchQuery{Cursor: first.NextCursor}); r.Returned != 5 || r.Messages[0].Subject != "number 4" {
		t.Errorf("after the restart: %v", rig.Subjects(r))
	}
	for name, service := range map[string]*mailbox.Service{
		"another key":    connectAs(t, srv.Account(rig.Account), srv, other),
		"a fresh key":    connect(t, srv),
		"another caller": again,
	} {
		q := mailbox.SearchQuery{Cursor: first.NextCursor}
		if name == "another caller" {
			q.Caller = "somebody else"
		}
		_, err := service.Search(t.Context(), q)
		rig.WantCode(t, name, err, contract.InvalidInput, "cursor is invalid or expired")
	}
}

func TestCursor_IsOfItsAccountAndMailbox(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	for n := range 3 {
		srv.Append(t, "INBOX", rig.Numbered(n))
	}
	service := connect(t, srv)
	cursor := rig.Search(t, service, mailbox.SearchQuery{Limit: 1}).NextCursor
	_, err := service.Search(t.Context(), mailbox.SearchQuery{Cursor: cursor, Mailbox: "Sent"})
	rig.WantCode(t, "other mailbox", err, contract.InvalidInput, "not the cursor's")
	_, err = service.Search(t.Context(), mailbox.SearchQuery{Cursor: cursor, Account: "other"})
	rig.WantCode(t, "other account", err, contract.InvalidInput, "not the cursor's")
	if r := rig.Search(t, service, mailbox.SearchQuery{Cursor: cursor, Mailbox: "inbox", Account: "WORK", Limit: 2}); r.Returned != 2 {
		t.Errorf("its own account and mailbox in other case: %d returned, want 2", r.Returned)
	}
}
