// Package guard is the one chain that every tool call passes: who calls, what
// is touched, whether that is allowed, how often, and whether a person agreed;
// and what of it is written down.
//
// It knows neither mail nor MCP. The tools say what a call is about; the guard
// says yes or why not.
package guard

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"time"

	"mail-imap-mcp/internal/audit"
	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/contract"
)

// Class is what a call does.
type Class int

// The classes.
const (
	Local Class = iota // talks to nobody
	Read
	Write
	Destructive // a write that can remove
)

// writes reports whether a class changes mail.
func (c Class) writes() bool { return c >= Write }

// Call is one tool call, or one resource that is read, as the guard sees it.
type Call struct {
	Caller    string // "local" over stdio
	Tool      string
	Class     Class
	Account   string   // canonical; empty: none
	Mailboxes []string // every one that the call names
	IDs       []string // the messages it names
	DryRun    bool     // it only looks at what a write would do, and counts as a read
}

// Options are what a Guard needs.
type Options struct {
	Accounts     []config.Account
	WriteEnabled bool
	Writing      config.Writing
	Audit        Recorder         // nil: nothing is written down
	Sealer       *contract.Sealer // of confirm tokens and request states
	Now          func() time.Time // nil: time.Now
	Logger       *slog.Logger     // nil: slog.Default()
}

// Recorder is where the audit goes (*audit.Log).
type Recorder interface {
	Write(ctx context.Context, e audit.Entry) error
}

// Guard decides about every call. It is safe for concurrent use.
type Guard struct {
	accounts     map[string]config.Account
	writeEnabled bool
	writing      config.Writing
	audit        Recorder
	sealer       *contract.Sealer
	now          func() time.Time
	log          *slog.Logger
	started      time.Time

	rates  rates
	bulk   bulk
	used   spent
	events events
}

// New makes a Guard.
func New(o Options) *Guard {
	g := &Guard{
		accounts: map[string]config.Account{}, writeEnabled: o.WriteEnabled, writing: o.Writing,
		audit: o.Audit, sealer: o.Sealer, now: o.Now, log: o.Logger,
	}
	if g.now == nil {
		g.now = time.Now
	}
	if g.log == nil {
		g.log = slog.Default()
	}
	g.started = g.now()
	for _, a := range o.Accounts {
		g.accounts[strings.ToLower(a.ID)] = a
	}
	return g
}

// Lists reports whether a tool is offered: its set is on, it is on the list of
// allowed ones, and it may write. What is off is not listed, and costs a model
// nothing.
func (g *Guard) Lists(tool, set string, class Class) bool {
	if (class.writes() || set == operationsSet) && !g.writesAnywhere() {
		return false
	}
	w := g.writing
	if len(w.Toolsets) > 0 && !slices.Contains(w.Toolsets, set) && !(set == operationsSet && g.anyWriteSet()) {
		return false
	}
	return len(w.AllowTools) == 0 || slices.Contains(w.AllowTools, tool)
}

// operationsSet are the tools about operations, which come with any set that
// writes.
const operationsSet = "operations"

func (g *Guard) anyWriteSet() bool {
	return slices.ContainsFunc(g.writing.Toolsets, func(set string) bool { return set != "read" })
}

// writesAnywhere reports whether any account may be changed.
func (g *Guard) writesAnywhere() bool {
	if !g.writeEnabled {
		return false
	}
	for _, a := range g.accounts {
		if a.WriteEnabled {
			return true
		}
	}
	return len(g.accounts) == 0
}

// Visit is a call that was let in.
type Visit struct {
	guard *Guard
	call  Call
	start time.Time
}

// Caller is who called.
func (v *Visit) Caller() string { return v.call.Caller }

// Enter lets a call in or says why not (*contract.Error): permission_denied,
// not_found for a mailbox that is denied, rate_limited. Where calls come faster
// than the rate allows it waits for the call's turn.
func (g *Guard) Enter(ctx context.Context, call Call) (*Visit, error) {
	start := g.now()
	if err := g.admit(ctx, call); err != nil {
		g.refused(ctx, call, err, 0)
		return nil, err
	}
	return &Visit{guard: g, call: call, start: start}, nil
}

