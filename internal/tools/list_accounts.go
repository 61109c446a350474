package tools

import (
	"context"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/guard"
)

const nameListAccounts = "imap_list_accounts"

type listAccountsInput struct{}

func (*listAccountsInput) touches(context.Context, *server) (guard.Touch, error) {
	return guard.Touch{}, nil
}

type listAccountsData struct {
	outcome
	Accounts []accountData `json:"accounts"`
}

type accountData struct {
	AccountID    string   `json:"account_id" own:"words"`
	Name         string   `json:"name,omitempty" own:"words"`
	Addresses    []string `json:"addresses" own:"words"`
	Host         string   `json:"host" own:"words"`
	Port         int      `json:"port"`
	Secure       bool     `json:"secure"`
	Auth         string   `json:"auth" own:"words"`
	WriteEnabled bool     `json:"write_enabled"`
}

func listAccounts() Definition {
	return define[listAccountsInput, listAccountsData](spec[listAccountsInput]{
		name:        nameListAccounts,
		title:       "List mail accounts",
		class:       guard.Local,
		description: "List the configured mail accounts. Connects to nothing.",
		closed:      true,
		example:     `{}`,
		labels:      labels{origin: originConfiguration},
		call: func(_ context.Context, s *server, _ *listAccountsInput) (answer, error) {
			data := listAccountsData{Accounts: []accountData{}}
			for _, a := range s.Accounts.List() {
				data.Accounts = append(data.Accounts, accountData{
					AccountID: a.ID, Name: a.Name, Addresses: append([]string{}, a.OwnAddresses()...), Host: a.Host, Port: a.Port, Secure: a.TLS == config.TLSImplicit,
					Auth: a.Auth, WriteEnabled: a.WriteEnabled,
				})
			}
			next := contract.NextAction{Instruction: "No account is configured; tell the person to set MAIL_IMAP_DEFAULT_HOST, _USER and _PASS."}
			if len(data.Accounts) > 0 {
				next = contract.NextAction{
					Instruction: "See which mailboxes an account has.",
					Tool:        nameListMailboxes,
					Arguments:   map[string]any{"account_id": data.Accounts[0].AccountID},
				}
			}
			data.outcome = newOutcome(nil, true, next)
			return answer{contract.Plural(len(data.Accounts), "account") + " configured", data}, nil
		},
	})
}
