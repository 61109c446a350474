package audit

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"testing"
)

// state is what is on disk.
type state struct{ file, head []byte }

func stateOf(t *testing.T, path string) state {
	t.Helper()
	return state{read(t, path), read(t, path+headSuffix)}
}

func (s state) put(t *testing.T, path string) {
	t.Helper()
	put(t, path, s.file)
	put(t, path+headSuffix, s.head)
}

func TestCrash_AtEveryByteOfALine(t *testing.T) {
	t.Parallel()
	path := logPath(t)
	l := open(t, path)
	write(t, l, 2)
	before := stateOf(t, path)
	write(t, l, 1)
	after := stateOf(t, path)

	for cut := len(before.file); cut <= len(after.file); cut++ {
		state{after.file[:cut], before.head}.put(t, path)
		torn := cut > len(before.file) && cut < len(after.file)
		if r := verify(t, path); r.Intact() == torn || r.Behind != (cut == len(after.file)) {
			t.Fatalf("cut at byte %d, before the restart: %+v", cut, r)
		}
		write(t, open(t, path), 1)
		r := verify(t, path)
		if !r.Intact() || r.Behind || (r.Torn == 1) != (torn && cut != len(after.file)-1) {
			t.Fatalf("cut at byte %d, after the restart: %+v", cut, r)
		}
		if !bytes.HasPrefix(read(t, path), after.file[:cut]) {
			t.Fatalf("cut at byte %d: what was there is not kept", cut)
		}
	}
}

// The line that explains a torn line may itself be torn.
func TestCrash_AtEveryByteOfTheHealing(t *testing.T) {
	t.Parallel()
	path := logPath(t)
	write(t, open(t, path), 1)
	before := stateOf(t, path)
	tornFile := append(bytes.Clone(before.file), `{"v":1,"se`...)
	state{tornFile, before.head}.put(t, path)
	open(t, path)
	healed := read(t, path)
	for cut := len(tornFile); cut < len(healed); cut++ {
		state{healed[:cut], before.head}.put(t, path)
		write(t, open(t, path), 1)
		if r := verify(t, path); !r.Intact() || r.Torn != 1 || r.Lines != 3 {
			t.Fatalf("cut at byte %d: %+v", cut, r)
		}
	}
	// The healing is whole and only its head is missing: the head lags, no more.
	state{healed, before.head}.put(t, path)
	if r := verify(t, path); !r.Intact() || !r.Behind {
		t.Fatalf("healed, head behind: %+v", r)
	}
	write(t, open(t, path), 1)
	mustBeIntact(t, path, 3)
}

func TestCrash_ATornLineCannotBeChangedOrRemovedLater(t *testing.T) {
	t.Parallel()
	path := logPath(t)
	write(t, open(t, path), 1)
	first := len(read(t, path))
	put(t, path, append(read(t, path), `{"v":1,"seq":2,"ti`...))
	write(t, open(t, path), 1)
	whole := string(read(t, path))
	for name, changed := range map[string]string{
		"changed":  strings.Replace(whole, `2,"ti`, `3,"ti`, 1),
		"removed":  whole[:first] + whole[strings.Index(whole, `"ti{`)+1:],
		"longer":   strings.Replace(whole, `2,"ti`+"\n", `2,"ti`+"\n\n", 1),
		"shorter":  strings.Replace(whole, `2,"ti`, `2,"t`, 1),
		"one more": strings.Replace(whole, `2,"ti`, "2,\n\"ti", 1),
		"cut out":  strings.Replace(whole, `{"v":1,"seq":2,"ti`+"\n", "", 1),
	} {
		if changed == whole {
			t.Fatal("nothing was changed")
		}
		put(t, path, []byte(changed))
		if r := verify(t, path); r.Intact() {
			t.Errorf("%s: not found", name)
		}
	}
}

func TestCrash_ADamagedHeadIsNotGuessed(t *testing.T) {
	t.Parallel()
	path := logPath(t)
	l := open(t, path)
	write(t, l, 1)
	whole := stateOf(t, path)
	for cut := range whole.head {
		state{whole.file, whole.head[:cut]}.put(t, path)
		if err := l.Write(t.Context(), entry(1)); !errors.Is(err, errForgedHead) {
			t.Fatalf("a head of %d bytes: %v", cut, err)
		}
		if !bytes.Equal(read(t, path), whole.file) {
			t.Fatal("the file was changed all the same")
		}
	}
}

func TestCrash_HalfANewHeadIsForgotten(t *testing.T) {
	t.Parallel()
	path := logPath(t)
	l := open(t, path)
	write(t, l, 1)
	put(t, path+headSuffix+".new", []byte(`{"v":1,"se`))
	write(t, l, 1)
	mustBeIntact(t, path, 2)
	if _, err := os.Stat(path + headSuffix + ".new"); !errors.Is(err, fs.ErrNotExist) {
		t.Error("it is still there")
	}
}

