// Package download saves attachments below one directory, under names that are
// safe whatever the sender chose, in files that only their owner can read.
package download

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

const (
	// maxTries is how many names are tried before giving up: "name (2)" and
	// so on.
	maxTries = 1000

	fileMode = 0o600
)

// Dir is the directory that files are saved in. Nothing outside can be reached
// through it: neither by names nor by symbolic links (os.Root).
type Dir struct {
	path string
	root *os.Root
}

// Open opens an existing directory. One that everybody may write to, as /tmp, is
// refused: whoever can put files there can pass them off for saved ones.
func Open(path string) (*Dir, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, fmt.Errorf("download directory: %w", err)
	}
	info, err := root.Stat(".")
	const all = 0o002
	if err == nil && info.Mode().Perm()&all != 0 && runtime.GOOS != "windows" { // which has no such bits
		err = fmt.Errorf("download directory: everybody can write to %s (mode %04o); name another, or type: chmod o-w %s", path, info.Mode().Perm(), path)
	}
	if err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return &Dir{path, root}, nil
}

// Close releases the directory.
func (d *Dir) Close() error { return d.root.Close() }

// File is a file being written. It exists under its name from the start, so
// that no other can take it; Discard takes it away again.
type File struct {
	dir  *Dir
	name string
	f    *os.File
}

// Create makes a new, empty file with mode 0600 and a name that is as near to
// the sender's as is safe and free. An existing file or link is never opened.
func (d *Dir) Create(suggested, mediaType string) (*File, error) {
	name := SafeName(suggested, mediaType)
	for try := range maxTries {
		candidate := numbered(name, try)
		f, err := d.root.OpenFile(candidate, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("create %q: %w", candidate, err)
		}
		return &File{d, candidate, f}, nil
	}
	return nil, fmt.Errorf("create %q: %d files of that name are there already", name, maxTries)
}

// Path is where the file is.
func (f *File) Path() string { return filepath.Join(f.dir.path, f.name) }

// Name is the file's name in its directory.
func (f *File) Name() string { return f.name }

// Write implements io.Writer.
func (f *File) Write(b []byte) (int, error) { return f.f.Write(b) }

// Reset empties the file, to be written again from the start.
func (f *File) Reset() error {
	if err := f.f.Truncate(0); err != nil {
		return fmt.Errorf("empty %q: %w", f.name, err)
	}
	if _, err := f.f.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("empty %q: %w", f.name, err)
	}
	return nil
}

// Keep closes the file for good.
func (f *File) Keep() error {
	if err := f.f.Close(); err != nil {
		return errors.Join(fmt.Errorf("write %q: %w", f.name, err), f.dir.root.Remove(f.name))
	}
	return nil
}

// Discard closes the file and takes it away.
func (f *File) Discard() error {
	_ = f.f.Close() // what it held is not wanted
	if err := f.dir.root.Remove(f.name); err != nil {
		return fmt.Errorf("remove %q: %w", f.name, err)
	}
	return nil
}
