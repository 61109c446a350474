package message_test

import (
	"io"
	"strings"
	"testing"

	"mail-imap-mcp/internal/message"
)

// medianMail is 20 kB of HTML with its plain form and an attachment.
func medianMail() []byte {
	return []byte("From: Ada <ada@example.org>\r\nSubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n" +
		"Content-Type: multipart/alternative; boundary=a\r\n\r\n--a\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHello.\r\n--a\r\n" +
		"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" +
		strings.Repeat("<p>Gr=C3=BC=C3=9Fe und ein ganzer Satz, der nichts sagt.</p>=\r\n\r\n", 300) + "--a--\r\n--m\r\n" +
		"Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" + strings.Repeat(strings.Repeat("QUJD", 19)+"\r\n", 1000) + "--m--\r\n")
}

func BenchmarkParse(b *testing.B) {
	source := medianMail()
	b.SetBytes(int64(len(source)))
	b.ReportAllocs()
	for b.Loop() {
		root, _, _ := message.Parse(source)
		message.ChooseBody(root)
		message.Attachments(root)
	}
}

func BenchmarkDecodeText(b *testing.B) {
	root, _, sections := message.Parse(medianMail())
	html := message.ChooseBody(root).Main().HTML
	b.SetBytes(int64(len(sections[html.ID])))
	b.ReportAllocs()
	for b.Loop() {
		message.DecodeText(html, sections[html.ID])
	}
}

// BenchmarkDecode is a 25 MB attachment, streamed.
func BenchmarkDecode(b *testing.B) {
	encoded := strings.Repeat(strings.Repeat("QUJD", 19)+"\r\n", 25<<20/78)
	p := &message.Part{Encoding: "base64"}
	b.SetBytes(int64(len(encoded)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := io.Copy(io.Discard, p.Decode(strings.NewReader(encoded))); err != nil {
			b.Fatal(err)
		}
	}
}
