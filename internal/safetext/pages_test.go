package safetext_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mail-imap-mcp/internal/safetext"
)

// sharedPages are drawn pages that are not part of the repository.
const sharedPages = "../../../shared/pages"

// eachPage calls check with each page of a kind, or skips where there are none.
func eachPage(t *testing.T, kind string, check func(t *testing.T, source string)) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(sharedPages, kind, "*.html"))
	if err != nil || len(files) == 0 {
		t.Skip("no shared pages here")
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".html"), func(t *testing.T) {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			check(t, string(source))
		})
	}
}

func TestPages_HiddenTextIsNotShown(t *testing.T) {
	t.Parallel()
	eachPage(t, "hidden", func(t *testing.T, source string) {
		r := safetext.HTML(source)
		if strings.Contains(r.Text, "HIDDENMARK") || strings.Contains(safetext.SanitizeHTML(source), "HIDDENMARK") {
			t.Errorf("hidden text is shown; uncertain: %v, removed: %v", r.Uncertain, r.Removed)
		}
		if !strings.Contains(r.Text, "VISIBLEMARK") {
			t.Logf("seen text is not shown: %v", r.Uncertain)
		}
	})
}

func TestPages_SeenTextIsShown(t *testing.T) {
	t.Parallel()
	eachPage(t, "visible", func(t *testing.T, source string) {
		r := safetext.HTML(source)
		if !strings.Contains(r.Text, "VISIBLEMARK") || !strings.Contains(safetext.SanitizeHTML(source), "VISIBLEMARK") {
			t.Errorf("seen text is not shown; uncertain: %v %v, removed: %v %v", r.Uncertain, r.UncertainText, r.Removed, r.Hidden)
		}
	})
}
