package tools

import (
	"context"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	layout "mail-imap-mcp/internal/answer"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/guard"
	"mail-imap-mcp/internal/mailbox"
)

// maxCompletions is how many values one completion may have (MCP, Completion).
const maxCompletions = 100

// complete suggests accounts and mailboxes for the resource templates.
func (s *server) complete(ctx context.Context, req *mcp.CompleteRequest) (*mcp.CompleteResult, error) {
	p := req.Params
	candidates := []string{}
	if ref := p.Ref; ref != nil && (ref.URI == messageTemplate || ref.URI == messageRawTemplate) {
		switch p.Argument.Name {
		case "account":
			for _, a := range s.Accounts.List() {
				candidates = append(candidates, a.ID)
			}
		case "mailbox":
			var err error
			if candidates, err = s.completeMailbox(ctx, p.Context); err != nil {
				return nil, s.rpcError(ctx, err)
			}
		}
	}
	result := &mcp.CompleteResult{Completion: mcp.CompletionResultDetails{Values: []string{}}}
	for _, c := range candidates {
		if !hasPrefixFold(c, p.Argument.Value) {
			continue
		}
		result.Completion.Total++
		if len(result.Completion.Values) < maxCompletions {
			result.Completion.Values = append(result.Completion.Values, c)
		}
	}
	result.Completion.HasMore = result.Completion.Total > maxCompletions
	return result, nil
}

// completeMailbox lists the mailboxes of the account already chosen in the
// template, or of the default one. It passes the guard as the tool that tells the
// same.
func (s *server) completeMailbox(ctx context.Context, chosen *mcp.CompleteContext) ([]string, error) {
	var given *string
	if chosen != nil {
		if account, ok := chosen.Arguments["account"]; ok {
			given = &account
		}
	}
	account, err := s.account(given)
	if err != nil {
		return nil, err
	}
	visit, err := s.guard.Enter(ctx, listMailboxes().asked(guard.Caller(ctx), guard.Touch{Account: account}))
	if err != nil {
		return nil, err
	}
	names, err := s.mailboxNames(ctx, account)
	if err != nil {
		visit.Leave(ctx, guard.Left{Outcome: string(contract.StatusFailed)})
		return nil, err
	}
	visit.Leave(ctx, guard.Left{Outcome: string(contract.StatusOK)})
	return names, nil
}

func (s *server) mailboxNames(ctx context.Context, account string) ([]string, error) {
	r, err := s.Mail.List(ctx, mailbox.ListQuery{Account: account})
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(r.Mailboxes))
	for _, m := range r.Mailboxes {
		// A name that says more than a name is not suggested: changed, it would lead nowhere.
		if m.Selectable && m.Name == layout.Own(m.Name) {
			names = append(names, m.Name)
		}
	}
	return names, nil
}

func hasPrefixFold(s, prefix string) bool {
	return strings.HasPrefix(strings.ToLower(s), strings.ToLower(prefix))
}
