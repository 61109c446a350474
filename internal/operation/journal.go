package operation

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailbox"
)

// The journal is lines of JSON: what an operation is to do, for each batch what
// is known before it changes anything, what came of it, and the end. It has ids
// and numbers, no content.
const (
	journalVersion = 1

	// maxJournals is how many processes may share a directory.
	maxJournals = 16

	// maxJournalLine is longer than any line: 250 messages with 256 characters of
	// mailbox each, twice.
	maxJournalLine = 4 << 20

	// maxJournal is the size from which a journal is written anew with what is
	// still remembered.
	maxJournal = 32 << 20

	// keepFor is how long an operation is remembered over restarts.
	keepFor = 24 * time.Hour
)

// record is one line.
type record struct {
	Version  int               `json:"v"`
	ID       string            `json:"op"`
	Time     time.Time         `json:"t"`
	Begun    *begun            `json:"begun,omitempty"`
	Evidence *mailbox.Evidence `json:"evidence,omitempty"`
	Batch    *int              `json:"batch,omitempty"` // of outcomes
	Outcomes []mailbox.Outcome `json:"outcomes,omitempty"`
	Ended    State             `json:"ended,omitempty"`
	UndoneBy string            `json:"undone_by,omitempty"`
}

// begun is what an operation is to do.
type begun struct {
	Caller  string            `json:"caller"`
	Tool    string            `json:"tool"`
	Kind    string            `json:"kind"`
	Account string            `json:"account"`
	Changes []*mailbox.Change `json:"changes,omitempty"`
	Refused []mailbox.Outcome `json:"refused,omitempty"`
	Undoes  string            `json:"undoes,omitempty"`
}

// journal is the file of this process. A nil journal records nothing.
type journal struct {
	log  *slog.Logger
	now  func() time.Time
	lock *flock.Flock

	path    string
	compact func() []record // what is still remembered

	mu   sync.Mutex
	file *os.File // nil: closed
	size int64
}

