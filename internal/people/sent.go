package people

import (
	"mail-imap-mcp/internal/imap"
)

// findSent picks from the mailboxes those of sent mail: by their special use,
// and where a server marks none, by their usual names.
func findSent(boxes []Box) []string {
	var marked, named []string
	for _, box := range boxes {
		switch {
		case box.Marked(imap.MailboxAttrSent) && len(marked) < maxSentBoxes:
			marked = append(marked, box.Name)
		case box.Usual(UseSent) > 0 && len(named) < maxSentBoxes && !box.Marked(imap.MailboxAttrDrafts):
			named = append(named, box.Name)
		}
	}
	if len(marked) == 0 {
		return named
	}
	return marked
}
