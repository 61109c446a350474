package clients_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mail-imap-mcp/internal/mailtest"
)

// inspectorPackage is pinned, so that its next release breaks nobody's build.
const inspectorPackage = "@modelcontextprotocol/inspector@2.12.0"

const (
	// installTimeout is for the first call, which may download the inspector.
	installTimeout = 4 * time.Minute
	callTimeout    = time.Minute
)

// inspector is the MCP inspector with the client configuration that a user would
// write. It starts the server for each call.
type inspector struct{ config, secret string }

func newInspector(t *testing.T, s *server) client {
	t.Helper()
	if _, err := exec.LookPath("npx"); err != nil {
		mailtest.RequireOrSkip(t, "Node is not installed: no npx")
	}
	config, err := json.Marshal(map[string]any{"mcpServers": map[string]any{"mail": map[string]any{
		"type": "stdio", "command": s.binary, "args": []string{}, "env": s.env,
	}}})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "client.json")
	if err := os.WriteFile(path, config, 0o600); err != nil {
		t.Fatal(err)
	}
	return &inspector{path, s.secret}
}

func (s *inspector) tools(t *testing.T) []map[string]any {
	return objects(t, s.run(t, installTimeout, "--method", "tools/list"), "tools")
}

func (s *inspector) call(t *testing.T, tool string, arguments map[string]any) map[string]any {
	t.Helper()
	input, err := json.Marshal(arguments)
	if err != nil {
		t.Fatal(err)
	}
	return s.run(t, callTimeout, "--method", "tools/call", "--tool-name", tool, "--tool-args-json", string(input))
}

// run runs the inspector once and returns what it printed as JSON.
func (s *inspector) run(t *testing.T, timeout time.Duration, args ...string) map[string]any {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, "npx", append([]string{
		"--yes", inspectorPackage, "--cli", "--config", s.config, "--server", "mail", "--format", "json", "--quiet",
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

// Pages go on in another process, and messages are resources.
func TestInspector_ReadsPagesAndResources(t *testing.T) {
	t.Parallel()
	configured, srv := newServer(t, map[string]string{"MAIL_IMAP_ANSWERS": "json"})
	srv.Append(t, "INBOX", mailtest.Message{Raw: []byte(invoice)}, mailtest.Message{Raw: []byte(strings.ReplaceAll(invoice, "42", "43"))})
	s := newInspector(t, configured).(*inspector)
	for _, tool := range s.tools(t) {
		annotations, _ := tool["annotations"].(map[string]any)
		if annotations["readOnlyHint"] != true || tool["description"] == "" {
			t.Errorf("%v is not said to be read-only, or lacks its description, while writing is off", tool["name"])
		}
	}
	page := s.data(t, map[string]any{"mailbox": "INBOX", "from": "ann", "limit": 1})
	if found := objects(t, page, "messages"); len(found) != 1 || found[0]["subject"] != "Invoice 43" || page["has_more"] != true {
		t.Fatalf("the first page is %v", page)
	}
	page = s.data(t, map[string]any{"cursor": page["next_cursor"], "limit": 1})
	found := objects(t, page, "messages")
	if len(found) != 1 || found[0]["subject"] != "Invoice 42" || page["has_more"] != false {
		t.Fatalf("the second page is %v", page)
	}
	for _, field := range []string{"message_uri", "message_raw_uri"} {
		uri, _ := found[0][field].(string)
		contents := objects(t, s.run(t, callTimeout, "--method", "resources/read", "--uri", uri), "contents")
		if len(contents) != 1 || contents[0]["uri"] != uri {
			t.Fatalf("resource %s is %v", uri, contents)
		}
		blob, _ := contents[0]["blob"].(string)
		if source, err := base64.StdEncoding.DecodeString(blob); field == "message_raw_uri" && (err != nil || string(source) != invoice) {
			t.Errorf("the source is %q, %v", source, err)
		}
	}
}

// data is what a search finds.
func (s *inspector) data(t *testing.T, arguments map[string]any) map[string]any {
	t.Helper()
	structured, _ := s.call(t, "imap_search_messages", arguments)["structuredContent"].(map[string]any)
	data, _ := structured["data"].(map[string]any)
	return data
}
