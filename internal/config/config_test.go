package config_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/contract"
)

// minimal is the least that works.
var minimal = []string{
	"MAIL_IMAP_DEFAULT_HOST=imap.example.org",
	"MAIL_IMAP_DEFAULT_USER=ann",
	"MAIL_IMAP_DEFAULT_PASS=pw",
}

// load loads minimal and more from the environment alone.
func load(t *testing.T, more ...string) (*config.Config, error) {
	t.Helper()
	return config.Load(config.Source{Environ: append(slices.Clone(minimal), more...)})
}

func mustLoad(t *testing.T, more ...string) *config.Config {
	t.Helper()
	cfg, err := load(t, more...)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// problems are what is wrong, or a failure if nothing is.
func problems(t *testing.T, err error) []string {
	t.Helper()
	var p *config.Problems
	if !errors.As(err, &p) || len(p.List()) == 0 {
		t.Fatalf("got %v, want problems", err)
	}
	return p.List()
}

// assertProblem fails unless exactly one problem is found, and it says all of want.
func assertProblem(t *testing.T, err error, want ...string) {
	t.Helper()
	list := problems(t, err)
	if len(list) != 1 {
		t.Fatalf("%d problems, want 1: %q", len(list), list)
	}
	for _, w := range want {
		if !strings.Contains(list[0], w) {
			t.Errorf("the problem %q does not say %q", list[0], w)
		}
	}
}

func TestLoad_NeedsThreeVariables(t *testing.T) {
	cfg := mustLoad(t)
	if len(cfg.Accounts) != 1 || len(cfg.Warnings) != 0 {
		t.Fatalf("%d accounts, warnings %q", len(cfg.Accounts), cfg.Warnings)
	}
	a := cfg.Accounts[0]
	if a.ID != "default" || a.Host != "imap.example.org" || a.Port != 993 || a.TLS != config.TLSImplicit ||
		a.User != "ann" || a.Password.Reveal() != "pw" || a.Auth != config.AuthAuto || a.WriteEnabled || a.EnvPrefix() != "MAIL_IMAP_DEFAULT_" {
		t.Errorf("account is %+v", a)
	}
	if cfg.WriteEnabled || cfg.RootCAs != nil || cfg.ConnectTimeout != 30*time.Second || cfg.GreetingTimeout != 15*time.Second ||
		cfg.SocketTimeout != 5*time.Minute || cfg.CursorTTL != 10*time.Minute || !cfg.CursorKey.Empty() ||
		cfg.SessionCacheTTL != 2*time.Minute || cfg.SessionCacheMax != 4 || cfg.LogLevel.String() != "INFO" || cfg.LogFormat != "text" {
		t.Errorf("defaults are %+v", cfg)
	}
}

func TestLoad_SaysEverythingThatIsWrongAtOnce(t *testing.T) {
	_, err := config.Load(config.Source{Environ: []string{
		"MAIL_IMAP_WORK_HOST=imaps://imap.example.org:993", "MAIL_IMAP_WORK_PORT=99999", "MAIL_IMAP_WORK_SECURE=maybe",
		"MAIL_IMAP_HOME_USER=ann", "MAIL_IMAP_CURSOR_KEY=short", "MAIL_IMAP_CONNECT_TIMEOUT_MS=soon", "MAIL_IMAP_LOG_LEVEL=loud",
	}})
	got := problems(t, err)
	for _, name := range []string{
		"WORK_HOST", "WORK_PORT", "WORK_SECURE", "WORK_USER", "WORK_PASS", "HOME_HOST", "HOME_PASS", "CURSOR_KEY", "CONNECT_TIMEOUT_MS", "LOG_LEVEL",
	} {
		about := func(p string) bool { return strings.HasPrefix(p, "MAIL_IMAP_"+name+" ") }
		i := slices.IndexFunc(got, about)
		if i < 0 {
			t.Errorf("nothing about MAIL_IMAP_%s in %q", name, got)
			continue
		}
		if name != "CURSOR_KEY" && !strings.Contains(got[i], "for example MAIL_IMAP_"+name+"=") {
			t.Errorf("%q has no example", got[i])
		}
	}
	if len(got) != 10 {
		t.Errorf("%d problems, want 10: %q", len(got), got)
	}
	if !strings.HasPrefix(err.Error(), "10 problems:\n  - ") {
		t.Errorf("the error begins %q", err)
	}
	again := problems(t, func() error {
		_, err := load(t, "MAIL_IMAP_STATE_URL=x", "MAIL_IMAP_POLICY_FILE=x", "MAIL_IMAP_HTTP_TOKENS_FILE=x")
		return err
	}())
	if !slices.IsSorted(again) {
		t.Errorf("problems come in no order: %q", again)
	}
}

func TestLoad_WithoutAccountsSaysWhatToSet(t *testing.T) {
	_, err := config.Load(config.Source{})
	assertProblem(t, err, "MAIL_IMAP_DEFAULT_HOST=", "MAIL_IMAP_DEFAULT_USER=", "MAIL_IMAP_DEFAULT_PASS=", "mail-imap-mcp demo")
}

func TestLoad_OrdersAccountsDefaultFirst(t *testing.T) {
	env := slices.Clone(minimal)
	for _, id := range []string{"ZED", "alice", "WORK_MAIL", "a-b"} {
		env = append(env, "MAIL_IMAP_"+id+"_HOST=h", "MAIL_IMAP_"+id+"_USER=u", "MAIL_IMAP_"+id+"_PASS=p")
	}
	cfg, err := config.Load(config.Source{Environ: env})
	if err != nil {
		t.Fatal(err)
	}
	got := []string{}
	for _, a := range cfg.Accounts {
		got = append(got, a.ID)
	}
	if want := []string{"default", "a-b", "alice", "work_mail", "zed"}; !slices.Equal(got, want) {
		t.Errorf("accounts are %q, want %q", got, want)
	}
}

func TestLoad_BoundsTheNumberOfAccounts(t *testing.T) {
	accounts := func(n int) (env []string) {
		for i := range n {
			p := fmt.Sprintf("MAIL_IMAP_A%d_", i)
			env = append(env, p+"HOST=h", p+"USER=u", p+"PASS=p")
		}
		return env
	}
	for _, n := range []int{contract.MaxAccounts - 1, contract.MaxAccounts} {
		cfg, err := config.Load(config.Source{Environ: accounts(n)})
		if err != nil || len(cfg.Accounts) != n {
			t.Errorf("%d accounts: %v", n, err)
		}
	}
	_, err := config.Load(config.Source{Environ: accounts(contract.MaxAccounts + 1)})
	assertProblem(t, err, "51 accounts", "at most 50")
}

func TestLoad_AccountIDsAreBounded(t *testing.T) {
	for id, ok := range map[string]bool{strings.Repeat("A", 64): true, strings.Repeat("A", 65): false, "A.B": false, "Ä": false} {
		p := "MAIL_IMAP_" + id + "_"
		_, err := config.Load(config.Source{Environ: []string{p + "HOST=h", p + "USER=u", p + "PASS=p"}})
		if ok != (err == nil) {
			t.Errorf("account %q: %v", id, err)
		}
		if !ok {
			assertProblem(t, err, "1 to 64 letters")
		}
	}
}

func TestLoad_NumbersAreBounded(t *testing.T) {
	for _, c := range []struct {
		name   string
		lo, hi int
	}{
		{"MAIL_IMAP_DEFAULT_PORT", 1, 65535},
		{"MAIL_IMAP_CONNECT_TIMEOUT_MS", 100, 3_600_000},
		{"MAIL_IMAP_GREETING_TIMEOUT_MS", 100, 3_600_000},
		{"MAIL_IMAP_SOCKET_TIMEOUT_MS", 100, 3_600_000},
		{"MAIL_IMAP_CALL_TIMEOUT_MS", 100, 3_600_000},
		{"MAIL_IMAP_CURSOR_TTL_SECONDS", 1, 2_592_000},
		{"MAIL_IMAP_CURSOR_MAX_ENTRIES", 1, 1_000_000},
		{"MAIL_IMAP_READ_SESSION_CACHE_TTL_SECONDS", 1, 2_592_000},
		{"MAIL_IMAP_READ_SESSION_CACHE_MAX_PER_ACCOUNT", 0, 64},
		{"MAIL_IMAP_OPERATION_MAX_ENTRIES", 1, 1_000_000},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, v := range []int{c.lo, c.lo + 1, c.hi - 1, c.hi} {
				if _, err := load(t, fmt.Sprintf("%s= %d ", c.name, v)); err != nil {
					t.Errorf("%d: %v", v, err)
				}
			}
			for _, v := range []string{fmt.Sprint(c.lo - 1), fmt.Sprint(c.hi + 1), "x", "1.5", "1e3", "99999999999999999999", "10s"} {
				_, err := load(t, c.name+"="+v)
				assertProblem(t, err, c.name, v, fmt.Sprint(c.lo), fmt.Sprint(c.hi), "for example "+c.name+"=")
			}
		})
	}
}

