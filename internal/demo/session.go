package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"mail-imap-mcp/internal/config"
)

// session is a real MCP client talking to the real MCP server in this process.
//
// The tour lays out data, so it asks for JSON. What only reads is asked for as a
// text as well, to show what a model reads and what that costs.
type session struct {
	client, model *mcp.ClientSession // with answers as JSON, and as texts for a model
	served        chan error
	text          string // of the last answer, as JSON
	read          string // the same as a model reads it; "" of what changes something
}

// connect starts the server for mail, in both forms of answers, and initialises a
// session with each.
func connect(ctx context.Context, mail *mailServer, writing bool) (s *session, err error) {
	s = &session{served: make(chan error, 2)}
	if s.client, err = s.serve(ctx, mail, writing, config.AnswersJSON); err != nil {
		return nil, err
	}
	if s.model, err = s.serve(ctx, mail, false, config.AnswersText); err != nil {
		return nil, errors.Join(err, s.client.Close(), <-s.served)
	}
	return s, nil
}

// serve starts one server and a client of it.
func (s *session) serve(ctx context.Context, mail *mailServer, writing bool, answers string) (*mcp.ClientSession, error) {
	a, err := mail.app(writing, answers, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	near, far := mcp.NewInMemoryTransports()
	// When the server ends early, the client must not wait for it.
	serving, stop := context.WithCancel(ctx)
	go func() {
		defer stop()
		s.served <- a.Serve(serving, far)
	}()
	client, err := mcp.NewClient(&mcp.Implementation{Name: "demo", Version: "1"}, nil).Connect(serving, near, nil)
	if err != nil {
		stop()
		return nil, errors.Join(fmt.Errorf("demo: initialize: %w", err), <-s.served)
	}
	return client, nil
}

// close hangs up and waits until the servers have signed out.
func (s *session) close() error {
	return errors.Join(s.client.Close(), s.model.Close(), <-s.served, <-s.served)
}

// cost is what one call took.
type cost struct {
	calls int
	took  time.Duration
	bytes int // of the answer as JSON
	model int // of the answer as a model reads it; 0 where it was not asked for
}

func (c cost) String() string {
	ms := float64(c.took) / float64(time.Millisecond)
	line := fmt.Sprintf("%s, %.1f ms, ", plural(c.calls, "call"), ms)
	if c.model == 0 {
		return line + fmt.Sprintf("%d bytes as JSON", c.bytes)
	}
	return line + fmt.Sprintf("%d bytes for the model, %d as JSON", c.model, c.bytes)
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
	if !result.IsError && s.model != nil && readsOnly(tool) {
		if s.read, err = s.asText(ctx, tool, arguments); err != nil {
			return spent, err
		}
		spent.model = len(s.read)
	}
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

// readsOnly reports whether a tool may be asked twice.
func readsOnly(tool string) bool {
	return slices.Contains([]string{"imap_list_accounts", "imap_list_mailboxes", "imap_search_messages", "imap_get_message", "imap_get_thread", "imap_get_attachment"}, tool)
}

// asText asks for the same as a text, in which nothing hidden may be either.
func (s *session) asText(ctx context.Context, tool string, arguments map[string]any) (string, error) {
	result, err := s.model.CallTool(ctx, &mcp.CallToolParams{Name: tool, Arguments: arguments})
	if err != nil {
		return "", fmt.Errorf("demo: %s: %w", tool, err)
	}
	text, ok := result.Content[0].(*mcp.TextContent)
	if !ok || result.IsError {
		return "", fmt.Errorf("demo: %s answers otherwise as a text: %v", tool, result.Content)
	}
	shown := text.Text
	if asked, _ := arguments["include_removed"].(bool); asked {
		shown, _, _ = strings.Cut(shown, "\nHidden from a reader")
	}
	if showsHidden(shown) {
		return "", fmt.Errorf("demo: %s: the answer let through text that was hidden in a mail", tool)
	}
	return text.Text, nil
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
