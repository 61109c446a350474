package extract

import (
	"bytes"
	"strings"
	"time"
)

// inProcess is below how many bytes a calendar is read in this process: nearly
// every invitation is a hundredth of it, and a child for it takes 20 ms and half
// a processor. What a calendar takes grows with its bytes and is bounded by the
// steps of package calendar; what its HTML takes, by safetext, which reads the
// HTML of mails in this process too.
const inProcess = 64 << 10

// calendarHere reads a small calendar in this process. ok is false for everything
// else, and for one on which the reader panics: a child is to read it.
func calendarHere(in Input) (res Result, ok bool) {
	defer func() {
		if recover() != nil {
			res, ok = Result{}, false
		}
	}()
	// An archive is looked into to know what it is.
	if len(in.Data) == 0 || len(in.Data) >= inProcess || bytes.HasPrefix(in.Data, []byte("PK")) {
		return Result{}, false
	}
	h := headerOf(in)
	j := &job{mediaType: strings.ToLower(strings.TrimSpace(h.MediaType)), extension: extensionOf(h.Filename), data: in.Data}
	if f, known := declaredFormat(j); !known || f.name != calendarName {
		return Result{}, false
	}
	if f, _ := identify(j); f.name != calendarName {
		return Result{}, false
	}
	return read(h, in.Data), true
}

// headerOf is what a child is told of an attachment.
func headerOf(in Input) header {
	return header{
		MediaType: clip(in.MediaType, maxName), Filename: clipName(in.Filename), Charset: clip(in.Charset, maxName),
		Offset: max(in.Offset, 0), MaxChars: min(max(in.MaxChars, 0), maxPiece), Zone: time.Local.String(), Size: len(in.Data),
	}
}
