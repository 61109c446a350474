package message_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"

	"mail-imap-mcp/internal/message"
)

// A server's description and the source give the same understanding, and what a
// server sends for a section number is what Parse has under it.
func TestParse_AgreesWithAnIMAPServer(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"alternative-usual", "alternative-with-mixed", "alternative-with-related", "calendar-also-attached", "mixed-text-pdf-text", "mail-is-html", "mail-is-a-pdf",
		"nested-plain", "nested-multipart", "report-bounce", "signed-smime", "encrypted-pgp", "related-start", "name-in-2231",
	} {
		t.Run(name, func(t *testing.T) {
			source, err := os.ReadFile(filepath.Join("testdata", "mail", name+".eml"))
			if err != nil {
				t.Fatal(err)
			}
			parsed, _, sections := message.Parse(source)
			described, err := message.FromBodyStructure(imapserver.ExtractBodyStructure(bytes.NewReader(source)))
			if err != nil {
				t.Fatal(err)
			}
			for id, content := range sections {
				p := described.Find(id)
				if want := parsed.Find(id); p == nil || p.MediaType != want.MediaType || p.Encoding != want.Encoding || p.Filename != want.Filename || p.Disposition != want.Disposition {
					t.Errorf("part %s is %+v, the source has %+v", id, p, want)
				}
				if sent := imapserver.ExtractBodySection(bytes.NewReader(source), section(t, id)); !bytes.Equal(sent, content) {
					t.Errorf("section %s is %q, the source has %q", id, sent, content)
				}
			}
			if got, want := bodyIDs(described), bodyIDs(parsed); got != want {
				t.Errorf("body is %s, the source has %s", got, want)
			}
		})
	}
}

func section(t *testing.T, id string) *imap.FetchItemBodySection {
	t.Helper()
	item := &imap.FetchItemBodySection{}
	for number := range strings.SplitSeq(id, ".") {
		n, err := strconv.Atoi(number)
		if err != nil {
			t.Fatal(err)
		}
		item.Part = append(item.Part, n)
	}
	return item
}

// bodyIDs are the numbers of what is shown and listed.
func bodyIDs(root *message.Part) string {
	var b strings.Builder
	body := message.ChooseBody(root)
	for _, form := range body.Forms {
		for _, p := range []*message.Part{form.Text, form.HTML} {
			if p != nil {
				b.WriteString(p.ID + " ")
			}
		}
	}
	b.WriteString("/ ")
	for _, a := range message.Attachments(root) {
		b.WriteString(a.PartID + " ")
	}
	return b.String() + body.Signed + body.Encrypted
}
