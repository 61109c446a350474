package audit

import (
	"context"
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
	if h, err = c.adopt(f, h, size); err != nil {
		return h, err
	}
	if h.Size < size { // else all of it was taken
		return c.acknowledgeTorn(f, h, size)
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

// adopt takes the lines after the head that continue it, torn ones with the line
// that explains them, and returns a head that ends with the last.
func (c *chain) adopt(f *os.File, h head, size int64) (head, error) {
	pos, torn, whole := h.Size, newTornText(c.keys), true
	lines := io.NewSectionReader(f, pos, size-pos)
	err := eachLine(context.Background(), lines, func(raw rawLine) error {
		pos += int64(len(raw.bytes))
		if raw.ended {
			pos++
		}
		l, err := decode(raw.bytes)
		genuine := err == nil && !raw.tooLong && unseal(c.keys.line, raw.bytes) && l.Seq == h.Seq+1 && l.Prev == h.Last
		if !genuine || torn.any && !torn.explainedBy(l) {
			torn.add(raw)
			return nil
		}
		torn.reset()
		h.Seq, h.Last, h.Size, whole = l.Seq, l.MAC, pos, raw.ended
		return nil
	})
	if err != nil {
		return h, fmt.Errorf("%s: %w", c.path, err)
	}
	if whole || h.Size < size {
		return h, nil
	}
	// All of the last line is there but its newline.
	if err := errors.Join(c.write(f, []byte("\n")), f.Sync()); err != nil {
		return h, fmt.Errorf("ending the last line of %s: %w", c.path, err)
	}
	h.Size++
	return h, nil
}

// acknowledgeTorn says in the log what stands between the last line and size.
func (c *chain) acknowledgeTorn(f *os.File, h head, size int64) (head, error) {
	end := h.Size
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
