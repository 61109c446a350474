package message_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	goimap "github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"

	"mail-imap-mcp/internal/imap"
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
			described, err := message.FromBodyStructure(ours(imapserver.ExtractBodyStructure(bytes.NewReader(source))))
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

// ours is a structure of the in-process server's library as ours.
func ours(bs goimap.BodyStructure) *imap.BodyStructure {
	switch bs := bs.(type) {
	case *goimap.BodyStructureMultiPart:
		out := &imap.BodyStructure{Type: "multipart", Subtype: bs.Subtype}
		if bs.Extended != nil {
			out.Params = bs.Extended.Params
			if d := bs.Extended.Disposition; d != nil {
				out.Disposition, out.DispositionParams = d.Value, d.Params
			}
		}
		for _, child := range bs.Children {
			out.Children = append(out.Children, ours(child))
		}
		return out
	case *goimap.BodyStructureSinglePart:
		out := &imap.BodyStructure{Type: bs.Type, Subtype: bs.Subtype, Params: bs.Params, ID: bs.ID, Encoding: bs.Encoding, Size: int64(bs.Size), Lines: -1}
		if bs.Text != nil {
			out.Lines = bs.Text.NumLines
		}
		if bs.Extended != nil && bs.Extended.Disposition != nil {
			out.Disposition, out.DispositionParams = bs.Extended.Disposition.Value, bs.Extended.Disposition.Params
		}
		if bs.MessageRFC822 != nil {
			out.Message = ours(bs.MessageRFC822.BodyStructure)
		}
		return out
	}
	return nil
}

func section(t *testing.T, id string) *goimap.FetchItemBodySection {
	t.Helper()
	item := &goimap.FetchItemBodySection{}
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
