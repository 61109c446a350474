package extract

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

const (
	// maxComplaint is what is kept of a child's standard error: enough to tell
	// why the Go runtime ended it.
	maxComplaint = 4 << 10

	// holdTime is how long a process that escaped the child's group may hold
	// the pipes before they are closed under it.
	holdTime = time.Second
)

// childEnviron is a child's whole environment, for the Go runtime: the parent's
// holds passwords. GOMEMLIMIT makes the collector work harder before the limit
// is reached; without tracebacks a crash says one line.
func childEnviron() []string {
	return []string{"GOMAXPROCS=1", fmt.Sprintf("GOMEMLIMIT=%d", maxMemory*3/4), "GOTRACEBACK=none"}
}

// run has a child read the attachment.
func (e *Extractor) run(ctx context.Context, in Input) (Result, error) {
	defer bindThread()()
	self, err := executable()
	if err != nil {
		return Result{}, fmt.Errorf("extract: find this program: %w", err)
	}
	// To start takes milliseconds, under the race detector on a very busy
	// machine seconds: the time to read begins when the child has greeted, and
	// it has as much again for that.
	limited, cancel := context.WithTimeout(ctx, 2*e.timeout)
	defer cancel()
	complaint := &capped{max: maxComplaint}
	cmd := exec.CommandContext(limited, self, e.arg)
	cmd.Env = childEnviron()
	cmd.Dir = childDir
	cmd.Stderr = complaint
	cmd.WaitDelay = holdTime
	cmd.Cancel = func() error { return killGroup(cmd) }
	ownGroup(cmd)
	stdin, stdout, err := start(cmd)
	if err != nil {
		return Result{}, fmt.Errorf("extract: start child: %w", err)
	}

	in.MaxChars = min(max(in.MaxChars, 0), maxPiece)
	reading := time.AfterFunc(2*e.timeout, cancel)
	defer reading.Stop()
	greeted, res, err := converse(stdin, stdout, in, func() { reading.Reset(e.timeout) }, func() { _ = killGroup(cmd) })
	// Nothing more is wanted of it, nor of what it may have started. The group
	// still has its leader, dead or alive, so the number cannot be another's.
	_ = killGroup(cmd)
	_ = cmd.Wait() // what the child answered counts, not how it ended

	switch {
	case err == nil:
		return res, nil
	case ctx.Err() != nil:
		return Result{}, fmt.Errorf("extract: %w", ctx.Err())
	case limited.Err() == nil && !greeted:
		return Result{}, fmt.Errorf("extract: the child is none of ours: %w: %s", err, complaint.line())
	}
	return explain(limited, cmd, complaint), nil
}

// start starts cmd with pipes to its standard input and output.
func start(cmd *exec.Cmd) (io.WriteCloser, io.Reader, error) {
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	return stdin, stdout, cmd.Start()
}

// converse waits for the greeting, sends the attachment and reads the answer.
func converse(stdin io.WriteCloser, stdout io.Reader, in Input, begin, kill func()) (greeted bool, res Result, err error) {
	r := bufio.NewReader(stdout)
	first := make([]byte, len(greeting))
	if _, err := io.ReadFull(r, first); err != nil {
		return false, Result{}, fmt.Errorf("it did not greet: %w", err)
	}
	if string(first) != greeting {
		return false, Result{}, errors.New("it said something else")
	}
	begin()

	sent := make(chan struct{})
	go func() {
		defer close(sent)
		defer stdin.Close()
		// A child that ends early, maybe with an answer, breaks the pipe.
		_ = send(stdin, headerOf(in), in.Data)
	}()
	res, err = answer(r, in.MaxChars)
	kill() // also ends the sending, should the child have answered early
	<-sent
	return true, res, err
}

// clip cuts s to at most n bytes. A cut character becomes U+FFFD in JSON.
func clip(s string, n int) string { return s[:min(len(s), n)] }

// clipName keeps the end of a long name: the extension.
func clipName(s string) string { return s[max(0, len(s)-maxName):] }

// explain says why a child ended without an answer.
func explain(limited context.Context, cmd *exec.Cmd, complaint *capped) Result {
	used := time.Duration(0)
	if cmd.ProcessState != nil {
		used = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	}
	switch {
	case limited.Err() != nil || used >= maxCPU:
		return failure(TimedOut, "reading the attachment took too long and was ended")
	case complaint.contains("out of memory", "cannot allocate memory"):
		return failure(TooLarge, "reading the attachment took more memory than one attachment may have and was ended")
	}
	return failure(Damaged, "the attachment ended the program that reads attachments")
}

// capped keeps the first bytes written to it.
type capped struct {
	b   bytes.Buffer
	max int
}

func (c *capped) Write(p []byte) (int, error) {
	c.b.Write(p[:min(len(p), c.max-c.b.Len())])
	return len(p), nil
}

func (c *capped) contains(any ...string) bool {
	for _, s := range any {
		if strings.Contains(c.b.String(), s) {
			return true
		}
	}
	return false
}

// line is the first line in a form that can be shown.
func (c *capped) line() string {
	first, _, _ := strings.Cut(c.b.String(), "\n")
	return fmt.Sprintf("%q", first)
}

// executable is the program to start as the child.
func executable() (string, error) {
	if thisProgram != "" {
		return thisProgram, nil
	}
	return os.Executable()
}
