package office

import (
	"strings"
	"testing"
)

func TestText_LeavesOutWhatADocumentHidesByColourOfItsOwn(t *testing.T) {
	t.Parallel()
	seen := para(run("", "KEEP"))
	row := func(properties string) string {
		return `<w:tbl><w:tr><w:trPr>` + properties + `</w:trPr><w:tc>` + para(run("", "TEXT")) + `</w:tc></w:tr></w:tbl>`
	}
	for name, tt := range map[string]struct {
		body  string
		shown bool
	}{
		"the page's own colour":      {para(run(`<w:color w:val="auto" w:themeColor="background1"/>`, "TEXT")), false},
		"a shade of it":              {para(run(`<w:color w:val="BFBFBF" w:themeColor="background1" w:themeShade="BF"/>`, "TEXT")), true},
		"the page's own on a shade":  {para(run(`<w:color w:themeColor="background1"/><w:shd w:fill="000080"/>`, "TEXT")), true},
		"the text's own colour":      {para(run(`<w:color w:val="FFFFFF" w:themeColor="text1"/>`, "TEXT")), true},
		"red on red":                 {para(run(`<w:color w:val="ff0000"/><w:shd w:fill="FF0000"/>`, "TEXT")), false},
		"red on yellow":              {para(run(`<w:color w:val="FF0000"/><w:shd w:fill="FFFF00"/>`, "TEXT")), true},
		"yellow highlighted yellow":  {para(run(`<w:color w:val="FFFF00"/><w:highlight w:val="yellow"/>`, "TEXT")), false},
		"automatic on black":         {para(run(`<w:color w:val="auto"/><w:highlight w:val="black"/>`, "TEXT")), true},
		"a hidden row":               {row(`<w:hidden/>`), false},
		"a row that is not hidden":   {row(`<w:hidden w:val="0"/>`), true},
		"a row beneath a hidden one": {row(`<w:hidden/>`) + row(""), true},
	} {
		d := mustText(t, document(seen+tt.body))
		if !strings.Contains(d.Text, "KEEP") || strings.Contains(d.Text, "TEXT") != tt.shown {
			t.Errorf("%s: %q, want it shown: %t", name, d.Text, tt.shown)
		}
		if n := d.Removed[sameColor] + d.Removed[hiddenElements]; !tt.shown && n != 1 {
			t.Errorf("%s: removed %v", name, d.Removed)
		}
	}
}

func TestText_LeavesOutRowsAndColumnsWithoutRoom(t *testing.T) {
	t.Parallel()
	d := mustText(t, entry{"xl/workbook.xml", `<workbook><sheets><sheet name="One" sheetId="1" r:id="rId1"/></sheets></workbook>`},
		entry{"xl/worksheets/sheet1.xml", `<worksheet><cols><col min="2" max="2" width="0"/><col min="3" max="3" width="9.5"/></cols><sheetData>` +
			`<row r="1"><c r="A1"><v>11</v></c><c r="B1"><v>22</v></c><c r="C1"><v>33</v></c></row><row r="2" ht="0" customHeight="1"><c r="A2"><v>44</v></c></row></sheetData></worksheet>`})
	for text, shown := range map[string]bool{"11": true, "22": false, "33": true, "44": false} {
		if strings.Contains(d.Text, text) != shown {
			t.Errorf("%s is shown: %t, want %t: %q", text, !shown, shown, d.Text)
		}
	}
}

func TestText_LeavesOutWhatAnOpenDocumentHides(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		body  string
		shown bool
	}{
		"a hidden section":                   {`<text:section text:display="none"><text:p>TEXT</text:p></text:section>`, false},
		"a section":                          {`<text:section><text:p>TEXT</text:p></text:section>`, true},
		"a hidden paragraph":                 {`<text:p>TEXT<text:hidden-paragraph text:condition="ooow:1"/>TEXT</text:p>`, false},
		"a paragraph that is not hidden now": {`<text:p><text:hidden-paragraph text:is-hidden="false"/>TEXT</text:p>`, true},
		"hidden text":                        {`<text:p><text:hidden-text text:is-hidden="true">TEXT</text:hidden-text></text:p>`, false},
		"hidden text that is shown now":      {`<text:p><text:hidden-text text:is-hidden="false">TEXT</text:hidden-text></text:p>`, true},
	} {
		d := mustText(t, entry{"mimetype", "application/vnd.oasis.opendocument.text"}, entry{
			"content.xml",
			`<office:document-content><office:body><office:text><text:p>KEEP</text:p>` + tt.body + `<text:p>AFTER</text:p></office:text></office:body></office:document-content>`,
		})
		if !strings.Contains(d.Text, "KEEP") || !strings.Contains(d.Text, "AFTER") || strings.Contains(d.Text, "TEXT") != tt.shown {
			t.Errorf("%s: %q, want it shown: %t", name, d.Text, tt.shown)
		}
	}
}

func TestText_LeavesOutWhatASlideDrawsWithNothing(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		properties string
		shown      bool
	}{
		"no fill":                 {`<a:rPr><a:noFill/></a:rPr>`, false},
		"no fill and no outline":  {`<a:rPr><a:ln><a:noFill/></a:ln><a:noFill/></a:rPr>`, false},
		"no fill and an outline":  {`<a:rPr><a:ln><a:solidFill/></a:ln><a:noFill/></a:rPr>`, true},
		"no outline":              {`<a:rPr><a:ln><a:noFill/></a:ln></a:rPr>`, true},
		"a transparent fill":      {`<a:rPr><a:solidFill><a:srgbClr val="000000"><a:alpha val="0"/></a:srgbClr></a:solidFill></a:rPr>`, false},
		"a half transparent fill": {`<a:rPr><a:solidFill><a:srgbClr val="000000"><a:alpha val="50000"/></a:srgbClr></a:solidFill></a:rPr>`, true},
		"a clear highlight":       {`<a:rPr><a:highlight><a:srgbClr val="000000"><a:alpha val="0"/></a:srgbClr></a:highlight></a:rPr>`, true},
	} {
		d := mustText(t,
			entry{"ppt/presentation.xml", `<p:presentation><p:sldIdLst><p:sldId id="1" r:id="r1"/></p:sldIdLst></p:presentation>`},
			entry{"ppt/_rels/presentation.xml.rels", `<Relationships><Relationship Id="r1" Type="x/slide" Target="slides/slide1.xml"/></Relationships>`},
			entry{"ppt/slides/slide1.xml", `<p:sld><p:cSld><p:spTree><p:sp><p:txBody><a:p><a:r>` + tt.properties + `<a:t>TEXT</a:t></a:r><a:r><a:t>KEEP</a:t></a:r></a:p></p:txBody></p:sp></p:spTree></p:cSld></p:sld>`})
		if !strings.Contains(d.Text, "KEEP") || strings.Contains(d.Text, "TEXT") != tt.shown {
			t.Errorf("%s: %q, want it shown: %t", name, d.Text, tt.shown)
		}
	}
}
