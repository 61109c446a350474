package manage

import (
	"crypto/rand"
	"encoding/hex"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
)

// delete deletes an empty mailbox. So that no message is lost that arrives
// between the look inside and DELETE, it is first renamed to a name nobody
// knows: whatever is delivered, copied or filtered there by name then fails or
// goes to a new mailbox, and what got in before is seen.
//
// Where the server refuses the new name, the messages are counted once more and
// DELETE follows at once: that leaves open the time of half a round trip.
func (m *managing) delete() error {
	name := m.q.Mailbox
	if !m.tree.holdsMail(name) {
		return m.deleteNow(name) // a level of names
	}
	m.moves = m.tree.movesOf(name, func(string) string { return name })
	aside := name + "-deleting-" + randomName()
	m.temporary = aside
	switch err := m.renameAside(name, aside); {
	case err == nil:
		return m.deleteAside()
	case !imapconn.IsRefusal(err):
		return err
	}
	m.temporary = ""
	n, err := m.messages(name)
	if err != nil {
		return err
	}
	if err := notEmpty(name, n); err != nil {
		return err
	}
	return m.deleteNow(name)
}

// randomName is 64 random bits.
func randomName() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// deleteAside deletes what was renamed, if it is still empty and has nothing
// below it; else it gets its name back.
func (m *managing) deleteAside() error {
	err := m.look()
	if err == nil && len(m.tree.below(m.temporary)) > 0 {
		err = contract.Errorf(contract.Conflict, "mailbox %q has got mailboxes below it meanwhile and was not deleted", m.q.Mailbox)
	}
	if err == nil {
		var n uint32
		if n, err = m.messages(m.temporary); err == nil && n > 0 {
			err = contract.Errorf(contract.Conflict, "%s arrived in mailbox %q meanwhile; it was not deleted", contract.Plural(int(n), "message"), m.q.Mailbox)
		}
	}
	if err == nil {
		err = m.deleteNow(m.temporary)
	}
	if err == nil || !isAnswered(err) || m.result.Status == Done {
		return err
	}
	stage := m.stage
	if back := m.putBack(); back != nil {
		return back
	}
	m.stage, m.about = stage, m.q.Mailbox
	return err
}

// deleteNow deletes under the name that the mailbox has at the moment.
func (m *managing) deleteNow(name string) error {
	// The temporary name is ours: the owner's patterns are about the others.
	err := m.do("DELETE", name, func() (*imap.Command, error) { return m.c.Client().Client.Delete(name), nil })
	if err != nil {
		return err
	}
	return m.deletedNow()
}

// deletedNow is what is left to do once the mailbox is gone.
func (m *managing) deletedNow() error {
	m.result.Status = Done
	if m.temporary != "" && m.tree.boxes[m.temporary].Marked(imap.MailboxAttrSubscribed) {
		if err := m.unsubscribeAside(); err != nil {
			return err
		}
	}
	if len(m.moves.unsubscribe) == 0 {
		return nil
	}
	return m.alsoSubscribe(nil, m.moves.unsubscribe)
}

// unsubscribeAside is for servers whose subscriptions follow a new name.
func (m *managing) unsubscribeAside() error {
	err := m.do("UNSUBSCRIBE", m.temporary, func() (*imap.Command, error) { return m.c.Client().Client.Unsubscribe(m.temporary), nil })
	if imapconn.IsRefusal(err) {
		return nil
	}
	return err
}

func (m *managing) renameAside(from, to string) error {
	return m.do("RENAME", from, func() (*imap.Command, error) { return m.c.Client().Client.Rename(from, to), nil })
}

// putBack gives a mailbox its name back. Where the server refuses, the answer
// says what it is called now.
func (m *managing) putBack() error {
	aside := m.temporary
	err := m.renameAside(aside, m.q.Mailbox)
	if imapconn.IsRefusal(err) {
		m.result.LeftAs = aside
		m.note(contract.Conflict, "the mailbox is now called %q, with everything in it, for the mail server did not let it have its name %q back; rename it with imap_manage_mailbox", aside, m.q.Mailbox)
		return nil
	}
	if err != nil {
		return err
	}
	m.temporary = ""
	if !m.tree.boxes[aside].Marked(imap.MailboxAttrSubscribed) {
		return nil
	}
	// The subscription had gone along.
	return m.alsoSubscribe(m.moves.subscribe, nil)
}
