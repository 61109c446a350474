// Package imports_test keeps the house in order: imports run downwards only
// (docs/architecture.md).
package imports_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "mail-imap-mcp"

// mayImport names, for each package, those of ours that its code (tests apart)
// may import. A new package needs a line: decide on which floor it lives.
var mayImport = map[string][]string{
	"cmd/mail-imap-mcp": {"internal/app", "internal/demo", "internal/audit", "internal/config", "internal/extract"},

	"internal/demo": {"internal/app", "internal/audit", "internal/mailtest", "internal/config", "internal/contract", "internal/secret"},
	"internal/app":  {"internal/download", "internal/localfile", "internal/tools", "internal/guard", "internal/audit", "internal/operation", "internal/mailbox", "internal/imapconn", "internal/extract", "internal/contract", "internal/config", "internal/secret"},

	"internal/tools": {"internal/answer", "internal/argument", "internal/guard", "internal/operation", "internal/download", "internal/localfile", "internal/draft", "internal/thread", "internal/manage", "internal/change", "internal/mailbox", "internal/people", "internal/imapconn", "internal/extract", "internal/safety", "internal/message", "internal/safetext", "internal/contract", "internal/config"},

	"internal/answer":    {"internal/message", "internal/safetext"},
	"internal/argument":  {"internal/contract", "internal/config"},
	"internal/guard":     {"internal/audit", "internal/contract", "internal/config"},
	"internal/operation": {"internal/change", "internal/contract"},
	"internal/audit":     {"internal/secret"},

	// The rooms in which mail is dealt with. Those that change something do not
	// know each other.
	"internal/draft":   {"internal/mailbox", "internal/people", "internal/compose", "internal/imapconn", "internal/imap", "internal/message", "internal/contract"},
	"internal/thread":  {"internal/mailbox", "internal/people", "internal/imapconn", "internal/imap", "internal/message", "internal/safetext", "internal/contract"},
	"internal/manage":  {"internal/people", "internal/imapconn", "internal/imap", "internal/contract"},
	"internal/change":  {"internal/people", "internal/imapconn", "internal/imap", "internal/message", "internal/contract"},
	"internal/mailbox": {"internal/people", "internal/imapconn", "internal/imap", "internal/extract", "internal/safety", "internal/message", "internal/safetext", "internal/contract"},
	"internal/people":  {"internal/imapconn", "internal/imap", "internal/safety", "internal/message", "internal/contract", "internal/config"},

	"internal/imap":      {},
	"internal/imapconn":  {"internal/imap", "internal/safetext", "internal/contract", "internal/config", "internal/secret"},
	"internal/download":  {"internal/safetext"},
	"internal/localfile": {"internal/contract"},
	"internal/extract":   {"internal/extract/pdf", "internal/extract/office", "internal/extract/rtf", "internal/extract/calendar", "internal/extract/contact", "internal/message", "internal/safetext", "internal/contract"},
	"internal/compose":   {"internal/message", "internal/contract"},
	"internal/safety":    {"internal/message", "internal/safetext", "internal/contract"},
	"internal/message":   {"internal/imap", "internal/safetext", "internal/contract"},
	"internal/safetext":  {"internal/contract"},

	// The readers of single formats know nothing but their format.
	"internal/extract/pdf":      {},
	"internal/extract/office":   {},
	"internal/extract/rtf":      {},
	"internal/extract/calendar": {"internal/extract/contentline"},
	"internal/extract/contact":  {"internal/extract/contentline"},

	"internal/extract/contentline": {}, // the line that both are made of

	"internal/contract": {"internal/secret"},
	"internal/config":   {"internal/secret"},
	"internal/secret":   {},

	// For tests, and for the demo, which shows the real thing against a server
	// of its own. It stands beside the house and sees only what it is told.
	"internal/mailtest": {"internal/config", "internal/secret"},

	// For the tests of the rooms, and of nothing else.
	// A reader for tests of what a model is shown.
	"internal/mailtest/forgery": {},
	"internal/mailtest/rig":     {"internal/mailtest", "internal/mailbox", "internal/people", "internal/imapconn", "internal/extract", "internal/contract", "internal/config", "internal/secret"},
}

// goPackage is what go list says of a package.
type goPackage struct {
	ImportPath string
	GoFiles    []string
	Imports    []string // of the code, without tests
}

func packages(t *testing.T) []goPackage {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,GoFiles,Imports", "./...")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, &stderr)
	}
	var list []goPackage
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		if len(p.GoFiles) > 0 { // not one of tests alone
			list = append(list, p)
		}
	}
}

func TestImports_RunDownwardsOnly(t *testing.T) {
	seen := 0
	for _, p := range packages(t) {
		name := strings.TrimPrefix(p.ImportPath, module+"/")
		allowed, known := mayImport[name]
		if !known {
			t.Errorf("package %s has no floor yet; add it to mayImport in imports_test.go and to docs/architecture.md", name)
			continue
		}
		seen++
		for _, imported := range p.Imports {
			below, ours := strings.CutPrefix(imported, module+"/")
			if ours && !slices.Contains(allowed, below) {
				t.Errorf("%s imports %s, which is not below it (it may import %s)", name, below, strings.Join(allowed, ", "))
			}
		}
	}
	if seen == 0 {
		t.Fatal("no package was looked at")
	}
}

// The table itself must not allow a circle or a way up.
func TestImports_TheFloorsHaveAnOrder(t *testing.T) {
	var visit func(name string, path []string)
	visit = func(name string, path []string) {
		if slices.Contains(path, name) {
			t.Errorf("a circle: %s", strings.Join(append(path, name), " → "))
			return
		}
		below, known := mayImport[name]
		if !known {
			t.Errorf("%s is named below %s but has no floor", name, path[len(path)-1])
		}
		for _, b := range below {
			visit(b, append(path, name))
		}
	}
	for name := range mayImport {
		visit(name, nil)
	}
}

func TestImports_TestServersStayOutOfTheProduct(t *testing.T) {
	for name, below := range mayImport {
		if slices.Contains(below, "internal/mailtest") && name != "internal/demo" && name != "internal/mailtest/rig" {
			t.Errorf("%s may import internal/mailtest; only tests and the demo may", name)
		}
		if slices.Contains(below, "internal/mailtest/rig") {
			t.Errorf("%s may import internal/mailtest/rig; only tests may", name)
		}
	}
	for _, p := range packages(t) {
		for _, imported := range p.Imports {
			if imported == "testing" && !strings.Contains(p.ImportPath, "/internal/mailtest") {
				t.Errorf("%s imports testing outside of tests", p.ImportPath)
			}
		}
	}
}
