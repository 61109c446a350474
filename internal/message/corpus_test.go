package message_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"mail-imap-mcp/internal/message"
)

// corpusMails calls each with every mail of testdata, and with those of the
// corpus where it is beside the checkout.
func corpusMails(t *testing.T, each func(path string, source []byte)) (corpus bool) {
	t.Helper()
	roots := []string{filepath.Join("testdata", "mail"), filepath.Join("testdata", "tnef")}
	if root := filepath.Join("..", "..", "..", "shared", "corpus"); exists(root) {
		roots, corpus = append(roots, root), true
	}
	for _, root := range roots {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) == ".want" {
				return err
			}
			source, err := os.ReadFile(path)
			if err == nil {
				each(path, source)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return corpus
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// atLeast fails where fewer were found than there are: own in testdata, and all
// with the corpus.
func atLeast(t *testing.T, what string, found int, corpus bool, own, all int) {
	t.Helper()
	want := own
	if corpus {
		want = all
	}
	if found < want && !t.Failed() {
		t.Errorf("%d %s, want at least %d", found, what, want)
	}
}

// Every part of a mail is shown, listed, or left out for a reason; what has text
// has a body; and what a section holds stands in the source as it is.
func TestParse_CorpusMailsHaveTheirTextAndTheirSections(t *testing.T) {
	t.Parallel()
	corpusMails(t, func(path string, source []byte) {
		root, _, sections := message.Parse(source)
		body := message.ChooseBody(root)
		if len(body.Forms) == 0 && hasPlainText(root, sections) {
			t.Errorf("%s has text but no body", path)
		}
		shown := map[string]bool{}
		for _, form := range body.Forms {
			for _, p := range []*message.Part{form.Text, form.HTML} {
				if p != nil {
					shown[p.ID] = true
				}
			}
		}
		for _, a := range message.Attachments(root) {
			if shown[a.PartID] {
				t.Errorf("%s: part %s is both shown and listed", path, a.PartID)
			}
			if shown[a.PartID] = true; root.Find(a.PartID) == nil {
				t.Errorf("%s: part %s is listed and not found", path, a.PartID)
			}
		}
		checkSections(t, path, root, sections, source)
	})
}

// hasPlainText reports a text that no container could have hidden: the mail's
// only part, or one directly in a mixed.
func hasPlainText(root *message.Part, sections map[string][]byte) bool {
	for _, p := range append([]*message.Part{root}, root.Children...) {
		if p.MediaType == "text/plain" && p.Disposition != "attachment" && p.Filename == "" && len(bytes.TrimSpace(sections[p.ID])) > 0 {
			return true
		}
	}
	return false
}

func checkSections(t *testing.T, path string, p *message.Part, sections map[string][]byte, source []byte) {
	t.Helper()
	if len(p.Children) == 0 {
		content, ok := sections[p.ID]
		if !ok || !bytes.Contains(source, content) {
			t.Errorf("%s: the section %s is not in the source", path, p.ID)
		}
	}
	if p.Encoding == "base64" || p.Encoding == "quoted-printable" {
		return // what it holds is decoded
	}
	for _, c := range p.Children {
		checkSections(t, path, c, sections, source)
	}
	if p.Nested != nil {
		checkSections(t, path, p.Nested, sections, source)
	}
}

func TestReportText_PutsTheReportsOfTheCorpusInWords(t *testing.T) {
	t.Parallel()
	found := 0
	corpus := corpusMails(t, func(path string, source []byte) {
		root, _, sections := message.Parse(source)
		report := message.ChooseBody(root).Report
		if report == nil {
			return
		}
		found++
		text := message.ReportText(report, sections[report.ID])
		if !utf8.ValidString(text) || len(text) > 64<<10 {
			t.Errorf("%s: the report is %q", path, text)
		}
		if text == "" && bytes.Contains(sections[report.ID], []byte("Action:")) {
			t.Errorf("%s: nothing is said of the report", path)
		}
		if strings.Contains(text, "not named") {
			t.Logf("%s: %s", path, text)
		}
	})
	atLeast(t, "reports", found, corpus, 3, 10)
}
