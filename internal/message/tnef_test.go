package message_test

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"mail-imap-mcp/internal/message"
)

// attribute is one attribute of a TNEF stream.
func attribute(level byte, id uint32, data string) string {
	b := []byte{level}
	b = binary.LittleEndian.AppendUint32(b, id)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(data)))
	return string(b) + data + "\x00\x00"
}

// stringProperty is a MAPI property with one string, in a list of its own.
func stringProperty(kind, id uint16, value string) string {
	b := binary.LittleEndian.AppendUint32(nil, 1)
	b = binary.LittleEndian.AppendUint16(b, kind)
	b = binary.LittleEndian.AppendUint16(b, id)
	b = binary.LittleEndian.AppendUint32(b, 1)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(value)))
	return string(b) + value + strings.Repeat("\x00", -len(value)&3)
}

func wide(s string) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return string(b) + "\x00\x00"
}

const tnefHead = "\x78\x9f\x3e\x22\x01\x00"

func TestParseTNEF_ListsTextAndFiles(t *testing.T) {
	t.Parallel()
	got, ok := message.ParseTNEF([]byte(tnefHead +
		attribute(1, 0x00069003, stringProperty(0x1e, 0x1000, "The text.\x00")) +
		attribute(2, 0x00069002, "rendering") +
		attribute(2, 0x00018010, "SHORT~1.TXT\x00") +
		attribute(2, 0x0006800f, "content") +
		attribute(2, 0x00069005, stringProperty(0x1f, 0x3707, wide("Ein längerer\u202e Name.txt")))))
	if !ok || got.Text != "The text." || len(got.Files) != 1 {
		t.Fatalf("got %+v, %t", got, ok)
	}
	if f := got.Files[0]; f.Name != "Ein längerer Name.txt" || string(f.Data) != "content" {
		t.Errorf("file is %+v", f)
	}
}

func TestParseTNEF_RefusesWhatIsNone(t *testing.T) {
	t.Parallel()
	for _, source := range []string{"", "PK\x03\x04 and so on", tnefHead[:5]} {
		if got, ok := message.ParseTNEF([]byte(source)); ok {
			t.Errorf("%q is %+v", source, got)
		}
	}
}

// Lengths and counts are the sender's claims.
func TestParseTNEF_BrokenOnesEndTheReading(t *testing.T) {
	t.Parallel()
	props := stringProperty(0x1e, 0x1000, "x")
	for name, source := range map[string]string{
		"a length beyond the end":   tnefHead + "\x01\x03\x90\x06\x00\xff\xff\xff\xff",
		"a count beyond the end":    tnefHead + attribute(1, 0x00069003, "\xff\xff\xff\xff"+props[4:]),
		"a property without end":    tnefHead + attribute(1, 0x00069003, props[:14]),
		"values without size":       tnefHead + attribute(1, 0x00069003, "\x01\x00\x00\x00\x1e\x10\x00\x10\xff\xff\xff\xff"),
		"a file that never began":   tnefHead + attribute(2, 0x0006800f, "content"),
		"a million files":           tnefHead + strings.Repeat(attribute(2, 0x00069002, ""), 1_000_000),
		"a file cut in its content": tnefHead + attribute(2, 0x00069002, "") + attribute(2, 0x0006800f, "content")[:12],
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := message.ParseTNEF([]byte(source))
			if !ok || len(got.Files) > 500 {
				t.Errorf("%d files, %t", len(got.Files), ok)
			}
		})
	}
}

// There are TNEF files and, for most, the list of the files in each.
func TestParseTNEF_FindsTheFilesOfTheCorpus(t *testing.T) {
	t.Parallel()
	found := 0
	corpus := corpusMails(t, func(path string, source []byte) {
		list, err := os.ReadFile(strings.TrimSuffix(path, ".tnef") + ".list")
		if !strings.HasSuffix(path, ".tnef") || err != nil {
			return
		}
		got, ok := message.ParseTNEF(source)
		if !ok {
			t.Errorf("%s is not recognised", path)
			return
		}
		var names []string
		for _, f := range got.Files {
			names = append(names, f.Name)
		}
		for want := range strings.FieldsFuncSeq(string(list), func(r rune) bool { return r == '\n' || r == '\r' }) {
			// Bodies are listed beside the files; nameless files have a name there.
			if strings.HasPrefix(want, "body.") || strings.HasPrefix(want, "Untitled") {
				continue
			}
			found++
			if !slices.Contains(names, want) {
				t.Errorf("%s: %q is not among %q", filepath.Base(path), want, names)
			}
		}
	})
	atLeast(t, "files", found, corpus, 3, 20)
}

func FuzzTNEF(f *testing.F) {
	f.Add([]byte(tnefHead + attribute(1, 0x00069003, stringProperty(0x1e, 0x1000, "text"))))
	f.Add([]byte(tnefHead + attribute(2, 0x00069002, "") + attribute(2, 0x00018010, "a\x00") + attribute(2, 0x00069005, stringProperty(0x101f, 0x3707, wide("b")))))
	f.Add([]byte(tnefHead + attribute(1, 0x00069007, "\xe4\x04\x00\x00\x00\x00\x00\x00") + attribute(1, 0x0002800c, "\xe4")))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, _ := message.ParseTNEF(b)
		if !utf8.ValidString(got.Text) || !utf8.ValidString(got.HTML) {
			t.Errorf("text %q, html %q", got.Text, got.HTML)
		}
		for _, file := range got.Files {
			if strings.ContainsFunc(file.Name, unicode.IsControl) || !utf8.ValidString(file.Name) {
				t.Errorf("name %q", file.Name)
			}
		}
	})
}
