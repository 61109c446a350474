package thread

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
)

// nextIDs are the ids not yet searched for, the likeliest first: the message's
// own, the first of its ancestors, which every later message of the
// conversation should name, and the nearest ones.
func (t *thread) nextIDs() []string {
	var ids []string
	seen := map[string]bool{"": true}
	add := func(list ...string) {
		for _, id := range list {
			if !seen[id] && !t.asked[id] && searchable(id) {
				ids = append(ids, id)
			}
			seen[id] = true
		}
	}
	add(t.seed.id)
	if n := len(t.seed.parents); n > 0 {
		add(t.seed.parents[n-1])
	}
	add(t.seed.parents...)
	for _, m := range t.arrange.members {
		add(m.id)
	}
	for _, m := range t.arrange.members {
		if t.arrange.ancestors[m.id] {
			add(m.parents...)
		}
	}
	return ids
}

// searchable reports whether an id can be put to a server: text in no known
// character set cannot.
func searchable(id string) bool { return utf8.ValidString(id) }

// packs divides ids among at most n commands of threadCommandBytes. Ids outside
// ASCII get commands of their own, for a server may refuse their character set.
func packs(ids []string, n int) [][]string {
	var list [][]string
	for _, ascii := range []bool{true, false} {
		size, open := 0, false
		for _, id := range ids {
			if imapconn.IsASCII(id) != ascii {
				continue
			}
			// Three keys: OR, name, parentheses and quotes are 35 bytes or so.
			cost := 3 * (len(id) + 40)
			if !open || size+cost > threadCommandBytes {
				if len(list) == n {
					return list
				}
				list, size, open = append(list, nil), 0, true
			}
			list[len(list)-1] = append(list[len(list)-1], id)
			size += cost
		}
	}
	return list
}

// searchFor looks for the ids in every mailbox, in one flight, and reads the
// texts of what is known to be shown on the way.
func (t *thread) searchFor(c *imapconn.Conn, ids []string) error {
	var stops []*stop
	groups := packs(ids, min(maxThreadCommands, max(maxRoundCommands/len(t.usual()), 1)))
	utf8Refused := t.pool.RefusesCharset()
	for _, group := range groups {
		for _, id := range group {
			t.asked[id] = true
		}
	}
	// What does not fit is not searched for: those that are, the likeliest, are
	// enough to find who names any of them.
	for _, id := range ids {
		t.asked[id] = true
	}
	askable := slices.DeleteFunc(slices.Clone(groups), func(group []string) bool { return utf8Refused && !imapconn.IsASCII(group[0]) })
	t.refusedIDs = t.refusedIDs || len(askable) < len(groups)
	var asks []ask
	for _, group := range askable {
		asks = append(asks, ask{anyOf(t.idKeys(group)), imapconn.IsASCII(group[0]), true})
	}
	if subject := t.subject(); subject != "" && len(asks) > 0 && (imapconn.IsASCII(subject) || !utf8Refused) {
		key := &imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: "Subject", Value: subject}}}
		asks = append(asks, ask{key, imapconn.IsASCII(subject), false})
	}
	seed := t.seed.thread()
	if t.pool.Knows(imapconn.NoHeaderSearch) {
		if seed == nil {
			return t.browse(c)
		}
		asks = nil // what the server itself calls a conversation has to do
	}
	if t.rounds == 0 && seed != nil {
		asks = append(asks, ask{seed, true, true})
	}
	for _, b := range t.usual() {
		if !b.failed && !b.unsearchable && len(asks) > 0 {
			stops = append(stops, t.searchStop(c, b, asks))
		}
	}
	if err := t.flight(c, append(stops, t.textStops(c)...)); err != nil {
		return err
	}
	if t.rounds == 0 && t.findsNothing() {
		t.pool.Learn(imapconn.NoHeaderSearch)
		return t.browse(c)
	}
	for _, b := range t.boxes {
		if b.refusal != nil {
			t.note(b, "search", b.refusal)
			b.refusal = nil
		}
	}
	return nil
}

// findsNothing reports whether SEARCH HEADER does not even find the message asked
// about by its own id, or is refused in every mailbox.
func (t *thread) findsNothing() bool {
	refused := true
	for _, b := range t.boxes {
		if !b.failed {
			refused = refused && b.unsearchable
		}
	}
	own := t.boxes[0]
	return refused || (own.searched && !own.failed && !own.unsearchable && t.seed.id != "" && imapconn.IsASCII(t.seed.id) && t.asked[t.seed.id] && !own.ownFound)
}

// ask is one search command.
type ask struct {
	criteria *imap.SearchCriteria
	ascii    bool
	counts   bool // its matches belong to the conversation, as far as the server can tell
}

// subject is what to search for beside the ids, once, when a message names only
// the one that it answers: following such a chain by ids alone takes a round
// for each link. What has the same subject is a candidate, no more; its ids
// decide. "": not needed.
func (t *thread) subject() string {
	if t.subjectAsked || !slices.ContainsFunc(t.arrange.members, func(m *threadMail) bool { return m.chained }) {
		return ""
	}
	t.subjectAsked = true
	return baseSubject(t.seed.Subject)
}

