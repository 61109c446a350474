package change

import (
	"fmt"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/people"
)

// askGmail asks, on Gmail, which mailboxes are these, in the flight that looks.
// nil: it does not matter.
func (a *attempt) askGmail(c *imapconn.Conn) *imapconn.ListCommand {
	if !c.Has(imap.CapGmail) || (a.change.Kind != Delete && a.change.Kind != Move) {
		return nil
	}
	a.gmail.here = true
	return c.Client().List("", "*", &imap.ListOptions{ReturnSpecialUse: c.Has(imap.CapSpecialUse) && c.Has(imap.CapListExtended)})
}

// readGmail takes the answer.
func (a *attempt) readGmail(cmd *imapconn.ListCommand) error {
	if cmd == nil {
		return nil
	}
	var f people.Finder
	rows, err := cmd.Wait()
	if err != nil {
		return fmt.Errorf("LIST: %w", err)
	}
	for _, data := range rows {
		f.See(people.Box{Name: contract.CanonicalMailbox(data.Mailbox), Delim: data.Delim, Attrs: data.Attrs})
	}
	uses := f.Uses(true)
	a.gmail.all, a.gmail.trash, a.gmail.junk = uses[people.UseAll], uses[people.UseTrash], uses[people.UseJunk]
	return nil
}

// isBin reports whether Gmail removes messages for good from a mailbox.
func (g gmail) isBin(mailbox string) bool {
	return mailbox != "" && (mailbox == g.trash || mailbox == g.junk)
}

// notForGood refuses to remove for good what Gmail would keep; nil: it can be.
func (a *attempt) notForGood() error {
	if !a.gmail.here || a.change.Kind != Delete || a.gmail.isBin(a.batch.Mailbox) {
		return nil
	}
	return contract.Errorf(contract.InvalidInput,
		"Gmail would only take the label %q off it and keep it in All Mail; delete it without permanent first, which moves it to Trash, and there with permanent=true", a.batch.Mailbox)
}

// keptInAll reports whether what is moved also stays where it is.
func (a *attempt) keptInAll() bool {
	return a.gmail.all != "" && a.batch.Mailbox == a.gmail.all && !a.gmail.isBin(a.batch.To)
}

// sayWhatGmailKeeps adds to what was moved out of All Mail that it is still
// there, which is not a failure.
func (a *attempt) sayWhatGmailKeeps() {
	if !a.keptInAll() {
		return
	}
	for j := range a.outcomes {
		if o := &a.outcomes[j]; o.NewID != nil && !o.LeftFlagged {
			o.Status, o.Code = Done, ""
			o.Message = fmt.Sprintf("it is in %q now, and still in %q, where Gmail keeps every mail", a.batch.To, a.batch.Mailbox)
		}
	}
}
