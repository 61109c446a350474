//go:build unix

package extract

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

// killGroup kills the child and everything it started.
func killGroup(cmd *exec.Cmd) error {
	err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	if errors.Is(err, syscall.ESRCH) {
		return os.ErrProcessDone
	}
	return err
}