// baseSubject is a subject without what programs put before it to mark an
// answer, in any language (Re:, AW:, Fwd:, SV[2]:), and without the tag of a
// mailing list; "" when too little is left. As it is searched for as part of
// others, it may be too short, but not wrong.
func baseSubject(s string) string {
	for {
		s = strings.TrimSpace(s)
		if end := strings.IndexByte(s, ']'); strings.HasPrefix(s, "[") && end > 0 && end < len(s)-1 {
			s = s[end+1:]
			continue
		}
		end := strings.IndexAny(s, ":：") // the latter in Chinese and Japanese
		if end < 0 || utf8.RuneCountInString(s[:end]) > 6 || strings.ContainsAny(s[:end], " \t") {
			break
		}
		_, size := utf8.DecodeRuneInString(s[end:])
		s = s[end+size:]
	}
	for len(s) > subjectBytes {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	if utf8.RuneCountInString(s) < subjectChars {
		return ""
	}
	return s
}

// searchStop searches one mailbox.
func (t *thread) searchStop(c *imapconn.Conn, b *threadBox, asks []ask) *stop {
	var opts *imap.SearchOptions
	if c.Has(imap.CapESearch) {
		opts = &imap.SearchOptions{ReturnAll: true}
	}
	type sent struct {
		ask
		cmd *imap.Query[*imap.SearchData]
	}
	var searches []sent
	return &stop{
		box: b, stage: "search",
		send: func() {
			sets, partly := b.searchSets(c.MessageLimit(), t.near(b))
			t.partly = t.partly || partly
			for _, a := range asks {
				for _, set := range sets {
					criteria := *a.criteria
					if set != nil {
						criteria.UID = []imap.UIDSet{set}
					}
					searches = append(searches, sent{a, c.Client().UIDSearch(&criteria, opts)})
				}
			}
		},
		use: func() error {
			b.searched = true
			var failed error
			for _, s := range searches {
				data, err := s.cmd.Wait()
				switch {
				case err == nil:
					t.partly = t.partly || data.LookedDownTo > 1
					b.take(data.All, t.near(b))
					if s.counts {
						b.count = max(b.count, imapconn.CountUIDs(data.All, 0))
						b.ownFound = b.ownFound || data.All.Contains(t.id.UID)
					}
				case imapconn.IsRefusal(err) && !s.ascii:
					t.refusedIDs = t.refusedIDs || s.counts
					t.pool.NoteCharsetRefused(err)
				default:
					failed = errors.Join(failed, err)
				}
			}
			return failed
		},
	}
}

// searchSets are the UIDs to search of a mailbox of more messages than the server
// looks at for one command (MESSAGELIMIT, RFC 9738): those around the message asked
// about and the newest, else some of the newest, a command each. nil: all.
func (b *threadBox) searchSets(limit, around uint32) (sets []imap.UIDSet, partly bool) {
	if limit == 0 || b.exists <= limit || b.next <= 1 {
		return []imap.UIDSet{nil}, false
	}
	if around == 0 {
		around = b.next
	}
	start := uint32(1)
	if around > 2*limit {
		start = around - 2*limit
	}
	partly = start > 1
	for range 4 {
		r := imap.UIDRange{Start: start, Stop: start + limit - 1}
		if r.Stop >= b.next-1 { // and what arrived since
			return append(sets, imap.UIDSet{{Start: start}}), partly
		}
		sets, start = append(sets, imap.UIDSet{r}), r.Stop+1
	}
	newest := max(start, b.next-min(limit, b.next-1))
	return append(sets, imap.UIDSet{{Start: newest}}), partly || newest > start
}

// idKeys are the search keys for ids, in the angle brackets without which iCloud
// finds none (ImapEngine#186). A message that was found by its id need
// not be looked for, only those that name it.
func (t *thread) idKeys(ids []string) []imap.SearchCriteria {
	var keys []imap.SearchCriteria
	for _, id := range ids {
		names := []string{"References", "In-Reply-To"}
		if id == t.seed.id || !t.arrange.present[id] {
			names = append(names, "Message-Id")
		}
		for _, name := range names {
			keys = append(keys, imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: name, Value: "<" + id + ">"}}})
		}
	}
	return keys
}

// anyOf joins keys by OR as a balanced tree, whose depth no server minds.
func anyOf(keys []imap.SearchCriteria) *imap.SearchCriteria {
	if len(keys) == 1 {
		return &keys[0]
	}
	half := len(keys) / 2
	return &imap.SearchCriteria{Or: [][2]imap.SearchCriteria{{*anyOf(keys[:half]), *anyOf(keys[half:])}}}
}

// near is the UID whose neighbours matter most in a mailbox; 0: the newest do.
func (t *thread) near(b *threadBox) uint32 {
	if b.name == t.id.Mailbox {
		return t.id.UID
	}
	return 0
}

// take notes the matches to look at: all when they are few, else those around a
// UID, or the newest.
func (b *threadBox) take(set imap.UIDSet, around uint32) {
	room := maxThreadHits - len(b.got) - len(b.pending)
	uids := imapconn.Newest(set, maxThreadHits, 0)
	if around > 0 {
		uids = nearest(set, around, maxThreadHits)
	}
	for _, uid := range uids {
		if room == 0 {
			break
		}
		if b.got[uid] == nil && !slices.Contains(b.pending, uid) {
			b.pending = append(b.pending, uid)
			room--
		}
	}
}

// nearest takes up to n of the set's UIDs, half of them from around upwards as
// far as there are, without expanding its ranges.
func nearest(set imap.UIDSet, around uint32, n int) []uint32 {
	below := imapconn.Newest(set, n, around)
	var above []uint32
	for _, r := range set {
		for uid := max(r.Start, around); uid <= r.Stop && len(above) < n; uid++ {
			above = append(above, uid)
			if uid == 1<<32-1 {
				break
			}
		}
	}
	up := min(len(above), max(n/2, n-len(below)))
	return slices.Concat(above[:up], below[:min(len(below), n-up)])
}
