package guard

import "mail-imap-mcp/internal/contract"

// denied finds a mailbox that the call may not know of: one that it names, or
// one that a message it names is in, whatever account that is of.
func (g *Guard) denied(call Call) (string, bool) {
	a, known := g.accounts[call.Account]
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
		if a, known := g.accounts[id.Account]; known && !a.Permits(id.Mailbox) {
			return id.Mailbox, true
		}
	}
	return "", false
}
