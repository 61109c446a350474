package operation

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"mail-imap-mcp/internal/change"
	"mail-imap-mcp/internal/contract"
)

type fataler interface {
	Helper()
	Fatal(args ...any)
}

// undo takes an operation back in the world and returns the last operation of it.
func (w *world) undo(t fataler, r *Registry, id string) []*Operation {
	t.Helper()
	u, err := r.Undo("local", id)
	if err != nil {
		t.Fatal(err)
	}
	var works []Work
	for _, c := range u.Changes {
		work := w.work(c)
		work.Undoes, work.InOrder = id, u.InOrder
		works = append(works, work)
	}
	operations, err := r.StartAll(works)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range operations {
		if !o.Wait(context.Background(), 20*time.Second) {
			t.Fatal("the undo does not end")
		}
	}
	return operations
}

func wantCode(t testing.TB, err error, code contract.Code) {
	t.Helper()
	var e *contract.Error
	if !errors.As(err, &e) || e.Code != code {
		t.Errorf("%v, want %s", err, code)
	}
}

var flagNames = []string{`\Seen`, `\Flagged`, `\Answered`, `\Deleted`, "$Work"}

func drawFlags(t *rapid.T, label string) []string {
	return rapid.SliceOfNDistinct(rapid.SampledFrom(flagNames), 0, len(flagNames), rapid.ID).Draw(t, label)
}

func drawChange(t *rapid.T) *change.Change {
	c := &change.Change{Kind: rapid.SampledFrom([]change.Kind{change.Flags, change.Move}).Draw(t, "kind"), Account: "home"}
	if c.Kind == change.Move && rapid.Bool().Draw(t, "across") {
		c.ToAccount = "work"
	}
	for uid := uint32(1); uid <= 8; {
		b := change.Batch{Mailbox: "INBOX", UIDValidity: 7}
		size := 1
		if c.ToAccount == "" {
			size = rapid.IntRange(1, 3).Draw(t, "size")
		}
		for range size {
			if uid <= 8 {
				b.UIDs = append(b.UIDs, uid)
			}
			uid++
		}
		if c.Kind == change.Move {
			b.To = rapid.SampledFrom([]string{"Archive", "Trash"}).Draw(t, "to")
		} else if b.Add = drawFlags(t, "add"); rapid.Bool().Draw(t, "replace") {
			b.Replace = true
		} else {
			b.Remove = slices.DeleteFunc(drawFlags(t, "remove"), func(f string) bool { return slices.Contains(b.Add, f) })
		}
		c.Batches = append(c.Batches, b)
	}
	return c
}

func TestUndo_PutsFlagsAndPlacesBackWhateverWasDone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r, err := New(Options{UndoWindow: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = r.Close(context.Background()) }()
		w := newWorld(8, drawFlags(t, "flags")...)
		before := w.picture()
		fates := rapid.SliceOfN(rapid.SampledFrom([]change.OutcomeStatus{change.Done, change.Done, change.Failed, change.Unknown}), 9, 9).Draw(t, "fates")
		w.fate = func(id contract.MessageID) change.OutcomeStatus { return fates[id.UID] }
		work := w.work(drawChange(t))
		work.Parallel = rapid.IntRange(0, 4).Draw(t, "parallel")
		o, s := finish(t, r, work)
		if s.Counts.Done+s.Counts.Failed+s.Counts.Unknown != 8 || len(s.Messages) != 8 {
			t.Fatalf("counts: %+v of %d", s.Counts, len(s.Messages))
		}
		w.fate = nil
		after := w.picture()
		u, err := r.Undo("local", o.ID())
		if err != nil {
			if diff := cmp.Diff(before, after); diff != "" {
				t.Fatalf("not undoable (%v), yet changed: %s", err, diff)
			}
			return
		}
		if len(u.Refused) != s.Counts.Unknown {
			t.Fatalf("%d refused, %d unknown", len(u.Refused), s.Counts.Unknown)
		}
		if len(u.Changes) == 0 {
			return
		}
		undos := w.undo(t, r, o.ID())
		if diff := cmp.Diff(before, w.picture()); diff != "" {
			t.Fatal("after the undo: " + diff)
		}
		w.undo(t, r, undos[0].ID())
		if diff := cmp.Diff(after, w.picture()); diff != "" {
			t.Fatal("after undoing the undo: " + diff)
		}
	})
}

