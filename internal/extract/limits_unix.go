//go:build unix

package extract

import (
	"fmt"

	"golang.org/x/sys/unix"
)

const (
	// maxFiles leaves room for the three pipes, the runtime's poller and a time
	// zone's file.
	maxFiles = 16

	// maxInherited is how far descriptors are looked for that the parent itself
	// was given, by a shell or an editor: they are low numbers.
	maxInherited = 1024
)

// closeInherited closes the descriptors that came through exec, beyond the
// standard three. Go's own are marked close-on-exec and stay.
func closeInherited() {
	for fd := 3; fd < maxInherited; fd++ {
		if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == nil && flags&unix.FD_CLOEXEC == 0 {
			_ = unix.Close(fd)
		}
	}
}

// limit has the kernel hold this process to what reading one attachment takes.
func limit() error {
	seconds := uint64(maxCPU.Seconds())
	for _, l := range []struct {
		name      string
		resource  int
		soft, top uint64
	}{
		// The soft limit of processor time ends the program with a line that
		// says so, the hard one in any case.
		{"processor time", unix.RLIMIT_CPU, seconds, seconds + 1},
		{"files written", unix.RLIMIT_FSIZE, 0, 0},
		{"open files", unix.RLIMIT_NOFILE, maxFiles, maxFiles},
		{"core dumps", unix.RLIMIT_CORE, 0, 0},
	} {
		if err := lower(l.resource, l.soft, l.top); err != nil {
			return fmt.Errorf("limit %s: %w", l.name, err)
		}
	}
	// RLIMIT_NPROC counts all processes and threads of the user, not of the
	// child, so no number would be right: the Go runtime starts threads.
	return limitFurther()
}

// lower sets a limit, or leaves one that is lower already.
func lower(resource int, soft, top uint64) error {
	var now unix.Rlimit
	if err := unix.Getrlimit(resource, &now); err != nil {
		return err
	}
	now.Max = least(now.Max, top)
	now.Cur = min(least(now.Cur, soft), now.Max)
	return unix.Setrlimit(resource, &now)
}

// least is a limit that is now, or most where that is less. FreeBSD counts limits
// in signed numbers, of which the negative ones are endless.
func least[N int64 | uint64](now N, most uint64) N {
	if uint64(now) > most {
		return N(most)
	}
	return now
}
