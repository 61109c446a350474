package pdf

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"strings"
	"testing"
)

// A builder writes PDFs object by object, right or wrong as a test wants.
type builder struct {
	buf     bytes.Buffer
	offsets map[int]int
	last    int
}

func newBuilder() *builder {
	b := &builder{offsets: map[int]int{}}
	b.buf.WriteString("%PDF-1.7\n")
	return b
}

func (b *builder) object(num int, format string, args ...any) {
	b.offsets[num] = b.buf.Len()
	b.last = max(b.last, num)
	fmt.Fprintf(&b.buf, "%d 0 obj\n", num)
	fmt.Fprintf(&b.buf, format, args...)
	b.buf.WriteString("\nendobj\n")
}

func (b *builder) stream(num int, entries, data string) {
	b.object(num, "<< %s /Length %d >>\nstream\n%s\nendstream", entries, len(data), data)
}

func (b *builder) finish(trailer string) []byte {
	start := b.buf.Len()
	fmt.Fprintf(&b.buf, "xref\n0 %d\n0000000000 65535 f \n", b.last+1)
	for i := 1; i <= b.last; i++ {
		if offset, ok := b.offsets[i]; ok {
			fmt.Fprintf(&b.buf, "%010d 00000 n \n", offset)
		} else {
			b.buf.WriteString("0000000000 65535 f \n")
		}
	}
	fmt.Fprintf(&b.buf, "trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n", b.last+1, trailer, start)
	return b.buf.Bytes()
}

// The objects of a page: 1 catalog, 2 pages, 3 page, 4 content, 5 font; tests
// number their own from 10.
const (
	catalog   = "<< /Type /Catalog /Pages 2 0 R >>"
	pageTree  = "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 600 800] >>"
	helvetica = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
)

// onePage builds a page with a content stream; resources and more go into the
// page's dictionary, objects are added by more.
func onePage(content, entries string, more ...func(*builder)) []byte {
	b := newBuilder()
	b.object(1, catalog)
	b.object(2, pageTree)
	b.object(3, "<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> %s >> >>", entries)
	b.stream(4, "", content)
	b.object(5, helvetica)
	for _, m := range more {
		m(b)
	}
	return b.finish("")
}

func line(y int, text string) string {
	return fmt.Sprintf("BT /F1 12 Tf 72 %d Td (%s) Tj ET\n", y, text)
}

func deflated(data []byte) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, _ = w.Write(data) // into memory
	_ = w.Close()
	return b.String()
}

// textOf reads data and fails the test on an error.
func textOf(t *testing.T, data []byte) Document {
	t.Helper()
	doc, err := Text(data, 1_000_000)
	if err != nil {
		t.Fatalf("%v; text %q", err, doc.Text)
	}
	return doc
}

func wantText(t *testing.T, doc Document, wanted ...string) {
	t.Helper()
	for _, want := range wanted {
		if !strings.Contains(doc.Text, want) {
			t.Errorf("%q is not in the text %q", want, doc.Text[:min(len(doc.Text), 500)])
		}
	}
}
