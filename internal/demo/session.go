package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// session is a real MCP client talking to the real MCP server in this process.
type session struct {
	client *mcp.ClientSession
	served chan error
	text   string // of the last answer, what a model reads
}

// connect starts the server for mail and initialises a session with it.
func connect(ctx context.Context, mail *mailServer, writing bool) (*session, error) {
	a, err := mail.app(writing, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	near, far := mcp.NewInMemoryTransports()
	s := &session{served: make(chan error, 1)}
	// When the server ends early, the client must not wait for it.
	serving, stop := context.WithCancel(ctx)
	go func() {
		defer stop()
		s.served <- a.Serve(serving, far)
	}()
	s.client, err = mcp.NewClient(&mcp.Implementation{Name: "demo", Version: "1"}, nil).Connect(serving, near, nil)
	if err != nil {
		stop()
		return nil, errors.Join(fmt.Errorf("demo: initialize: %w", err), <-s.served)
	}
	return s, nil
}

// close hangs up and waits until the server has signed out.
func (s *session) close() error {
	err := s.client.Close()
	return errors.Join(err, <-s.served)
}

// cost is what one call took.
type cost struct {
	calls int
	took  time.Duration
	bytes int // of the answer's text, what a model reads
}

func (c cost) String() string {
	ms := float64(c.took) / float64(time.Millisecond)
	return fmt.Sprintf("%s, %.1f ms, %d bytes for the model", plural(c.calls, "call"), ms, c.bytes)
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// call calls one tool and decodes the data of its answer into data. Anything
// but a whole answer is an error: the demo is to fail where something is wrong.
// What the server itself refuses is a *refusal.
// What a person cannot see of a mail must be in no answer that was not asked for it.
func (s *session) call(ctx context.Context, tool string, arguments map[string]any, data any) (cost, error) {
	start := time.Now()
	result, err := s.client.CallTool(ctx, &mcp.CallToolParams{Name: tool, Arguments: arguments})
	spent := cost{calls: 1, took: time.Since(start)}
	if err != nil {
		return spent, fmt.Errorf("demo: %s: %w", tool, err)
	}
	text := ""
	for _, c := range result.Content {
		if t, ok := c.(*mcp.TextContent); ok {
			text += t.Text
		}
	}
	s.text, spent.bytes = text, len(text)
	if result.IsError {
		return spent, refused(tool, text)
	}
	raw, err := json.Marshal(result.StructuredContent)
	if err != nil {
		return spent, fmt.Errorf("demo: %s: %w", tool, err)
	}
	if err := checkHidden(arguments, text, string(raw)); err != nil {
		return spent, fmt.Errorf("demo: %s: %w", tool, err)
	}
	var envelope struct {
		Summary string          `json:"summary"`
		Data    json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(raw, &envelope); err != nil {
		return spent, fmt.Errorf("demo: %s answered no envelope: %w", tool, err)
	}
	var outcome struct {
		Status string `json:"status"`
	}
	if err := errors.Join(json.Unmarshal(envelope.Data, &outcome), json.Unmarshal(envelope.Data, data)); err != nil {
		return spent, fmt.Errorf("demo: %s answered other data than expected: %w", tool, err)
	}
	if outcome.Status != "ok" {
		return spent, fmt.Errorf("demo: %s answered %q: %s", tool, outcome.Status, envelope.Data)
	}
	return spent, nil
}

// refusal is an answer that is a tool error.
type refusal struct{ tool, code, message string }

// Error implements error.
func (r *refusal) Error() string {
	return fmt.Sprintf("demo: %s was refused: %s: %s", r.tool, r.code, r.message)
}

// refused reads the text of a tool error.
func refused(tool, text string) error {
	var answer struct {
		Error struct {
			Code    string `json:"code"`
			Message string `json:"message"`
		} `json:"error"`
	}
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		return fmt.Errorf("demo: %s failed without saying why: %w", tool, err)
	}
	return &refusal{tool, answer.Error.Code, answer.Error.Message}
}

// checkHidden tells when one of the documents of an answer has text that was
// hidden in a mail. When it was asked for, the one place for it does not count.
func checkHidden(arguments map[string]any, documents ...string) error {
	asked, _ := arguments["include_removed"].(bool)
	for _, document := range documents {
		if asked {
			var err error
			if document, err = withoutRemoved(document); err != nil {
				return err
			}
		}
		if showsHidden(document) {
			return errors.New("the answer let through text that was hidden in a mail")
		}
	}
	return nil
}

// withoutRemoved is an answer without data.message.safety.removed_text.
func withoutRemoved(document string) (string, error) {
	var answer map[string]any
	if err := json.Unmarshal([]byte(document), &answer); err != nil {
		return "", fmt.Errorf("an answer that is no JSON: %w", err)
	}
	at := answer
	for _, name := range []string{"data", "message", "safety"} {
		at, _ = at[name].(map[string]any)
	}
	delete(at, "removed_text")
	rest, err := json.Marshal(answer)
	return string(rest), err
}
