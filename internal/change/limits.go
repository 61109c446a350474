package change

import "time"

// The bounds of this room.
const (
	// maxAcross is the largest message that is copied to another account: it is
	// held in memory, once. Providers take 25 MB, in base64 36.
	maxAcross = 40 << 20

	// maxLetters are in memory at a time, whatever is asked for meanwhile.
	maxLetters = 2

	// letterPieceBytes is asked of a message at a time: half of what the
	// connection lets through as one literal.
	letterPieceBytes = 2 << 20

	// letterHeaderBytes of a copy are compared with the original's: the largest
	// real headers (long Received and ARC chains) are about 30 kB.
	letterHeaderBytes = 64 << 10

	// tailBytes of a copy are compared with the original's: with the header,
	// and because nothing follows them, they tell that it is whole.
	tailBytes = 1 << 10

	// sizeSlack, and an eighth, is how much RFC822.SIZE may exceed what is read
	// (Exchange estimates it). More is missing where a server stops in between.
	sizeSlack = 8 << 10

	// ParallelBatches is how many batches of a change are made at once: as many as
	// an account has connections for.
	ParallelBatches = 4

	// maxSamples and maxSampleSubject: a question shows a few messages, a line each.
	maxSamples       = 5
	maxSampleSubject = 70 // characters

	// previewHeaderBytes is asked of subject and sender: far more than real ones need.
	previewHeaderBytes = 4 << 10

	// printBytes is fetched of a message's Message-ID: real ones have below 200.
	printBytes = 1 << 10

	// reconcileLooks and reconcilePause: a server may still be at work on a command
	// whose connection was lost. While something has not happened it is looked at
	// again, a moment later.
	reconcileLooks = 2
	reconcilePause = 500 * time.Millisecond
)
