package manage

import (
	"errors"
	"fmt"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imapconn"
)

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

// note adds what went wrong beside the thing itself.
func (m *managing) note(code contract.Code, format string, args ...any) {
	m.result.Issues = append(m.result.Issues, contract.Issue{Code: code, Stage: "manage", Message: fmt.Sprintf(format, args...)})
}

// isAnswered reports whether the server has answered the last command, so that
// it is known what it did.
func isAnswered(err error) bool {
	var refused *contract.Error
	return imapconn.IsRefusal(err) || errors.As(err, &refused)
}

// errLostConnection keeps a change from being made again on a new connection.
var errLostConnection = &contract.Fault{
	Code: contract.Unavailable, Stage: "manage", Retryable: true, Message: "the connection to the mail server was lost",
}
