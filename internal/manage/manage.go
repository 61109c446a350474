package manage

import (
	"context"
	"time"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imapconn"
)

// Manage creates, renames, deletes, subscribes or unsubscribes a mailbox. No
// message is ever removed by it: only an empty mailbox is deleted.
//
// An error means that nothing was changed: a *contract.Error when the request
// cannot be served (conflict: the name is taken, the mailbox is not empty), a
// *contract.Fault when talking to the server failed. Otherwise the answer says
// what was done. When the connection is lost in the middle it reconnects once
// and looks what is there; nothing is sent a second time without having looked.
func (s *Service) Manage(ctx context.Context, q Query) (*Managed, error) {
	m, err := s.manage(q)
	if err != nil {
		return nil, err
	}
	work, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cancel(nil)
	stop := context.AfterFunc(ctx, func() { cancel(context.Cause(ctx)) })
	defer stop()
	err = m.pool.Do(work, "", func(_ context.Context, c *imapconn.Conn) error {
		if m.began {
			return errLostConnection
		}
		if err := m.prepare(c); err != nil {
			return err
		}
		if !stop() {
			return context.Cause(ctx)
		}
		m.began = true
		over := time.AfterFunc(manageFor, func() { cancel(context.DeadlineExceeded) })
		defer over.Stop()
		return m.act()
	})
	if !m.began {
		return nil, m.explain(err)
	}
	if err != nil && !isAnswered(err) {
		err = m.reconcile(context.WithoutCancel(ctx), err)
	}
	s.people.ForgetPlaces(m.pool)
	m.pool.Reopen()
	return m.conclude(err)
}

// manage checks what can be checked without the server.
func (s *Service) manage(q Query) (*managing, error) {
	pool, err := s.accounts.Find(q.Account)
	if err != nil {
		return nil, err
	}
	if err := contract.CheckMailbox("mailbox", q.Mailbox); err != nil {
		return nil, err
	}
	q.Mailbox, q.To = contract.CanonicalMailbox(q.Mailbox), contract.CanonicalMailbox(q.To)
	switch q.Action {
	case Create, Delete, Subscribe, Unsubscribe, Rename:
	default:
		return nil, contract.Errorf(contract.InvalidInput, "action %q is not one of create, rename, delete, subscribe, unsubscribe", q.Action)
	}
	if q.Action == Rename {
		if err := contract.CheckMailbox("destination_mailbox", q.To); err != nil {
			return nil, err
		}
	} else if q.To != "" {
		return nil, contract.Errorf(contract.InvalidInput, "destination_mailbox is only for action rename; leave it out")
	}
	m := &managing{s: s, pool: pool, q: q}
	m.result = Managed{Account: pool.Account().ID, Action: q.Action, Mailbox: q.Mailbox, To: q.To}
	return m, m.checkInbox()
}

// checkInbox refuses what must not happen to INBOX, and to an account whose
// owner lets nothing be removed.
func (m *managing) checkInbox() error {
	switch {
	case m.q.Action == Delete && m.q.Mailbox == contract.Inbox:
		return contract.Errorf(contract.InvalidInput, "INBOX cannot be deleted")
	case m.q.Action == Delete && m.pool.Account().NeverExpunge:
		return contract.Errorf(contract.PermissionDenied, "account %q is set to organise mail and remove nothing, so mailboxes are not deleted", m.pool.Account().ID)
	case m.q.Action == Rename && m.q.Mailbox == contract.Inbox:
		// RFC 9051 §6.3.6: it would move all messages out of INBOX instead.
		return contract.Errorf(contract.InvalidInput, "INBOX cannot be renamed; to empty it, move its messages with imap_apply_to_messages")
	case m.q.Action == Create && m.q.Mailbox == contract.Inbox, m.q.Action == Rename && m.q.To == contract.Inbox:
		return contract.Errorf(contract.Conflict, "mailbox INBOX exists already")
	}
	return nil
}

// prepare looks at the account's mailboxes and checks the request against them:
// one flight, two for deleting.
func (m *managing) prepare(c *imapconn.Conn) error {
	m.c = c
	if err := m.look(); err != nil {
		return err
	}
	switch m.q.Action {
	case Create:
		return m.checkNew(m.q.Mailbox, "mailbox")
	case Rename:
		return m.checkRename()
	case Delete:
		return m.checkDelete()
	default:
		return m.checkSubscription()
	}
}

// act does what was asked for; what it returns is the last command's error.
func (m *managing) act() error {
	switch m.q.Action {
	case Create:
		return m.create()
	case Rename:
		return m.rename()
	case Delete:
		return m.delete()
	case Subscribe:
		return m.subscribe([]string{m.q.Mailbox}, nil)
	default:
		return m.subscribe(nil, []string{m.q.Mailbox})
	}
}

// conclude makes the answer. What was refused before anything changed is an
// error.
func (m *managing) conclude(err error) (*Managed, error) {
	r := &m.result
	if err == nil {
		if r.Status == "" {
			r.Status = Done
		}
		return r, nil
	}
	err = m.explain(err)
	if len(r.Created) == 0 && r.LeftAs == "" && r.Status == "" {
		return nil, err
	}
	r.Status = Failed
	r.Issues = append(r.Issues, imapconn.AsIssue("manage", err))
	return r, nil
}