func TestLoad_NumbersCount(t *testing.T) {
	cfg := mustLoad(t, "MAIL_IMAP_CONNECT_TIMEOUT_MS=1500", "MAIL_IMAP_GREETING_TIMEOUT_MS=1600", "MAIL_IMAP_SOCKET_TIMEOUT_MS=1700",
		"MAIL_IMAP_CALL_TIMEOUT_MS=1800",
		"MAIL_IMAP_CURSOR_TTL_SECONDS=18", "MAIL_IMAP_READ_SESSION_CACHE_TTL_SECONDS=19", "MAIL_IMAP_READ_SESSION_CACHE_MAX_PER_ACCOUNT=0")
	if cfg.ConnectTimeout != 1500*time.Millisecond || cfg.GreetingTimeout != 1600*time.Millisecond || cfg.SocketTimeout != 1700*time.Millisecond ||
		cfg.CallTimeout != 1800*time.Millisecond ||
		cfg.CursorTTL != 18*time.Second || cfg.SessionCacheTTL != 19*time.Second || cfg.SessionCacheMax != 0 {
		t.Errorf("got %+v", cfg)
	}
}

// Clients give a call up after a minute: the answer must be there before.
func TestLoad_ACallIsAnsweredWithinAMinuteByItself(t *testing.T) {
	if cfg := mustLoad(t); cfg.CallTimeout < 30*time.Second || cfg.CallTimeout > 55*time.Second {
		t.Errorf("a call takes up to %s", cfg.CallTimeout)
	}
}

