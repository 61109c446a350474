package extract

import (
	"archive/tar"
	"bytes"
	"fmt"
	"strings"
	"testing"
)

func TestCSV_TellsTheDelimiter(t *testing.T) {
	for _, tt := range []struct{ name, mediaType, in, want string }{
		{"comma", "text/csv", "a,b\n1,2\n", "| a | b |\n|---|---|\n| 1 | 2 |"},
		{"semicolon beside decimal commas", "text/csv", "Posten;Preis\nBrot;3,20\nMilch;1,10\n", "| Posten | Preis |\n|---|---|\n| Brot | 3,20 |\n| Milch | 1,10 |"},
		{"tab", "text/csv", "a\tb, c\n1\t2\n", "| a | b, c |\n|---|---|\n| 1 | 2 |"},
		{"tab by type", "text/tab-separated-values", "a,b\tc\n", "| a,b | c |\n|---|---|"},
		{"as Excel is told", "text/csv", "sep=|\na|b\n", "| a | b |\n|---|---|"},
		{"quotes, breaks and bars", "text/csv", "a,b\n\"x, \"\"y\"\"\nz\",p|q\n", "| a | b |\n|---|---|\n| x, \"y\" z | p\\|q |"},
		{"a quote where none may be", "text/csv", "a,b\n5\" pipe,x\n", "| a | b |\n|---|---|\n| 5\" pipe | x |"},
		{"a formula is text", "text/csv", "a,b\n=CMD(\"x\"),+1\n", "| a | b |\n|---|---|\n| =CMD(\"x\") | +1 |"},
		{"one column", "text/csv", "name\nAda\nBo\n", "name\nAda\nBo"},
		{"ragged", "text/csv", "a,b\n1\n1,2,3\n", "| a | b |\n|---|---|\n1\n| 1 | 2 | 3 |"},
		{"a mark", "text/csv", "\xef\xbb\xbfa,b\n", "| a | b |\n|---|---|"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := text(t, Input{MediaType: tt.mediaType, Charset: "utf-8", Data: []byte(tt.in)})
			if got.Text != tt.want || got.Note != "" {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestCSV_BoundsWideRowsAndOpenQuotes(t *testing.T) {
	wide := text(t, Input{MediaType: "text/csv", Data: []byte(strings.Repeat("x,", 100_000) + "\n")})
	if !strings.Contains(wide.Note, "100001 columns; the first 100") || strings.Count(wide.Text, "x") != maxColumns {
		t.Errorf("wide: %q, %d cells", wide.Note, strings.Count(wide.Text, "x"))
	}
	open := text(t, Input{MediaType: "text/csv", Data: []byte("a,b\n1,\"open\n" + strings.Repeat("2,3\n", 1000))})
	if !strings.Contains(open.Note, "cannot be told apart") || strings.Count(open.Text, "2,3") != 1000 {
		t.Errorf("open: %q", open.Note)
	}
}

const letter = "From: Ada <ada@example.org>\r\nTo: Bo <bo@example.net>, cy@example.net\r\nDate: Mon, 2 Nov 2026 10:00:00 +0100\r\n" +
	"Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" +
	"--x\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>Seen =C3=BC</p><p style=3D\"display:none\">Hidden</p>\r\n" +
	"--x\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=\"inv\u202eoice.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--x--\r\n"

func TestEML_ShowsWhatAPersonReads(t *testing.T) {
	got := text(t, Input{MediaType: "message/rfc822", Data: []byte(letter)})
	want := "From: Ada <ada@example.org>\nTo: Bo <bo@example.net>, cy@example.net\nDate: 2026-11-02T10:00:00+01:00\nSubject: Grüße\n\nSeen ü\n\n" +
		"Attachments (section numbers within this message):\n- 2: invoice.pdf (application/pdf, 4 bytes)"
	if got.Text != want && got.Text != strings.Replace(want, "4 bytes", "2 bytes", 1) || len(got.Removed) == 0 {
		t.Errorf("got %+v", got)
	}
}

func TestEML_ShowsAMessageInAMessage(t *testing.T) {
	outer := "From: dee@example.org\nSubject: Fwd\nContent-Type: multipart/mixed; boundary=y\n\n--y\n\nSee below.\n--y\nContent-Type: message/rfc822\n\n" + letter + "\n--y--\n"
	got := text(t, Input{MediaType: "application/octet-stream", Filename: "a.eml", Data: []byte(outer)})
	for _, want := range []string{"See below.", "- 2: ", "Message attached as 2", "Subject: Grüße", "Seen ü"} {
		if !strings.Contains(got.Text, want) {
			t.Errorf("%q is missing in %s", want, got.Text)
		}
	}
}

func TestEML_ThousandMessagesDeepEnds(t *testing.T) {
	var b strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&b, "Subject: level %d\nContent-Type: multipart/mixed; boundary=b%d\n\n--b%d\nContent-Type: message/rfc822\n\n", i, i, i)
	}
	got := text(t, Input{MediaType: "message/rfc822", Data: []byte(b.String())})
	if got.Status != OK || !strings.Contains(got.Text, "level 2") || strings.Contains(got.Text, "level 3\n") || !strings.Contains(got.Note, "deep") {
		t.Errorf("got %+v", got)
	}
}

func TestZIP_ListsNamesAndWhatIsOddAboutThem(t *testing.T) {
	data := zipOf(t, "docs/", "docs/plan.txt", "../../etc/cron.d/x", `C:\boot.ini`, "invoice.pdf.exe", "photo.jpg          .scr", "in\u202egpj.exe", "a\nb.txt")
	got := text(t, Input{MediaType: "application/zip", Data: data})
	for _, want := range []string{
		"ZIP archive, 7 files", "- docs/plan.txt (0 bytes)\n", "- ../../etc/cron.d/x (0 bytes; its path leads out", `- C:\boot.ini (0 bytes; its path leads out`,
		"- invoice.pdf.exe (0 bytes; a program with the extension of a document", "- photo.jpg .scr (0 bytes; a program", "blanks hide the end", "- ingpj.exe (", "- a b.txt (",
	} {
		if !strings.Contains(got.Text, want) {
			t.Errorf("%q is missing in\n%s", want, got.Text)
		}
	}
	if got.Removed["bidi_controls"] != 1 {
		t.Errorf("removed %v", got.Removed)
	}
}

func TestZIP_SaysWhichNeedAPassword(t *testing.T) {
	data := zipOf(t, "secret.txt")
	central := bytes.Index(data, []byte("PK\x01\x02"))
	data[central+8] |= zipEncrypted
	got := text(t, Input{MediaType: "application/zip", Data: data})
	if !strings.Contains(got.Text, "secret.txt (0 bytes; encrypted)") || !strings.Contains(got.Note, "1 of the files need a password") {
		t.Errorf("got %+v", got)
	}
}

// A directory of 25 MB has more than half a million entries.
func TestZIP_ManyNamesAreBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("only its work is measured, in one goroutine")
	}
	one := "PK\x01\x02" + strings.Repeat("\x00", 24) + "\x02\x00" + strings.Repeat("\x00", 16) + "ab"
	n := (MaxInput - 1000) / len(one)
	data := []byte(strings.Repeat(one, n))
	end := make([]byte, 22)
	copy(end, "PK\x05\x06")
	end[8], end[9], end[10], end[11] = byte(n), byte(n>>8), byte(n), byte(n>>8) // the count wraps
	size := uint32(len(data))
	copy(end[12:], []byte{byte(size), byte(size >> 8), byte(size >> 16), byte(size >> 24)})
	data = append([]byte("PK\x03\x04"), data...)
	end[16] = 4
	got := text(t, Input{MediaType: "application/zip", Data: append(data, end...)})
	if got.Status != OK || strings.Count(got.Text, "\n- ") != maxListed || !strings.Contains(got.Text, fmt.Sprintf("%d files", n)) {
		t.Errorf("got %s, %s, %.200q", got.Status, got.Note, got.Text)
	}
}

func TestTar_ListsNamesAndLinks(t *testing.T) {
	data := tarOf(t, &tar.Header{Name: "a/b.txt", Mode: 0o600}, &tar.Header{Name: "link", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"})
	for name, in := range map[string]Input{
		"plain":      {MediaType: "application/x-tar", Data: data},
		"compressed": {MediaType: "application/gzip", Filename: "a.tgz", Data: gzipOf(t, "", data)},
	} {
		got := text(t, in)
		if !strings.Contains(got.Text, "- a/b.txt (0 bytes)") || !strings.Contains(got.Text, "- link (0 bytes; a link to /etc/passwd)") {
			t.Errorf("%s: %+v", name, got)
		}
	}
	half := text(t, Input{MediaType: "application/gzip", Data: gzipOf(t, "", data)[:60]})
	if half.Status == OK && half.Note == "" {
		t.Errorf("half: %+v", half)
	}
}

func TestGzip_SaysTheNameWithin(t *testing.T) {
	got := text(t, Input{MediaType: "application/gzip", Data: gzipOf(t, "log.txt", []byte("x"))})
	if !strings.Contains(got.Text, "log.txt") || !strings.Contains(got.Note, "not unpacked") {
		t.Errorf("got %+v", got)
	}
}
