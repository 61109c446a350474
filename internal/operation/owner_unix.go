//go:build unix

package operation

import (
	"os"
	"syscall"
)

// foreign reports whether a directory belongs to somebody else than us or root.
func foreign(info os.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && stat.Uid != 0 && int64(stat.Uid) != int64(os.Geteuid())
}
