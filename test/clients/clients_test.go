// Package clients_test has clients that are none of ours call the real binary over
// stdio, with Dovecot behind it: the official MCP inspector in command-line mode, and
// the official SDKs for Python and TypeScript. They come from npm and PyPI, so it
// runs only when asked, by scripts/clients.
package clients_test

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"mail-imap-mcp/internal/mailtest"
)

// client is a client of one server.
type client interface {
	tools(t *testing.T) []map[string]any
	call(t *testing.T, tool string, arguments map[string]any) map[string]any // the result, as it came
}

// server is the command of a configured server.
type server struct {
	binary, secret string
	env            map[string]string
}

// newServer builds the binary and configures it as a user would, with settings beside.
func newServer(t *testing.T, settings map[string]string) (*server, mailtest.Server) {
	t.Helper()
	if os.Getenv("MAIL_IMAP_CLIENTS") == "" {
		t.Skip("runs by scripts/clients only: it needs Node, Python and their registries")
	}
	srv := mailtest.NewDovecot(t)
	binary := filepath.Join(t.TempDir(), "mail-imap-mcp")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "mail-imap-mcp/cmd/mail-imap-mcp")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	a := srv.Account("default")
	env := map[string]string{
		"MAIL_IMAP_DEFAULT_HOST": a.Host,
		"MAIL_IMAP_DEFAULT_PORT": strconv.Itoa(a.Port),
		"MAIL_IMAP_DEFAULT_USER": a.User,
		"MAIL_IMAP_DEFAULT_PASS": a.Password.Reveal(),
		"MAIL_IMAP_CA_CERT_PATH": srv.CAPath(),
		// Where each call is a process of its own, cursors survive with a key.
		"MAIL_IMAP_CURSOR_KEY": base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32))),
	}
	maps.Copy(env, settings)
	return &server{binary, a.Password.Reveal(), env}, srv
}

var readTools = []string{
	"imap_list_accounts", "imap_verify_account", "imap_list_mailboxes",
	"imap_search_messages", "imap_get_message", "imap_get_message_raw",
	"imap_get_attachment", "imap_get_thread",
}

var writeTools = []string{
	"imap_apply_to_messages", "imap_update_message_flags", "imap_manage_mailbox", "imap_save_draft",
	"imap_get_operation", "imap_cancel_operation", "imap_undo_operation",
}

const invoice = "From: Ann <ann@example.org>\r\nTo: you@example.org\r\nSubject: Invoice 42\r\n" +
	"Date: Fri, 01 May 2026 12:00:00 +0000\r\nMessage-ID: <42@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" +
	"--b\r\nContent-Type: text/plain\r\n\r\nThe total is 12 euros.\r\n" +
	"--b\r\nContent-Type: text/csv; name=prices.csv\r\nContent-Disposition: attachment\r\n\r\nitem,price\r\nlamp,12.50\r\n--b--\r\n"

// Every tool does its work for every client, in both forms of answers.
func TestClients_EachCallsEveryTool(t *testing.T) {
	for _, form := range []string{"text", "json"} {
		for name, connect := range map[string]func(*testing.T, *server) client{"inspector": newInspector, "Python SDK": newPython, "TypeScript SDK": newTypeScript} {
			t.Run(name+" "+form, func(t *testing.T) {
				t.Parallel()
				s, srv := newServer(t, map[string]string{
					"MAIL_IMAP_ANSWERS": form, "MAIL_IMAP_WRITE_ENABLED": "true", "MAIL_IMAP_STATE_DIR": t.TempDir(), "MAIL_IMAP_DOWNLOAD_DIR": t.TempDir(),
				})
				srv.Append(t, "INBOX", mailtest.Message{Raw: []byte(invoice)})
				walk{t, connect(t, s), srv, form == "json", map[string]bool{}}.everyTool()
			})
		}
	}
}

// walk is one client's way through the tools.
type walk struct {
	*testing.T
	client client
	srv    mailtest.Server
	json   bool
	called map[string]bool
}

var (
	aMessage    = regexp.MustCompile(`imap:default:INBOX:\d+:\d+|INBOX/\d+~[a-z]{4}`)
	anOperation = regexp.MustCompile(`op_\w+`)
)

