package thread

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"mail-imap-mcp/internal/contract"
)

// arranged puts together what was found.
func (t *thread) arranged() arrangement {
	a := arrangement{ancestors: map[string]bool{}, present: map[string]bool{}}
	byID := map[string][]*threadMail{}
	answers := map[string][]*threadMail{} // by what they name
	for _, b := range t.boxes {
		for _, uid := range sortedUIDs(b.got) {
			m := b.got[uid]
			if m.id != "" {
				a.present[m.id] = true
				byID[m.id] = append(byID[m.id], m)
			}
			for _, parent := range m.parents {
				answers[parent] = append(answers[parent], m)
			}
		}
	}
	a.members = a.kin(t.seed, byID, answers)
	slices.SortStableFunc(a.members, func(x, y *threadMail) int { return x.written().Compare(y.written()) })
	a.mails = t.joinCopies(a.members)
	a.window(t.seed, t.limit, t.first)
	return a
}

// kin are the messages of a conversation: the one asked about, what it and its
// ancestors name as theirs, and whatever names one of these or an answer to
// them. What an answer names beside belongs only if it is an answer itself:
// whoever forges References can join a conversation, but not join another one
// to it. Each id enters the queue once, so cycles end and time is linear.
func (a *arrangement) kin(seed *threadMail, byID, answers map[string][]*threadMail) []*threadMail {
	members := []*threadMail{seed}
	in := map[*threadMail]bool{seed: true}
	join := func(m *threadMail) {
		if !in[m] {
			in[m] = true
			members = append(members, m)
		}
	}
	var queue []string
	known := map[string]bool{"": true}
	enqueue := func(id string) {
		if !known[id] {
			known[id] = true
			queue = append(queue, id)
		}
	}
	enqueue(seed.id)
	for _, id := range seed.parents {
		enqueue(id)
	}
	for _, list := range byID {
		for _, m := range list {
			if m.server.sameThread(seed.server) {
				join(m)
			}
		}
	}
	for i := 0; i < len(queue); i++ {
		a.ancestors[queue[i]] = true
		for _, m := range byID[queue[i]] {
			join(m)
			for _, id := range m.parents {
				enqueue(id)
			}
		}
	}
	for i := 0; i < len(queue); i++ {
		for _, m := range answers[queue[i]] {
			join(m)
			enqueue(m.id)
		}
	}
	return members
}

func sortedUIDs(got map[uint32]*threadMail) []uint32 {
	uids := make([]uint32, 0, len(got))
	for uid := range got {
		uids = append(uids, uid)
	}
	slices.Sort(uids)
	return uids
}

// written is when a message was written, for the order. Its sender says so; but
// nothing is written after it arrived, give or take a day of wrong clocks.
func (m *threadMail) written() time.Time {
	if !m.arrived.IsZero() && m.Date.After(m.arrived.Add(24*time.Hour)) {
		return m.arrived
	}
	return m.Date
}

// joinCopies makes one of the copies of a message, in the order of the first of
// them. The copy shown is the one asked about, else the one in the best place.
func (t *thread) joinCopies(members []*threadMail) []joined {
	var mails []joined
	index := map[string]int{}
	for _, m := range members {
		key := m.key()
		i, ok := index[key]
		if !ok {
			i, index[key] = len(mails), len(mails)
			mails = append(mails, joined{best: m})
		}
		j := &mails[i]
		j.copies = append(j.copies, m)
		if m == t.seed || (j.best != t.seed && m.box.place < j.best.box.place) {
			j.best = m
		}
	}
	return mails
}

// key is the same for copies of one message. The id alone is not enough: a
// stranger who sends one that is known already must not take the place of the
// message that had it. A message without an id is told by what else it says.
func (m *threadMail) key() string {
	if m.identity != "" {
		return m.identity
	}
	from := make([]string, 0, len(m.From))
	for _, a := range m.From {
		from = append(from, strings.ToLower(a.Address))
	}
	if key := m.server.message(); key != "" {
		m.identity = key
		return key
	}
	key := fmt.Sprintf("%q %q %q", m.id, m.Header.Get("Date"), from)
	if m.id == "" {
		key += fmt.Sprintf(" %q %d", m.Subject, m.Size)
	}
	m.identity = key
	return key
}

