package demo

import (
	"bytes"
	"io"
	"strings"
	"testing"

	gomessage "github.com/emersion/go-message"
)

// TestPhishing_HidesWordsInEveryWay keeps the demo honest: what its transcript
// says was removed must have been there.
func TestPhishing_HidesWordsInEveryWay(t *testing.T) {
	source := ""
	every(t, func(t *testing.T, box string, l Letter) {
		e, err := gomessage.Read(bytes.NewReader(l.Raw))
		if err != nil {
			t.Fatal(err)
		}
		if subject, _ := e.Header.Text("Subject"); box != inbox || !strings.Contains(subject, "salary account") {
			return
		}
		body, err := io.ReadAll(e.Body)
		if err != nil {
			t.Fatal(err)
		}
		source = string(body)
	})
	if got := strings.Count(source, hiddenMarker); got != 5 {
		t.Errorf("the phishing mail hides %d sentences in its HTML, want 5", got)
	}
	for what, hidden := range map[string]string{
		"Unicode tags":       unicodeTags(hiddenMarker),
		"a zero-width space": "\u200b",
	} {
		if !strings.Contains(source, hidden) {
			t.Errorf("the phishing mail has no %s", what)
		}
	}
	if !showsHidden(unicodeTags("a")) || !showsHidden(hiddenMarker) || showsHidden("Dear colleague") {
		t.Error("showsHidden does not tell hidden text from the rest")
	}
}
