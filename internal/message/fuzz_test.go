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
