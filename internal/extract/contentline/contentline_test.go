package contentline

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestLines_ReadsTheWaysRealFilesAreWritten(t *testing.T) {
	for _, c := range []struct {
		name, file string
		want       []Line
	}{
		{"CRLF, LF and CR", "A:1\r\nB:2\nC:3\rD:4", []Line{{Name: "A", Value: "1"}, {Name: "B", Value: "2"}, {Name: "C", Value: "3"}, {Name: "D", Value: "4"}}},
		{"folded with space and tab", "A:on\r\n e\r\n\ttwo", []Line{{Name: "A", Value: "onetwo"}}},
		{"folded within a character", "A:\xC3\r\n \xBC", []Line{{Name: "A", Value: "ü"}}},
		{"a mark and lower case", "\xEF\xBB\xBFa:1", []Line{{Name: "A", Value: "1"}}},
		{"UTF-16", "\xFF\xFEA\x00:\x001\x00", []Line{{Name: "A", Value: "1"}}},
		{"not UTF-8", "A:\xFC", []Line{{Name: "A", Value: "ü"}}},
		{"parameters", `A;B=1,"2;:,";c="x^'y^'":v:w`, []Line{{Name: "A", Params: []Param{{"B", []string{"1", "2;:,"}}, {"C", []string{`x"y"`}}}, Value: "v:w"}}},
		{"bare parameters and a group", "item1.TEL;HOME;FAX:1", []Line{{Group: "ITEM1", Name: "TEL", Params: []Param{{"", []string{"HOME"}}, {"", []string{"FAX"}}}, Value: "1"}}},
		{"quoted-printable", "A;ENCODING=QUOTED-PRINTABLE;CHARSET=ISO-8859-1:=FC=\r\nb=3D", []Line{{Name: "A", Params: []Param{{"ENCODING", []string{"QUOTED-PRINTABLE"}}, {"CHARSET", []string{"ISO-8859-1"}}}, Value: "üb="}}},
		{"a quotation mark that stays open", `A;B="x:v`, []Line{{Name: "A", Value: "v"}}},
		{"line breaks that are not folded", "A:one\ntwo words\nB:3", []Line{{Name: "A", Value: `one\ntwo words`}, {Name: "B", Value: "3"}}},
		{"nothing before the first name", "garbage\nA:1", []Line{{Name: "A", Value: "1"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := slices.Collect(Lines([]byte(c.file)))
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestUnescape_KnowsTheEscapesOfBothVersions(t *testing.T) {
	for in, want := range map[string]string{`a\nb\Nc`: "a\nb\nc", `\,\;\:\\`: `,;:\`, `c:\x`: `c:\x`, `end\`: `end\`} {
		if got := Unescape(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	if got := Split(`a\;b;c;d;e`, ';', 3); !slices.Equal(got, []string{"a;b", "c", "d;e"}) {
		t.Errorf("got %q", got)
	}
}

func TestLines_ALineIsCutAtItsBound(t *testing.T) {
	for name, file := range map[string]string{
		"one line": "A:" + strings.Repeat("é", MaxLine),
		"folded":   "A:" + strings.Repeat("é\n ", MaxLine),
		"broken":   "A:" + strings.Repeat("é\n", MaxLine),
	} {
		lines := slices.Collect(Lines([]byte(file + "\nB:2\n")))
		if len(lines) != 2 || len(lines[0].Value) > 2*MaxLine || !utf8.ValidString(lines[0].Value) || lines[1].Value != "2" {
			t.Errorf("%s: %d lines, the first of %d bytes", name, len(lines), len(lines[0].Value))
		}
	}
}

func FuzzLines(f *testing.F) {
	f.Add([]byte("A;B=\"c\":d\r\n e\nX;ENCODING=QUOTED-PRINTABLE:=41=\nb"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for l := range Lines(data) {
			if l.Name == "" || !utf8.ValidString(l.Name+l.Value) {
				t.Errorf("%+v", l)
			}
			_ = Split(l.Value, ';', 5)
		}
	})
}
