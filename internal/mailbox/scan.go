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
// last page. What was found before an error stays.
func (sr *search) scan(c *imapconn.Conn, p *page, hit *hits, ask, local Criteria) error {
	before, looked := sr.before, 0
	batch := min(max(3*sr.limit, 20), 100)
	hit.next, hit.more = before, before > 0
	hit.total, hit.approximate = sr.total, true
	for looked < maxScan {
		m, err := (&finder{c: c, criteria: ask.imap(c, sr.now), before: before, want: batch}).find()
		if err != nil {
			return err
		}
		if looked == 0 {
			p.doubt(c, m)
		}
		hit.counted = true
		candidates := &page{account: p.account, mailbox: p.mailbox, uidValidity: p.uidValidity, got: map[uint32]*Found{}, lockdown: p.lockdown}
		if local.Header != nil {
			candidates.fields = []string{local.Header.Name}
		}
		if err := candidates.fetch(c, m.uids); err != nil {
			return err
		}
		p.issues = append(p.issues, candidates.issues...)
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
			p.got[uid], hit.page = f, append(hit.page, uid)
			if len(hit.page) == sr.limit {
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
		hit.more, hit.next = more, before
		hit.total, hit.approximate = sr.total+len(hit.page), more
		if len(hit.page) == sr.limit || !more {
			break
		}
	}
	if local.scannedHere() {
		p.issues = append(p.issues, contract.Issue{
			Code: contract.Unavailable, Stage: "search",
			Message: fmt.Sprintf("this mail server %s; the newest %d candidates were looked through here. %s",
				sr.inability(), looked, "Narrow by date or flags, or go on with the cursor"),
		})
	}
	return nil
}

// inability says why text is compared here.
func (sr *search) inability() string {
	switch {
	case sr.pool.Knows(imapconn.NoTextSearch):
		return "does not search for text as asked"
	case sr.pool.Knows(imapconn.NoHeaderSearch) && sr.criteria.Header != nil:
		return "does not search header fields"
	case sr.pool.Knows(imapconn.NoNesting) && sr.criteria.ascii():
		return "does not search for alternatives"
	}
	return "cannot search for text outside ASCII"
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
	contains := func(in string) func(want string) bool {
		return func(want string) bool { return strings.Contains(strings.ToLower(in), strings.ToLower(want)) }
	}
	for _, check := range [][2]string{{c.From, from}, {c.To, to}, {c.Cc, cc}} {
		if !slices.ContainsFunc(strings.Split(check[0], Either), contains(check[1])) {
			return false
		}
	}
	checks := []struct{ want, in string }{
		{c.Subject, f.Subject},
		{c.Body, text},
		{c.Query, strings.Join([]string{from, to, cc, f.Subject, text}, "\n")},
	}
	if c.Header != nil {
		checks = append(checks, struct{ want, in string }{c.Header.Value, f.Header.Text(c.Header.Name)})
	}
	return !slices.ContainsFunc(checks, func(check struct{ want, in string }) bool {
		return !contains(check.in)(check.want)
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
