package config

import (
	"flag"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the README's tables of variables anew")

const (
	tablesBegin = "<!-- Generated from internal/config/variables.go by: make docs. -->\n\n"
	tablesEnd   = "\n<!-- End of what is generated. -->\n"
)

func TestReadme_HasTheTablesOfVariables(t *testing.T) {
	const path = "../../README.md"
	readme, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begun := strings.Cut(string(readme), tablesBegin)
	tables, after, ended := strings.Cut(rest, tablesEnd)
	switch {
	case !begun || !ended:
		t.Fatalf("README.md has no markers %q and %q", tablesBegin, tablesEnd)
	case tables == Tables():
	case *update:
		if err := os.WriteFile(path, []byte(before+tablesBegin+Tables()+tablesEnd+after), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Error("README.md does not have the variables as internal/config/variables.go does; type: make docs")
	}
}

func TestVariables_AreWholeAndTheirDefaultsValid(t *testing.T) {
	for _, v := range slices.Concat(accountVariables, serverVariables) {
		if n, err := strconv.Atoi(v.otherwise); v.kind == kindNumber && (v.otherwise != "" || v.shown == "") && (err != nil || n < v.lo || n > v.hi) {
			t.Errorf("%s: the default %q is not within %d and %d", v.name, v.otherwise, v.lo, v.hi)
		}
		if v.kind == kindWord && !slices.Contains(v.words, v.otherwise) {
			t.Errorf("%s: the default %q is none of %q", v.name, v.otherwise, v.words)
		}
		if v.kind != kindNotYet && v.otherwise == "" && v.shown == "" {
			t.Errorf("%s has no default", v.name)
		}
	}
}

// What the parser reads without describing it would have no bounds, and what it
// describes without reading would be ignored in silence.
func TestVariables_AreThoseThatAreRead(t *testing.T) {
	r := &reader{vars: map[string]string{"MAIL_IMAP_X_HOST": "h"}, problems: &Problems{}, used: map[string]bool{}}
	c := &Config{}
	c.readServer(r)
	c.readAccounts(r)
	want := map[string]bool{}
	for _, name := range knownNames(map[string]bool{"x": true}) {
		if !strings.HasPrefix(name, "MAIL_IMAP_DEFAULT_") {
			want[name] = true
		}
	}
	if !maps.Equal(r.used, want) {
		for name := range r.used {
			if !want[name] {
				t.Errorf("%s is read and not described", name)
			}
		}
		for name := range want {
			if !r.used[name] {
				t.Errorf("%s is described and not read", name)
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
