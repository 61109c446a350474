package operation

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"mail-imap-mcp/internal/change"
)

// childDir tells the test binary to be a server that is killed at its work.
const childDir = "OPERATION_TEST_CHILD_DIR"

func TestKilledInTheMiddle_TheNextProcessTellsWhatItDid(t *testing.T) {
	t.Parallel()
	if dir := os.Getenv(childDir); dir != "" {
		beKilled(t, dir)
	}
	dir := stateDir(t)
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$") //nolint:gosec // this very test
	child.Env = append(os.Environ(), childDir+"="+dir)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var opID string
	for lines := bufio.NewScanner(out); opID == "" && lines.Scan(); {
		if _, after, ok := strings.Cut(lines.Text(), "changing "); ok {
			opID = after
		}
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait() // it was killed

	r := registry(t, Options{StateDir: dir})
	o, err := r.Get("local", opID)
	if err != nil {
		t.Fatal(err)
	}
	if s := o.Snapshot(true); s.State != Interrupted || statuses(s) != "done unknown not_attempted" {
		t.Errorf("%s %q", s.State, statuses(s))
	}
	u, err := r.Undo("local", opID)
	if err != nil || len(u.Changes) != 1 || u.Changes[0].Messages() != 1 || len(u.Refused) != 1 {
		t.Errorf("%+v, %v", u, err)
	}
}

// beKilled says when it is in the middle of its second batch, and stays there.
func beKilled(t *testing.T, dir string) {
	r := registry(t, Options{StateDir: dir})
	work := newWorld(3).work(moveEach(3))
	run, ids := work.Run, make(chan string, 1)
	work.Run = func(ctx context.Context, i int, witness change.Witness) []change.Outcome {
		list := run(ctx, i, witness)
		if i == 1 {
			fmt.Println("changing " + <-ids)
			select {}
		}
		return list
	}
	o, err := r.Start(work)
	if err != nil {
		t.Fatal(err)
	}
	ids <- o.ID()
	select {}
}
