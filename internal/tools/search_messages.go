package tools

import (
	"context"
	"fmt"
	"slices"

	"mail-imap-mcp/internal/argument"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/guard"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/safetext"
)

const nameSearchMessages = "imap_search_messages"

type searchMessagesInput struct {
	AccountID       *string             `json:"account_id,omitempty"`
	Mailbox         *string             `json:"mailbox,omitempty" text:"mailbox" jsonschema:"name from imap_list_mailboxes; required unless cursor is given"`
	Cursor          *string             `json:"cursor,omitempty" jsonschema:"next_cursor of a page; criteria are ignored"`
	Query           *string             `json:"query,omitempty" text:"search" jsonschema:"text anywhere in header or body"`
	From            *argument.OneOrMore `json:"from,omitempty" text:"search" items:"20" jsonschema:"address or name; of a list any one (to and cc too)"`
	To              *argument.OneOrMore `json:"to,omitempty" text:"search" items:"20"`
	Cc              *argument.OneOrMore `json:"cc,omitempty" text:"search" items:"20"`
	Subject         *string             `json:"subject,omitempty" text:"search"`
	Body            *string             `json:"body,omitempty" text:"search"`
	UnreadOnly      *bool               `json:"unread_only,omitempty"`
	FlaggedOnly     *bool               `json:"flagged_only,omitempty"`
	HasAttachment   *bool               `json:"has_attachment,omitempty"`
	LastDays        *int64              `json:"last_days,omitempty" bounds:"1..365" above:"give start_date for more" jsonschema:"in that many days (UTC); not with dates"`
	StartDate       *string             `json:"start_date,omitempty" jsonschema:"first day of arrival, YYYY-MM-DD"`
	EndDate         *string             `json:"end_date,omitempty" jsonschema:"last day of arrival, inclusive"`
	LargerThan      *int64              `json:"larger_than,omitempty" bounds:"1..4294967295" jsonschema:"bytes"`
	SmallerThan     *int64              `json:"smaller_than,omitempty" bounds:"1..4294967295" jsonschema:"bytes"`
	Header          *headerInput        `json:"header,omitempty" jsonschema:"a field that contains value, or exists"`
	Limit           *int64              `json:"limit,omitempty" bounds:"1..100" means:"10"`
	SnippetMaxChars *int64              `json:"snippet_max_chars,omitempty" bounds:"50..500" jsonschema:"give it to get snippets"`

	q mailbox.SearchQuery
}

type headerInput struct {
	Name  *string `json:"name,omitempty" text:"header"`
	Value *string `json:"value,omitempty" text:"search"`
}

type searchMessagesData struct {
	outcome
	AccountID        string        `json:"account_id" own:"words"`
	Mailbox          string        `json:"mailbox" server:"name"`
	Total            int           `json:"total"`
	TotalApproximate bool          `json:"total_approximate,omitempty"`
	Attempted        int           `json:"attempted"`
	Returned         int           `json:"returned"`
	Failed           int           `json:"failed"`
	Messages         []summaryData `json:"messages"`
	NextCursor       string        `json:"next_cursor,omitempty" own:"words"`
	HasMore          bool          `json:"has_more"`
	Alone            []aloneData   `json:"alone,omitempty" jsonschema:"of each criterion by itself"`
}

type aloneData struct {
	Criterion string `json:"criterion" own:"words"`
	Count     int    `json:"count"`
	AtLeast   bool   `json:"at_least,omitempty"`
}

func searchMessages() Definition {
	return define[searchMessagesInput, searchMessagesData](spec[searchMessagesInput]{
		name:        nameSearchMessages,
		title:       "Search messages",
		class:       guard.Read,
		description: "Search one mailbox, newest arrival first. All given criteria must match; none lists the newest. Texts match substrings, ignoring case.",
		example:     `{"mailbox": "INBOX", "from": "billing@example.org", "last_days": 30, "snippet_max_chars": 200}`,
		labels:      labels{origin: originSender},
		call:        runSearch,
	})
}

func runSearch(ctx context.Context, s *server, in *searchMessagesInput) (answer, error) {
	r, err := s.Mail.Search(ctx, in.q)
	if err != nil {
		if r == nil {
			return answer{}, err
		}
		summary, o, err := failure(r.Account, err)
		return answer{summary, searchMessagesData{outcome: o, AccountID: r.Account, Mailbox: r.Mailbox, Messages: []summaryData{}}}, err
	}
	data := newSearchMessagesData(r)
	return answer{searchSummary(r), data}, nil
}

