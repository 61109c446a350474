package guard_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/guard"
)

// rated is a guard with rates that goes by the clock of a synctest bubble.
func rated(t *testing.T, reads, writes config.Rate) *house {
	t.Helper()
	return build(t, func(o *guard.Options) {
		o.Writing.RateReads, o.Writing.RateWrites, o.Now = reads, writes, time.Now
	})
}

// took is how long a call waits for its turn; it must get in.
func took(t *testing.T, h *house, call guard.Call) time.Duration {
	t.Helper()
	start := time.Now()
	h.enter(t, call)
	return time.Since(start).Round(time.Millisecond)
}

// fill has calls wait until no more may.
func fill(ctx context.Context, h *house, call guard.Call, n int) {
	for range n {
		go func() { _, _ = h.Enter(ctx, call) }()
	}
	synctest.Wait()
}

var once = config.Rate{PerSecond: 1, Burst: 1}

func TestRate_ACallWaitsForItsTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := rated(t, config.Rate{PerSecond: 10, Burst: 3}, config.Rate{PerSecond: 1, Burst: 2})
		for i, want := range []time.Duration{0, 0, 0, 100 * time.Millisecond, 100 * time.Millisecond} {
			if got := took(t, h, read("local")); got != want {
				t.Errorf("read %d waited %v, want %v", i, got, want)
			}
		}
		for i, want := range []time.Duration{0, 0, time.Second, time.Second} {
			if got := took(t, h, write("local")); got != want {
				t.Errorf("write %d waited %v, want %v", i, got, want)
			}
		}
	})
}

func TestRate_WhoComesFirstIsLetInFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := rated(t, once, once)
		h.enter(t, read("local"))
		var mu sync.Mutex
		var in []int
		start := time.Now()
		for i := range 5 {
			go func() {
				if _, err := h.Enter(t.Context(), read("local")); err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				in = append(in, i)
				if at := time.Since(start).Round(time.Second); at != time.Duration(i+1)*time.Second {
					t.Errorf("call %d got in after %v", i, at)
				}
			}()
			synctest.Wait() // it stands in the queue
		}
		time.Sleep(6 * time.Second)
		mu.Lock()
		defer mu.Unlock()
		if fmt.Sprint(in) != "[0 1 2 3 4]" {
			t.Errorf("got in as %v", in)
		}
	})
}

// Five seconds are waited, no more; a call that is refused takes nobody's turn.
func TestRate_RefusedIsOnlyWhatWouldWaitTooLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := rated(t, once, once)
		var in, refused atomic.Int64
		start := time.Now()
		for range 50 {
			go func() {
				if _, err := h.Enter(t.Context(), read("local")); err == nil {
					in.Add(1)
				} else if wait := retry(t, err); wait != time.Second {
					t.Errorf("come again after %v", wait)
				} else {
					refused.Add(1)
				}
			}()
		}
		synctest.Wait()
		if in.Load() != 1 || refused.Load() != 44 {
			t.Errorf("%d are in, %d refused; the rest waits", in.Load(), refused.Load())
		}
		if waited := took(t, h, write("local")); waited != 0 {
			t.Errorf("a write waited %v for reads", waited)
		}
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if in.Load() != 6 || time.Since(start) != 5*time.Second {
			t.Errorf("%d are in after %v", in.Load(), time.Since(start))
		}
		if waited := took(t, h, read("local")); waited != time.Second {
			t.Errorf("the next waited %v, as if the refused had taken turns", waited)
		}
	})
}

func TestRate_WaitingAsToldIsEnoughAndLessIsNot(t *testing.T) {
	for _, r := range []config.Rate{{PerSecond: 10, Burst: 20}, {PerSecond: 1, Burst: 5}, {PerSecond: 1.0 / 3, Burst: 1}, {PerSecond: 7, Burst: 3}, {PerSecond: 1.0 / 3600, Burst: 2}} {
		t.Run(fmt.Sprint(r), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := rated(t, r, once)
				waiting := int(5 * r.PerSecond)
				fill(t.Context(), h, read("local"), r.Burst+waiting)
				for range 20 {
					_, err := h.Enter(t.Context(), read("local"))
					wait := retry(t, err)
					time.Sleep(wait - 2*time.Millisecond)
					_, err = h.Enter(t.Context(), read("local"))
					if left := retry(t, err); left > 3*time.Millisecond {
						t.Fatalf("of %v two milliseconds are left, but it says %v", wait, left)
					}
					time.Sleep(2 * time.Millisecond)
					if waited := took(t, h, read("local")); waited > 5*time.Second {
						t.Fatalf("it waited %v", waited)
					}
					fill(t.Context(), h, read("local"), r.Burst+waiting)
				}
				time.Sleep(5 * time.Second)
			})
		})
	}
}

func TestRate_ADryRunIsARead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := rated(t, config.Rate{PerSecond: 1, Burst: 2}, once)
		look := write("local")
		look.DryRun = true
		for i, want := range []time.Duration{0, 0, time.Second} {
			if got := took(t, h, look); got != want {
				t.Errorf("dry run %d waited %v, want %v", i, got, want)
			}
		}
		if waited := took(t, h, write("local")); waited != 0 {
			t.Errorf("a write waited %v for dry runs", waited)
		}
		if waited := took(t, h, read("local")); waited == 0 {
			t.Error("a read did not wait for the dry runs")
		}
	})
}

// A call that ends while it waits is refused at once and leaves its turn to the
// one behind it.
func TestRate_ACallThatEndsStopsWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := rated(t, config.Rate{PerSecond: 0.25, Burst: 1}, once)
		h.enter(t, read("local"))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		_, err := h.Enter(ctx, read("local"))
		if wait := retry(t, err); wait != 4*time.Second || time.Since(start) != time.Second {
			t.Errorf("after %v: come again after %v", time.Since(start), wait)
		}
		if waited := took(t, h, read("local")); waited != 3*time.Second {
			t.Errorf("the next waited %v", waited)
		}
	})
}

func TestRate_CallersHaveTheirOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := rated(t, config.Rate{PerSecond: 1, Burst: 2}, once)
		h.enter(t, read("ann"))
		local := read("ann")
		local.Class = guard.Local // counts as a read
		h.enter(t, local)
		if waited := took(t, h, read("bob")); waited != 0 {
			t.Errorf("bob waited %v", waited)
		}
		if waited := took(t, h, read("ann")); waited != time.Second {
			t.Errorf("ann waited %v", waited)
		}
	})
}

func TestRate_TenThousandCallersAreNotAllRemembered(t *testing.T) {
	h := build(t, func(o *guard.Options) { o.Writing.RateReads = config.Rate{PerSecond: 0.01, Burst: 1} })
	for i := range 1024 {
		h.enter(t, read(fmt.Sprint("caller ", i)))
		h.pass(time.Microsecond)
	}
	_, err := h.Enter(t.Context(), read("caller 0"))
	retry(t, err) // remembered, and now the one that was here last
	h.pass(time.Microsecond)
	h.enter(t, read("one more"))
	_, err = h.Enter(t.Context(), read("caller 0"))
	retry(t, err)
	h.enter(t, read("caller 1")) // forgotten: it was away the longest
}
