// Package imapconn is a signed-in connection to a mail server: dialled, under TLS,
// held to deadlines, measured, and pooled per account.
package imapconn

import (
	"slices"
	"time"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
)

// Conn is a signed-in connection, leased to one caller at a time.
type Conn struct {
	wire       *wire
	client     *Client
	pool       *Pool
	asked      *imap.Command                  // CAPABILITY; nil: they are known
	greeted    *imap.Query[map[string]string] // ID; nil: not sent
	uidOnly    *imap.Query[imap.CapSet]       // ENABLE UIDONLY; nil: not sent
	selected   Selected
	compressed bool      // COMPRESS is on
	volatile   uint32    // UIDVALIDITY made up for this connection; 0: none yet
	opened     bool      // the lease has opened its mailbox: what is in it is known
	idleFrom   time.Time // when the last lease ended
	reopens    int64     // of the pool, when the lease began
}

// clientName is all that ID tells of us (RFC 2971 §3.3 wants no more).
const clientName = "mail-imap-mcp"

// introduce begins what belongs right after sign-in. It leaves with the first
// command of the lease, in the same flight: capabilities where the server did
// not tell the new ones, and ID, without which some providers (NetEase, 2014
// on: "Unsafe Login") refuse to open a mailbox.
//
// UTF8=ACCEPT is not enabled: a client that has enabled it must not search with
// CHARSET (RFC 6855 §3). A server that refuses everything else (UTF8=ONLY, RFC
// 6855 §6) gets its ENABLE.
func (c *Conn) introduce(known bool) {
	if !known {
		c.asked = c.client.Capability()
	}
	if c.client.Caps().Has(imap.CapUTF8Only) {
		c.client.Enable(imap.CapUTF8Accept)
	}
	if known {
		c.enableUIDOnly()
	}
	if c.client.Caps().Has(imap.CapID) || c.pool.Knows(NeedsID) {
		c.identify()
	}
}

// identify begins ID.
func (c *Conn) identify() { c.greeted = c.client.ID(clientName) }

// Client is for sending commands. Those that are not waited for when the lease
// ends are finished then.
func (c *Conn) Client() *Client { return c.client }

// Has reports whether the server has a capability, itself or as part of
// IMAP4rev2, and is not known to have it in vain. On a fresh connection whose
// server did not tell, it asks.
func (c *Conn) Has(name imap.Cap) bool {
	if q, ok := inVain[name]; ok && c.pool.Knows(q) {
		return false
	}
	return c.capabilities().Has(name)
}

func (c *Conn) capabilities() imap.CapSet {
	if c.asked != nil {
		_ = c.asked.Wait() // refused: what was told before sign-in counts
		c.asked = nil
	}
	return c.client.Caps()
}

// Selected is the mailbox that is EXAMINEd; NumMessages is what the server said
// last. Without a mailbox it is zero.
func (c *Conn) Selected() Selected {
	s := c.selected
	if open := c.client.Selected(); open.Name != "" && s.Name != "" {
		s.NumMessages = open.NumMessages
	}
	return s
}

// Fresh reports whether this lease has opened the mailbox, so that what is in it
// need not be asked for with NOOP.
func (c *Conn) Fresh() bool { return c.opened }

// CheckValidity refuses an id whose UIDVALIDITY is not the open mailbox's: its
// UID may name another message now (RFC 9051 §2.3.1.1).
func (c *Conn) CheckValidity(id contract.MessageID) error {
	if now := c.Selected().UIDValidity; now != id.UIDValidity {
		return contract.ErrStale(now, id.UIDValidity)
	}
	return nil
}

// NoteUID raises UIDNext above a UID that was seen.
func (c *Conn) NoteUID(uid uint32) {
	// An unknown UIDNext (0) stays unknown: uid need not be the highest.
	if next := c.selected.UIDNext; next > 0 && uid >= next && uid < 1<<32-1 {
		c.selected.UIDNext = uid + 1
	}
}

// dead reports whether the connection is of no more use, as far as is known.
func (c *Conn) dead() bool { return c.wire.isClosed() || c.client.Err() != nil }

// sortedCaps lists capabilities for a person.
func sortedCaps(caps imap.CapSet) []string {
	names := make([]string, 0, len(caps))
	for c := range caps {
		names = append(names, serverText(string(c)))
	}
	slices.Sort(names)
	return names
}
