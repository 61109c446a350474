package safetext_test

import (
	"testing"

	"mail-imap-mcp/internal/safetext"
)

func TestPictures_CountsWhatIsShownAndNoPixels(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]int{
		"":                              0,
		"<p>words</p>":                  0,
		`<img src="cid:a"><IMG src=b/>`: 2,
		`<img src=a width=1 height="1"><img src=b width="0px"><img src=c width=600>`: 1,
		`<!-- <img src=a> -->`: 0,
	} {
		if got := safetext.Pictures(source); got != want {
			t.Errorf("%s: got %d, want %d", source, got, want)
		}
	}
}
