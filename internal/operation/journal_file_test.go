package operation

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestJournal_ProcessesShareADirectoryAndAdoptWhatIsLeft(t *testing.T) {
	t.Parallel()
	dir := stateDir(t)
	first, second := registry(t, Options{StateDir: dir}), registry(t, Options{StateDir: dir})
	a, _ := finish(t, first, newWorld(1).work(moveEach(1)))
	b, _ := finish(t, second, newWorld(1).work(moveEach(1)))
	if _, err := second.Get("local", a.ID()); err == nil {
		t.Error("a living process's operations are taken from it")
	}
	closeNow(t, second)
	closeNow(t, first)
	third := registry(t, Options{StateDir: dir})
	for _, o := range []*Operation{a, b} {
		if _, err := third.Get("local", o.ID()); err != nil {
			t.Errorf("%s: %v", o.ID(), err)
		}
	}
	if files, _ := filepath.Glob(filepath.Join(dir, "*.jsonl")); len(files) != 1 {
		t.Errorf("%q", files)
	}
}

func TestJournal_ACrashWhileAdoptingChangesNothing(t *testing.T) {
	t.Parallel()
	dir := stateDir(t)
	r := registry(t, Options{StateDir: dir})
	finish(t, r, newWorld(3).work(moveEach(3)))
	closeNow(t, r)
	text, err := os.ReadFile(filepath.Join(dir, "operations-1.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"operations-2.jsonl": text, "operations-1.jsonl.new": text[:50]} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r = registry(t, Options{StateDir: dir})
	if list := r.Recent("local"); len(list) != 1 || list[0].State != Done || list[0].Counts.Done != 3 {
		t.Errorf("%+v", list)
	}
}

func TestJournal_GarbageIsSkippedWithAWarning(t *testing.T) {
	t.Parallel()
	dir := stateDir(t)
	r := registry(t, Options{StateDir: dir})
	o, _ := finish(t, r, newWorld(1).work(moveEach(1)))
	closeNow(t, r)
	path := filepath.Join(dir, "operations-1.jsonl")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	garbage := "\x00\xff\n{}\n[[[\n" + `{"op":"op_none","type":"outcome"}` + "\n" + strings.Repeat("x", maxLine+1) + "\n"
	if err := os.WriteFile(path, append([]byte(garbage), append(text, `{"op":"torn`...)...), 0o600); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	r = registry(t, Options{StateDir: dir, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if _, err := r.Get("local", o.ID()); err != nil {
		t.Error(err)
	}
	if !strings.Contains(log.String(), "lines=6") {
		t.Errorf("log: %s", &log)
	}
}

func TestJournal_RefusesADirectoryThatOthersMayWriteTo(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	dir := stateDir(t)
	if err := os.Chmod(dir, 0o770); err != nil { //nolint:gosec // the point
		t.Fatal(err)
	}
	if _, err := New(Options{StateDir: dir}); err == nil || !strings.Contains(err.Error(), "chmod 700 "+dir) {
		t.Errorf("%v", err)
	}
}

func TestJournal_IsForItsOwnerAlone(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	dir := filepath.Join(t.TempDir(), "made", "here")
	registry(t, Options{StateDir: dir})
	for name, want := range map[string]os.FileMode{"": 0o700, "operations-1.jsonl": 0o600, "operations-1.lock": 0o600} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != want {
			t.Errorf("%q: %v %v", name, info, err)
		}
	}
}

func TestJournal_StaysSmallAndForgetsTheSame(t *testing.T) {
	t.Parallel()
	dir, c := stateDir(t), newClock()
	r := registry(t, Options{StateDir: dir, Max: 4, Now: c.Now})
	r.journal.compact = 20_000
	var last *Operation
	for range 60 {
		c.forward(time.Second)
		last, _ = finish(t, r, newWorld(5).work(moveEach(5)))
		if r.journal.compact > 20_000 {
			r.journal.compact = 20_000 // not the megabytes of every day
		}
	}
	if info, err := os.Stat(r.journal.path); err != nil || info.Size() > 40_000 {
		t.Errorf("%v %v", info, err)
	}
	closeNow(t, r)
	r = registry(t, Options{StateDir: dir, Max: 4, Now: c.Now})
	if list := r.Recent("local"); len(list) != 4 || list[0].ID != last.ID() || list[0].Counts.Done != 5 {
		t.Errorf("%+v", list)
	}
}

func FuzzJournal(f *testing.F) {
	f.Add(cutJournal(f))
	f.Add([]byte(`{"type":"start","op":"a","change":{"kind":"move","batches":[{"uids":[1,1]},{}]}}` + "\n" +
		`{"type":"evidence","op":"a","evidence":{"batch":-1}}` + "\n" + `{"type":"outcome","op":"a","batch":9,"outcomes":[{}]}` + "\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		options := Options{UndoWindow: time.Hour, Now: time.Now, Logger: slog.New(slog.DiscardHandler)}
		read := func(text []byte) *Registry {
			r := &Registry{options: options, operations: map[string]*Operation{}}
			if _, err := readEntries(bytes.NewReader(text), func(e entry) { r.apply(e) }); err != nil {
				t.Fatal(err)
			}
			for _, o := range r.operations {
				o.settle()
			}
			return r
		}
		r := read(text)
		for id, o := range r.operations {
			s := o.Snapshot(true)
			if want := o.work.total() + len(o.work.Refused); o.work.Change != nil && len(s.Messages) != want {
				t.Fatalf("%d outcomes of %d messages", len(s.Messages), want)
			}
			if !s.Done {
				t.Fatalf("state %q", s.State)
			}
			_, _ = r.Undo(o.work.Caller, id) // must not panic
		}
		// Written anew and read again, it tells the same.
		var compacted bytes.Buffer
		if err := encode(&compacted, r.entries()); err != nil {
			t.Skip(err) // times that JSON cannot have
		}
		again := read(compacted.Bytes())
		for id, o := range r.operations {
			if other := again.operations[id]; other == nil || other.counts() != o.counts() {
				t.Fatalf("%s: a compaction changes what is known", id)
			}
		}
	})
}
