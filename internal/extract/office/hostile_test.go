package office

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestText_SaysWhatItCannotRead(t *testing.T) {
	t.Parallel()
	ole := "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + strings.Repeat("\x00", 512)
	locked := build(t, document(para(run("", "x"))))
	for at := 0; ; { // bit 0 of the flags of each entry in the directory
		i := bytes.Index(locked[at:], []byte("PK\x01\x02"))
		if i < 0 {
			break
		}
		at += i + 8
		locked[at] |= 1
	}
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"nothing":         {nil, ErrDamaged},
		"text":            {[]byte("hello"), ErrDamaged},
		"a cut zip":       {build(t, document(""))[:100], ErrDamaged},
		"another zip":     {build(t, entry{"a.txt", "hello"}), ErrUnsupported},
		"old Word":        {append([]byte(ole), wide("WordDocument")...), ErrUnsupported},
		"encrypted OOXML": {append([]byte(ole), wide("EncryptionInfo")...), ErrEncrypted},
		"encrypted zip":   {locked, ErrEncrypted},
		"encrypted ODF":   {build(t, entry{"META-INF/manifest.xml", `<m:manifest><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>`}, entry{"content.xml", "\x01\x02"}), ErrEncrypted},
		"no XML":          {build(t, entry{"word/document.xml", "\x01\x02 no"}), ErrDamaged},
		"a drawing":       {build(t, entry{"word/document.xml", "<w:drawing/>"}), ErrUnsupported},
		"xlsb":            {build(t, entry{"_rels/.rels", `<Relationships><Relationship Type="http://x/officeDocument" Target="xl/workbook.bin"/></Relationships>`}, entry{"xl/workbook.bin", "x"}), ErrUnsupported},
		"too many":        {manyEntries(t), ErrTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := Text(c.data, 1000)
			if !errors.Is(err, c.want) || d.Text != "" || d.Removed == nil {
				t.Errorf("got %q, %v; want %v", d.Text, err, c.want)
			}
		})
	}
}

func manyEntries(t *testing.T) []byte {
	entries := make([]entry, maxEntries+1)
	for i := range entries {
		entries[i] = entry{fmt.Sprint("word/", i), ""}
	}
	return build(t, entries...)
}

