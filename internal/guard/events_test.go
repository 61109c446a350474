package guard_test

import (
	"context"
	"testing"
	"time"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/guard"
)

func TestEvents_FromHowMuchOn(t *testing.T) {
	timeouts := func(h *house, _ *testing.T) { h.TimedOut("home") }
	refused := func(h *house, t *testing.T) {
		_, err := h.Enter(t.Context(), read("local"))
		refusal(t, err, contract.RateLimited)
	}
	reads := func(h *house, t *testing.T) {
		h.enter(t, read("bob")).Leave(t.Context(), guard.Left{Outcome: "ok", Counts: map[string]int{"read": 10}})
	}
	for name, c := range map[string]struct {
		event string
		do    func(*house, *testing.T)
		times int
		apart time.Duration
		want  int64
	}{
		"two time-outs":                  {guard.EventRepeatedTimeouts, timeouts, 2, 0, 0},
		"three time-outs":                {guard.EventRepeatedTimeouts, timeouts, 3, 0, 1},
		"three, almost five minutes":     {guard.EventRepeatedTimeouts, timeouts, 3, 150*time.Second - 1, 1},
		"three in five minutes or more":  {guard.EventRepeatedTimeouts, timeouts, 3, 150 * time.Second, 0},
		"nine refusals":                  {guard.EventRequestBurst, refused, 9, 0, 0},
		"ten refusals":                   {guard.EventRequestBurst, refused, 10, 0, 1},
		"ten refusals in a minute":       {guard.EventRequestBurst, refused, 10, 6 * time.Second, 1},
		"ten refusals, too far apart":    {guard.EventRequestBurst, refused, 10, 7 * time.Second, 0},
		"290 messages read":              {guard.EventMassRead, reads, 29, 0, 0},
		"300 messages read":              {guard.EventMassRead, reads, 30, 0, 1},
		"300 messages read in two hours": {guard.EventMassRead, reads, 30, 4 * time.Minute, 0},
	} {
		t.Run(name, func(t *testing.T) {
			h := build(t, func(o *guard.Options) { o.Writing.RateReads = config.Rate{PerSecond: 1.0 / 3600, Burst: 30} })
			for range 30 {
				h.enter(t, read("local"))
			}
			for range c.times {
				c.do(h, t)
				h.pass(c.apart)
			}
			if got := h.Events()[c.event]; got != c.want {
				t.Errorf("%d events, want %d", got, c.want)
			}
			written := h.book.of("security")
			if int64(len(written)) != c.want || (c.want > 0 && written[0].Name != c.event) {
				t.Errorf("written down: %+v", written)
			}
		})
	}
}

func TestEvents_AreWrittenDownOnceAMinuteAndAllCounted(t *testing.T) {
	h := build(t, func(o *guard.Options) { o.WriteEnabled = false })
	for range 5 {
		_, err := h.Enter(t.Context(), write("ann"))
		refusal(t, err, contract.PermissionDenied)
	}
	if got := len(h.book.of("security")); got != 1 {
		t.Errorf("%d lines of ann", got)
	}
	_, _ = h.Enter(t.Context(), write("bob"))
	if got := len(h.book.of("security")); got != 2 {
		t.Errorf("%d lines with bob's", got)
	}
	h.pass(time.Minute - 1)
	_, _ = h.Enter(t.Context(), write("ann"))
	if got := len(h.book.of("security")); got != 2 {
		t.Errorf("%d lines before the minute is over", got)
	}
	h.pass(1)
	_, _ = h.Enter(t.Context(), write("ann"))
	if got := len(h.book.of("security")); got != 3 {
		t.Errorf("%d lines after a minute", got)
	}
	if got := h.Events()[guard.EventWriteDisabled]; got != 8 {
		t.Errorf("%d were counted, want 8", got)
	}
	if got := len(h.book.of("refusal")); got != 8 {
		t.Errorf("%d refusals were written down, want each of 8", got)
	}
}

func TestEvents_EachRefusedSignInIsWrittenDown(t *testing.T) {
	h := build(t, nil)
	for range 3 {
		h.SignInRefused("home")
	}
	h.SignInPaused("home")
	if got := h.book.of("sign_in_failed"); len(got) != 3 || got[0].Account != "home" || got[0].Code != "auth_failed" {
		t.Errorf("sign-ins %+v", got)
	}
	events := h.Events()
	if events[guard.EventSignInRefused] != 3 || events[guard.EventSignInPaused] != 1 {
		t.Errorf("events %v", events)
	}
	events[guard.EventSignInRefused] = 99
	if h.Events()[guard.EventSignInRefused] != 3 {
		t.Error("the counters can be changed from outside")
	}
}

func TestLeave_WritesTheCallDownEvenWhenItWasCancelled(t *testing.T) {
	h := build(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	call := read("local")
	call.IDs = []string{"imap:home:INBOX:1:7"}
	v, err := h.Enter(ctx, call)
	if err != nil {
		t.Fatal(err)
	}
	h.pass(12 * time.Millisecond)
	cancel()
	v.Leave(ctx, guard.Left{Outcome: "failed", Code: contract.Timeout})
	got := h.book.of("call")
	if len(got) != 1 {
		t.Fatalf("%d lines", len(got))
	}
	e := got[0]
	if e.Caller != "local" || e.Tool != "imap_get_message" || e.Account != "home" || e.Mailbox != "INBOX" || e.IDs[0] != call.IDs[0] ||
		e.Outcome != "failed" || e.Code != "timeout" || e.Duration != 12*time.Millisecond {
		t.Errorf("%+v", e)
	}
}
