package tools

import (
	"context"
	"fmt"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/guard"
	"mail-imap-mcp/internal/mailbox"
)

const nameListMailboxes = "imap_list_mailboxes"

type listMailboxesInput struct {
	AccountID *string `json:"account_id,omitempty"`
	Pattern   *string `json:"pattern,omitempty" text:"mailbox" jsonschema:"only names that match; * is anything, % anything within one level"`

	q mailbox.ListQuery
}

func (in *listMailboxesInput) touches(_ context.Context, s *server) (t guard.Touch, err error) {
	in.q.Pattern = value(in.Pattern)
	in.q.Account, err = s.account(in.AccountID)
	return guard.Touch{Account: in.q.Account}, err
}

type listMailboxesData struct {
	outcome
	AccountID string        `json:"account_id" own:"words"`
	Mailboxes []mailboxData `json:"mailboxes"`
}

type mailboxData struct {
	Name       string  `json:"name" server:"name"`
	Delimiter  string  `json:"delimiter,omitempty" server:"name"`
	SpecialUse string  `json:"special_use,omitempty" jsonschema:"archive, drafts, sent, trash…" own:"words"`
	Selectable bool    `json:"selectable"`
	Total      *uint32 `json:"total,omitempty"`
	Unread     *uint32 `json:"unread,omitempty"`
}

func listMailboxes() Definition {
	return define[listMailboxesInput, listMailboxesData](spec[listMailboxesInput]{
		name:        nameListMailboxes,
		title:       "List mailboxes",
		class:       guard.Read,
		description: "List an account's mailboxes (folders) with what each is for and how many messages, total and unread, it has. At most 200 are shown.",
		example:     `{"pattern": "Projects*"}`,
		labels:      labels{origin: originMailServer},
		call: func(ctx context.Context, s *server, in *listMailboxesInput) (answer, error) {
			r, err := s.Mail.List(ctx, in.q)
			if err != nil {
				summary, o, err := failure(in.q.Account, err)
				return answer{summary, listMailboxesData{o, in.q.Account, []mailboxData{}}}, err
			}
			data := newListMailboxesData(r, in.q.Pattern)
			return answer{listSummary(r), data}, nil
		},
	})
}

func newListMailboxesData(r *mailbox.ListResult, pattern string) listMailboxesData {
	data := listMailboxesData{AccountID: r.Account, Mailboxes: []mailboxData{}}
	first := ""
	for _, m := range r.Mailboxes {
		if first == "" && m.Selectable {
			first = m.Name
		}
		data.Mailboxes = append(data.Mailboxes, mailboxData(m))
	}
	var next contract.NextAction
	switch {
	case first == "" && pattern == "":
		next = contract.NextAction{Instruction: "The account shows no mailbox that can be opened; see whether it works.", Tool: nameVerifyAccount, Arguments: map[string]any{"account_id": r.Account}}
	case first == "":
		next = contract.NextAction{Instruction: "No mailbox matches; list without pattern.", Tool: nameListMailboxes, Arguments: map[string]any{"account_id": r.Account}}
	default:
		next = contract.NextAction{
			Instruction: "Search the mailbox the person means; this one comes first.",
			Tool:        nameSearchMessages,
			Arguments:   map[string]any{"account_id": r.Account, "mailbox": first},
		}
	}
	data.outcome = newOutcome(r.Issues, true, next)
	return data
}

func listSummary(r *mailbox.ListResult) string {
	var unread uint64
	for _, m := range r.Mailboxes {
		if m.Unread != nil {
			unread += uint64(*m.Unread)
		}
	}
	line := fmt.Sprintf("%s in account %s, %d unread", contract.Plural(len(r.Mailboxes), "mailbox"), r.Account, unread)
	if r.Truncated {
		line += "; there are more"
	}
	return line
}
