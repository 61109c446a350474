package mailtest

import (
	"bytes"

	"github.com/emersion/go-imap/v2"
)

// What a Memory does as a Gmail: a mail is one, and mailboxes are labels of it.
// All Mail has every mail but those in Trash and Spam. To append or copy puts
// a label on; expunging takes it off and the mail stays in All Mail; to copy or
// move to Trash or Spam takes every other label off; a move out of All Mail
// leaves it there. Flags are kept by mailbox, unlike Gmail, and there are no
// X-GM- items to FETCH or SEARCH.
const (
	gmailAll   = "[Gmail]/All Mail"
	gmailTrash = "[Gmail]/Trash"
	gmailSpam  = "[Gmail]/Spam"
)

var gmailUse = map[string]imap.MailboxAttr{
	gmailAll:            imap.MailboxAttrAll,
	gmailTrash:          imap.MailboxAttrTrash,
	gmailSpam:           imap.MailboxAttrJunk,
	"[Gmail]/Drafts":    imap.MailboxAttrDrafts,
	"[Gmail]/Sent Mail": imap.MailboxAttrSent,
}

func isBin(name string) bool { return name == gmailTrash || name == gmailSpam }

// put adds a message to a mailbox and returns its UID there.
func (s *store) put(mb *memoryMailbox, m stored) uint32 {
	if !s.gmail {
		return mb.add(m)
	}
	if m.mail == 0 {
		s.mu.Lock()
		s.lastMail++
		m.mail = s.lastMail
		s.mu.Unlock()
	}
	uid := mb.label(m)
	for _, other := range s.all() {
		switch {
		case other == mb:
		case isBin(mb.name) || isBin(other.name):
			other.removeIf(func(o *stored) bool { return o.mail == m.mail })
		case other.name == gmailAll:
			other.label(m)
		}
	}
	return uid
}

// label adds a mail once.
func (mb *memoryMailbox) label(m stored) uint32 {
	mb.mu.Lock()
	for _, o := range mb.messages {
		if o.mail == m.mail {
			mb.mu.Unlock()
			return o.uid
		}
	}
	mb.mu.Unlock()
	return mb.add(m)
}

// keeps reports whether a move leaves the source as it is.
func (s *store) keeps(source *memoryMailbox, to string) bool {
	return s.gmail && source.name == gmailAll && !isBin(to)
}

// advertiseGmail adds Gmail's extension to a response that lists capabilities.
func advertiseGmail(unit []byte) []byte {
	if isCapabilities(unit) {
		return bytes.Replace(unit, []byte(" ID"), []byte(" ID X-GM-EXT-1"), 1)
	}
	return unit
}
