package mailbox_test

import (
	"bytes"
	"encoding/base64"
	"os"
	"testing"

	"mail-imap-mcp/internal/extract"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
)

// The round-trip table of docs/architecture.md, counted on the wire by a meter
// that shares no code with what it measures.
func TestBudget_RoundTripsAndBytes(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		for n := range 40 {
			srv.Append(t, "INBOX", rig.Numbered(n))
		}
		large := rig.Put(t, srv, "INBOX", withAttachment(25<<20))
		pdf := rig.Put(t, srv, "INBOX", rig.Enclosing("application/pdf", "invoice.pdf", invoicePDF(t)))
		wire := mailtest.Record(t, srv)
		service := connect(t, wire)

		var cursor, snippetCursor string
		find := func(q mailbox.SearchQuery) func(t *testing.T) *mailbox.SearchResult {
			return func(t *testing.T) *mailbox.SearchResult {
				q.Limit = 10
				r := rig.Search(t, service, q)
				if r.Returned != 10 {
					t.Fatalf("returned %d", r.Returned)
				}
				return r
			}
		}
		ada := mailbox.Criteria{From: "ada"}
		jobs := []struct {
			name    string
			flights int
			bytes   int64 // from the server
			run     func(t *testing.T)
		}{
			// Connect and sign in, select, fetch.
			{"connect and search", 3, 60_000, func(t *testing.T) { find(mailbox.SearchQuery{Mailbox: "INBOX"})(t) }},
			{"list mailboxes with counts", 1, 10_000, func(t *testing.T) {
				if _, err := service.List(t.Context(), mailbox.ListQuery{}); err != nil {
					t.Fatal(err)
				}
			}},
			{"newest 10", 1, 60_000, func(t *testing.T) { cursor = find(mailbox.SearchQuery{Mailbox: "INBOX"})(t).NextCursor }},
			{"newest 10 with snippets", 2, 60_000, func(t *testing.T) { find(mailbox.SearchQuery{Mailbox: "INBOX", SnippetChars: 200})(t) }},
			{"next page", 2, 60_000, func(t *testing.T) { find(mailbox.SearchQuery{Cursor: cursor})(t) }},
			{"search", 2, 60_000, func(t *testing.T) { cursor = find(mailbox.SearchQuery{Mailbox: "INBOX", Criteria: ada})(t).NextCursor }},
			{"next page of a search", 2, 60_000, func(t *testing.T) { find(mailbox.SearchQuery{Cursor: cursor})(t) }},
			{"search with snippets", 3, 60_000, func(t *testing.T) {
				snippetCursor = find(mailbox.SearchQuery{Mailbox: "INBOX", Criteria: ada, SnippetChars: 200})(t).NextCursor
			}},
			{"next page with snippets", 3, 60_000, func(t *testing.T) { find(mailbox.SearchQuery{Cursor: snippetCursor})(t) }},
			{"read the text of a 25 MB mail that was found", 1, 10_000, func(t *testing.T) {
				m := rig.Get(t, service, mailbox.GetQuery{ID: large, Attachments: true})
				if m.BodyText == nil || len(m.Attachments) != 1 {
					t.Errorf("body %v, attachments %v", m.BodyText, m.Attachments)
				}
			}},
			{"read a small mail that was found and the text of its PDF", 1, 100_000, func(t *testing.T) {
				m := rig.Get(t, service, mailbox.GetQuery{ID: pdf, Attachments: true, AttachmentText: 10_000})
				if m.BodyText == nil || len(m.Attachments) != 1 || m.Attachments[0].Text.Status != extract.OK {
					t.Errorf("body %v, attachments %+v", m.BodyText, m.Attachments)
				}
			}},
			{"the text of an attachment", 2, 100_000, func(t *testing.T) {
				a, err := service.AttachmentText(t.Context(), mailbox.AttachmentQuery{ID: pdf, PartID: "2", Max: 10_000})
				if err != nil || a.Text.Status != extract.OK {
					t.Errorf("%+v, %v", a, err)
				}
			}},
			{"the bytes of an attachment", 2, 100_000, func(t *testing.T) {
				a, err := service.AttachmentBytes(t.Context(), mailbox.AttachmentQuery{ID: pdf, PartID: "2", Max: 16_000})
				if err != nil || !bytes.HasPrefix(a.Data, []byte("%PDF")) {
					t.Errorf("%d bytes, %v", len(a.Data), err)
				}
			}},
			{"raw source, 16 kB", 1, 20_000, func(t *testing.T) {
				if _, err := service.Raw(t.Context(), mailbox.RawQuery{ID: large, MaxBytes: 16_000}); err != nil {
					t.Fatal(err)
				}
			}},
		}
		for _, job := range jobs {
			t.Run(job.name, func(t *testing.T) {
				wire.Reset()
				job.run(t)
				flights, received := wire.Flights(), int64(wire.BytesFromServer())
				t.Logf("%-40s %d round trips, %d bytes", job.name, flights, received)
				if flights > job.flights {
					t.Errorf("%d round trips, at most %d allowed\n%s", flights, job.flights, wire.Transcript())
				}
				if received > job.bytes {
					t.Errorf("%d bytes, at most %d allowed", received, job.bytes)
				}
			})
		}
		t.Run("what nothing is known of", func(t *testing.T) {
			service := connect(t, wire)
			most := func(what string, flights int, bytes int64, run func()) {
				t.Helper()
				wire.Reset()
				run()
				if n, received := wire.Flights(), int64(wire.BytesFromServer()); n > flights || received > bytes {
					t.Errorf("%s: %d round trips and %d bytes, at most %d and %d allowed\n%s", what, n, received, flights, bytes, wire.Transcript())
				}
			}
			nobody := func() {
				r, err := service.Search(t.Context(), mailbox.SearchQuery{Mailbox: "INBOX", Criteria: mailbox.Criteria{From: "nobody"}})
				if err != nil || r.Returned != 0 || len(r.Issues) != 0 {
					t.Errorf("%+v, %v", r, err)
				}
			}
			// Two to connect and select, one to search, two to see that the server
			// does compare texts.
			most("nothing is found, for the first time", 5, 20_000, nobody)
			most("nothing is found", 1, 1_000, nobody)
			most("the text of a 25 MB mail", 2, 10_000, func() { rig.Get(t, service, mailbox.GetQuery{ID: large}) })
			most("the text of a PDF", 2, 100_000, func() { rig.Get(t, service, mailbox.GetQuery{ID: pdf, Attachments: true, AttachmentText: 10_000}) })
		})
	})
}

// invoicePDF is one of the PDFs that internal/extract/pdf is tested with.
func invoicePDF(t *testing.T) []byte {
	t.Helper()
	b, err := os.ReadFile("../extract/pdf/testdata/invoice-reportlab.pdf")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// withAttachment is a message with a small text and an attachment of size bytes.
func withAttachment(size int) []byte {
	var b bytes.Buffer
	b.Write(rig.Mail(`From: Ada <ada@example.org>
To: bob@example.org
Subject: the large one
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b`, `--b
Content-Type: text/plain

See the film.
--b
Content-Type: video/mp4; name=film.mp4
Content-Disposition: attachment; filename=film.mp4
Content-Transfer-Encoding: base64

`))
	line := []byte(base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("film"), 14)) + "\r\n")
	for b.Len() < size {
		b.Write(line)
	}
	b.WriteString("--b--\r\n")
	return b.Bytes()
}
