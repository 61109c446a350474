// Package bench measures what a user pays for: round trips, bytes from the
// server, time and memory of each job. make bench runs it; the tests of
// the rooms fail when a count exceeds its budget.
package bench_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"testing"
	"time"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/extract"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/message"
	"mail-imap-mcp/internal/secret"
	"mail-imap-mcp/internal/thread"
	"mail-imap-mcp/internal/tools"
)

// rig is the rooms over one server, and its meter.
type rig struct {
	pool  *imapconn.Pool
	rooms tools.Rooms
}

func connect(b *testing.B, srv mailtest.Server) *rig {
	b.Helper()
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	pool := imapconn.NewPool(srv.Account("default"), imapconn.Options{
		ConnectTimeout: 10 * time.Second, GreetingTimeout: 10 * time.Second, SocketTimeout: time.Minute,
		IdleTTL: time.Minute, MaxIdle: 4, RootCAs: srv.RootCAs(), Logger: log,
	})
	sealer, err := contract.NewSealer(secret.Value{}, time.Hour, nil)
	if err != nil {
		b.Fatal(err)
	}
	r := &rig{pool, tools.NewRooms(imapconn.NewAccounts(pool), sealer, mailbox.Options{Logger: log, Extractor: extract.New(extract.Options{})})}
	b.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = r.rooms.Accounts.Close(ctx)
	})
	return r
}

// measure runs a job on a warm connection and reports counts for each time.
func (r *rig) measure(b *testing.B, name string, job func(b *testing.B)) {
	b.Helper()
	b.Run(name, func(b *testing.B) {
		job(b) // warm: connected, mailbox selected
		before := r.pool.Stats()
		b.ReportAllocs()
		for b.Loop() {
			job(b)
		}
		after := r.pool.Stats()
		b.ReportMetric(float64(after.Flights-before.Flights)/float64(b.N), "round-trips/op")
		b.ReportMetric(float64(after.BytesIn-before.BytesIn)/float64(b.N), "bytes-in/op")
	})
}

func (r *rig) search(q mailbox.SearchQuery) func(b *testing.B) {
	return func(b *testing.B) {
		result, err := r.rooms.Mail.Search(b.Context(), q)
		if err != nil || result.Returned == 0 {
			b.Fatalf("search: %+v, %v", result, err)
		}
	}
}

// mailboxSize of Dovecot's INBOX.
const mailboxSize = 10_000

func BenchmarkDovecot(b *testing.B) {
	srv := mailtest.NewDovecot(b)
	large := srv.Append(b, "Archive", mailtest.Message{Raw: mailtest.BigMail("film", 25<<20)})
	srv.Seed(b, "INBOX", mailboxSize, func(i int) mailtest.Message {
		return mailtest.Message{
			Date: time.Date(2026, 1, 1, 0, i, 0, 0, time.UTC),
			Raw: fmt.Appendf(nil, "From: ada@example.org\r\nTo: bob@example.org\r\nSubject: number %d\r\n\r\n%s", i,
				bytes.Repeat([]byte("A line of text.\r\n"), 40)),
		}
	})
	r := connect(b, srv)
	first, err := r.rooms.Mail.Search(b.Context(), mailbox.SearchQuery{Mailbox: "INBOX", Criteria: mailbox.Criteria{From: "ada"}})
	if err != nil {
		b.Fatal(err)
	}
	id := contract.MessageID{Account: "default", Mailbox: "Archive", UIDValidity: srv.UIDValidity(b, "Archive"), UID: large[0]}

	r.measure(b, "list", func(b *testing.B) {
		if _, err := r.rooms.Mail.List(b.Context(), mailbox.ListQuery{}); err != nil {
			b.Fatal(err)
		}
	})
	r.measure(b, "newest10", r.search(mailbox.SearchQuery{Mailbox: "INBOX"}))
	r.measure(b, "newest10snippets", r.search(mailbox.SearchQuery{Mailbox: "INBOX", SnippetChars: 200}))
	r.measure(b, "search10", r.search(mailbox.SearchQuery{Mailbox: "INBOX", Criteria: mailbox.Criteria{From: "ada"}}))
	r.measure(b, "search10snippets", r.search(mailbox.SearchQuery{Mailbox: "INBOX", Criteria: mailbox.Criteria{From: "ada"}, SnippetChars: 200}))
	r.measure(b, "nextpage", r.search(mailbox.SearchQuery{Cursor: first.NextCursor}))
	r.measure(b, "nothing", func(b *testing.B) {
		if found, err := r.rooms.Mail.Search(b.Context(), mailbox.SearchQuery{Mailbox: "INBOX", Criteria: mailbox.Criteria{From: "nobody"}}); err != nil || found.Returned != 0 || len(found.Issues) != 0 {
			b.Fatalf("search: %+v, %v", found, err)
		}
	})
	r.measure(b, "read25MB", func(b *testing.B) {
		m, err := r.rooms.Mail.Get(b.Context(), mailbox.GetQuery{ID: id, BodyMax: 2000, Mode: mailbox.ModeText, Attachments: true})
		if err != nil || m.BodyText == nil {
			b.Fatalf("get: %+v, %v", m, err)
		}
	})
}

