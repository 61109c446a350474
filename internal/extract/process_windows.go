package extract

import (
	"os/exec"
	"syscall"
)

const (
	thisProgram = "" // os.Executable knows
	childDir    = `\`
)

// createNoWindow is CREATE_NO_WINDOW: no console flashes up.
const createNoWindow = 0x08000000

// ownGroup separates the child from the console, whose Ctrl-C is not for it.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{
		HideWindow:    true,
		CreationFlags: createNoWindow | syscall.CREATE_NEW_PROCESS_GROUP,
	}
}

// killGroup kills the child. It starts no other process.
func killGroup(cmd *exec.Cmd) error { return cmd.Process.Kill() }

// bindThread does nothing: only Linux ties a child to a thread.
func bindThread() (unbind func()) { return func() {} }
