//go:build !linux || race

package extract

import (
	"os"
	"runtime/metrics"
	"time"
)

// watchEvery is how often memory is looked at: a program that only allocates
// takes some 2 GB a second.
const watchEvery = 20 * time.Millisecond

// limitMemory ends the process soon after it has more than maxMemory: where no
// kernel does it, or where the race detector maps terabytes.
func limitMemory() error {
	go func() {
		for range time.Tick(watchEvery) {
			if memoryInUse() > maxMemory {
				_, _ = os.Stderr.WriteString("out of memory\n")
				os.Exit(1)
			}
		}
	}()
	return nil
}

// memoryInUse is what the Go runtime has from the system and not given back.
func memoryInUse() uint64 {
	samples := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(samples)
	return samples[0].Value.Uint64() - samples[1].Value.Uint64()
}
