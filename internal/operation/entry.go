package operation

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"mail-imap-mcp/internal/change"
)

// The kinds of lines in a journal.
const (
	typeStart    = "start"    // what is to be done
	typeEvidence = "evidence" // a batch is about to change something
	typeOutcome  = "outcome"  // what became of a batch
	typeEnd      = "end"
)

// entry is one line of a journal. It has ids, names of mailboxes, numbers and flags, no content:
// not even an outcome's words, which may quote the mail server.
type entry struct {
	Type string    `json:"type"`
	Op   string    `json:"op"`
	At   time.Time `json:"at"`

	// Of a start.
	Caller  string           `json:"caller,omitempty"`
	Tool    string           `json:"tool,omitempty"`
	Kind    string           `json:"kind,omitempty"`
	Account string           `json:"account,omitempty"`
	Undoes  string           `json:"undoes,omitempty"`
	Change  *change.Change   `json:"change,omitempty"`
	Renamed *Renamed         `json:"renamed,omitempty"`
	Refused []change.Outcome `json:"refused,omitempty"`

	Evidence *change.Evidence `json:"evidence,omitempty"`
	Batch    int              `json:"batch,omitempty"`
	Outcomes []change.Outcome `json:"outcomes,omitempty"`
	State    State            `json:"state,omitempty"`
}

func (o *Operation) startEntry() entry {
	w := &o.work
	return entry{
		Type: typeStart, Op: o.id, At: o.createdAt, Caller: w.Caller, Tool: w.Tool, Kind: w.Kind, Account: w.Account,
		Undoes: w.Undoes, Change: w.Change, Renamed: w.Renamed, Refused: wordless(w.Refused),
	}
}

func (o *Operation) outcomeEntry(i int, outcomes []change.Outcome) entry {
	return entry{Type: typeOutcome, Op: o.id, At: o.registry.options.Now(), Batch: i, Outcomes: wordless(outcomes)}
}

func wordless(outcomes []change.Outcome) []change.Outcome {
	list := slices.Clone(outcomes)
	for i := range list {
		list[i].Message = ""
	}
	return list
}

const (
	// maxLine is more than the start of the largest operation: 250 messages, or
	// an undo of so many, in batches of one.
	maxLine = 4 << 20
	// maxFile bounds what is read of a file; compaction keeps ours far below.
	maxFile = 64 << 20
)

// readEntries reads the lines of a journal and counts those it cannot: garbage,
// too long, or torn by a crash in the middle of writing.
func readEntries(r io.Reader, each func(entry)) (bad int, err error) {
	in := bufio.NewReaderSize(io.LimitReader(r, maxFile), 64<<10)
	var line []byte
	for {
		part, err := in.ReadSlice('\n')
		if len(line) <= maxLine {
			line = append(line, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && !errors.Is(err, io.EOF):
			return bad, fmt.Errorf("read: %w", err)
		case err != nil: // the end; a line without its newline was torn
			if len(line) > 0 {
				bad++
			}
			return bad, nil
		}
		var e entry
		if text := bytes.TrimSpace(line); len(line) > maxLine || json.Unmarshal(text, &e) != nil || e.Op == "" {
			bad++
		} else {
			each(e)
		}
		line = line[:0]
	}
}

// apply takes in one line of an earlier process's journal; false means that it
// makes no sense. A line may come twice, and out of an older copy of the file.
func (r *Registry) apply(e entry) bool {
	o := r.operations[e.Op]
	if e.Type == typeStart {
		if o == nil {
			w := Work{Caller: e.Caller, Tool: e.Tool, Kind: e.Kind, Account: e.Account, Undoes: e.Undoes, Change: e.Change, Renamed: e.Renamed, Refused: e.Refused}
			o = r.newOperation(e.Op, w, e.At)
			o.finishedAt = e.At
			close(o.over)
			r.operations[e.Op] = o
		}
		return true
	}
	if o == nil {
		return false
	}
	if e.At.After(o.finishedAt) {
		o.finishedAt = e.At
	}
	switch e.Type {
	case typeEvidence:
		if e.Evidence == nil || e.Evidence.Batch < 0 || e.Evidence.Batch >= len(o.batches) {
			return false
		}
		if b := &o.batches[e.Evidence.Batch]; b.evidence == nil {
			b.evidence, b.begun = e.Evidence, true
		}
		if o.startedAt.IsZero() {
			o.startedAt = e.At // of the first, as near as can be told
		}
	case typeOutcome:
		return o.applyOutcomes(e)
	case typeEnd:
		o.stop = e.State // until settle
	default:
		return false
	}
	return true
}

// applyOutcomes takes in the outcomes of a batch; what is known is not unknown
// again.
func (o *Operation) applyOutcomes(e entry) bool {
	if e.Batch < 0 || e.Batch >= len(o.batches) || len(e.Outcomes) == 0 {
		return false
	}
	b := &o.batches[e.Batch]
	var c Counts
	if c.add(b.outcomes); b.outcomes == nil || c.Unknown > 0 {
		b.outcomes = o.whole(e.Batch, e.Outcomes)
		b.begun = true
	}
	return true
}

// settle gives an operation that was read from a journal its end.
func (o *Operation) settle() {
	ended := o.stop
	o.stop = ""
	open := false
	for i := range o.batches {
		b := &o.batches[i]
		switch {
		case b.outcomes != nil:
			continue
		case b.evidence != nil || o.work.Change == nil:
			b.outcomes = statusMessage(o.work.ids(i), change.Unknown, "", textUnknown)
		default:
			b.outcomes = statusMessage(o.work.ids(i), change.NotAttempted, "", textInterrupted)
		}
		open = true
	}
	switch {
	case ended == Cancelled || ended == Interrupted:
		o.state = ended
	case ended == "" && open:
		o.state = Interrupted
	default: // only the end's line is missing, or it says nothing of its own
		o.state = o.verdict()
	}
}
