package draft

import "time"

// The bounds of this room.
const (
	// lookAgainAfter is how long a server has to store a draft whose connection
	// broke off, before it is looked for once more.
	lookAgainAfter = 500 * time.Millisecond

	// lookWithin bounds looking for it, also after the call was cancelled.
	lookWithin = 15 * time.Second

	// maxLeftOut and maxLeftOutChars bound what is said of attachments that are not
	// forwarded: their names are the sender's words.
	maxLeftOut      = 10
	maxLeftOutChars = 50
)
