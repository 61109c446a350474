package audit

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/gofrs/flock"
)

const (
	// lockWait bounds how long a line waits for another process. A writer holds
	// the lock for two syncs, which a slow disk does in a tenth of a second.
	lockWait  = 5 * time.Second
	lockRetry = 5 * time.Millisecond

	defaultMaxBytes = 64 << 20 // rotate: half a million lines, opened by any editor
)

// chain is one log file with its rotated siblings. Other processes may write the
// same: nothing is remembered between two lines, the head says it all.
type chain struct {
	path     string
	keys     keys
	maxBytes int64
	now      func() time.Time
	logger   *slog.Logger
	write    func(*os.File, []byte) error
	mu       chan struct{} // one line at a time in this process
}

func newChain(path string, k keys, o Options) (*chain, error) {
	c := &chain{
		path: path, keys: k, maxBytes: o.MaxBytes, now: o.Now, logger: o.Logger,
		write: writeAll, mu: make(chan struct{}, 1),
	}
	if err := checkDir(path); err != nil {
		return nil, err
	}
	return c, c.locked(context.Background(), func() error {
		h, err := c.load()
		if err != nil {
			return err
		}
		f, err := c.open()
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = c.heal(f, h)
		return err
	})
}

// locked runs do while nobody else writes. A context that has ended does not
// keep a free lock from being taken: what was done must be told.
func (c *chain) locked(ctx context.Context, do func() error) error {
	ctx, cancel := context.WithTimeout(ctx, lockWait)
	defer cancel()
	select {
	case c.mu <- struct{}{}:
	default:
		select {
		case c.mu <- struct{}{}:
		case <-ctx.Done():
			return fmt.Errorf("waiting to write %s: %w", c.path, ctx.Err())
		}
	}
	defer func() { <-c.mu }()

	path := c.path + lockSuffix
	if err := checkRegular(path); err != nil {
		return err
	}
	lock := flock.New(path, flock.SetPermissions(privateMode))
	got, err := lock.TryLock()
	if err == nil && !got {
		_, err = lock.TryLockContext(ctx, lockRetry)
	}
	if err != nil {
		return fmt.Errorf("locking %s: %w", path, err)
	}
	err = do()
	return errors.Join(err, lock.Close())
}

// load reads the head, or makes that of a new log. The lock is held.
func (c *chain) load() (head, error) {
	if err := checkRegular(c.path + headSuffix); err != nil {
		return head{}, err
	}
	h, err := readHead(c.path+headSuffix, c.keys)
	if !errors.Is(err, errNoHead) {
		if err != nil {
			return head{}, fmt.Errorf("%s: %w; %s", c.path+headSuffix, err, c.startAnew())
		}
		return h, c.finishRotation(h)
	}
	for _, path := range []string{c.path, rotatedPath(c.path, 1)} {
		if err := checkRegular(path); err != nil {
			return head{}, err
		}
		info, statErr := os.Lstat(path)
		if statErr == nil && info.Size() > 0 {
			return head{}, fmt.Errorf("%s: %w, and %s is not empty; %s", c.path+headSuffix, err, path, c.startAnew())
		}
		if statErr != nil && !errors.Is(statErr, fs.ErrNotExist) {
			return head{}, statErr
		}
	}
	h = firstHead()
	return h, c.writeHead(h)
}

// startAnew is what a person can do about a log that cannot be continued.
func (c *chain) startAnew() string {
	base := filepath.Base(c.path)
	return fmt.Sprintf("check it with mail-imap-mcp audit verify, then move %s and all %s.* elsewhere: a new log is begun", base, base)
}

// open opens the file that lines are appended to.
func (c *chain) open() (*os.File, error) {
	return openRegular(c.path, os.O_RDWR|os.O_CREATE|os.O_APPEND)
}

// append writes one line, which is durable when it returns nil, and returns its
// bytes. When it returns an error the log is as it was, or is healed by the next.
func (c *chain) append(ctx context.Context, l Line) (written []byte, err error) {
	err = c.locked(ctx, func() error {
		h, err := c.load()
		if err != nil {
			return err
		}
		f, err := c.open()
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }()
		if h, err = c.heal(f, h); err != nil {
			return err
		}
		if h.Size > 0 && h.Size+roughLength(l) > c.maxBytes {
			_ = f.Close()
			if h, err = c.rotate(h); err != nil {
				return err
			}
			if f, err = c.open(); err != nil {
				return err
			}
		}
		written, _, err = c.add(f, h, nil, l)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("writing the audit log: %w", err)
	}
	return written, nil
}

// roughLength is about the length of a line, for deciding when to rotate.
func roughLength(l Line) int64 {
	n := 512
	for _, id := range l.IDs {
		n += len(id) + 3
	}
	return int64(n)
}

// add appends before (what ends a torn line) and a line, and moves the head. If
// any of it fails, the file is cut back to where it was.
func (c *chain) add(f *os.File, h head, before []byte, l Line) (line []byte, next head, err error) {
	l.Seq, l.Prev = h.Seq+1, h.Last
	object, err := l.JSON()
	if err != nil {
		return nil, h, err
	}
	line = sealed(c.keys.line, object)
	if len(line) >= maxLine {
		return nil, h, fmt.Errorf("an audit line of %d bytes is too long", len(line))
	}
	info, err := f.Stat()
	if err != nil {
		return nil, h, err
	}
	block := append(append(before, line...), '\n')
	next = head{
		Version: lineVersion, Seq: l.Seq, Last: macIn(line), Rotated: h.Rotated, Size: info.Size() + int64(len(block)),
	}
	err = c.write(f, block)
	if err == nil {
		err = f.Sync()
	}
	if err == nil && h.Size == 0 {
		err = syncDir(filepath.Dir(c.path)) // the file may be new
	}
	if err == nil {
		err = c.writeHead(next)
	}
	if err != nil {
		return nil, h, errors.Join(err, f.Truncate(info.Size()))
	}
	return line, next, nil
}

// macIn is the mac of a sealed line.
func macIn(line []byte) string {
	return string(line[len(line)-len(macEnd)-macChars : len(line)-len(macEnd)])
}

func rotatedPath(path string, n int) string { return path + "." + strconv.Itoa(n) }
