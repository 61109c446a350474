package office

import (
	"strings"
	"testing"
)

func TestPPTX_FollowsTheOrderOfThePresentation(t *testing.T) {
	t.Parallel()
	slide := func(shapes string) string {
		return `<p:sld><p:cSld><p:spTree>` + shapes + `</p:spTree></p:cSld></p:sld>`
	}
	shape := func(kind, attr, text string) string {
		return `<p:sp><p:nvSpPr><p:cNvPr id="1" ` + attr + `/><p:cNvSpPr/><p:nvPr><p:ph type="` + kind + `"/></p:nvPr></p:nvSpPr><p:txBody><a:p>` + text + `</a:p></p:txBody></p:sp>`
	}
	text := func(s string) string { return `<a:r><a:t>` + s + `</a:t></a:r>` }
	d := mustText(t,
		entry{"ppt/presentation.xml", `<p:presentation><p:sldIdLst><p:sldId id="257" r:id="b"/><p:sldId id="256" r:id="a"/></p:sldIdLst></p:presentation>`},
		entry{"ppt/_rels/presentation.xml.rels", `<Relationships><Relationship Id="a" Target="slides/slide1.xml"/><Relationship Id="b" Target="slides/slide2.xml"/></Relationships>`},
		entry{"ppt/slides/slide1.xml", slide(shape("body", "", text("Under")) + shape("title", "", text("The title")) + shape("sldNum", "", text("1")))},
		entry{"ppt/slides/slide2.xml", slide(shape("body", `hidden="1"`, text("secret")) + shape("body", "", `<a:pPr lvl="1"/>`+text("point")+`<a:r><a:rPr sz="100"/><a:t>secret</a:t></a:r>`) +
			`<p:graphicFrame><a:tbl><a:tr><a:tc><a:txBody><a:p>` + text("a") + `</a:p></a:txBody></a:tc><a:tc><a:p>` + text("b") + `</a:p></a:tc></a:tr><a:tr><a:tc><a:p>` + text("c") + `</a:p></a:tc><a:tc/></a:tr></a:tbl></p:graphicFrame>`)},
	)
	want := "## Slide 1\n\n  - point\n\n| a | b |\n| --- | --- |\n| c |  |\n\n## Slide 2: The title\n\nUnder"
	if d.Text != want || d.Removed[hiddenElements] != 1 || d.Removed[tinyText] != 1 {
		t.Errorf("got %q, removed %v\nwant %q", d.Text, d.Removed, want)
	}
}

func TestODF_TextSheetsAndSlides(t *testing.T) {
	const styles = `<office:automatic-styles>
		<style:style style:name="H"><style:text-properties text:display="none"/></style:style>
		<style:style style:name="W"><style:text-properties fo:color="#ffffff"/></style:style>
		<style:style style:name="WB"><style:text-properties fo:color="#ffffff" fo:background-color="#000080"/></style:style>
		<style:style style:name="T"><style:text-properties fo:font-size="1pt"/></style:style>
		<style:style style:name="gone"><style:table-properties table:display="false"/></style:style>
		<style:style style:name="skip"><style:drawing-page-properties presentation:visibility="hidden"/></style:style></office:automatic-styles>`
	for _, c := range []struct {
		name, body, want string
		removed          int
	}{
		{"text", `<text:h text:outline-level="2">Head</text:h><text:p>a<text:s text:c="2"/>b<text:tab/>c<text:line-break/>d</text:p><text:list><text:list-item><text:p>one</text:p><text:list><text:list-item><text:p>deep</text:p></text:list-item></text:list></text:list-item></text:list>`, "## Head\n\na  b\tc\nd\n\n- one\n  - deep", 0},
		{"notes and comments", `<text:p>x<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>the note</text:p></text:note-body></text:note><office:annotation><dc:creator>Ada</dc:creator><dc:date>2026</dc:date><text:p>Why?</text:p></office:annotation></text:p>`, "x [note: the note] [comment by Ada: Why?]", 0},
		{"hidden", `<text:tracked-changes><text:p>deleted</text:p></text:tracked-changes><text:p>a<text:span text:style-name="H">s</text:span><text:span text:style-name="W">s</text:span><text:span text:style-name="T">s</text:span><text:span text:style-name="WB">b</text:span><text:hidden-text>s</text:hidden-text></text:p>`, "ab", 4},
		{"table in text", `<table:table><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell><table:table-cell><text:p>b</text:p></table:table-cell></table:table-row><table:table-row><table:table-cell><text:p>c</text:p></table:table-cell></table:table-row></table:table>`, "| a | b |\n| --- | --- |\n| c |  |", 0},
		{"sheets", `<office:spreadsheet><table:table table:name="S"><table:table-column/><table:table-column table:visibility="collapse"/><table:table-row table:number-rows-repeated="1000000"><table:table-cell table:number-columns-repeated="1000000"/></table:table-row><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell><table:table-cell><text:p>secret</text:p></table:table-cell><table:table-cell table:number-columns-repeated="2"><text:p>b</text:p></table:table-cell></table:table-row><table:table-row table:visibility="filter"><table:table-cell><text:p>secret</text:p></table:table-cell></table:table-row></table:table><table:table table:style-name="gone"><table:table-row><table:table-cell><text:p>secret</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet>`, "## S\n\na | b | b", 3},
		{"slides", `<draw:page draw:name="One"><draw:frame><draw:text-box><text:p>point</text:p></draw:text-box></draw:frame><presentation:notes><text:p>speak</text:p></presentation:notes></draw:page><draw:page draw:style-name="skip" draw:name="Two"><text:p>secret</text:p></draw:page>`, "## One\n\npoint\n\nNotes:\nspeak", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := mustText(t, entry{"mimetype", "application/vnd.oasis.opendocument"}, entry{"content.xml", `<?xml version="1.0"?><office:document-content>` + styles + `<office:body>` + c.body + `</office:body></office:document-content>`})
			removed := 0
			for _, n := range d.Removed {
				removed += n
			}
			if d.Text != c.want || removed != c.removed {
				t.Errorf("got %q, removed %v\nwant %q, %d", d.Text, d.Removed, c.want, c.removed)
			}
		})
	}
}

func TestText_NeverExceedsItsBound(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 5000)
	for name, file := range map[string][]byte{
		"docx": build(t, document(para(run("", long))+`<w:tbl><w:tr><w:tc>`+para(run("", long))+`</w:tc></w:tr></w:tbl>`)),
		"xlsx": build(t, workbookOf(strings.Repeat(`<row><c t="str"><v>`+long+`</v></c></row>`, 3))...),
		"odt":  build(t, entry{"content.xml", `<d><p>` + long + `</p></d>`}),
	} {
		for _, n := range []int{0, 1, 100, 4999} {
			d, err := Text(file, n)
			if err != nil || len([]rune(d.Text)) > n || !d.Truncated {
				t.Errorf("%s, %d: %d characters, truncated %v, %v", name, n, len([]rune(d.Text)), d.Truncated, err)
			}
		}
	}
}
