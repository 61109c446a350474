package tools

// What the tests from outside check answers with.
var (
	Forged  = forged
	Scripts = scripts
)
