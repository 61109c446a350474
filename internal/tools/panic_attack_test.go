package tools

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"mail-imap-mcp/internal/audit"
	"mail-imap-mcp/internal/guard"
	"mail-imap-mcp/internal/mailtest"
)

type lastLine struct{ e audit.Entry }

func (l *lastLine) Write(_ context.Context, e audit.Entry) error { l.e = e; return nil }

// A mail that makes a handler panic keeps the call out of no audit.
func TestAttack_ACallThatPanicsIsWrittenDown(t *testing.T) {
	t.Parallel()
	var line lastLine
	s := writing(t, mailtest.NewMemory(t))
	s.guard = guard.New(guard.Options{Accounts: s.Accounts.List(), Audit: &line, Logger: s.log})
	d := getMessage()
	d.read = func(context.Context, *server, json.RawMessage) request {
		return request{run: func(context.Context, *invocation) (answer, error) { panic("x") }}
	}
	func() {
		defer func() { _ = recover() }()
		_, _ = s.handler(d)(t.Context(), &mcp.CallToolRequest{Params: &mcp.CallToolParamsRaw{Name: d.Name}})
	}()
	if line.e.Event != "call" || line.e.Tool != nameGetMessage || line.e.Outcome != "failed" {
		t.Errorf("line: %+v", line.e)
	}
}
