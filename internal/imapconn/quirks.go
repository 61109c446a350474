package imapconn

import (
	"slices"
	"sync"

	"mail-imap-mcp/internal/imap"
)

// Quirk is something a server does otherwise than it says or should. What was
// found out is remembered for the account, so that it is paid for once. Of some
// providers it is known beforehand (Provider.Quirks).
type Quirk string

// The quirks. QuirkDocs says how each is found out and what is done then.
const (
	// NeedsID: mailboxes are opened only for clients that sent ID (NetEase).
	NeedsID Quirk = "needs ID"
	// ESearchLies: what RETURN asks for is not answered, or wrongly (iCloud,
	// Cyrus 2.4).
	ESearchLies Quirk = "ESEARCH answers something else"
	// NoHeaderSearch: SEARCH HEADER is refused (Yahoo) or finds nothing.
	NoHeaderSearch Quirk = "SEARCH HEADER does not work"
	// NoTextSearch: text criteria match everything (QQ) or nothing (iCloud).
	NoTextSearch Quirk = "text criteria of SEARCH do not work"
	// TextSearchWorks is no quirk, but what rules NoTextSearch out.
	TextSearchWorks Quirk = "text criteria of SEARCH work"
	// NoCharset: CHARSET is refused (Exchange).
	NoCharset Quirk = "SEARCH CHARSET is refused"
	// NoNesting: OR and parentheses in SEARCH are refused (Exchange).
	NoNesting Quirk = "nested SEARCH keys are refused"
	// NoMove: MOVE is offered and refused (Postal).
	NoMove Quirk = "MOVE is refused"
	// NoWithin: YOUNGER is offered and refused.
	NoWithin Quirk = "YOUNGER is refused"
	// NoPreview: PREVIEW is offered and refused.
	NoPreview Quirk = "PREVIEW is refused"
	// NoCompress: COMPRESS is offered and refused, or its stream cannot be read.
	NoCompress Quirk = "COMPRESS does not work"
	// NoGmailRaw: X-GM-RAW is refused.
	NoGmailRaw Quirk = "X-GM-RAW is refused"
	// NoListStatus: LIST RETURN (STATUS …) is offered and refused or not answered.
	NoListStatus Quirk = "LIST with STATUS does not work"
	// NoAppendToOpen: APPEND to the mailbox that is open for reading is refused
	// (Courier).
	NoAppendToOpen Quirk = "APPEND to the open mailbox is refused"
	// NoSequence: FETCH by sequence numbers is refused.
	NoSequence Quirk = "FETCH by numbers is refused"
)

// inVain are the capabilities that a quirk makes useless.
var inVain = map[imap.Cap]Quirk{
	imap.CapESearch:    ESearchLies,
	imap.CapMove:       NoMove,
	imap.CapWithin:     NoWithin,
	imap.CapPreview:    NoPreview,
	imap.CapListStatus: NoListStatus,
	imap.CapCompress:   NoCompress,
}

// quirks are what was found out about an account's server. They are safe for
// concurrent use.
type quirks struct {
	mu    sync.Mutex
	known map[Quirk]bool
}

// seed notes what is known beforehand.
func (q *quirks) seed(known []Quirk) {
	if len(known) == 0 {
		return
	}
	q.known = make(map[Quirk]bool, len(known))
	for _, k := range known {
		q.known[k] = true
	}
}

// Knows reports whether a quirk of the account's server is known.
func (p *Pool) Knows(q Quirk) bool {
	p.quirks.mu.Lock()
	defer p.quirks.mu.Unlock()
	return p.quirks.known[q]
}

// Learn notes a quirk; it reports whether it is news.
func (p *Pool) Learn(q Quirk) bool {
	p.quirks.mu.Lock()
	defer p.quirks.mu.Unlock()
	if p.quirks.known[q] {
		return false
	}
	if p.quirks.known == nil {
		p.quirks.known = map[Quirk]bool{}
	}
	p.quirks.known[q] = true
	p.log.Info("found out about the server", "account", p.account.ID, "what", string(q))
	return true
}

// Quirks lists what is known of the account's server.
func (p *Pool) Quirks() []Quirk {
	p.quirks.mu.Lock()
	defer p.quirks.mu.Unlock()
	list := make([]Quirk, 0, len(p.quirks.known))
	for q := range p.quirks.known {
		list = append(list, q)
	}
	slices.Sort(list)
	return list
}

// Knows is Pool.Knows of the connection's account.
func (c *Conn) Knows(q Quirk) bool { return c.pool.Knows(q) }

// Learn is Pool.Learn of the connection's account.
func (c *Conn) Learn(q Quirk) bool { return c.pool.Learn(q) }
