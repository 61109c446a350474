package extract

import (
	"os/exec"
	"runtime"
	"syscall"
)

const (
	// thisProgram is the program that is running, even if its file was replaced
	// by an upgrade meanwhile: parent and child are the same version.
	thisProgram = "/proc/self/exe"

	childDir = "/"
)

// ownGroup gives the child a group, so that all it starts can be killed, and
// has the kernel kill it when its parent dies.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// bindThread keeps the thread that starts the child until the child is done:
// to the kernel the "parent" whose death counts is that thread (prctl(2),
// PR_SET_PDEATHSIG).
func bindThread() (unbind func()) {
	runtime.LockOSThread()
	return runtime.UnlockOSThread
}
