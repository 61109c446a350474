package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"mail-imap-mcp/internal/app"
	"mail-imap-mcp/internal/config"
)

// session is a real MCP client talking to the real MCP server in this process.
type session struct {
	client *mcp.ClientSession
	served chan error
}

// connect wires the server for cfg and initialises a session with it.
func connect(ctx context.Context, cfg *config.Config) (*session, error) {
	a, err := app.New(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
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
// The mail that a person cannot see must be in no answer.
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
	spent.bytes = len(text)
	if result.IsError {
		return spent, fmt.Errorf("demo: %s was refused: %s", tool, text)
	}
	raw, err := json.Marshal(result.StructuredContent)
	if err != nil {
		return spent, fmt.Errorf("demo: %s: %w", tool, err)
	}
	if showsHidden(text) || showsHidden(string(raw)) {
		return spent, fmt.Errorf("demo: %s let through text that was hidden in a mail", tool)
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
