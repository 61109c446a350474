package mailbox_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/extract"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
	"mail-imap-mcp/internal/message"
)

func TestAttachment_TextWithTheMessageAndAlone(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		table := "item,price\nlamp,12.50\nwick,0.90\n"
		id := rig.Put(t, srv, "INBOX", rig.Enclosing("text/csv", "prices.csv", []byte(table)))
		service := connect(t, srv)
		m := rig.Get(t, service, mailbox.GetQuery{ID: id, Attachments: true, AttachmentText: 1000})
		if len(m.Attachments) != 1 || m.Attachments[0].Text == nil || m.Attachments[0].Text.Status != extract.OK || !strings.Contains(m.Attachments[0].Text.Text, "12.50") {
			t.Fatalf("attachments %+v, issues %v", m.Attachments, m.Issues)
		}
		a, err := service.AttachmentText(t.Context(), mailbox.AttachmentQuery{ID: id, PartID: "2", Max: 1000})
		if err != nil || a.Text.Text != m.Attachments[0].Text.Text || a.Filename != "prices.csv" {
			t.Errorf("alone it is %+v, %v", a, err)
		}
	})
}

func TestAttachment_BytesAreExactInEveryEncoding(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		content := make([]byte, 5<<20) // three pieces on the wire
		for i := range content {
			content[i] = byte(i * i >> 3)
		}
		id := rig.Put(t, srv, "INBOX", rig.Enclosing("application/octet-stream", "x.bin", content))
		service := connect(t, srv)
		for _, piece := range []struct{ offset, max int64 }{{0, 1 << 20}, {3<<20 + 1, 1 << 20}, {int64(len(content)) - 10, 1 << 20}, {int64(len(content)), 10}, {20 << 20, 10}} {
			a, err := service.AttachmentBytes(t.Context(), mailbox.AttachmentQuery{ID: id, PartID: "2", Offset: piece.offset, Max: piece.max})
			if err != nil {
				t.Fatalf("%+v: %v", piece, err)
			}
			from := min(piece.offset, int64(len(content)))
			to := min(from+piece.max, int64(len(content)))
			if !bytes.Equal(a.Data, content[from:to]) || a.Truncated != (to < int64(len(content))) {
				t.Errorf("%+v: %d bytes, truncated %t; want %d, %t", piece, len(a.Data), a.Truncated, to-from, to < int64(len(content)))
			}
		}
		var file sink
		_, size, err := service.SaveAttachment(t.Context(), mailbox.AttachmentQuery{ID: id, PartID: "2"}, func(message.Attachment) (mailbox.Sink, error) { return &file, nil })
		if err != nil || size != int64(len(content)) || !bytes.Equal(file.Bytes(), content) {
			t.Errorf("saved %d bytes, want %d: %v", size, len(content), err)
		}
	})
}

// sink keeps what is saved. It has Write only: io.Copy would pass a ReadFrom by.
type sink struct{ b bytes.Buffer }

func (s *sink) Write(b []byte) (int, error) { return s.b.Write(b) }
func (s *sink) Reset() error                { s.b.Reset(); return nil }
func (s *sink) Bytes() []byte               { return s.b.Bytes() }
func (s *sink) Len() int                    { return s.b.Len() }

func TestAttachment_WhatIsNotThere(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	id := rig.Put(t, srv, "INBOX", rig.Enclosing("text/plain", "a.txt", []byte("hi")))
	service := connect(t, srv)
	for part, want := range map[string]contract.Code{"3": contract.NotFound, "1.1": contract.NotFound, "2.1": contract.NotFound} {
		_, err := service.AttachmentText(t.Context(), mailbox.AttachmentQuery{ID: id, PartID: part, Max: 10})
		var refused *contract.Error
		if !errors.As(err, &refused) || refused.Code != want {
			t.Errorf("part %s: %v, want %s", part, err, want)
		}
	}
	gone := id
	gone.UID += 7
	if _, err := service.AttachmentBytes(t.Context(), mailbox.AttachmentQuery{ID: gone, PartID: "2", Max: 10}); err == nil {
		t.Error("a message that is gone has an attachment")
	}
}

func TestGet_ManyAttachmentsAreReadAsFarAsOneCallGoes(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	var b strings.Builder
	b.WriteString("--b\nContent-Type: text/plain\n\nMany.\n")
	for i := range 14 {
		fmt.Fprintf(&b, "--b\nContent-Type: text/plain; name=n%d.txt\nContent-Disposition: attachment; filename=n%d.txt\n\n%s\n", i, i, strings.Repeat(fmt.Sprintf("word%d ", i), 2000))
	}
	b.WriteString("--b--\n")
	id := rig.Put(t, srv, "INBOX", rig.Mail("From: a@example.org\nSubject: many\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b", b.String()))
	m := rig.Get(t, connect(t, srv), mailbox.GetQuery{ID: id, Attachments: true, AttachmentText: 10_000})
	total, skipped := 0, 0
	for i, a := range m.Attachments {
		switch a.Text.Status {
		case extract.OK:
			if !strings.HasPrefix(a.Text.Text, fmt.Sprintf("word%d ", i)) {
				t.Errorf("attachment %d has the text %.20q", i, a.Text.Text)
			}
			total += len([]rune(a.Text.Text))
		case mailbox.StatusSkipped:
			skipped++
		default:
			t.Errorf("attachment %d is %s: %s", i, a.Text.Status, a.Text.Note)
		}
	}
	if total > contract.MaxAttachmentTextChars || total < contract.MaxAttachmentTextChars/2 || skipped == 0 {
		t.Errorf("%d characters in all, %d skipped", total, skipped)
	}
}

// Each attachment may take the extractor's 10 s, and a message has many.
func TestGet_SlowAttachmentsAreLeftToCallsOfTheirOwn(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	parts := []string{"Content-Type: text/plain\n\nSlow."}
	for n := range 8 {
		parts = append(parts, part(fmt.Sprintf("text/plain; name=n%d.txt", n), "7bit", "words\n"))
	}
	id := rig.Put(t, srv, "INBOX", mixed(parts...))
	var passed time.Duration
	service := connectWith(t, srv.Account(rig.Account), srv, mailbox.Options{Now: func() time.Time {
		passed += 6 * time.Second
		return time.Unix(0, 0).Add(passed)
	}})
	m := rig.Get(t, service, mailbox.GetQuery{ID: id, Attachments: true, AttachmentText: 1000})
	var got []extract.Status
	for _, a := range m.Attachments {
		got = append(got, a.Text.Status)
	}
	if len(got) != 8 || got[0] != extract.OK || got[7] != mailbox.StatusSkipped || !strings.Contains(m.Attachments[7].Text.Note, "imap_get_attachment") {
		t.Errorf("with six seconds for each they are %q", got)
	}
}
