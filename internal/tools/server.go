// Package tools is what an MCP client sees: one file per tool, with its input,
// description, bounds, handler and answer together.
//
// The server decodes arguments itself instead of using the SDK's typed
// handlers, so that every refusal wears the contract's form, and renders each
// answer twice: as structuredContent for programs, and as JSON text in which
// what a sender wrote stands between fences.
package tools

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/download"
	"mail-imap-mcp/internal/guard"
	"mail-imap-mcp/internal/operation"
)

// Options are the rooms a server works in, and its parts that have defaults.
type Options struct {
	Rooms   // needed
	Version string
	Logger  *slog.Logger     // nil: slog.Default()
	Now     func() time.Time // nil: time.Now
	// Downloads is where attachments may be saved; nil: nowhere, and no tool
	// offers it.
	Downloads *download.Dir
	// Guard is what every call passes; nil: one that lets nothing be changed and
	// limits nothing.
	Guard *guard.Guard
	// Operations run what changes mail; needed where the guard lets it.
	Operations *operation.Registry
	// PermanentDelete lets messages be removed for good.
	PermanentDelete bool
	// CallTimeout is how long a call may take whatever the mail server does, the time
	// apart in which a person is asked; 0: as long as the client waits.
	CallTimeout time.Duration
}

// server is what the handlers share.
type server struct {
	Rooms
	log *slog.Logger
	now func() time.Time

	downloads  *download.Dir
	guard      *guard.Guard
	operations *operation.Registry
	deletes    bool // messages may be removed for good

	callTimeout time.Duration // 0: none
}

// NewServer makes the MCP server with every tool and resource. It may be
// connected to any number of transports.
func NewServer(o Options) *mcp.Server {
	s := &server{
		Rooms: o.Rooms, log: o.Logger, now: o.Now, downloads: o.Downloads, guard: o.Guard, operations: o.Operations, deletes: o.PermanentDelete,
		callTimeout: o.CallTimeout,
	}
	if s.guard == nil {
		s.guard = guard.New(guard.Options{Accounts: o.Accounts.List(), Logger: o.Logger, Now: o.Now})
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	if s.now == nil {
		s.now = time.Now
	}
	all := Definitions(Features{Saving: o.Downloads != nil, PermanentDelete: o.PermanentDelete})
	definitions := slices.DeleteFunc(slices.Clone(all), func(d Definition) bool {
		return !s.guard.Lists(d.Name, d.set, d.class)
	})
	m := mcp.NewServer(&mcp.Implementation{Name: "mail-imap-mcp", Title: "Mail (IMAP)", Version: o.Version}, &mcp.ServerOptions{
		Instructions:      instructionsFor(slices.ContainsFunc(definitions, func(d Definition) bool { return d.class >= guard.Write })),
		CompletionHandler: s.complete,
		// Set explicitly: without it the SDK advertises logging, which this
		// server does not do over the protocol; nor do its lists ever change.
		Capabilities: &mcp.ServerCapabilities{
			Tools:     &mcp.ToolCapabilities{},
			Resources: &mcp.ResourceCapabilities{},
		},
	})
	for _, d := range definitions {
		m.AddTool(d.Tool(), s.handler(d))
	}
	s.addResources(m)
	m.AddReceivingMiddleware(s.within, s.recoverPanic, s.refuseUnlisted(definitions, all), s.canonicalURI)
	return m
}

// Definition is one tool as it is listed, with an example of its arguments.
type Definition struct {
	Name    string
	Example string // JSON object

	tool   func() *mcp.Tool
	labels labels
	class  guard.Class
	set    string
	call   func(context.Context, *invocation, json.RawMessage) (answer, error)
}

// Tool is the tool as a client is told of it. Its schemas are made at each call,
// of Go's types, which takes a quarter of a millisecond.
func (d Definition) Tool() *mcp.Tool { return d.tool() }

// Features are what an owner can allow.
type Features struct {
	Saving          bool // attachments may be saved as files
	PermanentDelete bool // messages may be removed for good
}

// Definitions are the tools of this version, in the order a person would meet
// them.
func Definitions(f Features) []Definition {
	return []Definition{
		listAccounts(), verifyAccount(), listMailboxes(),
		searchMessages(), getMessage(), getThread(), getAttachment(f.Saving), getMessageRaw(),
		applyToMessages(), updateMessageFlags(f.PermanentDelete), manageMailbox(), saveDraft(),
		getOperation(), cancelOperation(), undoOperation(),
	}
}

// Names are the names of all tools there are, listed or not.
func Names() []string { return namesOf(Definitions(Features{})) }

// callerLocal is who calls over stdio: the one client that started us.
const callerLocal = "local"

// handler runs one tool, past the guard: arguments in, envelope or tool error
// out.
func (s *server) handler(d Definition) mcp.ToolHandler {
	return func(ctx context.Context, req *mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		start := s.now()
		ctx, cancel := s.limited(ctx)
		defer cancel()
		sc := s.scopeOf(req.Params.Arguments)
		visit, err := s.guard.Enter(ctx, guard.Call{
			Caller: callerLocal, Tool: d.Name, Class: d.class, Account: sc.account, Mailboxes: sc.mailboxes, IDs: sc.ids, DryRun: sc.dryRun,
		})
		if err != nil {
			return errorResult(s.refusal(ctx, d.Name, err), contract.NewMeta(start, s.now())), nil
		}
		left := guard.Left{Outcome: string(contract.StatusFailed), Code: contract.Internal} // of a panic
		defer func() { visit.Leave(ctx, left) }()
		a, err := d.call(ctx, &invocation{server: s, request: req, visit: visit, scope: sc}, req.Params.Arguments)
		var asked *needsInput
		switch {
		case errors.As(err, &asked):
			left = guard.Left{Outcome: "asked"}
			return asked.result, nil
		case err == nil:
			var result *mcp.CallToolResult
			if result, err = a.result(contract.NewMeta(start, s.now()), d.labels); err == nil {
				left = a.left()
				s.log.DebugContext(ctx, "tool call", "tool", d.Name, "duration", s.now().Sub(start))
				return result, nil
			}
		}
		refusal := s.refusal(ctx, d.Name, err)
		left = guard.Left{Outcome: "refused", Code: refusal.Code}
		return errorResult(refusal, contract.NewMeta(start, s.now())), nil
	}
}

// refusal is the tool error for err. What is not already made for people stays
// in the log.
func (s *server) refusal(ctx context.Context, tool string, err error) *contract.Error {
	var refused *contract.Error
	switch {
	case errors.As(err, &refused):
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		refused = contract.Errorf(contract.Timeout, "this took longer than one call may (MAIL_IMAP_CALL_TIMEOUT_MS); ask for less at a time")
	case ctx.Err() != nil:
		refused = contract.Errorf(contract.Unavailable, "the call was cancelled before it was answered")
	default:
		refused = contract.Errorf(contract.Internal, "something went wrong inside this server; its log has the details")
		s.log.ErrorContext(ctx, "tool failed", "tool", tool, "error", err)
	}
	s.log.DebugContext(ctx, "tool call refused", "tool", tool, "code", refused.Code)
	return refused
}
