package imapconn

// guardLimits bound what a server may send. They hold whatever was asked:
// what we ask for is bounded further above (the rooms). The counters of
// one operation start again at guard.reset.
type guardLimits struct {
	line     int64 // bytes of a response without its message bodies
	text     int64 // bytes of a status response, a tagged one, a continuation or capabilities
	atom     int64 // bytes of one atom that is not a set of numbers
	str      int64 // bytes of a string: quoted, or a literal that is no message body
	shortStr int64 // bytes of a string that do not count as values
	literal  int64 // bytes of one literal with (part of) a message
	response int64 // bytes of a response with all its literals
	depth    int   // open parentheses
	values   int64 // values of one response

	enabled int // ENABLED responses in the connection's life

	opRows    int64 // responses in one operation
	opBytes   int64 // bytes in one operation
	opLine    int64 // bytes in one operation without message bodies
	opValues  int64 // values in one operation
	opNumbers int64 // members of number sets and SEARCH answers in one operation
}

const (
	// maxLine: a plain SEARCH answer of 50,000 numbers is 350 kB, and the
	// BODYSTRUCTURE of 1,000 parts about 200 kB. go-imap keeps up to 25 bytes
	// for each of these.
	maxLine = 1 << 20

	// maxText: the longest real texts are capability lists (3 kB), Kerberos
	// challenges (16 kB) and COPYUID of 250 scattered messages (6 kB).
	maxText = 64 << 10

	// maxAtom: mailbox names sent as atoms are the longest; 256 characters in
	// modified UTF-7 are about 1 kB.
	maxAtom = 4 << 10

	// maxString: file names, subjects and In-Reply-To as a sender wrote them.
	// go-imap takes a comment in In-Reply-To apart in quadratic time: 16 KiB
	// cost 35 ms, 256 KiB cost 5 s.
	maxString = 16 << 10

	// freeString: each byte of a string beyond this counts as a value, so that
	// few strings are as long as maxString: 42 in an operation cost 1.5 s.
	freeString = 1 << 10

	// maxLiteral is twice the 2 MiB that are asked of one body.
	maxLiteral = 4 << 20

	// maxResponse holds a text, an HTML and a header section of one message,
	// each larger than what is asked for.
	maxResponse = 16 << 20

	// maxDepth: multiparts may be nested 20 deep here (internal/message), 100
	// deep in Dovecot, one parenthesis each and a few for the innermost part's
	// parameters. go-imap recurses without end; 100,000 kill the process.
	maxDepth = 128

	// maxValues: a BODYSTRUCTURE of 1,000 parts has 25,000 values, a message
	// to 10,000 people 60,000. go-imap keeps up to about 100 bytes of each.
	maxValues = 128 << 10

	// maxEnabled: ENABLE is sent once. go-imap adds up what the answers name
	// for as long as the connection lives.
	maxEnabled = 8

	// maxOpRows: when others delete much, the next NOOP is answered with an
	// EXPUNGE for each message.
	maxOpRows = 256 << 10

	// maxOpBytes is thirty bodies of the largest size asked for.
	maxOpBytes = 64 << 20

	// maxOpLine: maxOpRows EXPUNGE rows are 4 MB, a LIST with counts of 10,000
	// mailboxes 1.5 MB, the structures of 100 large messages 2 MB.
	maxOpLine = 8 << 20

	// maxOpValues: the same rows have about 520,000.
	maxOpValues = 640 << 10

	// maxOpNumbers: go-imap sorts numbers by insertion. In descending order
	// 65,536 cost 0.15 s, 131,072 cost 0.6 s, 262,144 cost 9 s. The largest
	// honest answer is a plain SEARCH of 50,000.
	maxOpNumbers = 128 << 10
)

// defaultGuardLimits are the limits of every real connection.
func defaultGuardLimits() guardLimits {
	return guardLimits{
		line:      maxLine,
		text:      maxText,
		atom:      maxAtom,
		str:       maxString,
		shortStr:  freeString,
		literal:   maxLiteral,
		response:  maxResponse,
		depth:     maxDepth,
		values:    maxValues,
		enabled:   maxEnabled,
		opRows:    maxOpRows,
		opBytes:   maxOpBytes,
		opLine:    maxOpLine,
		opValues:  maxOpValues,
		opNumbers: maxOpNumbers,
	}
}
