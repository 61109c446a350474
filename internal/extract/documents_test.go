package extract

import (
	"os"
	"strings"
	"testing"
)

func TestRead_FindsTheReaderOfADocument(t *testing.T) {
	for _, tt := range []struct {
		name, mediaType, file, data, want, note string
		status                                  Status
	}{
		{"rtf", "application/rtf", "a.rtf", `{\rtf1\ansi Hello}`, "Hello", "", OK},
		{"rtf declared as old Word", "application/msword", "a.doc", `{\rtf1\ansi Hello}`, "Hello", "but is RTF", OK},
		{"a card declared as text", "text/plain", "a.vcf", "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ada\r\nEND:VCARD\r\n", "Ada", "", OK},
		{"an event of no type", "application/octet-stream", "", "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20261102T100000Z\r\nSUMMARY:Tea\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", "Tea", "", OK},
		{"a broken PDF", "application/pdf", "", "%PDF-1.7\n\x00\x01", "", "damaged", Damaged},
		{"a page declared as PDF", "application/pdf", "", "<html>Seen</html>", "Seen", "but is HTML", OK},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := text(t, Input{MediaType: tt.mediaType, Filename: tt.file, Data: []byte(tt.data)})
			if got.Status != tt.status || !strings.Contains(got.Text, tt.want) || !strings.Contains(got.Note, tt.note) || (tt.note == "" && got.Note != "") {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestRead_TakesADocumentForWhatItIs(t *testing.T) {
	if !isOffice(&job{data: zipOf(t, "[Content_Types].xml", "word/document.xml")}) || !isOffice(&job{data: zipOf(t, "mimetype", "content.xml")}) {
		t.Error("a document was not recognised")
	}
	if isOffice(&job{data: zipOf(t, "a.txt", "docs/content.xml", "mimetype")}) || isOffice(&job{data: []byte(os.DevNull)}) {
		t.Error("an archive was taken for a document")
	}
}
