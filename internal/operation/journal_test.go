package operation

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mail-imap-mcp/internal/change"
	"mail-imap-mcp/internal/contract"
)

func stateDir(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "state")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

func closeNow(t testing.TB, r *Registry) {
	t.Helper()
	if err := r.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func TestJournal_TheNextProcessKnowsAndCanUndo(t *testing.T) {
	t.Parallel()
	dir, w := stateDir(t), newWorld(3)
	before := w.picture()
	r := registry(t, Options{StateDir: dir})
	work := w.work(moveEach(3))
	work.Refused = []change.Outcome{{ID: id("home", "INBOX", 9), Status: change.Failed, Code: contract.NotFound, Message: "the server's own words"}}
	o, s := finish(t, r, work)
	closeNow(t, r)

	r = registry(t, Options{StateDir: dir})
	again, err := r.Get("local", o.ID())
	if err != nil {
		t.Fatal(err)
	}
	got := again.Snapshot(true)
	if got.StartedAt.Before(s.StartedAt) || got.StartedAt.After(s.FinishedAt) {
		t.Errorf("started at %s, not %s", got.StartedAt, s.StartedAt)
	}
	s.Messages[3].Message, s.StartedAt = "", got.StartedAt
	if diff := cmp.Diff(s, got); diff != "" {
		t.Error(diff)
	}
	undo := w.undo(t, r, o.ID())[0]
	if diff := cmp.Diff(before, w.picture()); diff != "" {
		t.Error(diff)
	}
	closeNow(t, r)

	r = registry(t, Options{StateDir: dir})
	if again, err = r.Get("local", o.ID()); err != nil || again.Snapshot(false).UndoneBy != undo.ID() {
		t.Errorf("it is forgotten that it was undone: %v", err)
	}
}

func TestJournal_TheNextProcessCanGiveAMailboxItsNameBack(t *testing.T) {
	t.Parallel()
	dir := stateDir(t)
	done := func(status change.OutcomeStatus) Work {
		return Work{Caller: "local", Kind: "mailbox", Account: "home", Renamed: &Renamed{From: "Work", To: "Jobs"}, Run: func(context.Context, int, change.Witness) []change.Outcome {
			return []change.Outcome{{Status: status}}
		}}
	}
	r := registry(t, Options{StateDir: dir})
	renamed, _ := finish(t, r, done(change.Done))
	refused, _ := finish(t, r, done(change.Failed))
	closeNow(t, r)

	r = registry(t, Options{StateDir: dir})
	u, err := r.Undo("local", renamed.ID())
	if err != nil || u.Renamed == nil || *u.Renamed != (Renamed{From: "Jobs", To: "Work"}) {
		t.Errorf("%+v, %v", u, err)
	}
	_, err = r.Undo("local", refused.ID())
	wantCode(t, err, contract.Conflict)
	closeNow(t, r)
}

func TestJournal_HoldsNoWords(t *testing.T) {
	t.Parallel()
	dir := stateDir(t)
	r := registry(t, Options{StateDir: dir})
	work := newWorld(1).work(moveEach(1))
	work.Run = func(_ context.Context, _ int, witness change.Witness) []change.Outcome {
		err := witness(change.Evidence{})
		return []change.Outcome{{ID: id("home", "INBOX", 1), Status: change.Failed, Message: fmt.Sprint("quota of Jane exceeded", err)}}
	}
	finish(t, r, work)
	closeNow(t, r)
	registry(t, Options{StateDir: dir}) // compacted too
	text, err := os.ReadFile(filepath.Join(dir, "operations-1.jsonl"))
	if err != nil || bytes.Contains(text, []byte("Jane")) || !bytes.Contains(text, []byte(`"failed"`)) {
		t.Errorf("%s %v", text, err)
	}
}

func TestJournal_IsDurableBeforeAnythingChanges(t *testing.T) {
	t.Parallel()
	dir := stateDir(t)
	r := registry(t, Options{StateDir: dir})
	work := newWorld(1).work(moveEach(1))
	work.Run = func(_ context.Context, _ int, witness change.Witness) []change.Outcome {
		text, err := os.ReadFile(filepath.Join(dir, "operations-1.jsonl"))
		if err != nil || bytes.Contains(text, []byte(typeEvidence)) || witness(change.Evidence{ToUIDNext: 4711}) != nil {
			t.Errorf("before: %s %v", text, err)
		}
		if text, err = os.ReadFile(filepath.Join(dir, "operations-1.jsonl")); err != nil || !bytes.Contains(text, []byte("4711")) {
			t.Errorf("after: %s %v", text, err)
		}
		if witness(change.Evidence{}) == nil {
			t.Error("a second witness hides the first")
		}
		return nil
	}
	finish(t, r, work)
}

func TestJournal_NothingIsChangedThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	r := registry(t, Options{StateDir: stateDir(t)})
	w := newWorld(2)
	before := w.picture()
	work := w.work(moveEach(2))
	work.Before = func(change.Evidence) error {
		r.journal.mu.Lock()
		defer r.journal.mu.Unlock()
		return r.journal.file.Close() // the disk is gone
	}
	_, s := finish(t, r, work)
	if s.State != Failed || s.Counts.Failed != 2 {
		t.Errorf("%+v", s)
	}
	if diff := cmp.Diff(before, w.picture()); diff != "" {
		t.Error(diff)
	}
	_, err := r.Start(w.work(moveEach(2)))
	wantCode(t, err, contract.Unavailable)
	if len(r.all()) != 1 {
		t.Error("what never began is remembered")
	}
}

