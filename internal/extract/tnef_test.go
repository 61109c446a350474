package extract

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// tnefOf is a winmail.dat with the files, name and content in turn.
func tnefOf(files ...string) []byte {
	b := []byte("\x78\x9f\x3e\x22\x01\x00")
	attribute := func(id uint32, data string) {
		b = append(b, 2)
		b = binary.LittleEndian.AppendUint32(b, id)
		b = binary.LittleEndian.AppendUint32(b, uint32(len(data)))
		b = append(append(b, data...), 0, 0)
	}
	for i := 0; i+1 < len(files); i += 2 {
		attribute(0x00069002, "rendering")
		attribute(0x00018010, files[i]+"\x00")
		attribute(0x0006800f, files[i+1])
	}
	return b
}

func TestTNEF_ShowsTheFilesInIt(t *testing.T) {
	data := tnefOf("prices.csv", "item,price\nlamp,12.50\n", "photo.png", "\x89PNG\r\n\x1a\n", "note.txt", "See\u200b you.")
	for _, in := range []Input{
		{MediaType: "application/ms-tnef", Filename: "winmail.dat", Data: data},
		{MediaType: "application/octet-stream", Filename: "winmail.dat", Data: data},
	} {
		if !Supported(in.MediaType, in.Filename) {
			t.Errorf("%s is not supported", in.MediaType)
		}
		got := text(t, in)
		for _, want := range []string{"3 files", "- prices.csv (", "- photo.png (", "----- File 1: prices.csv -----\n| item | price |", "| lamp | 12.50 |", "See you."} {
			if !strings.Contains(got.Text, want) {
				t.Errorf("%s: %q is missing in %+v", in.MediaType, want, got)
			}
		}
		if strings.Contains(got.Text, "File 2") || len(got.Removed) == 0 {
			t.Errorf("a picture as text, or removals not counted: %+v", got)
		}
	}
}

func TestTNEF_OneInAnotherEnds(t *testing.T) {
	data := tnefOf("deep.txt", "bottom")
	for range 200 {
		data = tnefOf("a", string(data), "b", string(data[:min(len(data), 100)]))
	}
	if got := text(t, Input{MediaType: "application/ms-tnef", Data: data}); got.Status != OK || strings.Contains(got.Text, "bottom") {
		t.Errorf("got %+v", got)
	}
	if got := text(t, Input{MediaType: "application/ms-tnef", Data: []byte("\x78\x9f\x3e\x22\x01")}); got.Status != Damaged {
		t.Errorf("got %+v", got)
	}
}

func TestTNEF_ALongFileGoesOnByOffset(t *testing.T) {
	long := strings.Repeat("word ", 50_000)
	got := text(t, Input{MediaType: "application/ms-tnef", Data: tnefOf("a.txt", long), Offset: 200_000, MaxChars: 1000})
	if !got.Truncated || !strings.HasPrefix(strings.TrimLeft(got.Text, "ord "), "word") {
		t.Errorf("got %+v", got)
	}
}

func FuzzTNEF(f *testing.F) {
	for _, files := range [][]string{{"a.txt", "x"}, {"a.ics", "BEGIN:VCALENDAR"}, {"", string(tnefOf("b", "c"))}} {
		f.Add(tnefOf(files...))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		checkRead(t, header{MediaType: "application/ms-tnef", MaxChars: 200}, data)
	})
}

// The examples of MS-OXRTFCP §3.
func TestTNEF_DecompressesRTF(t *testing.T) {
	for name, tt := range map[string]struct{ in, want string }{
		"simple": {
			"\x2d\x00\x00\x00\x2b\x00\x00\x00LZFu\xf1\xc5\xc7\xa7\x03\x00\x0a\x00rcpg125\x42\x32\x0a\xf3 hel\x09\x00\x20bw\x05\xb0ld}\x0a\x80\x0f\xa0",
			"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n",
		},
		"crossing the dictionary's end": {
			"\x1a\x00\x00\x00\x1c\x00\x00\x00LZFu\xe2\xd4\x4b\x51\x41\x00\x04\x20WXYZ\x0d\x6e\x7d\x01\x0e\xb0",
			"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}",
		},
		"not compressed": {"\x00\x00\x00\x00\x00\x00\x00\x00MELA\x00\x00\x00\x00{\\rtf1 x}", "{\\rtf1 x}"},
		"cut":            {"\x2d\x00\x00\x00\x2b\x00\x00\x00LZFu\xf1\xc5\xc7\xa7\x03\x00\x0a\x00rcpg", "{\\rtf1\\ansi\\ansicpg"},
		"nothing":        {"LZFu", ""},
	} {
		if got := string(decompressRTF([]byte(tt.in))); got != tt.want {
			t.Errorf("%s: got %q, want %q", name, got, tt.want)
		}
	}
	bomb := []byte("\x00\x00\x00\x00\x00\x00\x00\x00LZFu\x00\x00\x00\x00")
	at := len(rtfStart)
	for range 200_000 { // of 2.1 MB, to 27 MB
		bomb = append(bomb, 0xff)
		for range 8 {
			bomb = binary.BigEndian.AppendUint16(bomb, uint16((at+rtfRing/2)%rtfRing<<4|15))
			at = (at + 17) % rtfRing
		}
	}
	if got := len(decompressRTF(bomb)); got < maxRTF || got > maxRTF+200 {
		t.Errorf("a bomb comes to %d bytes", got)
	}
}

func TestTNEF_ReadsTheFilesOfTestdataAndTheCorpus(t *testing.T) {
	paths, _ := filepath.Glob("../message/testdata/tnef/*.tnef")
	want := len(paths)
	if corpus, _ := filepath.Glob("../../../shared/corpus/mimekit/tnef/*.tnef"); len(corpus) > 0 {
		paths, want = append(paths, corpus...), want+15
	}
	read := 0
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		got := text(t, Input{MediaType: "application/ms-tnef", Data: data, MaxChars: 1000})
		if got.Status != OK && got.Status != Empty || strings.Contains(got.Note, "cannot be read") {
			t.Errorf("%s: %s, %s, %q", filepath.Base(path), got.Status, got.Note, got.Text)
		}
		if got.Status == OK {
			read++
		}
	}
	if want == 0 || read < want {
		t.Errorf("only %d of %d have text", read, len(paths))
	}
}
