package audit

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// What stands beside a log FILE.
const (
	headSuffix = ".head" // where it ends, sealed
	lockSuffix = ".lock" // who is writing
)

const privateMode = 0o600 // whom somebody wrote to is nobody else's business

// openRegular opens a file of ours: not a symbolic link, not a device, and not
// writable by anyone else.
func openRegular(path string, flag int) (*os.File, error) {
	if err := checkRegular(path); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, flag|noFollow, privateMode)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil {
		err = checkInfo(path, info)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// checkRegular looks before opening, for opening a pipe would wait. A file that
// is not there is none to complain about.
func checkRegular(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return checkInfo(path, info)
}

func checkInfo(path string, info fs.FileInfo) error {
	switch mode := info.Mode(); {
	case mode&fs.ModeSymlink != 0:
		return fmt.Errorf("%s is a symbolic link; name the file itself", path)
	case !mode.IsRegular():
		return fmt.Errorf("%s is not a regular file", path)
	case permissionsCount && mode.Perm()&0o022 != 0:
		return fmt.Errorf("%s can be written by others (mode %04o); type: chmod 600 %s", path, mode.Perm(), path)
	}
	return nil
}

// checkDir refuses a directory in which anybody may replace our files.
func checkDir(path string) error {
	dir := filepath.Dir(path)
	info, err := os.Stat(dir)
	if err != nil {
		return fmt.Errorf("the directory of the audit file: %w", err)
	}
	mode := info.Mode()
	if !info.IsDir() {
		return fmt.Errorf("%s is not a directory", dir)
	}
	if permissionsCount && mode.Perm()&0o002 != 0 && mode&fs.ModeSticky == 0 {
		return fmt.Errorf("anybody may replace files in %s (mode %04o); type: chmod o-w %s", dir, mode.Perm(), dir)
	}
	return nil
}

// readFull reads until b is full or the file ends.
func readFull(r io.Reader, b []byte) (int, error) {
	n, err := io.ReadFull(r, b)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return n, err
}

// writeAll is how a file is written, except in tests of a full disk.
func writeAll(f *os.File, b []byte) error {
	_, err := f.Write(b)
	return err
}
