// Package extract turns an attachment's bytes into text that is safe to show.
// The work is done in a short-lived child process with little memory, little
// time and nothing in its environment: a crash, a loop or a bomb ends only the
// child. Only calendars below 64 kB, invitations, are read in this process.
//
// What each system gets, beside a wall clock that kills the child with all it
// started, no environment and no file but the pipes to its parent:
//
//   - Linux: limits by the kernel on address space and data (1 GB), processor
//     time, open files, files written (none) and core dumps (none);
//     no_new_privs; and the child dies with its parent. Built with the race
//     detector, which maps terabytes, memory is watched as on macOS instead.
//   - macOS, FreeBSD, OpenBSD, NetBSD: the same limits except on memory, which
//     those kernels do not enforce, or not alike: the child watches its own memory and ends itself.
//   - Windows: the child watches its memory; there are no other limits, and only
//     the child itself is killed.
package extract

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Status says in one word how an extraction went.
type Status string

// The ways an extraction can go. All but OK come with a Note for people.
const (
	OK          Status = "ok"
	Empty       Status = "empty"              // there is no text in it
	Encrypted   Status = "encrypted"          // a password is needed
	ScannedOnly Status = "scanned_image_only" // pages are pictures
	Unsupported Status = "unsupported"        // no text can be made of this type
	Damaged     Status = "damaged"            // it could not be read, or ended the child
	TooLarge    Status = "too_large"          // input, or what it unpacks to
	TimedOut    Status = "timed_out"
)

const (
	// MaxInput is the largest attachment that is looked at, in decoded bytes.
	MaxInput = 25 << 20

	// maxPiece is the most characters of one Result, whatever MaxChars says;
	// the contract lets a caller ask for 64,000.
	maxPiece = 100_000

	// defaultTimeout is far above what a readable attachment takes: a PDF of
	// 5 MB is to be read within 2 s.
	defaultTimeout = 10 * time.Second

	// defaultChildren keeps a call that wants every attachment from taking the
	// whole machine: each child may take a processor and 1 GB.
	defaultChildren = 2
)

// Input is one attachment.
type Input struct {
	MediaType string // as the mail declares it, lower-case: "application/pdf"
	Filename  string // as the sender gave it; only its extension counts
	Charset   string // of text, "" when not declared
	Data      []byte // decoded; at most MaxInput
	Offset    int    // characters of the text to skip
	MaxChars  int    // most characters of text returned, at most 100,000
}

// Result is what was found. Text went through safetext and is not fenced.
type Result struct {
	Status    Status
	Note      string // one sentence for people, "" when all went well
	Text      string
	Truncated bool // there is more text behind Text
	Removed   map[string]int
}

// Options are the parts of an Extractor that have defaults.
type Options struct {
	Timeout  time.Duration // for one attachment; 0: 10 s
	Children int           // at the same time; 0: 2
}

// Extractor runs children. It is safe for concurrent use.
type Extractor struct {
	timeout time.Duration
	slots   chan struct{} // one for each child that may run
	arg     string        // what makes a child of this program
}

// New makes an Extractor that runs this program again as its child; main and
// TestMain must call RunIfChild first.
func New(o Options) *Extractor {
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.Children <= 0 {
		o.Children = defaultChildren
	}
	return &Extractor{timeout: o.Timeout, slots: make(chan struct{}, o.Children), arg: childArg}
}

// errNotPrepared keeps a test binary that never calls RunIfChild from starting
// itself, and with it all its tests, over and over.
var errNotPrepared = errors.New("extract: this program cannot start itself as a child: main, or TestMain, must call extract.RunIfChild first")

// Text extracts the text of one attachment. What is wrong with the attachment
// is said in the Result; an error is ctx's end or a child that cannot start.
// It waits while as many children as allowed are at work.
func (e *Extractor) Text(ctx context.Context, in Input) (Result, error) {
	switch {
	case ctx.Err() != nil:
		return Result{}, fmt.Errorf("extract: %w", ctx.Err())
	case !prepared.Load():
		return Result{}, errNotPrepared
	case len(in.Data) > MaxInput:
		return failure(TooLarge, fmt.Sprintf("the attachment has %s; at most %s are read", byteCount(int64(len(in.Data))), byteCount(MaxInput))), nil
	}
	if res, ok := calendarHere(in); ok {
		return res, nil
	}
	select {
	case e.slots <- struct{}{}:
		defer func() { <-e.slots }()
	case <-ctx.Done():
		return Result{}, fmt.Errorf("extract: %w", ctx.Err())
	}
	return e.run(ctx, in)
}

// failure is a Result without text.
func failure(s Status, note string) Result {
	return Result{Status: s, Note: note, Removed: map[string]int{}}
}
