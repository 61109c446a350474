package mailbox_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"mime/quotedprintable"
	"slices"
	"strings"
	"testing"

	"mail-imap-mcp/internal/extract"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
	"mail-imap-mcp/internal/message"
)

// mixed is a mail of parts, each with its own header.
func mixed(parts ...string) []byte {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString("--mixed\n" + p + "\n")
	}
	return rig.Mail("From: Ada <ada@example.org>\nTo: bob@example.org\nSubject: parts\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=mixed", b.String()+"--mixed--\n")
}

// part is one of them; its encoding is written as given.
func part(mediaType, encoding, body string) string {
	return "Content-Type: " + mediaType + "\nContent-Disposition: attachment\nContent-Transfer-Encoding: " + encoding + "\n\n" + body
}

func quoted(t *testing.T, b []byte) string {
	t.Helper()
	var out strings.Builder
	w := quotedprintable.NewWriter(&out)
	w.Binary = true
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(out.String(), "\r\n", "\n")
}

// uuencoded is b as uuencode writes it.
func uuencoded(b []byte) string {
	var out strings.Builder
	out.WriteString("begin 644 x.bin\n")
	digit := func(v byte) byte {
		if v &= 63; v != 0 {
			return v + ' '
		}
		return '`'
	}
	for len(b) > 0 {
		line := b[:min(45, len(b))]
		b = b[len(line):]
		out.WriteByte(digit(byte(len(line))))
		for len(line)%3 != 0 {
			line = append(bytes.Clone(line), 0)
		}
		for i := 0; i < len(line); i += 3 {
			x, y, z := line[i], line[i+1], line[i+2]
			out.Write([]byte{digit(x >> 2), digit(x<<4 | y>>4), digit(y<<2 | z>>6), digit(z)})
		}
		out.WriteByte('\n')
	}
	return out.String() + "`\nend\n"
}

// noise is n bytes that are the same in every run.
func noise(n int) []byte {
	b := make([]byte, n)
	r := rand.New(rand.NewPCG(1, uint64(n)))
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// saved is what saving a part writes.
func saved(t *testing.T, service *mailbox.Service, q mailbox.AttachmentQuery) []byte {
	t.Helper()
	var file sink
	_, size, err := service.SaveAttachment(t.Context(), q, func(message.Attachment) (mailbox.Sink, error) { return &file, nil })
	if err != nil || size != int64(file.Len()) {
		t.Errorf("part %s: saved %d of %d bytes: %v", q.PartID, size, file.Len(), err)
	}
	return file.Bytes()
}

func TestAttachment_IsExactInEveryTransferEncoding(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		content := noise(300_000)
		eight := []byte(strings.Repeat("Grüße aus Köln, 東京 — 8 bit.\r\n", 5000))
		id := rig.Put(t, srv, "INBOX", mixed(
			"Content-Type: text/plain\n\nFour of them.",
			part("application/octet-stream", "base64", rig.Wrapped(content)),
			part("application/octet-stream", "quoted-printable", quoted(t, content)),
			part("application/octet-stream", "x-uuencode", uuencoded(content)),
			part("text/plain; charset=utf-8", "8bit", strings.ReplaceAll(string(eight), "\r\n", "\n")),
		))
		service := connect(t, srv)
		for n, want := range map[string][]byte{"2": content, "3": content, "4": content, "5": eight} {
			q := mailbox.AttachmentQuery{ID: id, PartID: n}
			if got := saved(t, service, q); !bytes.Equal(bytes.TrimRight(got, "\r\n"), bytes.TrimRight(want, "\r\n")) {
				t.Errorf("part %s: %d bytes saved, want %d", n, len(got), len(want))
			}
			q.Offset, q.Max = 200_001, 64_000
			want = want[min(len(want), 200_001):]
			a, err := service.AttachmentBytes(t.Context(), q)
			if err != nil || !bytes.Equal(a.Data, want[:min(len(want), 64_000)]) {
				t.Errorf("part %s from the middle: %d bytes, want %d: %v", n, len(a.Data), min(len(want), 64_000), err)
			}
		}
	})
}

func TestAttachment_SeveralLargeOnesAreReadAtOnce(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		var parts []string
		parts = append(parts, "Content-Type: text/plain\n\nThree.")
		for n := range 3 {
			text := strings.Repeat(fmt.Sprintf("row %d of the table\n", n), 3<<20/19)
			parts = append(parts, part(fmt.Sprintf("text/plain; name=table%d.txt", n), "base64", rig.Wrapped([]byte(text))))
		}
		id := rig.Put(t, srv, "INBOX", mixed(parts...))
		wire := mailtest.Record(t, srv)
		service := connect(t, wire)
		rig.Search(t, service, mailbox.SearchQuery{})
		wire.Reset()
		m := rig.Get(t, service, mailbox.GetQuery{ID: id, Attachments: true, AttachmentText: 1000})
		if len(m.Attachments) != 3 || len(m.Issues) > 0 || m.BodyText == nil || !strings.HasPrefix(*m.BodyText, "Three.") {
			t.Fatalf("attachments %+v, issues %v", m.Attachments, m.Issues)
		}
		for n, a := range m.Attachments {
			if a.Text.Status != extract.OK || !strings.HasPrefix(a.Text.Text, fmt.Sprintf("row %d", n)) || !a.Text.Truncated {
				t.Errorf("attachment %d: %s %.40q", n, a.Text.Status, a.Text.Text)
			}
		}
		if wire.Flights() > 2 {
			t.Errorf("%d round trips\n%s", wire.Flights(), wire.Transcript())
		}
	})
}