// full is a disk with room for so many bytes.
func full(room int) func(*os.File, []byte) error {
	return func(f *os.File, b []byte) error {
		fits := min(room, len(b))
		room -= fits
		if _, err := f.Write(b[:fits]); err != nil {
			return err
		}
		if fits < len(b) {
			return &fs.PathError{Op: "write", Path: f.Name(), Err: syscall.ENOSPC}
		}
		return nil
	}
}

func TestFullDisk_NothingIsHalfWrittenAndItGoesOnLater(t *testing.T) {
	t.Parallel()
	path := logPath(t)
	l := open(t, path)
	write(t, l, 1)
	want := uint64(1)
	for room := 0; ; room += 7 { // first the line does not fit, then its head
		before := stateOf(t, path)
		l.chains[0].write = full(room)
		err := l.Write(t.Context(), entry(1))
		l.chains[0].write = writeAll
		if err == nil {
			break
		}
		if !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("room for %d bytes: %v", room, err)
		}
		if now := stateOf(t, path); !bytes.Equal(now.file, before.file) || !bytes.Equal(now.head, before.head) {
			t.Fatalf("room for %d bytes: something was left", room)
		}
		write(t, l, 1)
		want++
	}
	if want < 50 {
		t.Fatalf("the disk was full only %d times", want)
	}
	mustBeIntact(t, path, want+1)
}

func TestRotation_ChainsThroughAllFiles(t *testing.T) {
	t.Parallel()
	path := logPath(t)
	small := func(o *Options) { o.MaxBytes = 1500 }
	for range 4 {
		write(t, open(t, path, small), 5)
	}
	mustBeIntact(t, path, 20)
	numbers, err := rotatedNumbers(path)
	if err != nil || len(numbers) < 3 {
		t.Fatalf("rotated files: %v, %v", numbers, err)
	}
	for _, n := range numbers {
		if size := len(read(t, rotatedPath(path, n))); size > 1500 {
			t.Errorf("file %d has %d bytes", n, size)
		}
		moved := rotatedPath(path, n) + ".elsewhere"
		if err := os.Rename(rotatedPath(path, n), moved); err != nil {
			t.Fatal(err)
		}
		r := verify(t, path)
		if r.Intact() || !strings.Contains(r.Findings[0].String(), fmt.Sprintf(".%d: this rotated file is missing", n)) {
			t.Errorf("file %d removed: %v", n, r.Findings)
		}
		if err := os.Rename(moved, rotatedPath(path, n)); err != nil {
			t.Fatal(err)
		}
	}
	one, two := read(t, rotatedPath(path, 1)), read(t, rotatedPath(path, 2))
	put(t, rotatedPath(path, 1), two)
	put(t, rotatedPath(path, 2), one)
	mustFind(t, path, 1, "missing or moved")
	put(t, rotatedPath(path, 1), one)
	put(t, rotatedPath(path, 2), two)
	put(t, rotatedPath(path, 99), one)
	if r := verify(t, path); r.Intact() {
		t.Error("a file of a number that was never given passed")
	}
}

func TestRotation_CompletesAfterACrash(t *testing.T) {
	t.Parallel()
	path := logPath(t)
	l := open(t, path)
	write(t, l, 2)
	c := l.chains[0]
	h, err := readHead(path+headSuffix, c.keys)
	if err != nil {
		t.Fatal(err)
	}
	h.Rotated, h.Size = 1, 0 // the head says that it is rotated, the name not yet
	if err := c.writeHead(h); err != nil {
		t.Fatal(err)
	}
	mustBeIntact(t, path, 2)
	write(t, open(t, path), 1)
	mustBeIntact(t, path, 3)
	if got := bytes.Count(read(t, rotatedPath(path, 1)), []byte("\n")); got != 2 {
		t.Errorf("the rotated file has %d lines", got)
	}
}

func TestRotation_NeverOverwritesAFile(t *testing.T) {
	t.Parallel()
	path := logPath(t)
	l := open(t, path, func(o *Options) { o.MaxBytes = 600 })
	write(t, l, 1)
	put(t, rotatedPath(path, 1), []byte("somebody's"))
	if err := l.Write(t.Context(), entry(1)); err == nil || !strings.Contains(err.Error(), "is there already") {
		t.Fatalf("got %v", err)
	}
	if got := string(read(t, rotatedPath(path, 1))); got != "somebody's" {
		t.Errorf("it is now %q", got)
	}
	if err := os.Remove(rotatedPath(path, 1)); err != nil {
		t.Fatal(err)
	}
	write(t, l, 1)
	mustBeIntact(t, path, 2)
}
