//go:build unix && !linux

package mailtest

import (
	"os/exec"
	"syscall"
)

// ownGroup gives the process a group, so that all of it can be ended.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// fastDir is the usual directory for temporary files.
func fastDir() string { return "" }
