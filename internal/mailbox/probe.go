package mailbox

import (
	"crypto/rand"
	"slices"
	"strings"

	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
)

// textual are the criteria that compare text, and no other.
func (c Criteria) textual() Criteria {
	return Criteria{Query: c.Query, From: c.From, To: c.To, Cc: c.Cc, Subject: c.Subject, Body: c.Body}
}

// checksText reports whether what the server found shows that it compares text:
// one of the page's messages has what was asked for. Servers that match words in
// another way than by letters are not doubted while anything fits.
func (c Criteria) checksText(p *page, uids []uint32) bool {
	visible := Criteria{From: c.From, To: c.To, Cc: c.Cc, Subject: c.Subject}
	return slices.ContainsFunc(uids, func(uid uint32) bool {
		f := p.got[uid]
		return f != nil && visible.match(f, "")
	})
}

// doubtText finds out whether a server whose answer to text criteria is odd
// compares text at all: where nothing on the page fits, by searching for what no
// message has; where nothing was found, by searching for the sender of the newest
// message. It is asked once for an account.
func (sr *search) doubtText(c *imapconn.Conn, p *page, hit *hits) (ignored bool, err error) {
	text := sr.criteria.textual()
	if text.empty() || sr.pool.Knows(imapconn.NoTextSearch) || sr.pool.Knows(imapconn.TextSearchWorks) || c.Selected().NumMessages == 0 {
		return false, nil
	}
	visible := text
	visible.Query, visible.Body = "", ""
	switch {
	case len(hit.page) > 0 && (visible.empty() || sr.criteria.checksText(p, hit.page)):
		if !visible.empty() {
			sr.pool.Learn(imapconn.TextSearchWorks)
		}
		return false, nil
	case len(hit.page) > 0:
		found, err := sr.probe(c, visible.withText(rand.Text()), nil)
		if err != nil {
			return false, err
		}
		if !found {
			sr.pool.Learn(imapconn.TextSearchWorks)
			return false, nil
		}
	default:
		newest, err := sr.newestSender(c)
		if err != nil || newest == nil {
			return false, err
		}
		found, err := sr.probe(c, text.withText(newest.From[0].Address), imap.UIDSetNum(newest.ID.UID))
		if err != nil {
			return false, err
		}
		if found {
			sr.pool.Learn(imapconn.TextSearchWorks)
			return false, nil
		}
	}
	sr.pool.Learn(imapconn.NoTextSearch)
	return true, nil
}

// withText asks for another text in the way of the first criterion: of an
// address, by FROM or TEXT.
func (c Criteria) withText(text string) Criteria {
	switch {
	case c.Subject != "" && !strings.Contains(text, "@"):
		return Criteria{Subject: text}
	case c.Query != "":
		return Criteria{Query: text}
	}
	return Criteria{From: text}
}

// probe reports whether a search finds anything, among these UIDs where there are
// any.
func (sr *search) probe(c *imapconn.Conn, criteria Criteria, among imap.UIDSet) (bool, error) {
	keys := criteria.imap(c, sr.now)
	if among != nil {
		keys.UID = []imap.UIDSet{among}
	}
	found, err := c.Client().UIDSearch(&keys, nil).Wait()
	if imapconn.IsRefusal(err) {
		return false, nil
	}
	return len(found.All) > 0, err
}

// newestSender is the newest message, where it has a sender in ASCII.
func (sr *search) newestSender(c *imapconn.Conn) (*Found, error) {
	rows, err := newestRows(c, 1, SummaryOptions(false, false))
	if err != nil || len(rows) == 0 {
		if imapconn.IsRefusal(err) {
			err = nil
		}
		return nil, err
	}
	p := &page{got: map[uint32]*Found{}}
	p.accept(rows[len(rows)-1])
	for _, f := range p.got {
		if len(f.From) > 0 && imapconn.IsASCII(f.From[0].Address) && strings.Contains(f.From[0].Address, "@") {
			return f, nil
		}
	}
	return nil, nil
}
