package imapconn

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"mail-imap-mcp/internal/config"
)

var update = flag.Bool("update", false, "write docs/servers.md anew")

func TestProviderOf_KnowsAHostInAnySpelling(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]string{
		"imap.qq.com": "QQ Mail (Tencent)", "IMAP.QQ.COM.": "QQ Mail (Tencent)", "imap.gmail.com": "Gmail",
		"imap.yandex.ru": "Yandex", "imap.yandex.com.tr": "Yandex", "p42-imap.mail.me.com": "iCloud",
		"imap.example.org": "", "qq.com": "", "imap.qq.com.example.org": "", "notimap.gmail.com": "", "127.0.0.1": "", "": "",
	} {
		got := ""
		if p := ProviderOf(host); p != nil {
			got = p.Name
		}
		if got != want {
			t.Errorf("ProviderOf(%q) = %q, want %q", host, got, want)
		}
	}
}

func TestNewPool_KnowsBeforehandWhatIsCertainOfAProvider(t *testing.T) {
	t.Parallel()
	for host, want := range map[string][]Quirk{
		"imap.qq.com": {NoTextSearch}, "imap.163.com": {NeedsID}, "imap.126.com": {NeedsID}, "imap.yeah.net": {NeedsID},
		"imap.mail.yahoo.com": {NoHeaderSearch}, "export.imap.mail.yahoo.com": {NoHeaderSearch}, "export.imap.aol.com": {NoHeaderSearch},
		"imap.mail.me.com": {}, "imap.gmail.com": {}, "imap.example.org": {}, "imap.mail.yahoo.co.jp": {},
	} {
		p := NewPool(config.Account{ID: "default", Host: host}, Options{})
		if got := p.Quirks(); !slices.Equal(got, want) {
			t.Errorf("a pool for %s knows %q, want %q", host, got, want)
		}
	}
	// What one account finds out is not another's.
	p := NewPool(config.Account{ID: "default", Host: "imap.qq.com"}, Options{})
	p.Learn(NoMove)
	if q := NewPool(config.Account{ID: "other", Host: "imap.qq.com"}, Options{}); q.Knows(NoMove) {
		t.Error("a second account knows what the first found out")
	}
}

func TestNewPool_OpensFewConnectionsWhereFewAreAllowed(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		host                string
		cached, slots, idle int
	}{
		{"imap.mail.yahoo.com", 4, 2, 2},
		{"imap.mail.me.com", 0, 2, 0},
		{"imap.aol.com", 1, 2, 1},
		{"imap.gmail.com", 4, 4, 4},
		{"imap.example.org", 0, 4, 0},
		{"imap.example.org", 8, 8, 8},
	} {
		p := NewPool(config.Account{ID: "default", Host: tt.host}, Options{MaxIdle: tt.cached})
		if cap(p.slots) != tt.slots || p.opts.MaxIdle != tt.idle {
			t.Errorf("%s with %d cached: %d connections, %d idle; want %d, %d", tt.host, tt.cached, cap(p.slots), p.opts.MaxIdle, tt.slots, tt.idle)
		}
	}
}

// Every claim of the page has a report or was seen here, and the dialogues that
// it names are there.
func TestServersPage_EveryClaimHasItsSource(t *testing.T) {
	t.Parallel()
	dialogues := map[string]bool{}
	files, err := filepath.Glob("../../test/servers/testdata/*.imap")
	if err != nil || len(files) == 0 {
		t.Fatalf("no dialogues: %v", err)
	}
	for _, file := range files {
		number, _, _ := strings.Cut(filepath.Base(file), "-")
		dialogues[number] = true
	}
	check := func(of string, list []string) {
		for _, number := range list {
			if !dialogues[number] {
				t.Errorf("%s: there is no dialogue %q in test/servers", of, number)
			}
		}
	}
	finding := func(of string, list []Finding) {
		for _, f := range list {
			if f.Reported == "" && f.Seen == "" || f.Does == "" || f.Then == "" {
				t.Errorf("%s: %q lacks its source, or what is done about it", of, f.Does)
			}
			check(of, f.Dialogues)
		}
	}
	for _, p := range Providers {
		finding(p.Name, p.Findings)
		if len(p.Quirks) > 0 && len(p.Findings) == 0 {
			t.Errorf("%s has quirks and no report of them", p.Name)
		}
	}
	for _, s := range Software {
		finding(s.Name, s.Findings)
	}
	for _, l := range Lenience {
		check(l.Comes, l.Dialogues)
	}
}

func TestServersPage_IsUpToDate(t *testing.T) {
	t.Parallel()
	const file = "../../docs/servers.md"
	want := serversPage(t)
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil { //nolint:gosec // a page for everybody
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("docs/servers.md is not what the tables say; write it with: make docs")
	}
}

