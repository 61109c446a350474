package operation

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"github.com/gofrs/flock"
)

const (
	// maxProcesses is how many may share a state directory at once: each editor
	// window starts one.
	maxProcesses = 64
	// compactAt is the size from which a journal is rewritten without what is
	// forgotten: a few megabytes are read in a moment.
	compactAt = 4 << 20
)

// journal is this process's file of entries. It is appended to and, now and
// then, replaced as a whole.
type journal struct {
	path   string
	logger *slog.Logger
	lock   *flock.Flock // on a file of its own, for the journal's is replaced

	mu      sync.Mutex
	file    *os.File
	size    int64
	compact int64 // the size at which it is rewritten
	broken  error // it ends in half a line that could not be taken back
}

// openJournal takes a file in the state directory for this process, and what
// processes that are no more left in theirs.
func (r *Registry) openJournal() error {
	dir := r.options.StateDir
	if err := checkDir(dir); err != nil {
		return err
	}
	var adopted []*journal
	defer func() {
		for _, j := range adopted {
			_ = j.lock.Unlock()
		}
	}()
	for n := 1; n <= maxProcesses; n++ {
		j, err := r.adopt(dir, n)
		if err != nil {
			return errors.Join(err, r.journal.release())
		}
		if j == nil {
			continue
		}
		if r.journal == nil {
			r.journal = j
		} else {
			adopted = append(adopted, j)
		}
	}
	if r.journal == nil {
		return fmt.Errorf("%d processes use %s already; stop one, or set another MAIL_IMAP_STATE_DIR", maxProcesses, dir)
	}
	for _, o := range r.operations {
		o.settle()
	}
	r.forget(r.options.Max)
	r.journal.mu.Lock()
	err := r.journal.replace(r.entries())
	r.journal.mu.Unlock()
	if err != nil {
		return errors.Join(err, r.journal.release())
	}
	for _, j := range adopted { // only now that ours has what they have
		if err := os.Remove(j.path); err != nil && !errors.Is(err, os.ErrNotExist) {
			r.options.Logger.Warn("an adopted journal of operations stays", "error", err)
		}
	}
	return nil
}

// adopt locks file n and reads it; nil if another process has it, or if it is
// not there and none is needed.
func (r *Registry) adopt(dir string, n int) (*journal, error) {
	j := &journal{path: filepath.Join(dir, fmt.Sprintf("operations-%d.jsonl", n)), logger: r.options.Logger}
	if _, err := os.Lstat(j.path); err != nil && r.journal != nil {
		return nil, nil //nolint:nilnil // none is needed
	}
	j.lock = flock.New(filepath.Join(dir, fmt.Sprintf("operations-%d.lock", n)), flock.SetPermissions(0o600))
	if locked, err := j.lock.TryLock(); err != nil {
		return nil, fmt.Errorf("lock: %w", err)
	} else if !locked {
		return nil, nil //nolint:nilnil // another process's
	}
	file, err := os.Open(j.path)
	if errors.Is(err, os.ErrNotExist) {
		return j, nil
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open: %w", err), j.lock.Unlock())
	}
	defer func() { _ = file.Close() }() // read only
	senseless := 0
	bad, err := readEntries(file, func(e entry) {
		if !r.apply(e) {
			senseless++
		}
	})
	if err != nil {
		return nil, errors.Join(err, j.lock.Unlock())
	}
	if bad+senseless > 0 {
		r.options.Logger.Warn("lines of the journal of operations were skipped", "file", filepath.Base(j.path), "lines", bad+senseless)
	}
	return j, nil
}

// checkDir makes the state directory if need be, and refuses one in which
// others could plant a journal.
func checkDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("MAIL_IMAP_STATE_DIR: %w", err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return fmt.Errorf("MAIL_IMAP_STATE_DIR: %w", err)
	}
	if foreign(info) {
		return errors.New("MAIL_IMAP_STATE_DIR belongs to somebody else, who could make an undo move your mail: give a directory of your own, made with mkdir -m 700")
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o022 != 0 {
		return fmt.Errorf("others may write to MAIL_IMAP_STATE_DIR, and could make an undo move your mail: chmod 700 %s", dir)
	}
	return nil
}

