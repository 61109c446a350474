package mailbox

import (
	"time"

	"mail-imap-mcp/internal/imapconn"
)

// search is one page of a search under way.
type search struct {
	now      time.Time
	pool     *imapconn.Pool
	mailbox  string
	criteria Criteria
	limit    int
	wanted   int // the caller's limit, where more are looked at
	snippet  int
	caller   string

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
	next        uint32 // BeforeUID of the next page; 0: the lowest of page
	counted     bool   // total is known
	lost        int    // messages of the page that a fault cut off, whose UIDs are not known
}
