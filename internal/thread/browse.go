package thread

import (
	"errors"
	"fmt"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/message"
)

const (
	// browseMessages is how many of the newest messages of a mailbox are looked
	// through where the server cannot search for ids: about 400 bytes each.
	browseMessages = 2000

	// browseCompressed is how many are worth a round trip to have them compressed:
	// 250 kB, much alike.
	browseCompressed = 600

	// browseBytes is asked of their ids: some 30 References.
	browseBytes = 2 << 10
)

// browse looks for the conversation in the ids of the newest messages of each
// mailbox, on a server that does not search for them: two flights, once.
func (t *thread) browse(c *imapconn.Conn) error {
	var boxes []*threadBox
	var names []string
	for _, b := range t.boxes {
		if !b.failed && !b.browsed {
			b.browsed, b.unsearchable, b.refusal = true, false, nil
			boxes, names = append(boxes, b), append(names, b.name)
		}
	}
	if len(boxes) == 0 {
		return nil
	}
	var stops []*stop
	looked := 0
	for i, there := range c.Tour(names, func(int) {})() {
		if err := t.arrive(boxes[i], there); err != nil {
			return err
		}
		if !boxes[i].failed && there.Selected.NumMessages > 0 {
			stops = append(stops, t.browseStop(c, boxes[i], there.Selected))
			looked += min(int(there.Selected.NumMessages), browseMessages)
		}
	}
	t.issues = append(t.issues, contract.Issue{
		Code: contract.Unavailable, Stage: "search",
		Message: fmt.Sprintf("this mail server does not search for Message-IDs; the newest %d messages of each mailbox were looked through instead, and older ones may be missing", browseMessages),
	})
	if looked > browseCompressed {
		if err := c.Compress(); err != nil {
			return fmt.Errorf("COMPRESS: %w", err)
		}
	}
	return t.flight(c, stops)
}

// browseStop reads the ids of a mailbox's newest messages and takes those that
// belong together with the message asked about.
func (t *thread) browseStop(c *imapconn.Conn, b *threadBox, open imapconn.Selected) *stop {
	section := imapconn.Part(nil, imap.PartSpecifierHeader, 0, browseBytes)
	section.HeaderFields = append(append([]string{}, identityFields...), referencesFields...)
	options := &imap.FetchOptions{BodySection: []*imap.BodySection{section}}
	var cmds []*imap.Fetch
	return &stop{
		box: b, stage: "fetch",
		send: func() {
			if open.UIDNext <= 1 && open.NumMessages > browseMessages && !c.UIDOnly() { // the server does not tell UIDNEXT
				cmds = append(cmds, c.Client().FetchFrom(open.NumMessages-browseMessages+1, options))
				return
			}
			for _, set := range browseSets(open.UIDNext, c.MessageLimit()) {
				cmds = append(cmds, c.Client().UIDFetch(set, options))
			}
		},
		use: func() error {
			b.searched = true
			ids := map[uint32]lineage{}
			var failed error
			for _, cmd := range cmds {
				for m := cmd.Next(); m != nil; m = cmd.Next() {
					if data, ok := m.Section(nil, imap.PartSpecifierHeader); ok && m.UID != 0 {
						ids[m.UID] = readLineage([]message.Header{message.ParseHeader(data)})
					}
				}
				failed = errors.Join(failed, cmd.Command.Wait())
			}
			b.take(related(t.seed.lineage, ids), t.near(b))
			return failed
		},
	}
}

// browseSets are the newest UIDs, in sets of no more than the server takes at once
// (MESSAGELIMIT; 0: any number).
func browseSets(next, limit uint32) []imap.UIDSet {
	if limit == 0 || limit > browseMessages {
		limit = browseMessages
	}
	sets := []imap.UIDSet{{{Start: 1}}}
	if next > limit {
		sets[0][0].Start = next - limit // and what arrives
	}
	for n := 2 * limit; n <= browseMessages && sets[len(sets)-1][0].Start > 1; n += limit {
		stop := sets[len(sets)-1][0].Start - 1
		sets = append(sets, imap.UIDSet{{Start: max(stop, limit) - limit + 1, Stop: stop}})
	}
	return sets
}

// related are the messages that name, or are named by, one that is related to
// the seed.
func related(seed lineage, ids map[uint32]lineage) imap.UIDSet {
	known := map[string]bool{seed.id: seed.id != ""}
	for _, id := range seed.parents {
		known[id] = true
	}
	in := map[uint32]bool{}
	for grown := true; grown; {
		grown = false
		for uid, l := range ids {
			if in[uid] || !l.touches(known) {
				continue
			}
			in[uid], grown = true, true
			for _, id := range append([]string{l.id}, l.parents...) {
				if id != "" {
					known[id] = true
				}
			}
		}
	}
	uids := make([]uint32, 0, len(in))
	for uid := range in {
		uids = append(uids, uid)
	}
	return imap.UIDSetNum(uids...)
}

// touches reports whether a message is one of the known ones or names one.
func (l lineage) touches(known map[string]bool) bool {
	if known[l.id] && l.id != "" {
		return true
	}
	for _, id := range l.parents {
		if known[id] {
			return true
		}
	}
	return false
}
