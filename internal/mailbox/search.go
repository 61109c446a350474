package mailbox

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
)

// Search answers one page of matches, newest arrival first. A first page costs
// two flights on a warm connection (find, fetch), three with snippets; a page
// after a cursor costs the same. No list of matches is kept: a cursor is a
// position. A fault comes with a result that says only where was searched.
func (s *Service) Search(ctx context.Context, q SearchQuery) (*SearchResult, error) {
	sr, err := s.prepare(q)
	if err != nil {
		return nil, err
	}
	p := &page{account: sr.pool.Account().ID, mailbox: sr.mailbox, lockdown: sr.pool.Account().Lockdown}
	var hit hits
	attempt := func(_ context.Context, c *imapconn.Conn) error {
		p.got, p.issues, hit = map[uint32]*Found{}, nil, hits{}
		p.uidValidity = c.Selected().UIDValidity
		sr.awaitsLiterals = !c.Has(imap.CapLiteralPlus) && !c.Has(imap.CapLiteralMinus)
		if sr.uidValidity != 0 && sr.uidValidity != p.uidValidity {
			return contract.ErrSnapshotChanged()
		}
		return sr.run(s, c, p, &hit)
	}
	err = sr.pool.Do(ctx, sr.mailbox, attempt)
	if err != nil && sr.awaitsLiterals && !sr.criteria.ascii() && ctx.Err() == nil && imapconn.IsDecodeFailure(err) {
		// Such a server refuses CHARSET in the place of a continuation, and
		// go-imap ends the connection then: ask without.
		sr.asciiOnly = true
		err = sr.pool.Do(ctx, sr.mailbox, attempt)
	}
	garbled := []contract.Issue{}
	for range maxScanRescues {
		if err == nil || sr.broken == nil || ctx.Err() != nil || !imapconn.IsDecodeFailure(err) {
			break
		}
		if err = sr.broken.rescue(ctx, sr.pool, sr.brokenUIDs); err == nil {
			sr.known, garbled = sr.broken.got, append(garbled, sr.broken.issues...)
			sr.broken = nil
			err = sr.pool.Do(ctx, sr.mailbox, attempt)
		}
	}
	p.issues = append(p.issues, garbled...)
	if err != nil && sr.broken == nil && ctx.Err() == nil && imapconn.IsDecodeFailure(err) {
		// The matches are known, their summaries broke the connection.
		err = sr.rescue(ctx, p, &hit, err)
	}
	if err != nil && len(p.got) == 0 {
		return &SearchResult{Account: p.account, Mailbox: sr.mailbox}, imapconn.Classify("search", err)
	}
	if err != nil {
		hit.failed = len(p.missing(hit.page))
		p.issues = append(p.issues, imapconn.AsIssue("fetch", err))
	}
	list := p.newestFirst()
	Withhold(ctx, s.people, sr.pool, sr.mailbox, list)
	if sr.snippet > 0 && len(list) > 0 && err == nil {
		p.issues = append(p.issues, s.addSnippets(ctx, sr, p, list)...)
	}
	return s.result(sr, p, &hit, list)
}

