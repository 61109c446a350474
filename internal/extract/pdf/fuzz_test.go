package pdf

import (
	"os"
	"path/filepath"
	"testing"
	"unicode/utf8"
)

// readable reads data as Text does, but does not catch a panic.
func readable(t *testing.T, data []byte) {
	const limit = 10_000
	out := &output{left: limit}
	err := read(data, out, &Document{Removed: map[string]int{}})
	if text := out.text.String(); !utf8.ValidString(text) || utf8.RuneCountInString(text) > limit {
		t.Errorf("%q, %v", text, err)
	}
}

func FuzzText(f *testing.F) {
	for _, pattern := range []string{"testdata/*.pdf", "testdata/password/*.pdf"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			if data, err := os.ReadFile(file); err == nil && len(data) < 20_000 {
				f.Add(data)
			}
		}
	}
	f.Add(onePage("q 1 0 0 1 5 5 cm 1 g 0 0 9 9 re f /X Do Q 3 Tr BT /F1 9 Tf [(a)-300(b)] TJ (c) ' ET BI ID EI /OC /A BDC EMC",
		"/XObject << /X 10 0 R >> /Properties << /A 10 0 R >>", image))
	f.Add(cmapBomb()[:2_000])
	f.Add(deepTree(3))
	f.Fuzz(func(t *testing.T, data []byte) {
		readable(t, data)
	})
}

// FuzzContent runs content streams, which are mostly compressed in files and so
// out of a fuzzer's reach.
func FuzzContent(f *testing.F) {
	f.Add([]byte(line(700, "text")))
	f.Add([]byte("/F1 9 Tf 2 Tr .5 0 0 -1 3 3 Tm (\\101\\)) Tj 0 0 5 5 re W n 1 1 1 rg 1 0 0 k /P cs /P scn << /A [1 2] >> gs"))
	f.Fuzz(func(t *testing.T, content []byte) {
		readable(t, onePage(string(content), ""))
	})
}
