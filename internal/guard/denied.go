package guard

import "mail-imap-mcp/internal/contract"

// denied finds a mailbox that the call may not know of: one that it names, or
// one that a message it names is in, whatever account that is of.
func (g *Guard) denied(call Call) (string, bool) {
	a, known := g.account(call.Account)
	for _, mailbox := range call.Mailboxes {
		if known && !a.Permits(mailbox) {
			return mailbox, true
		}
	}
	for _, text := range call.IDs {
		id, err := contract.ParseMessageID(text)
		if err != nil {
			continue // the tool refuses it
		}
		if a, known := g.account(id.Account); known && !a.Permits(id.Mailbox) {
			return id.Mailbox, true
		}
	}
	return "", false
}

// errNoMailbox is the answer about a denied mailbox: that of one that is not
// there.
func errNoMailbox(name string) *contract.Error {
	return contract.Errorf(contract.NotFound, "mailbox %q does not exist; imap_list_mailboxes shows the names", name)
}
