package manage

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imapconn"
)

// manageFor bounds what is done once a mailbox is being changed: the caller's
// going away no longer ends it, for half done is worse than done.
const manageFor = time.Minute

// Action is what is done to a mailbox.
type Action string

// The actions.
const (
	Create      Action = "create"
	Rename      Action = "rename"
	Delete      Action = "delete"
	Subscribe   Action = "subscribe"
	Unsubscribe Action = "unsubscribe"
)

// Status says how a change of a mailbox ended.
type Status string

// The statuses.
const (
	Done    Status = "done"
	Failed  Status = "failed"
	Unknown Status = "unknown"
)

// Query is a wish to change a mailbox itself, not what is in it.
type Query struct {
	Account string
	Action  Action
	Mailbox string
	To      string // the new name of a rename; empty otherwise
}

// Managed is what became of a Query.
type Managed struct {
	Account string
	Action  Action
	Mailbox string
	To      string

	// Status is Done, Failed where only part was done, or Unknown where the
	// connection was lost and what is there does not tell.
	Status       Status
	Created      []string // mailboxes that are new, missing parents first
	Below        int      // mailboxes below that were renamed along
	Subscribed   []string // at most maxPlanNames
	Unsubscribed []string // at most maxPlanNames
	// LeftAs is where the mailbox is now when it could not be given its name
	// back; empty otherwise.
	LeftAs string
	Notes  []string // what else a person should know
	Issues []contract.Issue
}

// managing is a Query on its way.
type managing struct {
	s      *Service
	pool   *imapconn.Pool
	q      Query
	result Managed

	c     *imapconn.Conn
	tree  *mailboxTree
	stage string // the command last sent, and
	about string // the mailbox it was about
	began bool   // something may have been changed

	missing []string // parents that were not there
	made    []string // mailboxes made by a CREATE of ours
	moves   moves    // of a rename, worked out beforehand
	follow  moves    // the subscriptions that were last to be set
	// temporary is the name that a mailbox has while it is deleted.
	temporary string
}

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

// errLostConnection keeps a change from being made again on a new connection.
var errLostConnection = &contract.Fault{
	Code: contract.Unavailable, Stage: "manage", Retryable: true, Message: "the connection to the mail server was lost",
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

// isAnswered reports whether the server has answered the last command, so that
// it is known what it did.
func isAnswered(err error) bool {
	var refused *contract.Error
	return imapconn.IsRefusal(err) || errors.As(err, &refused)
}

// note adds what went wrong beside the thing itself.
func (m *managing) note(code contract.Code, format string, args ...any) {
	m.result.Issues = append(m.result.Issues, contract.Issue{Code: code, Stage: "manage", Message: fmt.Sprintf(format, args...)})
}