func (g *Guard) admit(ctx context.Context, call Call) *contract.Error {
	if call.Class.writes() {
		if err := g.mayWrite(ctx, call); err != nil {
			return err
		}
	}
	if mailbox, denied := g.denied(call); denied {
		g.event(ctx, EventDeniedMailbox, call.Caller, call.Account)
		// The words of a mailbox that is not there (imapconn).
		return errNoMailbox(mailbox)
	}
	return g.awaitTurn(ctx, call)
}

// ErrWritesDisabled is what every write answers while writing is disabled.
const ErrWritesDisabled = "write tools are disabled; set MAIL_IMAP_WRITE_ENABLED=true"

// SwitchedOff is the answer to a call of a tool that is there but not listed.
func (g *Guard) SwitchedOff(ctx context.Context, call Call, set string) *contract.Error {
	var err *contract.Error
	if call.Class.writes() || set == operationsSet {
		err = g.mayWrite(ctx, call)
	}
	if err == nil {
		err = contract.Errorf(contract.PermissionDenied, "%s is switched off; the owner can allow it with MAIL_IMAP_TOOLSETS and MAIL_IMAP_ALLOW_TOOLS", call.Tool)
	}
	g.refused(ctx, call, err, 0)
	return err
}

// account finds an account; its name ignores case.
func (g *Guard) account(id string) (config.Account, bool) {
	a, known := g.accounts[strings.ToLower(id)]
	return a, known
}

// mayWrite is the write gate: of the server, then of the account.
func (g *Guard) mayWrite(ctx context.Context, call Call) *contract.Error {
	if !g.writeEnabled {
		g.event(ctx, EventWriteDisabled, call.Caller, call.Account)
		return contract.Errorf(contract.PermissionDenied, ErrWritesDisabled)
	}
	if a, known := g.account(call.Account); known && !a.WriteEnabled {
		g.event(ctx, EventWriteDisabled, call.Caller, call.Account)
		return contract.Errorf(contract.PermissionDenied, "account %q is read-only; the owner can allow changes with %sWRITE_ENABLED=true", a.ID, a.EnvPrefix())
	}
	return nil
}

// MayWriteTo is the write gate of another account that a call writes to, and of
// the mailboxes of it that the call names.
func (v *Visit) MayWriteTo(ctx context.Context, account string, mailboxes ...string) error {
	call := v.call
	call.Account, call.Mailboxes, call.IDs = account, mailboxes, nil
	if err := v.guard.mayWrite(ctx, call); err != nil {
		return err
	}
	if mailbox, denied := v.guard.denied(call); denied {
		v.guard.event(ctx, EventDeniedMailbox, call.Caller, account)
		return errNoMailbox(mailbox)
	}
	return nil
}

// Left says how a call ended.
type Left struct {
	Outcome string // ok, partial, failed, refused, asked
	Code    contract.Code
	Counts  map[string]int
}

// Leave writes the call down. A call that only reads goes on when that fails.
func (v *Visit) Leave(ctx context.Context, left Left) {
	g := v.guard
	event := "call"
	if left.Outcome == "refused" {
		event = "refusal"
	}
	g.massRead(ctx, v.call, left.Counts)
	g.write(ctx, audit.Entry{
		Event: event, Caller: v.call.Caller, Tool: v.call.Tool, Account: v.call.Account, Mailbox: first(v.call.Mailboxes), IDs: v.call.IDs,
		Outcome: left.Outcome, Code: string(left.Code), Duration: g.now().Sub(v.start), Counts: left.Counts,
	})
}

// refused writes a refusal down.
func (g *Guard) refused(ctx context.Context, call Call, err *contract.Error, took time.Duration) {
	g.write(ctx, audit.Entry{
		Event: "refusal", Caller: call.Caller, Tool: call.Tool, Account: call.Account, Mailbox: first(call.Mailboxes), IDs: call.IDs,
		Outcome: "refused", Code: string(err.Code), Duration: took,
	})
}

// write writes a line that nothing waits for; a failure is loud in the log.
func (g *Guard) write(ctx context.Context, e audit.Entry) {
	if g.audit == nil {
		return
	}
	if err := g.audit.Write(context.WithoutCancel(ctx), e); err != nil {
		g.log.ErrorContext(ctx, "the audit cannot be written; nothing is changed any more until it can, reading goes on", "event", e.Event, "error", err)
	}
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}
