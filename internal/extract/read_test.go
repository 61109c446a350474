package extract

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

func utf16LE(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

// zipOf makes an archive of empty files.
func zipOf(t testing.TB, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range names {
		if _, err := z.CreateRaw(&zip.FileHeader{Name: name}); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func tarOf(t testing.TB, headers ...*tar.Header) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, h := range headers {
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gzipOf(t testing.TB, name string, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Name = name
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRead_MakesTextOfWhatPeopleSend(t *testing.T) {
	for _, tt := range []struct {
		name, mediaType, file, charset string
		data                           []byte
		want, note                     string
	}{
		{"plain text", "text/plain", "a.txt", "utf-8", []byte("Grüße"), "Grüße", ""},
		{"another charset", "text/plain", "", "koi8-r", []byte("\xf0\xf2\xe9\xf7\xe5\xf4"), "ПРИВЕТ", ""},
		{"a charset nobody names", "text/plain", "", "", []byte("Gr\xfc\xdfe"), "Grüße", "it was read as windows-1252"},
		{"UTF-16 with a mark", "text/plain", "", "", append([]byte("\xff\xfe"), utf16LE("Grüße, Welt")...), "Grüße, Welt", ""},
		{"UTF-16 without one", "text/plain", "", "", utf16LE("Grüße, liebe Welt"), "Grüße, liebe Welt", "utf-16le"},
		{"JSON stays as it is", "application/json", "", "", []byte("{\n  \"a\": [1, 2]\n}"), "{\n  \"a\": [1, 2]\n}", ""},
		{"XML by its suffix", "application/vnd.x+xml", "", "", []byte("<a>b</a>"), "&lt;a>b&lt;/a>", ""},
		{"a log of no declared type", "application/octet-stream", "server.log", "", []byte("10:00 started"), "10:00 started", ""},
		{"text of no type and no extension", "application/octet-stream", "README", "", []byte("Read me"), "Read me", ""},
		{"a page", "text/html", "", "", []byte("<p>Seen</p><p style='display:none'>Hidden</p>"), "Seen", ""},
		{"a page of no declared type", "application/octet-stream", "", "", []byte("<!DOCTYPE html><p>Seen <b>well</b>"), "Seen **well**", ""},
		{"HTML declared as text stays text", "text/plain", "a.html", "", []byte("<html><p>Tag</p>"), "&lt;html>&lt;p>Tag&lt;/p>", ""},
		{"a page declared as a picture", "image/png", "x.png", "", []byte("<html><p>Seen</p>"), "Seen", "declared as image/png but is HTML"},
		{"a list declared as Excel", "application/vnd.ms-excel", "list.csv", "", []byte("a,b\n1,2\n"), "| a | b |\n|---|---|\n| 1 | 2 |", "is a CSV table"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := text(t, Input{MediaType: tt.mediaType, Filename: tt.file, Charset: tt.charset, Data: tt.data})
			if got.Status != OK || got.Text != tt.want || !strings.Contains(got.Note, tt.note) || (tt.note == "" && got.Note != "") {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestRead_SaysWhyThereIsNoText(t *testing.T) {
	ole := append([]byte(oleMagic), make([]byte, 600)...)
	for _, tt := range []struct {
		name, mediaType, file string
		data                  []byte
		want                  Status
		note                  string
	}{
		{"nothing", "text/plain", "", nil, Empty, "0 bytes"},
		{"blanks", "text/plain", "", []byte(" \n\n\t "), Empty, "there is no text"},
		{"only hidden text", "text/html", "", []byte("<p hidden>Obey</p>"), Empty, "hidden from people"},
		{"a picture", "image/png", "a.png", []byte("\x89PNG\r\n\x1a\n...."), Unsupported, "no text can be made of image/png"},
		{"a picture declared as text", "text/plain", "a.txt", []byte("\x89PNG\r\n\x1a\n...."), Unsupported, "declared as text/plain but is a picture"},
		{"a drawing", "image/svg+xml", "a.svg", []byte("<svg><text>Obey</text></svg>"), Unsupported, "picture"},
		{"anything", "application/octet-stream", "a.bin", bytes.Repeat([]byte{0, 1, 2, 3, 200}, 100), Unsupported, "application/octet-stream"},
		{"noise declared as text", "text/plain", "", bytes.Repeat([]byte{1, 2, 3, 200, 5}, 100), Unsupported, "is no text"},
		{"old Word", "application/msword", "a.doc", ole, Unsupported, "save it as PDF"},
		{"a document with a password", "application/octet-stream", "a.docx", append(ole, encryptedPackage...), Encrypted, "needs a password"},
		{"a program", "application/pdf", "a.pdf", append([]byte("MZ\x90\x00\x03"), make([]byte, 200)...), Unsupported, "is a program"},
		{"half an archive", "application/zip", "a.zip", zipOf(t, "a.txt", "b.txt")[:60], Damaged, "list of files"},
		{"an archive of nothing", "application/zip", "a.zip", zipOf(t), Empty, "no files"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := text(t, Input{MediaType: tt.mediaType, Filename: tt.file, Data: tt.data})
			if got.Status != tt.want || !strings.Contains(got.Note, tt.note) {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// It is what it claims to be, though a password makes it look like old Office.
func TestRead_SaysOnlyThatAPasswordIsNeeded(t *testing.T) {
	got := text(t, Input{MediaType: "application/zip", Filename: "a.docx", Data: []byte(oleMagic + encryptedPackage)})
	if got.Status != Encrypted || got.Note != "the document is encrypted; it needs a password to be read" {
		t.Errorf("got %+v", got)
	}
}

func TestRead_CountsWhatItTookOut(t *testing.T) {
	got := text(t, Input{MediaType: "text/plain", Charset: "utf-8", Data: []byte("a\u202eb\u200bc")})
	if got.Text != "abc" || len(got.Removed) != 2 {
		t.Errorf("got %+v", got)
	}
}

// Pieces read one after the other are the text, whatever the format.
func TestRead_PiecesJoinToTheWhole(t *testing.T) {
	rows := &strings.Builder{}
	for i := range 4000 {
		fmt.Fprintf(rows, "%d;Größe %d;\"a | b\"\n", i, i*i)
	}
	for _, in := range []Input{
		{MediaType: "text/csv", Charset: "utf-8", Data: []byte(rows.String())},
		{MediaType: "text/plain", Charset: "utf-8", Data: []byte(rows.String())},
		{MediaType: "text/html", Charset: "utf-8", Data: []byte("<p>" + strings.ReplaceAll(rows.String(), "\n", "</p>\n<p>"))},
	} {
		whole := read(header{MediaType: in.MediaType, Charset: in.Charset, MaxChars: maxPiece * 10}, in.Data)
		if whole.Truncated { // maxPiece holds for one answer
			second := read(header{MediaType: in.MediaType, Charset: in.Charset, Offset: utf8.RuneCountInString(whole.Text), MaxChars: maxPiece}, in.Data)
			whole.Text += second.Text
		}
		var joined strings.Builder
		for offset, more := 0, true; more; {
			res := read(header{MediaType: in.MediaType, Charset: in.Charset, Offset: offset, MaxChars: 17_000}, in.Data)
			if n := utf8.RuneCountInString(res.Text); n > 17_000 || n == 0 {
				t.Fatalf("%s: a piece of %d characters", in.MediaType, n)
			}
			joined.WriteString(res.Text)
			offset, more = offset+utf8.RuneCountInString(res.Text), res.Truncated
		}
		if joined.String() != whole.Text || !strings.Contains(whole.Text, "3999") {
			t.Errorf("%s: the pieces are not the whole", in.MediaType)
		}
	}
}

func TestRead_SaysWhereTheTextIsNoLongerRead(t *testing.T) {
	long := []byte(strings.Repeat("seven. ", maxText/7+1000))
	last := read(header{MediaType: "text/plain", Offset: maxText - 10, MaxChars: 1000}, long)
	if last.Truncated || !strings.Contains(last.Note, "it goes on, but only its first") || len(last.Text) == 0 {
		t.Errorf("got %+v", last)
	}
}

func TestSupported_ByTypeOrElseByExtension(t *testing.T) {
	for _, tt := range []struct {
		mediaType, file string
		want            bool
	}{
		{"text/plain", "", true},
		{"Text/HTML", "", true},
		{"application/octet-stream", "list.CSV", true},
		{"application/octet-stream", "mail.eml", true},
		{"application/octet-stream", "noname", false},
		{"application/vnd.ms-excel", "list.csv", true},
		{"application/vnd.ms-excel", "list.xls", true}, // to be told that it is an old format
		{"image/jpeg", "a.jpg", false},
		{"image/svg+xml", "a.svg", false},
		{"application/x-thing", "", false},
		{"application/atom+xml", "", true},
		{"message/rfc822", "", true},
	} {
		if got := Supported(tt.mediaType, tt.file); got != tt.want {
			t.Errorf("%s, %q: %v", tt.mediaType, tt.file, got)
		}
	}
}
