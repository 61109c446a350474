package audit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"mail-imap-mcp/internal/secret"
)

// maxFindings bounds what a Report lists; a log of garbage has millions.
const maxFindings = 20

// Report is what Verify found.
type Report struct {
	Files       []string // that were read, oldest first
	Lines       uint64   // that are genuine
	First, Last time.Time
	LastSeq     uint64
	Torn        int // interrupted writes that the log itself explains
	// Behind says that the last line is newer than the head: a crash, or a write
	// at this moment. The next write puts it right.
	Behind bool
	// Findings are the places where the log is not what was written, in order,
	// at most 20; FindingCount has all. Without any the log is intact.
	Findings     []Finding
	FindingCount int
}

// Intact reports whether nothing was found.
func (r *Report) Intact() bool { return r.FindingCount == 0 }

// Finding is one place where a log is not what was written.
type Finding struct {
	File string
	Line int    // from 1; 0: the file as a whole
	Seq  uint64 // that is, or should be, there; 0: none
	What string // in plain words
}

func (f Finding) String() string {
	switch {
	case f.Line > 0 && f.Seq > 0:
		return fmt.Sprintf("%s, line %d (seq %d): %s", f.File, f.Line, f.Seq, f.What)
	case f.Line > 0:
		return fmt.Sprintf("%s, line %d: %s", f.File, f.Line, f.What)
	}
	return fmt.Sprintf("%s: %s", f.File, f.What)
}

func (r *Report) find(f Finding) {
	r.FindingCount++
	if len(r.Findings) < maxFindings {
		r.Findings = append(r.Findings, f)
	}
}

// Verify reads the log at path with its rotated siblings and its head, and says
// whether it is what was written. An error means that it could not be read; what
// is wrong with it is in the Report. It does not write, and a log that is being
// written may be verified. Memory does not grow with the log.
func Verify(ctx context.Context, path string, key secret.Value) (*Report, error) {
	k, err := deriveKeys(key)
	if err != nil {
		return nil, err
	}
	v := &verifier{keys: k, report: &Report{}, torn: newTornText(k)}
	s, err := takeSnapshot(ctx, path, k)
	if err != nil {
		return nil, err
	}
	defer s.close()
	if len(s.files) == 0 && errors.Is(s.headErr, errNoHead) {
		return nil, fmt.Errorf("%s: %w", path, fs.ErrNotExist)
	}
	for _, f := range s.files {
		if err := v.file(ctx, f); err != nil {
			return nil, err
		}
	}
	v.end(path, s)
	return v.report, nil
}

// verifier goes along the chain.
type verifier struct {
	keys   keys
	report *Report
	began  bool   // a genuine line was seen
	seq    uint64 // of the last genuine line
	last   string // its mac

	// What is not genuine may be an interrupted write that the next line explains.
	pending *Finding
	torn    *tornText
}

// file reads one file up to the size it had when the snapshot was taken.
func (v *verifier) file(ctx context.Context, f snapshotFile) error {
	v.report.Files = append(v.report.Files, f.path)
	if f.problem != "" {
		v.report.find(Finding{File: f.path, What: f.problem})
	}
	if f.open == nil {
		return nil
	}
	err := eachLine(ctx, io.LimitReader(f.open, f.size), func(raw rawLine) error {
		v.line(f.path, raw)
		return nil
	})
	if err != nil {
		return fmt.Errorf("%s: %w", f.path, err)
	}
	v.explain(f.path, 0, Line{}) // a torn line is explained in its own file
	return nil
}

func (v *verifier) line(path string, raw rawLine) {
	l, err := decode(raw.bytes)
	if err != nil || raw.tooLong || !raw.ended || !unseal(v.keys.line, raw.bytes) {
		v.suspect(path, raw, err == nil)
		return
	}
	v.explain(path, raw.number, l)
	switch want := v.seq + 1; {
	case l.Event == eventDamaged:
		v.report.find(Finding{path, raw.number, l.Seq, "the log itself says here that the file had been cut" + after(want, l.Seq)})
	case !v.began && l.Seq == 1:
	case l.Seq == want && l.Prev == v.last:
	case l.Seq == want:
		v.report.find(Finding{path, raw.number, l.Seq, "this line is genuine but does not follow the one before it: it is of another log, or of another state of this one"})
	case l.Seq > want:
		v.report.find(Finding{path, raw.number, l.Seq, "lines are missing or moved before this one: " + seqs(want, l.Seq-1) + " should come first"})
	default:
		v.report.find(Finding{path, raw.number, l.Seq, fmt.Sprintf("this line is repeated, moved or of another log: seq %d should come here", want)})
		return // the chain goes on from the newest line
	}
	v.take(l)
}

// take makes l the line that the next one must follow.
func (v *verifier) take(l Line) {
	if !v.began {
		v.report.First = l.When()
	}
	v.began, v.seq, v.last = true, l.Seq, l.MAC
	v.report.Lines++
	v.report.Last, v.report.LastSeq = l.When(), l.Seq
	if l.Event == eventTorn {
		v.report.Torn++
	}
}

// after says which lines are missing before got, if any.
func after(want, got uint64) string {
	if got <= want {
		return ""
	}
	return ": lines are missing before this one, " + seqs(want, got-1) + " should come first"
}

func seqs(from, to uint64) string {
	if from == to {
		return fmt.Sprintf("seq %d", from)
	}
	return fmt.Sprintf("seq %d to %d", from, to)
}

// suspect holds back what is wrong until the next line could explain it.
func (v *verifier) suspect(path string, raw rawLine, isObject bool) {
	if v.pending == nil {
		what := "this is no whole line: something was changed, put in, or cut short here"
		if isObject && raw.ended {
			what = "this line was changed, or was not written with this key"
		}
		v.pending = &Finding{path, raw.number, v.seq + 1, what}
	}
	v.torn.add(raw)
}

// explain ends what was held back: l, the next genuine line, is about it or not.
func (v *verifier) explain(path string, number int, l Line) {
	switch {
	case v.pending != nil && !v.torn.explainedBy(l):
		v.report.find(*v.pending)
	case v.pending == nil && l.Event == eventTorn:
		v.report.find(Finding{path, number, l.Seq, "the interrupted line that this one is about was removed"})
	}
	v.pending = nil
	v.torn.reset()
}

// end compares the last line with the head.
func (v *verifier) end(path string, s *snapshot) {
	r, headPath := v.report, path+headSuffix
	if s.headErr != nil {
		what := s.headErr.Error()
		if errors.Is(s.headErr, errNoHead) {
			what += ": whether the end of the log was cut cannot be told"
		} else if !v.began {
			what += "; no line is genuine either, so the key is probably another one"
		}
		r.find(Finding{File: headPath, What: what})
		return
	}
	switch h := s.head; {
	case h.Seq == v.seq && (h.Last == v.last || !v.began):
	case h.Seq > v.seq:
		r.find(Finding{File: path, What: "the end was cut: " + seqs(v.seq+1, h.Seq) + " should follow, the sealed head says"})
	case h.Seq == v.seq:
		r.find(Finding{File: headPath, What: fmt.Sprintf("the head is of another log or of another state of this one: its seq %d is not the log's", h.Seq)})
	case h.Seq+1 == v.seq:
		r.Behind = true
	default:
		r.find(Finding{File: headPath, What: fmt.Sprintf("an older head was put back: it ends at seq %d, the log at seq %d", h.Seq, v.seq)})
	}
}
