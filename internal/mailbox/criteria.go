package mailbox

import (
	"strings"
	"time"

	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
)

// empty reports whether every message matches.
func (c Criteria) empty() bool {
	return c == Criteria{}
}

// ascii reports whether the criteria can be put to any server: RFC 3501 only
// requires US-ASCII of SEARCH.
func (c Criteria) ascii() bool {
	for _, s := range []string{c.Query, c.From, c.To, c.Cc, c.Subject, c.Body} {
		if !imapconn.IsASCII(s) {
			return false
		}
	}
	return c.Header == nil || imapconn.IsASCII(c.Header.Value)
}

// split divides the criteria by what is known of the server: what it can be
// asked, and what has to be looked for here.
func (c Criteria) split(pool *imapconn.Pool) (ask, local Criteria) {
	ask, local = c, Criteria{HasAttachment: c.HasAttachment}
	text := pool.Knows(imapconn.NoTextSearch)
	charset := pool.RefusesCharset()
	move := func(from, to *string) {
		if text || (charset && !imapconn.IsASCII(*from)) {
			*to, *from = *from, ""
		}
	}
	move(&ask.Query, &local.Query)
	for _, field := range []struct{ from, to *string }{{&ask.From, &local.From}, {&ask.To, &local.To}, {&ask.Cc, &local.Cc}} {
		if move(field.from, field.to); pool.Knows(imapconn.NoNesting) && strings.Contains(*field.from, Either) {
			*field.to, *field.from = *field.from, ""
		}
	}
	move(&ask.Subject, &local.Subject)
	move(&ask.Body, &local.Body)
	switch {
	case c.Header == nil:
	case text, pool.Knows(imapconn.NoHeaderSearch):
		local.Header, ask.Header = c.Header, nil
	case charset && !imapconn.IsASCII(c.Header.Value):
		local.Header, ask.Header = c.Header, &HeaderMatch{Name: c.Header.Name}
	}
	return ask, local
}

// imap puts the criteria as SEARCH keys (RFC 9051 §6.4.4). HasAttachment has
// no key; true narrows to what can carry one, where the server searches header
// fields and takes OR, and the structure decides.
func (c Criteria) imap(conn *imapconn.Conn, now time.Time) imap.SearchCriteria {
	var out imap.SearchCriteria
	field := func(name, value string) {
		switch list := strings.Split(value, Either); {
		case value == "":
		case len(list) == 1:
			out.Header = append(out.Header, imap.SearchCriteriaHeaderField{Key: name, Value: value})
		default:
			out.Or = append(out.Or, alternatives(name, list).Or...)
		}
	}
	field("From", c.From)
	field("To", c.To)
	field("Cc", c.Cc)
	field("Subject", c.Subject)
	if c.Header != nil {
		out.Header = append(out.Header, imap.SearchCriteriaHeaderField{Key: c.Header.Name, Value: c.Header.Value})
	}
	switch {
	case c.Query == "":
	case c.asksGmail(conn):
		out.GmailRaw = gmailPhrase(c.Query)
	default:
		out.Text = []string{c.Query}
	}
	if c.Body != "" {
		out.Body = []string{c.Body}
	}
	if c.UnreadOnly {
		out.NotFlag = []imap.Flag{imap.FlagSeen}
	}
	if c.FlaggedOnly {
		out.Flag = []imap.Flag{imap.FlagFlagged}
	}
	out.Larger, out.Smaller = c.LargerThan, c.SmallerThan
	out.Since, out.Before = day(c.Since), day(c.Before)
	if c.asksYounger(conn) {
		// Up to the second: the first one of the day belongs to it.
		out.Younger = max(now.Sub(out.Since).Truncate(time.Second), 0) + time.Second
		out.Since = time.Time{}
	}
	if c.HasAttachment != nil && *c.HasAttachment && !conn.Knows(imapconn.NoHeaderSearch) && !conn.Knows(imapconn.NoNesting) {
		out.Or = append(out.Or, mayCarryAttachment())
	}
	return out
}

// alternatives puts several values of a field as a tree of OR.
func alternatives(name string, values []string) imap.SearchCriteria {
	half := len(values) / 2
	if half == 0 {
		return imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: name, Value: values[0]}}}
	}
	return imap.SearchCriteria{Or: [][2]imap.SearchCriteria{{alternatives(name, values[:half]), alternatives(name, values[half:])}}}
}

// nested reports whether the criteria need OR.
func (c Criteria) nested() bool {
	return (c.HasAttachment != nil && *c.HasAttachment) || strings.Contains(c.From+c.To+c.Cc, Either)
}

// asksYounger reports whether YOUNGER takes the place of SINCE.
func (c Criteria) asksYounger(conn *imapconn.Conn) bool {
	return c.Exact && !day(c.Since).IsZero() && conn.Has(imap.CapWithin)
}

// mayCarryAttachment matches what is not a lone text to be read: a multipart, or
// a single part that is itself the attachment. It must not exclude by "text/",
// for multipart/related names its root's type as parameter.
func mayCarryAttachment() [2]imap.SearchCriteria {
	field := func(name, value string) imap.SearchCriteria {
		return imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: name, Value: value}}}
	}
	contentType := func(value string) imap.SearchCriteria { return field("Content-Type", value) }
	either := func(a, b imap.SearchCriteria) imap.SearchCriteria {
		return imap.SearchCriteria{Or: [][2]imap.SearchCriteria{{a, b}}}
	}
	media := either(contentType("image/"), either(contentType("audio/"), contentType("video/")))
	text := either(contentType("text/calendar"), field("Content-Disposition", "attachment"))
	return [2]imap.SearchCriteria{
		contentType("multipart/"),
		either(contentType("application/"), either(contentType("message/"), either(media, text))),
	}
}

// day parses a date the tool layer has checked; the zero time means none.
func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return time.Time{}
	}
	return t
}
