package mailbox

import (
	"context"

	"mail-imap-mcp/internal/imapconn"
)

const (
	// shownBatch and maxShownBatches bound the matches that are looked at for a
	// page of those that may be shown.
	shownBatch      = 100
	maxShownBatches = 5
)

// readsWords reports criteria that compare what a sender wrote.
func (c Criteria) readsWords() bool {
	return c.Query != "" || c.From != "" || c.To != "" || c.Cc != "" || c.Subject != "" || c.Body != "" || c.Header != nil
}

// searchShown is Search by words under lockdown: a message that is withheld
// matches nothing. It is neither listed nor counted, for whoever may ask whether
// a word is in it, and is told, reads it word by word. So the total is what was
// found up to here, and more is said to be there only where it is, or where the
// bound on the matches looked at was reached.
func (s *Service) searchShown(ctx context.Context, sr *search) (*SearchResult, error) {
	sr.wanted, sr.limit = sr.limit, shownBatch
	begin := sr.before
	var all *page
	var shown []*Found
	out := &hits{counted: true}
	var failed error
	for range maxShownBatches {
		p, hit, err := s.gather(ctx, sr)
		if all == nil {
			if err != nil && len(p.got) == 0 {
				return &SearchResult{Account: p.account, Mailbox: sr.mailbox}, imapconn.Classify("search", err)
			}
			all = p
		} else {
			all.issues = append(all.issues, p.issues...)
		}
		list := p.newestFirst()
		Withhold(ctx, s.people, sr.pool, list)
		for _, f := range list {
			if f.Withheld == "" {
				s.shapes.note(f)
				shown = append(shown, f)
			}
		}
		if failed = err; err != nil {
			all.issues = append(all.issues, imapconn.AsIssue("fetch", err))
			break
		}
		if out.next = hit.next; out.next == 0 {
			out.next = lowest(hit.page)
		}
		out.more = hit.more && out.next > 1
		if len(shown) > sr.wanted || !out.more {
			break
		}
		sr.uidValidity, sr.before = p.uidValidity, out.next
	}
	if len(shown) > sr.wanted {
		shown = shown[:sr.wanted]
		out.more, out.next = true, shown[len(shown)-1].ID.UID
	}
	all.got = map[uint32]*Found{}
	for _, f := range shown {
		all.got[f.ID.UID] = f
		out.page = append(out.page, f.ID.UID)
	}
	out.total, out.approximate = sr.total+len(shown), out.more
	sr.before = begin
	if sr.snippet > 0 && len(shown) > 0 && failed == nil {
		all.issues = append(all.issues, s.addSnippets(ctx, sr, all, shown)...)
	}
	r, err := s.result(sr, all, out, shown, worthAnother(failed))
	if r != nil {
		r.ShownOnly = true
	}
	return r, err
}
