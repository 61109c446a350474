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

	"mail-imap-mcp/internal/extract"
)

func TestMain(m *testing.M) {
	// The demo reads a PDF in a child process, which is this program again.
	extract.RunIfChild()
	goleak.VerifyTestMain(m)
}

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
		"a link without its utm_":       "[Read on](https://tidetable.example/212/1)",
		"where links lead":              "links lead to tidetable.example (6)",
		"an honest sender":              "sender: SPF pass, DKIM pass, DMARC pass, as mx.northlight.example found",
		"the hidden preheader counted":  "! removed: comments (2), hidden_elements (1)",
		"a bill's amount":               "über 4.998,00 EUR",
		"a PDF's name":                  "Rechnung 2041 – Geländer.pdf (application/pdf",
		"the PDF's items":               "| 1  Geländer, verzinkt und lackiert  12 m  2.880,00 EUR\n",
		"the PDF's total":               "| Gesamtbetrag  4.998,00 EUR\n",
		"the PDF's account":             "IBAN XX00",
		"when the surveyor is met":      "10:00–11:30 (Europe/London",
		"where the surveyor is met":     "| Where: Lantern room, 4th floor\n",
		"who comes too":                 "| - Tom Becker <tom@northlight.example>: tentative\n",
		"their side of a conversation":  "we are 3,100 under budget",
		"our side of it":                "Maya Lindholm         in Sent\n    | Roof, please.",
		"what a person sees of the lie": "If you do not confirm",
		"that the sender lies":          "! sender: SPF fail, DKIM none, DMARC fail",
		"that a forged header is known": "untrusted_authentication_results: ",
		"where the lie's link leads":    "payroll.northlight.example leads to northlight-hr.collect-forms.example",
		"that there are hidden orders":  "! hidden_instructions: ",
		"what was hidden is counted":    "(1), unicode_tags (",
		"that the hidden is hostile":    "x | HOSTILE: ",
		"the fence around the hidden":   "| [untrusted mail text ",
		"that writing begins off":       "! refused: write tools are disabled; set MAIL_IMAP_WRITE_ENABLED=true",
		"a dry run":                     "The Tide Table #212: Why the light turns: would go to Archive\n",
		"another of the dry run":        "The Tide Table #210: Counting birds by lamplight: would go to Archive\n",
		"the change":                    ": 3 messages now in Archive\n",
		"what was meant, written down":  ": intent, 3 messages from INBOX\n",
		"what came of it, written down": ": outcome done, 3 messages\n",
		"the verified audit":            " lines is intact",
		"the undo":                      `imap_undo_operation {operation_id: "op_`,
		"that it was undone":            "3 messages back in INBOX, 1 of them unread: all is as before\n",
		"who a reply goes to":           "to Grace Okafor",
		"that a draft stays":            "saved in Drafts, not sent",
		"that nothing goes for good":    "! refused: removing for good is not allowed",
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
	checkWhereHiddenIsShown(t, text)
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

// checkWhereHiddenIsShown wants all that the phishing mail hides after the one
// call that asks for it, in lines marked as hostile and in the fence, and
// nothing of it anywhere else.
func checkWhereHiddenIsShown(t *testing.T, text string) {
	t.Helper()
	before, asked, _ := strings.Cut(text, "include_removed: true")
	asked, fenced, _ := strings.Cut(asked, "each is fenced for the model")
	_, after, _ := strings.Cut(fenced, " ends]")
	hostile, rest := "", before+after
	for line := range strings.SplitSeq(asked, "\n") {
		if words, ok := strings.CutPrefix(line, "  x | "); ok {
			hostile += words + " "
		} else {
			rest += line + "\n"
		}
	}
	if showsHidden(strings.Join(strings.Fields(strings.ReplaceAll(rest, " | ", " ")), " ")) {
		t.Error("text hidden in the phishing mail is in the transcript beside the place for it")
	}
	if !showsAllHidden([]string{hostile}) {
		t.Errorf("not all that the phishing mail hides was shown when it was asked for: %q", hostile)
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
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
	broken := errors.New("broken pipe")
	r, w := io.Pipe()
	_ = r.CloseWithError(broken)
	if err := Play(t.Context(), w, false); !errors.Is(err, broken) {
		t.Errorf("Play answered %v, want %v", err, broken)
	}
}