// window chooses what is shown of a conversation longer than limit: what begins at
// a position, counted from 1; else the newest or, if the message asked about is
// older, it and its neighbours.
func (a *arrangement) window(seed *threadMail, limit, position int) {
	n := len(a.mails)
	if position > 0 {
		a.from = min(position-1, n)
		a.to = min(a.from+limit, n)
		return
	}
	at := slices.IndexFunc(a.mails, func(j joined) bool { return j.best == seed })
	a.from = max(n-limit, 0)
	if at < a.from {
		a.from = max(at-limit/2, 0)
	}
	a.to = min(a.from+limit, n)
}

// result is what was obtained.
func (t *thread) result() *Thread {
	a := t.arranged()
	r := &Thread{
		Account: t.id.Account, Messages: []Message{},
		Searched: []string{}, Unsearched: []string{},
		Issues: t.issues, Total: len(a.mails), TotalApproximate: t.unfinished, Earlier: a.from, Later: len(a.mails) - a.to,
	}
	for _, b := range t.boxes {
		switch {
		case b.searched && !b.unsearchable:
			r.Searched = append(r.Searched, b.name)
		case b.absent || !t.broken && len(t.asked) == 0:
		default:
			r.Unsearched = append(r.Unsearched, b.name)
		}
		if more := b.count - len(b.got); b.searched && b.count > maxThreadHits && more > 0 {
			r.Total += more
			r.TotalApproximate = true
		}
	}
	if t.refusedIDs {
		r.Issues = append(r.Issues, contract.Issue{
			Code: contract.Unavailable, Stage: "search",
			Message: "this mail server cannot search for text outside ASCII, and this conversation has message ids with such text: messages may be missing",
		})
	}
	if t.partly {
		r.TotalApproximate = true
		r.Issues = append(r.Issues, contract.Issue{
			Code: contract.Unavailable, Stage: "search",
			Message: "this mail server searches only so many messages at a time; those around the message asked about and the newest ones were searched, and others of the conversation may be missing",
		})
	}
	for _, j := range a.shown() {
		j.best.quoteAlone(a.present)
	}
	r.Missing = len(t.missing())
	texts, unexplained := budget(a.shown(), t.chars), 0
	for i, j := range a.shown() {
		m := j.message(texts[i])
		if m.BodyTruncated {
			r.CutTexts++
		}
		if j.best.Withheld == "" && (!j.best.read || j.best.short) {
			r.Unread++
			if !t.broken && !j.best.box.failed { // else its issue is there
				unexplained++
			}
		}
		r.Messages = append(r.Messages, m)
	}
	if unexplained > 0 {
		r.Issues = append(r.Issues, contract.Issue{
			Code: contract.Unavailable, Stage: "body", Retryable: true,
			Message: "the text of " + contract.Plural(unexplained, "message") + " could not be fetched, or not all of it; imap_get_message reads one",
		})
	}
	return r
}

// message is a message as it is shown, with at most chars of its text.
func (j joined) message(chars int) Message {
	m := j.best
	tm := Message{
		Summary: m.Summary, AlsoIn: []string{}, Removed: m.removed, Uncertain: m.uncertain, Notes: m.notes,
		Attachments: m.files[:min(len(m.files), MaxAttachments)],
	}
	for _, c := range j.copies {
		if c.box != m.box && !slices.Contains(tm.AlsoIn, c.box.name) {
			tm.AlsoIn = append(tm.AlsoIn, c.box.name)
		}
	}
	slices.SortFunc(tm.AlsoIn, cmp.Compare[string])
	if tm.Withheld != "" {
		return Message{Summary: tm.Summary, AlsoIn: tm.AlsoIn}
	}
	if !m.read {
		tm.Notes = append(slices.Clone(tm.Notes), "the text of this message was not read; imap_get_message reads it")
	}
	if m.text != nil {
		piece, truncated := cutOwn(*m.text, chars)
		tm.BodyText, tm.BodyTruncated = &piece, truncated || m.cut
	}
	return tm
}