// openJournal takes the first journal of the directory that no living process
// has, reads in what all such journals tell, and goes on with it alone.
func (r *Registry) openJournal(dir string) error {
	info, err := os.Stat(dir)
	if err != nil || !info.IsDir() {
		return fmt.Errorf("MAIL_IMAP_STATE_DIR: %s is no directory", dir)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o022 != 0 {
		return fmt.Errorf("MAIL_IMAP_STATE_DIR: others can write to %s; type: chmod 700 %s", dir, dir)
	}
	var mine *flock.Flock
	var path string
	var records []record
	for n := 1; n <= maxJournals; n++ {
		name := filepath.Join(dir, fmt.Sprintf("operations-%d.jsonl", n))
		lock := flock.New(name + ".lock")
		held, err := lock.TryLock()
		if err != nil {
			return fmt.Errorf("MAIL_IMAP_STATE_DIR: %w", err)
		}
		if !held {
			continue // another process's
		}
		found, err := readJournal(name, r.log)
		if err != nil {
			_ = lock.Unlock()
			return fmt.Errorf("MAIL_IMAP_STATE_DIR: %w", err)
		}
		records = append(records, found...)
		if mine == nil {
			mine, path = lock, name
			continue
		}
		// Adopted: it is written into mine below, before it goes away.
		defer func() {
			if r.journal != nil {
				_ = os.Remove(name)
			}
			_ = lock.Unlock()
		}()
	}
	if mine == nil {
		return fmt.Errorf("MAIL_IMAP_STATE_DIR: %d servers use %s already", maxJournals, dir)
	}
	r.restore(records)
	j := &journal{log: r.log, now: r.now, lock: mine, path: path, compact: r.remembered}
	if err := j.rewrite(); err != nil {
		_ = mine.Unlock()
		return fmt.Errorf("MAIL_IMAP_STATE_DIR: %w", err)
	}
	r.journal = j
	return nil
}

// readJournal reads what can be read: a line that was cut off by a crash, or is
// none of ours, is left out with a warning.
func readJournal(path string, log *slog.Logger) ([]record, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(make([]byte, 0, 64<<10), maxJournalLine)
	var records []record
	bad := 0
	for lines.Scan() {
		if r, ok := parseRecord(lines.Bytes()); ok {
			records = append(records, r)
		} else {
			bad++
		}
	}
	if err := lines.Err(); err != nil && !errors.Is(err, bufio.ErrTooLong) {
		return nil, err
	}
	if bad > 0 || lines.Err() != nil {
		log.Warn("the journal of operations has lines that cannot be read; they are left out", "file", path, "lines", max(bad, 1))
	}
	return records, nil
}

// parseRecord reads a line.
func parseRecord(line []byte) (record, bool) {
	var r record
	if json.Unmarshal(line, &r) != nil || r.Version != journalVersion || r.ID == "" || len(r.ID) > 64 {
		return record{}, false
	}
	if r.Begun == nil {
		return r, true
	}
	for _, ch := range r.Begun.Changes {
		if ch == nil {
			return record{}, false
		}
		for _, b := range ch.Batches {
			if contract.CheckMailbox("mailbox", b.Mailbox) != nil || len(b.UIDs) == 0 || len(b.UIDs) > contract.MaxMessageIDs || !slices.IsSorted(b.UIDs) {
				return record{}, false
			}
		}
	}
	return r, true
}

// rewrite makes the journal anew with what is remembered, and puts it in place
// of the old one in one step.
func (j *journal) rewrite() error {
	next := j.path + ".new"
	file, err := os.OpenFile(next, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	for _, r := range j.compact() {
		if err := encoder.Encode(r); err != nil {
			_ = file.Close()
			return err
		}
	}
	_, err = file.Write(text.Bytes())
	if err = errors.Join(err, file.Sync()); err == nil {
		err = os.Rename(next, j.path)
	}
	if err != nil {
		_ = file.Close()
		return err
	}
	if j.file != nil {
		_ = j.file.Close()
	}
	j.file, j.size = file, int64(text.Len())
	return nil
}

// write appends a line and has it reach the disk.
func (j *journal) write(r record) error {
	if j == nil {
		return nil
	}
	r.Version, r.Time = journalVersion, j.now().UTC()
	line, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file == nil {
		return errors.New("journal: closed")
	}
	n, err := j.file.Write(append(line, '\n'))
	if err = errors.Join(err, j.file.Sync()); err != nil {
		// What was written of it is taken back, so that the next line is whole.
		if n > 0 {
			_ = j.file.Truncate(j.size)
			_, _ = j.file.Seek(j.size, 0)
		}
		return fmt.Errorf("journal: %w", err)
	}
	j.size += int64(n)
	return nil
}

// mustWrite is write for what comes before a change: without its record nothing
// is changed.
func (j *journal) mustWrite(r record) error {
	if err := j.write(r); err != nil {
		j.log.Error("the journal of operations cannot be written; nothing is changed", "error", err)
		return contract.Errorf(contract.Unavailable, "the journal in MAIL_IMAP_STATE_DIR cannot be written, so nothing is changed; make room there or mend its rights")
	}
	return nil
}

// note is write for what came after a change: it cannot be taken back, and the
// answer tells it.
func (j *journal) note(r record) {
	if err := j.write(r); err != nil {
		j.log.Error("the journal of operations cannot be written", "error", err)
	}
}

func (j *journal) begun(o *Operation) error {
	w := o.work
	return j.mustWrite(record{ID: w.ID, Begun: &begun{w.Caller, w.Tool, w.Kind, w.Account, w.Changes, w.Refused, w.Undoes}})
}

func (j *journal) evidence(o *Operation, e mailbox.Evidence) error {
	return j.mustWrite(record{ID: o.work.ID, Evidence: &e})
}

func (j *journal) settled(o *Operation, i int, outcomes []mailbox.Outcome) {
	j.note(record{ID: o.work.ID, Batch: &i, Outcomes: outcomes})
}

func (j *journal) ended(o *Operation) {
	j.note(record{ID: o.work.ID, Ended: o.Snapshot(false).State})
	if j == nil {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.size > maxJournal && j.file != nil {
		if err := j.rewrite(); err != nil {
			j.log.Warn("the journal of operations could not be made smaller", "error", err)
		}
	}
}

func (j *journal) close() error {
	if j == nil {
		return nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file == nil {
		return nil
	}
	err := j.file.Close()
	j.file = nil
	return errors.Join(err, j.lock.Unlock())
}
