package mailbox

import (
	"fmt"
	"slices"
	"strings"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imapconn"
)

// scan answers a page of criteria that the server can only narrow (ask): it
// looks at candidates here, newest first, until the page is full or maxScan
// were looked at. The total is what was found so far, a lower bound until the
// last page.
func (sr *search) scan(c *imapconn.Conn, p *page, hit *hits, ask, local Criteria) error {
	before, looked := sr.before, 0
	batch := min(max(3*sr.limit, 20), 100)
	kept := map[uint32]*Found{}
	for looked < maxScan {
		m, err := (&finder{c: c, criteria: ask.imap(), before: before, want: batch}).find()
		if err != nil {
			return err
		}
		candidates := &page{account: p.account, mailbox: p.mailbox, uidValidity: p.uidValidity, got: map[uint32]*Found{}, lockdown: p.lockdown}
		for _, uid := range m.uids {
			if f := sr.known[uid]; f != nil {
				candidates.got[uid] = f
			}
		}
		if local.Header != nil {
			candidates.fields = []string{local.Header.Name}
		}
		if err := candidates.fetch(c, candidates.missing(m.uids), true); err != nil {
			sr.broken, sr.brokenUIDs = candidates, m.uids
			return err
		}
		texts, err := candidates.texts(c, local)
		if err != nil {
			return err
		}
		for _, uid := range m.uids {
			before = uid
			looked++
			f := candidates.got[uid]
			if f == nil || !local.match(f, texts[uid]) {
				continue
			}
			kept[uid], hit.page = f, append(hit.page, uid)
			if len(kept) == sr.limit {
				break
			}
		}
		more := m.remaining > 0 && (uidsLeft(m, before) || m.resume > 1)
		switch {
		case len(m.uids) > 0:
		case m.resume > 1:
			before = m.resume
			looked++ // a window without candidates is work too
		default:
			// Matches were counted but none was named: what was counted is
			// expunged by now, or the server miscounts.
			more = false
		}
		if len(kept) == sr.limit || !more {
			hit.more = more
			break
		}
		hit.more = true
	}
	hit.next = before
	hit.total, hit.approximate = sr.total+len(kept), hit.more
	p.got = kept
	if local.scannedHere() {
		p.issues = append(p.issues, contract.Issue{
			Code:  contract.Unavailable,
			Stage: "search",
			Message: fmt.Sprintf("this mail server cannot search for text outside ASCII; the newest %d candidates were looked through here. "+
				"Search for an ASCII word, or narrow by date or sender", looked),
		})
	}
	return nil
}

// uidsLeft reports whether matches below position are left to look at.
func uidsLeft(m matches, position uint32) bool {
	return m.remaining > len(m.uids) || (len(m.uids) > 0 && position > m.uids[len(m.uids)-1])
}

// scannedHere reports whether text is compared here that the server refused.
func (c Criteria) scannedHere() bool {
	c.HasAttachment = nil
	return !c.empty()
}

// match compares what the server could not. text is the beginning of the
// message's body, for Query and Body.
func (c Criteria) match(f *Found, text string) bool {
	if c.HasAttachment != nil && (f.AttachmentCount == nil || (*f.AttachmentCount > 0) != *c.HasAttachment) {
		return false
	}
	from, to, cc := f.Header.Text("From"), f.Header.Text("To"), f.Header.Text("Cc")
	checks := []struct{ want, in string }{
		{c.From, from},
		{c.To, to},
		{c.Cc, cc},
		{c.Subject, f.Subject},
		{c.Body, text},
		{c.Query, strings.Join([]string{from, to, cc, f.Subject, text}, "\n")},
	}
	if c.Header != nil {
		checks = append(checks, struct{ want, in string }{c.Header.Value, f.Header.Text(c.Header.Name)})
	}
	return !slices.ContainsFunc(checks, func(check struct{ want, in string }) bool {
		return !strings.Contains(strings.ToLower(check.in), strings.ToLower(check.want))
	})
}

// texts reads the beginning of the candidates' bodies when text must be
// compared here.
func (p *page) texts(c *imapconn.Conn, local Criteria) (map[uint32]string, error) {
	if local.Query == "" && local.Body == "" {
		return nil, nil
	}
	wants := make([]piece, 0, len(p.got))
	for _, f := range p.got {
		if part, ok := BodyPart(f.Part); ok {
			wants = append(wants, piece{uid: f.ID.UID, part: part, bytes: scanTextBytes})
		}
	}
	return fetchPieces(c, wants)
}
