package office

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"
)

// entry is a part of a file that a test builds.
type entry struct{ name, text string }

// build makes a zip file; zip.Writer writes data descriptors, as streaming
// programs do.
func build(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		f, err := w.Create(e.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(e.text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const wordNS = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"`

func document(body string) entry {
	return entry{"word/document.xml", `<?xml version="1.0" encoding="UTF-8"?><w:document ` + wordNS + `><w:body>` + body + `</w:body></w:document>`}
}

// run is a run of text with properties, para a paragraph of runs.
func run(properties, text string) string {
	return `<w:r><w:rPr>` + properties + `</w:rPr><w:t xml:space="preserve">` + text + `</w:t></w:r>`
}

func para(runs ...string) string { return `<w:p>` + strings.Join(runs, "") + `</w:p>` }

func workbookOf(sheet string, more ...entry) []entry {
	return append([]entry{
		{"xl/workbook.xml", `<workbook><sheets><sheet name="One" sheetId="1" r:id="rId1"/></sheets></workbook>`},
		{"xl/worksheets/sheet1.xml", `<worksheet><sheetData>` + sheet + `</sheetData></worksheet>`},
	}, more...)
}

func mustText(t *testing.T, entries ...entry) Document {
	t.Helper()
	d, err := Text(build(t, entries...), 64_000)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
