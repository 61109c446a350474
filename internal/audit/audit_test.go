package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mail-imap-mcp/internal/secret"
)

const keyText = "0123456789abcdef0123456789ABCDEF"

var (
	testKey  = secret.New(keyText)
	otherKey = secret.New(strings.Repeat("k", KeyBytes))
)

// clock ticks a second at each look.
func clock() func() time.Time {
	now := time.Date(2026, 3, 1, 12, 0, 0, 123e6, time.UTC)
	return func() time.Time { now = now.Add(time.Second); return now }
}

func open(t *testing.T, path string, change ...func(*Options)) *Log {
	t.Helper()
	o := Options{Key: testKey, Targets: []string{path}, Now: clock()}
	for _, c := range change {
		c(&o)
	}
	l, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func write(t *testing.T, l *Log, n int) {
	t.Helper()
	for i := range n {
		if err := l.Write(t.Context(), entry(i)); err != nil {
			t.Fatal(err)
		}
	}
}

func entry(i int) Entry {
	return Entry{
		Event: "outcome", Caller: "desk-client", Tool: "imap_apply_to_messages", Account: "work", Mailbox: "INBOX",
		Operation: fmt.Sprintf("op-%d", i), IDs: []string{fmt.Sprintf("imap:work:INBOX:7:%d", i+1)},
		Outcome: "done", Code: "timeout", Duration: 12 * time.Millisecond, Counts: map[string]int{"done": 1, "failed": 0},
	}
}

// logPath is where a log may be: in memory if there is such a place, since the
// tests write thousands of lines and each waits for the disk.
func logPath(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "audit-test-") //nolint:usetesting // not on a disk
	if err != nil {
		return filepath.Join(t.TempDir(), "audit.jsonl")
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return filepath.Join(dir, "audit.jsonl")
}

func verify(t *testing.T, path string) *Report {
	t.Helper()
	r, err := Verify(t.Context(), path, testKey)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func mustBeIntact(t *testing.T, path string, lines uint64) {
	t.Helper()
	r := verify(t, path)
	if !r.Intact() {
		t.Fatalf("not intact: %v", r.Findings)
	}
	if r.Lines != lines {
		t.Fatalf("%d lines, want %d", r.Lines, lines)
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func put(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, privateMode); err != nil {
		t.Fatal(err)
	}
}

func TestLog_ALineSaysWhatHappened(t *testing.T) {
	t.Parallel()
	path := logPath(t)
	write(t, open(t, path), 1)
	got := string(read(t, path))
	want := `{"v":1,"seq":1,"time":"2026-03-01T12:00:01.123Z","event":"outcome","caller":"desk-client","tool":"imap_apply_to_messages","account":"work","mailbox":"INBOX","operation":"op-0","ids":["imap:work:INBOX:7:1"],"outcome":"done","code":"timeout","duration_ms":12,"counts":{"done":1,"failed":0},"prev":"`
	if !strings.HasPrefix(got, want) || !strings.HasSuffix(got, "\"}\n") {
		t.Errorf("got  %s\nwant %s…", got, want)
	}
}

func TestLog_NilTakesEverything(t *testing.T) {
	t.Parallel()
	l, err := Open(Options{})
	if l != nil || err != nil {
		t.Fatalf("Open without targets: %v, %v", l, err)
	}
	if err := errors.Join(l.Write(t.Context(), Entry{Event: "call"}), l.Close()); err != nil {
		t.Error(err)
	}
}

func TestLog_ContinuesAfterARestart(t *testing.T) {
	t.Parallel()
	path := logPath(t)
	for range 3 {
		write(t, open(t, path), 2)
	}
	mustBeIntact(t, path, 6)
}

func TestLog_EndedContextStillWritesWhenNobodyElseDoes(t *testing.T) {
	t.Parallel()
	path := logPath(t)
	l := open(t, path)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := l.Write(ctx, entry(0)); err != nil {
		t.Fatal(err)
	}
	mustBeIntact(t, path, 1)
}

func TestLog_WaitsForAnotherWriterOnlySoLong(t *testing.T) {
	t.Parallel()
	path := logPath(t)
	l := open(t, path)
	err := l.chains[0].locked(t.Context(), func() error {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		return open2(path).Write(ctx, entry(0))
	})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want the deadline", err)
	}
	write(t, l, 1)
	mustBeIntact(t, path, 1)
}

// open2 is another process' Log on the same file, made without its lock.
func open2(path string) *Log {
	k, _ := deriveKeys(testKey)
	c := &chain{
		path: path, keys: k, maxBytes: defaultMaxBytes, now: time.Now,
		logger: slog.New(slog.DiscardHandler), write: writeAll, mu: make(chan struct{}, 1),
	}
	return &Log{chains: []*chain{c}, now: time.Now, logger: c.logger}
}

func TestLog_HostileFieldsStayOneHarmlessLine(t *testing.T) {
	t.Parallel()
	path := logPath(t)
	hostile := "a\"\n\r\x00\x1b[2J\x7f\u0085\u202e\U000E0041\xff\xfez<&>"
	e := Entry{
		Event: hostile, Name: hostile, Caller: hostile, Tool: strings.Repeat("€", 4000), Account: hostile, Mailbox: "Entwürfe/日本",
		Operation: hostile, Outcome: hostile, Code: hostile, Counts: map[string]int{hostile: -1}, Duration: -time.Second,
	}
	for range 1000 {
		e.IDs = append(e.IDs, strings.Repeat("\x01", 5000))
	}
	if err := open(t, path).Write(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	b := read(t, path)
	if bytes.Count(b, []byte("\n")) != 1 || len(b) >= maxLine {
		t.Fatalf("%d bytes, %d newlines", len(b), bytes.Count(b, []byte("\n")))
	}
	for _, r := range strings.TrimSuffix(string(b), "\n") {
		if r < ' ' || r == 0x7f || r == 0x85 || r == 0x202e || r >= 0xE0000 && r <= 0xE007F {
			t.Fatalf("%U stands in the file", r)
		}
	}
	mustBeIntact(t, path, 1)
	_, err := Show(t.Context(), path, Filter{}, func(l Line) error {
		if want := strings.ToValidUTF8(hostile, "\uFFFD"); l.Caller != want || l.Mailbox != "Entwürfe/日本" {
			t.Errorf("read back %q, %q", l.Caller, l.Mailbox)
		}
		if len(l.IDs)+l.IDsOmitted != 1000 || len(l.IDs) > maxIDs {
			t.Errorf("%d ids and %d omitted", len(l.IDs), l.IDsOmitted)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestLog_TheKeyIsNowhere(t *testing.T) {
	t.Parallel()
	path := logPath(t)
	var logged bytes.Buffer
	l := open(t, path, func(o *Options) {
		o.Logger = slog.New(slog.NewTextHandler(&logged, nil))
		o.Stderr, o.Targets = &logged, append(o.Targets, TargetStderr)
	})
	write(t, l, 3)
	put(t, path, append(read(t, path), `{"torn`...))
	write(t, l, 1)
	put(t, path+headSuffix, []byte("forged"))
	err := l.Write(t.Context(), entry(9))
	if err == nil {
		t.Fatal("a forged head was taken")
	}
	r := verify(t, path)
	all := logged.String() + string(read(t, path)) + err.Error() + fmt.Sprint(r.Findings) + fmt.Sprintf("%+v %v", Options{Key: testKey}, testKey)
	if testKey.RedactIn(all) != all {
		t.Error("the key is in what was written, logged or returned")
	}
}

func TestOpen_RefusesWhatCannotBeTrusted(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		prepare func(t *testing.T, path string) Options
		says    string
	}{
		"no key": {func(_ *testing.T, path string) Options { return Options{Targets: []string{path}} }, "MAIL_IMAP_AUDIT_KEY"},
		"a short key": {func(_ *testing.T, path string) Options {
			return Options{Targets: []string{path}, Key: secret.New("short")}
		}, "not 32 bytes"},
		"relative path": {func(*testing.T, string) Options { return Options{Targets: []string{"audit.log"}, Key: testKey} }, "not an absolute path"},
		"named twice":   {func(_ *testing.T, path string) Options { return Options{Targets: []string{path, path}, Key: testKey} }, "named twice"},
		"no directory": {func(_ *testing.T, path string) Options {
			return Options{Targets: []string{filepath.Join(path, "x", "y")}, Key: testKey}
		}, "directory"},
		"symbolic link": {func(t *testing.T, path string) Options {
			put(t, path+".real", nil)
			if err := os.Symlink(path+".real", path); err != nil {
				t.Skip(err)
			}
			return Options{Targets: []string{path}, Key: testKey}
		}, "symbolic link"},
		"a lock that is a link": {func(t *testing.T, path string) Options {
			if err := os.Symlink(path+".real", path+lockSuffix); err != nil {
				t.Skip(err)
			}
			return Options{Targets: []string{path}, Key: testKey}
		}, "symbolic link"},
		"others may write": {func(t *testing.T, path string) Options {
			put(t, path, nil)
			if err := os.Chmod(path, 0o620); err != nil { //nolint:gosec // that is the test
				t.Fatal(err)
			}
			return Options{Targets: []string{path}, Key: testKey}
		}, "chmod 600"},
		"others may replace": {func(t *testing.T, path string) Options {
			if err := os.Chmod(filepath.Dir(path), 0o777); err != nil { //nolint:gosec // that is the test
				t.Fatal(err)
			}
			return Options{Targets: []string{path}, Key: testKey}
		}, "chmod o-w"},
		"lines without a head": {func(t *testing.T, path string) Options {
			put(t, path, []byte("{}\n"))
			return Options{Targets: []string{path}, Key: testKey}
		}, "head is missing"},
		"another key's log": {func(t *testing.T, path string) Options {
			write(t, open(t, path), 1)
			return Options{Targets: []string{path}, Key: otherKey}
		}, "the key is not the one"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			l, err := Open(tt.prepare(t, logPath(t)))
			if err == nil || l != nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, want %q", err, tt.says)
			}
		})
	}
}

func TestLog_FilesArePrivate(t *testing.T) {
	t.Parallel()
	path := logPath(t)
	write(t, open(t, path), 1)
	for _, p := range []string{path, path + headSuffix, path + lockSuffix} {
		info, err := os.Stat(p)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != privateMode && permissionsCount {
			t.Errorf("%s has mode %04o", filepath.Base(p), info.Mode().Perm())
		}
	}
}

func TestLog_StderrAloneNumbersItsLines(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	l, err := Open(Options{Targets: []string{TargetStderr}, Stderr: &out, Now: clock()})
	if err != nil {
		t.Fatal(err)
	}
	write(t, l, 2)
	if !strings.Contains(out.String(), `{"v":1,"seq":2,`) || strings.Contains(out.String(), `"mac"`) {
		t.Errorf("got %s", &out)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestLog_BrokenStderrMattersOnlyWhereNoFileIs(t *testing.T) {
	t.Parallel()
	l := open(t, logPath(t), func(o *Options) { o.Stderr, o.Targets = broken{}, append(o.Targets, TargetStderr) })
	write(t, l, 1)
	l, err := Open(Options{Targets: []string{TargetStderr}, Stderr: broken{}})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Write(t.Context(), entry(0)); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("got %v", err)
	}
}
