package thread

import (
	"slices"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/people"
)

// missing are the ids that messages of the conversation name and that were not
// found, the nearest of each message first.
func (t *thread) missing() []string {
	var ids []string
	seen := map[string]bool{}
	for _, m := range t.arrange.members {
		for _, id := range m.parents {
			if !seen[id] && !t.arrange.present[id] {
				ids = append(ids, id)
			}
			seen[id] = true
		}
	}
	return ids
}

// searchElsewhere looks for what is missing in the other mailboxes, once: their
// names are known, so it is three flights for maxElsewhere of them, and one for
// what they have. Where All Mail was searched there is nothing else to look into,
// and where the conversation could not be followed to its end there is too much.
func (t *thread) searchElsewhere(c *imapconn.Conn) error {
	ids := slices.DeleteFunc(t.missing(), func(id string) bool { return !searchable(id) || !imapconn.IsASCII(id) })
	if t.everywhere || t.unfinished || len(ids) == 0 || t.pool.Knows(imapconn.NoHeaderSearch) || t.searchedAll() {
		return nil
	}
	var keys []imap.SearchCriteria
	for size := 0; len(ids) > len(keys); {
		id := "<" + ids[len(keys)] + ">"
		if size += len(id) + 30; size > elsewhereBytes {
			break
		}
		keys = append(keys, imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: "Message-Id", Value: id}}})
	}
	if len(keys) == 0 {
		return nil
	}
	asks := []ask{{anyOf(keys), true, true}}
	others := t.addOthers(c)
	for part := range slices.Chunk(others, elsewhereFlight) {
		var stops []*stop
		for _, b := range part {
			stops = append(stops, t.searchStop(c, b, asks))
		}
		if err := t.flight(c, stops); err != nil {
			return err
		}
	}
	t.everywhere = true
	for t.anyPending() {
		if err := t.fetchSummaries(c); err != nil {
			return err
		}
	}
	t.arrange = t.arranged()
	return nil
}

// searchedAll reports whether a mailbox that shows all mail was searched.
func (t *thread) searchedAll() bool {
	return slices.ContainsFunc(t.boxes, func(b *threadBox) bool { return b.place == placeAll && b.searched && !b.unsearchable && !b.failed })
}

// usual are the mailboxes that are searched for the whole conversation.
func (t *thread) usual() []*threadBox {
	return slices.DeleteFunc(slices.Clone(t.boxes), func(b *threadBox) bool { return b.other })
}

// addOthers adds the mailboxes that were not looked into yet, Junk and Trash apart,
// and returns those of them that were not searched.
func (t *thread) addOthers(c *imapconn.Conn) []*threadBox {
	n := 0
	for _, data := range t.listed {
		name := contract.CanonicalMailbox(data.Mailbox)
		known := slices.ContainsFunc(t.boxes, func(b *threadBox) bool { return b.name == name })
		if known || n == maxElsewhere || contract.CheckMailbox("mailbox", name) != nil || slices.ContainsFunc(data.Attrs, people.Unselectable) ||
			isDiscarded(data) || c.Client().Permitted(name) != nil {
			continue
		}
		t.addBox(name, placeOther, false).other = true
		n++
	}
	return slices.DeleteFunc(slices.Clone(t.boxes), func(b *threadBox) bool { return !b.other || b.searched || b.failed })
}

// isDiscarded reports whether a mailbox is Junk or Trash, as the server marks it
// or by its name.
func isDiscarded(data *imap.ListData) bool {
	box := people.Box{Name: data.Mailbox, Delim: data.Delim, Attrs: data.Attrs}
	return box.Marked(imap.MailboxAttrJunk) || box.Marked(imap.MailboxAttrTrash) || box.Usual(people.UseJunk) > 0 || box.Usual(people.UseTrash) > 0
}
