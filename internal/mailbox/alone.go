package mailbox

import (
	"fmt"

	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
)

// Alone is how many messages one criterion of a search finds by itself. Criterion
// is the name of its argument; AtLeast: not all messages were looked at.
type Alone struct {
	Criterion string
	Count     int
	AtLeast   bool
}

// named are the criteria of a search, each by itself. Those that the server cannot
// answer alone are left out: an attachment is found by looking at candidates.
func (c Criteria) named() (names []string, each []Criteria) {
	for _, one := range []struct {
		name string
		c    Criteria
	}{
		{"query", Criteria{Query: c.Query, Letters: c.Letters && c.Query != ""}},
		{"from", Criteria{From: c.From}},
		{"to", Criteria{To: c.To}},
		{"cc", Criteria{Cc: c.Cc}},
		{"subject", Criteria{Subject: c.Subject}},
		{"body", Criteria{Body: c.Body}},
		{"header", Criteria{Header: c.Header}},
		{"unread_only", Criteria{UnreadOnly: c.UnreadOnly}},
		{"flagged_only", Criteria{FlaggedOnly: c.FlaggedOnly}},
		{"size", Criteria{LargerThan: c.LargerThan, SmallerThan: c.SmallerThan}},
		{"dates", Criteria{Since: c.Since, Before: c.Before, Exact: c.Exact && c.Since != ""}},
	} {
		if !one.c.empty() {
			names, each = append(names, one.name), append(each, one.c)
		}
	}
	return names, each
}

// countAlone asks, in one flight, how many messages each criterion finds by itself,
// after a search for all of them that found nothing. A refusal leaves that one out.
func (sr *search) countAlone(c *imapconn.Conn) ([]Alone, error) {
	names, each := sr.criteria.named()
	if n := len(each); n == 0 || n == 1 && sr.criteria.HasAttachment == nil {
		return nil, nil
	}
	var options *imap.SearchOptions
	switch {
	case c.Has(imap.CapESearch) && !c.Knows(imapconn.ESearchLies):
		options = &imap.SearchOptions{ReturnCount: true}
	case c.Selected().NumMessages > maxPlainSearch:
		return nil, nil // the answers would name every message
	}
	cmds := make([]*imap.Query[*imap.SearchData], len(each))
	for i, one := range each {
		if _, local := one.split(sr.pool); local.empty() {
			keys := one.imap(c, sr.now)
			cmds[i] = c.Client().UIDSearch(&keys, options)
		}
	}
	var list []Alone
	var broken error
	for i, cmd := range cmds {
		if cmd == nil {
			continue
		}
		data, err := cmd.Wait()
		switch {
		case imapconn.IsRefusal(err):
		case err != nil:
			broken = fmt.Errorf("SEARCH: %w", err)
		case options != nil && !data.HasCount():
		case options != nil:
			list = append(list, Alone{names[i], int(data.Count), data.LookedDownTo > 1})
		default:
			list = append(list, Alone{names[i], imapconn.CountUIDs(data.All, 0), data.LookedDownTo > 1})
		}
	}
	return list, broken
}
