package process_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"mail-imap-mcp/internal/mailtest"
)

var auditKey = "MAIL_IMAP_AUDIT_KEY=" + base64.StdEncoding.EncodeToString([]byte(strings.Repeat("a", 32)))

// line is what these tests look at of a line of the audit.
type line struct {
	Seq             int
	Event, Name     string
	Tool, Operation string
	Outcome, Code   string
	IDs             []string
	Counts          map[string]int
}

func lines(t *testing.T, file string) []line {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var list []line
	for _, text := range bytes.Split(bytes.TrimSpace(content), []byte("\n")) {
		var l line
		if err := json.Unmarshal(text, &l); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		list = append(list, l)
	}
	return list
}

// find gives the lines that are like this one in event, name and tool; empty
// fields are like any.
func find(list []line, event, name, tool string) []line {
	var found []line
	for _, l := range list {
		if l.Event == event && (name == "" || l.Name == name) && (tool == "" || l.Tool == tool) {
			found = append(found, l)
		}
	}
	return found
}

// verified runs the command that checks the chain.
func verified(t *testing.T, file string) {
	t.Helper()
	cmd := exec.Command(binary, "audit", "verify", file)
	cmd.Env = []string{auditKey}
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "intact") {
		t.Errorf("audit verify: %v\n%s", err, out)
	}
}

// canaries are words of the mail and of the calls that no record may have.
var canaries = []string{"canarysubject", "canarybody", "canarysender", "canaryquery", "canaryfile"}

func canaryMail() mailtest.Message {
	return mailtest.Message{Raw: []byte("From: Canarysender <canarysender@example.org>\r\nTo: bob@example.org\r\nSubject: canarysubject\r\n" +
		"Message-ID: <canarysubject@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" +
		"--b\r\nContent-Type: text/plain\r\n\r\ncanarybody\r\n--b\r\nContent-Type: text/csv; name=canaryfile.csv\r\n" +
		"Content-Disposition: attachment; filename=canaryfile.csv\r\n\r\ncanarybody,1\r\n--b--\r\n")}
}

func TestProcess_TheAuditTellsEveryCallAndNoContent(t *testing.T) {
	t.Parallel()
	for _, srv := range servers(t) {
		t.Run(srv.Name(), func(t *testing.T) {
			srv.Append(t, "INBOX", canaryMail())
			srv.Create(t, "Private")
			dir, state := t.TempDir(), t.TempDir()
			file := filepath.Join(dir, "audit.log")
			p := startWith(t, srv, []string{binary}, writing, auditKey, "MAIL_IMAP_AUDIT_FILE="+file, "MAIL_IMAP_STATE_DIR="+state,
				"MAIL_IMAP_DEFAULT_DENY_MAILBOXES=Private", "MAIL_IMAP_RATE_WRITES=off")
			found := p.call(t, "imap_search_messages", map[string]any{"mailbox": "INBOX", "from": "canarysender", "snippet_max_chars": 100})
			p.call(t, "imap_search_messages", map[string]any{"mailbox": "INBOX", "body": "canaryquery"})
			p.call(t, "imap_get_message", map[string]any{"message_id": ids(found)[0], "attachment_mode": "extract_text"})
			p.refused(t, "imap_search_messages", map[string]any{"mailbox": "Private"})
			moved := p.call(t, "imap_apply_to_messages", map[string]any{"message_ids": ids(found), "action": "archive"})
			p.call(t, "imap_undo_operation", map[string]any{"operation_id": moved["operation_id"]})
			p.call(t, "imap_save_draft", map[string]any{"to": []string{"canarysender@example.org"}, "subject": "canarysubject", "body": "canarybody"})
			if err := p.session.Close(); err != nil {
				t.Errorf("close: %v", err)
			}

			list := lines(t, file)
			if first, last := list[0], list[len(list)-1]; first.Event != "start" || last.Event != "stop" {
				t.Errorf("it begins with %+v and ends with %+v", first, last)
			}
			for i, l := range list {
				if l.Seq != i+1 {
					t.Errorf("line %d has the number %d", i+1, l.Seq)
				}
			}
			for _, tool := range []string{"imap_search_messages", "imap_get_message", "imap_apply_to_messages", "imap_undo_operation", "imap_save_draft"} {
				if len(find(list, "call", "", tool)) == 0 {
					t.Errorf("no line of the call of %s", tool)
				}
			}
			for _, tool := range []string{"imap_apply_to_messages", "imap_undo_operation", "imap_save_draft"} {
				intents, outcomes := find(list, "intent", "", tool), find(list, "outcome", "", tool)
				if len(intents) != 1 || len(outcomes) != 1 || intents[0].Seq > outcomes[0].Seq ||
					intents[0].Operation != outcomes[0].Operation || outcomes[0].Outcome != "done" || outcomes[0].Counts["done"] != 1 {
					t.Errorf("%s intended %+v and came to %+v", tool, intents, outcomes)
				}
			}
			if len(find(list, "security", "denied_mailbox", "")) != 1 || len(find(list, "refusal", "", "imap_search_messages")) != 1 {
				t.Errorf("the denied mailbox is told as %+v", list)
			}
			verified(t, file)

			said := p.stderr() + content(t, dir) + content(t, state)
			for _, canary := range append(canaries, srv.Account("x").Password.Reveal(), srv.Account("x").User) {
				if at := strings.Index(strings.ToLower(said), strings.ToLower(canary)); at >= 0 {
					t.Errorf("%q is written down: %s", canary, said[max(0, at-200):min(len(said), at+100)])
				}
			}
		})
	}
}

