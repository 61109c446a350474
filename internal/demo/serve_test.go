package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// TestServe_ServesARealClientOverPipes talks to the served demo the way an
// editor does, over two pipes.
func TestServe_ServesARealClientOverPipes(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	t.Setenv("TMPDIR", t.TempDir()) // of its own: another demo may be running
	serverIn, clientOut := io.Pipe()
	clientIn, serverOut := io.Pipe()
	var messages bytes.Buffer
	var served error
	var serving sync.WaitGroup
	serving.Go(func() {
		served = Serve(ctx, serverIn, serverOut, &messages)
		_ = serverOut.Close()
	})
	client, err := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil).
		Connect(ctx, &mcp.IOTransport{Reader: clientIn, Writer: clientOut}, nil)
	if err != nil {
		cancel()
		serving.Wait()
		t.Fatalf("connect: %v; Serve said %v", err, served)
	}
	result, err := client.CallTool(ctx, &mcp.CallToolParams{
		Name: "imap_search_messages", Arguments: map[string]any{"mailbox": japan, "limit": 1},
	})
	if err != nil || result.IsError {
		t.Errorf("search: %v, %+v", err, result)
	}
	changeServedMail(ctx, t, client)
	if err := client.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	serving.Wait()
	if served != nil {
		t.Errorf("Serve: %v", served)
	}
	if n := temporary(t); n > 0 {
		t.Errorf("the served demo left %d temporary directories behind", n)
	}
	_, object, _ := strings.Cut(messages.String(), "{")
	object = "{" + object[:strings.LastIndex(object, "}")+1]
	var config struct {
		Servers map[string]struct {
			Command string   `json:"command"`
			Args    []string `json:"args"`
		} `json:"mcpServers"`
	}
	if err := json.Unmarshal([]byte(object), &config); err != nil {
		t.Fatalf("the client's configuration is no JSON: %v\n%s", err, messages.String())
	}
	demo := config.Servers["mail-demo"]
	if demo.Command == "" || strings.Join(demo.Args[max(0, len(demo.Args)-2):], " ") != "demo --serve" {
		t.Errorf("the client is told to start %q %q", demo.Command, demo.Args)
	}
}

// changeServedMail moves a mail, and is stopped before it moves many without
// the person being asked.
func changeServedMail(ctx context.Context, t *testing.T, client *mcp.ClientSession) {
	t.Helper()
	say := func(tool string, arguments map[string]any) (text string, refused bool) {
		t.Helper()
		result, err := client.CallTool(ctx, &mcp.CallToolParams{Name: tool, Arguments: arguments})
		if err != nil {
			t.Fatal(err)
		}
		return result.Content[0].(*mcp.TextContent).Text, result.IsError
	}
	found, _ := say("imap_search_messages", map[string]any{"mailbox": inbox, "limit": 30})
	ids := regexp.MustCompile(`(?m)^INBOX/\d+~[a-z]{4}`).FindAllString(found, -1)
	if len(ids) != 30 {
		t.Fatalf("%d messages are found: %s", len(ids), found)
	}
	if said, refused := say("imap_apply_to_messages", map[string]any{"message_ids": ids, "action": "archive"}); !refused || !strings.HasPrefix(said, "confirmation_required: ") {
		t.Errorf("archiving 30 messages unasked was answered with %s", said)
	}
	if said, refused := say("imap_apply_to_messages", map[string]any{"message_ids": ids[:1], "action": "archive"}); refused || !strings.Contains(said, "operation: op_") {
		t.Errorf("archiving one message was answered with %s", said)
	}
}
