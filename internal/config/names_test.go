package config

import (
	"os"
	"strings"
	"testing"
)

func TestReadme_NamesEverySettingThatIsHeeded(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for pre, names := range map[string]map[string]standing{prefix: serverNames, prefix + "<ACCOUNT>_": accountFields} {
		for name, s := range names {
			// The one setting that is written short: `MAIL_IMAP_CURSOR_KEY`, `…_KEY_FILE`.
			full := pre + name
			if s == used && !strings.Contains(string(readme), full) && full != prefix+"CURSOR_KEY_FILE" && full != prefix+"<ACCOUNT>_WRITE_ENABLED" {
				t.Errorf("README.md does not name %s", full)
			}
		}
	}
}

func TestSplitAccount_TakesTheLongestField(t *testing.T) {
	for name, want := range map[string][2]string{
		"MAIL_IMAP_DEFAULT_HOST":             {"default", "HOST"},
		"MAIL_IMAP_WORK_MAIL_HOST":           {"work_mail", "HOST"},
		"MAIL_IMAP_WORK_PASS_COMMAND":        {"work", "PASS_COMMAND"},
		"MAIL_IMAP_WORK_OAUTH_TOKEN_COMMAND": {"work", "OAUTH_TOKEN_COMMAND"},
		"MAIL_IMAP_WORK_LOCKDOWN":            {"work", "LOCKDOWN"},
		"MAIL_IMAP_HOST_HOST":                {"host", "HOST"},
		"MAIL_IMAP_LOCKDOWN":                 {},
		"MAIL_IMAP_WRITE_ENABLED":            {},
		"MAIL_IMAP_HOST":                     {},
		"MAIL_IMAP__HOST":                    {},
		"OTHER_DEFAULT_HOST":                 {},
	} {
		account, field, ok := splitAccount(name)
		if account != want[0] || field != want[1] || ok != (want[0] != "") {
			t.Errorf("%s is field %q of account %q", name, field, account)
		}
	}
}
