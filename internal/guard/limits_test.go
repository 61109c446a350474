package guard_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/guard"
)

// retry is how long a refused caller is told to wait.
func retry(t *testing.T, err error) time.Duration {
	t.Helper()
	e := refusal(t, err, contract.RateLimited)
	ms, ok := e.Details["retry_after_ms"].(int64)
	if !ok || ms < 1 {
		t.Fatalf("retry_after_ms is %v", e.Details["retry_after_ms"])
	}
	return time.Duration(ms) * time.Millisecond
}

func commit(h *house, t *testing.T, caller, operation string, n int) error {
	t.Helper()
	return h.enter(t, write(caller)).Commit(t.Context(), guard.Intent{Operation: operation, Account: "home", Messages: n, Destructive: true})
}

func TestBulk_TheCeilingIsExact(t *testing.T) {
	for _, c := range []struct {
		taken, more int
		fits        bool
	}{{0, 499, true}, {0, 500, true}, {0, 501, false}, {499, 1, true}, {499, 2, false}, {500, 1, false}, {250, 250, true}, {250, 251, false}} {
		h := build(t, nil)
		if err := commit(h, t, "local", "a", c.taken); err != nil {
			t.Fatal(err)
		}
		err := commit(h, t, "local", "b", c.more)
		if (err == nil) != c.fits {
			t.Errorf("%d after %d: %v", c.more, c.taken, err)
		}
		if err == nil {
			continue
		}
		if left := refusal(t, err, contract.RateLimited).Details["messages_left"]; left != 500-c.taken {
			t.Errorf("%d after %d: %v are left", c.more, c.taken, left)
		}
		if err := commit(h, t, "local", "c", 500-c.taken); err != nil {
			t.Errorf("the refused request was counted: %v", err)
		}
	}
}

func TestBulk_AMinuteSlides(t *testing.T) {
	h := build(t, nil)
	for _, n := range []int{300, 200} {
		if err := commit(h, t, "local", fmt.Sprint(n), n); err != nil {
			t.Fatal(err)
		}
		h.pass(10*time.Second + 250*time.Microsecond)
	}
	const over = 40*time.Second - 500*time.Microsecond
	if wait := retry(t, commit(h, t, "local", "c", 300)); wait != 40*time.Second {
		t.Errorf("the first minute is over in %v, but it says %v", over, wait)
	}
	h.pass(over - 1)
	retry(t, commit(h, t, "local", "c", 300))
	h.pass(1)
	if err := commit(h, t, "local", "c", 300); err != nil {
		t.Errorf("when the minute is over: %v", err)
	}
}

func TestBulk_NoCallerIsForgottenWithinTheDay(t *testing.T) {
	h := build(t, nil)
	for i := range 4096 {
		if err := commit(h, t, fmt.Sprint("caller ", i), "a", 500); err != nil {
			t.Fatal(err)
		}
	}
	retry(t, commit(h, t, "one more", "a", 1))
	retry(t, commit(h, t, "caller 0", "b", 1))
	h.pass(24 * time.Hour)
	if err := commit(h, t, "one more", "a", 500); err != nil {
		t.Error(err)
	}
}

func TestBulk_ADayHasItsOwnCeiling(t *testing.T) {
	h := build(t, nil)
	for i := range 10 {
		if err := commit(h, t, "local", fmt.Sprint(i), 500); err != nil {
			t.Fatal(err)
		}
		h.pass(time.Minute)
	}
	err := commit(h, t, "local", "more", 1)
	if e := refusal(t, err, contract.RateLimited); !strings.Contains(e.Message, "BULK_PER_DAY") {
		t.Errorf("says %q", e.Message)
	}
	if wait := retry(t, err); wait != 24*time.Hour-10*time.Minute {
		t.Errorf("wait %v", wait)
	}
	h.pass(24*time.Hour - 10*time.Minute)
	if err := commit(h, t, "local", "more", 500); err != nil {
		t.Error(err)
	}
}

func TestBulk_WhatIsNotCounted(t *testing.T) {
	h := build(t, nil)
	v := h.enter(t, write("ann"))
	flags := guard.Intent{Operation: "flags", Account: "home", Messages: 10_000}
	if err := v.Commit(t.Context(), flags); err != nil {
		t.Fatal(err) // nothing leaves where it is
	}
	moved := guard.Intent{Operation: "move", Account: "home", Messages: 500, Destructive: true}
	if err := v.Commit(t.Context(), moved); err != nil {
		t.Fatal(err)
	}
	retry(t, commit(h, t, "ann", "more", 1))
	if err := commit(h, t, "bob", "bob's", 500); err != nil {
		t.Errorf("another caller: %v", err)
	}
	other := moved
	other.Account = "work"
	if err := v.Commit(t.Context(), other); err != nil {
		t.Errorf("another account: %v", err)
	}
	// What was not done is given back; what is unknown may have been done.
	v.Outcome(t.Context(), moved, guard.Result{State: "partial", Done: 100, Failed: 200, Unknown: 50, NotAttempted: 150})
	if err := commit(h, t, "ann", "again", 350); err != nil {
		t.Error(err)
	}
	retry(t, commit(h, t, "ann", "more", 1))
}

func TestBulk_ManyAtOnceTakeNoMoreThanTheCeiling(t *testing.T) {
	h := build(t, nil)
	var in atomic.Int64
	var all sync.WaitGroup
	for i := range 100 {
		all.Go(func() {
			if commit(h, t, "local", fmt.Sprint(i), 10) == nil {
				in.Add(10)
			}
		})
	}
	all.Wait()
	if in.Load() != 500 {
		t.Errorf("%d messages were let through, want 500", in.Load())
	}
}

func TestCommit_NothingIsChangedWhereTheAuditCannotBeWritten(t *testing.T) {
	h := build(t, nil)
	h.book.fail = errors.New("no space left on device")
	v := h.enter(t, write("local"))
	in := guard.Intent{Operation: "a", Account: "home", Messages: 500, Destructive: true}
	e := refusal(t, v.Commit(t.Context(), in), contract.Unavailable)
	if !strings.Contains(e.Message, "the audit log cannot be written, so nothing is changed") || strings.Contains(e.Message, "space") {
		t.Errorf("says %q", e.Message)
	}
	reading := h.enter(t, read("local"))
	h.log.Reset()
	reading.Leave(t.Context(), guard.Left{Outcome: "ok"})
	if !strings.Contains(h.log.String(), "level=ERROR") {
		t.Errorf("the log is not loud: %q", &h.log)
	}
	h.book.fail = nil
	if err := v.Commit(t.Context(), in); err != nil {
		t.Errorf("the refused write was counted: %v", err)
	}
	if got := h.book.of("intent"); len(got) != 1 || got[0].Operation != "a" || got[0].Counts["messages"] != 500 {
		t.Errorf("intents %+v", got)
	}
}
