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
	"reflect"
	"slices"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/download"
	"mail-imap-mcp/internal/guard"
	"mail-imap-mcp/internal/localfile"
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
	// Files is where files to attach to drafts are read; nil: nowhere, and no tool
	// offers it.
	Files *localfile.Dir
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
	// Text has answers laid out as one text for a model, without structured content
	// and output schemas; false: JSON, for programs.
	Text bool
	// Zone is the person's, in which a text shows dates; nil: the system's.
	Zone *time.Location
}

// server is what the handlers share.
type server struct {
	Rooms
	log *slog.Logger
	now func() time.Time

	downloads  *download.Dir
	files      *localfile.Dir
	guard      *guard.Guard
	operations *operation.Registry

	callTimeout time.Duration // 0: none

	text    bool // answers are texts for a model
	zone    *time.Location
	several bool // accounts, so that a short id names its own
}

// NewServer makes the MCP server with every tool and resource. It may be
// connected to any number of transports.
func NewServer(o Options) *mcp.Server {
	s := &server{
		Rooms: o.Rooms, log: o.Logger, now: o.Now, downloads: o.Downloads, files: o.Files, guard: o.Guard, operations: o.Operations,
		callTimeout: o.CallTimeout, text: o.Text, zone: o.Zone, several: len(o.Accounts.List()) > 1,
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
	definitions := Definitions(Features{Saving: o.Downloads != nil, Attaching: o.Files != nil, PermanentDelete: o.PermanentDelete})
	writes := slices.ContainsFunc(definitions, func(d Definition) bool {
		return d.class >= guard.Write && s.guard.Lists(d.asked(guard.CallerLocal, guard.Touch{}))
	})
	m := mcp.NewServer(&mcp.Implementation{Name: "mail-imap-mcp", Title: "Mail (IMAP)", Version: o.Version}, &mcp.ServerOptions{
		Instructions:      instructionsFor(writes, s.text),
		CompletionHandler: s.complete,
		// Set explicitly: without it the SDK advertises logging, which this
		// server does not do over the protocol; nor do its lists ever change.
		Capabilities: &mcp.ServerCapabilities{
			Tools:     &mcp.ToolCapabilities{},
			Resources: &mcp.ResourceCapabilities{},
		},
	})
	for _, d := range definitions {
		tool := d.Tool()
		if s.text {
			tool.OutputSchema = nil
		}
		m.AddTool(tool, s.handler(d))
	}
	s.addResources(m)
	m.AddReceivingMiddleware(s.within, s.recoverPanic, s.onlyListed(definitions), s.canonicalURI)
	return m
}

// Definition is one tool as it is listed, with an example of its arguments.
type Definition struct {
	Name    string
	Example string // JSON object

	tool   func() *mcp.Tool
	labels labels
	data   reflect.Type // of an answer
	class  guard.Class
	set    string
	read   func(context.Context, *server, json.RawMessage) request
}

// asked is a call of the tool, as the guard sees it.
func (d Definition) asked(caller string, touch guard.Touch) guard.Call {
	return guard.Call{Caller: caller, Tool: d.Name, Set: d.set, Class: d.class, Touch: touch}
}

// Tool is the tool as a client is told of it. Its schemas are made at each call,
// of Go's types, which takes a quarter of a millisecond.
func (d Definition) Tool() *mcp.Tool { return d.tool() }

// Features are what an owner can allow.
type Features struct {
	Saving          bool // attachments may be saved as files
	Attaching       bool // files may be attached to drafts
	PermanentDelete bool // messages may be removed for good
}

// Definitions are the tools of this version, in the order a person would meet
// them.
func Definitions(f Features) []Definition {
	return []Definition{
		listAccounts(), verifyAccount(), listMailboxes(),
		searchMessages(), getMessage(), getThread(), getAttachment(f.Saving), getMessageRaw(f.Saving),
		applyToMessages(), updateMessageFlags(f.PermanentDelete), manageMailbox(), saveDraft(f.Attaching),
		getOperation(), cancelOperation(), undoOperation(),
	}
}

// Names are the names of all tools there are, listed or not.
func Names() []string { return namesOf(Definitions(Features{})) }

// handler runs one tool: the arguments are read, the guard decides, the tool acts;
// envelope or tool error out. What is wrong with the arguments is said to those
// whom the guard lets in.
func (s *server) handler(d Definition) mcp.ToolHandler {
	return func(ctx context.Context, req *mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		start := s.now()
		ctx, cancel := s.limited(ctx)
		defer cancel()
		r := d.read(ctx, s, req.Params.Arguments)
		visit, err := s.guard.Enter(ctx, d.asked(guard.Caller(ctx), r.touch))
		if err != nil {
			return s.errorResult(s.refusal(ctx, d.Name, s.didYouMean(ctx, r.touch, err)), contract.NewMeta(start, s.now())), nil
		}
		left := guard.Left{Outcome: string(contract.StatusFailed), Code: contract.Internal} // of a panic
		defer func() { visit.Leave(ctx, left) }()
		var a answer
		if err = r.err; err == nil {
			a, err = r.run(ctx, &invocation{server: s, request: req, visit: visit, touch: r.touch})
		}
		var asked *needsInput
		switch {
		case errors.As(err, &asked):
			left = guard.Left{Outcome: "asked"}
			return asked.result, nil
		case err == nil:
			var result *mcp.CallToolResult
			if result, err = s.result(a, contract.NewMeta(start, s.now()), d.labels); err == nil {
				left = a.left()
				s.log.DebugContext(ctx, "tool call", "tool", d.Name, "duration", s.now().Sub(start))
				return result, nil
			}
		}
		refusal := s.refusal(ctx, d.Name, s.didYouMean(ctx, r.touch, err))
		left = guard.Left{Outcome: "refused", Code: refusal.Code}
		return s.errorResult(refusal, contract.NewMeta(start, s.now())), nil
	}
}

// refusal is the tool error for err. What is not already made for people stays
// in the log.
func (s *server) refusal(ctx context.Context, tool string, err error) *contract.Error {
	var refused *contract.Error
	var fault *contract.Fault
	switch {
	case errors.As(err, &refused):
	case errors.As(err, &fault): // before the tool could act
		refused = contract.Errorf(fault.Code, "the mail server could not be asked: %s", fault.Message)
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
