package tools

import (
	"time"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailbox"
)

// searchQuery checks the arguments. With a cursor replayed criteria are
// ignored, whatever they say; only limit and snippet_max_chars of the new call
// count, and account and mailbox must be the cursor's.
func (in *searchMessagesInput) searchQuery(now time.Time) (mailbox.SearchQuery, error) {
	var q mailbox.SearchQuery
	if in.Limit != nil {
		if err := contract.CheckRange("limit", *in.Limit, contract.MinLimit, contract.MaxLimit); err != nil {
			return q, err
		}
		q.Limit = int(*in.Limit)
	}
	if in.SnippetMaxChars != nil {
		if err := contract.CheckRange("snippet_max_chars", *in.SnippetMaxChars, contract.MinSnippetChars, contract.MaxSnippetChars); err != nil {
			return q, err
		}
		q.SnippetChars = int(*in.SnippetMaxChars)
	}
	if in.Mailbox != nil {
		if err := contract.CheckMailbox("mailbox", *in.Mailbox); err != nil {
			return q, err
		}
		q.Mailbox = *in.Mailbox
	}
	if in.Cursor != nil {
		if q.Cursor = *in.Cursor; q.Cursor == "" {
			return q, contract.Errorf(contract.InvalidInput, "cursor is empty; leave it out for a first page")
		}
		return q, nil
	}
	if in.Mailbox == nil {
		return q, contract.Errorf(contract.InvalidInput, "mailbox is missing; give the mailbox to search, for example \"INBOX\", or the cursor of an earlier page")
	}
	var err error
	q.Criteria, err = in.criteria(now)
	return q, err
}

func (in *searchMessagesInput) criteria(now time.Time) (mailbox.Criteria, error) {
	c := mailbox.Criteria{
		UnreadOnly:    in.UnreadOnly != nil && *in.UnreadOnly,
		FlaggedOnly:   in.FlaggedOnly != nil && *in.FlaggedOnly,
		HasAttachment: in.HasAttachment,
	}
	for _, text := range []struct {
		name  string
		given *string
		into  *string
	}{
		{"query", in.Query, &c.Query},
		{"from", in.From, &c.From},
		{"to", in.To, &c.To},
		{"cc", in.Cc, &c.Cc},
		{"subject", in.Subject, &c.Subject},
		{"body", in.Body, &c.Body},
	} {
		if text.given == nil {
			continue
		}
		if err := contract.CheckText(text.name, *text.given); err != nil {
			return c, err
		}
		*text.into = *text.given
	}
	if err := in.sizes(&c); err != nil {
		return c, err
	}
	if err := in.header(&c); err != nil {
		return c, err
	}
	return c, in.dates(&c, now)
}

func (in *searchMessagesInput) sizes(c *mailbox.Criteria) error {
	for _, size := range []struct {
		name  string
		given *int64
		into  *int64
	}{
		{"larger_than", in.LargerThan, &c.LargerThan},
		{"smaller_than", in.SmallerThan, &c.SmallerThan},
	} {
		if size.given == nil {
			continue
		}
		if err := contract.CheckRange(size.name, *size.given, 1, contract.MaxMessageBytes); err != nil {
			return err
		}
		*size.into = *size.given
	}
	if c.LargerThan > 0 && c.SmallerThan > 0 && c.SmallerThan <= c.LargerThan+1 {
		return contract.Errorf(contract.InvalidInput, "no message is larger than %d and smaller than %d bytes; raise smaller_than or lower larger_than", c.LargerThan, c.SmallerThan)
	}
	return nil
}

func (in *searchMessagesInput) header(c *mailbox.Criteria) error {
	if in.Header == nil {
		return nil
	}
	if in.Header.Name == nil {
		return contract.Errorf(contract.InvalidInput, "header.name is missing; give a header field name, for example \"List-Id\"")
	}
	if err := contract.CheckHeaderName("header.name", *in.Header.Name); err != nil {
		return err
	}
	c.Header = &mailbox.HeaderMatch{Name: *in.Header.Name}
	if in.Header.Value != nil {
		if err := contract.CheckText("header.value", *in.Header.Value); err != nil {
			return err
		}
		c.Header.Value = *in.Header.Value
	}
	return nil
}

// dates turns the arguments into a range of days. last_days is frozen to the
// day it means now (UTC), so that a cursor goes on with the same range.
func (in *searchMessagesInput) dates(c *mailbox.Criteria, now time.Time) error {
	if in.LastDays != nil {
		if in.StartDate != nil || in.EndDate != nil {
			return contract.Errorf(contract.InvalidInput, "last_days cannot be used together with start_date or end_date; give one or the other")
		}
		if err := contract.CheckRange("last_days", *in.LastDays, contract.MinLastDays, contract.MaxLastDays); err != nil {
			return err
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
