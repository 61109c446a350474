// Package extract turns an attachment's bytes into text that is safe to show.
// The work is done in a short-lived child process with little memory, little
// time and nothing in its environment: a crash, a loop or a bomb ends only the
// child.
package extract

import (
	"context"
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

// MaxInput is the largest attachment that is looked at, in decoded bytes.
const MaxInput = 25 << 20

// Input is one attachment.
type Input struct {
	MediaType string // as the mail declares it, lower-case: "application/pdf"
	Filename  string // as the sender gave it; only its extension counts
	Charset   string // of text, "" when not declared
	Data      []byte // decoded; at most MaxInput
	Offset    int    // characters of the text to skip
	MaxChars  int    // most characters of text returned
}

// Result is what was found. Text went through safetext and is not fenced.
type Result struct {
	Status    Status
	Note      string // one sentence for people, "" when all went well
	Text      string
	Truncated bool // there is more text behind Offset+MaxChars
	Removed   map[string]int
}

// Options are the parts of an Extractor that have defaults.
type Options struct {
	Timeout  time.Duration // for one attachment; 0: 10 s
	Children int           // at the same time; 0: 2
}

// Extractor runs children. It is safe for concurrent use.
type Extractor struct{ o Options }

// New makes an Extractor that runs this program again as its child; main and
// TestMain must call RunIfChild first.
func New(o Options) *Extractor { return &Extractor{o} }

// Supported reports whether text can be made of a type, by media type or else
// by the file name's extension.
func Supported(mediaType, filename string) bool { return false }

// Text extracts the text of one attachment. What is wrong with the attachment
// is said in the Result; an error is ctx's end or a child that cannot start.
func (e *Extractor) Text(ctx context.Context, in Input) (Result, error) {
	if err := ctx.Err(); err != nil {
		return Result{}, fmt.Errorf("extract: %w", err)
	}
	return Result{Status: Unsupported, Note: "no text can be made of " + in.MediaType, Removed: map[string]int{}}, nil
}

// RunIfChild does a child's work and exits, if this process is one; otherwise
// it returns at once. It belongs first in main, before anything is read.
func RunIfChild() {}
