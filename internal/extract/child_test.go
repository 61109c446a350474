//go:build unix

package extract

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is how long a test waits for what should be over in no time.
const patience = 30 * time.Second

var hello = Input{MediaType: "text/plain", Data: []byte("Hello"), MaxChars: 1000}

func TestText_SurvivesWhatAChildMayDo(t *testing.T) {
	for _, tt := range []struct {
		name, child string
		want        Status
		note        string
	}{
		{"it allocates without end", "child-allocates", TooLarge, "more memory"},
		{"it recurses without end", "child-recurses", Damaged, "ended the program"},
		{"it panics", "child-panics", Damaged, "ended the program"},
		{"it exits without an answer", "child-exits", Damaged, "ended the program"},
		{"it answers with garbage", "child-garbles", Damaged, "ended the program"},
		{"it claims a status that does not exist", "child-lies", Damaged, "ended the program"},
		{"it answers with more than was asked for", "child-exceeds", Damaged, "ended the program"},
		{"its answer has no end", "child-babbles", Damaged, "ended the program"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := residentKB(t)
			res, err := extractor(tt.child, patience).Text(t.Context(), hello)
			if err != nil {
				t.Fatal(err)
			}
			if res.Status != tt.want || !strings.Contains(res.Note, tt.note) || res.Text != "" {
				t.Errorf("got %+v", res)
			}
			if grown := residentKB(t) - before; grown > 64<<10 {
				t.Errorf("the parent took %d kB", grown)
			}
			wantNoChildren(t)
		})
	}
}

func TestText_EndsALoopAtTheTimeout(t *testing.T) {
	res, err := extractor("child-loops", 300*time.Millisecond).Text(t.Context(), hello)
	if err != nil || res.Status != TimedOut || !strings.Contains(res.Note, "too long") {
		t.Errorf("got %+v, %v", res, err)
	}
	wantNoChildren(t)
}

func TestText_KillsTheChildWhenTheCallerLeaves(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(200*time.Millisecond, cancel)
	start := time.Now()
	_, err := extractor("child-loops", time.Hour).Text(ctx, hello)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if took := time.Since(start); took > patience/3 {
		t.Errorf("it took %v", took)
	}
	wantNoChildren(t)
}

func TestText_ReadsOnWhileAChildComplains(t *testing.T) {
	res, err := extractor("child-complains", patience).Text(t.Context(), hello)
	if err != nil || res.Text != "done" {
		t.Errorf("got %+v, %v", res, err)
	}
}

func TestText_KillsWhatAChildStarted(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the test child starts itself by /proc")
	}
	start := time.Now()
	res, err := extractor("child-forks", patience).Text(t.Context(), hello)
	if err != nil || time.Since(start) > patience/2 {
		t.Fatalf("got %+v, %v after %v", res, err, time.Since(start))
	}
	pid, err := strconv.Atoi(res.Text)
	if err != nil {
		t.Fatalf("the child said %q", res.Text)
	}
	for end := time.Now().Add(patience); running(pid); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("process %d, which the child started, still runs", pid)
		}
	}
}

// running reports a process that is neither gone nor a zombie of init's.
func running(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, state, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(state, "Z")
}

func TestText_ChildGetsNoSecrets(t *testing.T) {
	t.Setenv("MAIL_IMAP_DEFAULT_PASS", "hunter2")
	res, err := extractor("child-reports", patience).Text(t.Context(), hello)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Split(res.Text, "\n")
	want := append(childEnviron(), "dir="+childDir, "err=<nil>")
	if !slices.Equal(got, want) {
		t.Errorf("the child has %q, want %q", got, want)
	}
	if strings.Contains(res.Text, "hunter2") {
		t.Error("the child has the password")
	}
}

func TestText_ChildCanWriteNoFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "written")
	res, err := extractor("child-writes", patience).Text(t.Context(), Input{Data: []byte(name), MaxChars: 1000})
	if err != nil {
		t.Fatal(err)
	}
	if content, _ := os.ReadFile(name); len(content) > 0 {
		t.Errorf("it wrote %q and said %+v", content, res)
	}
}

