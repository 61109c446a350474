package manage

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/people"
)

// do sends one command and waits for its answer.
func (m *managing) do(stage, about string, send func() (*imap.Command, error)) error {
	m.stage, m.about = stage, about
	cmd, err := send()
	if err != nil {
		return err
	}
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("%s: %w", stage, err)
	}
	return nil
}

func (m *managing) createOne(name string) error {
	err := m.do("CREATE", name, func() (*imap.Command, error) { return m.c.Client().Create(name) })
	if err == nil {
		m.made = append(m.made, name)
		m.result.Created = append(m.result.Created, name)
		slices.Sort(m.result.Created) // a parent is the beginning of its child's name
	}
	return err
}

// messages counts what is in a mailbox, messages marked \Deleted too.
func (m *managing) messages(name string) (uint32, error) {
	m.stage, m.about = "STATUS", name
	data, err := m.c.Client().Status(name, &imap.StatusOptions{NumMessages: true}).Wait()
	if err != nil {
		return 0, fmt.Errorf("STATUS: %w", err)
	}
	if data.NumMessages == nil {
		return 0, contract.Errorf(contract.Internal, "the mail server does not say how many messages are in mailbox %q", name)
	}
	return *data.NumMessages, nil
}

// subscribe subscribes the first and unsubscribes the others.
func (m *managing) subscribe(add, remove []string) error {
	type one struct {
		name string
		add  bool
		cmd  *imap.Command
	}
	var all []*one
	for _, name := range add {
		all = append(all, &one{name: name, add: true})
	}
	for _, name := range remove {
		all = append(all, &one{name: name})
	}
	var refused error
	for flight := range slices.Chunk(all, subscribeFlight) {
		var err error
		for _, o := range flight {
			send := m.c.Client().Unsubscribe
			if o.add {
				send = m.c.Client().Subscribe
			}
			if o.cmd, err = send(o.name); err != nil {
				return err
			}
		}
		for _, o := range flight {
			m.stage, m.about = "UNSUBSCRIBE", o.name
			into := &m.result.Unsubscribed
			if o.add {
				m.stage, into = "SUBSCRIBE", &m.result.Subscribed
			}
			switch err := o.cmd.Wait(); {
			case err == nil, !o.add && isNonExistent(err): // some cannot be subscribed when they are gone
				if len(*into) < maxPlanNames {
					*into = append(*into, o.name)
				}
			case imapconn.IsRefusal(err) && !o.add && m.unsure():
				// Sent to be sure: as it seems, it was not subscribed.
			case imapconn.IsRefusal(err):
				refused = errors.Join(refused, err)
			default:
				return fmt.Errorf("%s: %w", m.stage, err)
			}
		}
	}
	return refused
}

// unsure reports whether a subscription is only ended in case there is one: what
// is gone, on a server that does not tell.
func (m *managing) unsure() bool {
	return m.q.Action != Unsubscribe && m.tree != nil && !m.tree.subscriptions
}

func isNonExistent(err error) bool {
	var refusal *imap.Error
	return errors.As(err, &refusal) && refusal.Code == imap.ResponseCodeNonExistent
}

// alsoSubscribe is subscribe where it is only what goes with something else:
// a refusal is noted, and only a lost connection is an error.
func (m *managing) alsoSubscribe(add, remove []string) error {
	m.follow = moves{subscribe: add, unsubscribe: remove}
	m.result.Subscribed, m.result.Unsubscribed = nil, nil
	err := m.subscribe(add, remove)
	if imapconn.IsRefusal(err) {
		m.result.Notes = append(m.result.Notes, "the mail server refused to change what is subscribed: a mail program that shows subscribed mailboxes only may not show it")
		return nil
	}
	return err
}

