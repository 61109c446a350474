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
	"maps"
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

// Touch is what a call is about, known before anything acts: the accounts,
// mailboxes and messages it names, and those that a cursor or an operation it
// names stands for.
type Touch struct {
	Account string           // canonical, empty: none; the audit names it
	Places  []contract.Place // every mailbox that it names, and those of its messages
	IDs     []string         // the messages
	Writes  []string         // the accounts that it changes
	To      contract.Place   // where messages, or a mailbox, go to
	Removes bool             // messages, for good: nothing can take it back
	DryRun  bool             // it only looks at what a write would do, and counts as a read
}

// mailbox is the one the audit names: the first of the account's own.
func (t Touch) mailbox() string {
	for _, p := range t.Places {
		if strings.EqualFold(p.Account, t.Account) {
			return p.Mailbox
		}
	}
	return ""
}

// Call is one tool call, or one resource that is read, as the guard sees it.
type Call struct {
	Caller string // CallerLocal over stdio
	Tool   string // empty: one that is not there
	Set    string // of MAIL_IMAP_TOOLSETS
	Class  Class
	Touch
}

// CallerLocal is who calls over stdio: the one client that started us.
const CallerLocal = "local"

type callerKey struct{}

// WithCaller gives a request its caller, which is CallerLocal where nobody is named.
func WithCaller(ctx context.Context, caller string) context.Context {
	return context.WithValue(ctx, callerKey{}, caller)
}

// Caller is who makes the request.
func Caller(ctx context.Context) string {
	if caller, ok := ctx.Value(callerKey{}).(string); ok {
		return caller
	}
	return CallerLocal
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

// Lists reports whether a tool is offered to a caller: its set is on, it is on
// the list of allowed ones, and it may write. What is off is not listed, and
// costs a model nothing.
func (g *Guard) Lists(call Call) bool {
	if (call.Class.writes() || call.Set == operationsSet) && !g.writesAnywhere() {
		return false
	}
	w := g.writing
	if len(w.Toolsets) > 0 && !slices.Contains(w.Toolsets, call.Set) && !(call.Set == operationsSet && g.anyWriteSet()) {
		return false
	}
	return len(w.AllowTools) == 0 || slices.Contains(w.AllowTools, call.Tool)
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
		g.refused(ctx, call, err)
		return nil, err
	}
	return &Visit{guard: g, call: call, start: start}, nil
}

// admit decides. Which setting forbids all writing is said before which tool is
// switched off: it is what the owner has to know first.
func (g *Guard) admit(ctx context.Context, call Call) *contract.Error {
	listed := call.Tool == "" || g.Lists(call)
	if !listed && (call.Class.writes() || call.Set == operationsSet) {
		if err := g.mayWrite(ctx, call, call.Writes); err != nil {
			return err
		}
	}
	if !listed {
		return contract.Errorf(contract.PermissionDenied, "%s is switched off; the owner can allow it with MAIL_IMAP_TOOLSETS and MAIL_IMAP_ALLOW_TOOLS", call.Tool)
	}
	if err := g.mayTouch(ctx, call); err != nil {
		return err
	}
	return g.awaitTurn(ctx, call)
}

// mayTouch is the part of admit that a call's touch decides.
func (g *Guard) mayTouch(ctx context.Context, call Call) *contract.Error {
	if call.Class.writes() {
		if err := g.mayWrite(ctx, call, call.Writes); err != nil {
			return err
		}
	}
	if err := g.denied(ctx, call, call.Places); err != nil {
		return err
	}
	if call.Removes {
		return g.MayRemove(call.Account)
	}
	return nil
}

// ErrWritesDisabled is what every write answers while writing is disabled.
const ErrWritesDisabled = "write tools are disabled; set MAIL_IMAP_WRITE_ENABLED=true"

// account finds an account; its name ignores case.
func (g *Guard) account(id string) (config.Account, bool) {
	a, known := g.accounts[strings.ToLower(id)]
	return a, known
}

// mayWrite is the write gate: of the server, then of each account. A call that
// changes none that is known is refused where none may be changed.
func (g *Guard) mayWrite(ctx context.Context, call Call, accounts []string) *contract.Error {
	if !g.writeEnabled {
		g.event(ctx, EventWriteDisabled, call.Caller, call.Account)
		return contract.Errorf(contract.PermissionDenied, ErrWritesDisabled)
	}
	if len(accounts) == 0 && !g.writesAnywhere() {
		accounts = slices.Sorted(maps.Keys(g.accounts))
	}
	for _, id := range accounts {
		if a, known := g.account(id); known && !a.WriteEnabled {
			g.event(ctx, EventWriteDisabled, call.Caller, id)
			return contract.Errorf(contract.PermissionDenied, "account %q is read-only; the owner can allow changes with %sWRITE_ENABLED=true", a.ID, a.EnvPrefix())
		}
	}
	return nil
}

// MayRemove is the gate of what removes messages for good.
func (g *Guard) MayRemove(account string) *contract.Error {
	if !g.writing.AllowPermanentDelete {
		return contract.Errorf(contract.PermissionDenied, `removing for good is not allowed, nor \Deleted; the owner can allow it with MAIL_IMAP_ALLOW_PERMANENT_DELETE=true. imap_apply_to_messages with action delete moves to Trash`)
	}
	if a, known := g.account(account); known && a.NeverExpunge {
		return contract.Errorf(contract.PermissionDenied, `nothing is removed for good from account %q (%sNEVER_EXPUNGE), and \Deleted is not set; imap_apply_to_messages with action delete moves to Trash`, a.ID, a.EnvPrefix())
	}
	return nil
}

// Touches is for what a call turns out to touch only once it was let in: it is
// refused as if that had been known, and written down.
func (v *Visit) Touches(ctx context.Context, touch Touch) error {
	v.call.Touch = touch
	if err := v.guard.mayTouch(ctx, v.call); err != nil {
		return err
	}
	return nil
}

// MayChange is for what is known only once a change is planned: the places it
// changes, which mailbox is the archive, and where what is taken back lay.
func (v *Visit) MayChange(ctx context.Context, places []contract.Place) error {
	accounts := make([]string, len(places))
	for i, p := range places {
		accounts[i] = p.Account
	}
	err := v.guard.mayWrite(ctx, v.call, accounts)
	if err == nil {
		err = v.guard.denied(ctx, v.call, places)
	}
	if err != nil {
		return err
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
	g.writeCall(ctx, audit.Entry{
		Event: event, Outcome: left.Outcome, Code: string(left.Code), Duration: g.now().Sub(v.start), Counts: left.Counts,
	}, v.call)
}

// refused writes a refusal down.
func (g *Guard) refused(ctx context.Context, call Call, err *contract.Error) {
	g.writeCall(ctx, audit.Entry{Event: "refusal", Outcome: "refused", Code: string(err.Code)}, call)
}

// writeCall writes down how a call ended, with what it was about.
func (g *Guard) writeCall(ctx context.Context, e audit.Entry, call Call) {
	e.Caller, e.Tool, e.Account, e.Mailbox, e.IDs = call.Caller, call.Tool, call.Account, call.mailbox(), call.IDs
	if e.ToMailbox = call.To.Mailbox; !strings.EqualFold(call.To.Account, call.Account) {
		e.ToAccount = call.To.Account
	}
	g.write(ctx, e)
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