func TestLoad_TLSIsNeverLeftOutByAccident(t *testing.T) {
	const p = "MAIL_IMAP_DEFAULT_"
	for _, c := range []struct {
		name string
		env  []string
		mode config.TLSMode
		port int
		bad  string
	}{
		{"by default", nil, config.TLSImplicit, 993, ""},
		{"SECURE=true", []string{p + "SECURE=true"}, config.TLSImplicit, 993, ""},
		{"SECURE=false is STARTTLS", []string{p + "SECURE=false"}, config.TLSStartTLS, 143, ""},
		{"SECURE=0 is STARTTLS", []string{p + "SECURE=0"}, config.TLSStartTLS, 143, ""},
		{"SECURE=false with a port", []string{p + "SECURE=false", p + "PORT=1143"}, config.TLSStartTLS, 1143, ""},
		{"SECURE left blank", []string{p + "SECURE="}, config.TLSImplicit, 993, ""},
		{"SECURE is nonsense", []string{p + "SECURE=maybe"}, "", 0, "true or false"},
		{"TLS=starttls", []string{p + "TLS=STARTTLS"}, config.TLSStartTLS, 143, ""},
		{"TLS=implicit", []string{p + "TLS=implicit"}, config.TLSImplicit, 993, ""},
		{"TLS agrees with SECURE", []string{p + "TLS=starttls", p + "SECURE=false"}, config.TLSStartTLS, 143, ""},
		{"TLS contradicts SECURE=true", []string{p + "TLS=starttls", p + "SECURE=true"}, "", 0, "contradicts"},
		{"TLS contradicts SECURE=false", []string{p + "TLS=implicit", p + "SECURE=false"}, "", 0, "contradicts"},
		{"TLS=none contradicts SECURE=true", []string{p + "TLS=none", p + "SECURE=true", p + "HOST=localhost"}, "", 0, "contradicts"},
		{"TLS is nonsense", []string{p + "TLS=ssl"}, "", 0, "implicit, starttls or none"},
		{"TLS=none to a far host", []string{p + "TLS=none"}, "", 0, "only to this machine"},
		{"TLS=none to a host called like localhost", []string{p + "TLS=none", p + "HOST=localhost.example.org"}, "", 0, "only to this machine"},
		{"TLS=none to localhost", []string{p + "TLS=none", p + "HOST=localhost"}, config.TLSNone, 143, ""},
		{"TLS=none to 127.0.0.2", []string{p + "TLS=none", p + "HOST=127.0.0.2"}, config.TLSNone, 143, ""},
		{"TLS=none to [::1]", []string{p + "TLS=none", p + "HOST=[::1]"}, config.TLSNone, 143, ""},
		{"TLS=none to 0.0.0.0", []string{p + "TLS=none", p + "HOST=0.0.0.0"}, "", 0, "only to this machine"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg, err := load(t, c.env...)
			if c.bad != "" {
				assertProblem(t, err, c.bad)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if a := cfg.Accounts[0]; a.TLS != c.mode || a.Port != c.port {
				t.Errorf("TLS is %s on port %d, want %s on %d", a.TLS, a.Port, c.mode, c.port)
			}
		})
	}
}

