package safetext_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mail-imap-mcp/internal/message"
	"mail-imap-mcp/internal/safetext"
)

// mostUncertain is the share of words of honest mail that may be called
// uncertain: 1 %.
const mostUncertain = 0.01

var word = regexp.MustCompile(`[\pL\pN]+`)

// honest are pages that hide nothing: those of the repository, and where they are
// present the mails of the shared corpus.
func honest(t *testing.T) map[string]string {
	t.Helper()
	pages := map[string]string{"bench newsletter": newsletterHTML(), "bench thread": threadHTML(), "bench order": orderHTML()}
	for _, pattern := range []string{"testdata/render/*.html", "testdata/honest/*.html", "../demo/mail/newsletter.html"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			pages[file] = string(source)
		}
	}
	for _, dir := range []string{"../../../shared/corpus", "../../../shared/mail", os.Getenv("MAIL_IMAP_TEST_PAGES")} {
		_ = filepath.WalkDir(dir, func(file string, entry os.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			source, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			maps.Copy(pages, htmlParts(file, source))
			return nil
		})
	}
	return pages
}

// htmlParts are the decoded HTML bodies of a message.
func htmlParts(file string, source []byte) map[string]string {
	parts := map[string]string{}
	if strings.HasSuffix(file, ".html") {
		parts[file] = string(source)
		return parts
	}
	root, _, encoded := message.Parse(source)
	for _, form := range message.ChooseBody(root).Forms {
		if form.HTML != nil {
			text, _ := message.DecodeText(form.HTML, encoded[form.HTML.ID])
			parts[file+" "+form.HTML.ID] = text
		}
	}
	return parts
}

func TestHonestMail_StaysReadable(t *testing.T) {
	t.Parallel()
	shown, unsure, reasons := 0, 0, map[string]int{}
	pages := honest(t)
	for _, name := range slices.Sorted(maps.Keys(pages)) {
		r := safetext.HTML(pages[name])
		lost := 0
		for _, u := range r.UncertainText {
			n := len(word.FindAllString(u.Text, -1))
			lost, reasons[u.Kind] = lost+n, reasons[u.Kind]+n
			t.Logf("%s: %s: %.200s", name, u.Kind, u.Text)
		}
		unsure += lost
		shown += len(word.FindAllString(r.Text, -1))
	}
	share := float64(unsure) / float64(shown+unsure)
	t.Logf("%d pages, %d words shown, %d uncertain (%.2f %%): %v", len(pages), shown, unsure, 100*share, reasons)
	if share > mostUncertain {
		t.Errorf("%.2f %% of the words of honest mail are uncertain", 100*share)
	}
}
