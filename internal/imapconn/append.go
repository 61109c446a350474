package imapconn

import (
	"errors"
	"io"
	"strings"

	"mail-imap-mcp/internal/imap"
)

// Append sends APPEND (RFC 9051 §6.3.12) and waits for its answer: write writes
// size bytes, and may be called twice. Courier refuses it for the mailbox that is
// open for reading ("Current box is selected READ-ONLY."); there the mailbox is
// opened to be changed first, once that is known.
func (c *Conn) Append(mailbox string, size int64, write func(io.Writer) error, options *imap.AppendOptions) (imap.AppendData, error) {
	open := c.opensForReading(mailbox)
	if open && c.Knows(NoAppendToOpen) {
		return c.appendOpened(mailbox, size, write, options)
	}
	data, err := c.append(mailbox, size, write, options)
	var refusal *imap.Error
	if !open || !isNo(err) || !errors.As(err, &refusal) || refusal.Code != "" {
		return data, err
	}
	// A NO says that nothing was stored.
	again, opened := c.appendOpened(mailbox, size, write, options)
	if IsRefusal(opened) {
		return data, err
	}
	if opened == nil {
		c.Learn(NoAppendToOpen)
	}
	return again, opened
}

// opensForReading reports whether the server has the mailbox open with EXAMINE,
// whether or not that counts as open here.
func (c *Conn) opensForReading(mailbox string) bool {
	open := c.client.Selected()
	return open.ReadOnly && (open.Name == mailbox || strings.EqualFold(open.Name, "INBOX") && strings.EqualFold(mailbox, "INBOX"))
}

func (c *Conn) append(mailbox string, size int64, write func(io.Writer) error, options *imap.AppendOptions) (imap.AppendData, error) {
	cmd, err := c.client.Append(mailbox, size, write, options)
	if err != nil {
		return imap.AppendData{}, err
	}
	return cmd.Wait()
}

// appendOpened is append in the flight that opens the mailbox to change it.
// Reading opens it anew.
func (c *Conn) appendOpened(mailbox string, size int64, write func(io.Writer) error, options *imap.AppendOptions) (imap.AppendData, error) {
	c.selected = Selected{}
	c.client.SelectToChange(mailbox)
	return c.append(mailbox, size, write, options)
}
