package imapconn

import (
	"fmt"

	"github.com/emersion/go-imap/v2/imapclient"

	"mail-imap-mcp/internal/contract"
)

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
// The caller first waits for, and drains, what send started, then calls wait,
// once. The last mailbox stays open.
func (c *Conn) Tour(mailboxes []string, send func(i int)) (wait func() []Stop) {
	cmds := make([]*imapclient.SelectCommand, len(mailboxes))
	stops := make([]Stop, len(mailboxes))
	c.Pipeline(func() {
		for i, name := range mailboxes {
			switch {
			case c.examined(name):
				stops[i].Selected = c.Selected()
			default:
				if err := c.client.Permitted(name); err != nil {
					stops[i].Err = err
					continue
				}
				// What is open is known again when the last EXAMINE is answered.
				c.selected = Selected{}
				cmds[i] = c.client.open(name, true)
			}
			send(i)
		}
	})
	return func() []Stop {
		for i, cmd := range cmds {
			if cmd == nil {
				continue
			}
			stops[i] = c.arrived(mailboxes[i], cmd)
			c.selected = stops[i].Selected
		}
		return stops
	}
}

// arrived is what became of one EXAMINE.
func (c *Conn) arrived(mailbox string, cmd *imapclient.SelectCommand) Stop {
	data, err := cmd.Wait()
	if err != nil {
		// A failed EXAMINE leaves no mailbox selected.
		return Stop{Err: c.notExamined(mailbox, err)}
	}
	if data.UIDValidity == 0 {
		return Stop{Err: errNoValidity(mailbox)}
	}
	return Stop{Selected: Selected{Name: mailbox, UIDValidity: data.UIDValidity, UIDNext: uint32(data.UIDNext), NumMessages: data.NumMessages}}
}

// errNoValidity refuses a mailbox without UIDVALIDITY: its UIDs do not last,
// and a message id would name another message later (RFC 9051 §2.3.1.1).
func errNoValidity(mailbox string) error {
	return &contract.Fault{
		Code: contract.Unavailable, Stage: stageSelect,
		Message: fmt.Sprintf("the mail server gives the messages of mailbox %q no lasting numbers (no UIDVALIDITY); it cannot be read", mailbox),
	}
}
