//go:build unix && !linux

package extract

import (
	"os/exec"
	"syscall"
)

const (
	thisProgram = "" // os.Executable knows
	childDir    = "/"
)

// ownGroup gives the child a group, so that all it starts can be killed. A
// child whose parent dies reads the end of its input, or ends by its limits.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// bindThread does nothing: only Linux ties a child to a thread.
func bindThread() (unbind func()) { return func() {} }
