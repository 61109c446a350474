package extract

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"mail-imap-mcp/internal/safetext"
)

// checkRead fails unless what was made of an attachment keeps its promises.
func checkRead(t *testing.T, h header, data []byte) {
	t.Helper()
	res := read(h, data)
	if res.Status != OK && (res.Note == "" || res.Text != "") {
		t.Errorf("%s with note %q and text %q", res.Status, res.Note, res.Text)
	}
	if !utf8.ValidString(res.Text) || utf8.RuneCountInString(res.Text) > h.MaxChars {
		t.Errorf("%d characters of %d, or not UTF-8", utf8.RuneCountInString(res.Text), h.MaxChars)
	}
	if strings.ContainsFunc(res.Text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }) {
		t.Errorf("a control in %q", res.Text)
	}
	if safetext.Line(res.Note) != res.Note || len(res.Note) > maxNote {
		t.Errorf("the note is no safe line: %q", res.Note)
	}
	if res.Truncated && res.Text == "" {
		t.Error("truncated without a text: one would ask for ever")
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []struct{ mediaType, name, data string }{
		{"application/octet-stream", "a.csv", "a;b\n1;2\n"},
		{"text/plain", "a.txt", "a\x00b\u202e"},
		{"text/html", "", "<p hidden>x<table>"},
		{"image/png", "x", "%PDF-1.7"},
		{"application/gzip", "x.tgz", "\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\x00a\x00"},
		{"\u202ex/y", "a.\x00", "\xd0\xcf\x11\xe0"},
		{"application/x-tar", "", string(tarOf(f))},
		{"", "", "\xff\xfea\x00"},
	} {
		f.Add(seed.mediaType, seed.name, "", []byte(seed.data), 0)
	}
	f.Fuzz(func(t *testing.T, mediaType, name, charset string, data []byte, offset int) {
		checkRead(t, header{MediaType: mediaType, Filename: name, Charset: charset, Offset: offset, MaxChars: 100}, data)
	})
}

func FuzzCSV(f *testing.F) {
	for _, seed := range []string{"a,b\n1,2\n", "sep=;\na;\"b\n", "\"", "a\tb\r\nc", "|,|\n\"\"\"", strings.Repeat(",", 200)} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		checkRead(t, header{MediaType: "text/csv", MaxChars: 200}, data)
	})
}

func FuzzEML(f *testing.F) {
	for _, seed := range []string{letter, "Subject: x\n\nbody", "Content-Type: message/rfc822\n\nContent-Type: message/rfc822\n\nx", "Content-Type: multipart/mixed; boundary=\"\"\n\n--"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		checkRead(t, header{MediaType: "message/rfc822", MaxChars: 200}, data)
	})
}

func FuzzZIP(f *testing.F) {
	for _, names := range [][]string{{"a.txt"}, {"../x", "a.pdf.exe", "b/"}, {"\u202e", "\xff\xfe"}} {
		f.Add(zipOf(f, names...))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		checkRead(t, header{MediaType: "application/zip", MaxChars: 200}, data)
	})
}
