package mailbox

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
)

// Search answers one page of matches, newest arrival first. A first page costs
// two flights on a warm connection (find, fetch), the newest messages without
// criteria one; snippets cost one more, and so does that nothing was found, and a page after a cursor the same. No
// list of matches is kept: a cursor is a position. A fault comes with what was
// found before it, and with a cursor to go on where that is known.
func (s *Service) Search(ctx context.Context, q SearchQuery) (*SearchResult, error) {
	sr, err := s.prepare(q)
	if err != nil {
		return nil, err
	}
	if sr.pool.Account().Lockdown && sr.criteria.readsWords() {
		return s.searchShown(ctx, sr)
	}
	p, hit, err := s.gather(ctx, sr)
	if err != nil && len(p.got) == 0 && !hit.counted {
		return &SearchResult{Account: p.account, Mailbox: sr.mailbox}, imapconn.Classify("search", err)
	}
	if err != nil {
		p.issues = append(p.issues, imapconn.AsIssue("fetch", err))
	}
	list := p.newestFirst()
	for _, f := range list {
		s.shapes.note(f)
	}
	Withhold(ctx, s.people, sr.pool, list)
	if sr.snippet > 0 && len(list) > 0 && err == nil {
		p.issues = append(p.issues, s.addSnippets(ctx, sr, p, list)...)
	}
	return s.result(sr, p, hit, list, worthAnother(err))
}

// gather finds a page's messages and fetches their summaries.
func (s *Service) gather(ctx context.Context, sr *search) (*page, *hits, error) {
	p := &page{account: sr.pool.Account().ID, mailbox: sr.mailbox, lockdown: sr.pool.Account().Lockdown}
	p.previews = sr.snippet > 0 && !p.lockdown
	hit := &hits{}
	err := sr.pool.Do(ctx, sr.mailbox, func(_ context.Context, c *imapconn.Conn) error {
		p.got, p.gone, p.issues, p.alone, *hit = map[uint32]*Found{}, nil, nil, nil, hits{}
		p.uidValidity = c.Selected().UIDValidity
		if sr.uidValidity != 0 && sr.uidValidity != p.uidValidity {
			return contract.ErrSnapshotChanged()
		}
		if c.Selected().Volatile {
			p.issues = append(p.issues, volatileIssue(sr.mailbox))
		}
		if err := sr.run(c, p, hit); err != nil {
			return err
		}
		// Under lockdown such counts would tell of words that may not be shown.
		if !p.lockdown && hit.counted && hit.total == 0 && !hit.more && sr.before == 0 && len(hit.page) == 0 && c.Selected().NumMessages > 0 {
			var err error
			if p.alone, err = sr.countAlone(c); err != nil {
				return err
			}
		}
		if n := c.Hidden(); n > 0 {
			p.issues = append(p.issues, hiddenIssue(n))
		}
		return nil
	})
	return p, hit, err
}

// worthAnother reports whether what a fault has cut off may come when it is asked
// for again.
func worthAnother(err error) bool {
	var fault *contract.Fault
	return errors.As(err, &fault) && fault.Retryable
}

// volatileIssue warns of ids that do not last.
func volatileIssue(mailbox string) contract.Issue {
	return contract.Issue{
		Code: contract.Unavailable, Stage: "select",
		Message: fmt.Sprintf("the mail server gives the messages of %q no lasting numbers (no UIDVALIDITY): ids hold for this connection only, and nothing is changed there", mailbox),
	}
}

// hiddenIssue warns of older messages that the server does not show.
func hiddenIssue(shown uint32) contract.Issue {
	return contract.Issue{
		Code: contract.Unavailable, Stage: "search",
		Message: fmt.Sprintf("this mail server shows only the newest %d messages of a mailbox; if there are older ones, they cannot be listed or searched by any mail program", shown),
	}
}

