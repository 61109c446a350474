//go:build linux && !race

package extract

import (
	"bytes"
	"fmt"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// limitMemory lets the process map and use maxMemory more than it has. A Go
// program maps 1.2 GB when it starts, most of it never touched, so the limit on
// the address space counts from there; RLIMIT_DATA (Linux 4.7) counts what can
// be written to, from nothing.
func limitMemory() error {
	mapped, err := mappedBytes()
	if err != nil {
		return fmt.Errorf("limit memory: %w", err)
	}
	if err := lower(unix.RLIMIT_AS, mapped+maxMemory, mapped+maxMemory); err != nil {
		return fmt.Errorf("limit address space: %w", err)
	}
	if err := lower(unix.RLIMIT_DATA, maxMemory, maxMemory); err != nil {
		return fmt.Errorf("limit data: %w", err)
	}
	return nil
}

// mappedBytes is the size of the address space in use (proc(5), statm).
func mappedBytes() (uint64, error) {
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, err
	}
	first, _, _ := bytes.Cut(statm, []byte(" "))
	pages, err := strconv.ParseUint(string(first), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("/proc/self/statm: %w", err)
	}
	return pages * uint64(os.Getpagesize()), nil
}
