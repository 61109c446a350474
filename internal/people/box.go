package people

import (
	"slices"
	"strings"

	"mail-imap-mcp/internal/imap"
)

// Box is a mailbox of a LIST that can be opened.
type Box struct {
	Name  string
	Delim rune
	Attrs []imap.MailboxAttr
}

// Marked reports whether LIST gave the mailbox an attribute.
func (l Box) Marked(use imap.MailboxAttr) bool {
	return slices.ContainsFunc(l.Attrs, func(attr imap.MailboxAttr) bool { return SameAttr(attr, use) })
}

// has reports whether the server marks the mailbox with a special use.
func (l Box) has(use SpecialUse) bool {
	for attr, name := range SpecialUses {
		if name == string(use) {
			return l.Marked(attr)
		}
	}
	return false
}

// levels divides a name at its delimiter.
func (l Box) levels() []string {
	if l.Delim == 0 {
		return []string{l.Name}
	}
	return strings.Split(l.Name, string(l.Delim))
}

// special reports whether the server marks the mailbox with any of the uses.
func (l Box) special() bool {
	for use := range usualNames {
		if l.has(use) {
			return true
		}
	}
	return false
}

// likely reports whether the name says one.
func (l Box) likely() bool {
	for use := range usualNames {
		if l.Usual(use) > 0 {
			return true
		}
	}
	return false
}

// Usual says how likely a mailbox is, by its name, to be of a use; 0: it is
// not. Only the top level and what is directly below one mailbox count.
func (l Box) Usual(use SpecialUse) int {
	levels := l.levels()
	names := usualNames[use]
	i := slices.Index(names, strings.ToLower(levels[len(levels)-1]))
	if i < 0 || len(levels) > 2 {
		return 0
	}
	return 3*len(names) - 2*i - len(levels)
}

// SameAttr compares attributes as servers mean them, whatever their case.
func SameAttr(a, b imap.MailboxAttr) bool { return strings.EqualFold(string(a), string(b)) }

// Unselectable reports whether an attribute says that a mailbox cannot be opened.
func Unselectable(attr imap.MailboxAttr) bool {
	return SameAttr(attr, imap.MailboxAttrNoSelect) || SameAttr(attr, imap.MailboxAttrNonExistent)
}

// SpecialUses are the attributes of RFC 6154 §2 that say what a mailbox is for.
var SpecialUses = map[imap.MailboxAttr]string{
	imap.MailboxAttrAll:       "all",
	imap.MailboxAttrArchive:   "archive",
	imap.MailboxAttrDrafts:    "drafts",
	imap.MailboxAttrFlagged:   "flagged",
	imap.MailboxAttrJunk:      "junk",
	imap.MailboxAttrSent:      "sent",
	imap.MailboxAttrTrash:     "trash",
	imap.MailboxAttrImportant: "important",
}