func (w walk) everyTool() {
	listed := w.client.tools(w.T)
	for _, name := range slices.Concat(readTools, writeTools) {
		i := slices.IndexFunc(listed, func(tool map[string]any) bool { return tool["name"] == name })
		if i < 0 {
			w.Fatalf("%s is not listed", name)
		}
		if (listed[i]["outputSchema"] != nil) != w.json {
			w.Errorf("the output schema of %s is %v", name, listed[i]["outputSchema"])
		}
	}
	w.says("default", "imap_list_accounts", nil)
	w.says("works", "imap_verify_account", nil)
	w.says("INBOX", "imap_list_mailboxes", nil)
	found := w.says("Invoice 42", "imap_search_messages", map[string]any{"mailbox": "INBOX", "from": "ann", "snippet_max_chars": 50})
	id := aMessage.FindString(found)
	if id == "" {
		w.Fatalf("a search names no message: %s", found)
	}
	w.says("12 euros", "imap_get_message", map[string]any{"message_id": id})
	w.says("12 euros", "imap_get_thread", map[string]any{"message_id": id})
	w.says("RnJvbTog", "imap_get_message_raw", map[string]any{"message_id": id})
	w.says("12.50", "imap_get_attachment", map[string]any{"message_id": id, "part_id": "2"})
	w.says("prices.csv", "imap_get_attachment", map[string]any{"message_id": id, "part_id": "2", "mode": "resource"})

	list := []any{id}
	w.says("1", "imap_apply_to_messages", map[string]any{"message_ids": list, "action": "delete", "dry_run": true})
	w.says("Bills", "imap_manage_mailbox", map[string]any{"action": "create", "mailbox": "Bills", "dry_run": true})
	w.says("ann@example.org", "imap_save_draft", map[string]any{"reply_to_message_id": id, "body": "Paid.", "dry_run": true})
	if left := w.srv.Messages(w.T, "INBOX"); len(left) != 1 || len(w.srv.Messages(w.T, "Drafts")) != 0 || slices.Contains(w.srv.Mailboxes(w.T), "Bills") {
		w.Fatalf("a dry run changed something: INBOX has %+v", left)
	}

	w.says("Bills", "imap_manage_mailbox", map[string]any{"action": "create", "mailbox": "Bills"})
	w.says("ann@example.org", "imap_save_draft", map[string]any{"reply_to_message_id": id, "body": "Paid."})
	if drafts := w.srv.Messages(w.T, "Drafts"); len(drafts) != 1 || !strings.Contains(string(drafts[0].Raw), "In-Reply-To: <42@example.org>") {
		w.Errorf("Drafts holds %+v", drafts)
	}
	w.says("1", "imap_update_message_flags", map[string]any{"message_ids": list, "operation": "add", "flags": []string{"starred"}})
	moved := w.says("op_", "imap_apply_to_messages", map[string]any{"message_ids": list, "action": "move", "destination_mailbox": "Bills"})
	if bills := w.srv.Messages(w.T, "Bills"); len(bills) != 1 || !slices.Contains(bills[0].Flags, `\Flagged`) {
		w.Errorf("Bills holds %+v", bills)
	}
	operation := map[string]any{"operation_id": anOperation.FindString(moved)}
	w.says("done", "imap_get_operation", operation)
	w.says("done", "imap_cancel_operation", operation)
	w.says("1", "imap_undo_operation", operation)
	if len(w.srv.Messages(w.T, "INBOX")) != 1 || len(w.srv.Messages(w.T, "Bills")) != 0 {
		w.Error("the move was not taken back")
	}
	if _, asks := w.client.(*sdk); asks { // it agrees
		w.says("Bills", "imap_manage_mailbox", map[string]any{"action": "delete", "mailbox": "Bills"})
		// Errors that no handler makes are results as clients want them.
		refused := w.client.call(w.T, "imap_nothing", map[string]any{})
		if text, _ := json.Marshal(refused["content"]); refused["isError"] != true || !strings.Contains(string(text), "there is no tool") {
			w.Errorf("a tool that is not there answers %v", refused)
		}
	}
	for _, name := range slices.Concat(readTools, writeTools) {
		if !w.called[name] {
			w.Errorf("nothing was called of %s", name)
		}
	}
}

// says calls a tool, checks that the result has the form of its kind of answers and
// the words in it, and returns its text.
func (w walk) says(words, tool string, arguments map[string]any) string {
	w.Helper()
	w.called[tool] = true
	if arguments == nil {
		arguments = map[string]any{}
	}
	result := w.client.call(w.T, tool, arguments)
	content, _ := result["content"].([]any)
	if result["isError"] == true || len(content) == 0 {
		w.Fatalf("%s %v answered %v", tool, arguments, result)
	}
	first, _ := content[0].(map[string]any)
	text, _ := first["text"].(string)
	structured, _ := result["structuredContent"].(map[string]any)
	if w.json {
		w.envelope(tool, text, structured)
	} else if result["structuredContent"] != nil || strings.HasPrefix(text, "{") {
		w.Errorf("%s answers in text mode with %v", tool, result)
	}
	if !strings.Contains(text, words) {
		w.Fatalf("%s %v does not say %q: %s", tool, arguments, words, text)
	}
	return text
}

// envelope checks that an answer is ok and the same in both channels.
func (w walk) envelope(tool, text string, structured map[string]any) {
	w.Helper()
	var envelope map[string]any
	if err := json.Unmarshal([]byte(text), &envelope); err != nil {
		w.Fatalf("the text content of %s is no JSON: %v", tool, err)
	}
	data, _ := structured["data"].(map[string]any)
	if data["status"] != "ok" || structured["summary"] == "" || structured["meta"] == nil || envelope["summary"] != structured["summary"] {
		w.Errorf("%s says %v as text and %v as data", tool, envelope, structured)
	}
}
