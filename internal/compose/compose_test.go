package compose_test

import (
	"bytes"
	"encoding/base64"
	"flag"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mail-imap-mcp/internal/compose"
	"mail-imap-mcp/internal/message"
)

var update = flag.Bool("update", false, "write the golden drafts anew")

// noon is when every draft of the tests is written.
var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.FixedZone("", 3600))

func addresses(list ...string) []mail.Address {
	var out []mail.Address
	for _, s := range list {
		a, err := compose.ParseAddress(s)
		if err != nil {
			panic(s + ": " + err.Error())
		}
		out = append(out, a)
	}
	return out
}

// draft is a draft with what every draft has.
func draft(d compose.Draft) compose.Draft {
	if d.From.Address == "" {
		d.From = mail.Address{Address: "me@example.org"}
	}
	d.Date, d.MessageID = noon, "0123456789abcdef0123456789abcdef@example.org"
	return d
}

func build(t testing.TB, d compose.Draft) []byte {
	t.Helper()
	m, err := compose.Build(draft(d))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if n, err := m.WriteTo(&b); err != nil || n != m.Size() || n != int64(b.Len()) {
		t.Fatalf("wrote %d (%d) of %d bytes, %v", n, b.Len(), m.Size(), err)
	}
	return b.Bytes()
}

// read is a draft as a parser that is not ours reads it.
type read struct {
	Header map[string]string
	Parts  []readPart
}

type readPart struct{ Type, Charset, Filename, Content string }

func parse(t testing.TB, source []byte) read {
	t.Helper()
	for n, line := range bytes.Split(source, []byte("\r\n")) {
		if len(line) > 998 || bytes.ContainsAny(line, "\r\n\x00") {
			t.Fatalf("line %d is none: %.80q, %d bytes", n+1, line, len(line))
		}
	}
	m, err := mail.ReadMessage(bytes.NewReader(source))
	if err != nil {
		t.Fatalf("%v\n%s", err, source)
	}
	r := read{Header: map[string]string{}}
	for name, values := range m.Header {
		if len(values) != 1 {
			t.Errorf("%d fields %s", len(values), name)
		}
		text, err := new(mime.WordDecoder).DecodeHeader(values[0])
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		r.Header[name] = text
		for _, c := range []byte(values[0]) {
			if c >= 0x7f || c < ' ' {
				t.Errorf("%s has the byte %#x", name, c)
			}
		}
	}
	r.Parts = readParts(t, m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), "", m.Body)
	return r
}

func readParts(t testing.TB, contentType, encoding, disposition string, body io.Reader) []readPart {
	t.Helper()
	mediaType, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		t.Fatalf("%q: %v", contentType, err)
	}
	if strings.HasPrefix(mediaType, "multipart/") {
		var list []readPart
		for parts := multipart.NewReader(body, params["boundary"]); ; {
			p, err := parts.NextRawPart()
			if err == io.EOF {
				return list
			}
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, readParts(t, p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p.Header.Get("Content-Disposition"), p)...)
		}
	}
	switch encoding {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	}
	content, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	_, named, _ := mime.ParseMediaType(disposition)
	text := string(content)
	if strings.HasPrefix(mediaType, "text/") && named == nil {
		text = strings.ReplaceAll(text, "\r\n", "\n")
	}
	return []readPart{{mediaType, params["charset"], named["filename"], text}}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name+".eml")
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// ada wrote what most tests answer.
func ada() compose.Original {
	return compose.Original{
		Date:    time.Date(2026, 11, 2, 10, 0, 0, 0, time.FixedZone("", 3600)),
		From:    message.ParseAddresses("Ada <ada@example.net>"),
		To:      message.ParseAddresses("me@example.org, =?utf-8?q?J=C3=BCrgen?= <juergen@example.com>"),
		Cc:      message.ParseAddresses("list@lists.example.net, ADA@EXAMPLE.NET"),
		Subject: "Lamp oil, überall", MessageID: "<m1@example.net>", References: "<r1@example.net> <r2@example.net>",
		Text: "Dear all,\n\nthe oil is here.\n> which oil?\n-- \nAda",
	}
}

