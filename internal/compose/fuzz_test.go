package compose_test

import (
	"bytes"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"mail-imap-mcp/internal/compose"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/message"
)

func FuzzReplySubject(f *testing.F) {
	for _, s := range []string{"Re: Lamp", "回复：x", "Re[2]:", "AW: Fwd: \xff", "=?utf-8?q?x?=", "Re(3", "\r\nBcc: x", strings.Repeat("Re:", 900)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, subject string) {
		for _, prefix := range []struct {
			text string
			of   func(string) string
		}{{"Re:", compose.ReplySubject}, {"Fwd:", compose.ForwardSubject}} {
			once := prefix.of(subject)
			if !strings.HasPrefix(once, prefix.text) || !utf8.ValidString(once) || strings.ContainsAny(once, "\r\n\x00") || utf8.RuneCountInString(once) > contract.MaxSubjectChars {
				t.Fatalf("%q becomes %q", subject, once)
			}
			if twice := prefix.of(once); twice != once {
				t.Fatalf("%q becomes %q, then %q", subject, once, twice)
			}
		}
	})
}

// Whatever an original and a body hold, the draft is sound mail, its fields are
// those that it should have, and the body is what was written.
func FuzzBuild(f *testing.F) {
	f.Add("Ada <ada@example.net>", "b@example.net, c@example.net", "Subject", "<a@b>", "text", "*body*", "name.pdf", "application/pdf", []byte("content"))
	f.Add("\"x\r\nBcc: y@z\" <a@b>", "=?utf-8?q?=0D=0A?= <a@b>", "=?utf-8?b?DQo=?=", "<a\r\n@b> <\xff@c>", "</blockquote>", "|a|\n|-|\n", "../\r\n\"x", "message/rfc822", []byte("\r\n\x00"))
	f.Add("\"a b\"@example.net", "ü@example.net, x@bücher.example", "\u2028", "", "\x00", "[x](javascript:y)", "жжж", "text/plain; charset=x", []byte("a\nb"))
	f.Fuzz(func(t *testing.T, from, to, subject, id, text, body, name, mediaType string, content []byte) {
		o := compose.Original{
			From: message.ParseAddresses(from), To: message.ParseAddresses(to), Subject: subject,
			MessageID: id, References: id + id, InReplyTo: id, Text: strings.ToValidUTF8(text, ""),
		}
		body = strings.ToValidUTF8(body, "")
		r := compose.Reply(o, []string{"me@example.org"}, true)
		d := draft(compose.Draft{
			To: r.To, Cc: r.Cc, Subject: compose.ReplySubject(subject), Body: body, Quote: compose.ReplyQuote(o),
			Attachments: []compose.Attachment{{Filename: name, ContentType: mediaType, Params: map[string]string{"charset": mediaType, "method": name}, Content: compose.Bytes(content)}},
		})
		d.InReplyTo, d.References = o.Thread()
		source := build(t, d)
		got := parse(t, source)
		for field := range got.Header {
			if !slices.Contains(strings.Fields("Date From To Cc Subject Message-Id In-Reply-To References Mime-Version Content-Type"), field) {
				t.Fatalf("a field %s came in:\n%s", field, source)
			}
		}
		if got.Header["Subject"] != d.Subject {
			t.Errorf("subject %q, want %q", got.Header["Subject"], d.Subject)
		}
		m, err := mail.ReadMessage(bytes.NewReader(source))
		if err != nil {
			t.Fatal(err)
		}
		for field, want := range map[string][]mail.Address{"To": r.To, "Cc": r.Cc} {
			if len(want) == 0 {
				continue
			}
			list, err := m.Header.AddressList(field)
			if err != nil || len(list) != len(want) {
				t.Fatalf("%s: %v, %v, want %v", field, list, err, want)
			}
			for i := range list {
				if *list[i] != want[i] {
					t.Errorf("%s is %q, want %q", field, *list[i], want[i])
				}
			}
		}
		start := strings.ReplaceAll(strings.ReplaceAll(body, "\r\n", "\n"), "\r", "\n")
		if !strings.HasPrefix(got.Parts[0].Content, strings.TrimRight(start, "\n")) {
			t.Errorf("the body %q is %q", body, got.Parts[0].Content)
		}
		if last := got.Parts[len(got.Parts)-1]; last.Content != string(content) {
			t.Errorf("the attachment %q is %q", content, last.Content)
		}
	})
}

func FuzzParseAddress(f *testing.F) {
	for _, s := range []string{"Ann <ann@example.org>", "a@b", "\"a b\"@c", "x@bücher.example", "a@[127.0.0.1]", "a@b, c@d", "g: a@b;", "a@b\r\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := compose.ParseAddress(s)
		if err != nil {
			return
		}
		r := parse(t, build(t, compose.Draft{To: []mail.Address{a}}))
		if list, err := mail.ParseAddressList(r.Header["To"]); err != nil && a.Name == "" {
			t.Errorf("%q is %q: %v, %v", s, a, list, err)
		}
		if len(r.Header) != 7 {
			t.Errorf("%q makes %v", s, r.Header)
		}
	})
}