func TestLoad_HostIsAHostAlone(t *testing.T) {
	for in, want := range map[string]string{
		"imap.example.org": "imap.example.org", "\timap.example.org": "imap.example.org", "192.0.2.1": "192.0.2.1",
		"2001:db8::1": "2001:db8::1", "[2001:db8::1]": "2001:db8::1", "münchen.example": "münchen.example",
	} {
		if got := mustLoad(t, "MAIL_IMAP_DEFAULT_HOST="+in).Accounts[0].Host; got != want {
			t.Errorf("%q is taken as %q", in, got)
		}
	}
	for _, in := range []string{"imaps://h", "h:993", "h/x", "u@h", "a b", "h\r\nx", "h\x00", `"h"`, strings.Repeat("h", 254)} {
		_, err := load(t, "MAIL_IMAP_DEFAULT_HOST="+in)
		assertProblem(t, err, "MAIL_IMAP_DEFAULT_HOST", "without scheme or port")
	}
}

func TestLoad_PasswordIsTakenAsItIs(t *testing.T) {
	for _, pass := range []string{" blanks belong ", `"quoted"`, "a=b=c", "pässwörd", "$HOME"} {
		if got := mustLoad(t, "MAIL_IMAP_DEFAULT_PASS="+pass).Accounts[0].Password.Reveal(); got != pass {
			t.Errorf("%q became %q", pass, got)
		}
	}
	for _, name := range []string{"USER", "PASS"} {
		for _, char := range []string{"\r", "\n", "\x00"} {
			_, err := load(t, "MAIL_IMAP_DEFAULT_"+name+"=a"+char+"b")
			assertProblem(t, err, "MAIL_IMAP_DEFAULT_"+name, "line break or NUL")
		}
	}
}

func TestLoad_NoProblemRepeatsASecret(t *testing.T) {
	const s = "hunter2secret"
	_, err := load(t, "MAIL_IMAP_DEFAULT_HOST=imaps://ann:"+s+"@imap.example.org", "MAIL_IMAP_DEFAULT_PASS="+s+"\n",
		"MAIL_IMAP_CURSOR_KEY="+s, "MAIL_IMAP_DEFAULT_PASSWORD="+s, "MAIL_IMAP_LOG_LEVEL=x\nMAIL_IMAP_DEFAULT_PASS="+s)
	if text := err.Error(); strings.Contains(text, s) || strings.Contains(fmt.Sprintf("%#v", err), s) {
		t.Errorf("the secret is in %s", text)
	}
	if n := len(problems(t, err)); n != 4 {
		t.Errorf("%d problems, want 4: %v", n, err)
	}
}

