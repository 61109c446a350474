package bench_test

import (
	"bytes"
	"fmt"
	"mime/quotedprintable"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mail-imap-mcp/internal/extract"
	"mail-imap-mcp/internal/message"
	"mail-imap-mcp/internal/safetext"
	"mail-imap-mcp/internal/safety"
)

// Attachments are read in a child, which is this program again.
func TestMain(m *testing.M) {
	extract.RunIfChild()
	os.Exit(m.Run())
}

// newsletter is HTML of about size bytes, as senders of newsletters write it:
// layout tables, a style sheet, tracking pixels and links, a hidden preheader.
func newsletter(size int) string {
	var b strings.Builder
	b.WriteString(`<html><head><style>.pre{display:none}.t{font-family:Arial;font-size:14px;color:#333}a{color:#06c}@media(max-width:600px){.t{font-size:16px}}</style></head>` +
		`<body bgcolor="#f4f4f4"><div class="pre">What the preview shows&#847;&zwnj;&nbsp;</div><table width="600" align="center"><tr><td>`)
	for i := 0; b.Len() < size; i++ {
		fmt.Fprintf(&b, `<table role="presentation" width="100%%" cellpadding="0"><tr><td class="t" style="padding:12px;background:#ffffff"><h2>Offer %d</h2>`+
			`<p>Lamps for the harbour, in brass &amp; glass, from <b>%d,90&nbsp;€</b>. <a href="https://shop.example/item/%d?utm_source=mail&amp;utm_campaign=autumn">See it</a></p>`+
			`<img src="https://img.example/%d.png" width="280" height="180" alt="Lamp %d"></td></tr></table>`, i, i+9, i, i, i)
	}
	b.WriteString(`</td></tr></table><img src="https://track.example/open?id=1" width="1" height="1"><p class="t">Unsubscribe <a href="https://shop.example/out">here</a>.</p></body></html>`)
	return b.String()
}

// letter is a mail with a text and an HTML form, as it comes from a server.
func letter(b *testing.B, html string) []byte {
	b.Helper()
	var source bytes.Buffer
	source.WriteString("From: Shop <news@shop.example>\r\nTo: bob@example.org\r\nSubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\nDate: Mon, 02 Nov 2026 10:00:00 +0100\r\n" +
		"Authentication-Results: mx.example.org; dkim=pass header.d=shop.example; spf=pass; dmarc=pass header.from=shop.example\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nSee the HTML form.\r\n" +
		"--b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
	w := quotedprintable.NewWriter(&source)
	if _, err := w.Write([]byte(html)); err != nil {
		b.Fatal(err)
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	source.WriteString("\r\n--b--\r\n")
	return source.Bytes()
}

// BenchmarkStages is what becomes of the median mail, 20 kB of HTML, stage by
// stage, and of a large one: time should grow as size does.
func BenchmarkStages(b *testing.B) {
	for name, size := range map[string]int{"20kB": 20 << 10, "1MB": 1 << 20} {
		html := newsletter(size)
		source := letter(b, html)
		part, header, sections := message.Parse(source)
		form := message.ChooseBody(part).Forms[0]
		safe := safetext.HTML(html)
		if !strings.Contains(safe.Text, "Offer 1") || strings.Contains(safe.Text, "preview") {
			b.Fatalf("rendered as %.300q", safe.Text)
		}
		stage := func(stage string, run func()) {
			b.Run(stage+"/"+name, func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(size))
				for b.Loop() {
					run()
				}
			})
		}
		stage("parse", func() { message.Parse(source) })
		stage("decode", func() { message.DecodeText(form.HTML, sections[form.HTML.ID]) })
		stage("markdown", func() { safetext.HTML(html) })
		stage("sanitize", func() { safetext.SanitizeHTML(html) })
		stage("fold", func() { safetext.Fold(safe.Text, 0, 2000) })
		stage("authenticate", func() { safety.Authenticate(header, "mx.example.org", "mx.example.org") })
		facts := safety.Facts{
			Header: header, From: header.Addresses("From"), Text: safe.Text, Links: safe.Links, Hidden: safe.Hidden, Doubts: safe.Doubts,
			Authentication: safety.Authenticate(header, "mx.example.org", "mx.example.org"),
		}
		stage("signals", func() { safety.Signals(facts) })
	}
}

// BenchmarkExtract reads attachments through the child, start and end of which
// are in the time; allocations are the parent's.
func BenchmarkExtract(b *testing.B) {
	extractor := extract.New(extract.Options{})
	read := func(name string, in extract.Input) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(in.Data)))
			for b.Loop() {
				r, err := extractor.Text(b.Context(), in)
				if err != nil || r.Status != extract.OK {
					b.Fatalf("%+v, %v", r, err)
				}
			}
		})
	}
	read("invitation", extract.Input{ // without a child
		MediaType: "text/calendar", MaxChars: 10_000,
		Data: []byte("BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:Survey of the tower\r\nDTSTART;TZID=Europe/Berlin:20261126T100000\r\nDTEND;TZID=Europe/Berlin:20261126T113000\r\nORGANIZER:mailto:ada@example.org\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"),
	})
	read("text", extract.Input{MediaType: "text/plain", Data: []byte("A line.\n"), MaxChars: 10_000})
	read("20MB text", extract.Input{MediaType: "text/plain", Data: bytes.Repeat([]byte("A line of text.\n"), 20<<16), MaxChars: 10_000})
	for _, name := range []string{"invoice-reportlab", "booking-chromium", "tea-groff"} {
		pdf, err := os.ReadFile(filepath.Join("..", "internal", "extract", "pdf", "testdata", name+".pdf"))
		if err != nil {
			b.Fatal(err)
		}
		read(name, extract.Input{MediaType: "application/pdf", Data: pdf, MaxChars: 10_000})
	}
}
