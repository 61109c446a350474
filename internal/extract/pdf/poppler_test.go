package pdf

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// words counts the words of a text; ligatures count as their letters.
func words(text string) (map[string]int, int) {
	counts, total := map[string]int{}, 0
	for _, w := range strings.FieldsFunc(norm.NFKC.String(text), func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
		counts[w]++
		total++
	}
	return counts, total
}

// shared counts the words of a that are also in b, each as often as it is there.
func shared(a, b map[string]int) int {
	n := 0
	for w, count := range a {
		n += min(count, b[w])
	}
	return n
}

func missing(a, b map[string]int) []string {
	var out []string
	for w, count := range a {
		if b[w] < count && len(out) < 20 {
			out = append(out, w)
		}
	}
	return out
}

func TestText_FindsTheWordsThatPopplerFinds(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.pdf")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d PDFs in testdata: %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(strings.TrimSuffix(file, ".pdf") + ".txt")
			if err != nil {
				t.Fatal(err)
			}
			doc, err := Text(data, 1_000_000)
			if err != nil {
				t.Fatal(err)
			}
			theirs, total := words(string(want))
			ours, found := words(doc.Text)
			if total < 15 {
				t.Fatalf("only %d words to compare", total)
			}
			if n := shared(theirs, ours); n*100 < total*95 {
				t.Errorf("%d of poppler's %d words found; not %q", n, total, missing(theirs, ours))
			}
			if n := shared(ours, theirs); n*100 < found*90 {
				t.Errorf("%d of our %d words are poppler's; not %q", n, found, missing(ours, theirs))
			}
			if len(doc.Removed) > 0 || doc.Truncated {
				t.Errorf("removed %v, truncated %v, of a file without hidden text", doc.Removed, doc.Truncated)
			}
			t.Logf("%d words, recall %.1f %%, precision %.1f %%", total,
				100*float64(shared(theirs, ours))/float64(total), 100*float64(shared(ours, theirs))/float64(found))
		})
	}
}
