package tools

import (
	"testing"

	layout "mail-imap-mcp/internal/answer"
)

// Every string of an answer says who wrote it, so that none can be left unfenced.
func TestFields_EveryStringOfAnAnswerNamesItsAuthor(t *testing.T) {
	t.Parallel()
	for _, d := range Definitions(Features{}) {
		for _, field := range layout.Untagged(d.data) {
			t.Errorf("%s: %s has no tag that says who wrote it", d.Name, field)
		}
	}
}
