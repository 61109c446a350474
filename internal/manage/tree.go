package manage

import (
	"slices"
	"strings"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/people"
)

// mailboxTree is what one LIST shows of an account, the mailboxes that are not
// permitted too: they must not be told, but a new name must not bring them
// along.
type mailboxTree struct {
	boxes  map[string]people.Box
	delim  rune   // 0: the server has no levels
	prefix string // what the owner's mailboxes begin with (RFC 9051 §6.3.10), "" for most
	// subscriptions: the server told which mailboxes are subscribed.
	subscriptions bool
	uses          map[string]string // mailbox to its special use, marked or by name
}

// learn takes the prefix and, on an account without mailboxes, the delimiter.
func (t *mailboxTree) learn(data *imap.NamespaceData) {
	if data == nil || len(data.Personal) == 0 {
		return
	}
	t.prefix = data.Personal[0].Prefix
	if t.delim == 0 {
		t.delim = data.Personal[0].Delim
	}
}

func (t *mailboxTree) add(data *imap.ListData) people.Box {
	box := people.Box{Name: contract.CanonicalMailbox(data.Mailbox), Delim: data.Delim, Attrs: data.Attrs}
	t.boxes[box.Name] = box
	// Namespaces can differ in it; INBOX is in the owner's.
	if t.delim == 0 || (box.Name == contract.Inbox && box.Delim != 0) {
		t.delim = box.Delim
	}
	return box
}

// has reports whether a mailbox, or a mere level of names, is there.
func (t *mailboxTree) has(name string) bool {
	box, ok := t.boxes[contract.CanonicalMailbox(name)]
	return ok && !box.Marked(imap.MailboxAttrNonExistent)
}

// holdsMail reports whether it can be opened.
func (t *mailboxTree) holdsMail(name string) bool {
	return t.has(name) && !slices.ContainsFunc(t.boxes[contract.CanonicalMailbox(name)].Attrs, people.Unselectable)
}

// subscribed reports whether it is subscribed, or may be.
func (t *mailboxTree) subscribed(name string) bool {
	return !t.subscriptions || t.boxes[name].Marked(imap.MailboxAttrSubscribed)
}

// below lists what lies below a mailbox, by name.
func (t *mailboxTree) below(name string) []string {
	var names []string
	if t.delim == 0 {
		return nil
	}
	for other := range t.boxes {
		if strings.HasPrefix(other, name+string(t.delim)) && t.has(other) {
			names = append(names, other)
		}
	}
	slices.Sort(names)
	return names
}

// missingParents lists the levels above a name that are not there, the highest
// first. The prefix of a namespace is no mailbox that could be made.
func (t *mailboxTree) missingParents(name string) []string {
	var missing []string
	if t.delim == 0 {
		return nil
	}
	for i, r := range name {
		if parent := name[:i]; r == t.delim && i > 0 && !t.has(parent) && !strings.HasPrefix(t.prefix, parent+string(r)) {
			missing = append(missing, parent)
		}
	}
	return missing
}

// permitted reports whether the owner lets a mailbox be used.
func permitted(c *imapconn.Conn, name string) bool { return c.Client().Permitted(name) == nil }

// moves are the subscriptions that follow a new name.
type moves struct {
	below                  int
	names                  []string // old names of what is below
	subscribe, unsubscribe []string
}

func (t *mailboxTree) movesOf(name string, renamed func(string) string) moves {
	below := t.below(name)
	v := moves{below: len(below), names: below}
	for _, old := range append([]string{name}, below...) {
		// Where the server does not tell, all that can be opened are.
		if t.subscribed(old) && (t.subscriptions || t.holdsMail(old)) {
			v.subscribe, v.unsubscribe = append(v.subscribe, renamed(old)), append(v.unsubscribe, old)
		}
	}
	return v
}
