// Package audit writes what was done with mail, and by whom, so that it can be
// believed later: one JSON line for each event, each sealed together with the
// one before it (HMAC-SHA256), and the end of the log sealed beside it. It says
// ids only: no content, subjects, addresses, query text or secrets.
package audit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"mail-imap-mcp/internal/secret"
)

// Targets that are not files.
const (
	TargetStderr = "stderr"
	TargetSyslog = "syslog"
)

// Options are what a Log is made of.
type Options struct {
	Key      secret.Value     // KeyBytes long; needed for files
	Targets  []string         // absolute paths, TargetStderr, TargetSyslog
	MaxBytes int64            // of a file, roughly, before it is rotated; 0: 64 MiB
	Now      func() time.Time // nil: time.Now
	Stderr   io.Writer        // what TargetStderr is
	Logger   *slog.Logger     // nil: none
}

// Log writes audit lines. It is safe for concurrent use, also by several
// processes on the same file. A nil Log takes everything and writes nothing.
type Log struct {
	chains []*chain
	now    func() time.Time
	logger *slog.Logger

	mu      sync.Mutex // guards what follows
	streams []stream
	seq     uint64 // of lines that no file numbers
}

// stream is a target that only takes lines.
type stream struct {
	name string
	w    io.Writer
}

// Open prepares the targets, and heals what a crash left in a file. Without
// targets the Log is nil: auditing is off.
func Open(o Options) (*Log, error) {
	if len(o.Targets) == 0 {
		return nil, nil
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = defaultMaxBytes
	}
	l := &Log{now: o.Now, logger: o.Logger}
	seen := map[string]bool{}
	for _, target := range o.Targets {
		if filepath.IsAbs(target) {
			target = filepath.Clean(target)
		}
		if seen[target] {
			return nil, errors.Join(fmt.Errorf("the audit target %s is named twice", target), l.Close())
		}
		seen[target] = true
		if err := l.add(target, o); err != nil {
			return nil, errors.Join(err, l.Close())
		}
	}
	return l, nil
}

func (l *Log) add(target string, o Options) error {
	switch {
	case target == TargetStderr:
		if o.Stderr == nil {
			return errors.New("the audit target stderr: there is no standard error")
		}
		l.streams = append(l.streams, stream{target, o.Stderr})
	case target == TargetSyslog:
		w, err := openSyslog()
		if err != nil {
			return err
		}
		l.streams = append(l.streams, stream{target, w})
	case !filepath.IsAbs(target):
		return fmt.Errorf("the audit target %q is not an absolute path, %s or %s", target, TargetStderr, TargetSyslog)
	case o.Key.Empty():
		return errors.New("an audit file needs a key that seals it: set MAIL_IMAP_AUDIT_KEY or MAIL_IMAP_AUDIT_KEY_FILE; make one with: openssl rand -base64 32")
	default:
		k, err := deriveKeys(o.Key)
		if err != nil {
			return err
		}
		c, err := newChain(target, k, o)
		if err != nil {
			return fmt.Errorf("the audit file: %w", err)
		}
		l.chains = append(l.chains, c)
	}
	return nil
}

// Write writes a line to every target. When it returns nil, the line is on disk
// in every file. Where there is a file, trouble with the other targets is only
// logged. A context that ends shortens the wait for other writers (5 seconds at
// most); it does not keep a line from being written that need not wait.
func (l *Log) Write(ctx context.Context, e Entry) error {
	if l == nil {
		return nil
	}
	if reserved(e.Event) {
		return fmt.Errorf("the audit event %q is the log's own", e.Event)
	}
	line := e.line(l.now())
	var problems []error
	var written []byte
	for _, c := range l.chains {
		b, err := c.append(ctx, line)
		if err != nil {
			problems = append(problems, err)
		} else if written == nil {
			written = b
		}
	}
	problems = append(problems, l.stream(line, written)...)
	return errors.Join(problems...)
}

// stream writes a line, as it stands in the first file if there is one, to the
// targets that are not files.
func (l *Log) stream(line Line, b []byte) (problems []error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.streams) == 0 {
		return nil
	}
	if b == nil { // no file numbers and seals it
		l.seq++
		line.Seq = l.seq
		var err error
		if b, err = line.JSON(); err != nil {
			return []error{err}
		}
	}
	b = append(b, '\n')
	for _, s := range l.streams {
		if _, err := s.w.Write(b); err != nil {
			err = fmt.Errorf("writing the audit line to %s: %w", s.name, err)
			if len(l.chains) > 0 {
				l.logger.Error("an audit target failed", "error", err)
			} else {
				problems = append(problems, err)
			}
		}
	}
	return problems
}

// Close ends the connection to syslog. Files are closed after every line.
func (l *Log) Close() error {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	var problems []error
	for _, s := range l.streams {
		if c, ok := s.w.(io.Closer); ok && s.name == TargetSyslog {
			problems = append(problems, c.Close())
		}
	}
	l.streams = nil
	return errors.Join(problems...)
}