func TestText_AnswersBeforeTheQuestionAreTaken(t *testing.T) {
	in := hello
	in.Data = make([]byte, 1<<20) // more than a pipe holds
	res, err := extractor("child-early", patience).Text(t.Context(), in)
	if err != nil || res.Text != "early" {
		t.Errorf("got %+v, %v", res, err)
	}
}

func TestText_RefusesAProgramThatIsNotItsChild(t *testing.T) {
	for _, child := range []string{"stranger-other", "stranger-ends"} {
		t.Run(child, func(t *testing.T) {
			_, err := extractor(child, patience).Text(t.Context(), hello)
			if err == nil || !strings.Contains(err.Error(), "none of ours") {
				t.Errorf("got %v", err)
			}
		})
	}
	res, err := extractor("stranger-silent", 100*time.Millisecond).Text(t.Context(), hello)
	if err != nil || res.Status != TimedOut {
		t.Errorf("one that says nothing: %+v, %v", res, err)
	}
	wantNoChildren(t)
}

// A test binary whose TestMain forgot would run all of its tests as the child.
func TestText_RefusesWhereRunIfChildWasNotCalled(t *testing.T) {
	prepared.Store(false)
	defer prepared.Store(true)
	_, err := New(Options{}).Text(t.Context(), hello)
	if err == nil || !strings.Contains(err.Error(), "RunIfChild") {
		t.Errorf("got %v", err)
	}
}

func TestText_RefusesTooMuchWithoutAChild(t *testing.T) {
	res, err := extractor("stranger-ends", patience).Text(t.Context(), Input{MediaType: "text/plain", Data: make([]byte, MaxInput+1), MaxChars: 10})
	if err != nil || res.Status != TooLarge || !strings.Contains(res.Note, "26.2 MB") {
		t.Errorf("got %+v, %v", res, err)
	}
}

func TestText_ReadsAsMuchAsIsAllowed(t *testing.T) {
	res := text(t, Input{MediaType: "text/plain", Data: []byte(strings.Repeat("Words. ", MaxInput/7)), MaxChars: 50})
	if res.Status != OK || !strings.HasPrefix(res.Text, "Words. Words.") || !res.Truncated {
		t.Errorf("got %+v", res)
	}
}

func TestText_WaitsForItsTurn(t *testing.T) {
	e := New(Options{Timeout: time.Hour, Children: 1})
	e.arg = "child-loops"
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { _, _ = e.Text(ctx, hello) })
	for len(e.slots) == 0 {
		time.Sleep(time.Millisecond)
	}
	waiting, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	if _, err := e.Text(waiting, hello); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	cancel()
	wg.Wait()
	if len(e.slots) != 0 {
		t.Error("a slot was not given back")
	}
}

func TestText_ManyAtOnce(t *testing.T) {
	e := New(Options{Children: 2})
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			want := strings.Repeat(fmt.Sprint("number ", i, "\n"), 1000)
			res, err := e.Text(t.Context(), Input{MediaType: "text/plain", Data: []byte(want), MaxChars: 20_000})
			if err != nil || res.Text != strings.TrimSpace(want) {
				t.Errorf("%d: %v %s", i, err, res.Note)
			}
		})
	}
	wg.Wait()
	wantNoChildren(t)
}

// residentKB is the memory of this process.
func residentKB(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0 // not Linux
	}
	_, after, _ := strings.Cut(string(status), "VmRSS:")
	kb, err := strconv.Atoi(strings.Fields(after)[0])
	if err != nil {
		t.Fatal(err)
	}
	return kb
}

// wantNoChildren fails if a process was left behind, dead or alive.
func wantNoChildren(t *testing.T) {
	t.Helper()
	if runtime.GOOS != "linux" {
		return
	}
	for _, list := range must(filepath.Glob("/proc/self/task/*/children")) {
		if pids, err := os.ReadFile(list); err == nil && len(strings.TrimSpace(string(pids))) > 0 {
			t.Errorf("processes left behind: %s", pids)
		}
	}
	var status syscall.WaitStatus
	if pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG, nil); !errors.Is(err, syscall.ECHILD) {
		t.Errorf("a child is left: %d, %v", pid, err)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
