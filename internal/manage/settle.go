package manage

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
)

// reconcile finds out what happened when the connection was lost for this
// cause. nil: the result says it; an error: nothing was changed.
func (m *managing) reconcile(ctx context.Context, cause error) error {
	ctx, cancel := context.WithTimeout(ctx, settleFor)
	defer cancel()
	settling := false
	var settled error
	err := m.pool.Do(ctx, "", func(_ context.Context, c *imapconn.Conn) error {
		if settling {
			return errLostConnection
		}
		m.c = c
		if err := m.look(); err != nil {
			return err
		}
		settling = true
		settled = m.settle(cause)
		if isNotDone(settled) {
			return nil
		}
		return settled
	})
	switch {
	case err == nil:
		return settled
	case m.result.Status == Done:
		m.note(contract.Unavailable, "the connection was lost before the subscriptions were set as they should be")
		return nil
	}
	m.result.Status = Unknown
	m.result.Issues = append(m.result.Issues, imapconn.AsIssue("manage", cause))
	m.note(contract.Unavailable, "what became of mailbox %q could not be found out; look with imap_list_mailboxes", m.q.Mailbox)
	if m.temporary != "" {
		m.note(contract.Unavailable, "it may be called %q now; then rename it back", m.temporary)
	}
	return nil
}

// notDoneError is what was found out: nothing happened.
type notDoneError struct{ fault *contract.Fault }

// Error implements error.
func (e *notDoneError) Error() string { return e.fault.Message }

// Unwrap gives the fault.
func (e *notDoneError) Unwrap() error { return e.fault }

func isNotDone(err error) bool {
	var e *notDoneError
	return errors.As(err, &e)
}

func notDone(cause error, format string, args ...any) error {
	issue := imapconn.AsIssue("manage", cause)
	return &notDoneError{&contract.Fault{
		Code: issue.Code, Stage: "manage", Retryable: true, Cause: cause,
		Message: fmt.Sprintf("%s; afterwards it was looked: %s", issue.Message, fmt.Sprintf(format, args...)),
	}}
}

// foundDone records what was found out: it happened.
func (m *managing) foundDone(what string) {
	m.result.Status = Done
	m.result.Notes = append(m.result.Notes, "the connection was lost before the mail server confirmed it; afterwards it was looked: "+what)
}

// settle looks at the tree as it is after the loss.
func (m *managing) settle(cause error) error {
	if m.result.Status == Done {
		// Only subscriptions were left; to set one again changes nothing.
		return m.alsoSubscribe(m.follow.subscribe, m.follow.unsubscribe)
	}
	name := m.q.Mailbox
	switch m.q.Action {
	case Create:
		m.findCreated(append(slices.Clone(m.missing), name))
		if !m.tree.holdsMail(name) {
			return notDone(cause, "mailbox %q was not created", name)
		}
		m.foundDone("the mailbox is there")
		if m.tree.subscriptions && m.tree.subscribed(name) {
			return nil
		}
		return m.alsoSubscribe([]string{name}, nil)
	case Rename:
		return m.settleRename(cause)
	case Delete:
		return m.settleDelete(cause)
	default:
		return m.settleSubscription(cause)
	}
}

// findCreated notes which of the mailboxes that were missing are there now.
func (m *managing) findCreated(missing []string) {
	m.result.Created = nil
	for _, name := range missing {
		if m.tree.has(name) {
			m.result.Created = append(m.result.Created, name)
		}
	}
}

func (m *managing) settleRename(cause error) error {
	from, to := m.tree.holdsMail(m.q.Mailbox), m.tree.has(m.q.To)
	m.findCreated(m.missing)
	switch {
	case to && !from:
		m.foundDone("the mailbox has its new name")
		return m.renamedNow()
	case m.tree.has(m.q.Mailbox) && !to:
		return notDone(cause, "mailbox %q still has its old name", m.q.Mailbox)
	}
	m.result.Status = Unknown
	there := "neither is there"
	if to {
		there = "both are there"
	}
	m.note(contract.Unavailable, "the connection was lost during the renaming of %q to %q; afterwards it was looked: %s", m.q.Mailbox, m.q.To, there)
	return nil
}

// settleDelete gives a mailbox its name back that was renamed and not yet
// deleted.
func (m *managing) settleDelete(cause error) error {
	name, there := m.q.Mailbox, m.tree.has(m.q.Mailbox)
	if m.temporary == "" || !m.tree.has(m.temporary) {
		if there {
			return notDone(cause, "mailbox %q is there and was not deleted", name)
		}
		m.foundDone("the mailbox is gone")
		return m.deletedNow()
	}
	if !there {
		if err := m.putBack(); err != nil {
			return err
		}
	} else {
		m.result.LeftAs = m.temporary
		m.note(contract.Conflict, "mailbox %q was made anew by somebody else while it was being deleted; the old one, with everything in it, is called %q", name, m.temporary)
	}
	if m.result.LeftAs != "" {
		return m.confirmLeft(cause)
	}
	return notDone(cause, "mailbox %q is there and was not deleted", name)
}

// confirmLeft looks once more: what the lost connection had sent last may have
// happened after the first look.
func (m *managing) confirmLeft(cause error) error {
	if err := m.look(); err != nil {
		return err
	}
	if m.tree.has(m.temporary) {
		return notDone(cause, "mailbox %q was not deleted", m.q.Mailbox)
	}
	m.result.LeftAs, m.result.Issues = "", nil
	if m.tree.has(m.q.Mailbox) {
		return notDone(cause, "mailbox %q is there", m.q.Mailbox)
	}
	m.foundDone("the mailbox is gone")
	return m.deletedNow()
}

func (m *managing) settleSubscription(cause error) error {
	box, there := m.tree.boxes[m.q.Mailbox]
	if !m.tree.subscriptions || !there {
		m.result.Status = Unknown
		m.result.Issues = append(m.result.Issues, imapconn.AsIssue("manage", cause))
		m.note(contract.Unavailable, "whether mailbox %q is subscribed cannot be found out on this mail server", m.q.Mailbox)
		return nil
	}
	wanted := m.q.Action == Subscribe
	if box.Marked(imap.MailboxAttrSubscribed) != wanted {
		return notDone(cause, "nothing was changed")
	}
	if wanted {
		m.result.Subscribed = []string{m.q.Mailbox}
		m.foundDone("it is subscribed")
	} else {
		m.result.Unsubscribed = []string{m.q.Mailbox}
		m.foundDone("it is not subscribed")
	}
	return nil
}
