package demo

import (
	"bytes"
	"fmt"
	"strconv"
	"testing"
)

// TestPDF_OffsetsPointAtTheirObjects reads the file the way a viewer does: from
// startxref to the table, from the table to each object.
func TestPDF_OffsetsPointAtTheirObjects(t *testing.T) {
	t.Parallel()
	file := pdf([]string{"Invoice (copy) \\ 1", "Total 10,00"})
	_, tail, _ := bytes.Cut(file, []byte("startxref\n"))
	number, _, _ := bytes.Cut(tail, []byte("\n"))
	start, err := strconv.Atoi(string(number))
	if err != nil || !bytes.HasPrefix(file[start:], []byte("xref\n0 6\n")) {
		t.Fatalf("startxref %q does not point at the table", number)
	}
	entries := file[start+len("xref\n0 6\n"):]
	for i := range 6 {
		entry := entries[i*20 : i*20+20]
		offset, err := strconv.Atoi(string(entry[:10]))
		if err != nil {
			t.Fatalf("entry %d is %q", i, entry)
		}
		if want := fmt.Sprintf("%d 0 obj\n", i); i > 0 && !bytes.HasPrefix(file[offset:], []byte(want)) {
			t.Errorf("entry %d points at %.20q", i, file[offset:])
		}
	}
	_, stream, _ := bytes.Cut(file, []byte("stream\n"))
	content, _, _ := bytes.Cut(stream, []byte("endstream"))
	if want := fmt.Sprintf("/Length %d ", len(content)); !bytes.Contains(file, []byte(want)) {
		t.Errorf("the stream has %d bytes, which is not its /Length", len(content))
	}
}

func TestPDF_DrawsCellsAtTheirTabStops(t *testing.T) {
	t.Parallel()
	file := pdf([]string{"Pos.\tLeistung\t\tBetrag", "Straße"})
	for _, want := range []string{"1 0 0 1 56 780 Tm (Pos.) Tj", "1 0 0 1 96 780 Tm (Leistung) Tj", "1 0 0 1 420 780 Tm (Betrag) Tj", "1 0 0 1 56 766 Tm (Stra\xdfe) Tj"} {
		if !bytes.Contains(file, []byte(want)) {
			t.Errorf("the page has no %q", want)
		}
	}
}
