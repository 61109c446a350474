//go:build unix && !linux

package extract

// limitFurther limits memory; there are no more limits here.
func limitFurther() error { return limitMemory() }
