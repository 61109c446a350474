package imapconn

import (
	"strconv"
	"strings"

	"mail-imap-mcp/internal/imap"
)

// enableUIDOnly begins ENABLE UIDONLY (RFC 9586) where the server also bounds what a
// command may touch (MESSAGELIMIT, RFC 9738): Yahoo and AOL, which show only the
// newest 10,000 messages of a mailbox to those that number them.
func (c *Conn) enableUIDOnly() {
	if caps := c.client.Caps(); caps.Has(imap.CapUIDOnly) && caps.Has(imap.CapEnable) && c.MessageLimit() > 0 {
		c.uidOnly = c.client.Enable(imap.CapUIDOnly)
	}
}

// UIDOnly reports whether messages have no sequence numbers on this connection.
func (c *Conn) UIDOnly() bool {
	if c.uidOnly == nil {
		return false
	}
	enabled, err := c.uidOnly.Wait() // answered since the mailbox was opened
	return err == nil && enabled.Has(imap.CapUIDOnly)
}

// MessageLimit is how many messages a command may be about (RFC 9738): of more,
// SEARCH and FETCH look at the newest alone. 0: any number.
func (c *Conn) MessageLimit() uint32 {
	for name := range c.client.Caps() {
		if digits, ok := strings.CutPrefix(string(name), "MESSAGELIMIT="); ok {
			n, _ := strconv.ParseUint(digits, 10, 32)
			return uint32(n)
		}
	}
	return 0
}

// Hidden is how many of the newest messages of the open mailbox are all that can be
// seen of it, where there may be older ones; 0: all can be.
func (c *Conn) Hidden() uint32 {
	if c.UIDOnly() {
		return 0
	}
	var size uint32
	if c.MessageLimit() > 0 {
		size = 10_000 // who has the one is known for the other
	}
	if provider := ProviderOf(c.pool.account.Host); provider != nil && provider.Window > 0 {
		size = provider.Window
	}
	if c.Selected().NumMessages < size {
		return 0
	}
	return size
}
