package extract

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"
	"sync/atomic"
	"time"
)

const (
	// childArg is the one argument that makes a child of this program. It is
	// for the program alone, and no user's word.
	childArg = "extract-child"

	// maxMemory is what a child may take, in bytes. A PDF of 25 MB with many
	// pictures takes some 300 MB.
	maxMemory = 1 << 30

	// maxStack ends a parser that recurses without end long before it has taken
	// the memory: the runtime's own limit is 1 GB.
	maxStack = 64 << 20

	// maxCPU is the processor time of a child: the wall clock of a parent that
	// may have been stopped.
	maxCPU = 10 * time.Second
)

// prepared says that RunIfChild was called in this process, and so will be in
// the child that is this program again. Without it, a test binary whose
// TestMain forgot would run all its tests as the "child", which would start
// children in turn. It is the one thing here that only the process as a whole
// can know.
var prepared atomic.Bool

// RunIfChild does a child's work and exits, if this process is one; otherwise
// it returns at once. It belongs first in main, before anything is read.
func RunIfChild() {
	if len(os.Args) == 2 && os.Args[1] == childArg {
		os.Exit(serveChild(read))
	}
	prepared.Store(true)
}

// serveChild is a child's life: limit itself, greet, read one attachment,
// answer. It returns the exit code.
func serveChild(read func(header, []byte) Result) int {
	debug.SetMaxStack(maxStack)
	closeInherited()
	if err := limit(); err != nil {
		fmt.Fprintln(os.Stderr, "the child cannot limit itself:", err)
		return 1
	}
	if _, err := os.Stdout.WriteString(greeting); err != nil {
		return 1
	}
	h, data, err := receive(os.Stdin)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	e := json.NewEncoder(os.Stdout)
	e.SetEscapeHTML(false)
	if err := e.Encode(read(h, data)); err != nil {
		return 1
	}
	return 0
}
