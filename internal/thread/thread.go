package thread

import (
	"context"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/mailbox"
)

// Thread finds the conversation of a message by its Message-ID, In-Reply-To and
// References, in the message's own mailbox, INBOX, Sent, Archive, All Mail and
// those named, and reads what each of its writers wrote. Copies in several
// mailboxes are one message.
//
// All mailboxes are visited on one connection, each step in one flight: where
// programs wrote References as they should, four flights; at most eight on a
// warm connection, whatever mailbox is open on it. Where messages are referred to
// that are in none of these mailboxes, at most four more look for them in the
// others, Junk and Trash apart. A fault comes with what was obtained before; a nil Thread
// means nothing was.
//
// THREAD=REFERENCES (RFC 5256) is not used. It threads only what its search
// criteria match, in one mailbox, so the searches for ids and the widening are
// needed all the same, and it would save no flight: the headers that join
// mailboxes and copies are fetched with the summaries. It also joins strangers
// by subject (step 5).
func (s *Service) Thread(ctx context.Context, q Query) (*Thread, error) {
	pool, err := s.accounts.Find(q.ID.Account)
	if err != nil {
		return nil, err
	}
	t := &thread{s: s, pool: pool, id: q.ID, limit: q.Limit, first: q.Position, chars: q.MaxChars, asked: map[string]bool{}}
	t.id.Account = pool.Account().ID
	t.id.Mailbox = contract.CanonicalMailbox(q.ID.Mailbox)
	if t.limit <= 0 {
		t.limit = DefaultLimit
	}
	if t.chars <= 0 {
		t.chars = DefaultMaxChars
	}
	own := t.addBox(t.id.Mailbox, placeOther, true)
	own.uidValidity = t.id.UIDValidity
	for _, name := range q.Mailboxes[:min(len(q.Mailboxes), MaxMailboxes)] {
		if err := contract.CheckMailbox("mailboxes", name); err != nil {
			return nil, err
		}
		t.extra = append(t.extra, contract.CanonicalMailbox(name))
	}
	err = pool.Do(ctx, "", t.run)
	if err == nil && !t.judged {
		t.judge(ctx)
		err = pool.Do(ctx, "", t.run)
	}
	if err != nil && (t.seed == nil || !imapconn.IsFault(err)) {
		return nil, imapconn.Classify("thread", err)
	}
	if err != nil {
		t.broken = true
		t.issues = append(t.issues, imapconn.AsIssue("thread", err))
	}
	if t.pool.Account().Lockdown {
		t.arrange = t.arranged()
		t.judge(ctx) // costs nothing for those it has decided about
	}
	return t.result(), nil
}

// run goes on with the conversation from wherever it is.
func (t *thread) run(_ context.Context, c *imapconn.Conn) error {
	if t.seed == nil {
		if err := t.open(c); err != nil {
			return err
		}
	}
	for {
		for t.anyPending() {
			if err := t.fetchSummaries(c); err != nil {
				return err
			}
		}
		t.arrange = t.arranged()
		ids := t.nextIDs()
		if len(ids) == 0 && t.rounds == 0 {
			t.seed.notes = append(t.seed.notes, "this message has no Message-ID and names no other message: no conversation can be found for it")
		}
		if t.unfinished = len(ids) > 0 && t.rounds == maxThreadRounds; len(ids) == 0 || t.unfinished {
			break
		}
		if err := t.searchFor(c, ids); err != nil {
			return err
		}
		t.rounds++
	}
	if err := t.searchElsewhere(c); err != nil {
		return err
	}
	if !t.judged {
		if t.pool.Account().Lockdown {
			return nil // whose text may be read is decided first
		}
		t.judged = true
	}
	return t.flight(c, t.textStops(c))
}

// judge lets lockdown decide about the messages that are shown and that it has
// not decided about: after a fault there may be others than before.
func (t *thread) judge(ctx context.Context) {
	t.judged = true
	for _, b := range t.boxes {
		var list []*mailbox.Found
		for _, j := range t.arrange.shown() {
			if j.best.box == b && !j.best.judged {
				j.best.judged = true
				list = append(list, &j.best.Found)
			}
		}
		if len(list) > 0 {
			mailbox.Withhold(ctx, t.s.people, t.pool, list)
		}
	}
}