func TestAttachment_AMailInAMailOpensByItsParts(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		inner := "From: Eve <eve@example.net>\nTo: ada@example.org\nSubject: the inner one\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=inner\n\n" +
			"--inner\nContent-Type: text/plain\n\nInner words.\n--inner\n" + part("text/csv; name=inner.csv", "base64", rig.Wrapped([]byte("item,price\nlamp,12.50\n"))) + "--inner--\n"
		id := rig.Put(t, srv, "INBOX", mixed("Content-Type: text/plain\n\nForwarded.", "Content-Type: message/rfc822\nContent-Disposition: attachment\n\n"+inner))
		service := connect(t, srv)
		m := rig.Get(t, service, mailbox.GetQuery{ID: id, Attachments: true})
		if len(m.Attachments) == 0 || m.Attachments[0].PartID != "2" || m.Attachments[0].ContentType != "message/rfc822" {
			t.Fatalf("attachments %+v", m.Attachments)
		}
		for n, want := range map[string][]string{
			"2": {"the inner one", "eve@example.net", "Inner words."}, "2.1": {"Inner words."}, "2.2": {"lamp", "12.50"},
		} {
			a, err := service.AttachmentText(t.Context(), mailbox.AttachmentQuery{ID: id, PartID: n, Max: 5000})
			if err != nil || a.Text.Status != extract.OK {
				t.Errorf("part %s: %+v, %v", n, a, err)
				continue
			}
			for _, w := range want {
				if !strings.Contains(a.Text.Text, w) {
					t.Errorf("part %s lacks %q: %q", n, w, a.Text.Text)
				}
			}
		}
		if got, want := saved(t, service, mailbox.AttachmentQuery{ID: id, PartID: "2"}), strings.ReplaceAll(inner, "\n", "\r\n"); strings.TrimSpace(string(got)) != strings.TrimSpace(want) {
			t.Errorf("as a file it is %q", got)
		}
	})
}

func TestAttachment_AMailThatIsNothingButAPDF(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		pdf := invoicePDF(t)
		id := rig.Put(t, srv, "INBOX", rig.Mail("From: scanner@example.org\nSubject: scan\nMIME-Version: 1.0\nContent-Type: application/pdf; name=scan.pdf\nContent-Transfer-Encoding: base64", rig.Wrapped(pdf)))
		service := connect(t, srv)
		m := rig.Get(t, service, mailbox.GetQuery{ID: id, Attachments: true, AttachmentText: 10_000})
		if len(m.Attachments) != 1 || m.Attachments[0].PartID != "1" || m.Attachments[0].Text.Status != extract.OK || m.Attachments[0].Text.Text == "" {
			t.Fatalf("attachments %+v, issues %v", m.Attachments, m.Issues)
		}
		if got := saved(t, service, mailbox.AttachmentQuery{ID: id, PartID: "1"}); !bytes.Equal(got, pdf) {
			t.Errorf("%d bytes saved, want %d", len(got), len(pdf))
		}
	})
}

func TestAttachment_AWinmailDatIsOpened(t *testing.T) {
	t.Parallel()
	attribute := func(id uint32, data string) []byte {
		b := binary.LittleEndian.AppendUint32([]byte{2}, id)
		b = binary.LittleEndian.AppendUint32(b, uint32(len(data)))
		return append(append(b, data...), 0, 0)
	}
	file := slices.Concat([]byte("\x78\x9f\x3e\x22\x01\x00"), attribute(0x00069002, "rendering"), attribute(0x00018010, "prices.csv\x00"), attribute(0x0006800f, "item,price\nlamp,12.50\n"))
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		service := connect(t, srv)
		for _, mediaType := range []string{"application/ms-tnef", "application/octet-stream"} {
			id := rig.Put(t, srv, "INBOX", rig.Enclosing(mediaType, "winmail.dat", file))
			m := rig.Get(t, service, mailbox.GetQuery{ID: id, Attachments: true, AttachmentText: 1000})
			if len(m.Attachments) != 1 || m.Attachments[0].Text.Status != extract.OK || !strings.Contains(m.Attachments[0].Text.Text, "| lamp | 12.50 |") {
				t.Errorf("%s: %+v", mediaType, m.Attachments)
			}
			if got := saved(t, service, mailbox.AttachmentQuery{ID: id, PartID: "2"}); !bytes.Equal(got, file) {
				t.Errorf("%s: %d bytes saved, want %d", mediaType, len(got), len(file))
			}
		}
	})
}

// RFC 2046 §5.2.1 forbids it, and it is sent all the same.
func TestAttachment_AMailInAMailInBase64(t *testing.T) {
	t.Parallel()
	inner := "From: Eve <eve@example.net>\r\nSubject: the inner one\r\n\r\nInner words.\r\n"
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		id := rig.Put(t, srv, "INBOX", mixed("Content-Type: text/plain\n\nForwarded.", part("message/rfc822", "base64", rig.Wrapped([]byte(inner)))))
		service := connect(t, srv)
		a, err := service.AttachmentText(t.Context(), mailbox.AttachmentQuery{ID: id, PartID: "2", Max: 1000})
		if err != nil || !strings.Contains(a.Text.Text, "Inner words.") || !strings.Contains(a.Text.Text, "the inner one") {
			t.Errorf("%+v, %v", a, err)
		}
		if got := saved(t, service, mailbox.AttachmentQuery{ID: id, PartID: "2"}); string(got) != inner {
			t.Errorf("saved as %q", got)
		}
	})
}
