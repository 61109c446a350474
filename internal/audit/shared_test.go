package audit

import (
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

const envWriter = "AUDIT_TEST_WRITE_TO"

// TestMain is, when another test says so, a second process that writes.
func TestMain(m *testing.M) {
	path := os.Getenv(envWriter)
	if path == "" {
		os.Exit(m.Run())
	}
	l, err := Open(Options{Key: testKey, Targets: []string{path}, MaxBytes: 4000})
	for i := 0; i < 25 && err == nil; i++ {
		err = l.Write(timeless{}, entry(i))
	}
	if err != nil {
		os.Stderr.WriteString(err.Error())
		os.Exit(1)
	}
}

// timeless is a context without a test.
type timeless struct{}

func (timeless) Deadline() (t time.Time, ok bool) { return }
func (timeless) Done() <-chan struct{}            { return nil }
func (timeless) Err() error                       { return nil }
func (timeless) Value(any) any                    { return nil }

func TestShared_ProcessesAndHandlesMakeOneChain(t *testing.T) {
	t.Parallel()
	path := logPath(t)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			cmd := exec.CommandContext(t.Context(), os.Args[0])
			cmd.Env = append(os.Environ(), envWriter+"="+path)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
	for range 2 {
		l := open(t, path, func(o *Options) { o.MaxBytes, o.Now = 4000, nil })
		for i := range 2 {
			wg.Go(func() {
				for range 10 {
					if err := l.Write(t.Context(), entry(i)); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
	}
	wg.Go(func() { // a log that is being written may be verified
		for range 20 {
			if r, err := Verify(t.Context(), path, testKey); err == nil && !r.Intact() {
				t.Errorf("while it is written: %v", r.Findings)
			}
		}
	})
	wg.Wait()
	mustBeIntact(t, path, 2*25+4*10)
}

func TestVerify_AcceptsWhateverWasWritten(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // entries, not secrets
	text := func() string {
		b := make([]byte, random.IntN(40)*random.IntN(2))
		for i := range b {
			b[i] = byte(random.UintN(256))
		}
		return string(b)
	}
	path := logPath(t)
	l := open(t, path, func(o *Options) { o.MaxBytes = 20_000 })
	for range 200 {
		e := Entry{
			Event: text(), Name: text(), Caller: text(), Tool: text(), Account: text(), Mailbox: text(), Operation: text(),
			Outcome: text(), Code: text(), Duration: time.Duration(random.Int64()), Counts: map[string]int{text(): random.Int()},
		}
		for range random.IntN(5) {
			e.IDs = append(e.IDs, text())
		}
		if err := l.Write(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	mustBeIntact(t, path, 200)
}

func TestShow_FiltersAndSkipsWhatIsNoLine(t *testing.T) {
	t.Parallel()
	path := logPath(t)
	l := open(t, path, func(o *Options) { o.MaxBytes = 900 })
	write(t, l, 4)
	put(t, path, append(read(t, path), "garbage\n"+strings.Repeat("x", 3*maxLine)...))
	at := func(s string) time.Time { tm, _ := time.Parse(time.RFC3339, s); return tm }
	for name, tt := range map[string]struct {
		filter Filter
		want   int
	}{
		"all":       {Filter{}, 4},
		"operation": {Filter{Operation: "op-2"}, 1},
		"account":   {Filter{Account: "WORK"}, 4},
		"none":      {Filter{Tool: "imap_save_draft"}, 0},
		"code":      {Filter{Code: "timeout", Event: "outcome"}, 4},
		"since":     {Filter{Since: at("2026-03-01T12:00:03Z")}, 2},
		"between":   {Filter{Since: at("2026-03-01T12:00:02Z"), Until: at("2026-03-01T12:00:03Z")}, 1},
	} {
		var out bytes.Buffer
		got := 0
		bad, err := Show(t.Context(), path, tt.filter, func(l Line) error { got++; out.WriteString(l.Event); return nil })
		if err != nil || got != tt.want || bad != 2 {
			t.Errorf("%s: %d lines and %d unreadable, %v; want %d and 2", name, got, bad, err, tt.want)
		}
	}
}

func TestVerify_OneEndlessLineTakesNoMemory(t *testing.T) {
	path := logPath(t)
	write(t, open(t, path), 1)
	const size = 40 << 20
	put(t, path, append(read(t, path), bytes.Repeat([]byte("x"), size)...))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	r := verify(t, path)
	runtime.ReadMemStats(&after)
	if r.Intact() || r.FindingCount != 1 {
		t.Errorf("found %v", r.Findings)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > size/4 {
		t.Errorf("%d bytes were allocated for a line of %d", used, size)
	}
}

func BenchmarkWrite(b *testing.B) {
	l, err := Open(Options{Key: testKey, Targets: []string{filepath.Join(b.TempDir(), "audit.jsonl")}})
	if err != nil {
		b.Fatal(err)
	}
	for i := 0; b.Loop(); i++ {
		if err := l.Write(b.Context(), entry(i)); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzLine(f *testing.F) {
	k, _ := deriveKeys(testKey)
	line := Entry{Event: "call"}.line(time.Unix(0, 0))
	object, _ := line.JSON()
	genuine := sealed(k.line, object)
	f.Add(genuine)
	f.Add([]byte(`{"v":1,"seq":18446744073709551616}`))
	f.Add([]byte("\n\n{}\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if unseal(k.line, b) && !bytes.Equal(b, genuine) {
			t.Errorf("a seal was made up: %q", b)
		}
		v := &verifier{keys: k, report: &Report{}, torn: newTornText(k)}
		err := eachLine(t.Context(), bytes.NewReader(b), func(raw rawLine) error { v.line("f", raw); return nil })
		v.explain("f", 0, Line{})
		if err != nil || len(b) > 0 && v.report.Intact() && !bytes.HasPrefix(b, genuine) {
			t.Errorf("%q passed: %v", b, err)
		}
		if l, err := decode(b); err == nil {
			if again, err := l.JSON(); err != nil || bytes.ContainsAny(again, "\n\x00\x1b") {
				t.Errorf("%q → %q, %v", b, again, err)
			}
		}
	})
}
