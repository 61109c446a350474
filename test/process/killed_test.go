package process_test

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"mail-imap-mcp/internal/mailtest"
)

const writing = "MAIL_IMAP_WRITE_ENABLED=true"

// servers are the ones that every behaviour is tested on.
func servers(t *testing.T) []mailtest.Server {
	t.Helper()
	return []mailtest.Server{mailtest.NewMemoryWith(t, mailtest.MemoryOptions{Dir: t.TempDir()}), mailtest.NewDovecot(t)}
}

// answer calls a tool and returns its data whatever its status, or fails on a
// tool error.
func (p *process) answer(t *testing.T, tool string, arguments map[string]any) map[string]any {
	t.Helper()
	r, err := p.session.CallTool(t.Context(), &mcp.CallToolParams{Name: tool, Arguments: arguments})
	if err != nil {
		t.Fatalf("%s: %v\n%s", tool, err, p.stderr())
	}
	envelope, _ := r.StructuredContent.(map[string]any)
	data, ok := envelope["data"].(map[string]any)
	if !ok {
		t.Fatalf("%s answered %s", tool, contentOf(r))
	}
	return data
}

// refused calls a tool, which must answer with a tool error, and returns it.
func (p *process) refused(t *testing.T, tool string, arguments map[string]any) string {
	t.Helper()
	r, err := p.session.CallTool(t.Context(), &mcp.CallToolParams{Name: tool, Arguments: arguments})
	if err != nil {
		t.Fatalf("%s: %v\n%s", tool, err, p.stderr())
	}
	if !r.IsError {
		t.Fatalf("%s was not refused: %s", tool, contentOf(r))
	}
	return contentOf(r)
}

func contentOf(r *mcp.CallToolResult) string {
	var all strings.Builder
	for _, c := range r.Content {
		if text, ok := c.(*mcp.TextContent); ok {
			all.WriteString(text.Text)
		}
	}
	return all.String()
}

// statuses are what became of the messages of a write, by mailbox.
func statuses(t *testing.T, data map[string]any) map[string]string {
	t.Helper()
	result, _ := data["result"].(map[string]any)
	list, ok := result["messages"].([]any)
	if !ok {
		t.Fatalf("no messages in %v", data)
	}
	all := map[string]string{}
	for _, one := range list {
		m, _ := one.(map[string]any)
		id, _ := m["message_id"].(string)
		all[strings.Split(id, ":")[2]], _ = m["status"].(string)
	}
	return all
}

// scattered puts one message into each of n mailboxes and returns their ids.
// They differ in size: by that and the time of arrival a copy is known again.
func scattered(t *testing.T, srv mailtest.Server, n int) []string {
	t.Helper()
	srv.Create(t, "Kept")
	var list []string
	for i := range n {
		box := fmt.Sprintf("From%d", i)
		srv.Create(t, box)
		letter := mailtest.Message{Raw: fmt.Appendf(nil, "Message-ID: <%d@example.org>\r\nFrom: ada@example.org\r\nSubject: number %d\r\n\r\n%s\r\n", i, i, strings.Repeat("word ", i))}
		uid := srv.Append(t, box, letter)[0]
		list = append(list, fmt.Sprintf("imap:default:%s:%d:%d", box, srv.UIDValidity(t, box), uid))
	}
	return list
}

// holding answers the first MOVE, makes the second but keeps its answer back,
// and holds the others back from the server.
func holding(t *testing.T, srv mailtest.Server) *mailtest.Faulty {
	t.Helper()
	var nth atomic.Int32
	return mailtest.NewFaulty(t, srv, mailtest.FaultAt("UID MOVE", func(x *mailtest.Exchange) {
		switch nth.Add(1) {
		case 1:
		case 2:
			x.Rewrite(func([]byte) []byte { return nil })
		default:
			x.Swallow()
		}
	}))
}

func TestProcess_AKilledChangeIsToldAndTakenBackByTheNextProcess(t *testing.T) {
	t.Parallel()
	for _, srv := range servers(t) {
		t.Run(srv.Name(), func(t *testing.T) {
			t.Parallel()
			const n = 8
			list := scattered(t, srv, n)
			state := "MAIL_IMAP_STATE_DIR=" + t.TempDir()
			p := startWith(t, holding(t, srv), []string{binary}, writing, state)
			begun := p.answer(t, "imap_apply_to_messages", map[string]any{"message_ids": list, "action": "move", "destination_mailbox": "Kept"})
			id, _ := begun["operation_id"].(string)
			for deadline := time.Now().Add(20 * time.Second); len(srv.Messages(t, "Kept")) != 2; time.Sleep(10 * time.Millisecond) {
				if time.Now().After(deadline) {
					t.Fatal("never were two messages moved")
				}
			}
			if err := p.cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = p.session.Wait()

			p = startWith(t, srv, []string{binary}, writing, state)
			told := p.answer(t, "imap_get_operation", map[string]any{"operation_id": id})
			operation, _ := told["operation"].(map[string]any)
			if operation["state"] != "interrupted" || operation["done"] != true {
				t.Errorf("the operation is %v", operation)
			}
			for box, status := range statuses(t, told) {
				gone := len(srv.Messages(t, box)) == 0
				if gone != (status == "done") || status == "unknown" {
					t.Errorf("the message of %s is said to be %q, and is gone: %t", box, status, gone)
				}
			}
			undone := p.answer(t, "imap_undo_operation", map[string]any{"operation_id": id})
			if left := srv.Messages(t, "Kept"); len(left) != 0 {
				t.Errorf("%d messages were not put back: %v\nof %v", len(left), undone, told)
			}
			for i := range n {
				box := fmt.Sprintf("From%d", i)
				got := srv.Messages(t, box)
				if len(got) != 1 || !strings.Contains(string(got[0].Raw), fmt.Sprintf("number %d\r\n", i)) {
					t.Errorf("%s holds %d messages, or another's", box, len(got))
				}
			}
		})
	}
}

func TestProcess_WithoutAStateDirectoryNothingIsWrittenAndAKilledChangeIsForgotten(t *testing.T) {
	t.Parallel()
	for _, srv := range servers(t) {
		t.Run(srv.Name(), func(t *testing.T) {
			t.Parallel()
			list := scattered(t, srv, 3)
			p := start(t, holding(t, srv), writing) // no file may grow by a byte
			begun := p.answer(t, "imap_apply_to_messages", map[string]any{"message_ids": list, "action": "move", "destination_mailbox": "Kept"})
			if open := openFiles(p.cmd.Process.Pid); len(open) > 0 {
				t.Errorf("it has files open: %v", open)
			}
			if err := p.cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = p.session.Wait()
			empty(t, p.home)

			p = start(t, srv, writing)
			if said := p.refused(t, "imap_get_operation", map[string]any{"operation_id": begun["operation_id"]}); !strings.Contains(said, "not_found") {
				t.Errorf("answered %s", said)
			}
			flagged := p.call(t, "imap_search_messages", map[string]any{"mailbox": "Kept"})
			done := p.call(t, "imap_update_message_flags", map[string]any{"message_ids": ids(flagged), "operation": "add", "flags": []string{`\Flagged`}})
			p.call(t, "imap_undo_operation", map[string]any{"operation_id": done["operation_id"]})
			if err := p.session.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
			empty(t, p.home)
		})
	}
}

// empty fails if there is anything in a folder.
func empty(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if path != dir {
			t.Errorf("it left %s", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
