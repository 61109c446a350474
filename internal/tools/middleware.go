package tools

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"slices"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"mail-imap-mcp/internal/contract"
)

const methodCallTool = "tools/call"

// recoverPanic keeps a panic in a handler from ending the process. Where it
// happened goes to the log; what the panic says does not, for it may quote
// mail.
func (s *server) recoverPanic(next mcp.MethodHandler) mcp.MethodHandler {
	return func(ctx context.Context, method string, req mcp.Request) (result mcp.Result, err error) {
		start := s.now()
		defer func() {
			r := recover()
			if r == nil {
				return
			}
			s.log.ErrorContext(ctx, "panic in a request handler", "method", method, "kind", fmt.Sprintf("%T", r), "stack", string(debug.Stack()))
			refused := contract.Errorf(contract.Internal, "something went wrong inside this server; its log has the details")
			if method == methodCallTool {
				result, err = errorResult(refused, contract.NewMeta(start, s.now())), nil
				return
			}
			result, err = nil, rpcError(refused)
		}()
		return next(ctx, method, req)
	}
}

// writeTools are the contract's tools that change mail. This version has none
// of them; a call is answered as when they are disabled.
var writeTools = []string{
	"imap_apply_to_messages", "imap_update_message_flags", "imap_manage_mailbox", "imap_save_draft",
	"imap_get_operation", "imap_cancel_operation", "imap_undo_operation",
}

// refuseUnlisted answers calls of tools that are not listed in the contract's
// form; the SDK would answer with a JSON-RPC error, which a model does not see.
func (s *server) refuseUnlisted(definitions []Definition) mcp.Middleware {
	listed := []string{}
	for _, d := range definitions {
		listed = append(listed, d.Tool.Name)
	}
	return func(next mcp.MethodHandler) mcp.MethodHandler {
		return func(ctx context.Context, method string, req mcp.Request) (mcp.Result, error) {
			call, ok := req.(*mcp.CallToolRequest)
			if !ok || call.Params == nil || slices.Contains(listed, call.Params.Name) {
				return next(ctx, method, req)
			}
			start := s.now()
			return errorResult(s.unlisted(ctx, call.Params.Name, listed), contract.NewMeta(start, s.now())), nil
		}
	}
}

func (s *server) unlisted(ctx context.Context, name string, listed []string) *contract.Error {
	if slices.Contains(writeTools, name) {
		s.log.WarnContext(ctx, "security: a write tool was called while writing is disabled", "tool", name)
		return contract.Errorf(contract.PermissionDenied, "write tools are disabled; set MAIL_IMAP_WRITE_ENABLED=true")
	}
	if len(name) > maxEchoed {
		name = name[:maxEchoed] + "…"
	}
	e := &contract.Error{
		Code:    contract.NotFound,
		Message: fmt.Sprintf("there is no tool %q", name),
		Details: map[string]any{"known": listed},
	}
	if near := nearest(name, listed); near != "" {
		e.Message += fmt.Sprintf("; did you mean %s?", near)
	}
	return e
}

// codeResourceNotFound is what protocol versions before 2026-07-28 ask for when
// a resource does not exist; newer clients take any error.
const codeResourceNotFound = -32002

// rpcError is a refusal where the protocol has JSON-RPC errors only: resources
// and completion. The contract's code is in its data.
func rpcError(e *contract.Error) error {
	code := int64(jsonrpc.CodeInvalidParams)
	switch e.Code {
	case contract.NotFound:
		code = codeResourceNotFound
	case contract.InvalidInput, contract.Conflict:
	default:
		code = jsonrpc.CodeInternalError
	}
	data, err := json.Marshal(map[string]any{"code": e.Code})
	if err != nil {
		data = nil
	}
	return &jsonrpc.Error{Code: code, Message: e.Message, Data: data}
}
