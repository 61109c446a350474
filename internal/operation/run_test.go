package operation

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"mail-imap-mcp/internal/change"
	"mail-imap-mcp/internal/contract"
)

// gated is work whose batches, once they have witnessed, wait for a word each.
func gated(w *world, c *change.Change) (work Work, begun chan int, proceed chan struct{}) {
	begun, proceed = make(chan int, 16), make(chan struct{})
	work = w.work(c)
	work.Run = func(ctx context.Context, i int, witness change.Witness) []change.Outcome {
		return w.run(c)(ctx, i, func(e change.Evidence) error {
			err := witness(e)
			begun <- i
			select {
			case <-proceed:
			case <-ctx.Done():
				return ctx.Err()
			}
			return err
		})
	}
	return work, begun, proceed
}

func statuses(s Snapshot) string {
	var list []string
	for _, m := range s.Messages {
		list = append(list, string(m.Status))
	}
	return strings.Join(list, " ")
}

func TestCancel_AtEachStageTellsExactlyWhatWasDone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		before int // batches that end before the cancelling; one more is under way
		want   string
		state  State
	}{
		{"during the first", 0, "done not_attempted not_attempted", Cancelled},
		{"between", 1, "done done not_attempted", Cancelled},
		{"during the last", 2, "done done done", Done},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := registry(t, Options{})
			w := newWorld(3)
			work, begun, proceed := gated(w, moveEach(3))
			o, err := r.Start(work)
			if err != nil {
				t.Fatal(err)
			}
			for range c.before {
				<-begun
				proceed <- struct{}{}
			}
			<-begun
			if s := o.Snapshot(false); s.State != Running || !s.CancelSupported {
				t.Errorf("%+v", s)
			}
			if _, err := r.Cancel("local", o.ID()); err != nil {
				t.Fatal(err)
			}
			if s := o.Snapshot(false); s.CancelSupported || !s.CancelRequested || s.Done {
				t.Errorf("%+v", s)
			}
			close(proceed)
			o.Wait(t.Context(), 10*time.Second)
			s := o.Snapshot(true)
			if statuses(s) != c.want || s.State != c.state || s.Progress != (Progress{3, 3}) {
				t.Errorf("%s, %q, %+v", s.State, statuses(s), s.Progress)
			}
			archived := 0
			for _, places := range w.picture() {
				if slices.Equal(places, []string{"home/Archive []"}) {
					archived++
				}
			}
			if archived != s.Counts.Done {
				t.Errorf("%d archived, %d said to be done", archived, s.Counts.Done)
			}
		})
	}
}

func TestCancel_BeforeTheFirstBatchTouchesNothing(t *testing.T) {
	t.Parallel()
	r := registry(t, Options{})
	work := newWorld(2).work(moveEach(2))
	o := r.newOperation("op_x", work, time.Now())
	o.halt(Cancelled)
	o.run(t.Context())
	if s := o.Snapshot(true); s.State != Cancelled || statuses(s) != "not_attempted not_attempted" || !s.StartedAt.IsZero() {
		t.Errorf("%+v", s)
	}
}

func TestCancel_OfAFinishedOneSaysSoAndChangesNothing(t *testing.T) {
	t.Parallel()
	r := registry(t, Options{})
	o, before := finish(t, r, newWorld(1).work(moveEach(1)))
	if _, err := r.Cancel("local", o.ID()); err != nil {
		t.Fatal(err)
	}
	if s := o.Snapshot(false); s.State != before.State || s.CancelRequested || s.CancelSupported {
		t.Errorf("%+v", s)
	}
	_, err := r.Cancel("somebody else", o.ID())
	wantCode(t, err, contract.NotFound)
}