// prepare joins query and cursor into one search.
func (s *Service) prepare(q SearchQuery) (*search, error) {
	sr := &search{mailbox: contract.CanonicalMailbox(q.Mailbox), criteria: q.Criteria, limit: q.Limit, snippet: q.SnippetChars, caller: q.Caller}
	account := q.Account
	if q.Cursor != "" {
		cur, err := s.sealer.Open(q.Cursor)
		if err != nil {
			return nil, err
		}
		if cur.Caller != q.Caller || json.Unmarshal(cur.Criteria, &sr.criteria) != nil {
			return nil, contract.Errorf(contract.InvalidInput, "cursor is invalid or expired")
		}
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
	pool, err := s.accounts.Section(account)
	sr.pool = pool
	return sr, err
}

// run finds the page's messages and fetches their summaries.
func (sr *search) run(s *Service, c *imapconn.Conn, p *page, hit *hits) error {
	if sr.criteria.empty() && sr.before == 0 {
		err := sr.newest(c, p, hit)
		if err != nil || len(hit.page) > 0 || !hit.more {
			return err
		}
		// All of the newest were expunged meanwhile: look for what is left.
		*hit = hits{}
	}
	ask, local := sr.criteria, Criteria{}
	if !ask.ascii() && (sr.asciiOnly || sr.pool.RefusesCharset()) {
		ask, local = sr.criteria.split()
	}
	err := sr.runSplit(c, p, hit, ask, local)
	if err != nil && !ask.ascii() && imapconn.IsRefusal(err) {
		sr.pool.NoteCharsetRefused(err)
		ask, local = sr.criteria.split()
		*hit, p.got = hits{}, map[uint32]*Found{}
		err = sr.runSplit(c, p, hit, ask, local)
	}
	return err
}

// runSplit asks the server for what it can answer and looks here for the rest.
func (sr *search) runSplit(c *imapconn.Conn, p *page, hit *hits, ask, local Criteria) error {
	local.HasAttachment = sr.criteria.HasAttachment
	if !local.empty() {
		return sr.scan(c, p, hit, ask, local)
	}
	m, err := (&finder{c: c, criteria: ask.imap(), before: sr.before, want: sr.limit}).find()
	if err != nil {
		return err
	}
	hit.page = m.uids
	hit.more = m.remaining > len(m.uids) || m.resume > 1
	if m.resume > 1 && len(m.uids) < sr.limit {
		hit.next = m.resume
	}
	hit.total, hit.approximate = m.remaining, m.approximate
	if sr.before > 0 {
		hit.total, hit.approximate = sr.total, sr.approximate
	}
	return p.fetch(c, hit.page, true)
}

// newest takes the last messages of the mailbox by sequence number: EXISTS
// tells how many there are, and no search is needed. Numbers hold still between
// the two flights, for a server may not renumber without a command that allows
// it (RFC 9051 §7.5.1).
func (sr *search) newest(c *imapconn.Conn, p *page, hit *hits) error {
	var noop *imap.Command
	c.Pipeline(func() { noop = c.Client().Noop() })
	if err := noop.Wait(); err != nil {
		return fmt.Errorf("NOOP: %w", err)
	}
	exists := c.Selected().NumMessages
	if exists == 0 {
		return nil
	}
	lo := windowStart(exists, uint32(sr.limit))
	hit.total, hit.more, hit.newest = int(exists), lo > 1, true
	seqs := imap.SeqSet{{Start: lo, Stop: exists}}
	for range 2 {
		var again imap.SeqSet
		rows, err := c.Client().UIDFetch(seqs.Wait()
		for _, r := range rows {
			if !p.accept(r) {
				again.AddNum(r.Seq)
				return
			}
			c.NoteUID(r.UID)
			hit.page = append(hit.page, r.UID)
		}
		if err != nil {
			return fmt.Errorf("FETCH summaries: %w", err)
		}
		if seqs = again; len(seqs) == 0 {
			return nil
		}
	}
	p.unanswered(len(seqs))
	return nil
}

// rescue goes on with a page whose summaries broke the connection.
func (sr *search) rescue(ctx context.Context, p *page, hit *hits, cause error) error {
	if hit.newest {
		hit.page = nil
		err := sr.pool.Do(ctx, sr.mailbox, func(_ context.Context, c *imapconn.Conn) error {
			hit.page = nil
			return sr.newestUIDs(c, p, hit)
		})
		if err != nil {
			return err
		}
	}
	if len(hit.page) == 0 {
		return cause
	}
	return p.rescue(ctx, sr.pool, hit.page)
}

// newestUIDs asks for nothing but the UIDs of the last messages, which no
// server gets wrong.
func (sr *search) newestUIDs(c *imapconn.Conn, p *page, hit *hits) error {
	if err := p.sameMailbox(c); err != nil {
		return err
	}
	exists := c.Selected().NumMessages
	if exists == 0 {
		return nil
	}
	lo := windowStart(exists, uint32(sr.limit))
	hit.total, hit.more = int(exists), lo > 1
	cmd := c.Client().UIDFetch(imap.SeqSet{{Start: lo, Stop: exists}}, &imap.FetchOptions{UID: true})
	rows, err := cmd.Wait()
	for _, r := range rows {
		if r.UID != 0 {
			hit.page = append(hit.page, r.UID)
		}
	}
	if err != nil {
		return fmt.Errorf("FETCH UIDs: %w", err)
	}
	return nil
}

// result builds the answer and seals the position after its last message.
func (s *Service) result(sr *search, p *page, hit *hits, list []*Found) (*SearchResult, error) {
	r := &SearchResult{
		Account:          p.account,
		Mailbox:          sr.mailbox,
		UIDValidity:      p.uidValidity,
		Total:            hit.total,
		TotalApproximate: hit.approximate,
		Returned:         len(list),
		Messages:         make([]Summary, 0, len(list)),
		Issues:           p.issues,
	}
	for _, f := range list {
		r.Messages = append(r.Messages, f.Summary)
	}
	r.Failed = hit.failed + p.headless
	r.Attempted = r.Returned + r.Failed
	next := hit.next
	if next == 0 {
		next = lowest(hit.page)
	}
	if r.HasMore = hit.more && next > 1; !r.HasMore {
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
		Limit:            sr.limit,
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
