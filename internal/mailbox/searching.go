package mailbox

import "mail-imap-mcp/internal/imapconn"

// search is one page of a search under way.
type search struct {
	pool     *imapconn.Pool
	mailbox  string
	criteria Criteria
	limit    int
	snippet  int
	caller   string

	awaitsLiterals bool // the server has neither LITERAL+ nor LITERAL- (RFC 7888)
	asciiOnly      bool // it is not to be asked for text outside ASCII

	// Candidates of a scan whose summaries broke the connection, and what was
	// read of such in another way.
	broken     *page
	brokenUIDs []uint32
	known      map[uint32]*Found

	// From the cursor; zero on a first page.
	uidValidity uint32
	before      uint32
	total       int
	approximate bool
}

// hits is what a page's search found: the page's UIDs and where to go on.
type hits struct {
	page        []uint32 // descending
	total       int      // of the whole search
	approximate bool
	more        bool
	newest      bool   // page is the newest messages, by sequence number
	next        uint32 // BeforeUID of the next page; 0: the lowest of page
	failed      int    // messages of the page that could not be read
}
