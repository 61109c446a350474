package mailbox

// What one operation may bring over the wire, whatever the mailbox holds. The
// reader bounds what a server may send (imap.Limits); these bound what
// we ask for.
const (
	// summaryHeaderBytes is asked of each message's summary fields: far more
	// than real From, To, Subject and Date need, and it keeps a 50 MB header
	// from costing more than a page of ordinary ones.
	summaryHeaderBytes = 4 << 10

	// maxHeaderBytes is asked of a message's whole header when it is read:
	// the largest real ones (long Received and ARC chains) are about 30 kB.
	maxHeaderBytes = 64 << 10

	// snippetTextBytes is fetched of a text part for a snippet: 500 characters
	// of a three-byte script in base64 are 2,000 bytes.
	snippetTextBytes = 2 << 10

	// snippetPageBytes is shared by the HTML parts of a page's snippets: with
	// the summaries it keeps a page of ten below 60 kB. HTML needs more than
	// text because style sheets come first.
	snippetPageBytes  = 36 << 10
	snippetHTMLBytes  = 16 << 10 // most for one message
	snippetFloorBytes = 1 << 10  // least for one message, on pages of 100

	// textBytesPerChar and htmlBytesPerChar say how much encoded source may
	// be needed for one character shown: four bytes of UTF-8 in
	// quoted-printable are twelve; HTML carries ten times its text in markup.
	textBytesPerChar = 12
	htmlBytesPerChar = 40

	// minTextFetch and minHTMLFetch are fetched of a text body even when fewer characters are
	// asked for: smaller pieces save nothing, one flight costs the same.
	minTextFetch = 32 << 10
	minHTMLFetch = 64 << 10

	// maxBodyFetch is the most that is fetched of one body part. With decoding
	// and the HTML tree it keeps a call well below 64 MiB of memory.
	maxBodyFetch = 2 << 20

	// moreBodyFetch is fetched of each further piece of a body: eight pieces in
	// two forms stay below what one response may bring.
	moreBodyFetch = 256 << 10

	// foundPlaces is how many places of a phrase are shown, foundAround the
	// characters before and behind each: together less than a long body.
	foundPlaces = 10
	foundAround = 150

	// calendarFetch and reportFetch: invitations with an agenda have some 20
	// kB, delivery reports 2 kB a recipient.
	calendarFetch = 256 << 10
	reportFetch   = 64 << 10

	// partPieceBytes is asked of an attachment at a time: one piece is held in
	// memory while it is decoded.
	partPieceBytes = 2 << 20

	// MaxPartFetch is the most that is fetched of an attachment that is kept in
	// memory: 25 MB in base64, line ends included.
	MaxPartFetch = 36 << 20

	// maxSavedPart is the largest source of an attachment that is saved to a
	// file: what one operation may bring (imap.Limits.OpBytes), with room for the
	// rest of it.
	maxSavedPart = 60 << 20

	// maxExtracted is how many attachments of a message are read when it is
	// read: more belong into calls of their own.
	maxExtracted = 10

	// rawFallbackBytes is fetched of a message whose structure the server
	// garbles; it is taken apart here instead.
	rawFallbackBytes = 1 << 20

	// searchWindow is how many of the newest UIDs the first search answers
	// about: scattered matches as a set are 7 bytes each, so at most 28 kB.
	searchWindow = 4096

	// searchSplit is how many slices of the older UIDs are counted in one
	// flight to find where the next matches are. 4096·16⁵ exceeds 2³², so five
	// flights find them in any mailbox.
	searchSplit     = 16
	maxLocateRounds = 6

	// maxPlainSearch is the largest mailbox in which a server without ESEARCH
	// is asked for all matches at once: 50,000 numbers are about 350 kB.
	maxPlainSearch = 50_000

	// maxPlainWindows bounds the walk through older UIDs on such a server.
	maxPlainWindows = 12

	// maxScan is how many candidates one call looks at when the criteria
	// cannot be put to the server (has_attachment; text in a character set it
	// refuses). The cursor carries the search on from there.
	maxScan = 500

	// raggedChars is left off the end of a text whose source was cut: a tag, an
	// entity or a character may be cut in two there.
	raggedChars = 200

	// scanTextBytes is read of each candidate's text when the server cannot
	// search for it.
	scanTextBytes = 8 << 10
)
