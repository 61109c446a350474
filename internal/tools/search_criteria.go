package tools

import (
	"context"
	"strings"
	"time"

	"mail-imap-mcp/internal/argument"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/guard"
	"mail-imap-mcp/internal/mailbox"
)

// Settle drops criteria replayed with a cursor, whatever they say: its own count.
func (in *searchMessagesInput) Settle() {
	if in.Cursor != nil {
		*in = searchMessagesInput{AccountID: in.AccountID, Mailbox: in.Mailbox, Cursor: in.Cursor, Limit: in.Limit, SnippetMaxChars: in.SnippetMaxChars}
	}
}

func (in *searchMessagesInput) touches(ctx context.Context, s *server) (t guard.Touch, err error) {
	in.q = mailbox.SearchQuery{
		Mailbox: value(in.Mailbox), Cursor: value(in.Cursor), Caller: guard.Caller(ctx),
		Limit: int(value(in.Limit)), SnippetChars: int(value(in.SnippetMaxChars)),
	}
	if in.AccountID != nil || in.Cursor == nil {
		if in.q.Account, err = s.account(in.AccountID); err != nil {
			return t, err
		}
	}
	if in.Cursor != nil {
		return in.goesOn(s)
	}
	t.Account = in.q.Account
	if in.Mailbox == nil {
		return t, contract.Errorf(contract.InvalidInput, "mailbox is missing; give the mailbox to search, for example \"INBOX\", or the cursor of an earlier page")
	}
	t.Places = named(t.Account, in.q.Mailbox)
	in.q.Criteria, err = in.criteria(s.now())
	return t, err
}

// goesOn is a call with a cursor, which says of what account and mailbox it is.
func (in *searchMessagesInput) goesOn(s *server) (guard.Touch, error) {
	cur, _, err := s.Mail.OpenCursor(in.q.Caller, in.q.Cursor)
	if err != nil {
		return guard.Touch{Account: in.q.Account}, err
	}
	t := guard.Touch{Account: cur.Account, Places: named(cur.Account, cur.Mailbox)}
	if in.Mailbox != nil {
		t.Places = append(t.Places, named(cur.Account, in.q.Mailbox)...)
	}
	return t, nil
}

func (in *searchMessagesInput) criteria(now time.Time) (mailbox.Criteria, error) {
	c := mailbox.Criteria{
		Query: value(in.Query), Subject: value(in.Subject), Body: value(in.Body),
		From: anyOf(in.From), To: anyOf(in.To), Cc: anyOf(in.Cc),
		UnreadOnly: isTrue(in.UnreadOnly), FlaggedOnly: isTrue(in.FlaggedOnly), HasAttachment: in.HasAttachment,
		LargerThan: value(in.LargerThan), SmallerThan: value(in.SmallerThan),
	}
	if c.LargerThan > 0 && c.SmallerThan > 0 && c.SmallerThan <= c.LargerThan+1 {
		return c, contract.Errorf(contract.InvalidInput, "no message is larger than %d and smaller than %d bytes; raise smaller_than or lower larger_than", c.LargerThan, c.SmallerThan)
	}
	if h := in.Header; h != nil {
		if h.Name == nil {
			return c, contract.Errorf(contract.InvalidInput, "header.name is missing; give a header field name, for example \"List-Id\"")
		}
		c.Header = &mailbox.HeaderMatch{Name: *h.Name, Value: value(h.Value)}
	}
	return c, in.dates(&c, now)
}

// anyOf are alternatives as a criterion has them. Of "Name <a@b>" the address
// counts: names are written in more than one way.
func anyOf(given *argument.OneOrMore) string {
	var list []string
	for _, s := range value(given) {
		if _, behind, ok := strings.Cut(s, "<"); ok {
			if address, _, ok := strings.Cut(behind, ">"); ok && strings.Contains(address, "@") {
				s = strings.TrimSpace(address)
			}
		}
		list = append(list, s)
	}
	return strings.Join(argument.Unique(list), mailbox.Either)
}

// dates turns the arguments into a range of days. last_days is frozen to the
// day it means now (UTC), so that a cursor goes on with the same range.
func (in *searchMessagesInput) dates(c *mailbox.Criteria, now time.Time) error {
	if in.LastDays != nil {
		if in.StartDate != nil || in.EndDate != nil {
			return contract.Errorf(contract.InvalidInput, "last_days cannot be used together with start_date or end_date; give one or the other")
		}
		c.Since, c.Exact = now.UTC().AddDate(0, 0, -int(*in.LastDays)).Format(time.DateOnly), true
		return nil
	}
	var start, end time.Time
	var err error
	if in.StartDate != nil {
		if start, err = contract.CheckDate("start_date", *in.StartDate); err != nil {
			return err
		}
		c.Since = start.Format(time.DateOnly)
	}
	if in.EndDate != nil {
		if end, err = contract.CheckDate("end_date", *in.EndDate); err != nil {
			return err
		}
		// BEFORE excludes its day (RFC 9051 §6.4.4), end_date includes it.
		c.Before = end.AddDate(0, 0, 1).Format(time.DateOnly)
	}
	return contract.CheckDateRange(start, end)
}
