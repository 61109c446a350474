package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// scripted is a stage before a server whose tools answer in this order,
// whatever they are asked. An answer is the text and data of a result.
func scripted(t *testing.T, names []string, answers ...string) *stage {
	t.Helper()
	server := mcp.NewServer(&mcp.Implementation{Name: "scripted", Version: "1"}, nil)
	next := make(chan string, len(answers))
	for _, a := range answers {
		next <- a
	}
	for _, name := range names {
		server.AddTool(&mcp.Tool{Name: name, InputSchema: json.RawMessage(`{"type":"object"}`)}, func(context.Context, *mcp.CallToolRequest) (*mcp.CallToolResult, error) {
			select {
			case a := <-next:
				failed := strings.HasPrefix(a, `{"error"`)
				return &mcp.CallToolResult{IsError: failed, Content: []mcp.Content{&mcp.TextContent{Text: a}}, StructuredContent: json.RawMessage(a)}, nil
			default:
				return nil, errors.New("asked once too often")
			}
		})
	}
	near, far := mcp.NewInMemoryTransports()
	serving, err := server.Connect(t.Context(), far, nil)
	if err != nil {
		t.Fatal(err)
	}
	client, err := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil).Connect(t.Context(), near, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = client.Close(), serving.Wait() })
	return &stage{screen: newScreen(io.Discard, false), session: &session{client: client}}
}

func TestChange_WaitsForWhatTakesLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := scripted(t, []string{"slow", "imap_get_operation"},
			`{"summary":"","data":{"status":"ok","operation_id":"op_1","operation":{"done":false}}}`,
			`{"summary":"","data":{"status":"ok","operation_id":"op_1","operation":{"done":true},"result":{"counts":{"done":3}}}}`)
		var answer changeAnswer
		if err := s.change(t.Context(), "slow", nil, &answer); err != nil || answer.Result.Counts.Done != 3 {
			t.Errorf("change answered %v, %+v", err, answer)
		}
	})
}

func TestAskInVain_WantsTheRightRefusal(t *testing.T) {
	t.Parallel()
	const done = `{"summary":"","data":{"status":"ok"}}`
	const denied = `{"error":{"code":"permission_denied","message":"no"}}`
	const unknown = `{"error":{"code":"not_found","message":"no"}}`
	for name, c := range map[string]struct {
		answer string
		right  bool
	}{
		"refused as wanted":      {denied, true},
		"refused for another":    {unknown, false},
		"done instead of denied": {done, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := scripted(t, []string{"write"}, c.answer)
			if err := s.askInVain(t.Context(), "write", nil, "permission_denied"); (err == nil) != c.right {
				t.Errorf("askInVain answered %v", err)
			}
		})
	}
}

func TestVerified_TellsWhenTheAuditWasChanged(t *testing.T) {
	t.Parallel()
	err := withMailServer(func(mail *mailServer) error {
		session, err := connect(t.Context(), mail, true)
		if err != nil {
			return err
		}
		s := &stage{screen: newScreen(io.Discard, false), mail: mail, session: session}
		var list mailboxesAnswer
		if err := errors.Join(s.ask(t.Context(), "imap_list_mailboxes", nil, &list), session.close()); err != nil {
			return err
		}
		if err := s.verified(t.Context()); err != nil {
			t.Errorf("an audit as it was written: %v", err)
		}
		lines, err := os.ReadFile(mail.auditFile())
		if err != nil {
			return err
		}
		forged := strings.Replace(string(lines), "imap_list_mailboxes", "imap_save_draft", 1)
		if forged == string(lines) {
			return fmt.Errorf("the call is not in the audit: %s", lines)
		}
		if err := os.WriteFile(mail.auditFile(), []byte(forged), 0o600); err != nil {
			return err
		}
		if s.verified(t.Context()) == nil {
			t.Error("a changed audit passes as intact")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// cancelAt cancels when it is written what it waits for.
type cancelAt struct {
	text   string
	cancel context.CancelFunc
}

func (c *cancelAt) Write(p []byte) (int, error) {
	if strings.Contains(string(p), c.text) {
		c.cancel()
	}
	return len(p), nil
}

func TestPlay_EndsWithItsContextWhenMailMayBeChanged(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	// A scene is written out at its end, here with the second server running.
	err := Play(ctx, &cancelAt{"refused: write tools are disabled", cancel}, false)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Play answered %v, want the cancellation", err)
	}
}

func TestLeave_DoesNotWaitForWhatIsOver(t *testing.T) {
	t.Parallel()
	err := withMailServer(func(mail *mailServer) error {
		s := &stage{screen: newScreen(io.Discard, false), mail: mail}
		over, cancel := context.WithCancel(t.Context())
		cancel()
		if err := s.enter(over, true); err == nil {
			t.Error("a server was started after the end")
		}
		if err := s.leave(); err != nil {
			t.Errorf("leaving where nothing was entered: %v", err)
		}
		if err := s.enter(t.Context(), true); err != nil {
			return err
		}
		return errors.Join(s.leave(), s.leave())
	})
	if err != nil {
		t.Error(err)
	}
}
