package pdf

import (
	"fmt"
	"strings"
	"testing"
)

// unicodeFont is a composite font whose codes are Unicode.
func unicodeFont(encoding string) func(*builder) {
	return func(b *builder) {
		b.object(10, "<< /Type /Font /Subtype /Type0 /Encoding /%s /DescendantFonts [<< /DW 500 >>] >>", encoding)
	}
}

const fontTwo = "/Other 1 >> /Resources << /Font << /F1 5 0 R /F2 10 0 R >>"

// codes writes a string as hexadecimal UTF-16BE codes.
func codes(s string) string {
	var b strings.Builder
	for _, r := range s {
		fmt.Fprintf(&b, "%04x", r)
	}
	return "<" + b.String() + ">"
}

func TestText_SeparatesWordsAsDrawn(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ content, want string }{
		"kerned":                     {"BT /F1 12 Tf 72 700 Td [(A) 80 (W) 90 (A) 60 (Y)] TJ ET", "AWAY"},
		"blanks by TJ":               {"BT /F1 12 Tf 72 700 Td [(two) -250 (words)] TJ ET", "two words"},
		"blanks by Tw":               {"BT /F1 12 Tf 8 Tw 72 700 Td (two words) Tj ET", "two words"},
		"spaced out by Tc":           {"BT /F1 12 Tf 4 Tc 72 700 Td (SPACED HEADING) Tj ET", "SPACED HEADING"},
		"spaced out by TJ":           {"BT /F1 12 Tf 72 700 Td [(S)-300(P)-300(A)-300(C)-300(E)-300(D)] TJ ET", "SPACED"},
		"spaced out, two words":      {"BT /F1 12 Tf 72 700 Td [(S)-300(P)-300(A)-300(C)-300(E)-900(O)-300(U)-300(T)] TJ ET", "SPACE OUT"},
		"digits apart":               {"BT /F1 12 Tf 72 700 Td [(1)-400(2)-400(3)-400(4)] TJ ET", "1 2 3 4"},
		"each letter placed":         {"BT /F1 10 Tf 72 700 Td (c) Tj 5 0 Td (a) Tj 5.56 0 Td (t) Tj ET", "cat"},
		"letters drawn backwards":    {"BT /F1 10 Tf 82.56 700 Td (t) Tj -5.56 0 Td (a) Tj -5 0 Td (c) Tj ET", "cat"},
		"bold by drawing twice":      {"BT /F1 10 Tf 72 700 Td (twice) Tj .3 0 Td (twice) Tj ET", "twice"},
		"stretched by Tz":            {"BT /F1 12 Tf 150 Tz 72 700 Td (wide) Tj ( words) Tj ET", "wide words"},
		"a footnote sign":            {line(700, "note") + "BT /F1 7 Tf 95.5 704 Td (1) Tj ET", "note1"},
		"divided at the line's end":  {line(700, "a divid-") + line(687, "ed word") + line(674, "and more"), "a divided\nword\nand more"},
		"a list's dash stays":        {line(700, "from 10 -") + line(687, "20 days") + line(674, "or so"), "from 10 -\n20 days\nor so"},
		"a table's row":              {line(700, "Total") + "BT /F1 12 Tf 400 700 Td (12.50) Tj ET", "Total  12.50"},
		"rows drawn bottom up":       {line(600, "second") + line(700, "first"), "first\n\nsecond"},
		"upside down by the matrix":  {"q 1 0 0 -1 0 800 cm BT /F1 12 Tf 1 0 0 -1 72 100 Tm (flipped twice) Tj ET Q", "flipped twice"},
		"sideways":                   {"q 0 1 -1 0 300 300 cm BT /F1 12 Tf 0 0 Td (going up) Tj ET Q", "going up"},
		"the operators ' and \"":     {"BT /F1 12 Tf 13 TL 72 700 Td (one) Tj (two) ' 1 0 (three) \" ET", "one\ntwo\nthree"},
		"Hebrew":                     {"BT /F2 12 Tf 72 700 Td " + codes("םולש") + " Tj ET", "שלום"},
		"Hebrew with a number":       {"BT /F2 12 Tf 72 700 Td " + codes("123 רפסמ") + " Tj ET", "מספר 123"},
		"Hebrew in English":          {"BT /F2 12 Tf 72 700 Td " + codes("they say םולש all day") + " Tj ET", "they say שלום all day"},
		"Arabic presentation forms":  {"BT /F2 12 Tf 72 700 Td " + codes("ﻡﻼﺳ") + " Tj ET", "سلام"},
		"ligatures":                  {"BT /F2 12 Tf 72 700 Td " + codes("oﬃce ﬁne") + " Tj ET", "office fine"},
		"characters beyond the BMP":  {"BT /F2 12 Tf 72 700 Td <d83dde00> Tj ET", "😀"},
		"nothing but control codes":  {line(700, "\\001\\002") + line(600, "x"), "x"},
		"columns drawn one by one":   {columnsOfText(), "a1 left\na2 left\na3 left\na4 left\n\nb1 right\nb2 right\nb3 right\nb4 right"},
		"a heading over two columns": {line(760, "A long heading that stands over both of the columns") + columnsOfText(), "columns\n\na1 left\na2 left\na3 left\na4 left\n\nb1 right"},
	} {
		t.Run(name, func(t *testing.T) {
			doc := textOf(t, onePage(tc.content, fontTwo, unicodeFont("UniGB-UTF16-H")))
			if doc.Text != tc.want && !strings.Contains(tc.want, "columns") || !strings.Contains(doc.Text, tc.want) {
				t.Errorf("got %q, want %q", doc.Text, tc.want)
			}
		})
	}
}

func columnsOfText() string {
	var b strings.Builder
	for i := 1; i <= 4; i++ {
		b.WriteString(line(720-13*i, fmt.Sprintf("a%d left", i)))
	}
	for i := 1; i <= 4; i++ {
		fmt.Fprintf(&b, "BT /F1 12 Tf 300 %d Td (b%d right) Tj ET\n", 720-13*i, i)
	}
	return b.String()
}

func TestText_ReadsVerticalJapaneseFromTheRight(t *testing.T) {
	t.Parallel()
	column := func(x int, s string) string {
		return fmt.Sprintf("BT /F2 12 Tf %d 700 Td %s Tj ET\n", x, codes(s))
	}
	doc := textOf(t, onePage(column(300, "右の行です")+column(280, "左の行です"), fontTwo, unicodeFont("UniJIS-UTF16-V")))
	if doc.Text != "右の行です\n左の行です" && doc.Text != "右の行です\n\n左の行です" {
		t.Errorf("got %q", doc.Text)
	}
}
