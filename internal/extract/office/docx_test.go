package office

import (
	"maps"
	"testing"
)

func TestDOCX_ShowsWhatAReaderOfTheDocumentSees(t *testing.T) {
	t.Parallel()
	const white = `<w:color w:val="FFFFFF"/>`
	for _, c := range []struct{ name, body, want string }{
		{"insertions, not deletions", para(run("", "a "), `<w:ins>`+run("", "new ")+`</w:ins><w:del><w:r><w:delText>old</w:delText></w:r></w:del><w:moveFrom>`+run("", "away")+`</w:moveFrom>`, run("", "b")), "a new b"},
		{"tabs and breaks", para(run("", "a"), `<w:r><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:noBreakHyphen/><w:t>d</w:t></w:r>`), "a\tb\nc-d"},
		{"fields by their result", para(`<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>`, run("", "7")), "7"},
		{"a text box once", para(run("", "before "), `<w:r><mc:AlternateContent><mc:Choice><w:drawing><w:txbxContent>`+para(run("", "box"))+`</w:txbxContent></w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent>`+para(run("", "box"))+`</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r>`, run("", "after")), "box\n\nbefore after"},
		{"a text box in a fallback alone", para(`<w:r><mc:AlternateContent><mc:Fallback><w:txbxContent>` + para(run("", "box")) + `</w:txbxContent></mc:Fallback></mc:AlternateContent></w:r>`), "box"},
		{"hyperlinks", para(`<w:hyperlink r:id="x">` + run("", "the link") + `</w:hyperlink>`), "the link"},
		{"a paragraph that breaks off", `<w:p><w:r><w:t>whole`, "whole"},
		{"white on a shaded run", para(run(white+`<w:shd w:val="clear" w:fill="000080"/>`, "seen")), "seen"},
		{"white on a highlight", para(run(white+`<w:highlight w:val="red"/>`, "seen")), "seen"},
		{"white in a shaded paragraph", `<w:p><w:pPr><w:shd w:fill="112233"/></w:pPr>` + run(white, "seen") + `</w:p>`, "seen"},
		{"white in a shaded cell", `<w:tbl><w:tr><w:tc><w:tcPr><w:shd w:fill="112233"/></w:tcPr>` + para(run(white, "seen")) + `</w:tc></w:tr></w:tbl>`, "seen"},
		{"white in a styled table", `<w:tbl><w:tblPr><w:tblStyle w:val="GridTable4"/></w:tblPr><w:tr><w:tc>` + para(run(white, "seen")) + `</w:tc></w:tr></w:tbl>`, "seen"},
		{"white on coloured paper", `<w:background w:color="800000"/>` + para(run(white, "seen")), "seen"},
		{"vanish switched off", para(run(`<w:vanish w:val="0"/>`, "seen")), "seen"},
		{"a hidden paragraph mark hides no text", `<w:p><w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr>` + run("", "seen") + `</w:p>`, "seen"},
		{"tables in tables", `<w:tbl><w:tr><w:tc>` + para(run("", "a")) + `</w:tc><w:tc><w:tbl><w:tr><w:tc>` + para(run("", "x")) + `</w:tc></w:tr></w:tbl></w:tc></w:tr><w:tr><w:tc>` + para(run("", "c")) + `</w:tc><w:tc>` + para(run("", "d|e")) + `</w:tc></w:tr></w:tbl>`, "| a | x |\n| --- | --- |\n| c | d\\|e |"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := mustText(t, document(c.body))
			if d.Text != c.want || len(d.Removed) != 0 {
				t.Errorf("got %q, removed %v\nwant %q", d.Text, d.Removed, c.want)
			}
		})
	}
}

func TestDOCX_RemovesAndCountsWhatIsHidden(t *testing.T) {
	t.Parallel()
	styles := entry{"word/styles.xml", `<w:styles><w:style w:type="character" w:styleId="Ghost"><w:name w:val="Ghost"/><w:rPr><w:vanish/></w:rPr></w:style>
		<w:style w:type="paragraph" w:styleId="A"><w:basedOn w:val="B"/></w:style><w:style w:type="paragraph" w:styleId="B"><w:basedOn w:val="A"/><w:rPr><w:color w:val="FEFEFE"/></w:rPr></w:style></w:styles>`}
	for _, c := range []struct {
		name, body string
		removed    map[string]int
	}{
		{"vanish", para(run(`<w:vanish/>`, "secret")), map[string]int{hiddenElements: 1}},
		{"by a character style", para(run(`<w:rStyle w:val="Ghost"/>`, "secret")), map[string]int{hiddenElements: 1}},
		{"white on nothing", para(run(`<w:color w:val="ffffff"/>`, "secret")), map[string]int{sameColor: 1}},
		{"white on white shading", para(run(`<w:color w:val="FFFFFF"/><w:shd w:fill="FFFFFF"/>`, "secret")), map[string]int{sameColor: 1}},
		{"white by a style in a circle", `<w:p><w:pPr><w:pStyle w:val="A"/></w:pPr>` + run("", "secret") + `</w:p>`, map[string]int{sameColor: 1}},
		{"one point", para(run(`<w:sz w:val="2"/>`, "secret")), map[string]int{tinyText: 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := mustText(t, styles, document(para(run("", "seen"))+c.body))
			if d.Text != "seen" || !maps.Equal(d.Removed, c.removed) {
				t.Errorf("got %q, removed %v, want %v", d.Text, d.Removed, c.removed)
			}
		})
	}
}

func TestDOCX_IsFoundByItsRelationshipAndFirstElement(t *testing.T) {
	t.Parallel()
	d := mustText(t,
		entry{"_rels/.rels", `<Relationships><Relationship Id="1" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument" Target="/word/document2.xml"/></Relationships>`},
		entry{"word/document2.xml", `<x:document xmlns:x="http://purl.oclc.org/ooxml/wordprocessingml/main"><x:body><x:p><x:r><x:t>strict</x:t></x:r></x:p></x:body></x:document>`})
	if d.Text != "strict" {
		t.Errorf("got %q", d.Text)
	}
}

func TestDOCX_NotesCommentsHeadersStandOnce(t *testing.T) {
	t.Parallel()
	d := mustText(t,
		entry{`word\header1.xml`, `<w:hdr>` + para(run("", "Top")) + `</w:hdr>`},
		entry{"word/header2.xml", `<w:hdr>` + para(run("", "Top")) + `</w:hdr>`},
		entry{"word/footer1.xml", `<w:ftr>` + para(run("", "Bottom")) + `</w:ftr>`},
		entry{"word/footnotes.xml", `<w:footnotes><w:footnote w:type="separator" w:id="-1">` + para(run("", "---")) + `</w:footnote><w:footnote w:id="1">` + para(run("", "The note")) + `</w:footnote></w:footnotes>`},
		entry{"word/comments.xml", `<w:comments><w:comment w:id="4" w:author="Ada"><w:p><w:r><w:t>Why?</w:t></w:r></w:p></w:comment></w:comments>`},
		document(para(run("", "Text"), `<w:r><w:footnoteReference w:id="1"/></w:r><w:r><w:commentReference w:id="4"/></w:r>`)),
	)
	if want := "Top\n\nText[^1] [comment by Ada: Why?]\n\n[^1]: The note\n\nBottom"; d.Text != want {
		t.Errorf("got %q\nwant %q", d.Text, want)
	}
}
