package extract

import (
	"errors"
	"fmt"
	"syscall"

	"golang.org/x/sys/unix"
)

// limitFurther gives up, on every thread, privileges that a program on disk
// could confer, and limits memory.
func limitFurther() error {
	_, _, errno := syscall.AllThreadsSyscall6(unix.SYS_PRCTL, unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0)
	if errors.Is(errno, syscall.ENOTSUP) { // a cgo build; new threads inherit it from this one
		if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
			return fmt.Errorf("no_new_privs: %w", err)
		}
	} else if errno != 0 {
		return fmt.Errorf("no_new_privs: %w", errno)
	}
	return limitMemory()
}
