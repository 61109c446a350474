package config_test

import (
	"slices"
	"strings"
	"testing"
)

func TestIdentity_IsTheOwners(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		user, person, addresses string
		want                    []string
		problem                 string
	}{
		"the user's address alone": {user: "ann@example.org", want: []string{"ann@example.org"}},
		"a user that is none":      {user: "ann", want: nil},
		"several":                  {user: "ANN@example.org", person: "Ann Example", addresses: "info@example.org, Ann <ann@example.org>", want: []string{"info@example.org", "ann@example.org"}},
		"the user behind them":     {user: "login@example.net", addresses: "ann@example.org", want: []string{"ann@example.org", "login@example.net"}},
		"no addresses":             {user: "ann", addresses: "ann at home", problem: "MAIL_IMAP_DEFAULT_ADDRESSES is no list of addresses"},
		"too many":                 {user: "ann", addresses: strings.Repeat("a@b.example,", 50) + "a@b.example", problem: "at most 50"},
		"a name of two lines":      {user: "ann", person: "Ann\nBcc: x@evil.example", problem: "MAIL_IMAP_DEFAULT_NAME is not a name"},
		"a long name":              {user: "ann", person: strings.Repeat("x", 101), problem: "at most 100 characters"},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := load(t, "MAIL_IMAP_DEFAULT_USER="+tt.user, "MAIL_IMAP_DEFAULT_NAME="+tt.person, "MAIL_IMAP_DEFAULT_ADDRESSES="+tt.addresses)
			if tt.problem != "" {
				if err == nil || !strings.Contains(err.Error(), tt.problem) {
					t.Fatalf("%v, want %q", err, tt.problem)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if a := c.Accounts[0]; !slices.Equal(a.OwnAddresses(), tt.want) || a.Name != tt.person {
				t.Errorf("%q, %q", a.Name, a.OwnAddresses())
			}
		})
	}
}

// Others have variables whose names end so.
func TestIdentity_ANameAloneIsNoAccount(t *testing.T) {
	t.Parallel()
	c, err := load(t, "MAIL_IMAP_OTHER_NAME=x")
	if err != nil || len(c.Accounts) != 1 || !strings.Contains(strings.Join(c.Warnings, "\n"), "MAIL_IMAP_OTHER_NAME is not a known setting") {
		t.Errorf("%+v, %v", c, err)
	}
}
