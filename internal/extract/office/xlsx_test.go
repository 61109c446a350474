package office

import (
	"strings"
	"testing"
)

func TestXLSX_ShowsNumbersAsTheSheetDoes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		code, value string
		from1904    bool
		want        string
	}{
		{"", "0.30000000000000004", false, "0.3"},
		{"", "1234567", false, "1234567"},
		{"", "1E+20", false, "1e+20"},
		{"0.00", "2.5", false, "2.50"},
		{"#,##0", "1234.6", false, "1235"},
		{"0%", "0.125", false, "12%"},
		{"0.0%", "0.125", false, "12.5%"},
		{"dd/mm/yyyy", "46352", false, "2026-11-26"},
		{"dd/mm/yyyy", "44890", true, "2026-11-26"},
		{"yyyy-mm-dd h:mm", "46352.5", false, "2026-11-26 12:00"},
		{"h:mm AM/PM", "0.75", false, "18:00"},
		{"[h]:mm", "1.5", false, "36:00:00"},
		{"d-mmm", "1", false, "1900-01-01"},
		{`"Day "0`, "3", false, "3"},
		{`[Red]0.0`, "3", false, "3.0"},
		{"yyyy", "-5", false, "-5"},
		{"General", "NaN", false, "NaN"},
	} {
		f := formatOf("200", map[string]string{"200": c.code})
		if got := f.number(c.value, c.from1904); got != c.want {
			t.Errorf("%q of %s: got %q, want %q", c.code, c.value, got, c.want)
		}
	}
}

func TestXLSX_CellsOfAllKinds(t *testing.T) {
	t.Parallel()
	d := mustText(t, workbookOf(`<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="b"><v>1</v></c><c r="C1" t="e"><v>#REF!</v></c><c r="D1" t="inlineStr"><is><t>in</t><r><t>line</t></r></is></c><c t="str"><f>A1&amp;"secret"</f><v>result</v></c><c r="G1"><v>7</v></c></row>`,
		entry{"xl/sharedStrings.xml", `<sst><si><r><t>sha</t></r><r><t>red</t></r><rPh><t>kana</t></rPh></si></sst>`})...)
	if want := "## One\n\nshared | TRUE | #REF! | inline | result |  | 7"; d.Text != want {
		t.Errorf("got %q\nwant %q", d.Text, want)
	}
}

func TestXLSX_LeavesOutWhatIsHidden(t *testing.T) {
	t.Parallel()
	styles := entry{"xl/styles.xml", `<styleSheet><numFmts><numFmt numFmtId="200" formatCode=";;;"/></numFmts><fonts><font/><font><color rgb="FFFFFFFF"/></font></fonts><fills><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FF000080"/></patternFill></fill><fill><patternFill patternType="solid"><fgColor rgb="FFFFFFFF"/></patternFill></fill></fills>
		<cellXfs><xf numFmtId="0"/><xf numFmtId="200"/><xf numFmtId="0" fontId="1" fillId="0"/><xf numFmtId="0" fontId="1" fillId="1"/><xf numFmtId="0" fontId="1" fillId="2"/></cellXfs></styleSheet>`}
	book := []entry{
		styles,
		{"xl/workbook.xml", `<workbook><sheets><sheet name="Seen" r:id="a"/><sheet name="Gone" state="veryHidden" r:id="b"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="a" Target="worksheets/x.xml"/><Relationship Id="b" Target="/xl/worksheets/y.xml"/></Relationships>`},
		{"xl/worksheets/y.xml", `<worksheet><sheetData><row><c><v>666</v></c></row></sheetData></worksheet>`},
		{"xl/worksheets/x.xml", `<worksheet><cols><col min="2" max="2" hidden="1"/></cols><sheetData>
			<row hidden="1"><c r="A1"><v>666</v></c><c r="B1"><v>666</v></c></row><row><c r="A2"><v>1</v></c><c r="B2"><v>666</v></c><c r="C2" s="1"><v>666</v></c><c r="D2" s="2"><v>666</v></c><c r="E2" s="3"><v>5</v></c><c r="F2" s="4"><v>666</v></c></row></sheetData></worksheet>`},
	}
	d := mustText(t, book...)
	if strings.Contains(d.Text, "666") || !strings.Contains(d.Text, "5") || d.Removed[hiddenElements] != 4 || d.Removed[sameColor] != 2 {
		t.Errorf("got %q, removed %v", d.Text, d.Removed)
	}
}
