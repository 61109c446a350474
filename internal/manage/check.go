package manage

import (
	"fmt"
	"slices"
	"strings"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
)

// checkNew checks the name of a mailbox that is to be made.
func (m *managing) checkNew(name, arg string) error {
	if err := m.c.Client().Permitted(name); err != nil {
		return err
	}
	if d := string(m.tree.delim); m.tree.delim != 0 {
		if strings.HasPrefix(name, d) || strings.HasSuffix(name, d) || strings.Contains(name, d+d) {
			return contract.Errorf(contract.InvalidInput, "%s %q has an empty level: %q divides the levels of a name here; give for example %q", arg, name, d, tidyLevels(name, d))
		}
	}
	if m.tree.holdsMail(name) || (m.tree.has(name) && m.q.Action == Rename) {
		return contract.Errorf(contract.Conflict, "mailbox %q exists already", name)
	}
	for _, parent := range m.tree.missingParents(name) {
		if err := m.c.Client().Permitted(parent); err != nil {
			return err
		}
	}
	return nil
}

// tidyLevels leaves out the empty levels of a name.
func tidyLevels(name, delim string) string {
	levels := slices.DeleteFunc(strings.Split(name, delim), func(level string) bool { return level == "" })
	if len(levels) == 0 {
		return "Projects"
	}
	return strings.Join(levels, delim)
}

// checkThere refuses a mailbox that is not there, or not for us.
func (m *managing) checkThere() error {
	if err := m.c.Client().Permitted(m.q.Mailbox); err != nil {
		return err
	}
	if !m.tree.has(m.q.Mailbox) {
		return contract.ErrNoMailbox(m.q.Mailbox, "")
	}
	return nil
}

// checkRename also sees that no mailbox is renamed into or out of what the
// owner keeps from us.
func (m *managing) checkRename() error {
	if err := m.checkThere(); err != nil {
		return err
	}
	if m.q.To == m.q.Mailbox {
		return contract.Errorf(contract.Conflict, "mailbox %q has that name already", m.q.To)
	}
	if err := m.checkNew(m.q.To, "destination_mailbox"); err != nil {
		return err
	}
	if m.tree.delim != 0 && strings.HasPrefix(m.q.To, m.q.Mailbox+string(m.tree.delim)) {
		return contract.Errorf(contract.InvalidInput, "mailbox %q cannot be moved below itself", m.q.Mailbox)
	}
	if err := m.checkDiscard(); err != nil {
		return err
	}
	for _, name := range m.tree.below(m.q.Mailbox) {
		if !permitted(m.c, name) || !permitted(m.c, m.renamed(name)) {
			return contract.Errorf(contract.PermissionDenied, "the owner's settings (ALLOW_MAILBOXES, DENY_MAILBOXES) do not allow renaming %q with what is below it", m.q.Mailbox)
		}
	}
	return nil
}

// renamed is the new name of a mailbox at or below the one that is renamed.
func (m *managing) renamed(name string) string {
	return m.q.To + strings.TrimPrefix(name, m.q.Mailbox)
}

// checkDelete lets only an ordinary, childless, empty mailbox be deleted.
func (m *managing) checkDelete() error {
	if err := m.checkThere(); err != nil {
		return err
	}
	if use := m.tree.uses[m.q.Mailbox]; use != "" {
		return contract.Errorf(contract.InvalidInput, "%q is the account's mailbox for %s and is not deleted", m.q.Mailbox, use)
	}
	box := m.tree.boxes[m.q.Mailbox]
	if len(m.tree.below(m.q.Mailbox)) > 0 || box.Marked(imap.MailboxAttrHasChildren) {
		return contract.Errorf(contract.Conflict, "mailbox %q has mailboxes below it; delete or rename those first", m.q.Mailbox)
	}
	if !m.tree.holdsMail(m.q.Mailbox) {
		return nil
	}
	n, err := m.messages(m.q.Mailbox)
	if err != nil {
		return err
	}
	return notEmpty(m.q.Mailbox, n)
}

func notEmpty(name string, messages uint32) error {
	if messages == 0 {
		return nil
	}
	return contract.Errorf(contract.Conflict,
		"mailbox %q is not empty: it has %s; move or delete them first with imap_apply_to_messages", name, contract.Plural(int(messages), "message"))
}

// checkSubscription: what is not there can only be unsubscribed, and only if it
// is subscribed.
func (m *managing) checkSubscription() error {
	err := m.checkThere()
	if err == nil || m.q.Action == Subscribe || !permitted(m.c, m.q.Mailbox) || !m.tree.subscriptions {
		return err
	}
	m.stage, m.about = "LIST", ""
	rows, e := m.c.Client().List("", "*", &imap.ListOptions{SelectSubscribed: true}).Wait()
	if e != nil {
		return e
	}
	for _, data := range rows {
		if data.Mailbox == m.q.Mailbox {
			return nil
		}
	}
	return err
}

// notes say what a person may not expect.
func (m *managing) notes() []string {
	var notes []string
	switch m.q.Action {
	case Create:
		if hint := m.hint(); hint != "" {
			notes = append(notes, fmt.Sprintf("the mail server may refuse the name %q%s", m.q.Mailbox, hint))
		}
	case Rename:
		notes = append(notes, "the message ids of a renamed mailbox change: search again")
		if use := m.tree.uses[m.q.Mailbox]; use != "" {
			notes = append(notes, fmt.Sprintf("%q is the account's mailbox for %s: mail programs may not find it under another name", m.q.Mailbox, use))
		}
	case Delete:
		notes = append(notes, "only the empty mailbox is deleted, no message")
	case Subscribe, Unsubscribe:
	}
	return notes
}
