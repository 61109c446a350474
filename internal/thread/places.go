package thread

import (
	"slices"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/people"
)

// place is what a mailbox is to a conversation. The lower is the better place
// to show a message from when it lies in several: what is in Sent was put there
// by the owner, and All Mail (RFC 6154 \All) only shows what lies elsewhere.
type place int

const (
	placeSent place = iota
	placeInbox
	placeOther
	placeArchive
	placeAll
)

// placeUses are the special uses (RFC 6154 §2) in which conversations lie.
var placeUses = map[imap.MailboxAttr]place{
	imap.MailboxAttrSent:    placeSent,
	imap.MailboxAttrArchive: placeArchive,
	imap.MailboxAttrAll:     placeAll,
}

// usualPlaces are the uses by whose usual names a place is guessed.
var usualPlaces = map[place]people.SpecialUse{
	placeSent:    people.UseSent,
	placeArchive: people.UseArchive,
	placeAll:     people.UseAll,
}

// findPlaces reads a LIST and picks, for each place, the mailbox that is it:
// the one that the server marks, else one whose name says so. Trash, Junk and
// Drafts are not looked into: what lies there was taken out of a conversation,
// or is not in it yet.
func findPlaces(rows []*imap.ListData) map[place]string {
	marked, named := map[place]string{}, map[place]string{}
	best := map[place]int{}
	for _, data := range rows {
		if contract.CheckMailbox("mailbox", data.Mailbox) != nil || slices.ContainsFunc(data.Attrs, people.Unselectable) {
			continue
		}
		for _, attr := range data.Attrs {
			for use, p := range placeUses {
				if people.SameAttr(attr, use) && marked[p] == "" {
					marked[p] = data.Mailbox
				}
			}
		}
		if p, score := placeByName(data.Mailbox, data.Delim); score > best[p] {
			named[p], best[p] = data.Mailbox, score
		}
	}
	for p, name := range named {
		if marked[p] == "" {
			marked[p] = name
		}
	}
	return marked
}

// placeByName guesses from a name; score 0 is no guess. Only the top level and
// what is directly below one mailbox (INBOX, [Gmail]) count, the commoner names
// and the higher levels first: "Projects/Old/Sent" is nobody's Sent.
func placeByName(name string, delim rune) (place, int) {
	box := people.Box{Name: name, Delim: delim}
	for p := placeSent; p <= placeAll; p++ {
		if score := box.Usual(usualPlaces[p]); score > 0 {
			return p, score
		}
	}
	return 0, 0
}