func TestWait_TheClientsCancellationCancelsBetweenBatches(t *testing.T) {
	t.Parallel()
	r := registry(t, Options{})
	work, begun, proceed := gated(newWorld(2), moveEach(2))
	o, err := r.Start(work)
	if err != nil {
		t.Fatal(err)
	}
	<-begun
	if o.Wait(t.Context(), time.Millisecond) {
		t.Error("over while a batch is under way")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if o.Wait(ctx, time.Minute) {
		t.Error("over while a batch is under way")
	}
	close(proceed)
	o.Wait(t.Context(), 10*time.Second)
	if s := o.Snapshot(true); statuses(s) != "done not_attempted" {
		t.Errorf("%q", statuses(s))
	}
}

func TestRun_APanicMakesItsBatchUnknownAndNoOther(t *testing.T) {
	t.Parallel()
	r := registry(t, Options{})
	work := newWorld(3).work(moveEach(3))
	run := work.Run
	work.Run = func(ctx context.Context, i int, w change.Witness) []change.Outcome {
		if i == 1 {
			panic("as planned")
		}
		return run(ctx, i, w)
	}
	work.Progress = func(int, int) { panic("in progress") }
	work.Finished = func(Result) { panic("at the end") }
	_, s := finish(t, r, work)
	if s.State != Partial || statuses(s) != "done unknown done" {
		t.Errorf("%s %q", s.State, statuses(s))
	}
}

func TestRun_WhatIsNotReportedIsUnknown(t *testing.T) {
	t.Parallel()
	r := registry(t, Options{})
	work := newWorld(2).work(&change.Change{Kind: change.Move, Account: "home", Batches: []change.Batch{{Mailbox: "INBOX", UIDValidity: 7, UIDs: []uint32{1, 2}, To: "A"}}})
	work.Run = func(context.Context, int, change.Witness) []change.Outcome {
		return []change.Outcome{{ID: id("home", "INBOX", 2), Status: change.Done}, {ID: id("home", "Other", 9), Status: change.Done}}
	}
	_, s := finish(t, r, work)
	if statuses(s) != "unknown done" {
		t.Errorf("%q", statuses(s))
	}
}

func TestRun_TheGuardsRefusalKeepsTheBatchFromBeingMade(t *testing.T) {
	t.Parallel()
	r := registry(t, Options{})
	w := newWorld(2)
	before := w.picture()["letter 2"]
	work := w.work(moveEach(2))
	work.Refused = []change.Outcome{{ID: id("home", "Secret", 1), Status: change.Failed, Code: contract.PermissionDenied}}
	work.Before = func(e change.Evidence) error {
		if e.Batch == 1 {
			return errors.New("the audit cannot be written")
		}
		return nil
	}
	var calls atomic.Int32
	work.Finished = func(s Result) { calls.Add(1) }
	_, s := finish(t, r, work)
	if s.State != Partial || statuses(s) != "done failed failed" || calls.Load() != 1 {
		t.Errorf("%s %q, finished %d times", s.State, statuses(s), calls.Load())
	}
	if !slices.Equal(w.picture()["letter 2"], before) {
		t.Error("it was changed all the same")
	}
}

func TestRun_ProgressNeverRunsBackwardsAndMayLookAtTheOperation(t *testing.T) {
	t.Parallel()
	r := registry(t, Options{})
	work := newWorld(40).work(moveEach(40))
	work.Parallel = 8
	last := 0
	work.Progress = func(done, total int) {
		r.Recent("local")
		if done < last || total != 40 {
			t.Errorf("%d of %d after %d", done, total, last)
		}
		last = done
	}
	finish(t, r, work)
	if last != 40 {
		t.Errorf("ended at %d", last)
	}
}

func TestClose_LetsTheBatchUnderWayFinishAndNoOtherBegin(t *testing.T) {
	t.Parallel()
	r := registry(t, Options{})
	work, begun, proceed := gated(newWorld(2), moveEach(2))
	o, err := r.Start(work)
	if err != nil {
		t.Fatal(err)
	}
	<-begun
	closed := make(chan error)
	go func() { closed <- r.Close(context.Background()) }()
	for !o.Snapshot(false).CancelRequested {
		time.Sleep(time.Millisecond)
	}
	_, err = r.Start(work)
	wantCode(t, err, contract.Unavailable)
	close(proceed)
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if s := o.Snapshot(true); s.State != Interrupted || statuses(s) != "done not_attempted" {
		t.Errorf("%s %q", s.State, statuses(s))
	}
}

func TestClose_CallsUnknownWhatDoesNotEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := registry(t, Options{})
		work := newWorld(2).work(moveEach(2))
		release, begun, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
		work.Run = func(_ context.Context, _ int, witness change.Witness) []change.Outcome {
			close(begun)
			<-release // deaf to its context
			ended <- witness(change.Evidence{})
			return []change.Outcome{{ID: id("home", "INBOX", 1), Status: change.Done}}
		}
		var results atomic.Int32
		work.Finished = func(Result) { results.Add(1) }
		o, err := r.Start(work)
		if err != nil {
			t.Fatal(err)
		}
		<-begun
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		if err := r.Close(ctx); err == nil {
			t.Error("Close says nothing of the batch it left")
		}
		close(release)
		if err := <-ended; err == nil {
			t.Error("a batch may change something after the end")
		}
		if s := o.Snapshot(true); statuses(s) != "unknown not_attempted" || results.Load() != 1 {
			t.Errorf("%s %q, finished %d times", s.State, statuses(s), results.Load())
		}
	})
}