// prepare joins query and cursor into one search.
func (s *Service) prepare(q SearchQuery) (*search, error) {
	sr := &search{now: s.now(), mailbox: contract.CanonicalMailbox(q.Mailbox), criteria: q.Criteria, limit: q.Limit, snippet: q.SnippetChars, caller: q.Caller}
	account := q.Account
	if q.Cursor != "" {
		cur, criteria, err := s.OpenCursor(q.Caller, q.Cursor)
		if err != nil {
			return nil, err
		}
		sr.criteria = criteria
		if account != "" && !strings.EqualFold(account, cur.Account) {
			return nil, contract.Errorf(contract.InvalidInput, "account_id %q is not the cursor's; leave it out or start a new search", account)
		}
		if q.Mailbox != "" && contract.CanonicalMailbox(q.Mailbox) != cur.Mailbox {
			return nil, contract.Errorf(contract.InvalidInput, "mailbox %q is not the cursor's; leave it out or start a new search", q.Mailbox)
		}
		account, sr.mailbox = cur.Account, cur.Mailbox
		sr.uidValidity, sr.before = cur.UIDValidity, cur.BeforeUID
		sr.total, sr.approximate = cur.Total, cur.TotalApproximate
		if sr.limit == 0 {
			sr.limit = cur.Limit
		}
		if sr.snippet == 0 {
			sr.snippet = cur.SnippetChars
		}
	}
	if sr.limit == 0 {
		sr.limit = contract.DefaultLimit
	}
	pool, err := s.accounts.Find(account)
	sr.pool = pool
	return sr, err
}

// run finds the page's messages and fetches their summaries. What the server turns
// out not to be able to do is remembered, and asked for in another way.
func (sr *search) run(c *imapconn.Conn, p *page, hit *hits) error {
	if sr.criteria.empty() {
		list := sr.newest
		if sr.before > 0 {
			list = sr.older
		}
		done, err := list(c, p, hit)
		if done || (err != nil && !imapconn.IsRefusal(err)) {
			return err
		}
		// Refused, or some of them did not come: search for them.
		*hit = hits{}
	}
	err := sr.ask(c, p, hit)
	for range 5 {
		if !imapconn.IsRefusal(err) || !sr.simplify(c, err) {
			break
		}
		*hit, p.got, p.gone, p.issues = hits{}, map[uint32]*Found{}, nil, nil
		err = sr.ask(c, p, hit)
	}
	if err == nil && sr.byLetters(c, hit) {
		*hit, p.got, p.gone, p.issues = hits{}, map[uint32]*Found{}, nil, nil
		if err = sr.ask(c, p, hit); err == nil && len(hit.page) == 0 && !hit.more {
			p.issues = append(p.issues, gmailIssue())
		}
	}
	if err != nil {
		return err
	}
	ignored, err := sr.doubtText(c, p, hit)
	if err != nil || !ignored {
		return err
	}
	*hit, p.got, p.gone, p.issues = hits{}, map[uint32]*Found{}, nil, nil
	return sr.ask(c, p, hit)
}

// simplify notes what a server that refused a search cannot do, and reports
// whether it can be asked in another way.
func (sr *search) simplify(c *imapconn.Conn, err error) bool {
	if sr.criteria.asksYounger(c) && !isCharset(err) {
		return c.Learn(imapconn.NoWithin)
	}
	if sr.criteria.asksGmail(c) && !isCharset(err) {
		return c.Learn(imapconn.NoGmailRaw)
	}
	nested := sr.criteria.nested()
	switch {
	case !sr.criteria.ascii() && !sr.pool.RefusesCharset() && !sr.pool.Knows(imapconn.NoTextSearch):
		return sr.pool.Learn(imapconn.NoCharset)
	case nested && c.Learn(imapconn.NoNesting):
		// It may be OR alone that is refused; header fields are searched for as
		// long as that is not.
		return true
	case nested || sr.criteria.Header != nil:
		return c.Learn(imapconn.NoHeaderSearch)
	}
	return false
}

// ask asks the server for what it can answer and looks here for the rest.
func (sr *search) ask(c *imapconn.Conn, p *page, hit *hits) error {
	ask, local := sr.criteria.split(sr.pool)
	if !local.empty() {
		return sr.scan(c, p, hit, ask, local)
	}
	m, err := (&finder{c: c, criteria: ask.imap(c, sr.now), before: sr.before, want: sr.limit}).find()
	if err != nil {
		return err
	}
	p.doubt(c, m)
	hit.page = m.uids
	hit.more = m.remaining > len(m.uids) || m.resume > 1
	if m.resume > 1 && len(m.uids) < sr.limit {
		hit.next = m.resume
	}
	hit.total, hit.approximate, hit.counted = m.remaining, m.approximate, true
	if sr.before > 0 {
		hit.total, hit.approximate = sr.total, sr.approximate
	}
	return p.fetch(c, hit.page)
}

