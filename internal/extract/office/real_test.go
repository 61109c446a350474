package office

import (
	"maps"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The files were made by python-docx, openpyxl, python-pptx and odfpy.
func TestText_ReadsFilesOfOtherPrograms(t *testing.T) {
	for file, want := range map[string]struct {
		text    string
		removed map[string]int
	}{
		"python-docx.docx": {"Example Works\n\n# Tower survey\n\n# Findings\n\nThe tower is sound.\n\n- one\n- two\n\n| Part | State |\n| --- | --- |\n| Roof | good |", map[string]int{hiddenElements: 1, sameColor: 1, tinyText: 1}},
		"openpyxl.xlsx":    {"## Costs\n\nItem | Price | Date | Share | OK\nStone | 0.3 | 2026-11-26 | 12.5% | TRUE\n |  |  |  |  |  |  |  | far", map[string]int{hiddenElements: 2}},
		"python-pptx.pptx": {"## Slide 1: Tower\n\nFirst point\nSecond point\n\nNotes: Speak slowly", map[string]int{hiddenElements: 1}},
		"odfpy.odt":        {"# Survey\n\nThe tower.\n\n- one", map[string]int{}},
		"odfpy.ods":        {"## Costs\n\nItem | Price\nStone | 1.5", map[string]int{}},
	} {
		t.Run(file, func(t *testing.T) {
			data, err := os.ReadFile("testdata/" + file)
			if err != nil {
				t.Skip(err)
			}
			d, err := Text(data, 10_000)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want.text, d.Text); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if !maps.Equal(d.Removed, want.removed) || d.Truncated {
				t.Errorf("removed %v, want %v; truncated %v", d.Removed, want.removed, d.Truncated)
			}
		})
	}
}
