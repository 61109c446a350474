package tools

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/guard"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/mailbox"
)

func logged() (*server, *bytes.Buffer) {
	var log bytes.Buffer
	return &server{Rooms: NewRooms(imapconn.NewAccounts(), nil, mailbox.Options{}), log: slog.New(slog.NewTextHandler(&log, nil)), now: time.Now}, &log
}

func TestPanic_IsAnInternalErrorWithoutWhatItSaid(t *testing.T) {
	t.Parallel()
	s, log := logged()
	broken := func(context.Context, string, mcp.Request) (mcp.Result, error) { panic("Dear Bob, my salary is") }
	handle := s.recoverPanic(broken)
	result, err := handle(t.Context(), methodCallTool, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := result.(*mcp.CallToolResult)
	var e contract.ErrorEnvelope
	if json.Unmarshal([]byte(r.Content[0].(*mcp.TextContent).Text), &e) != nil || !r.IsError || e.Error.Code != contract.Internal {
		t.Errorf("answer %+v", r)
	}
	_, err = handle(t.Context(), "resources/read", nil)
	var rpc *jsonrpc.Error
	if !errors.As(err, &rpc) || rpc.Code != jsonrpc.CodeInternalError {
		t.Errorf("error %v", err)
	}
	if !strings.Contains(log.String(), "stack=") || strings.Contains(log.String(), "salary") {
		t.Errorf("log %s", log)
	}
}

func TestUnexpectedError_StaysInTheLog(t *testing.T) {
	t.Parallel()
	s, log := logged()
	s.guard = guard.New(guard.Options{Logger: s.log})
	broken := Definition{Name: "x", read: func(context.Context, *server, json.RawMessage) request {
		return request{run: func(context.Context, *invocation) (answer, error) { return answer{}, errors.New("disk 7 is on fire") }}
	}}
	r, err := s.handler(broken)(t.Context(), &mcp.CallToolRequest{Params: &mcp.CallToolParamsRaw{}})
	if err != nil || !r.IsError {
		t.Fatal(r, err)
	}
	if said := r.Content[0].(*mcp.TextContent).Text; strings.Contains(said, "disk") || !strings.Contains(log.String(), "disk 7") {
		t.Errorf("said %s, logged %s", said, log)
	}
}

func TestWriteTool_CalledWhileDisabledIsASecurityEvent(t *testing.T) {
	t.Parallel()
	for _, d := range Definitions(Features{}) {
		if d.set == setRead {
			continue
		}
		s, log := logged()
		s.guard = guard.New(guard.Options{Logger: s.log})
		s.Accounts = imapconn.NewAccounts()
		r, err := s.handler(d)(t.Context(), &mcp.CallToolRequest{Params: &mcp.CallToolParamsRaw{Name: d.Name}})
		if err != nil || !r.IsError {
			t.Fatal(r, err)
		}
		if said := r.Content[0].(*mcp.TextContent).Text; !strings.Contains(said, `"permission_denied","message":"write tools are disabled; set MAIL_IMAP_WRITE_ENABLED=true"`) {
			t.Errorf("%s: %v", d.Name, said)
		}
		if !strings.Contains(log.String(), "security:") || !strings.Contains(log.String(), "write_while_disabled") {
			t.Errorf("%s: log %s", d.Name, log)
		}
	}
}

func TestOutcome_TellsHowMuchWasObtained(t *testing.T) {
	t.Parallel()
	issue := []contract.Issue{{Code: contract.Timeout, Stage: "fetch"}}
	for _, tc := range []struct {
		issues   []contract.Issue
		obtained bool
		want     contract.Status
	}{
		{nil, true, contract.StatusOK},
		{nil, false, contract.StatusOK},
		{issue, true, contract.StatusPartial},
		{issue, false, contract.StatusFailed},
	} {
		o := newOutcome(tc.issues, tc.obtained, contract.NextAction{})
		if o.Status != tc.want || o.Issues == nil {
			t.Errorf("%v, obtained %t: %+v", tc.issues, tc.obtained, o)
		}
	}
}

func TestFault_SendsTheModelToVerifyWhereThatHelps(t *testing.T) {
	t.Parallel()
	for code, tool := range map[contract.Code]string{
		contract.AuthFailed: nameVerifyAccount, contract.Timeout: nameVerifyAccount, contract.Unavailable: nameVerifyAccount,
		contract.Internal: "",
	} {
		_, o, err := failure("work", &contract.Fault{Code: code, Stage: "connect", Message: "m"})
		if err != nil || o.Status != contract.StatusFailed || o.NextAction.Tool != tool {
			t.Errorf("%s: %+v, %v", code, o, err)
		}
	}
	refused := contract.Errorf(contract.NotFound, "gone")
	if _, _, err := failure("work", refused); !errors.Is(err, refused) {
		t.Errorf("a refusal became an answer: %v", err)
	}
}

func TestResourceURI_UnescapedReservedCharactersAreFound(t *testing.T) {
	t.Parallel()
	s, _ := logged()
	var asked string
	handle := s.canonicalURI(func(_ context.Context, _ string, req mcp.Request) (mcp.Result, error) {
		asked = req.(*mcp.ReadResourceRequest).Params.URI
		return nil, nil
	})
	for given, want := range map[string]string{
		"imap://default/mailbox/A&B+c=d@e:f/message/7/42":   "imap://default/mailbox/A%26B%2Bc%3Dd%40e%3Af/message/7/42",
		"imap://Default/mailbox/a%2Fb%20c/message/7/42/raw": "imap://default/mailbox/a%2Fb%20c/message/7/42/raw",
		"imap://default/mailbox/%C3%84rger/message/7/42":    "imap://default/mailbox/%C3%84rger/message/7/42",
	} {
		if _, err := handle(t.Context(), "resources/read", &mcp.ReadResourceRequest{Params: &mcp.ReadResourceParams{URI: given}}); err != nil || asked != want {
			t.Errorf("%s: asked for %s, want %s (%v)", given, asked, want, err)
		}
	}
	_, err := handle(t.Context(), "resources/read", &mcp.ReadResourceRequest{Params: &mcp.ReadResourceParams{URI: "imap://default/mailbox/INBOX/message/7/0"}})
	var rpc *jsonrpc.Error
	if !errors.As(err, &rpc) || !strings.Contains(string(rpc.Data), "invalid_input") {
		t.Errorf("error %v", err)
	}
}
