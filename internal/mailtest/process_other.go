//go:build unix && !linux

package mailtest

// fastDir is the usual directory for temporary files.
func fastDir() string { return "" }
