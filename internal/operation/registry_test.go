package operation

import (
	"context"
	"regexp"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mail-imap-mcp/internal/change"
	"mail-imap-mcp/internal/contract"
)

func TestRegistry_ForgetsTheOldestFinishedAndNeverARunningOne(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := newClock()
		most := rapid.IntRange(1, 5).Draw(t, "max")
		r, err := New(Options{Max: most, UndoWindow: time.Hour, Now: c.Now})
		if err != nil {
			t.Fatal(err)
		}
		proceed := make(chan struct{})
		defer func() {
			close(proceed)
			_ = r.Close(context.Background())
		}()
		var running, finished []string // what the model expects to be remembered, oldest first
		for range 12 {
			c.forward(time.Second)
			work, long := newWorld(1).work(moveEach(1)), rapid.Bool().Draw(t, "long")
			if run := work.Run; long {
				work.Run = func(ctx context.Context, i int, w change.Witness) []change.Outcome {
					<-proceed
					return run(ctx, i, w)
				}
			}
			o, err := r.Start(work)
			if refused := err != nil; refused != (len(running) == most) {
				t.Fatalf("%d of %d running: %v", len(running), most, err)
			} else if refused {
				continue
			}
			if over := len(running) + len(finished) + 1 - most; over > 0 {
				finished = finished[over:]
			}
			if long {
				running = append(running, o.ID())
			} else {
				o.Wait(context.Background(), 10*time.Second)
				finished = append(finished, o.ID())
			}
			var got []string
			for _, o := range r.all() {
				got = append(got, o.ID())
			}
			if want := slices.Sorted(slices.Values(slices.Concat(running, finished))); !slices.Equal(slices.Sorted(slices.Values(got)), want) {
				t.Fatalf("remembered %v, want %v", got, want)
			}
		}
	})
}

func TestRegistry_ForgetsAfterADay(t *testing.T) {
	t.Parallel()
	c := newClock()
	r := registry(t, Options{Now: c.Now})
	old, _ := finish(t, r, newWorld(1).work(moveEach(1)))
	c.forward(keep + time.Second)
	fresh, _ := finish(t, r, newWorld(1).work(moveEach(1)))
	_, err := r.Get("local", old.ID())
	wantCode(t, err, contract.NotFound)
	if list := r.Recent("local"); len(list) != 1 || list[0].ID != fresh.ID() {
		t.Errorf("%+v", list)
	}
}

func TestRegistry_CallersSeeOnlyTheirs(t *testing.T) {
	t.Parallel()
	r := registry(t, Options{})
	o, _ := finish(t, r, newWorld(1).work(moveEach(1)))
	if !regexp.MustCompile(`^op_[a-z2-7]{26}$`).MatchString(o.ID()) {
		t.Errorf("id %q", o.ID())
	}
	_, err := r.Get("other", o.ID())
	wantCode(t, err, contract.NotFound)
	if list := r.Recent("other"); len(list) != 0 {
		t.Errorf("%+v", list)
	}
	if list := r.Recent("local"); len(list) != 1 || list[0].Messages != nil {
		t.Errorf("%+v", list)
	}
}

func TestStart_WorkThatIsNoChangeOfMessagesHasOneBatch(t *testing.T) {
	t.Parallel()
	r := registry(t, Options{})
	_, s := finish(t, r, Work{Caller: "local", Kind: "draft", Account: "home", Run: func(context.Context, int, change.Witness) []change.Outcome {
		return []change.Outcome{{ID: id("home", "Drafts", 3), Status: change.Done}}
	}})
	if s.State != Done || s.Counts.Done != 1 || s.Progress != (Progress{1, 1}) || !s.UndoUntil.IsZero() {
		t.Errorf("%+v", s)
	}
	_, err := r.Undo("local", s.ID)
	wantCode(t, err, contract.Conflict)
}