func TestLoad_MechanismsOfLaterVersionsAreNamed(t *testing.T) {
	for in, want := range map[string]string{"auto": "auto", "PLAIN": "plain", "login": "login", "": "auto"} {
		if got := mustLoad(t, "MAIL_IMAP_DEFAULT_AUTH="+in).Accounts[0].Auth; got != want {
			t.Errorf("%q is %q", in, got)
		}
	}
	for _, in := range []string{"cram-md5", "SCRAM-SHA-256", "xoauth2", "oauthbearer"} {
		_, err := load(t, "MAIL_IMAP_DEFAULT_AUTH="+in)
		assertProblem(t, err, "MAIL_IMAP_DEFAULT_AUTH", "not supported yet")
	}
	_, err := load(t, "MAIL_IMAP_DEFAULT_AUTH=ntlm")
	assertProblem(t, err, "MAIL_IMAP_DEFAULT_AUTH", `"ntlm"`, "auto, plain or login")
}

func TestLoad_WhatThisVersionCannotHonourIsRefused(t *testing.T) {
	for _, name := range []string{
		"DEFAULT_PASS_FILE", "DEFAULT_PASS_COMMAND", "DEFAULT_PROVIDER", "DEFAULT_OAUTH_CLIENT_ID", "DEFAULT_OAUTH_TOKEN_COMMAND",
		"STATE_URL", "POLICY_FILE", "HTTP_TOKENS_FILE",
	} {
		_, err := load(t, "MAIL_IMAP_"+name+"=x")
		assertProblem(t, err, "MAIL_IMAP_"+name, "not supported yet")
	}
}

func TestLoad_LockdownIsEveryAccountsUnlessItSaysOtherwise(t *testing.T) {
	other := []string{"MAIL_IMAP_WORK_HOST=h", "MAIL_IMAP_WORK_USER=u", "MAIL_IMAP_WORK_PASS=p"}
	cfg := mustLoad(t, append(other, "MAIL_IMAP_LOCKDOWN=true", "MAIL_IMAP_WORK_LOCKDOWN=false", "MAIL_IMAP_WORK_AUTHSERV_ID=mx.example.org")...)
	if !cfg.Accounts[0].Lockdown || cfg.Accounts[1].Lockdown {
		t.Errorf("lockdown of default is %t, of work %t; want true, false", cfg.Accounts[0].Lockdown, cfg.Accounts[1].Lockdown)
	}
	if got := cfg.Accounts[1].AuthservID; got != "mx.example.org" {
		t.Errorf("the authserv-id is %q", got)
	}
	cfg = mustLoad(t, append(other, "MAIL_IMAP_WORK_LOCKDOWN=yes")...)
	if cfg.Accounts[0].Lockdown || !cfg.Accounts[1].Lockdown {
		t.Errorf("lockdown of default is %t, of work %t; want false, true", cfg.Accounts[0].Lockdown, cfg.Accounts[1].Lockdown)
	}
}

func TestLoad_AnAuthservIDIsANameAsInTheHeader(t *testing.T) {
	for _, bad := range []string{"mx.example.org; spf=pass", "mx example", "a,,b", strings.Repeat("a", 254)} {
		_, err := load(t, "MAIL_IMAP_DEFAULT_AUTHSERV_ID="+bad)
		assertProblem(t, err, "MAIL_IMAP_DEFAULT_AUTHSERV_ID", "for example MAIL_IMAP_DEFAULT_AUTHSERV_ID=mx.example.org")
	}
}

func TestLoad_DownloadsAndAttachmentsNeedADirectoryThatExists(t *testing.T) {
	dir := t.TempDir()
	if cfg := mustLoad(t, "MAIL_IMAP_DOWNLOAD_DIR="+dir, "MAIL_IMAP_ATTACH_DIR="+dir); cfg.DownloadDir != dir || cfg.AttachDir != dir {
		t.Errorf("the directories are %q and %q", cfg.DownloadDir, cfg.AttachDir)
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"Downloads", "./mail", file, filepath.Join(dir, "missing")} {
		for _, name := range []string{"MAIL_IMAP_DOWNLOAD_DIR", "MAIL_IMAP_ATTACH_DIR"} {
			_, err := load(t, name+"="+bad)
			assertProblem(t, err, name)
		}
	}
}

