package tools_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"mail-imap-mcp/internal/mailtest"
)

// The dialogue of each tool as it goes over the wire, for a reviewer to read:
// testdata/dialogue. -update writes the files anew.
func TestDialogue_EachToolSendsWhatItsFileShows(t *testing.T) {
	t.Parallel()
	srv, id := withLetter(t)
	wire := mailtest.Record(t, srv)
	session := connect(t, wire)
	for _, c := range everyCall(id) {
		wire.Reset()
		call(t, session, c.tool, c.arguments).data(t)
		sameDialogue(t, c.tool, canonical(wire.Transcript()))
	}
}

// What the tools that change mail send; a dry run beside it, which only looks.
func TestDialogue_EachWriteSendsWhatItsFileShows(t *testing.T) {
	t.Parallel()
	srv, id := withLetter(t)
	wire := mailtest.Record(t, srv)
	session := connectWriting(t, wire)
	call(t, session, "imap_list_mailboxes", `{}`).data(t) // signed in, so that the files show the change alone
	wire.Reset()
	calls := append([]struct{ tool, arguments string }{
		{"imap_apply_to_messages", `{"message_ids": [` + quote(id) + `], "action": "archive", "dry_run": true}`},
	}, everyWrite(id)...)
	callEach(t, session, calls, func(tool string, r reply) {
		name := tool
		if r.data(t)["dry_run"] == true && r.structured["summary"] != "" && tool == "imap_apply_to_messages" {
			name += "_dry_run"
		}
		sameDialogue(t, name, timeless(canonical(wire.Transcript())))
		wire.Reset()
	})
}

// sameDialogue compares with a file, or writes it.
func sameDialogue(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "dialogue", name+".txt")
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s says something else than %s:\n%s", name, path, got)
	}
}

var appended = regexp.MustCompile(`(?m)^(C: \S+ APPEND \S+ ).*$`)

// timeless leaves out the date and size of a draft, which are others in each run.
func timeless(dialogue string) string {
	return appended.ReplaceAllString(dialogue, "$1(flags) date {size}")
}

var (
	fetchRow = regexp.MustCompile(`^S: \* \d+ FETCH .*$`)
	uids     = regexp.MustCompile(`\bUID FETCH [\d:,]+`)
)

// canonical leaves out the mail itself and the UIDs: every command else is the
// same in each run.
func canonical(transcript string) string {
	var b strings.Builder
	for line := range strings.Lines(transcript) {
		line = strings.TrimRight(line, "\r\n")
		if fetchRow.MatchString(line) {
			line = "S: * {n} FETCH (what was asked for)"
		}
		line = uids.ReplaceAllString(line, "UID FETCH {uid}")
		if strings.TrimSpace(line) != "" && !strings.HasPrefix(line, " ") {
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}
