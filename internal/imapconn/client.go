package imapconn

import (
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/contract"
)

// Client is go-imap's client, which remembers the commands it sends: those left
// unfinished when a lease ends are drained. An undrained FETCH or LIST would
// keep go-imap's reader, and its goroutine, waiting for ever. Commands sent by
// methods that are not named here must be waited for by the caller.
//
// Mailboxes that the owner does not permit (config.Account.Permits) do not
// exist here: LIST leaves them out, and commands that name one are refused
// before anything is sent.
type Client struct {
	*imapclient.Client
	account    config.Account
	unfinished []unfinished
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

// unfinished is a command and how it is drained and waited for.
type unfinished struct {
	cmd    any
	finish func() error
}

func (c *Client) track(cmd any, finish func() error) {
	c.unfinished = append(c.unfinished, unfinished{cmd, finish})
}

// Forget leaves a FETCH undrained when the lease ends: one whose literal broke
// off with the connection. Its reader ends by itself, and draining would read
// from the same buffer at the same time (go-imap v2.0.0-beta.8 reads a literal
// that has failed once more).
func (c *Client) Forget(cmd *imapclient.FetchCommand) {
	c.unfinished = slices.DeleteFunc(c.unfinished, func(u unfinished) bool { return u.cmd == any(cmd) })
}

// Noop sends NOOP (RFC 9051 §6.1.2).
func (c *Client) Noop() *imapclient.Command {
	cmd := c.Client.Noop()
	c.track(cmd, cmd.Wait)
	return cmd
}

// ID sends ID (RFC 2971).
func (c *Client) ID(data *imap.IDData) *imapclient.IDCommand {
	cmd := c.Client.ID(data)
	c.track(cmd, func() error { _, err := cmd.Wait(); return err })
	return cmd
}

// Capability sends CAPABILITY (RFC 9051 §6.1.1).
func (c *Client) Capability() *imapclient.CapabilityCommand {
	cmd := c.Client.Capability()
	c.track(cmd, func() error { _, err := cmd.Wait(); return err })
	return cmd
}

// Enable sends ENABLE (RFC 9051 §6.3.1).
func (c *Client) Enable(caps ...imap.Cap) *imapclient.EnableCommand {
	cmd := c.Client.Enable(caps...)
	c.track(cmd, func() error { _, err := cmd.Wait(); return err })
	return cmd
}

// open sends SELECT or EXAMINE (RFC 9051 §6.3.2) for Conn, which remembers what
// is open.
func (c *Client) open(mailbox string, readOnly bool) *imapclient.SelectCommand {
	cmd := c.Client.Select(mailbox, &imap.SelectOptions{ReadOnly: readOnly})
	c.track(cmd, func() error { _, err := cmd.Wait(); return err })
	return cmd
}

// List sends LIST (RFC 9051 §6.3.9).
func (c *Client) List(ref, pattern string, options *imap.ListOptions) *ListCommand {
	cmd := c.Client.List(ref, pattern, options)
	c.track(cmd, cmd.Close)
	return &ListCommand{cmd, c.account}
}

// ListAll is List with the mailboxes that are not permitted, to see what a new
// name would bring along with a mailbox. Nothing of those may be told.
func (c *Client) ListAll(ref, pattern string, options *imap.ListOptions) *imapclient.ListCommand {
	cmd := c.Client.List(ref, pattern, options)
	c.track(cmd, cmd.Close)
	return cmd
}

// Namespace sends NAMESPACE (RFC 9051 §6.3.10).
func (c *Client) Namespace() *imapclient.NamespaceCommand {
	cmd := c.Client.Namespace()
	c.track(cmd, func() error { _, err := cmd.Wait(); return err })
	return cmd
}

// ListCommand is a LIST whose rows are the mailboxes that the owner permits.
type ListCommand struct {
	cmd     *imapclient.ListCommand
	account config.Account
}

// Next is the next mailbox, nil after the last.
func (l *ListCommand) Next() *imap.ListData {
	for data := l.cmd.Next(); data != nil; data = l.cmd.Next() {
		if l.account.Permits(data.Mailbox) {
			return data
		}
	}
	return nil
}

// Close drains the answer and waits for its end.
func (l *ListCommand) Close() error { return l.cmd.Close() }

// Status sends STATUS (RFC 9051 §6.3.11).
func (c *Client) Status(mailbox string, options *imap.StatusOptions) *imapclient.StatusCommand {
	cmd := c.Client.Status(mailbox, options)
	c.track(cmd, func() error { _, err := cmd.Wait(); return err })
	return cmd
}

// Search sends SEARCH (RFC 9051 §6.4.4).
func (c *Client) Search(criteria *imap.SearchCriteria, options *imap.SearchOptions) *imapclient.SearchCommand {
	cmd := c.Client.Search(criteria, options)
	c.track(cmd, func() error { _, err := cmd.Wait(); return err })
	return cmd
}

// UIDSearch sends UID SEARCH (RFC 9051 §6.4.9).
func (c *Client) UIDSearch(criteria *imap.SearchCriteria, options *imap.SearchOptions) *imapclient.SearchCommand {
	cmd := c.Client.UIDSearch(criteria, options)
	c.track(cmd, func() error { _, err := cmd.Wait(); return err })
	return cmd
}

// Fetch sends FETCH or UID FETCH (RFC 9051 §6.4.5).
func (c *Client) Fetch(numSet imap.NumSet, options *imap.FetchOptions) *imapclient.FetchCommand {
	cmd := c.Client.Fetch(numSet, plainFields(options))
	c.track(cmd, cmd.Close)
	return cmd
}

// finish drains and waits for every command of the lease. It reports whether
// the server answered any of them, be it with NO, and the first error that is
// not a refusal.
func (c *Client) finish() (answered bool, err error) {
	for _, u := range c.unfinished {
		switch e := u.finish(); {
		case e == nil, IsRefusal(e):
			answered = true
		case err == nil:
			err = e
		}
	}
	c.unfinished = nil
	return answered, err
}
