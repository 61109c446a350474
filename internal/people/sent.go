package people

import (
	"mail-imap-mcp/internal/imap"
)

// findSent picks from the mailboxes those of the person's own writing: by their
// special use, and where a server marks none, by their usual names.
func findSent(boxes []Box) sentBoxes {
	var found sentBoxes
	var named, drafts []string
	add := func(list []string, name string) []string {
		if len(list) < maxSentBoxes {
			list = append(list, name)
		}
		return list
	}
	for _, box := range boxes {
		switch {
		case box.Marked(imap.MailboxAttrSent):
			found.names = add(found.names, box.Name)
		case box.Marked(imap.MailboxAttrDrafts):
			found.own = add(found.own, box.Name)
		case box.Usual(UseSent) > 0:
			named = add(named, box.Name)
		case box.Usual(UseDrafts) > 0:
			drafts = add(drafts, box.Name)
		}
	}
	if len(found.names) == 0 {
		found.names = named
	}
	if len(found.own) == 0 {
		found.own = drafts
	}
	found.own = append(found.own, found.names...)
	return found
}
