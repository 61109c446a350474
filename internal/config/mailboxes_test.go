package config_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"mail-imap-mcp/internal/config"
)

func TestPermits_DeniedMailboxesAreNotThere(t *testing.T) {
	for _, c := range []struct {
		name, deny, allow string
		no, yes           []string
	}{
		{name: "nothing said", yes: []string{"INBOX", "Private", "a*b", "Entwürfe"}},
		{
			name: "denied with all below", deny: "Private",
			no:  []string{"Private", "private", "PRIVATE", "Private/Letters", "Private.Letters", `Private\Letters`, "Private|x", "Private/a/b"},
			yes: []string{"Privates", "Work/Private", "Privat", "INBOX"},
		},
		{name: "a delimiter at the end", deny: "Private/,Pay.", no: []string{"Private", "Private/", "Private/x", "Pay", "Pay.", "Pay/x"}, yes: []string{"Privat", "INBOX"}},
		{name: "the inbox in any case", deny: "inbox", no: []string{"INBOX", "Inbox", "inbox", "INBOX.Sub", "INBOX/Sub"}, yes: []string{"Outbox"}},
		{name: "a star", deny: "*secret*", no: []string{"secret", "My Secrets", "a/SECRET/b", "secret/below"}, yes: []string{"secre"}},
		{name: "a star of parents", deny: "Work/*/Pay", no: []string{"Work/2026/Pay", "Work/a/b/Pay", "work/x/pay/May"}, yes: []string{"Work/Pay", "Work/2026"}},
		{name: "everything", deny: "*", no: []string{"INBOX", "x", "Ä/ö"}},
		{name: "other alphabets", deny: "ÄRGER,Λόγος,gross", no: []string{"ärger", "Ärger/x", "A\u0308rger", "ΛΌΓΟΣ", "GROSS", "groß"}, yes: []string{"Arger"}},
		{name: "full-width letters", deny: "Private", no: []string{"Ｐrivate", "Private／x"}},
		{name: "allowed only", allow: "INBOX,Projects/*", yes: []string{"INBOX", "inbox", "Projects/a", "projects/a/b"}, no: []string{"Projects", "INBOX/Sub", "Sent"}},
		{name: "denied wins", allow: "Work,Work/*", deny: "Work/Pay", yes: []string{"Work", "Work/Plan"}, no: []string{"Work/Pay", "Work/Pay/2026", "Home"}},
		{name: "a denied parent of an allowed one", allow: "Work/Plan", deny: "Work", no: []string{"Work", "Work/Plan"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var env []string
			if c.deny != "" {
				env = append(env, "MAIL_IMAP_DEFAULT_DENY_MAILBOXES="+c.deny)
			}
			if c.allow != "" {
				env = append(env, "MAIL_IMAP_DEFAULT_ALLOW_MAILBOXES="+c.allow)
			}
			a := mustLoad(t, env...).Accounts[0]
			for _, name := range c.no {
				if a.Permits(name) {
					t.Errorf("%q is permitted", name)
				}
			}
			for _, name := range c.yes {
				if !a.Permits(name) {
					t.Errorf("%q is denied", name)
				}
			}
		})
	}
}

func TestLoad_MailboxPatternsAreNamesAndAtMostAHundred(t *testing.T) {
	a := mustLoad(t, "MAIL_IMAP_DEFAULT_DENY_MAILBOXES= Private , Work/* ").Accounts[0]
	if !slices.Equal(a.DenyMailboxes, []string{"Private", "Work/*"}) {
		t.Errorf("denied are %q", a.DenyMailboxes)
	}
	mustLoad(t, "MAIL_IMAP_DEFAULT_DENY_MAILBOXES="+strings.Repeat("a,", 99)+"a")
	for _, bad := range []string{"a,,b", ",", "/", "a,./", "a\x01b", strings.Repeat("a,", 100) + "a"} {
		_, err := load(t, "MAIL_IMAP_DEFAULT_ALLOW_MAILBOXES="+bad)
		assertProblem(t, err, "MAIL_IMAP_DEFAULT_ALLOW_MAILBOXES")
	}
}

func FuzzPermits_DenyingNeverPermitsMore(f *testing.F) {
	f.Add("Private", "Work/*", "Work/Pay")
	f.Add("*a*b", "", "ÄaÄb")
	f.Add("ß", "*", "SS/x")
	f.Add("0", "", "//")
	f.Fuzz(func(t *testing.T, deny, allow, name string) {
		if !utf8.ValidString(deny + "/" + name) {
			t.Skip("names are decoded before they are compared")
		}
		if strings.Trim(norm.NFKC.String(name), `/.\|`) == "" {
			t.Skip("delimiters alone name no mailbox; as a pattern they are refused")
		}
		var before config.Account
		if allow != "" {
			before.AllowMailboxes = []string{allow}
		}
		after := before
		after.DenyMailboxes = []string{deny}
		if after.Permits(name) && !before.Permits(name) {
			t.Errorf("denying %q permits %q", deny, name)
		}
		if !strings.Contains(name, "*") && (config.Account{DenyMailboxes: []string{name}}).Permits(name) {
			t.Errorf("%q is denied by its own name and permitted", name)
		}
		if (config.Account{DenyMailboxes: []string{name}}).Permits(name + "/" + deny) {
			t.Errorf("%q is permitted below the denied %q", deny, name)
		}
	})
}
