package imapconn

import (
	"errors"
	"io"
	"strings"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
)

// Client speaks IMAP within what the owner permits (config.Account.Permits):
// other mailboxes do not exist here. LIST leaves them out, and commands that name
// one are refused before anything is sent.
type Client struct {
	*imap.Client
	account config.Account
}

// Permitted refuses a mailbox that the owner keeps from us, in the words used
// for one that does not exist, and a name that would end the command line.
func (c *Client) Permitted(mailbox string) error {
	if strings.ContainsAny(mailbox, "\r\n\x00") {
		return contract.Errorf(contract.InvalidInput, "mailbox has a control character; remove it")
	}
	if !c.account.Permits(mailbox) {
		return errNoMailbox(mailbox, "")
	}
	return nil
}

// ListCommand is a LIST whose rows are the mailboxes that the owner permits.
type ListCommand struct {
	query   *imap.Query[[]*imap.ListData]
	account config.Account
}

// List sends LIST (RFC 9051 §6.3.9).
func (c *Client) List(ref, pattern string, options *imap.ListOptions) *ListCommand {
	return &ListCommand{c.Client.List(ref, pattern, options), c.account}
}

// ListSubscribed sends LSUB (RFC 3501 §6.3.9).
func (c *Client) ListSubscribed(ref, pattern string) *ListCommand {
	return &ListCommand{c.Client.ListSubscribed(ref, pattern), c.account}
}

// ListAll is List with the mailboxes that are not permitted, to see what a new
// name would bring along with a mailbox. Nothing of those may be told.
func (c *Client) ListAll(ref, pattern string, options *imap.ListOptions) *imap.Query[[]*imap.ListData] {
	return c.Client.List(ref, pattern, options)
}

// Wait is imap.Query.Wait.
func (l *ListCommand) Wait() ([]*imap.ListData, error) {
	all, err := l.query.Wait()
	permitted := make([]*imap.ListData, 0, len(all))
	for _, row := range all {
		if l.account.Permits(row.Mailbox) {
			permitted = append(permitted, row)
		}
	}
	return permitted, err
}

// UIDCopy sends UID COPY (RFC 9051 §6.4.7).
func (c *Client) UIDCopy(uids imap.UIDSet, mailbox string) (*imap.Query[imap.CopyData], error) {
	if err := c.Permitted(mailbox); err != nil {
		return nil, err
	}
	return c.Client.UIDCopy(uids, mailbox), nil
}

// UIDMove sends UID MOVE (RFC 9051 §6.4.8) and refuses where the server does not
// have it.
func (c *Client) UIDMove(uids imap.UIDSet, mailbox string) (*imap.Query[imap.CopyData], error) {
	if err := c.Permitted(mailbox); err != nil {
		return nil, err
	}
	if !c.Caps().Has(imap.CapMove) {
		return nil, errors.New("MOVE on a server without it")
	}
	return c.Client.UIDMove(uids, mailbox), nil
}

// Append sends APPEND (RFC 9051 §6.3.12): write writes size bytes.
func (c *Client) Append(mailbox string, size int64, write func(io.Writer) error, options *imap.AppendOptions) (*imap.Query[imap.AppendData], error) {
	if err := c.Permitted(mailbox); err != nil {
		return nil, err
	}
	return c.Client.Append(mailbox, size, write, options), nil
}

// Create sends CREATE (RFC 9051 §6.3.4).
func (c *Client) Create(mailbox string) (*imap.Command, error) {
	return c.named(c.Client.Create, mailbox)
}

// Delete sends DELETE (RFC 9051 §6.3.5).
func (c *Client) Delete(mailbox string) (*imap.Command, error) {
	return c.named(c.Client.Delete, mailbox)
}

// Rename sends RENAME (RFC 9051 §6.3.6).
func (c *Client) Rename(mailbox, to string) (*imap.Command, error) {
	if err := c.Permitted(to); err != nil {
		return nil, err
	}
	return c.named(func(mailbox string) *imap.Command { return c.Client.Rename(mailbox, to) }, mailbox)
}

// Subscribe sends SUBSCRIBE (RFC 9051 §6.3.7).
func (c *Client) Subscribe(mailbox string) (*imap.Command, error) {
	return c.named(c.Client.Subscribe, mailbox)
}

// Unsubscribe sends UNSUBSCRIBE (RFC 9051 §6.3.8).
func (c *Client) Unsubscribe(mailbox string) (*imap.Command, error) {
	return c.named(c.Client.Unsubscribe, mailbox)
}

// named sends a command about a permitted mailbox.
func (c *Client) named(send func(mailbox string) *imap.Command, mailbox string) (*imap.Command, error) {
	if err := c.Permitted(mailbox); err != nil {
		return nil, err
	}
	return send(mailbox), nil
}
