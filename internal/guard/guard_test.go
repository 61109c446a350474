package guard_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"mail-imap-mcp/internal/audit"
	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/guard"
	"mail-imap-mcp/internal/secret"
)

// book is an audit in memory.
type book struct {
	mu      sync.Mutex
	entries []audit.Entry
	fail    error
}

func (b *book) Write(ctx context.Context, e audit.Entry) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if b.fail != nil {
		return b.fail
	}
	b.entries = append(b.entries, e)
	return nil
}

func (b *book) of(event string) []audit.Entry {
	b.mu.Lock()
	defer b.mu.Unlock()
	var list []audit.Entry
	for _, e := range b.entries {
		if e.Event == event {
			list = append(list, e)
		}
	}
	return list
}

// house is a guard with a clock that stands until it is moved.
type house struct {
	*guard.Guard
	book *book
	log  bytes.Buffer
	mu   sync.Mutex
	time time.Time
	key  secret.Value
}

func (h *house) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.time
}

func (h *house) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.time = h.time.Add(d)
}

// build makes a guard of two accounts, "home" that can be changed and "bank"
// that cannot; rates are off.
func build(t *testing.T, change func(*guard.Options)) *house {
	t.Helper()
	h := &house{book: &book{}, time: time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC), key: secret.New(strings.Repeat("k", 32))}
	h.open(t, change)
	return h
}

func (h *house) open(t *testing.T, change func(*guard.Options)) {
	t.Helper()
	sealer, err := contract.NewSealer(h.key, time.Minute, h.now)
	if err != nil {
		t.Fatal(err)
	}
	o := guard.Options{
		Accounts: []config.Account{
			{ID: "home", WriteEnabled: true, DenyMailboxes: []string{"Private"}},
			{ID: "bank"},
		},
		WriteEnabled: true,
		Writing:      config.Writing{Confirm: config.ConfirmAuto, BulkPerMinute: 500, BulkPerDay: 5000},
		Audit:        h.book, Sealer: sealer, Now: h.now, Logger: slog.New(slog.NewTextHandler(&h.log, nil)),
	}
	if change != nil {
		change(&o)
	}
	h.Guard = guard.New(o)
}

func in(account string, mailboxes ...string) (list []contract.Place) {
	for _, m := range mailboxes {
		list = append(list, contract.Place{Account: account, Mailbox: m})
	}
	return list
}

func write(caller string) guard.Call {
	return guard.Call{Caller: caller, Tool: "imap_apply_to_messages", Set: "organize", Class: guard.Destructive, Touch: guard.Touch{
		Account: "home", Places: in("home", "INBOX"), Writes: []string{"home"},
	}}
}

func read(caller string) guard.Call {
	return guard.Call{Caller: caller, Tool: "imap_get_message", Set: "read", Class: guard.Read, Touch: guard.Touch{Account: "home", Places: in("home", "INBOX")}}
}

func (h *house) enter(t *testing.T, call guard.Call) *guard.Visit {
	t.Helper()
	v, err := h.Enter(t.Context(), call)
	if err != nil {
		t.Fatalf("%s may not enter: %v", call.Tool, err)
	}
	return v
}

// refusal checks the code of an error and gives it.
func refusal(t *testing.T, err error, code contract.Code) contract.Error {
	t.Helper()
	var e *contract.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want %s", err, code)
	}
	if e.Code != code {
		t.Fatalf("got %s (%s), want %s", e.Code, e.Message, code)
	}
	return *e
}

func TestEnter_TheWriteGateIsOfTheServerAndOfTheAccount(t *testing.T) {
	bank := write("local")
	bank.Account, bank.Writes = "bank", []string{"bank"}
	for name, c := range map[string]struct {
		enabled bool
		call    guard.Call
		says    string
	}{
		"server off, read":   {false, read("local"), ""},
		"server off, write":  {false, write("local"), "write tools are disabled; set MAIL_IMAP_WRITE_ENABLED=true"},
		"server on, write":   {true, write("local"), ""},
		"account off, write": {true, bank, "MAIL_IMAP_BANK_WRITE_ENABLED=true"},
	} {
		t.Run(name, func(t *testing.T) {
			h := build(t, func(o *guard.Options) { o.WriteEnabled = c.enabled })
			_, err := h.Enter(t.Context(), c.call)
			if c.says == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if e := refusal(t, err, contract.PermissionDenied); !strings.Contains(e.Message, c.says) {
				t.Errorf("says %q", e.Message)
			}
			if h.Events()[guard.EventWriteDisabled] != 1 || len(h.book.of("refusal")) != 1 || len(h.book.of("security")) != 1 {
				t.Errorf("events %v, entries %+v", h.Events(), h.book.entries)
			}
		})
	}
	h := build(t, nil)
	also := write("local") // a copy to another account
	also.Writes = append(also.Writes, "bank")
	_, err := h.Enter(t.Context(), also)
	refusal(t, err, contract.PermissionDenied)
	v := h.enter(t, write("local"))
	refusal(t, v.MayChange(t.Context(), in("bank", "INBOX")), contract.PermissionDenied)
	refusal(t, v.MayChange(t.Context(), in("home", "INBOX", "Private")), contract.NotFound)
	if err := v.MayChange(t.Context(), in("home", "INBOX", "")); err != nil {
		t.Error(err)
	}
}