func TestUndo_OfAMoveThatLeftTheOriginalNeverMarksBoth(t *testing.T) {
	t.Parallel()
	w := newWorld(3)
	w.leaves = true
	r := registry(t, Options{})
	o, _ := finish(t, r, w.work(moveEach(3)))
	w.fate = func(id contract.MessageID) change.OutcomeStatus {
		if id == (contract.MessageID{Account: "home", Mailbox: "INBOX", UIDValidity: 7, UID: 2}) {
			return change.Failed
		}
		return change.Done
	}
	w.undo(t, r, o.ID())
	for name, places := range w.picture() {
		kept := slices.ContainsFunc(places, func(p string) bool { return p == "home/INBOX []" || p == "home/Archive []" })
		if !kept {
			t.Errorf("%s is marked \\Deleted everywhere: %q", name, places)
		}
	}
}

func TestUndo_OnlyOnceUnlessItDidNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(2)
	r := registry(t, Options{})
	o, s := finish(t, r, w.work(moveEach(2)))
	if s.State != Done || s.UndoUntil.IsZero() {
		t.Fatalf("%+v", s)
	}
	w.fate = func(contract.MessageID) change.OutcomeStatus { return change.Failed }
	w.undo(t, r, o.ID())
	if by := o.Snapshot(false).UndoneBy; by != "" {
		t.Errorf("undone by %s, which did nothing", by)
	}
	w.fate = nil
	second := w.undo(t, r, o.ID())
	if s := o.Snapshot(false); s.UndoneBy != second[0].ID() || !s.UndoUntil.IsZero() {
		t.Errorf("%+v", s)
	}
	_, err := r.Undo("local", o.ID())
	wantCode(t, err, contract.Conflict)
	work := w.work(moveEach(2))
	work.Undoes = o.ID()
	_, err = r.Start(work)
	wantCode(t, err, contract.Conflict)
}

func TestUndo_RefusesWhatCannotBeTakenBack(t *testing.T) {
	t.Parallel()
	c := newClock()
	r := registry(t, Options{Now: c.Now})
	w := newWorld(3)
	for _, kind := range []change.Kind{change.Copy, change.Delete} {
		change := moveEach(3)
		change.Kind = kind
		o, s := finish(t, r, w.work(change))
		if !s.UndoUntil.IsZero() {
			t.Errorf("%s can be undone until %s", kind, s.UndoUntil)
		}
		_, err := r.Undo("local", o.ID())
		wantCode(t, err, contract.Conflict)
	}
	o, _ := finish(t, r, newWorld(3).work(moveEach(3)))
	_, err := r.Undo("somebody else", o.ID())
	wantCode(t, err, contract.NotFound)
	c.forward(time.Hour + time.Second)
	_, err = r.Undo("local", o.ID())
	wantCode(t, err, contract.Conflict)
}

func TestUndo_SaysOfAMovedMessageWithoutIDWhereToSearch(t *testing.T) {
	t.Parallel()
	r := registry(t, Options{})
	work := newWorld(1).work(moveEach(1))
	run := work.Run
	work.Run = func(ctx context.Context, i int, w change.Witness) []change.Outcome {
		list := run(ctx, i, w)
		list[0].NewID = nil
		return list
	}
	o, _ := finish(t, r, work)
	u, err := r.Undo("local", o.ID())
	if err != nil || len(u.Changes) != 0 || len(u.Refused) != 1 {
		t.Fatalf("%+v, %v", u, err)
	}
	if want := `it was moved, but the server did not say under which id; search for it in "Archive"`; u.Refused[0].Message != want {
		t.Errorf("%q", u.Refused[0].Message)
	}
}