// doubt notes what contradicts itself in the server's answers, or did before.
func (p *page) doubt(c *imapconn.Conn, m matches) {
	if m.doubt == "" && len(m.uids) == 0 && c.Knows(imapconn.ESearchLies) && c.Selected().NumMessages > 0 {
		m.doubt = "the answers of this mail server's search contradicted each other before, so that it finds nothing may be wrong"
	}
	if m.doubt != "" {
		p.issues = append(p.issues, contract.Issue{
			Code: contract.Unavailable, Stage: "search", Retryable: true,
			Message: m.doubt + "; look with fewer criteria to be sure",
		})
	}
}

// newest takes the last messages of the mailbox by sequence number: EXISTS tells
// how many there are, and no search is needed. NOOP, for what arrived since, goes
// ahead in the same flight; only where it has news the summaries are asked for
// once more. done is false where there may be messages all the same.
func (sr *search) newest(c *imapconn.Conn, p *page, hit *hits) (done bool, err error) {
	if c.Knows(imapconn.NoSequence) || c.UIDOnly() && !c.Has(imap.CapPartial) {
		return false, nil
	}
	var rows []*imap.Message
	fresh := c.Fresh()
	for range 4 {
		exists := c.Selected().NumMessages
		var noop *imap.Command
		if !fresh {
			noop = c.Client().Noop()
		}
		if exists == 0 && fresh {
			hit.counted = true
			return true, nil
		}
		if exists > 0 {
			rows, err = newestRows(c, sr.limit, p.options(c, true))
		}
		if noop != nil {
			err = errors.Join(err, noop.Wait()) // Dovecot answers it last
		}
		if isBad(err) && p.previews && c.Has(imap.CapPreview) {
			c.Learn(imapconn.NoPreview)
			continue
		}
		now := c.Selected().NumMessages
		if err != nil || (now == exists && now > 0) {
			break
		}
		fresh = true // what is in it is known now
	}
	rows = answered(rows)
	if isBad(err) {
		c.Learn(imapconn.NoSequence)
	}
	if err != nil && (imapconn.IsRefusal(err) || len(rows) == 0) {
		return false, fmt.Errorf("FETCH summaries: %w", err)
	}
	exists := c.Selected().NumMessages
	hit.total, hit.more, hit.counted = int(exists), int(exists) > sr.limit, true
	due := min(sr.limit, int(exists))
	if err != nil { // what came before stays
		sr.keep(c, p, hit, rows)
		hit.lost = max(0, due-len(hit.page))
		return false, fmt.Errorf("FETCH summaries: %w", err)
	}
	return sr.take(c, p, hit, rows, due)
}

// answered leaves out rows without the header: they are about other messages,
// unasked.
func answered(rows []*imap.Message) []*imap.Message {
	return slices.DeleteFunc(rows, func(m *imap.Message) bool { return len(m.Sections) == 0 || m.UID == 0 })
}

// older takes the messages below a cursor without a search, where the server counts
// from the newest of a set (PARTIAL, RFC 9394). One more is asked for, to know
// whether there are more; where fewer come it may be the end, or rows are missing,
// and done is false.
func (sr *search) older(c *imapconn.Conn, p *page, hit *hits) (done bool, err error) {
	if limit := c.MessageLimit(); !c.Has(imap.CapPartial) || (limit > 0 && limit <= uint32(sr.limit)) {
		return false, nil
	}
	options := p.options(c, true)
	options.Newest = sr.limit + 1
	rows, err := c.Client().UIDFetch(imap.UIDSet{{Start: 1, Stop: max(sr.before-1, 1)}}, options).Wait()
	if err != nil {
		return false, fmt.Errorf("FETCH summaries: %w", err)
	}
	slices.SortStableFunc(rows, func(a, b *imap.Message) int { return cmp.Compare(a.UID, b.UID) })
	if len(rows) != options.Newest {
		return false, nil
	}
	hit.total, hit.approximate, hit.more, hit.counted = sr.total, sr.approximate, true, true
	return sr.take(c, p, hit, rows, sr.limit)
}