// explain puts a refusal of the last command into words. RFC 5530 §3 has codes
// for the reasons.
func (m *managing) explain(err error) error {
	var refusal *imap.Error
	if !errors.As(err, &refusal) || refusal.Type != imap.StatusResponseTypeNo || m.about == "" {
		return imapconn.Classify("manage", err)
	}
	text := ""
	if refusal.Text != "" {
		text = fmt.Sprintf(" (it says: %q)", refusal.Text)
	}
	refused := func(code contract.Code) error {
		return contract.Errorf(code, "the mail server refused %s of mailbox %q%s%s", strings.ToLower(m.stage), m.about, text, m.hint())
	}
	switch refusal.Code {
	case imap.ResponseCodeAlreadyExists:
		name := m.about
		if m.stage == "RENAME" {
			name = m.q.To
		}
		return contract.Errorf(contract.Conflict, "mailbox %q exists already", name)
	case imap.ResponseCodeNonExistent:
		return contract.Errorf(contract.NotFound, "mailbox %q does not exist%s; imap_list_mailboxes shows the names%s", m.about, text, m.hint())
	case imap.ResponseCodeHasChildren:
		return refused(contract.Conflict)
	case imap.ResponseCodeNoPerm:
		return refused(contract.PermissionDenied)
	case imap.ResponseCodeCannot:
		return refused(contract.InvalidInput)
	}
	if m.hint() != "" && !slices.Contains(notForItsName, refusal.Code) {
		return refused(contract.InvalidInput)
	}
	var fault *contract.Fault
	return &contract.Fault{
		Code: contract.Unavailable, Stage: "manage", Cause: err,
		Retryable: errors.As(imapconn.Classify("manage", err), &fault) && fault.Retryable,
		Message:   fmt.Sprintf("the mail server refused %s of mailbox %q%s", strings.ToLower(m.stage), m.about, text),
	}
}

// notForItsName are the codes of refusals that another name does not help.
var notForItsName = []imap.ResponseCode{
	imap.ResponseCodeInUse, imap.ResponseCodeLimit, imap.ResponseCodeOverQuota, imap.ResponseCodeUnavailable,
}

// hint says what name a server would rather have: one below its prefix, with
// its own delimiter.
func (m *managing) hint() string {
	name := m.q.Mailbox
	if m.q.Action == Rename {
		name = m.q.To
	} else if m.q.Action != Create {
		return ""
	}
	if m.tree == nil || m.tree.delim == 0 {
		return ""
	}
	better, d := name, string(m.tree.delim)
	if !strings.Contains(name, d) && d != "/" {
		better = strings.ReplaceAll(name, "/", d)
	}
	if p := m.tree.prefix; p != "" && !strings.HasPrefix(strings.ToUpper(better), strings.ToUpper(p)) {
		better = p + better
	}
	if better == name {
		return ""
	}
	return fmt.Sprintf("; on this server give the name as %q", better)
}

// look reads the tree and leaves the open mailbox: one flight. Wildcards in
// names cannot be escaped in a pattern of LIST, so everything is asked for.
func (m *managing) look() error {
	m.stage, m.about = "LIST", ""
	extended := m.c.Has(imap.CapListExtended)
	opts := &imap.ListOptions{ReturnSpecialUse: extended && m.c.Has(imap.CapSpecialUse), ReturnSubscribed: extended}
	t := &mailboxTree{boxes: map[string]people.Box{}, subscriptions: extended}
	spaces := m.c.Has(imap.CapNamespace)
	m.c.Leave()
	var namespace *imap.Query[*imap.NamespaceData]
	if spaces {
		namespace = m.c.Client().Namespace()
	}
	rows, err := m.c.Client().ListAll("", "*", opts).Wait()
	if err != nil {
		return fmt.Errorf("LIST: %w", err)
	}
	var f people.Finder
	for _, data := range rows {
		if box := t.add(data); permitted(m.c, box.Name) {
			f.See(box)
		}
	}
	t.uses = f.Used(m.c.Has(imap.CapGmail))
	if namespace != nil {
		if data, err := namespace.Wait(); err == nil {
			t.learn(data)
		} else if !imapconn.IsRefusal(err) {
			return fmt.Errorf("NAMESPACE: %w", err)
		}
	}
	m.tree = t
	return nil
}
