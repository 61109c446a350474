package demo

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestPlay_ShowsTheMainJobInPlainText(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	t.Setenv("TMPDIR", t.TempDir()) // of its own: another demo may be running
	before := temporary(t)
	var out bytes.Buffer
	if err := Play(ctx, &out, false); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	text := out.String()
	t.Log("\n" + text)
	for what, want := range map[string]string{
		"an international mailbox name": japan,
		"a nested mailbox":              lighthouse,
		"a special use":                 "junk",
		"the unread search":             `unread_only: true`,
		"the cursor":                    `cursor: "`,
		"a subject in Japanese":         "灯台フォーラムの会議について",
		"a body in Japanese":            "来月の会議の日程が決まりましたので",
		"the newsletter as text":        "Augustin Fresnel replaced the mirror",
		"a bill's amount":               "4998,00 EUR",
		"a PDF's name":                  "Rechnung 2041 – Geländer.pdf (application/pdf",
		"where the surveyor is met":     "Lantern room, 4th floor",
		"what a person sees of the lie": "If you do not confirm",
		"what was hidden is counted":    "! removed: ",
		"the way on":                    "next: connect your own mailbox",
		"the variable of the host":      "MAIL_IMAP_DEFAULT_HOST=",
		"the variable of the user":      "MAIL_IMAP_DEFAULT_USER=",
		"the variable of the password":  "MAIL_IMAP_DEFAULT_PASS=",
		"the client's configuration":    `"mcpServers"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is missing: %q", what, want)
		}
	}
	if showsHidden(text) {
		t.Error("text hidden in the phishing mail is in the transcript")
	}
	for what, not := range map[string]string{
		"an ANSI escape":   "\x1b",
		"HTML":             "<td",
		"a tracking pixel": "track.tidetable.example",
	} {
		if strings.Contains(text, not) {
			t.Errorf("%s is in the transcript: %q", what, not)
		}
	}
	for line := range strings.SplitSeq(text, "\n") {
		if n := columnsOf(line); n > columns {
			t.Errorf("a line has %d columns: %q", n, line)
		}
	}
	if after := temporary(t); after != before {
		t.Errorf("the demo left something behind: %d temporary directories before, %d after", before, after)
	}
}

// temporary counts the directories a demo makes.
func temporary(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir(os.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "mail-imap-mcp-demo-") {
			n++
		}
	}
	return n
}

func TestPlay_EndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	out := &cancelling{cancel: cancel}
	err := Play(ctx, out, true)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Play answered %v, want the cancellation", err)
	}
	if strings.Contains(out.String(), "next: connect") {
		t.Error("Play went on to its end after it was cancelled")
	}
}

func TestPlay_DoesNotBeginWhenItsContextIsOver(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out bytes.Buffer
	if err := Play(ctx, &out, false); !errors.Is(err, context.Canceled) {
		t.Errorf("Play answered %v, want the cancellation", err)
	}
	if out.Len() > 0 {
		t.Errorf("Play wrote %q", out.String())
	}
}

// cancelling cancels when something is written to it.
type cancelling struct {
	bytes.Buffer
	cancel context.CancelFunc
}

func (c *cancelling) Write(p []byte) (int, error) {
	c.cancel()
	return c.Buffer.Write(p)
}

func TestPlay_TellsWhenItCannotWrite(t *testing.T) {
	broken := errors.New("broken pipe")
	r, w := io.Pipe()
	_ = r.CloseWithError(broken)
	if err := Play(t.Context(), w, false); !errors.Is(err, broken) {
		t.Errorf("Play answered %v, want %v", err, broken)
	}
}
