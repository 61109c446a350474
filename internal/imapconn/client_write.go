package imapconn

import (
	"errors"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// Copy sends UID COPY (RFC 9051 §6.4.7).
func (c *Client) Copy(uids imap.UIDSet, mailbox string) (*imapclient.CopyCommand, error) {
	if err := c.Permitted(mailbox); err != nil {
		return nil, err
	}
	cmd := c.Client.Copy(uids, mailbox)
	c.track(cmd, func() error { _, err := cmd.Wait(); return err })
	return cmd, nil
}

// Move sends UID MOVE (RFC 9051 §6.4.8) and refuses where the server does not
// have it: go-imap would send COPY, STORE and a plain EXPUNGE, which takes other
// messages with it.
func (c *Client) Move(uids imap.UIDSet, mailbox string) (*imapclient.MoveCommand, error) {
	if err := c.Permitted(mailbox); err != nil {
		return nil, err
	}
	if !c.Caps().Has(imap.CapMove) {
		return nil, errors.New("MOVE on a server without it")
	}
	cmd := c.Client.Move(uids, mailbox)
	c.track(cmd, func() error { _, err := cmd.Wait(); return err })
	return cmd, nil
}

// Store sends UID STORE (RFC 9051 §6.4.6). The flags must be valid: go-imap ends
// the connection over one that is not.
func (c *Client) Store(uids imap.UIDSet, flags *imap.StoreFlags) *imapclient.FetchCommand {
	cmd := c.Client.Store(uids, flags, nil)
	c.track(cmd, cmd.Close)
	return cmd
}

// UIDExpunge sends UID EXPUNGE (RFC 9051 §6.4.9), which removes the messages of
// the set that are marked \Deleted, and no others. There is no plain EXPUNGE
// here.
func (c *Client) UIDExpunge(uids imap.UIDSet) *imapclient.ExpungeCommand {
	cmd := c.Client.UIDExpunge(uids)
	c.track(cmd, cmd.Close)
	return cmd
}

// Append sends APPEND (RFC 9051 §6.3.12): size bytes must be written, then the
// command closed and waited for. Where less can be written the connection must
// end, and with it the command: the server takes nothing of it then.
func (c *Client) Append(mailbox string, size int64, options *imap.AppendOptions) (*imapclient.AppendCommand, error) {
	if err := c.Permitted(mailbox); err != nil {
		return nil, err
	}
	return c.Client.Append(mailbox, size, options), nil
}

// Create sends CREATE (RFC 9051 §6.3.4).
func (c *Client) Create(mailbox string) (*imapclient.Command, error) {
	return c.named(mailbox, func() *imapclient.Command { return c.Client.Create(mailbox, nil) })
}

// Delete sends DELETE (RFC 9051 §6.3.5).
func (c *Client) Delete(mailbox string) (*imapclient.Command, error) {
	return c.named(mailbox, func() *imapclient.Command { return c.Client.Delete(mailbox) })
}

// Rename sends RENAME (RFC 9051 §6.3.6).
func (c *Client) Rename(mailbox, to string) (*imapclient.Command, error) {
	if err := c.Permitted(to); err != nil {
		return nil, err
	}
	return c.named(mailbox, func() *imapclient.Command { return c.Client.Rename(mailbox, to, nil) })
}

// Subscribe sends SUBSCRIBE (RFC 9051 §6.3.7).
func (c *Client) Subscribe(mailbox string) (*imapclient.Command, error) {
	return c.named(mailbox, func() *imapclient.Command { return c.Client.Subscribe(mailbox) })
}

// Unsubscribe sends UNSUBSCRIBE (RFC 9051 §6.3.8).
func (c *Client) Unsubscribe(mailbox string) (*imapclient.Command, error) {
	return c.named(mailbox, func() *imapclient.Command { return c.Client.Unsubscribe(mailbox) })
}

// named sends a command about a permitted mailbox.
func (c *Client) named(mailbox string, send func() *imapclient.Command) (*imapclient.Command, error) {
	if err := c.Permitted(mailbox); err != nil {
		return nil, err
	}
	cmd := send()
	c.track(cmd, cmd.Wait)
	return cmd, nil
}