// serversPage renders docs/servers.md.
func serversPage(t *testing.T) string {
	t.Helper()
	var sb strings.Builder
	add := func(format string, args ...any) { fmt.Fprintf(&sb, format, args...) }
	add(`# Providers and servers

<!-- Generated from the tables in internal/imapconn/servers*.go by: make docs. Do not edit. -->

What is known of mail providers and server programs, and what the client does about it. No provider was signed in to for this page: what it
says of them was **reported** in public, as issues named by project and number. What was **seen** was seen here, on a server of that version.
The numbers under *played* are dialogues in [test/servers](../test/servers/testdata): a test plays what such a server sends and checks what
a user is told. That somebody reported something does not mean that it still is so, which is why little is taken for granted: most is found out
at the first occasion, once for an account and a run of this program, and ` + "`imap_verify_account`" + ` opens INBOX and searches it.

## Providers

A provider is known by its host (` + "`MAIL_IMAP_<ACCOUNT>_HOST`" + `). What stands under *known beforehand* need not be found out.
An account has up to four connections at once, unless another number is given.

`)
	for _, p := range Providers {
		add("### %s\n\n", p.Name)
		if len(p.Hosts) > 0 {
			add("- Hosts: `%s`\n", strings.Join(p.Hosts, "`, `"))
		}
		if p.SignIn != "" {
			add("- Sign-in: %s\n", p.SignIn)
		}
		if len(p.Quirks) > 0 {
			words := make([]string, len(p.Quirks))
			for i, q := range p.Quirks {
				words[i] = string(q)
			}
			add("- Known beforehand: *%s*\n", strings.Join(words, "*, *"))
		}
		if p.Window > 0 {
			add("- Shown of a mailbox: the newest %d messages\n", p.Window)
		}
		if p.Connections > 0 {
			add("- Connections: %d at most\n", p.Connections)
		}
		if len(p.Hosts) > 0 {
			add("\n")
		}
		add("%s", findings(p.Findings))
	}
	add("No report of anything out of the ordinary was found of: %s.\n\n", strings.Join(Unremarkable, ", "))
	add("## Server programs\n\nThey run at many providers. The client does not ask which one it speaks to; all of this holds of any server that does the same.\n\n")
	for _, s := range Software {
		add("### %s\n\n", s.Name)
		if s.Says != "" {
			add("Its greeting or its ID has `%s` in it.\n\n", s.Says)
		}
		add("%s", findings(s.Findings))
	}
	add(`## What is found out

What a server offers and cannot do, or does wrongly, is paid for once: it is remembered for the account until the program ends. The log has a line
for each (` + "`found out about the server`" + `).

| quirk | how it is found out, and what that costs | what is done then |
|---|---|---|
`)
	inUse := quirksInUse(t)
	for _, d := range QuirkDocs {
		if inUse[d.Quirk] {
			add("| %s | %s | %s |\n", d.Quirk, d.Found, d.Then)
		}
	}
	add(`
## What every server is forgiven

The reader (` + "`internal/imap`" + `) makes sense of what comes where it can. What it cannot understand costs that value or that row, is named in the answer,
and never ends the connection, unless the stream itself is lost or a limit is exceeded (` + "`internal/imap/limits.go`" + `).

| what comes | how it is read | played |
|---|---|---|
`)
	for _, l := range Lenience {
		add("| %s | %s | %s |\n", l.Comes, l.Read, strings.Join(l.Dialogues, ", "))
	}
	return sb.String()
}

func findings(list []Finding) string {
	if len(list) == 0 {
		return ""
	}
	var sb strings.Builder
	sb.WriteString("| what it does | what is done | source | played |\n|---|---|---|---|\n")
	for _, f := range list {
		source := "reported: " + f.Reported
		if f.Seen != "" {
			source = "seen: " + f.Seen
			if f.Reported != "" {
				source += "; reported: " + f.Reported
			}
		}
		fmt.Fprintf(&sb, "| %s | %s | %s | %s |\n", f.Does, f.Then, source, strings.Join(f.Dialogues, ", "))
	}
	return sb.String() + "\n"
}

// quirksInUse are those that the code finds out, or knows beforehand. Each
// quirk there is must be documented.
func quirksInUse(t *testing.T) map[Quirk]bool {
	t.Helper()
	byName := map[string]Quirk{}
	file, err := parser.ParseFile(token.NewFileSet(), "quirks.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, decl := range file.Decls {
		gen, ok := decl.(*ast.GenDecl)
		if !ok || gen.Tok != token.CONST {
			continue
		}
		for _, spec := range gen.Specs {
			value, ok := spec.(*ast.ValueSpec)
			if !ok || len(value.Values) != 1 {
				continue
			}
			if text, ok := value.Values[0].(*ast.BasicLit); ok {
				if s, err := strconv.Unquote(text.Value); err == nil {
					byName[value.Names[0].Name] = Quirk(s)
				}
			}
		}
	}
	documented := map[Quirk]bool{}
	for _, d := range QuirkDocs {
		if documented[d.Quirk] {
			t.Errorf("QuirkDocs has %q twice", d.Quirk)
		}
		documented[d.Quirk] = true
	}
	for name, q := range byName {
		if !documented[q] {
			t.Errorf("QuirkDocs lacks %s (%q): say how it is found out, and what is done then", name, q)
		}
	}
	inUse := map[Quirk]bool{}
	for _, p := range Providers {
		for _, q := range p.Quirks {
			inUse[q] = true
		}
	}
	learns := regexp.MustCompile(`Learn\((?:imapconn\.)?([A-Z]\w+)\)`)
	err = filepath.WalkDir("..", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		for _, found := range learns.FindAllSubmatch(source, -1) {
			inUse[byName[string(found[1])]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return inUse
}
