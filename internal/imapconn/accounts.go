package imapconn

import (
	"context"
	"errors"
	"sort"
	"strings"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/contract"
)

// Accounts are the pools of a fixed set of accounts. They are safe for
// concurrent use.
type Accounts struct {
	pools map[string]*Pool // by canonical account id
	order []string
}

// NewAccounts puts together one pool per account.
func NewAccounts(pools ...*Pool) *Accounts {
	a := &Accounts{pools: make(map[string]*Pool, len(pools))}
	for _, p := range pools {
		id := strings.ToLower(p.Account().ID)
		a.pools[id] = p
		a.order = append(a.order, id)
	}
	return a
}

// List gives the configured accounts in the order of the configuration.
func (a *Accounts) List() []config.Account {
	accounts := make([]config.Account, 0, len(a.order))
	for _, id := range a.order {
		accounts = append(accounts, a.pools[id].Account())
	}
	return accounts
}

// Verify signs in once on a fresh connection and reports each step.
func (a *Accounts) Verify(ctx context.Context, account string) (*Verification, error) {
	pool, err := a.Find(account)
	if err != nil {
		return nil, err
	}
	return pool.Verify(ctx)
}

// Close signs out of every connection; it returns when all are closed or ctx
// ends, whichever is first.
func (a *Accounts) Close(ctx context.Context) error {
	results := make(chan error, len(a.pools))
	for _, p := range a.pools {
		go func() { results <- p.Close(ctx) }()
	}
	var errs []error
	for range a.pools {
		errs = append(errs, <-results)
	}
	return errors.Join(errs...)
}

// Find gives the account's pool; matching ignores case, empty means "default"
// or, where only one account is configured, that one.
func (a *Accounts) Find(account string) (*Pool, error) {
	if account == "" {
		account = contract.DefaultAccountID
		if _, ok := a.pools[account]; !ok && len(a.order) == 1 {
			account = a.order[0]
		}
	}
	id, err := contract.CanonicalAccountID(account)
	if err != nil {
		return nil, err
	}
	if p, ok := a.pools[id]; ok {
		return p, nil
	}
	known := append([]string(nil), a.order...)
	sort.Strings(known)
	return nil, contract.Errorf(contract.NotFound,
		"account %q is not configured; configured: %s (imap_list_accounts)", account, strings.Join(known, ", "))
}
