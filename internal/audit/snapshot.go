package audit

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// snapshot is the log at one moment: the head with the files that belong to it.
// A writer may go on; what it adds is not looked at.
type snapshot struct {
	head    head
	headErr error // errNoHead or errForgedHead
	files   []snapshotFile
}

// snapshotFile is a file of the log as it was when the head was read.
type snapshotFile struct {
	path    string
	open    *os.File // nil: it is not there
	size    int64
	problem string
}

func (s *snapshot) close() {
	for _, f := range s.files {
		if f.open != nil {
			_ = f.open.Close()
		}
	}
}

// readLockWait is short: a reader that cannot have the lock reads all the same.
const readLockWait = 2 * time.Second

// takeSnapshot reads the head and opens the files while nobody writes, if the
// lock is there and may be had. A copy of a log elsewhere has none.
func takeSnapshot(ctx context.Context, path string, k keys) (*snapshot, error) {
	if info, err := os.Lstat(path + lockSuffix); err == nil && info.Mode().IsRegular() {
		lock := flock.New(path+lockSuffix, flock.SetFlag(os.O_RDONLY))
		wait, cancel := context.WithTimeout(ctx, readLockWait)
		defer cancel()
		_, _ = lock.TryRLockContext(wait, lockRetry)
		defer lock.Close()
	}
	s := &snapshot{}
	if s.head, s.headErr = readHead(path+headSuffix, k); s.headErr != nil &&
		!errors.Is(s.headErr, errNoHead) && !errors.Is(s.headErr, errForgedHead) {
		return nil, s.headErr
	}
	numbers, err := rotatedNumbers(path)
	if err != nil {
		return nil, err
	}
	s.openRotated(path, numbers)
	f, found := openFile(path)
	if found || s.headErr == nil && s.head.Size > 0 {
		s.files = append(s.files, f)
	}
	return s, nil
}

// openRotated opens the rotated files in order. Those between that are missing,
// and those that the head knows nothing of, are in it as problems.
func (s *snapshot) openRotated(path string, numbers []int) {
	next := 1
	missing := func(until int) {
		if next <= until {
			what := "this rotated file is missing"
			if next < until {
				what = fmt.Sprintf("this rotated file and those up to number %d are missing", until)
			}
			s.files = append(s.files, snapshotFile{path: rotatedPath(path, next), problem: what})
		}
	}
	for _, n := range numbers {
		missing(n - 1)
		f, _ := openFile(rotatedPath(path, n))
		if s.headErr == nil && n > s.head.Rotated {
			f.problem = "the sealed head knows nothing of this file"
		}
		s.files = append(s.files, f)
		next = n + 1
	}
	if s.headErr == nil {
		// A crash before the last rename leaves that file with its old name.
		until := s.head.Rotated
		if s.head.Size == 0 && next == until {
			until--
		}
		missing(until)
	}
}

// openFile opens a file for reading and remembers its size.
func openFile(path string) (f snapshotFile, found bool) {
	f.path = path
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		f.problem = "this file is missing"
		return f, false
	}
	if err == nil && !info.Mode().IsRegular() {
		f.problem = "this is not a regular file"
		return f, true
	}
	if f.open, err = os.Open(path); err == nil {
		info, err = f.open.Stat()
	}
	if err != nil {
		f.problem = "this file cannot be read: " + err.Error()
		return f, true
	}
	f.size = info.Size()
	return f, true
}

// rotatedNumbers are the numbers of the files FILE.1, FILE.2 …, in order.
func rotatedNumbers(path string) ([]int, error) {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	var numbers []int
	for _, e := range entries {
		digits, ours := strings.CutPrefix(e.Name(), filepath.Base(path)+".")
		n, err := strconv.Atoi(digits)
		if ours && err == nil && n > 0 && strconv.Itoa(n) == digits {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	return numbers, nil
}
