package message_test

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mail-imap-mcp/internal/message"
)

var update = flag.Bool("update", false, "write the .want files of testdata/mail anew; review them by eye")

// Each mail of testdata/mail has one oddity; its .want is all that is understood
// of it.
func TestMail_IsUnderstoodAsItsWantFileSays(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/mail/*.eml")
	if err != nil || len(files) < 60 {
		t.Fatalf("%d fixtures: %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".eml"), func(t *testing.T) {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := understood(source)
			wantFile := strings.TrimSuffix(file, ".eml") + ".want"
			if *update {
				if err := os.WriteFile(wantFile, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(wantFile)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// understood is all that is understood of a mail, as text.
func understood(source []byte) string {
	var b strings.Builder
	root, header, sections := message.Parse(source)
	writeHeader(&b, header)
	b.WriteString("parts:\n")
	writeTree(&b, root, 1)
	body := message.ChooseBody(root)
	for i, form := range body.Forms {
		for _, p := range []*message.Part{form.Text, form.HTML} {
			if p == nil {
				continue
			}
			text, note := message.DecodeText(p, sections[p.ID])
			fmt.Fprintf(&b, "shown %d: part %s, %s %s\n%s", i+1, p.ID, p.MediaType, parenthesis(note.String()), indent(text))
			if encrypted, signed := message.InlinePGP(text); encrypted+signed != "" {
				fmt.Fprintf(&b, "inside the text: encrypted %q, signed %q\n", encrypted, signed)
			}
		}
	}
	if body.Calendar != nil {
		fmt.Fprintf(&b, "invitation: part %s\n", body.Calendar.ID)
	}
	if body.Report != nil {
		fmt.Fprintf(&b, "report: part %s\n%s", body.Report.ID, indent(message.ReportText(body.Report, sections[body.Report.ID])))
	}
	if body.Encrypted+body.Signed != "" {
		fmt.Fprintf(&b, "encrypted: %q, signed: %q\n", body.Encrypted, body.Signed)
	}
	for _, a := range message.Attachments(root) {
		d := root.Find(a.PartID).Decode(strings.NewReader(string(sections[a.PartID])))
		content, _ := io.ReadAll(d)
		fmt.Fprintf(&b, "attached: part %s, %s, %q, %d bytes (said: %d) %s\n", a.PartID, a.ContentType, a.Filename, len(content), a.Size, parenthesis(a.Note))
	}
	for _, note := range root.Notes() {
		fmt.Fprintf(&b, "note: %s\n", note)
	}
	return strings.ReplaceAll(b.String(), " \n", "\n")
}

func writeHeader(b *strings.Builder, h message.Header) {
	for _, name := range []string{"From", "To"} {
		for _, a := range h.Addresses(name) {
			fmt.Fprintf(b, "%s: %s %s\n", strings.ToLower(name), a, parenthesis(a.Deceptive()))
		}
	}
	fmt.Fprintf(b, "subject: %s\n", h.Text("Subject"))
	if at, ok := message.ParseDate(h.Get("Date")); ok {
		fmt.Fprintf(b, "date: %s\n", at.Format(time.RFC3339))
	}
	if note := h.Note().String(); note != "" {
		fmt.Fprintf(b, "note: %s\n", note)
	}
}

func writeTree(b *strings.Builder, p *message.Part, depth int) {
	fmt.Fprintf(b, "%s%q %s\n", strings.Repeat("  ", depth), p.ID, p.MediaType)
	for _, c := range p.Children {
		writeTree(b, c, depth+1)
	}
	if p.Nested != nil {
		fmt.Fprintf(b, "%smessage:\n", strings.Repeat("  ", depth+1))
		writeTree(b, p.Nested, depth+2)
	}
}

func parenthesis(s string) string {
	if s == "" {
		return ""
	}
	return "(" + s + ")"
}

func indent(s string) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		fmt.Fprintf(&b, "    | %q\n", strings.TrimSuffix(line, "\n"))
	}
	return b.String()
}
