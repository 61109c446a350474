package pdf

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// book is a PDF of about size bytes of prose, packed as writers pack it: 45
// justified lines a page, kerned with TJ.
func book(size int) []byte {
	random := rand.New(rand.NewPCG(1, 2))
	vocabulary := make([]string, 5_000)
	for i := range vocabulary {
		word := make([]byte, 2+random.IntN(9))
		for j := range word {
			word[j] = byte('a' + random.IntN(26))
		}
		vocabulary[i] = string(word)
	}
	b := newBuilder()
	b.object(1, catalog)
	b.object(5, helvetica)
	var kids strings.Builder
	num := 10
	for b.buf.Len() < size {
		var page strings.Builder
		page.WriteString("BT /F1 10 Tf 72 760 Td 12 TL\n")
		for range 45 {
			page.WriteString("[")
			for range 12 {
				word := vocabulary[random.IntN(len(vocabulary))]
				fmt.Fprintf(&page, "(%s)%d(%s)%d", word[:1], random.IntN(40)-20, word[1:], -250-random.IntN(120))
			}
			page.WriteString("] TJ T*\n")
		}
		page.WriteString("ET")
		b.stream(num, "/Filter /FlateDecode", deflated([]byte(page.String())))
		b.object(num+1, "<< /Type /Page /Contents %d 0 R /Resources << /Font << /F1 5 0 R >> >> >>", num)
		fmt.Fprintf(&kids, "%d 0 R ", num+1)
		num += 2
	}
	b.object(2, "<< /Type /Pages /Kids [%s] /MediaBox [0 0 600 800] >>", &kids)
	return b.finish("")
}

// A 5 MB text PDF is read within 2 s, whole or its beginning.
func BenchmarkText(b *testing.B) {
	data := book(5 << 20)
	for name, limit := range map[string]int{"whole": 1 << 30, "first 64,000 characters": 64_000} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				doc, err := Text(data, limit)
				if err != nil || len(doc.Text) < 60_000 {
					b.Fatal(err, len(doc.Text))
				}
			}
		})
	}
}

// The steps paid for grow with the size of the file, not with its square.
func TestText_WorkIsLinear(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("only its work is measured, in one goroutine")
	}
	steps := func(size int) int {
		f := newFile(book(size))
		if err := f.load(); err != nil {
			t.Fatal(err)
		}
		pages, _ := f.pages()
		c := &canvas{file: f, fonts: map[ref]*font{}}
		for _, p := range pages {
			c = c.next(p)
			c.draw()
		}
		return maxSteps - f.budget.steps
	}
	small, large := steps(100_000), steps(800_000)
	if large > 12*small {
		t.Errorf("8 times the size takes %d steps instead of %d", large, small)
	}
}
