package manage

import (
	"fmt"
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"

	"mail-imap-mcp/internal/contract"
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

// look reads the tree and leaves the open mailbox: one flight. Wildcards in
// names cannot be escaped in a pattern of LIST, so everything is asked for.
func (m *managing) look() error {
	m.stage, m.about = "LIST", ""
	extended := m.c.Has(imap.CapListExtended)
	opts := &imap.ListOptions{ReturnSpecialUse: extended && m.c.Has(imap.CapSpecialUse), ReturnSubscribed: extended}
	gmail, spaces := m.c.Has(imapconn.CapGmail), m.c.Has(imap.CapNamespace)
	t := &mailboxTree{boxes: map[string]people.Box{}, subscriptions: extended}
	var namespace func() (*imap.NamespaceData, error)
	var list func() *imap.ListData
	var done func() error
	m.c.Pipeline(func() {
		m.c.Leave()
		if spaces {
			namespace = m.c.Client().Namespace().Wait
		}
		cmd := m.c.Client().ListAll("", "*", opts)
		list, done = cmd.Next, cmd.Close
	})
	var f people.Finder
	for data := list(); data != nil; data = list() {
		if box := t.add(data); permitted(m.c, box.Name) {
			f.See(box)
		}
	}
	if err := done(); err != nil {
		return fmt.Errorf("LIST: %w", err)
	}
	t.uses = f.Used(gmail)
	if namespace != nil {
		if data, err := namespace(); err == nil {
			t.learn(data)
		} else if !imapconn.IsRefusal(err) {
			return fmt.Errorf("NAMESPACE: %w", err)
		}
	}
	m.tree = t
	return nil
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
