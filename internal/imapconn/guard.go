package imapconn

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode"
)

// guard stands between a server's bytes and go-imap, whose decoder trusts
// them: it recurses as deep as parentheses are nested, keeps whatever it is
// sent, and can be made to loop for ever. guard follows the lexical form of
// responses (RFC 9051 §4, §9) as go-imap reads them and ends the stream at the
// first byte that exceeds a limit. Bytes before it pass unchanged and at once;
// nothing is buffered.
//
// Where the guard could see a literal or the end of a line and go-imap
// something else, a server could hide from it; such input is refused even
// where go-imap would make sense of it.
//
// Read is called by one goroutine; the other methods by any.
type guard struct {
	r      io.Reader
	limits guardLimits

	mu  sync.Mutex // guards what follows; not held while waiting for r
	err error      // sticky
	lex lexer
	op  opCount

	enabled int // ENABLED responses on this connection
	byeText string
	byeSeen bool
}

// opCount is what has come since the operation began.
type opCount struct {
	rows, bytes, line, values, numbers int64

	mixed bool // a COPYUID was not in ascending order
}

// guardError says which limit a server exceeded. Nothing of what the server
// sent is in it.
type guardError struct {
	Limit   string // "line", "depth", …: the limit's name in guardLimits; "syntax" for what is not IMAP
	Message string
}

func (e *guardError) Error() string { return e.Message }

// newGuard returns a guard of the server's bytes in r, at the beginning of a
// line.
func newGuard(r io.Reader, limits guardLimits) *guard {
	return &guard{r: r, limits: limits}
}

// Read reads what the server sent and what may be seen of it. Its error is a
// *guardError once a limit is exceeded, and then for ever.
func (g *guard) Read(p []byte) (int, error) {
	g.mu.Lock()
	err := g.err
	g.mu.Unlock()
	if err != nil {
		return 0, err
	}
	n, err := g.r.Read(p)
	g.mu.Lock()
	defer g.mu.Unlock()
	passed, refusal := g.scan(p[:n])
	if refusal != nil {
		clear(p[passed:n]) // an io.Reader may use p as scratch space, but the decoder shall not find it there
		g.err = refusal
		return passed, g.err
	}
	return n, err
}

// reset begins an operation: its counters start again. Where in a response the
// stream stands is kept.
func (g *guard) reset() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.op = opCount{}
}

// rows is how many responses have begun in this operation.
func (g *guard) rows() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return int(g.op.rows)
}

// bye is the text of the server's untagged BYE, and whether there was one
// (RFC 9051 §7.1.5). It is the server's wording: printable, at most 200
// characters, and still nobody's word but the server's.
func (g *guard) bye() (string, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.byeText, g.byeSeen
}

// maxByeChars is kept of a BYE: more than a sentence explains nothing more.
const maxByeChars = 200

// printable is text without what is not meant to be seen, and bounded.
func printable(text []byte) string {
	var sb strings.Builder
	n := 0
	for _, r := range strings.ToValidUTF8(string(text), "") {
		if !unicode.IsPrint(r) { // also leaves out bidi controls and zero-width characters
			continue
		}
		if n++; n > maxByeChars {
			break
		}
		sb.WriteRune(r)
	}
	return strings.TrimSpace(sb.String())
}

func refuse(limit, format string, args ...any) *guardError {
	return &guardError{Limit: limit, Message: fmt.Sprintf(format, args...)}
}

func notIMAP(what string) *guardError {
	return refuse("syntax", "the server sent %s, which is not IMAP", what)
}
