package config

import (
	"strings"
	"testing"
)

func TestParseEnv_ReadsWhatPeopleWrite(t *testing.T) {
	t.Parallel()
	const name = "MAIL_IMAP_DEFAULT_PASS"
	for line, want := range map[string]string{
		name + "=pw":                         "pw",
		"export " + name + "=pw":             "pw",
		"export   " + name + " = pw  # mine": "pw",
		name + "=p#w":                        "p#w",
		name + "=a b c":                      "a b c",
		name + "='p # $w\\n'":                `p # $w\n`,
		name + `="p\"\n\t\\\$x\q"`:           "p\"\n\t\\$x\\q",
		name + "=\"two\nlines\"":             "two\nlines",
		name + "='x' # a comment":            "x",
		name + "=${A}$A":                     "${A}$A",
		name + "=a=b==":                      "a=b==",
		"\ufeff" + name + "=pw\r\nX=y\r\n":   "pw",
		"# x\n\n" + name + "=pw\nY='\n'":     "pw",
		name + "=ü中":                         "ü中",
		"mail_imap_default_pass=pw":          "pw",
		name + "=a\n" + name + "=b":          "b",
		"default.pass=x\n" + name + "=pw":    "pw",
		name + "=":                           "",
		name + "= # none":                    "",
	} {
		vars, err := parseEnv(line)
		if got := vars[name]; got != want && !(want == "" && err != nil) {
			t.Errorf("%q is %q (%v), want %q", line, got, err, want)
		}
	}
}

// What is wrong is said by its line; a password may stand there.
func TestParseEnv_SaysWhereAndNotWhat(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]string{
		"A=b\n\nSECRETWORD\n":                "line 3 ",
		"A='x\ny'\nB=\"SECRETWORD":           "line 3 ",
		"A='x'SECRETWORD":                    "line 1 ",
		"SECRET WORD=x":                      "line 1 ",
		"=SECRETWORD":                        "line 1 ",
		"MAIL_IMAP_DEFAULT_PASS='SECRETWORD": "line 1 ",
		"A=\xff":                             "UTF-8",
		"A=\x00SECRETWORD":                   "UTF-8",
	} {
		vars, err := parseEnv(content)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "WORD") {
			t.Errorf("%q is %v, %v; want %q", content, vars, err, want)
		}
	}
}

// 486 bytes of ${A}${A} took 7 GB.
func TestParseEnv_ExpandsNothing(t *testing.T) {
	t.Parallel()
	var bomb strings.Builder
	bomb.WriteString("MAIL_IMAP_A_USER=x\n")
	for range 25 {
		bomb.WriteString("MAIL_IMAP_A_USER=${MAIL_IMAP_A_USER}${MAIL_IMAP_A_USER}\n")
	}
	vars, err := parseEnv(bomb.String())
	if err != nil || vars["MAIL_IMAP_A_USER"] != "${MAIL_IMAP_A_USER}${MAIL_IMAP_A_USER}" {
		t.Errorf("%q, %v", vars, err)
	}
}

func FuzzParseEnv(f *testing.F) {
	for _, s := range []string{"A=b", "export MAIL_IMAP_A=\"x\\n\" # c", "'", "A='\n", "\ufeff\r\n#", "A=\"\\"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, content string) {
		vars, err := parseEnv(content)
		size := 0
		for name, value := range vars {
			size += len(value)
			if !strings.HasPrefix(name, prefix) || value == "" {
				t.Errorf("%q has %q=%q", content, name, value)
			}
		}
		if size > len(content) {
			t.Errorf("%d bytes became %d", len(content), size)
		}
		if err != nil && vars != nil {
			t.Errorf("%q, %v", vars, err)
		}
	})
}