// bomb is a part of mb megabytes that packs to almost nothing.
func bomb(t *testing.T, head, piece string, mb int, tail string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, err := w.Create("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(f, head)
	block := []byte(strings.Repeat(piece, 1+(64<<10)/len(piece)))
	for n := 0; n < mb<<20; n += len(block) {
		if _, err := f.Write(block); err != nil {
			t.Fatal(err)
		}
	}
	fmt.Fprint(f, tail)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestText_BombsEndAtTheBound(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"20 MB of one token":        {bomb(t, "<w:document>", " ", 20, "</w:document>"), ErrTooLarge},
		"an attribute of 20 MB":     {bomb(t, `<w:document a="`, "aaaaaaaa", 20, `">`), ErrTooLarge},
		"elements 1,000,000 deep":   {bomb(t, "<w:document>", "<a>", 3, ""), ErrTooLarge},
		"paragraphs within each":    {bomb(t, "<w:document>", "<w:p><w:r>", 1, ""), ErrTooLarge},
		"tables within each other":  {bomb(t, "<w:document>", "<w:tbl><w:tr><w:tc>", 1, ""), ErrTooLarge},
		"ends of what is not begun": {bomb(t, "<w:document>", "</w:tbl></w:tc></w:p></w:r></w:txbxContent></mc:AlternateContent>", 1, ""), nil},
	} {
		t.Run(name, func(t *testing.T) {
			if d, err := Text(c.data, 1000); !errors.Is(err, c.want) {
				t.Errorf("got %q, %v; want %v", d.Text, err, c.want)
			}
		})
	}
}

// The bound is the same whatever it is, so a low one shows it sooner.
func TestText_WhatIsUnpackedIsCountedInAll(t *testing.T) {
	t.Parallel()
	const limit = 1 << 20
	// Ten sheets that are all the same 200 kB: overlapping entries, as it were.
	var sheets, rels strings.Builder
	for i := range 10 {
		fmt.Fprintf(&sheets, `<sheet name="s%d" r:id="r%d"/>`, i, i)
		fmt.Fprintf(&rels, `<Relationship Id="r%d" Target="sheet.xml"/>`, i)
	}
	overlapping := build(t,
		entry{"xl/workbook.xml", `<workbook><sheets>` + sheets.String() + `</sheets></workbook>`},
		entry{"xl/_rels/workbook.xml.rels", `<Relationships>` + rels.String() + `</Relationships>`},
		entry{"xl/sheet.xml", `<worksheet><!--` + strings.Repeat(strings.Repeat("x", 10<<10)+"--><!--", 20) + `--></worksheet>`})
	for name, data := range map[string][]byte{
		"overlapping":       overlapping,
		"of empty elements": bomb(t, "<w:document>", "<w:x>         </w:x>          ", 2, "</w:document>"),
	} {
		w := &writer{max: 1000, removed: map[string]int{}}
		if err := read(data, w, limit); !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestText_HostileFilesStaySmall(t *testing.T) {
	t.Parallel()
	cells := strings.Repeat(`<c t="s"><v>0</v></c>`, 100_000)
	for name, entries := range map[string][]entry{
		"a row of 100,000 cells":        workbookOf(`<row>`+strings.Repeat(`<c><v>1</v></c>`, 100_000)+`</row>`, entry{"x", ""}),
		"a million shared references":   workbookOf(strings.Repeat(`<row>`+cells+`</row>`, 10), entry{"xl/sharedStrings.xml", "<sst><si><t>" + strings.Repeat("x", 30_000) + "</t></si></sst>"}),
		"the last cell of a sheet":      workbookOf(`<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>`),
		"references that lie":           workbookOf(`<row><c r="ZZZZZZZZ1" t="s"><v>99999999999</v></c><c r="A1" s="-5"><v>1</v></c><c r="A1" s="99999"><v>2</v></c></row>`),
		"billion laughs":                {{"word/document.xml", `<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]><w:document><w:p><w:r><w:t>1&c;&amp;</w:t></w:r></w:p></w:document>`}},
		"a row of a table that is long": {document(`<w:tbl><w:tr>` + strings.Repeat(`<w:tc>`+para(run("", "1"))+`</w:tc>`, 100_000) + `</w:tr></w:tbl>`)},
		"a note referred to for ever": {
			document(para(run("", "1"), strings.Repeat(`<w:r><w:commentReference w:id="1"/></w:r>`, 50_000))),
			{"word/comments.xml", `<w:comments><w:comment w:id="1" w:author="` + strings.Repeat("a", 100_000) + `">` + para(run("", strings.Repeat("x", 4000))) + `</w:comment></w:comments>`},
		},
		"spaces and columns of ODF": {{"content.xml", `<d><table name="x"><table-column number-columns-repeated="2000000000"/><table-row><table-cell number-columns-repeated="2000000000"><p>1<s c="2000000000"/></p></table-cell></table-row></table></d>`}},
	} {
		t.Run(name, func(t *testing.T) {
			data := build(t, entries...)
			d, err := Text(data, 10_000)
			if err != nil || !strings.Contains(d.Text, "1") && !strings.Contains(d.Text, "x") || len(d.Text) > 40_000 {
				t.Errorf("%d bytes, %v", len(d.Text), err)
			}
		})
	}
}

func TestText_LyingSizesAreNoTrap(t *testing.T) {
	t.Parallel()
	data := build(t, document(para(run("", "seen"))))
	// The size before packing, in the directory.
	i := bytes.Index(data, []byte("PK\x01\x02"))
	for _, size := range []uint32{0, 10, 0xFFFFFFF0} {
		binary.LittleEndian.PutUint32(data[i+24:], size)
		d, err := Text(data, 1000)
		if err != nil && !errors.Is(err, ErrDamaged) || len(d.Text) > 4 {
			t.Errorf("%d: got %q, %v", size, d.Text, err)
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add(build(f, document(para(run("<w:vanish/>", "x"), run("", "y")))))
	f.Add(build(f, workbookOf(`<row><c r="B1"><v>1</v></c></row>`)...))
	f.Add(build(f, entry{"content.xml", `<d><h>x</h><list><p>y</p></list></d>`}))
	f.Fuzz(func(t *testing.T, data []byte) {
		if d, err := Text(data, 500); err == nil && (len([]rune(d.Text)) > 500 || d.Removed == nil) {
			t.Errorf("%d characters", len([]rune(d.Text)))
		}
	})
}

// FuzzParts feeds XML rather than zip: its checksums keep a fuzzer out.
func FuzzParts(f *testing.F) {
	f.Add("word/document.xml", document(para(run("", "x"))).text)
	f.Add("xl/workbook.xml", `<workbook><sheets><sheet name="a"/></sheets></workbook>`)
	f.Add("xl/worksheets/sheet1.xml", `<sheetData><row hidden="1"><c r="B1" s="1"><v>1</v></c></row></sheetData>`)
	f.Add("content.xml", `<d><table><table-row><table-cell><p>x</p></table-cell></table-row></table></d>`)
	f.Add("ppt/slides/slide1.xml", `<sld><sp><ph type="title"/><p><r><t>x</t></r></p></sp></sld>`)
	f.Fuzz(func(t *testing.T, name, text string) {
		parts := []entry{
			{name, text},
			{"xl/workbook.xml", `<workbook><sheets><sheet name="One"/></sheets></workbook>`},
			{"ppt/presentation.xml", `<p><sldId r:id="a"/></p>`},
			{"ppt/_rels/presentation.xml.rels", `<r><Relationship Id="a" Target="slides/slide1.xml"/></r>`},
		}
		if len(name) > 100 || strings.HasSuffix(name, "/") { // a folder has no content
			return
		}
		p, err := open(build(t, parts...), maxUnpacked)
		if err != nil {
			return
		}
		for _, read := range []func(*pack, *writer) error{
			func(p *pack, w *writer) error { return p.docx("word/document.xml", w) },
			func(p *pack, w *writer) error { return p.xlsx("xl/workbook.xml", w) },
			func(p *pack, w *writer) error { return p.pptx("ppt/presentation.xml", w) },
			(*pack).odf,
		} {
			w := &writer{max: 500, removed: map[string]int{}}
			_ = read(p, w) // what is wrong with it does not matter
			if w.n > 500 {
				t.Errorf("%d characters", w.n)
			}
		}
	})
}
