// Package inspector_test runs the official MCP inspector in command-line mode
// against the real binary over stdio, with Dovecot behind it: a client that is
// none of ours. It needs Node and the npm registry, so it runs only when asked,
// by scripts/inspector.
package inspector_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"mail-imap-mcp/internal/mailtest"
)

// inspector is pinned, so that its next release breaks nobody's build.
const inspector = "@modelcontextprotocol/inspector@2.12.0"

const (
	// installTimeout is for the first call, which may download the inspector.
	installTimeout = 4 * time.Minute
	callTimeout    = time.Minute
)

// session is one configured server that the inspector starts for each call.
type session struct {
	config string
	secret string
}

// newSession builds the binary and writes the client configuration that a
// user would write, with more settings, readable by its owner only.
func newSession(t *testing.T, settings map[string]string) (*session, mailtest.Server) {
	t.Helper()
	if os.Getenv("MAIL_IMAP_INSPECTOR") == "" {
		t.Skip("runs by scripts/inspector only: it needs Node and the npm registry")
	}
	if _, err := exec.LookPath("npx"); err != nil {
		mailtest.RequireOrSkip(t, "Node is not installed: no npx")
	}
	server := mailtest.NewDovecot(t)
	dir := t.TempDir()
	binary := filepath.Join(dir, "mail-imap-mcp")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "mail-imap-mcp/cmd/mail-imap-mcp")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	a := server.Account("default")
	env := map[string]string{
		"MAIL_IMAP_ANSWERS": "json", "MAIL_IMAP_DEFAULT_HOST": a.Host,
		"MAIL_IMAP_DEFAULT_PORT": strconv.Itoa(a.Port),
		"MAIL_IMAP_DEFAULT_USER": a.User,
		"MAIL_IMAP_DEFAULT_PASS": a.Password.Reveal(),
		"MAIL_IMAP_CA_CERT_PATH": server.CAPath(),
		// Each call is a process of its own; cursors survive with a key.
		"MAIL_IMAP_CURSOR_KEY": base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32))),
	}
	maps.Copy(env, settings)
	config, err := json.Marshal(map[string]any{"mcpServers": map[string]any{"mail": map[string]any{
		"type": "stdio", "command": binary, "args": []string{}, "env": env,
	}}})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "client.json")
	if err := os.WriteFile(path, config, 0o600); err != nil {
		t.Fatal(err)
	}
	return &session{config: path, secret: a.Password.Reveal()}, server
}

// run runs the inspector once and returns what it printed as JSON.
func (s *session) run(t *testing.T, timeout time.Duration, args ...string) map[string]any {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, "npx", append([]string{
		"--yes", inspector, "--cli", "--config", s.config, "--server", "mail", "--format", "json", "--quiet",
	}, args...)...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.WaitDelay = 5 * time.Second
	err := cmd.Run()
	if strings.Contains(stdout.String()+stderr.String(), s.secret) {
		t.Error("the password is in the output")
	}
	if err != nil {
		t.Fatalf("inspector %s: %v\n%s%s", strings.Join(args, " "), err, &stdout, &stderr)
	}
	answer := map[string]any{}
	if err := json.Unmarshal(stdout.Bytes(), &answer); err != nil {
		t.Fatalf("the inspector's answer is no JSON: %v\n%s", err, &stdout)
	}
	if result, ok := answer["result"].(map[string]any); ok {
		return result
	}
	return answer
}

// call calls a tool and returns the data of its answer, which must be ok and
// the same in structured content and text.
func (s *session) call(t *testing.T, tool string, arguments map[string]any) map[string]any {
	t.Helper()
	if arguments == nil {
		arguments = map[string]any{}
	}
	input, err := json.Marshal(arguments)
	if err != nil {
		t.Fatal(err)
	}
	result := s.run(t, callTimeout, "--method", "tools/call", "--tool-name", tool, "--tool-args-json", string(input))
	structured, _ := result["structuredContent"].(map[string]any)
	data, _ := structured["data"].(map[string]any)
	if result["isError"] == true || data == nil || data["status"] != "ok" || structured["summary"] == "" || structured["meta"] == nil {
		t.Fatalf("%s %s answered %v", tool, input, result)
	}
	content, _ := result["content"].([]any)
	if len(content) == 0 {
		t.Fatalf("%s has no text content", tool)
	}
	first, _ := content[0].(map[string]any)
	text, _ := first["text"].(string)
	var envelope map[string]any
	if err := json.Unmarshal([]byte(text), &envelope); err != nil {
		t.Fatalf("the text content of %s is no JSON: %v", tool, err)
	}
	if envelope["summary"] != structured["summary"] {
		t.Errorf("%s says %q as text and %q as data", tool, envelope["summary"], structured["summary"])
	}
	return data
}

// objects is a list of objects in an answer.
func objects(t *testing.T, data map[string]any, field string) []map[string]any {
	t.Helper()
	list, ok := data[field].([]any)
	if !ok {
		t.Fatalf("%s is no list in %v", field, data)
	}
	out := make([]map[string]any, 0, len(list))
	for _, entry := range list {
		object, ok := entry.(map[string]any)
		if !ok {
			t.Fatalf("%s has %v, no object", field, entry)
		}
		out = append(out, object)
	}
	return out
}

