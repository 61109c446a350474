package message

import (
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"mail-imap-mcp/internal/safetext"
)

// checkLine fails unless s is one line that is safe to show.
func checkLine(t *testing.T, what, s string) {
	t.Helper()
	if !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) || safetext.Line(s) != s {
		t.Errorf("%s is not a safe line: %q", what, s)
	}
}

func FuzzParseHeader(f *testing.F) {
	for _, seed := range []string{
		"Subject: =?utf-8?Q?a?=\r\n =?utf-8?Q?b?=\r\n\r\n", "Subject : x\rTo: y\nnonsense\n z", "\x00: \xff\n:\n",
		"Content-Type: text/plain; charset=koi8-r\nSubject: \xf0\xf2\n", "Subject: =?utf-8*en?B?8J+YgA==?= =?x?Q?=",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		h := ParseHeader(b)
		if len(h.Fields()) > len(b) {
			t.Errorf("%d fields from %d bytes", len(h.Fields()), len(b))
		}
		for _, field := range h.Fields() {
			checkLine(t, field.Name, h.Text(field.Name))
		}
	})
}

func FuzzAddresses(f *testing.F) {
	for _, seed := range []string{
		`"Doe, John" <j@x.example>, (c (d)) k@x.example`, "Group: a@b.example, c@d.example;", `"open <a@b`, "<<a@b>>,,;:",
		"=?utf-8?Q?a,b?= <x@xn--80ak6aa92e.com>", "a@\u0430pple.example", `"\"\"\"`, "\xff@\xff", "<@a,@b:c@d>",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		list := ParseAddresses(s)
		if len(list) > maxAddresses {
			t.Errorf("%d addresses", len(list))
		}
		for _, a := range list {
			checkLine(t, "name", a.Name)
			checkLine(t, "address", a.Address)
		}
	})
}

func FuzzDate(f *testing.F) {
	for _, seed := range []string{
		"Mon, 2 Nov 2026 10:00:00 +0100 (CET)", "2 Nov 26 10:00 PM", "Nov 2 10:00:00 2026", "2026-11-02T10:00:00Z", "31 Feb 2026 1:1 +9999",
		"1-Jan-99 00:00 GMT+1", "((((", "1 Jan 2026 1:2:3 -",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		at, ok := ParseDate(s)
		if !ok {
			return
		}
		if _, err := time.Parse(time.RFC3339, at.Format(time.RFC3339)); err != nil {
			t.Errorf("%q cannot be put in RFC 3339: %v", s, err)
		}
	})
}

func FuzzDecodeText(f *testing.F) {
	for _, charset := range []string{"", "utf-8", "us-ascii", "gb2312", "shift_jis", "iso-2022-jp", "utf-7", "utf-16", "nonsense"} {
		f.Add(charset, "base64", "flowed", []byte("SGVsbG8gd29ybGQ="))
		f.Add(charset, "quoted-printable", "", []byte("=E4=B8 =\n> a \n> b=4"))
		f.Add(charset, "8bit", "flowed", []byte("\xef\xbb\xbf\xff\xfe+AGE-\x1b$B"))
	}
	f.Fuzz(func(t *testing.T, charset, encoding, format string, b []byte) {
		for _, mediaType := range []string{"text/plain", "text/html"} {
			p := &Part{ID: "1", MediaType: mediaType, Encoding: encoding, Params: map[string]string{"charset": charset, "format": format}}
			text, note := DecodeText(p, b)
			if !utf8.ValidString(text) || strings.Contains(text, "\r") {
				t.Errorf("text is %q", text)
			}
			// Four characters a byte is more than any charset makes; flowed
			// text puts a blank after quotes.
			if len(text) > 16*len(b)+16 {
				t.Errorf("%d bytes became %d", len(b), len(text))
			}
			checkLine(t, "note", note.String())
		}
	})
}

func FuzzReport(f *testing.F) {
	f.Add("message/delivery-status", []byte("Reporting-MTA: dns; a.example\n\nFinal-Recipient: rfc822; b@c.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 no"))
	f.Add("message/disposition-notification", []byte("Disposition: manual-action/MDN-sent-manually; displayed/error\nError: \x1b[2J\r\n"))
	f.Add("message/global-delivery-status", []byte("Final-Recipient: utf-8; \xc3\xa4@\u202eb\nWill-Retry-Until: 2 Nov 2026 10:00"))
	f.Fuzz(func(t *testing.T, mediaType string, b []byte) {
		text := ReportText(&Part{ID: "2", MediaType: mediaType}, b)
		// Twenty recipients with six quoted values each.
		if len(text) > 30*10*4*maxDiagnostic {
			t.Errorf("%d bytes", len(text))
		}
		for line := range strings.SplitSeq(text, "\n") {
			checkLine(t, "report", line)
		}
	})
}

func FuzzDomainTrouble(f *testing.F) {
	for _, seed := range []string{"example.org", "xn--80ak6aa92e.example", "p\u0430ypal.example", "\u200d.x", "ｂ⁄.\xff", "xn--\u0130"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		checkLine(t, "trouble", DomainTrouble(s))
		once := Skeleton(s)
		if !utf8.ValidString(once) {
			t.Errorf("skeleton %q", once)
		}
		checkLine(t, "deceptive", Address{Name: s, Address: "a@" + s}.Deceptive())
	})
}

func FuzzDecodePieces(f *testing.F) {
	f.Add("base64", []byte("SGVs\nbG8=SGVsbG8"), 3)
	f.Add("quoted-printable", []byte("a= \r\nb =C3=\n=A4  \n"), 1)
	f.Add("x-uuencode", []byte("begin 644 x\n#0V%T\n`\nend\n"), 2)
	f.Fuzz(func(t *testing.T, encoding string, b []byte, size int) {
		begin := b[:min(len(b), lookBytes)]
		whole := transferOf(encoding, begin).decode(nil, b, true)
		d := transferOf(encoding, begin)
		var pieces []byte
		size = min(max(size, 1), 100)
		for rest := b; ; rest = rest[size:] {
			if len(rest) <= size {
				pieces = d.decode(pieces, rest, true)
				break
			}
			pieces = d.decode(pieces, rest[:size], false)
		}
		if string(pieces) != string(whole) {
			t.Errorf("in pieces of %d: %q, whole: %q", size, pieces, whole)
		}
		checkLine(t, "trouble", d.trouble())
	})
}
