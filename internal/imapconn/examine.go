package imapconn

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
)

// Selected is the mailbox a Conn has open.
type Selected struct {
	Name        string
	UIDValidity uint32
	UIDNext     uint32 // 0: the server did not say
	NumMessages uint32
	// Volatile: the server gives no UIDVALIDITY; the one here is made up and
	// holds for this connection only.
	Volatile bool
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
// Where a server refuses it for want of an ID, or does not know its name in
// modified UTF-7, it is tried once more with that.
func (c *Conn) examine(mailbox string) error {
	if mailbox == "" || c.examined(mailbox) {
		return nil
	}
	if err := c.client.Permitted(mailbox); err != nil {
		return err
	}
	// A failed EXAMINE leaves no mailbox selected.
	c.selected = Selected{}
	data, err := c.client.Examine(mailbox).Wait()
	if isNo(err) && c.greeted == nil && c.capabilities().Has(imap.CapID) {
		c.identify()
		if data, err = c.client.Examine(mailbox).Wait(); err == nil {
			c.Learn(NeedsID)
		}
	}
	if isNo(err) {
		if took, again := c.examineOtherwise(mailbox); again == nil {
			data, err = took, nil
		} else if !IsRefusal(again) && !errors.Is(again, errNoOtherForm) {
			err = again
		}
	}
	if err != nil {
		return c.notExamined(mailbox, err)
	}
	return c.take(mailbox, data)
}

// errNoOtherForm is a name that is written in one way only.
var errNoOtherForm = errors.New("the name has no other form")

// examineOtherwise tries a mailbox by the other form of its name: as it is instead
// of in modified UTF-7, or the other way round. The form that is refused is
// forgotten.
func (c *Conn) examineOtherwise(mailbox string) (imap.Mailbox, error) {
	names := c.client.Names()
	if !names.Toggle(mailbox) {
		return imap.Mailbox{}, errNoOtherForm
	}
	data, err := c.client.Examine(mailbox).Wait()
	if err != nil {
		names.Toggle(mailbox)
	}
	return data, err
}

func isNo(err error) bool {
	var refusal *imap.Error
	return errors.As(err, &refusal) && refusal.Type == imap.StatusResponseTypeNo
}

// take notes what is open now.
func (c *Conn) take(mailbox string, data imap.Mailbox) error {
	s := Selected{Name: mailbox, UIDValidity: data.UIDValidity, UIDNext: data.UIDNext, NumMessages: data.NumMessages}
	if s.UIDValidity == 0 || !data.HasNumMessages {
		status, err := c.client.Status(mailbox, &imap.StatusOptions{UIDValidity: true, NumMessages: true}).Wait()
		if err != nil && !IsRefusal(err) {
			return fmt.Errorf("STATUS: %w", err)
		}
		if s.UIDValidity == 0 {
			s.UIDValidity = status.UIDValidity
		}
		if !data.HasNumMessages && status.NumMessages != nil {
			s.NumMessages = *status.NumMessages
			if c.client.Selected().Name == mailbox {
				c.client.NoteMessages(s.NumMessages)
			}
		}
	}
	if s.UIDValidity == 0 {
		if c.volatile == 0 {
			c.volatile = 1<<31 | rand.Uint32() //nolint:gosec // no secret: it only must not be met again
		}
		s.UIDValidity, s.Volatile = c.volatile, true
	}
	c.selected, c.opened = s, true
	c.pool.validities.note(mailbox, s.UIDValidity)
	return nil
}

// Stop is one mailbox of a Tour: what EXAMINE said of it, or why it could not
// be opened (an error as Do has them).
type Stop struct {
	Selected Selected
	Err      error
}

// Tour opens mailboxes one after the other in one flight. For each it sends
// EXAMINE, unless the mailbox is open already, and then what send starts for
// it; send must not wait for an answer. A server takes commands that depend on
// the selected mailbox in the order they came (RFC 9051 §5.5), so each acts in
// its own mailbox.
//
// The commands of a mailbox that could not be opened were refused, or ran where
// they were not meant to: their answers count only where the Stop has no error.
// wait is to be called once; the last mailbox stays open.
func (c *Conn) Tour(mailboxes []string, send func(i int)) (wait func() []Stop) {
	cmds := make([]*imap.Query[imap.Mailbox], len(mailboxes))
	stops := make([]Stop, len(mailboxes))
	for i, name := range mailboxes {
		if c.examined(name) {
			stops[i].Selected = c.Selected()
		} else if err := c.client.Permitted(name); err != nil {
			stops[i].Err = err
			continue
		} else {
			// What is open is known again when the last EXAMINE is answered.
			c.selected = Selected{}
			cmds[i] = c.client.Examine(name)
		}
		send(i)
	}
	return func() []Stop {
		// The commands end first: what take may ask belongs behind them.
		_ = c.client.Finish()
		for i, cmd := range cmds {
			if cmd == nil {
				continue
			}
			c.selected = Selected{}
			data, err := cmd.Wait()
			if err != nil {
				stops[i].Err = c.notExamined(mailboxes[i], err)
				continue
			}
			stops[i].Err = c.take(mailboxes[i], data)
			stops[i].Selected = c.selected
		}
		return stops
	}
}

// OpenToChange opens a mailbox with SELECT (RFC 9051 §6.3.2), always anew: what
// it answers is the live mailbox's UIDVALIDITY. What send starts leaves in the
// same flight; it must only read and not wait for an answer, for where the
// mailbox cannot be opened it runs where it was not meant to. wait is to be called
// once. A mailbox that is not permitted is refused by wait and send is not called.
//
// The mailbox is never closed with CLOSE, which would remove what is marked
// \Deleted, by whomever; opening another, or LOGOUT, does not.
func (c *Conn) OpenToChange(mailbox string, send func()) (wait func() (Changeable, error)) {
	if err := c.client.Permitted(mailbox); err != nil {
		return func() (Changeable, error) { return Changeable{}, err }
	}
	c.selected = Selected{}
	cmd := c.client.SelectToChange(mailbox)
	send()
	return func() (Changeable, error) {
		data, err := cmd.Wait()
		if err != nil {
			return Changeable{}, c.notExamined(mailbox, err)
		}
		if err := c.take(mailbox, data); err != nil {
			return Changeable{}, err
		}
		if c.selected.Volatile {
			c.selected = Selected{}
			return Changeable{}, errNoValidity(mailbox)
		}
		c.selected.Changing = true
		return Changeable{c.selected, data.PermanentFlags}, nil
	}
}

// Refresh has the next use of a mailbox open it anew: one that is open shows
// what others did to it only at the server's leisure.
func (c *Conn) Refresh() { c.selected = Selected{} }

// Leave begins to close the mailbox that is open, if any, before it is renamed or
// deleted: Dovecot ends a session whose mailbox that happens to. It is UNSELECT
// (RFC 3691), which removes nothing, or EXAMINE of INBOX, and waits for no
// answer.
func (c *Conn) Leave() {
	if c.client.Selected().Name == "" {
		return
	}
	c.selected = Selected{}
	if c.client.Caps().Has(imap.CapUnselect) {
		c.client.Unselect()
		return
	}
	c.client.Examine("INBOX")
}

// examined reports whether the mailbox is open for reading; INBOX ignores case.
func (c *Conn) examined(mailbox string) bool {
	open := c.selected.Name
	return !c.selected.Changing && (open == mailbox || (strings.EqualFold(open, "INBOX") && strings.EqualFold(mailbox, "INBOX")))
}

// notExamined turns a refusal into words. RFC 5530 §3 has codes for it; from a
// server without them, what LIST says of the mailbox decides.
func (c *Conn) notExamined(mailbox string, err error) error {
	var refusal *imap.Error
	if !errors.As(err, &refusal) || refusal.Type != imap.StatusResponseTypeNo {
		return fmt.Errorf("EXAMINE: %w", err)
	}
	text := quoteText(c.pool.redact(refusal.Text))
	switch {
	case refusal.Code == imap.ResponseCodeNoPerm:
		return contract.Errorf(contract.PermissionDenied, "the mail server does not let this account read mailbox %q%s", mailbox, text)
	case isForNow(refusal):
		return &contract.Fault{
			Code: contract.Unavailable, Stage: stageSelect, Retryable: true,
			Message: fmt.Sprintf("the mail server cannot open mailbox %q at the moment%s; try again later", mailbox, text),
		}
	case refusal.Code == imap.ResponseCodeNonExistent, c.client.account.Restricted() && !strings.EqualFold(mailbox, "INBOX"):
		text = "" // one that is denied has none either
	case strings.EqualFold(mailbox, "INBOX"), c.lists(mailbox):
		return &contract.Fault{
			Code: contract.Unavailable, Stage: stageSelect,
			Message: fmt.Sprintf("the mail server refuses to open mailbox %q%s", mailbox, text),
		}
	}
	return errNoMailbox(mailbox, text)
}

// lists reports whether LIST has the mailbox.
func (c *Conn) lists(mailbox string) bool {
	if strings.ContainsAny(mailbox, "%*") {
		return false
	}
	rows, err := c.client.List("", mailbox, nil).Wait()
	if err != nil {
		return false
	}
	for _, row := range rows {
		if row.Mailbox == mailbox {
			for _, attr := range row.Attrs {
				if strings.EqualFold(string(attr), string(imap.MailboxAttrNonExistent)) {
					return false
				}
			}
			return true
		}
	}
	return false
}

// errNoMailbox is the answer for a mailbox that is not there, or not for us.
func errNoMailbox(mailbox, text string) error {
	return contract.ErrNoMailbox(mailbox, text)
}

// errNoValidity refuses to change a mailbox without UIDVALIDITY: its UIDs may
// name other messages than they did (RFC 9051 §2.3.1.1).
func errNoValidity(mailbox string) error {
	return &contract.Fault{
		Code: contract.Unavailable, Stage: stageSelect,
		Message: fmt.Sprintf("the mail server gives the messages of mailbox %q no lasting numbers (no UIDVALIDITY), so nothing is changed in it", mailbox),
	}
}
