package mailtest

import (
	"os"
	"os/exec"
	"syscall"
)

// ownGroup gives the process a group, so that all of it can be ended, and ends
// it when the test dies without cleaning up.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}

// fastDirFree is what a hundred thousand messages take in memory, with room.
const fastDirFree = 2 << 30

// fastDir is a directory in memory if there is room, since a hundred thousand
// files cost a disk ten times as long; "" is the usual one. TMPDIR wins.
func fastDir() string {
	const shm = "/dev/shm"
	var fs syscall.Statfs_t
	if os.Getenv("TMPDIR") != "" || syscall.Statfs(shm, &fs) != nil || fs.Bavail*uint64(fs.Bsize) < fastDirFree {
		return ""
	}
	probe, err := os.CreateTemp(shm, "probe")
	if err != nil {
		return ""
	}
	_ = probe.Close()
	_ = os.Remove(probe.Name())
	return shm
}
