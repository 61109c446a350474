package tools

import (
	"strings"

	"mail-imap-mcp/internal/contract"
)

// account resolves account_id: absent means "default" or, where only one
// account is configured, that one. An unknown one is refused by the mailbox
// service, which knows the configured ones.
func (s *server) account(given *string) (string, error) {
	if given != nil {
		return contract.CanonicalAccountID(*given)
	}
	accounts := s.Accounts.List()
	if len(accounts) == 1 {
		return strings.ToLower(accounts[0].ID), nil
	}
	return contract.DefaultAccountID, nil
}