func TestLoad_AnswersAreTextUnlessAProgramReadsThem(t *testing.T) {
	for in, want := range map[string]string{"": "text", "text": "text", "JSON": "json"} {
		if got := mustLoad(t, "MAIL_IMAP_ANSWERS="+in).Answers; got != want {
			t.Errorf("%q is %q", in, got)
		}
	}
	_, err := load(t, "MAIL_IMAP_ANSWERS=xml")
	assertProblem(t, err, "MAIL_IMAP_ANSWERS", `"xml"`, "text or json")
}

func TestLoad_ATimeZoneHasANameOfTheDatabase(t *testing.T) {
	if got := mustLoad(t).Location; got != time.Local {
		t.Errorf("the zone is %v by default", got)
	}
	summer := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	for in, want := range map[string]string{"Europe/Berlin": "14:00 +0200", "UTC": "12:00 +0000", "America/New_York": "08:00 -0400"} {
		if got := summer.In(mustLoad(t, "MAIL_IMAP_TIME_ZONE="+in).Location).Format("15:04 -0700"); got != want {
			t.Errorf("%q shows %s, want %s", in, got, want)
		}
	}
	for _, bad := range []string{"Europe/Atlantis", "../../etc/passwd", "/etc/localtime", "+02:00"} {
		_, err := load(t, "MAIL_IMAP_TIME_ZONE="+bad)
		assertProblem(t, err, "MAIL_IMAP_TIME_ZONE", "for example MAIL_IMAP_TIME_ZONE=Europe/Berlin")
	}
}

func TestLoad_AnAccountWritesOnlyWhereTheServerDoes(t *testing.T) {
	for _, c := range []struct {
		env             []string
		server, account bool
	}{
		{nil, false, false},
		{[]string{"MAIL_IMAP_WRITE_ENABLED=true"}, true, true},
		{[]string{"MAIL_IMAP_WRITE_ENABLED=true", "MAIL_IMAP_DEFAULT_WRITE_ENABLED=false"}, true, false},
		{[]string{"MAIL_IMAP_DEFAULT_WRITE_ENABLED=true"}, false, false},
	} {
		cfg := mustLoad(t, c.env...)
		if cfg.WriteEnabled != c.server || cfg.Accounts[0].WriteEnabled != c.account || len(cfg.Warnings) != 0 {
			t.Errorf("%q: write %t, account %t, warnings %q", c.env, cfg.WriteEnabled, cfg.Accounts[0].WriteEnabled, cfg.Warnings)
		}
	}
}

func TestLoad_UnknownNamesGetTheNearestKnownOne(t *testing.T) {
	for name, near := range map[string]string{
		"MAIL_IMAP_DEFAULT_HOTS":       "MAIL_IMAP_DEFAULT_HOST",
		"MAIL_IMAP_DEFAULT_PASSWORD":   "MAIL_IMAP_DEFAULT_PASS",
		"MAIL_IMAP_CONECT_TIMEOUT_MS":  "MAIL_IMAP_CONNECT_TIMEOUT_MS",
		"MAIL_IMAP_CURSOR_TTL_SECONDE": "MAIL_IMAP_CURSOR_TTL_SECONDS",
		"MAIL_IMAP_HOST":               "MAIL_IMAP_DEFAULT_HOST",
		"MAIL_IMAP_QXZVJKWQXZVJKWQXZ":  "",
	} {
		cfg := mustLoad(t, name+"=x", "OTHER_NAME=x")
		if len(cfg.Warnings) != 1 || !strings.HasPrefix(cfg.Warnings[0], name+" is not a known setting") {
			t.Fatalf("%s: warnings %q", name, cfg.Warnings)
		}
		if hint := "did you mean " + near + "?"; near != "" && !strings.Contains(cfg.Warnings[0], hint) || near == "" && strings.Contains(cfg.Warnings[0], "mean") {
			t.Errorf("%s: warning %q, want %q", name, cfg.Warnings[0], near)
		}
	}
}

func TestLoad_AMisspeltNameIsMentionedBesideTheProblemItMakes(t *testing.T) {
	_, err := config.Load(config.Source{Environ: []string{minimal[0], minimal[1], "MAIL_IMAP_DEFAULT_PASSWORD=x"}})
	if err == nil || !strings.Contains(err.Error(), "did you mean MAIL_IMAP_DEFAULT_PASS?") {
		t.Errorf("got %v", err)
	}
}

