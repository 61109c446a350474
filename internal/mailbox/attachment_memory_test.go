package mailbox_test

import (
	"bytes"
	"testing"

	"mail-imap-mcp/internal/extract"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
	"mail-imap-mcp/internal/message"
)

func TestAttachment_OfTwentyMegabytesKeepsACallWithinItsMemory(t *testing.T) {
	srv := mailtest.NewDovecot(t)
	row := []byte("one row of a table, as long as rows are\n")
	id := rig.Put(t, srv, "INBOX", rig.Enclosing("text/plain", "long.txt", bytes.Repeat(row, 20<<20/len(row))))
	q := mailbox.AttachmentQuery{ID: id, PartID: "2", Max: 1000}
	service := connect(t, srv)
	for name, job := range map[string]func(){
		"text": func() {
			if a, err := service.AttachmentText(t.Context(), q); err != nil || a.Text.Status != extract.OK {
				t.Errorf("%+v, %v", a, err)
			}
		},
		"text with the message": func() {
			if m := rig.Get(t, service, mailbox.GetQuery{ID: id, Attachments: true, AttachmentText: 1000}); m.Attachments[0].Text.Status != extract.OK {
				t.Errorf("%+v", m.Attachments)
			}
		},
		"bytes at the end": func() {
			q := q
			q.Offset, q.Max = 20<<20-64_000, 64_000
			if a, err := service.AttachmentBytes(t.Context(), q); err != nil || len(a.Data) == 0 {
				t.Errorf("%+v, %v", a, err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			peak := rig.HeapPeak(t, job)
			t.Logf("%d MiB at most", peak>>20)
			if peak > rig.MaxCallMemory {
				t.Errorf("%d MiB, want at most %d", peak>>20, rig.MaxCallMemory>>20)
			}
		})
	}
	t.Run("saving", func(t *testing.T) {
		var file counter
		peak := rig.HeapPeak(t, func() {
			if _, size, err := service.SaveAttachment(t.Context(), q, file.open); err != nil || size < 20<<20-100 || file.n != size {
				t.Errorf("%d bytes, %v", size, err)
			}
		})
		t.Logf("%d MiB at most", peak>>20)
		if peak > rig.MaxCallMemory/2 {
			t.Errorf("%d MiB, want at most %d: it should be streamed", peak>>20, rig.MaxCallMemory>>21)
		}
	})
}

// counter is a sink that keeps nothing.
type counter struct{ n int64 }

func (c *counter) open(message.Attachment) (mailbox.Sink, error) { return c, nil }
func (c *counter) Write(b []byte) (int, error)                   { c.n += int64(len(b)); return len(b), nil }
func (c *counter) Reset() error                                  { c.n = 0; return nil }
