package imapconn

import "sync"

// maxValidities is how many mailboxes' UIDVALIDITY are remembered of an account;
// beyond, all are found out anew.
const maxValidities = 10_000

// validities remembers the UIDVALIDITY that each mailbox had when it was last
// opened, so that a short id costs no round trip of its own. What it says is
// compared with the open mailbox again whenever an id is used.
type validities struct {
	mu sync.Mutex
	by map[string]uint32
}

func (v *validities) note(mailbox string, validity uint32) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.by == nil || len(v.by) >= maxValidities {
		v.by = map[string]uint32{}
	}
	v.by[mailbox] = validity
}

// UIDValidity is what the mailbox had when it was last opened; 0: it was not.
func (p *Pool) UIDValidity(mailbox string) uint32 {
	p.validities.mu.Lock()
	defer p.validities.mu.Unlock()
	return p.validities.by[mailbox]
}
