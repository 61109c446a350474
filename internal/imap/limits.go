package imap

import "fmt"

// Limits bound what a server may send, whatever was asked. What exceeds one of
// the first group costs its value or its row; what exceeds one of the second ends
// the connection. The counters of an operation start again with Client.Begin.
type Limits struct {
	String int64 // bytes kept of a string that is no section of a message
	Atom   int64 // bytes of an atom
	Text   int64 // bytes of a status response, or of a line that is read as text
	Line   int64 // bytes of one response without the sections in it
	Depth  int   // open parentheses
	Values int   // values of one response

	OpRows  int64 // responses in one operation
	OpBytes int64 // bytes in one operation
	OpLines int64 // bytes in one operation without sections
	// OpValues is how many values one operation may bring, without the numbers
	// of SEARCH, mailbox names and their counts.
	OpValues int
}

const (
	// maxString: file names, subjects and ids as a sender wrote them. What is
	// longer is cut.
	maxString = 16 << 10

	// maxAtom: mailbox names sent as atoms are the longest; 256 characters in
	// modified UTF-7 are about 1 kB.
	maxAtom = 4 << 10

	// maxText: the longest real texts are capability lists (3 kB), Kerberos
	// challenges (16 kB) and COPYUID of 250 scattered messages (6 kB).
	maxText = 64 << 10

	// maxLine: the BODYSTRUCTURE of 1,000 parts is about 200 kB. SEARCH answers,
	// which are only numbers, may fill an operation.
	maxLine = 1 << 20

	// maxDepth: multiparts may be nested 20 deep here (internal/message), 100
	// deep in Dovecot, one parenthesis each and a few for the innermost part's
	// parameters. Values are read by recursion.
	maxDepth = 128

	// maxValues: a BODYSTRUCTURE of 1,000 parts has 25,000 values, a message
	// to 10,000 people 60,000. A value costs about 100 bytes while it is read.
	maxValues = 128 << 10

	// maxOpRows: when others delete much, the next NOOP is answered with an
	// EXPUNGE for each message.
	maxOpRows = 256 << 10

	// maxOpBytes is thirty bodies of the largest size asked for. What a server
	// sends beyond what was asked is read and dropped, and counts too.
	maxOpBytes = 64 << 20

	// maxOpLines: maxOpRows EXPUNGE rows are 4 MB, a LIST with counts of 10,000
	// mailboxes 1.5 MB, the structures of 100 large messages 2 MB, a plain SEARCH
	// answer of 1,000,000 numbers 7 MB.
	maxOpLines = 8 << 20

	// maxOpValues: the structures of 100 large messages are 550,000 values. What
	// is kept of a value is up to 100 bytes.
	maxOpValues = 640 << 10
)

// DefaultLimits are the limits of a signed-in connection.
func DefaultLimits() Limits {
	return Limits{
		String: maxString, Atom: maxAtom, Text: maxText, Line: maxLine, Depth: maxDepth, Values: maxValues,
		OpRows: maxOpRows, OpBytes: maxOpBytes, OpLines: maxOpLines, OpValues: maxOpValues,
	}
}

// PreambleLimits are the limits until sign-in: a greeting, capabilities, an alert
// or two, a challenge.
func PreambleLimits() Limits {
	l := DefaultLimits()
	l.OpRows, l.OpBytes, l.OpLines = 100, maxText, maxText
	return l
}

// LimitError says which limit of an operation a server exceeded. Nothing of what
// it sent is in it.
type LimitError struct{ Message string }

// Error implements error.
func (e *LimitError) Error() string { return e.Message }

func overLimit(format string, args ...any) error {
	return &LimitError{fmt.Sprintf(format, args...)}
}

// syntaxError is a value or a row that cannot be understood. It ends the row, not
// the connection.
type syntaxError struct{ what string }

// Error implements error.
func (e *syntaxError) Error() string { return e.what }

func syntax(what string) error { return &syntaxError{what} }
