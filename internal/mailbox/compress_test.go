package mailbox_test

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"

	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
	"mail-imap-mcp/internal/message"
)

// table is a megabyte of text that compresses well.
func table() []byte {
	var b strings.Builder
	for n := 0; b.Len() < 1<<20; n++ {
		fmt.Fprintf(&b, "%d;Customer %d;paid;2026-10-%02d\n", n, n%97, n%28+1)
	}
	return []byte(b.String())
}

// sum takes an attachment.
type sum struct {
	content []byte
	resets  int
}

func (s *sum) Write(p []byte) (int, error) { s.content = append(s.content, p...); return len(p), nil }
func (s *sum) Reset() error                { s.content = nil; s.resets++; return nil }

func asked(srv *mailtest.Extended, command string) (n int) {
	for _, line := range srv.Heard() {
		if strings.HasPrefix(line, command) {
			n++
		}
	}
	return n
}

func TestCompress_ALargeTextComesCompressedAndIsTheSame(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		mediaType string
		content   []byte
		lacks     []string
		asked     int
		bytes     int // at most
	}{
		"offered":            {"text/csv", table(), nil, 1, 400_000},
		"not offered":        {"text/csv", table(), []string{"COMPRESS=DEFLATE"}, 0, 1_600_000},
		"small":              {"text/csv", table()[:100_000], nil, 0, 150_000},
		"compressed already": {"image/jpeg", table(), nil, 0, 1_600_000},
	} {
		t.Run(name, func(t *testing.T) {
			srv := mailtest.NewExtended(t, mailtest.ExtendedOptions{Without: tt.lacks})
			id := rig.Put(t, srv, "INBOX", rig.Enclosing(tt.mediaType, "a", tt.content))
			r := rig.Connect(t, srv)
			pool, err := r.Accounts.Find("")
			if err != nil {
				t.Fatal(err)
			}
			rig.Search(t, r.Mail, mailbox.SearchQuery{}) // warm up
			for range 2 {
				before := pool.Stats()
				to := &sum{}
				_, size, err := r.Mail.SaveAttachment(t.Context(), mailbox.AttachmentQuery{ID: id, PartID: "2"}, func(message.Attachment) (mailbox.Sink, error) { return to, nil })
				if err != nil || size != int64(len(tt.content)) || sha256.Sum256(to.content) != sha256.Sum256(tt.content) {
					t.Fatalf("%d bytes of %d (%v)", len(to.content), len(tt.content), err)
				}
				after := pool.Stats()
				t.Logf("%d bytes in %d round trips", after.BytesIn-before.BytesIn, after.Flights-before.Flights)
				if got := after.BytesIn - before.BytesIn; got > int64(tt.bytes) {
					t.Errorf("%d bytes came", got)
				}
			}
			if got := asked(srv, "COMPRESS"); got != tt.asked {
				t.Errorf("COMPRESS was asked for %d times, want %d", got, tt.asked)
			}
			// The connection is as good as before: long commands, literals, other mailboxes.
			found := rig.Search(t, r.Mail, mailbox.SearchQuery{Criteria: mailbox.Criteria{Subject: "enclosed", Body: strings.Repeat("ü", 400)}})
			if found.Total != 0 {
				t.Errorf("%d found", found.Total)
			}
			if found := rig.Search(t, r.Mail, mailbox.SearchQuery{Mailbox: "Archive"}); found.Total != 0 {
				t.Errorf("%d in Archive", found.Total)
			}
		})
	}
}

func TestCompress_RefusedItIsDoneWithoutAndNotAskedForAgain(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewExtended(t, mailtest.ExtendedOptions{})
	id := rig.Put(t, srv, "INBOX", rig.Enclosing("text/csv", "a", table()))
	refusing := mailtest.NewFaulty(t, srv, mailtest.FaultNO("COMPRESS", "[COMPRESSIONACTIVE] DEFLATE active via TLS"))
	service := connect(t, refusing)
	for range 2 {
		a, err := service.AttachmentBytes(t.Context(), mailbox.AttachmentQuery{ID: id, PartID: "2", Max: 500_000})
		if err != nil || len(a.Data) != 500_000 || string(a.Data) != string(table()[:500_000]) {
			t.Fatalf("%v", err)
		}
	}
	n := 0
	for _, line := range refusing.Commands() {
		if strings.HasPrefix(line, "COMPRESS") {
			n++
		}
	}
	if n != 1 {
		t.Errorf("COMPRESS was asked for %d times", n)
	}
}
