package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// manyPages are n pages with a word each.
func manyPages(n int) []byte {
	b := newBuilder()
	b.object(1, catalog)
	var kids strings.Builder
	for i := range n {
		fmt.Fprintf(&kids, "%d 0 R ", 10+i)
	}
	b.object(2, "<< /Type /Pages /Kids [%s] /MediaBox [0 0 600 800] /Resources << /Font << /F1 5 0 R >> >> >>", &kids)
	b.stream(4, "", line(700, "tiny"))
	b.object(5, helvetica)
	for i := range n {
		b.object(10+i, "<< /Type /Page /Contents 4 0 R >>")
	}
	return b.finish("")
}

// deepTree is a page below n intermediate nodes.
func deepTree(n int) []byte {
	b := newBuilder()
	b.object(1, catalog)
	b.object(2, "<< /Kids [10 0 R] /MediaBox [0 0 600 800] /Resources << /Font << /F1 5 0 R >> >> >>")
	b.object(3, "<< /Type /Page /Contents 4 0 R >>")
	b.stream(4, "", line(700, "deep"))
	b.object(5, helvetica)
	for i := range n {
		next := 11 + i
		if i == n-1 {
			next = 3
		}
		b.object(10+i, "<< /Type /Pages /Kids [%d 0 R] >>", next)
	}
	return b.finish("")
}

// bombForms are forms that each draw the next one ten times.
func bombForms() []byte {
	return onePage(line(700, "before")+"/X10 Do", "/XObject << /X10 10 0 R >>", func(b *builder) {
		for i := 10; i < 30; i++ {
			b.stream(i, fmt.Sprintf("/Type /XObject /Subtype /Form /BBox [0 0 600 800] /Resources << /XObject << /X%d %d 0 R >> >>", i+1, i+1),
				strings.Repeat(fmt.Sprintf("/X%d Do ", i+1), 10))
		}
	})
}

func prevCycle() []byte {
	data := onePage(line(700, "cycle"), "")
	start := bytes.LastIndex(data, []byte("xref\n0 "))
	return bytes.Replace(data, []byte("/Size"), fmt.Appendf(nil, "/Prev %d /Size", start), 1)
}

func withFont(font string, more func(*builder)) []byte {
	return onePage(line(700, "before")+"BT /F2 12 Tf 72 600 Td (AB) Tj <00410042> Tj ET "+line(500, "after"),
		"/Other 1 >> /Resources << /Font << /F1 5 0 R /F2 10 0 R >>", func(b *builder) {
			b.object(10, "%s", font)
			if more != nil {
				more(b)
			}
		})
}

func cmapBomb() []byte {
	return withFont("<< /Type /Font /Subtype /Type0 /Encoding /Identity-H /ToUnicode 11 0 R /DescendantFonts [<< /W [0 4294967295 500] >>] >>",
		func(b *builder) {
			b.stream(11, "", "1 begincodespacerange <00000000> <ffffffff> endcodespacerange 1 beginbfrange <00000000> <ffffffff> <0041> endbfrange "+
				strings.Repeat("<0000> <ffff> <0041> ", 20_000)+"endbfrange")
		})
}