func TestBuild_GoldenDrafts(t *testing.T) {
	reply := func(o compose.Original, all bool, body string) compose.Draft {
		r := compose.Reply(o, []string{"me@example.org"}, all)
		d := compose.Draft{To: r.To, Cc: r.Cc, Subject: compose.ReplySubject(o.Subject), Body: body, Quote: compose.ReplyQuote(o)}
		d.InReplyTo, d.References = o.Thread()
		return d
	}
	hostile := ada()
	hostile.Subject = "AW: Re: x\r\nBcc: thief@example.net"
	hostile.From = message.ParseAddresses("\"Ada\r\nBcc: thief@example.net\" <ada@example.net>")
	hostile.MessageID = "<m 1@example.net>\r\nBcc: thief@example.net"
	hostile.References = "<a@b> <no-at> <\u00fc@example.net> junk <" + strings.Repeat("x", 600) + "@b>"
	hostile.Text = "</blockquote><script>alert(1)</script>\n--=_boundary--\n.\nFrom me"
	abroad := compose.Original{
		Date: time.Date(2026, 11, 2, 23, 30, 0, 0, time.FixedZone("", -5*3600-1800)),
		From: message.ParseAddresses("=?iso-2022-jp?B?GyRCOzNFRBsoQg==?= <yamada@example.jp>"), To: message.ParseAddresses("=?utf-8?B?2YXYsdit2KjYpw==?= <me@example.org>, büro@example.net, x@bücher.example"),
		Subject: "回复：灯油 — زيت المصباح", MessageID: "<m2@example.jp>", InReplyTo: "<m1@example.org>", Text: "灯油は届きましたか？\n\nمرحبا",
	}
	bare := compose.Original{From: message.ParseAddresses("ada@example.net"), Subject: ""}
	for name, d := range map[string]compose.Draft{
		"reply-abroad":    reply(abroad, true, "はい、*全部*。"),
		"forward-abroad":  {To: addresses("Łukasz <l@example.pl>"), Subject: compose.ForwardSubject(abroad.Subject), Body: "Zażółć", Quote: compose.ForwardQuote(abroad)},
		"reply-to-little": reply(bare, true, ""),
		"new":             {To: addresses("Bob <bob@example.net>"), Bcc: addresses("eve@example.net"), Subject: "Tomorrow", Body: "Hello Bob,\n\nsee you at 10.\n-- \nMe\n"},
		"new-markdown": {
			To: addresses("Jürgen Groß <j@bücher.example>"), Subject: "Größe 你好 مرحبا " + strings.Repeat("sehr lang ", 12),
			Body: "# Plan\n\n- **oil**, see [the shop](https://example.net/oil)\n- <b>wick</b>\n\n![x](http://example.net/p.png) [y](javascript:alert(1))\n",
		},
		"reply":         reply(ada(), false, "Thank you."),
		"reply-all":     reply(ada(), true, "*Thank you*, all."),
		"reply-hostile": reply(hostile, true, "*Hm.*"),
		"forward": {
			To: addresses("bob@example.net"), Subject: compose.ForwardSubject(ada().Subject), Body: "FYI", Quote: compose.ForwardQuote(ada()),
			Attachments: []compose.Attachment{
				{Filename: "Ölpreis – 価格.csv", ContentType: "text/csv", Params: map[string]string{"charset": "iso-8859-1"}, Content: compose.Bytes([]byte("item,price\r\n\xf6l,1\r\n"))},
				{ContentType: "message/rfc822", Content: compose.Bytes([]byte("Subject: inner\r\n\r\nhi\r\n"))},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			source := build(t, d)
			golden(t, name, source)
			for field := range parse(t, source).Header {
				if field == "Bcc" && d.Bcc == nil {
					t.Errorf("a field %s came in", field)
				}
			}
		})
	}
}

func TestBuild_SurvivesAnotherParser(t *testing.T) {
	d := compose.Draft{
		From: mail.Address{Name: "Zoë, the \"boss\"", Address: "me@example.org"},
		To:   addresses("Jürgen Groß <j@example.net>", "\"Doe, Jane\" <jane@example.net>", "x@bücher.example"), Cc: addresses("\"=?utf-8?q?=0D=0ABcc:_e@example.net?=\" <c@example.net>"),
		Bcc: addresses("b@example.net"), Subject: "=?utf-8?q?=0D=0AX-Evil:_1?= Grüße \U0001F600", InReplyTo: "p@example.net", References: []string{"a@example.net", "p@example.net"},
		Body: "Plain line with trailing blank \n\ttab = equals\n" + strings.Repeat("long ", 400) + "\nпривет\n.\nFrom here\n",
		Attachments: []compose.Attachment{
			{Filename: strings.Repeat("ж", 300) + ".pdf", ContentType: "application/pdf", Content: compose.Bytes(bytes.Repeat([]byte{0, 0xff, '\n'}, 999))},
			{Filename: "../../etc/pass\r\nwd", ContentType: "multipart/mixed; boundary=x", Content: compose.Bytes(nil)},
			{Filename: "long.eml", ContentType: "message/rfc822", Content: compose.Bytes(bytes.Repeat([]byte("x"), 2000))},
		},
	}
	r := parse(t, build(t, d))
	for field, want := range map[string]string{
		"Subject": d.Subject, "In-Reply-To": "<p@example.net>", "References": "<a@example.net> <p@example.net>",
		"Message-Id": "<0123456789abcdef0123456789abcdef@example.org>", "Date": "Mon, 02 Nov 2026 12:00:00 +0100", "Mime-Version": "1.0",
	} {
		if r.Header[field] != want {
			t.Errorf("%s is %q, want %q", field, r.Header[field], want)
		}
	}
	m, err := mail.ReadMessage(bytes.NewReader(build(t, d)))
	if err != nil {
		t.Fatal(err)
	}
	for field, want := range map[string][]mail.Address{"From": {d.From}, "To": d.To, "Cc": d.Cc, "Bcc": d.Bcc} {
		list, err := m.Header.AddressList(field)
		if err != nil || len(list) != len(want) {
			t.Fatalf("%s: %v, %v", field, list, err)
		}
		for i := range list {
			if *list[i] != want[i] {
				t.Errorf("%s is %v, want %v", field, *list[i], want[i])
			}
		}
	}
	if len(r.Parts) != 4 || r.Parts[0].Content != d.Body || r.Parts[0].Type != "text/plain" || r.Parts[0].Charset != "utf-8" {
		t.Fatalf("parts %q", r.Parts)
	}
	if p := r.Parts[1]; p.Content != string(bytes.Repeat([]byte{0, 0xff, '\n'}, 999)) || !strings.HasSuffix(p.Filename, "жж.pdf") || len(p.Filename) > 255 {
		t.Errorf("pdf: %q, %d bytes", p.Filename, len(p.Content))
	}
	if p := r.Parts[2]; p.Filename != "pass wd" || p.Type != "application/octet-stream" {
		t.Errorf("file: %+v", p)
	}
	if p := r.Parts[3]; p.Type != "application/octet-stream" || len(p.Content) != 2000 {
		t.Errorf("a mail of one long line: %.200v", p)
	}
}
