// Package imapconn is a signed-in connection to a mail server: dialled, under TLS,
// guarded against what a server may send, measured, and pooled per account.
package imapconn

import (
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"mail-imap-mcp/internal/contract"
)

// Conn is a signed-in connection, leased to one caller at a time.
type Conn struct {
	wire     *wire
	client   *Client
	caps     imap.CapSet
	asked    *imapclient.CapabilityCommand // nil: caps are known
	greeted  *imapclient.IDCommand         // nil: ID was not sent
	selected Selected
	redact   func(string) string
	idleFrom time.Time // when the last lease ended
	reopens  int64     // of the pool, when the lease began
}

// clientName is all that ID tells of us (RFC 2971 §3.3 wants no more).
const clientName = "mail-imap-mcp"

// introduce sends what belongs right after sign-in. It leaves with the first
// command of the lease, in the same flight: capabilities where the server did
// not tell the new ones, and ID, without which some providers (NetEase, 2014
// on: "Unsafe Login") refuse to open a mailbox.
//
// UTF8=ACCEPT is not enabled: a client that has enabled it must not search with
// CHARSET (RFC 6855 §3), and go-imap reads mailbox names as modified UTF-7,
// which every server speaks until then. A server that refuses everything else
// (UTF8=ONLY, RFC 6855 §6) gets its ENABLE.
func (c *Conn) introduce(known, id bool) {
	c.wire.hold()
	defer c.wire.unhold()
	if !known {
		c.asked = c.client.Capability()
	}
	if c.caps.Has(imap.CapUTF8Only) {
		c.client.Enable(imap.CapUTF8Accept)
	}
	if id && c.caps.Has(imap.CapID) {
		c.greeted = c.client.ID(&imap.IDData{Name: clientName})
	}
}

// Client is for sending commands. Every FETCH and LIST should be drained before
// the lease ends; what is not is drained then.
func (c *Conn) Client() *Client { return c.client }

// Has reports whether the server has a capability, itself or as part of
// IMAP4rev2. On a fresh connection whose server did not tell, it asks.
func (c *Conn) Has(name imap.Cap) bool { return c.capabilities().Has(name) }

func (c *Conn) capabilities() imap.CapSet {
	if c.asked != nil {
		c.wire.release()
		caps, err := c.asked.Wait()
		c.asked = nil
		if err == nil && len(caps) > 0 {
			c.caps = caps
		}
	}
	return c.caps
}

// Pipeline sends the commands that send starts in one write: one flight. send
// must not wait for an answer.
func (c *Conn) Pipeline(send func()) {
	c.wire.hold()
	defer c.wire.release()
	send()
}

// Selected is the mailbox that is EXAMINEd; NumMessages is what the server said
// last. Without a mailbox it is zero.
func (c *Conn) Selected() Selected {
	s := c.selected
	if m := c.client.Mailbox(); m != nil && s.Name != "" {
		s.NumMessages = m.NumMessages
	}
	return s
}

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

// dead reports whether go-imap has given the connection up.
func (c *Conn) dead() bool {
	if c.wire.isClosed() { // its reader may not have noticed yet
		return true
	}
	select {
	case <-c.client.Closed():
		return true
	default:
		return false
	}
}

// close ends the connection now, and go-imap's reader with it: an undrained
// FETCH would hold the reader up, so the lease's commands are drained of what
// had arrived. It reports whether the server had answered any of them.
func (c *Conn) close() (answered bool) {
	_ = c.wire.Close()
	answered, _ = c.client.finish()
	<-c.client.Closed()
	return answered
}
