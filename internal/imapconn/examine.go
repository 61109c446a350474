package imapconn

import (
	"errors"
	"fmt"
	"strings"

	"github.com/emersion/go-imap/v2"

	"mail-imap-mcp/internal/contract"
)

// Selected is the mailbox a Conn has EXAMINEd.
type Selected struct {
	Name        string
	UIDValidity uint32
	UIDNext     uint32 // 0: the server did not say
	NumMessages uint32
}

// examine opens a mailbox for reading (RFC 9051 §6.3.3), unless it is open.
func (c *Conn) examine(mailbox string) error {
	if mailbox == "" || c.examined(mailbox) {
		return nil
	}
	// A failed EXAMINE leaves no mailbox selected.
	c.selected = Selected{}
	if strings.ContainsAny(mailbox, "\r\n\x00") {
		return contract.Errorf(contract.InvalidInput, "mailbox has a control character; remove it")
	}
	stop := c.arrived(mailbox, c.client.Select(mailbox, &imap.SelectOptions{ReadOnly: true}))
	c.selected = stop.Selected
	return stop.Err
}

// examined reports whether the mailbox is open; INBOX ignores case.
func (c *Conn) examined(mailbox string) bool {
	open := c.selected.Name
	return open == mailbox || (strings.EqualFold(open, "INBOX") && strings.EqualFold(mailbox, "INBOX"))
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
	case code == "NONEXISTENT":
		text = ""
	}
	return contract.Errorf(contract.NotFound, "mailbox %q does not exist%s; imap_list_mailboxes shows the names", mailbox, text)
}