// has reports whether one of the objects has the value in the field.
func has(list []map[string]any, field string, value any) bool {
	for _, object := range list {
		if object[field] == value {
			return true
		}
	}
	return false
}

var readTools = []string{
	"imap_list_accounts", "imap_verify_account", "imap_list_mailboxes",
	"imap_search_messages", "imap_get_message", "imap_get_message_raw",
	"imap_get_attachment", "imap_get_thread",
}

func TestInspector_ListsTheToolsAndReadsAMailbox(t *testing.T) {
	s, server := newSession(t, nil)
	const source = "From: Ann <ann@example.org>\r\nTo: you@example.org\r\nSubject: Invoice 42\r\n" +
		"Date: Fri, 01 May 2026 12:00:00 +0000\r\nMessage-ID: <42@example.org>\r\n\r\nThe total is 12 euros.\r\n"
	other := strings.ReplaceAll(source, "42", "43")
	server.Append(t, "INBOX", mailtest.Message{Raw: []byte(source)}, mailtest.Message{Raw: []byte(other)})

	listed := objects(t, s.run(t, installTimeout, "--method", "tools/list"), "tools")
	for _, tool := range readTools {
		if !has(listed, "name", tool) {
			t.Errorf("%s is not listed", tool)
		}
	}
	for _, tool := range writeTools {
		if has(listed, "name", tool) {
			t.Errorf("%s is listed though writing is off", tool)
		}
	}
	for _, tool := range listed {
		annotations, _ := tool["annotations"].(map[string]any)
		if annotations["readOnlyHint"] != true || tool["outputSchema"] == nil || tool["description"] == "" {
			t.Errorf("%v is not said to be read-only, or lacks schema or description", tool["name"])
		}
	}

	if accounts := objects(t, s.call(t, "imap_list_accounts", nil), "accounts"); !has(accounts, "account_id", "default") {
		t.Errorf("accounts are %v", accounts)
	}
	if verified := s.call(t, "imap_verify_account", nil); verified["signed_in"] != true {
		t.Errorf("verification is %v", verified)
	}
	if mailboxes := objects(t, s.call(t, "imap_list_mailboxes", nil), "mailboxes"); !has(mailboxes, "name", "INBOX") {
		t.Errorf("mailboxes are %v", mailboxes)
	}

	page := s.call(t, "imap_search_messages", map[string]any{"mailbox": "INBOX", "from": "ann", "limit": 1, "snippet_max_chars": 50})
	found := objects(t, page, "messages")
	if len(found) != 1 || found[0]["subject"] != "Invoice 43" || page["has_more"] != true {
		t.Fatalf("the first page is %v", page)
	}
	page = s.call(t, "imap_search_messages", map[string]any{"cursor": page["next_cursor"], "limit": 1})
	found = objects(t, page, "messages")
	if len(found) != 1 || found[0]["subject"] != "Invoice 42" || page["has_more"] != false {
		t.Fatalf("the second page, by a process of its own, is %v", page)
	}

	message, _ := s.call(t, "imap_get_message", map[string]any{"message_id": found[0]["message_id"]})["message"].(map[string]any)
	if body, _ := message["body_text"].(string); message["subject"] != "Invoice 42" || !strings.Contains(body, "12 euros") {
		t.Errorf("the message is %v", message)
	}
	raw := s.call(t, "imap_get_message_raw", map[string]any{"message_id": found[0]["message_id"]})
	encoded, _ := raw["raw_source_base64"].(string)
	if decoded, err := base64.StdEncoding.DecodeString(encoded); err != nil || string(decoded) != source {
		t.Errorf("the source is %q, %v", decoded, err)
	}

	for _, field := range []string{"message_uri", "message_raw_uri"} {
		uri, _ := found[0][field].(string)
		contents := objects(t, s.run(t, callTimeout, "--method", "resources/read", "--uri", uri), "contents")
		if len(contents) != 1 || contents[0]["uri"] != uri {
			t.Errorf("resource %s is %v", uri, contents)
		}
	}

	thread := s.call(t, "imap_get_thread", map[string]any{"message_id": found[0]["message_id"]})
	if list := objects(t, thread, "messages"); len(list) != 1 || list[0]["subject"] != "Invoice 42" {
		t.Errorf("the conversation is %v", thread)
	}

	const table = "item,price\nlamp,12.50\n"
	server.Append(t, "Archive", mailtest.Message{Raw: []byte("From: Ann <ann@example.org>\r\nSubject: Prices\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: text/csv; name=prices.csv\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.StdEncoding.EncodeToString([]byte(table)) + "\r\n")})
	found = objects(t, s.call(t, "imap_search_messages", map[string]any{"mailbox": "Archive"}), "messages")
	if len(found) != 1 {
		t.Fatalf("Archive holds %v", found)
	}
	read := s.call(t, "imap_get_attachment", map[string]any{"message_id": found[0]["message_id"], "part_id": "1"})
	attachment, _ := read["attachment"].(map[string]any)
	if text, _ := attachment["extracted_text"].(string); attachment["filename"] != "prices.csv" || !strings.Contains(text, "12.50") {
		t.Errorf("the attachment is %v", read)
	}
	piece := s.call(t, "imap_get_attachment", map[string]any{"message_id": found[0]["message_id"], "part_id": "1", "mode": "resource"})
	if piece["returned_bytes"] != float64(len(table)) {
		t.Errorf("its bytes are %v", piece)
	}
}