// take makes the page of the newest rows, which come in ascending order. Where there
// are fewer than are due, done is false.
func (sr *search) take(c *imapconn.Conn, p *page, hit *hits, rows []*imap.Message, due int) (done bool, err error) {
	sr.keep(c, p, hit, answered(rows))
	if len(hit.page) < due {
		return false, nil
	}
	if left := p.missing(hit.page); len(left) > 0 {
		return true, p.fetch(c, left)
	}
	p.garbled(hit.page)
	return true, nil
}

// keep takes the newest rows, as many as make a page.
func (sr *search) keep(c *imapconn.Conn, p *page, hit *hits, rows []*imap.Message) {
	for _, m := range rows[max(0, len(rows)-sr.limit):] {
		p.accept(m)
		c.NoteUID(m.UID)
		hit.page = append(hit.page, m.UID)
	}
	slices.Sort(hit.page)
	slices.Reverse(hit.page)
}

// newestRows fetches the newest n messages, in ascending order.
func newestRows(c *imapconn.Conn, n int, options *imap.FetchOptions) ([]*imap.Message, error) {
	var fetch *imap.Fetch
	if c.UIDOnly() {
		options.Newest = n
		fetch = c.Client().UIDFetch(imap.UIDSet{{Start: 1}}, options)
	} else {
		fetch = c.Client().FetchFrom(windowStart(c.Selected().NumMessages, uint32(n)), options)
	}
	rows, err := fetch.Wait()
	slices.SortStableFunc(rows, func(a, b *imap.Message) int { return cmp.Compare(a.UID, b.UID) })
	return rows, err
}

// result builds the answer and seals the position after its last message; again:
// where a fault has cut it off, the one that leaves out nothing that it has cost.
func (s *Service) result(sr *search, p *page, hit *hits, list []*Found, again bool) (*SearchResult, error) {
	r := &SearchResult{
		Account:          p.account,
		Mailbox:          sr.mailbox,
		UIDValidity:      p.uidValidity,
		Total:            hit.total,
		TotalApproximate: hit.approximate,
		Returned:         len(list),
		Messages:         make([]Summary, 0, len(list)),
		Issues:           p.issues,
		Alone:            p.alone,
		Continued:        sr.before > 0,
	}
	for _, f := range list {
		r.Messages = append(r.Messages, f.Summary)
	}
	missing := slices.DeleteFunc(p.missing(hit.page), func(uid uint32) bool { return slices.Contains(p.gone, uid) })
	r.Failed = len(missing) + hit.lost
	r.Attempted = r.Returned + r.Failed
	next, more := hit.next, hit.more
	begin := cmp.Or(sr.before, 1<<32-1)
	switch {
	case again && hit.lost > 0: // the newest, as servers answer in ascending order
		next, more = begin, true
	case again && len(missing) > 0:
		next, more = min(missing[len(missing)-1], begin-1)+1, true
	case next == 0:
		next = cmp.Or(lowest(hit.page), begin)
	}
	if r.HasMore = more && next > 1; !r.HasMore {
		return r, nil
	}
	criteria, err := json.Marshal(sr.criteria)
	if err != nil {
		return nil, fmt.Errorf("cursor criteria: %w", err)
	}
	r.NextCursor, err = s.sealer.Seal(contract.Cursor{
		Account:          p.account,
		Mailbox:          sr.mailbox,
		UIDValidity:      p.uidValidity,
		BeforeUID:        next,
		Total:            hit.total,
		TotalApproximate: hit.approximate,
		Criteria:         criteria,
		Limit:            cmp.Or(sr.wanted, sr.limit),
		SnippetChars:     sr.snippet,
		IssuedAt:         s.now(),
		Caller:           sr.caller,
	})
	return r, err
}

func lowest(uids []uint32) uint32 {
	low := uint32(0)
	for _, uid := range uids {
		if low == 0 || uid < low {
			low = uid
		}
	}
	return low
}
