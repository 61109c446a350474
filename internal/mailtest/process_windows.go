package mailtest

import "os/exec"

// ownGroup does nothing: there is no Dovecot for Windows.
func ownGroup(*exec.Cmd) {}

// killGroup ends the process.
func killGroup(cmd *exec.Cmd) { _ = cmd.Process.Kill() }

// fastDir is the usual directory for temporary files.
func fastDir() string { return "" }
