package imapconn

import (
	"errors"
	"fmt"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"mail-imap-mcp/internal/contract"
)

// Selected is the mailbox a Conn has open.
type Selected struct {
	Name        string
	UIDValidity uint32
	UIDNext     uint32 // 0: the server did not say
	NumMessages uint32
	// Changing: it was opened with SELECT, to be changed. Reading never uses it
	// so, but opens it anew.
	Changing bool
}

// Changeable is a mailbox that is open to be changed.
type Changeable struct {
	Selected
	// PermanentFlags can be changed for good; "\\*" stands for any keyword (RFC
	// 9051 §7.1). nil: the server did not say, and all can.
	PermanentFlags []imap.Flag
}

// examine opens a mailbox for reading (RFC 9051 §6.3.3), unless it is open.
func (c *Conn) examine(mailbox string) error {
	if mailbox == "" || c.examined(mailbox) {
		return nil
	}
	if err := c.client.Permitted(mailbox); err != nil {
		return err
	}
	// A failed EXAMINE leaves no mailbox selected.
	c.selected = Selected{}
	stop := c.arrived(mailbox, c.client.open(mailbox, true))
	c.selected = stop.Selected
	return stop.Err
}

// OpenToChange opens a mailbox with SELECT (RFC 9051 §6.3.2), always anew: what
// it answers is the live mailbox's UIDVALIDITY. What send starts leaves in the
// same flight; it must only read and not wait for an answer, for where the
// mailbox cannot be opened it runs where it was not meant to. The caller first
// drains what send started, then calls wait, once. A mailbox that is not
// permitted is refused by wait and send is not called.
//
// The mailbox is never closed with CLOSE, which would remove what is marked
// \Deleted, by whomever; opening another, or LOGOUT, does not.
func (c *Conn) OpenToChange(mailbox string, send func()) (wait func() (Changeable, error)) {
	if err := c.client.Permitted(mailbox); err != nil {
		return func() (Changeable, error) { return Changeable{}, err }
	}
	c.selected = Selected{}
	var cmd *imapclient.SelectCommand
	c.Pipeline(func() {
		cmd = c.client.open(mailbox, false)
		send()
	})
	return func() (Changeable, error) {
		stop := c.arrived(mailbox, cmd)
		if stop.Err != nil {
			return Changeable{}, stop.Err
		}
		stop.Selected.Changing = true
		c.selected = stop.Selected
		data, _ := cmd.Wait() // waited for already
		return Changeable{stop.Selected, data.PermanentFlags}, nil
	}
}

// Refresh has the next use of a mailbox open it anew: one that is open shows
// what others did to it only at the server's leisure.
func (c *Conn) Refresh() { c.selected = Selected{} }

// Leave closes the mailbox that is open, if any, before it is renamed or
// deleted: Dovecot ends a session whose mailbox that happens to. It is UNSELECT
// (RFC 3691), which removes nothing, or EXAMINE of INBOX, and waits for no
// answer.
func (c *Conn) Leave() {
	if c.client.Mailbox() == nil {
		return
	}
	c.selected = Selected{}
	if !c.caps.Has(imap.CapUnselect) {
		c.client.open("INBOX", true)
		return
	}
	cmd := c.client.Unselect()
	c.client.track(cmd, cmd.Wait)
}

// examined reports whether the mailbox is open for reading; INBOX ignores case.
func (c *Conn) examined(mailbox string) bool {
	open := c.selected.Name
	return !c.selected.Changing && (open == mailbox || (strings.EqualFold(open, "INBOX") && strings.EqualFold(mailbox, "INBOX")))
}

// notExamined turns a refusal into words. RFC 5530 §3 has codes for it; from a
// server without them a NO means that there is no such mailbox.
func (c *Conn) notExamined(mailbox string, err error) error {
	var refusal *imap.Error
	if !errors.As(err, &refusal) || refusal.Type != imap.StatusResponseTypeNo {
		return fmt.Errorf("EXAMINE: %w", err)
	}
	text := quoteText(c.redact(refusal.Text))
	switch code := strings.ToUpper(string(refusal.Code)); {
	case code == "NOPERM":
		return contract.Errorf(contract.PermissionDenied, "the mail server does not let this account read mailbox %q%s", mailbox, text)
	case retryableCodes[code]:
		return &contract.Fault{
			Code: contract.Unavailable, Stage: stageSelect, Retryable: true,
			Message: fmt.Sprintf("the mail server cannot open mailbox %q at the moment%s; try again later", mailbox, text),
		}
	case code == "NONEXISTENT", c.client.account.Restricted():
		text = "" // one that is denied has none either
	}
	return errNoMailbox(mailbox, text)
}

// errNoMailbox is the answer for a mailbox that is not there, or not for us.
func errNoMailbox(mailbox, text string) error {
	return contract.Errorf(contract.NotFound, "mailbox %q does not exist%s; imap_list_mailboxes shows the names", mailbox, text)
}