// append writes one line, and if it is to be durable waits until the disk has
// it. A journal that has grown is rewritten from what all gives.
func (j *journal) append(e entry, durable bool, all func() []entry) error {
	line, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.broken != nil {
		return j.broken
	}
	if j.file == nil {
		return os.ErrClosed
	}
	if err := j.write(append(line, '\n')); err != nil {
		return err
	}
	if durable {
		if err := j.file.Sync(); err != nil {
			// What a failed sync has written, nobody knows: write no more.
			j.broken = fmt.Errorf("sync: %w", err)
			return j.broken
		}
	}
	if j.size <= j.compact {
		return nil
	}
	if err := j.replace(all()); err != nil {
		j.compact = 2 * j.size // later again; the line is written all the same
		j.logger.Warn("the journal of operations could not be compacted", "error", err)
	}
	return j.broken
}

// write appends whole lines, or nothing.
func (j *journal) write(line []byte) error {
	if _, err := j.file.Write(line); err != nil {
		if cut := j.file.Truncate(j.size); cut != nil {
			j.broken = errors.Join(err, cut)
		}
		return fmt.Errorf("write: %w", err)
	}
	j.size += int64(len(line))
	return nil
}

// replace makes the journal consist of these entries: a new file takes the
// place of the old one once the disk has it. j.mu is held.
func (j *journal) replace(entries []entry) error {
	var text bytes.Buffer
	if err := encode(&text, entries); err != nil {
		return err
	}
	fresh := j.path + ".new"
	if err := os.Remove(fresh); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("compact: %w", err)
	}
	file, err := os.OpenFile(fresh, os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("compact: %w", err)
	}
	if _, err = file.Write(text.Bytes()); err == nil {
		err = file.Sync()
	}
	if err == nil {
		err = os.Rename(fresh, j.path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("compact: %w", err), file.Close())
	}
	if j.file != nil {
		_ = j.file.Close() // everything in it is in the new one
	}
	j.file, j.size = file, int64(text.Len())
	j.compact = max(compactAt, 2*j.size)
	// Until the rename is durable, nothing written to the new file is.
	j.broken = syncDir(filepath.Dir(j.path))
	return j.broken
}

func encode(to *bytes.Buffer, entries []entry) error {
	encoder := json.NewEncoder(to)
	for _, e := range entries {
		if err := encoder.Encode(e); err != nil {
			return fmt.Errorf("encode: %w", err)
		}
	}
	return nil
}

// syncDir makes a rename durable, where a directory can be synced.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sync directory: %w", err)
	}
	if err := d.Sync(); err != nil {
		return errors.Join(fmt.Errorf("sync directory: %w", err), d.Close())
	}
	return d.Close()
}

// close ends the journal and lets the next process have it.
func (j *journal) close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file == nil {
		return nil
	}
	err := errors.Join(j.file.Sync(), j.file.Close(), j.lock.Unlock())
	j.file = nil
	return err
}

// release gives back the lock of a journal that was not opened, if any.
func (j *journal) release() error {
	if j == nil {
		return nil
	}
	return j.lock.Unlock()
}

// entries is the journal of all that is remembered, oldest first.
func (r *Registry) entries() []entry {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []entry
	operations := r.sorted()
	for k := len(operations) - 1; k >= 0; k-- {
		o := operations[k]
		o.mu.Lock()
		list = append(list, o.entries()...)
		o.mu.Unlock()
	}
	return list
}

// entries are those of one operation; o.mu is held. A running one has only what
// happened so far, so that after a crash the rest is told as it is: not begun.
func (o *Operation) entries() []entry {
	list := []entry{o.startEntry()}
	for i, b := range o.batches {
		at := o.finishedAt
		if at.IsZero() {
			at = o.createdAt
		}
		if b.evidence != nil {
			list = append(list, entry{Type: typeEvidence, Op: o.id, At: o.startedAt, Evidence: b.evidence})
		}
		if b.outcomes != nil && (b.begun || o.finished()) {
			list = append(list, entry{Type: typeOutcome, Op: o.id, At: at, Batch: i, Outcomes: wordless(b.outcomes)})
		}
	}
	if o.finished() {
		list = append(list, entry{Type: typeEnd, Op: o.id, At: o.finishedAt, State: o.state})
	}
	return list
}
