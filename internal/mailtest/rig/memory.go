package rig

import (
	"context"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"testing"
	"time"
)

// HeapPeak runs a job and returns by how many bytes the heap in use grew at
// most, garbage that was not yet swept included.
func HeapPeak(t *testing.T, job func()) int64 {
	t.Helper()
	// Little garbage is left lying, so that what is measured is what is held.
	defer debug.SetGCPercent(debug.SetGCPercent(20))
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	before := int64(m.HeapAlloc)
	var peak atomic.Int64
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		var m runtime.MemStats
		for ctx.Err() == nil {
			runtime.ReadMemStats(&m)
			peak.Store(max(peak.Load(), int64(m.HeapAlloc)-before))
			time.Sleep(2 * time.Millisecond)
		}
	}()
	job()
	stop()
	<-done
	return peak.Load()
}

// The server runs outside of this process, so that its copy does not count.

// MaxCallMemory is architecture.md's bound on one call.
const MaxCallMemory = 64 << 20
