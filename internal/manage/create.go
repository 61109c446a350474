package manage

import (
	"errors"
	"slices"

	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
)

// create makes a mailbox and subscribes it, for mail programs show what is
// subscribed.
func (m *managing) create() error {
	err := m.withParents(m.q.Mailbox, func() error { return m.createOne(m.q.Mailbox) })
	if err != nil {
		return err
	}
	m.result.Status = Done
	return m.alsoSubscribe(m.made, nil)
}

// rename gives a mailbox and what is below it another name. The server does not
// take the subscriptions along (RFC 9051 §6.3.6 leaves them be).
func (m *managing) rename() error {
	m.moves, m.result.Notes = m.tree.movesOf(m.q.Mailbox, m.renamed), m.notes()
	err := m.withParents(m.q.To, func() error {
		return m.do("RENAME", m.q.Mailbox, func() (*imap.Command, error) { return m.c.Client().Rename(m.q.Mailbox, m.q.To) })
	})
	if err != nil {
		return err
	}
	return m.renamedNow()
}

// renamedNow is what is left to do once the name is another.
func (m *managing) renamedNow() error {
	m.result.Status, m.result.Below = Done, m.moves.below
	return m.alsoSubscribe(slices.Concat(m.made, m.moves.subscribe), m.moves.unsubscribe)
}

// withParents does what gives the name to a mailbox, and has the levels above
// it. A server should make these itself (RFC 9051 §6.3.4, §6.3.6); where it
// refuses, they are made first, and where it leaves them out, afterwards.
func (m *managing) withParents(name string, give func() error) error {
	m.missing = m.tree.missingParents(name)
	err := give()
	if len(m.missing) == 0 || (err != nil && !mayWantParents(err)) {
		return err
	}
	if err != nil {
		stage, about := m.stage, m.about
		for _, parent := range m.missing {
			if e := m.createOne(parent); imapconn.IsRefusal(e) && len(m.made) == 0 {
				m.stage, m.about = stage, about
				return err
			} else if e != nil {
				return e
			}
		}
		return give() // it was refused before, so nothing is done twice
	}
	if err := m.look(); err != nil {
		return err
	}
	for _, parent := range m.missing {
		if m.tree.has(parent) {
			m.result.Created = append(m.result.Created, parent)
		} else if err := m.createOne(parent); err != nil && !imapconn.IsRefusal(err) {
			return err // some servers have names without parents, and want none
		}
	}
	slices.Sort(m.result.Created)
	return nil
}

// mayWantParents reports whether a refusal can be for want of parents.
func mayWantParents(err error) bool {
	var refusal *imap.Error
	if !errors.As(err, &refusal) || refusal.Type != imap.StatusResponseTypeNo {
		return false
	}
	return refusal.Code != imap.ResponseCodeAlreadyExists && refusal.Code != imap.ResponseCodeNoPerm && refusal.Code != imap.ResponseCodeOverQuota
}
