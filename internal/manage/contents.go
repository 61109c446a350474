package manage

import (
	"fmt"
	"slices"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/people"
)

// contents counts the messages in a mailbox and in those below it, for to rename
// it is to move them.
func (m *managing) contents(name string) (int, error) {
	names := slices.DeleteFunc(append([]string{name}, m.tree.below(name)...), func(box string) bool { return !m.tree.holdsMail(box) })
	total := max(len(names)-maxCounted, 0) * uncounted
	for flight := range slices.Chunk(names[:min(len(names), maxCounted)], statusFlight) {
		queries := make([]*imap.Query[*imap.StatusData], len(flight))
		for i, box := range flight {
			queries[i] = m.c.Client().Status(box, &imap.StatusOptions{NumMessages: true})
		}
		for i, q := range queries {
			m.stage, m.about = "STATUS", flight[i]
			switch data, err := q.Wait(); {
			case err != nil && !imapconn.IsRefusal(err):
				return 0, fmt.Errorf("STATUS: %w", err)
			case err != nil, data.NumMessages == nil:
				total += uncounted
			default:
				total += int(*data.NumMessages)
			}
		}
	}
	return total, nil
}

// checkDiscard refuses a rename by which mail would come to Trash or Junk, where
// providers remove it after a while: to them and below them leads moving
// messages, which is counted and taken back one by one. What is there already
// may get another name there.
func (m *managing) checkDiscard() error {
	for _, name := range append([]string{m.q.Mailbox}, m.tree.below(m.q.Mailbox)...) {
		if in := m.tree.discards(m.renamed(name)); in != "" && m.tree.discards(name) == "" {
			return contract.Errorf(contract.InvalidInput,
				"%q is a place from which mail is removed after a while, so a mailbox is not renamed to be there; move or delete its messages with imap_apply_to_messages", in)
		}
	}
	return nil
}

// discards is the mailbox at or above a name that is Trash or Junk, by its use or
// by a usual name; "" for none.
func (t *mailboxTree) discards(name string) string {
	for i, r := range name + string(max(t.delim, 0)) {
		if r != t.delim && i < len(name) || i == 0 {
			continue
		}
		box := people.Box{Name: name[:i], Delim: t.delim}
		use := t.uses[contract.CanonicalMailbox(box.Name)]
		if use == string(people.UseTrash) || use == string(people.UseJunk) || box.Usual(people.UseTrash)+box.Usual(people.UseJunk) > 0 {
			return box.Name
		}
	}
	return ""
}
