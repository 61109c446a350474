package demo

import (
	"bytes"
	"fmt"
	"strings"
)

// tabStops are where the cells of a line begin, in points from the left edge.
var tabStops = []int{56, 96, 330, 420}

// pdf writes a one-page PDF (ISO 32000-1) with the lines in Helvetica: small,
// and valid down to the byte offsets of its cross-reference table. A tab leads
// to the next of four columns, each cell drawn where it belongs, as an
// accounting program does: there is no blank between them in the file. The
// letters are those of Windows-1252.
func pdf(lines []string) []byte {
	const top, leading = 780, 14
	var page bytes.Buffer
	page.WriteString("BT\n/F1 11 Tf\n")
	escape := strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`)
	for i, line := range lines {
		for column, cell := range strings.Split(line, "\t") {
			if cell != "" {
				fmt.Fprintf(&page, "1 0 0 1 %d %d Tm (%s) Tj\n", tabStops[column], top-i*leading, escape.Replace(string(western8bit.bytes(cell))))
			}
		}
	}
	page.WriteString("ET\n")

	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R\n   /Resources << /Font << /F1 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%sendstream", page.Len(), page.String()),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
	}
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n") // the bytes above 127 say "binary" (§7.5.2)
	offsets := make([]int, len(objects))
	for i, object := range objects {
		offsets[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, offset := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset) // each entry has 20 bytes (§7.5.4)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, start)
	return b.Bytes()
}
