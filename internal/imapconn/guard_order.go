package imapconn

// order follows the two sets of a COPYUID (RFC 4315 §3), which pair UIDs by
// their place. go-imap sorts each of them, so that what a server wrote in
// another order can no longer be paired.
type order struct {
	set  int // 1: UIDVALIDITY, 2: the originals, 3: the copies
	n    uint64
	last uint64
}

// byte takes a byte of the code behind its name and reports whether a number
// was not above the one before it in its set.
func (o *order) byte(c byte) (mixed bool) {
	if c >= '0' && c <= '9' {
		o.n = min(o.n*10+uint64(c-'0'), 1<<40) // one digit at a time, so no overflow
		return false
	}
	mixed = o.set > 1 && o.n <= o.last
	o.n, o.last = 0, o.n
	if c == ' ' {
		o.set, o.last = o.set+1, 0
	}
	return mixed
}

// mixed reports whether a COPYUID of this operation had its UIDs in another
// order than ascending.
func (g *guard) mixed() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.op.mixed
}

// PairsCopies reports whether what COPYUID said in this operation can be taken
// as it comes from go-imap: originals and copies both ascending.
func (c *Conn) PairsCopies() bool { return !c.wire.guard.mixed() }