// content is all that the files of a folder hold, and their names.
func content(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) == 0 {
		t.Errorf("nothing was written to %s", dir)
	}
	var all strings.Builder
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all.WriteString(e.Name() + "\n" + string(text))
	}
	return all.String()
}

func TestProcess_TheAuditTellsWhatIsRefused(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemoryWith(t, mailtest.MemoryOptions{Dir: t.TempDir()})
	refusing := mailtest.NewFaulty(t, srv, mailtest.FaultAuth())
	file := filepath.Join(t.TempDir(), "audit.log")
	p := startWith(t, refusing, []string{binary}, auditKey, "MAIL_IMAP_AUDIT_FILE="+file)
	if said := p.refused(t, "imap_apply_to_messages", map[string]any{"message_ids": []string{"imap:default:INBOX:1:1"}, "action": "delete"}); !strings.Contains(said, "permission_denied") {
		t.Errorf("answered %s", said)
	}
	p.answer(t, "imap_list_mailboxes", nil)
	_ = p.session.Close()
	list := lines(t, file)
	for _, want := range []line{
		{Event: "security", Name: "write_while_disabled"},
		{Event: "refusal", Tool: "imap_apply_to_messages"},
		{Event: "security", Name: "sign_in_refused"},
		{Event: "sign_in_failed"},
	} {
		if len(find(list, want.Event, want.Name, want.Tool)) != 1 {
			t.Errorf("not once is told %+v in %+v", want, list)
		}
	}
	verified(t, file)
}

// A file may not grow beyond ulimit -f blocks of 512 bytes, as on a full disk;
// SIGXFSZ is ignored, so that the write fails and the process lives.
func TestProcess_WithoutRoomForTheAuditMailIsReadButNotChanged(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemoryWith(t, mailtest.MemoryOptions{Dir: t.TempDir()})
	uid := srv.Append(t, "INBOX", letters(1)...)[0]
	id := fmt.Sprintf("imap:default:INBOX:%d:%d", srv.UIDValidity(t, "INBOX"), uid)
	file := filepath.Join(t.TempDir(), "audit.log")
	p := startWith(t, srv, []string{"sh", "-c", `trap '' XFSZ; ulimit -f 8; exec "$0"`, binary},
		writing, auditKey, "MAIL_IMAP_AUDIT_FILE="+file, "MAIL_IMAP_RATE_READS=off", "MAIL_IMAP_RATE_WRITES=off")
	for range 40 { // each call is a line
		p.call(t, "imap_get_message", map[string]any{"message_id": id})
	}
	for tool, arguments := range map[string]map[string]any{
		"imap_apply_to_messages":    {"message_ids": []string{id}, "action": "delete"},
		"imap_update_message_flags": {"message_ids": []string{id}, "operation": "add", "flags": []string{`\Flagged`}},
		"imap_manage_mailbox":       {"action": "create", "mailbox": "New"},
		"imap_save_draft":           {"body": "text"},
	} {
		if said := p.refused(t, tool, arguments); !strings.Contains(said, `"unavailable"`) {
			t.Errorf("%s answered %s", tool, said)
		}
	}
	p.call(t, "imap_get_message", map[string]any{"message_id": id})
	if !strings.Contains(p.stderr(), "level=ERROR") || !strings.Contains(p.stderr(), "audit") {
		t.Errorf("the log is not loud:\n%s", p.stderr())
	}
	if left := srv.Messages(t, "INBOX"); len(left) != 1 || len(left[0].Flags) != 0 || len(srv.Messages(t, "Drafts")) != 0 {
		t.Errorf("mail was changed: %+v", left)
	}
}

func TestProcess_TwoProcessesShareAuditAndState(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewDovecot(t)
	list := scattered(t, srv, 6)
	file, state := filepath.Join(t.TempDir(), "audit.log"), t.TempDir()
	var processes []*process
	for range 2 {
		processes = append(processes, startWith(t, srv, []string{binary}, writing, auditKey, "MAIL_IMAP_AUDIT_FILE="+file, "MAIL_IMAP_STATE_DIR="+state))
	}
	var both sync.WaitGroup
	for i, p := range processes {
		both.Go(func() {
			for _, id := range list[3*i : 3*i+3] {
				r, err := p.session.CallTool(t.Context(), &mcp.CallToolParams{
					Name:      "imap_apply_to_messages",
					Arguments: map[string]any{"message_ids": []string{id}, "action": "move", "destination_mailbox": "Kept"},
				})
				if err != nil || r.IsError {
					t.Errorf("process %d: %v %+v", i+1, err, r)
				}
			}
		})
	}
	both.Wait()
	for _, p := range processes {
		_ = p.session.Close()
	}
	if n := len(srv.Messages(t, "Kept")); n != 6 {
		t.Errorf("%d of 6 messages moved", n)
	}
	if n := len(find(lines(t, file), "outcome", "", "")); n != 6 {
		t.Errorf("%d outcomes are told", n)
	}
	verified(t, file)
}