func TestLoad_ManyUnknownNamesAreCounted(t *testing.T) {
	env := []string{"MAIL_IMAP_" + strings.Repeat("X", 1<<20) + "=x"}
	for i := range 10_000 {
		env = append(env, fmt.Sprintf("MAIL_IMAP_NONSENSE_%d=x", i))
	}
	cfg := mustLoad(t, env...)
	if n := len(cfg.Warnings); n != 21 || !strings.Contains(cfg.Warnings[20], "9981 more") {
		t.Errorf("%d warnings, the last %q", n, cfg.Warnings[n-1])
	}
}

func TestLoad_TwoSpellingsOfOneNameMustAgree(t *testing.T) {
	_, err := load(t, "MAIL_IMAP_default_HOST=other.example.org")
	assertProblem(t, err, "MAIL_IMAP_DEFAULT_HOST", "MAIL_IMAP_default_HOST", "unset one")
	mustLoad(t, "MAIL_IMAP_default_HOST=imap.example.org")
}

func TestLoad_CursorKeyInAnyBase64(t *testing.T) {
	const std, url = "+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/8=", "-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_8"
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, []byte(std+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, v := range []string{"KEY=" + std, "KEY=" + strings.TrimRight(std, "="), "KEY=" + url, "KEY=" + url + "=", "KEY_FILE=" + file} {
		if got := mustLoad(t, "MAIL_IMAP_CURSOR_"+v).CursorKey.Reveal(); len(got) != contract.CursorKeyBytes {
			t.Errorf("%s gives %d bytes", v, len(got))
		}
	}
	for _, v := range []string{"x", strings.Repeat("A", 42), strings.Repeat("A", 44), strings.Repeat("k", 32)} {
		_, err := load(t, "MAIL_IMAP_CURSOR_KEY="+v)
		assertProblem(t, err, "MAIL_IMAP_CURSOR_KEY is not 32 bytes in base64", "openssl rand -base64 32")
	}
	_, err := load(t, "MAIL_IMAP_CURSOR_KEY="+std, "MAIL_IMAP_CURSOR_KEY_FILE="+file)
	assertProblem(t, err, "both set")
	_, err = load(t, "MAIL_IMAP_CURSOR_KEY_FILE="+file+".gone")
	assertProblem(t, err, "MAIL_IMAP_CURSOR_KEY_FILE", "no such file", "for example")
}

func TestLoad_LogSettings(t *testing.T) {
	for _, c := range []struct {
		env           string
		level, format string
	}{
		{"MAIL_IMAP_LOG_LEVEL=debug", "DEBUG", "text"},
		{"MAIL_IMAP_LOG_LEVEL=WARN", "WARN", "text"},
		{"MAIL_IMAP_LOG_FORMAT=JSON", "INFO", "json"},
		{"MAIL_IMAP_MCP_RS_LOG=error", "ERROR", "text"},
		{"MAIL_IMAP_MCP_RS_LOG=json", "INFO", "json"},
		{"MAIL_IMAP_MCP_RS_LOG=json MAIL_IMAP_LOG_LEVEL=trace", "DEBUG", "json"},
		{"MAIL_IMAP_MCP_RS_LOG=error MAIL_IMAP_LOG_LEVEL=debug", "DEBUG", "text"},
		{"MAIL_IMAP_LOG_LEVEL=off", "ERROR+4", "text"},
	} {
		cfg := mustLoad(t, strings.Fields(c.env)...)
		if cfg.LogLevel.String() != c.level || cfg.LogFormat != c.format {
			t.Errorf("%s: %s %s", c.env, cfg.LogLevel, cfg.LogFormat)
		}
	}
	for _, name := range []string{"MAIL_IMAP_LOG_LEVEL", "MAIL_IMAP_LOG_FORMAT", "MAIL_IMAP_MCP_RS_LOG"} {
		_, err := load(t, name+"=loud")
		assertProblem(t, err, name, `"loud"`, "for example "+name+"=")
	}
}