// cutJournal is a journal of two operations on three messages each; the second
// was killed in its second batch.
func cutJournal(t testing.TB) []byte {
	dir := stateDir(t)
	r := registry(t, Options{StateDir: dir})
	finish(t, r, newWorld(3).work(moveEach(3)))
	work := newWorld(3).work(moveEach(3))
	work.Run = func(ctx context.Context, i int, witness change.Witness) []change.Outcome {
		list := newWorld(3).run(work.Change)(ctx, i, witness)
		if i == 1 {
			<-ctx.Done() // killed here
		}
		return list
	}
	o, err := r.Start(work)
	if err != nil {
		t.Fatal(err)
	}
	for o.Snapshot(false).Progress.Done < 1 || !hasEvidence(o, 1) {
		time.Sleep(time.Millisecond)
	}
	r.journal.mu.Lock()
	text, err := os.ReadFile(r.journal.path)
	r.journal.mu.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_ = r.Close(ctx)
	return text
}

func hasEvidence(o *Operation, i int) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.batches[i].evidence != nil
}

func TestJournal_CutAtEveryByteLosesNoMessage(t *testing.T) {
	t.Parallel()
	text := cutJournal(t)
	for cut := range len(text) + 1 {
		r := &Registry{options: Options{UndoWindow: time.Hour, Now: time.Now, Logger: slog.New(slog.DiscardHandler)}, operations: map[string]*Operation{}}
		if _, err := readEntries(bytes.NewReader(text[:cut]), func(e entry) { r.apply(e) }); err != nil {
			t.Fatal(err)
		}
		whole := text[:bytes.LastIndexByte(text[:cut], '\n')+1]
		if want := strings.Count(string(whole), `"type":"start"`); len(r.operations) != want {
			t.Fatalf("cut at %d: %d operations of %d", cut, len(r.operations), want)
		}
		for opID, o := range r.operations {
			o.settle()
			checkCut(t, cut, whole, opID, o.Snapshot(true))
		}
	}
	t.Logf("%d cuts", len(text)+1)
}

// checkCut compares what is told of an operation with the lines that are there.
func checkCut(t *testing.T, cut int, whole []byte, opID string, s Snapshot) {
	t.Helper()
	want := []change.OutcomeStatus{change.NotAttempted, change.NotAttempted, change.NotAttempted}
	if _, err := readEntries(bytes.NewReader(whole), func(e entry) {
		switch {
		case e.Op != opID:
		case e.Type == typeEvidence:
			want[e.Evidence.Batch] = change.Unknown
		case e.Type == typeOutcome:
			want[e.Batch] = change.Done
		}
	}); err != nil {
		t.Fatal(err)
	}
	var got []change.OutcomeStatus
	for _, m := range s.Messages {
		got = append(got, m.Status)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("cut at %d: %s", cut, diff)
	}
	if over := s.Counts.Done == 3; over != (s.State == Done) || !over && s.State != Interrupted {
		t.Fatalf("cut at %d: %s", cut, s.State)
	}
}

func TestReconcile_FindsOutOnceWhatACrashLeftUnknown(t *testing.T) {
	t.Parallel()
	dir := stateDir(t)
	if err := os.WriteFile(filepath.Join(dir, "operations-1.jsonl"), cutJournal(t), 0o600); err != nil {
		t.Fatal(err)
	}
	r := registry(t, Options{StateDir: dir})
	var o *Operation
	for _, each := range r.all() {
		if each.Snapshot(false).State == Interrupted {
			o = each
		}
	}
	if s := o.Snapshot(true); statuses(s) != "done unknown not_attempted" {
		t.Fatalf("%q", statuses(s))
	}
	failing := func(context.Context, *change.Change, int, change.Evidence) ([]change.Outcome, error) {
		return nil, errors.New("no route")
	}
	if err := r.Reconcile(t.Context(), "local", o.ID(), failing); err == nil {
		t.Error("the failure to look is not told")
	}
	moved, looks := id("home", "Archive", 77), 0
	look := func(_ context.Context, c *change.Change, i int, e change.Evidence) ([]change.Outcome, error) {
		if looks++; i != 1 || e.Present[0].UID != 2 || c.Batches[i].To != "Archive" {
			t.Errorf("asked for batch %d with %+v", i, e)
		}
		return []change.Outcome{{ID: id("home", "INBOX", 2), Status: change.Done, NewID: &moved}}, nil
	}
	for range 2 {
		if err := r.Reconcile(t.Context(), "local", o.ID(), look); err != nil {
			t.Fatal(err)
		}
	}
	if s := o.Snapshot(true); statuses(s) != "done done not_attempted" || looks != 1 {
		t.Errorf("%q after %d looks", statuses(s), looks)
	}
	closeNow(t, r)
	r = registry(t, Options{StateDir: dir})
	u, err := r.Undo("local", o.ID())
	if err != nil || len(u.Changes) != 1 || u.Changes[0].Messages() != 2 {
		t.Errorf("%+v, %v", u, err)
	}
}