func newSearchMessagesData(r *mailbox.SearchResult) searchMessagesData {
	data := searchMessagesData{
		outcome:   newOutcome(r.Issues, r.Returned > 0 || r.Attempted == 0, afterSearch(r)),
		AccountID: r.Account, Mailbox: r.Mailbox,
		Total: r.Total, TotalApproximate: r.TotalApproximate,
		Attempted: r.Attempted, Returned: r.Returned, Failed: r.Failed,
		Messages:   make([]summaryData, 0, len(r.Messages)),
		NextCursor: r.NextCursor, HasMore: r.HasMore,
	}
	for _, a := range r.Alone {
		data.Alone = append(data.Alone, aloneData(a))
	}
	for _, m := range r.Messages {
		data.Messages = append(data.Messages, newSummaryData(m))
	}
	return data
}

func afterSearch(r *mailbox.SearchResult) contract.NextAction {
	nothing := "Nothing could be shown, for the reason in issues; that does not mean that there is nothing. "
	switch {
	case r.HasMore && r.Failed > 0 && r.Returned == 0:
		return contract.NextAction{
			Instruction: nothing + "Go on here, with a smaller limit if it took too long.",
			Tool:        nameSearchMessages,
			Arguments:   map[string]any{"cursor": r.NextCursor},
		}
	case r.HasMore && r.Returned == 0:
		return contract.NextAction{
			Instruction: "Nothing in this part of the mailbox; ask for the next page.",
			Tool:        nameSearchMessages,
			Arguments:   map[string]any{"cursor": r.NextCursor},
		}
	case r.HasMore:
		return contract.NextAction{
			Instruction: "Read what looks right with " + nameGetMessage + ", or ask for the next page.",
			Tool:        nameSearchMessages,
			Arguments:   map[string]any{"cursor": r.NextCursor},
		}
	case len(r.Messages) > 0:
		which := "this one is the newest"
		if r.Continued || r.Failed > 0 {
			which = "this one is the first shown"
		}
		return contract.NextAction{
			Instruction: "Read the message the person means; " + which + ".",
			Tool:        nameGetMessage,
			Arguments:   map[string]any{"message_id": r.Messages[0].ID.String()},
		}
	}
	if r.Total > 0 || r.Failed > 0 || len(r.Issues) > 0 {
		return contract.NextAction{Instruction: nothing + "Tell the person, or try once more later."}
	}
	return contract.NextAction{
		Instruction: "Nothing matches here; use fewer criteria or another mailbox.",
		Tool:        nameListMailboxes,
		Arguments:   map[string]any{"account_id": r.Account},
	}
}

func searchSummary(r *mailbox.SearchResult) string {
	matches := contract.Plural(r.Total, "message")
	if r.TotalApproximate {
		matches = "at least " + matches
	}
	line := fmt.Sprintf("%s found in %s", matches, safetext.Line(r.Mailbox))
	if r.ShownOnly {
		line += ", searching only what lockdown does not withhold"
	}
	switch {
	case r.Returned == 0 && r.Failed > 0:
		return fmt.Sprintf("%s; %d of them could not be read", line, r.Failed)
	case r.Returned == 0 && r.HasMore:
		return line + "; none on this page, and there is more to look through"
	case r.Returned == 0 && limited(r):
		return line + "; the search was limited, as issues say"
	case r.Returned == 0:
		return line + "; none on this page"
	case r.HasMore:
		line += fmt.Sprintf("; %d shown, newest first, and there are more", r.Returned)
	default:
		line += fmt.Sprintf("; %d shown, newest first", r.Returned)
	}
	if n := withheld(r.Messages); n > 0 {
		line += fmt.Sprintf("; %d of strangers withheld (lockdown)", n)
	}
	if r.Failed > 0 {
		line += fmt.Sprintf("; %d could not be read", r.Failed)
	}
	if limited(r) {
		line += "; the search was limited, as issues say"
	}
	return line
}

// limited reports whether something kept the search from looking at everything, or
// in the way that was asked for.
func limited(r *mailbox.SearchResult) bool {
	return slices.ContainsFunc(r.Issues, func(i contract.Issue) bool { return i.Stage == "search" })
}

// withheld counts the messages that lockdown keeps back.
func withheld(list []mailbox.Summary) int {
	n := 0
	for _, m := range list {
		if m.Withheld != "" {
			n++
		}
	}
	return n
}
