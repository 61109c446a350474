//go:build unix

package audit

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

const (
	noFollow         = syscall.O_NOFOLLOW
	nonBlock         = syscall.O_NONBLOCK // opening a pipe does not wait
	permissionsCount = true
)

// syncDir makes names that were created or changed in a directory durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
		err = nil // some file systems know no such thing
	}
	if err = errors.Join(err, d.Close()); err != nil {
		return fmt.Errorf("syncing %s: %w", dir, err)
	}
	return nil
}