// Each of these answers within the steps and the memory that budget.go allows;
// without a bound they would take hours, or all memory.
func TestText_SurvivesHostileFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("only its work is measured, in one goroutine")
	}
	bomb := deflated(bytes.Repeat([]byte("0 0 m "), 15<<20))
	good := onePage(line(700, "good text"), "")
	for name, tc := range map[string]struct {
		data  []byte
		want  string // in the text
		err   error
		pages int
	}{
		"kids cycle": {func() []byte {
			b := newBuilder()
			b.object(1, catalog)
			b.object(2, "<< /Type /Pages /Kids [2 0 R 3 0 R 2 0 R 6 0 R] >>")
			b.object(3, "<< /Type /Page /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>")
			b.stream(4, "", line(700, "one page"))
			b.object(5, helvetica)
			b.object(6, "<< /Type /Pages /Kids [2 0 R 6 0 R] >>")
			return b.finish("")
		}(), "one page", nil, 1},
		"prev cycle": {prevCycle(), "cycle", nil, 1},
		"form in itself": {onePage(line(700, "before")+"/X Do "+line(600, "after"), "/XObject << /X 10 0 R >>", func(b *builder) {
			b.stream(10, "/Type /XObject /Subtype /Form /Resources << /XObject << /X 10 0 R >> >>", "/X Do /X Do")
		}), "after", nil, 1},
		"forms in forms":      {bombForms(), "before", nil, 1},
		"deep page tree":      {deepTree(20_000), "deep", nil, 1},
		"100,000 pages":       {manyPages(100_000), "tiny", nil, 100_000},
		"flate bomb":          {onePage(bomb, "", func(b *builder) { b.stream(4, "/Filter /FlateDecode", bomb) }), "", ErrDamaged, 1},
		"flate of flate":      {onePage("", "", func(b *builder) { b.stream(4, "/Filter [/FlateDecode /FlateDecode]", deflated([]byte(bomb))) }), "", ErrDamaged, 1},
		"cmap bomb":           {cmapBomb(), "after", nil, 1},
		"huge widths":         {withFont("<< /Type /Font /Subtype /TrueType /FirstChar 0 /LastChar 999999999 /Widths ["+strings.Repeat("500 ", 1_000_000)+"] >>", nil), "AB", nil, 1},
		"negative FirstChar":  {withFont("<< /Subtype /TrueType /FirstChar -9223372036854775808 /Widths [1 2 3] >>", nil), "AB", nil, 1},
		"giant numbers":       {onePage(line(700, "before")+"1e99 0 0 1"+strings.Repeat("0", 400)+" 0 0 cm "+strings.Repeat("9", 400)+" Tz nan inf NaN "+line(600, "after"), ""), "before", nil, 1},
		"matrices multiplied": {onePage(line(700, "before")+strings.Repeat("99999999 0 0 99999999 99999999 0 cm ", 500)+line(600, "after"), ""), "before", nil, 1},
		"q without Q":         {onePage(strings.Repeat("q ", 1_000_000)+line(700, "text"), ""), "text", nil, 1},
		"nested arrays":       {onePage(strings.Repeat("[", 1_000_000)+line(700, "text"), ""), "", nil, 1},
		"nested dictionaries": {onePage(strings.Repeat("<</A", 500_000), ""), "", nil, 1},
		"rectangles":          {onePage(strings.Repeat("0 0 600 800 re f 1 g ", 20_000)+strings.Repeat(line(700, "x"), 20_000), ""), "", nil, 1},
		"length of itself": {onePage("", "", func(b *builder) {
			b.object(4, "<< /Length 4 0 R >>\nstream\n%s\nendstream", line(700, "found"))
		}), "found", nil, 1},
		"reference to itself": {onePage("", "", func(b *builder) { b.object(4, "4 0 R") }), "", nil, 1},
		"size of a trillion":  {bytes.Replace(good, []byte("/Size 6"), []byte("/Size 999999999999"), 1), "good text", nil, 1},
		"no cross-reference":  {bytes.Replace(good, []byte("startxref"), []byte("startnone"), 1), "good text", nil, 1},
		"wrong offsets":       {bytes.Replace(good, []byte("%PDF-1.7\n"), []byte("%PDF-1.7\n% a line more\n"), 1), "good text", nil, 1},
		"junk before":         {append([]byte("Content-Type: application/pdf\r\n\r\n"), good...), "good text", nil, 1},
		"CRLF line ends":      {bytes.ReplaceAll(good, []byte("\n"), []byte("\r\n")), "good text", nil, 1},
		"cut in the middle":   {bytes.SplitN(good, []byte("xref\n"), 2)[0], "good text", nil, 1},
		"not a PDF":           {[]byte("Dear reader,\nthis is text.\n"), "", ErrDamaged, 0},
		"empty":               {nil, "", ErrDamaged, 0},
		"a header alone":      {[]byte("%PDF-1.4\n"), "", ErrDamaged, 0},
		"many endless streams": {func() []byte {
			var b bytes.Buffer
			b.WriteString("%PDF-1.4\n")
			for i := range 200_000 {
				fmt.Fprintf(&b, "%d 0 obj <</Type/Page>> stream\n", i+1)
			}
			return b.Bytes()
		}(), "", ErrDamaged, -1},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			doc, err := Text(tc.data, 1_000_000)
			runtime.ReadMemStats(&after)
			if !errors.Is(err, tc.err) && tc.pages >= 0 {
				t.Errorf("error %v, want %v", err, tc.err)
			}
			wantText(t, doc, tc.want)
			if doc.Pages != tc.pages && tc.pages >= 0 {
				t.Errorf("%d pages, want %d", doc.Pages, tc.pages)
			}
			if grown := (after.TotalAlloc - before.TotalAlloc) >> 20; grown > 1200 {
				t.Errorf("%d MB allocated in all", grown)
			}
		})
	}
}

func TestText_StopsAfterEnoughPages(t *testing.T) {
	t.Parallel()
	doc := textOf(t, manyPages(maxPages+5))
	if doc.Pages != maxPages+5 || doc.PagesRead != maxPages || !doc.Truncated {
		t.Errorf("%d of %d pages, truncated %v", doc.PagesRead, doc.Pages, doc.Truncated)
	}
}

func TestText_IsNeverLongerThanAsked(t *testing.T) {
	t.Parallel()
	data := onePage(line(700, "one two")+line(600, "three"), "")
	const whole = "one two\n\nthree"
	for limit := range 25 {
		doc, err := Text(data, limit)
		if err != nil || len(doc.Text) > limit || !strings.HasPrefix(whole, doc.Text) {
			t.Errorf("limit %d: %q, %v", limit, doc.Text, err)
		}
		if doc.Truncated != (limit < len(whole)) {
			t.Errorf("limit %d: truncated %v", limit, doc.Truncated)
		}
	}
}

// A mail that broke off keeps the pages that arrived.
func TestText_ReadsWhatIsLeftOfATruncatedFile(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"columns-reportlab", "report-weasyprint", "booking-chromium"} {
		data, err := os.ReadFile(filepath.Join("testdata", name+".pdf"))
		if err != nil {
			t.Fatal(err)
		}
		for i := range 40 {
			doc, err := Text(data[:len(data)*i/40], 100_000)
			if err != nil && !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrNoText) {
				t.Errorf("%s cut at %d/40: %v, %q", name, i, err, doc.Text)
			}
		}
	}
}

func TestText_AsksForPasswords(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/password/*.pdf")
	if err != nil || len(files) < 4 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := Text(data, 1000)
		if open := strings.HasPrefix(filepath.Base(file), "open"); open {
			if err != nil {
				t.Errorf("%s: %v", file, err)
			}
			wantText(t, doc, "Open to all")
		} else if !errors.Is(err, ErrEncrypted) || doc.Text != "" {
			t.Errorf("%s: %v, %q", file, err, doc.Text)
		}
	}
}
