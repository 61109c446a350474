package tools

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	layout "mail-imap-mcp/internal/answer"
	"mail-imap-mcp/internal/argument"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/guard"
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
				result, err = s.errorResult(refused, contract.NewMeta(start, s.now())), nil
				return
			}
			result, err = nil, rpcError(refused)
		}()
		return next(ctx, method, req)
	}
}

// onlyListed shows a caller the tools that are theirs, and answers calls of tools
// that are not there in the contract's form; the SDK would answer with a JSON-RPC
// error, which a model does not see.
func (s *server) onlyListed(all []Definition) mcp.Middleware {
	return func(next mcp.MethodHandler) mcp.MethodHandler {
		return func(ctx context.Context, method string, req mcp.Request) (mcp.Result, error) {
			start := s.now()
			if call, ok := req.(*mcp.CallToolRequest); ok && call.Params != nil && !slices.Contains(namesOf(all), call.Params.Name) {
				return s.errorResult(s.noTool(ctx, call.Params.Name, s.listed(ctx, all)), contract.NewMeta(start, s.now())), nil
			}
			result, err := next(ctx, method, req)
			if list, ok := result.(*mcp.ListToolsResult); ok && list != nil {
				names := s.listed(ctx, all)
				list.Tools = slices.DeleteFunc(list.Tools, func(t *mcp.Tool) bool { return !slices.Contains(names, t.Name) })
			}
			return result, err
		}
	}
}

// listed are the names of the tools that are the caller's.
func (s *server) listed(ctx context.Context, all []Definition) []string {
	names := []string{}
	for _, d := range all {
		if s.guard.Lists(d.asked(guard.Caller(ctx), guard.Touch{})) {
			names = append(names, d.Name)
		}
	}
	return names
}

func namesOf(definitions []Definition) []string {
	names := []string{}
	for _, d := range definitions {
		names = append(names, d.Name)
	}
	return names
}

// noTool refuses a tool that is not there. Its name is the caller's own words,
// which are not written down.
func (s *server) noTool(ctx context.Context, name string, listed []string) *contract.Error {
	visit, err := s.guard.Enter(ctx, guard.Call{Caller: guard.Caller(ctx), Class: guard.Local})
	if err != nil {
		return s.refusal(ctx, "", err)
	}
	visit.Leave(ctx, guard.Left{Outcome: "refused", Code: contract.NotFound})
	e := &contract.Error{
		Code:    contract.NotFound,
		Message: fmt.Sprintf("there is no tool %q", argument.Echo(name)),
		Details: map[string]any{"known": listed},
	}
	if near := argument.Nearest(name[:min(len(name), argument.MaxEchoed)], listed); near != "" {
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
	return &jsonrpc.Error{Code: code, Message: layout.Own(e.Message), Data: data}
}

// limited is a request's time: what talks to the mail server ends a little before
// the limit, so that what it has obtained can still be told.
func (s *server) limited(ctx context.Context) (context.Context, context.CancelFunc) {
	if s.callTimeout <= 0 {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, s.callTimeout-min(s.callTimeout/20, 2*time.Second))
}

// within has every request answered within its time but calls of tools, whose
// handler sees to it in each round: a person who is asked between them may think.
func (s *server) within(next mcp.MethodHandler) mcp.MethodHandler {
	return func(ctx context.Context, method string, req mcp.Request) (mcp.Result, error) {
		if method != methodCallTool {
			var cancel context.CancelFunc
			ctx, cancel = s.limited(ctx)
			defer cancel()
		}
		return next(ctx, method, req)
	}
}
