package audit

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// rotate gives the full file its number and lets the next line begin a new one.
// The head says so first; a crash in between is completed by finishRotation.
func (c *chain) rotate(h head) (head, error) {
	to := rotatedPath(c.path, h.Rotated+1)
	if _, err := os.Lstat(to); !errors.Is(err, fs.ErrNotExist) {
		return h, fmt.Errorf("the audit log is full and %s, which it should become, is there already; move it elsewhere", to)
	}
	h.Rotated, h.Size = h.Rotated+1, 0
	if err := c.writeHead(h); err != nil {
		return h, err
	}
	return h, c.finishRotation(h)
}

// finishRotation renames the full file if its head says that it has a number.
func (c *chain) finishRotation(h head) error {
	if h.Size > 0 || h.Rotated == 0 {
		return nil
	}
	to := rotatedPath(c.path, h.Rotated)
	if _, err := os.Lstat(to); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	err := os.Rename(c.path, to)
	if errors.Is(err, fs.ErrNotExist) {
		c.logger.Error("a rotated audit file is gone", "file", to)
		return nil // verify misses it
	}
	if err != nil {
		return fmt.Errorf("rotating the audit log: %w", err)
	}
	return syncDir(filepath.Dir(c.path))
}

// heal brings file and head together after a crash, and says in the log itself
// what it found. Of a crash between a line and its head, there is a line more
// than the head knows: it is taken, for it is sealed. Of a crash within a line,
// there is part of it: it stays, and a line "torn" tells its length and mac. A
// file shorter than its head was cut by somebody: a line "damaged" says so, and
// that lines are missing shows for ever in the numbers.
func (c *chain) heal(f *os.File, h head) (head, error) {
	info, err := f.Stat()
	if err != nil {
		return h, err
	}
	size := info.Size()
	switch {
	case size == h.Size:
		return h, nil
	case size < h.Size:
		c.logger.Error("the audit log was cut: it is shorter than its sealed head says",
			"file", c.path, "bytes", size, "head_bytes", h.Size, "head_seq", h.Seq)
		before, err := c.lineEnd(f, size)
		if err != nil {
			return h, err
		}
		_, h, err = c.add(f, h, before, Line{
			Version: lineVersion, Time: c.now().UTC().Format(timeLayout), Event: eventDamaged, Name: "file_cut",
		})
		return h, err
	}
	end, err := c.adopt(f, &h)
	if err != nil {
		return h, err
	}
	if end < size {
		return c.acknowledgeTorn(f, h, end, size)
	}
	return h, c.writeHead(h)
}

// lineEnd is what must be written so that the next line begins a line.
func (c *chain) lineEnd(f *os.File, size int64) ([]byte, error) {
	if size == 0 {
		return nil, nil
	}
	var last [1]byte
	if _, err := f.ReadAt(last[:], size-1); err != nil {
		return nil, fmt.Errorf("reading %s: %w", c.path, err)
	}
	if last[0] == '\n' {
		return nil, nil
	}
	return []byte("\n"), nil
}

// adopt takes the whole lines after the head that continue it, and returns where
// they end.
func (c *chain) adopt(f *os.File, h *head) (end int64, err error) {
	end = h.Size
	lines := bufio.NewReaderSize(io.NewSectionReader(f, end, 1<<62), maxLine)
	for {
		b, err := lines.ReadSlice('\n')
		if err != nil {
			if errors.Is(err, io.EOF) || errors.Is(err, bufio.ErrBufferFull) {
				return end, nil
			}
			return end, fmt.Errorf("reading %s: %w", c.path, err)
		}
		line := bytes.TrimSuffix(b, []byte("\n"))
		l, err := decode(line)
		if err != nil || !unseal(c.keys.line, line) || l.Seq != h.Seq+1 || l.Prev != h.Last {
			return end, nil //nolint:nilerr // what is no line of ours is torn, which the caller says
		}
		end += int64(len(b))
		h.Seq, h.Last, h.Size = l.Seq, l.MAC, end
	}
}

// acknowledgeTorn says in the log what stands between end and size.
func (c *chain) acknowledgeTorn(f *os.File, h head, end, size int64) (head, error) {
	mac := newMAC(c.keys.torn)
	if _, err := io.Copy(mac, io.NewSectionReader(f, end, size-end)); err != nil {
		return h, fmt.Errorf("reading %s: %w", c.path, err)
	}
	before, err := c.lineEnd(f, size)
	if err != nil {
		return h, err
	}
	c.logger.Warn("the audit log ends in an interrupted line; it stays and a line after it says so",
		"file", c.path, "bytes", size-end, "after_seq", h.Seq)
	_, h, err = c.add(f, h, before, Line{
		Version: lineVersion, Time: c.now().UTC().Format(timeLayout), Event: eventTorn,
		TornBytes: size - end, TornMAC: macOf(mac),
	})
	return h, err
}