func TestEnter_ADeniedMailboxDoesNotExist(t *testing.T) {
	for name, change := range map[string]func(*guard.Call){
		"named":                     func(c *guard.Call) { c.Places = in("home", "INBOX", "private") },
		"below":                     func(c *guard.Call) { c.Places = in("home", "Private/Letters") },
		"of another account's mail": func(c *guard.Call) { c.Account = "bank"; c.Places = in("home", "Private") },
	} {
		t.Run(name, func(t *testing.T) {
			h := build(t, nil)
			call := read("local")
			change(&call)
			_, err := h.Enter(t.Context(), call)
			if e := refusal(t, err, contract.NotFound); !strings.Contains(e.Message, "does not exist") || strings.Contains(e.Message, "deni") {
				t.Errorf("says %q", e.Message)
			}
			if h.Events()[guard.EventDeniedMailbox] != 1 {
				t.Errorf("events %v", h.Events())
			}
		})
	}
	h := build(t, nil)
	other := read("local")
	other.Account, other.Places = "bank", in("bank", "Private")
	h.enter(t, other) // each account has its own
}

func TestLists_WhatIsOffIsNotListed(t *testing.T) {
	tools := []struct {
		name, set string
		class     guard.Class
	}{
		{"imap_get_message", "read", guard.Read},
		{"imap_list_accounts", "read", guard.Local},
		{"imap_apply_to_messages", "organize", guard.Destructive},
		{"imap_save_draft", "drafts", guard.Write},
		{"imap_manage_mailbox", "mailboxes", guard.Destructive},
		{"imap_get_operation", "operations", guard.Local},
		{"imap_undo_operation", "operations", guard.Write},
	}
	for name, c := range map[string]struct {
		change func(*guard.Options)
		want   string // a letter for each tool
	}{
		"all":                        {nil, "xxxxxxx"},
		"writing disabled":           {func(o *guard.Options) { o.WriteEnabled = false }, "xx....."},
		"no account to write":        {func(o *guard.Options) { o.Accounts = o.Accounts[1:] }, "xx....."},
		"reading":                    {sets("read"), "xx....."},
		"drafts, with operations":    {sets("drafts"), "...x.xx"},
		"read and organize":          {sets("read", "organize"), "xxx..xx"},
		"mailboxes":                  {sets("mailboxes"), "....xxx"},
		"single tools":               {func(o *guard.Options) { o.Writing.AllowTools = []string{"imap_get_message", "imap_save_draft"} }, "x..x..."},
		"single tools of a set":      {func(o *guard.Options) { sets("read")(o); o.Writing.AllowTools = []string{"imap_save_draft"} }, "......."},
		"allowed but writing is off": {func(o *guard.Options) { o.WriteEnabled = false; o.Writing.AllowTools = []string{"imap_save_draft"} }, "......."},
	} {
		t.Run(name, func(t *testing.T) {
			h := build(t, c.change)
			got := ""
			for _, tool := range tools {
				if h.Lists(guard.Call{Caller: "local", Tool: tool.name, Set: tool.set, Class: tool.class}) {
					got += "x"
				} else {
					got += "."
				}
			}
			if got != c.want {
				t.Errorf("listed %s, want %s", got, c.want)
			}
		})
	}
}

func sets(names ...string) func(*guard.Options) {
	return func(o *guard.Options) { o.Writing.Toolsets = names }
}

func TestCheckAllowTools_NamesTheNearestTool(t *testing.T) {
	known := []string{"imap_get_message", "imap_save_draft"}
	if err := guard.CheckAllowTools([]string{"imap_save_draft"}, known); err != nil {
		t.Error(err)
	}
	for bad, says := range map[string]string{"imap_get_mesage": "did you mean imap_get_message?", "x": "the tools are imap_get_message"} {
		if err := guard.CheckAllowTools([]string{"imap_save_draft", bad}, known); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func TestGuard_NothingWrittenDownIsMoreThanIDs(t *testing.T) {
	h := build(t, func(o *guard.Options) { o.Writing.RateReads = config.Rate{PerSecond: 0.01, Burst: 3} })
	const canary = "CANARY"
	ctx := t.Context()
	v := h.enter(t, write("local"))
	digest := []byte(canary)
	_, err := v.Confirm(ctx, guard.Ask{Digest: digest, Messages: 30})
	token := refusal(t, err, contract.ConfirmationRequired).Details["confirm_token"].(string)
	_, err = v.Confirm(ctx, guard.Ask{Digest: digest, Messages: 30, Token: canary})
	refusal(t, err, contract.InvalidInput)
	_, err = v.Confirm(ctx, guard.Ask{Digest: digest, Messages: 30, Answer: &guard.Answer{State: canary, Action: canary}})
	refusal(t, err, contract.InvalidInput)
	if _, err := v.Confirm(ctx, guard.Ask{Digest: digest, Messages: 30, Token: token}); err != nil {
		t.Fatal(err)
	}
	in := guard.Intent{Operation: "op", Account: "home", Messages: 501, Destructive: true}
	refusal(t, v.Commit(ctx, in), contract.RateLimited)
	in.Messages = 30
	if err := v.Commit(ctx, in); err != nil {
		t.Fatal(err)
	}
	v.Outcome(ctx, in, guard.Result{State: "done", Done: 30})
	v.Leave(ctx, guard.Left{Outcome: "ok"})
	for range 20 {
		_, _ = h.Enter(ctx, read("local"))
	}
	h.SignInRefused("home")
	h.SignInPaused("home")
	for range 5 {
		h.TimedOut("home")
	}
	text := fmt.Sprintf("%+v\n%s", h.book.entries, h.log.String())
	for _, secret := range []string{canary, token, h.key.Reveal()} {
		if strings.Contains(text, secret) {
			t.Errorf("%q was written down", secret)
		}
	}
	if len(h.book.entries) < 20 || !strings.Contains(text, "intent") {
		t.Errorf("too little was written down: %s", text)
	}
}
