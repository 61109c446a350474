package safetext_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mail-imap-mcp/internal/safetext"
)

var update = flag.Bool("update", false, "write the golden files of testdata/render")

// The goldens were read by eye: each is what a person sees of the mail.
func TestHTML_RendersMailAsAPersonReadsIt(t *testing.T) {
	t.Parallel()
	sources, err := filepath.Glob(filepath.Join("testdata", "render", "*.html"))
	if err != nil || len(sources) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	for _, path := range sources {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".html"), func(t *testing.T) {
			source, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			got := safetext.HTML(string(source)).Text + "\n"
			checkSafe(t, got)
			golden := strings.TrimSuffix(path, ".html") + ".md"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("rendered differently (-want +got):\n%s", diff)
			}
		})
	}
}
