package extract

import (
	"encoding/binary"
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