// BenchmarkAttachment reads a mail with a PDF of two pages, and a film of 20 MB.
func BenchmarkAttachment(b *testing.B) {
	pdf, err := os.ReadFile("../internal/extract/pdf/testdata/booking-chromium.pdf")
	if err != nil {
		b.Fatal(err)
	}
	srv := mailtest.NewDovecot(b)
	enclosing := func(mediaType string, content []byte) contract.MessageID {
		uids := srv.Append(b, "INBOX", mailtest.Message{Raw: fmt.Appendf(nil, "From: ada@example.org\r\nSubject: enclosed\r\nMIME-Version: 1.0\r\n"+
			"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee it.\r\n--b\r\nContent-Type: %s; name=x\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n--b--\r\n",
			mediaType, wrapped(content))})
		return contract.MessageID{Account: "default", Mailbox: "INBOX", UIDValidity: srv.UIDValidity(b, "INBOX"), UID: uids[0]}
	}
	paper := enclosing("application/pdf", pdf)
	film := enclosing("video/mp4", bytes.Repeat([]byte("film"), 5<<20))
	r := connect(b, srv)
	r.measure(b, "readwithpdf", func(b *testing.B) {
		m, err := r.rooms.Mail.Get(b.Context(), mailbox.GetQuery{ID: paper, BodyMax: 2000, Mode: mailbox.ModeText, Attachments: true, AttachmentText: 10_000})
		if err != nil || m.Attachments[0].Text.Status != extract.OK {
			b.Fatalf("get: %+v, %v", m, err)
		}
	})
	r.measure(b, "pdf", func(b *testing.B) {
		a, err := r.rooms.Mail.AttachmentText(b.Context(), mailbox.AttachmentQuery{ID: paper, PartID: "2", Max: 10_000})
		if err != nil || a.Text.Status != extract.OK {
			b.Fatalf("text: %+v, %v", a, err)
		}
	})
	r.measure(b, "piece", func(b *testing.B) {
		a, err := r.rooms.Mail.AttachmentBytes(b.Context(), mailbox.AttachmentQuery{ID: film, PartID: "2", Max: 16_000})
		if err != nil || len(a.Data) != 16_000 {
			b.Fatalf("bytes: %+v, %v", a, err)
		}
	})
	r.measure(b, "save20MB", func(b *testing.B) {
		_, size, err := r.rooms.Mail.SaveAttachment(b.Context(), mailbox.AttachmentQuery{ID: film, PartID: "2"},
			func(message.Attachment) (mailbox.Sink, error) { return nowhere{io.Discard}, nil })
		if err != nil || size != 20<<20 {
			b.Fatalf("saved %d bytes, %v", size, err)
		}
	})
}

// nowhere is where benchmarks save to.
type nowhere struct{ io.Writer }

func (nowhere) Reset() error { return nil }

// wrapped is content in base64 as mail has it.
func wrapped(content []byte) []byte {
	var b bytes.Buffer
	for encoded := base64.StdEncoding.EncodeToString(content); encoded != ""; {
		line := encoded[:min(76, len(encoded))]
		b.WriteString(line + "\r\n")
		encoded = encoded[len(line):]
	}
	return b.Bytes()
}

// BenchmarkThread reads a conversation of 20 over three mailboxes, INBOX as large
// as in BenchmarkDovecot.
func BenchmarkThread(b *testing.B) {
	srv := mailtest.NewDovecot(b)
	answer := func(n int) mailtest.Message {
		return mailtest.Message{Raw: fmt.Appendf(nil, "From: ada@example.org\r\nSubject: Re: tea\r\nMessage-ID: <%d@tea.example>\r\nReferences: <0@tea.example>\r\n\r\n%s", n,
			bytes.Repeat([]byte("A line of text.\r\n"), 40))}
	}
	srv.Seed(b, "INBOX", mailboxSize, func(i int) mailtest.Message {
		if i%1000 == 0 {
			return answer(i / 1000)
		}
		return mailtest.Message{Raw: fmt.Appendf(nil, "From: eve@example.org\r\nSubject: number %d\r\nMessage-ID: <%d@else.example>\r\n\r\nText.\r\n", i, i)}
	})
	for n := range 10 {
		srv.Append(b, []string{"Sent", "Archive"}[n%2], answer(10+n))
	}
	id := contract.MessageID{Account: "default", Mailbox: "INBOX", UIDValidity: srv.UIDValidity(b, "INBOX"), UID: 5001}
	r := connect(b, srv)
	r.measure(b, "read20", func(b *testing.B) {
		t, err := r.rooms.Threads.Thread(b.Context(), thread.Query{ID: id})
		if err != nil || len(t.Messages) != 20 {
			b.Fatalf("thread: %+v, %v", t, err)
		}
	})
}

func BenchmarkMillion(b *testing.B) {
	r := connect(b, mailtest.NewSynthetic(b, mailtest.SyntheticOptions{}))
	r.measure(b, "newest10", r.search(mailbox.SearchQuery{Mailbox: "INBOX"}))
	r.measure(b, "dense", r.search(mailbox.SearchQuery{Mailbox: "INBOX", Criteria: mailbox.Criteria{From: "all"}}))
	r.measure(b, "sparse", r.search(mailbox.SearchQuery{Mailbox: "INBOX", Criteria: mailbox.Criteria{Subject: "each50000"}}))
}

// BenchmarkListing reports what the tools cost before anything is asked.
func BenchmarkListing(b *testing.B) {
	model := 0
	for b.Loop() {
		model = 0
		for _, d := range tools.Definitions(tools.Features{}) {
			schema, err := json.Marshal(d.Tool().InputSchema)
			if err != nil {
				b.Fatal(err)
			}
			model += len(d.Tool().Name) + len(d.Tool().Description) + len(schema)
		}
	}
	b.ReportMetric(float64(model)/4, "tokens")
}
