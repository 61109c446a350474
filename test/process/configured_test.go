package process_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"mail-imap-mcp/internal/mailtest"
)

func TestProcess_AWrongSettingEndsItWithOneClearSentence(t *testing.T) {
	t.Parallel()
	open := filepath.Join(t.TempDir(), "open")
	if err := os.Mkdir(open, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(open, 0o777); err != nil { // Mkdir's mode is less the umask
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		setting string
		says    []string
	}{
		"unknown toolset":            {"MAIL_IMAP_TOOLSETS=read,organise", []string{"MAIL_IMAP_TOOLSETS", "organise", "organize"}},
		"unknown tool":               {"MAIL_IMAP_ALLOW_TOOLS=imap_serch_messages", []string{"MAIL_IMAP_ALLOW_TOOLS", "imap_serch_messages", "imap_search_messages"}},
		"audit without key":          {"MAIL_IMAP_AUDIT_FILE=" + filepath.Join(t.TempDir(), "audit.log"), []string{"MAIL_IMAP_AUDIT_FILE", "MAIL_IMAP_AUDIT_KEY"}},
		"state that others write":    {"MAIL_IMAP_STATE_DIR=" + open, []string{"MAIL_IMAP_STATE_DIR", "chmod"}},
		"a rate that is none":        {"MAIL_IMAP_RATE_READS=fast", []string{"MAIL_IMAP_RATE_READS", "10/s,20"}},
		"asking that is none":        {"MAIL_IMAP_CONFIRM=maybe", []string{"MAIL_IMAP_CONFIRM", "auto"}},
		"a ceiling that is negative": {"MAIL_IMAP_BULK_PER_DAY=-1", []string{"MAIL_IMAP_BULK_PER_DAY"}},
	} {
		t.Run(name, func(t *testing.T) {
			home := t.TempDir()
			cmd := exec.Command(binary)
			cmd.Dir = home
			cmd.Env = []string{"HOME=" + home, "MAIL_IMAP_DEFAULT_HOST=127.0.0.1", "MAIL_IMAP_DEFAULT_USER=u", "MAIL_IMAP_DEFAULT_PASS=p", c.setting}
			out, err := cmd.CombinedOutput()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() != 1 {
				t.Errorf("it ended with %v", err)
			}
			said := strings.Split(strings.TrimSpace(string(out)), "\n")
			if len(said) > 2 {
				t.Errorf("it says more than one sentence:\n%s", out)
			}
			for _, want := range c.says {
				if !strings.Contains(said[len(said)-1], want) {
					t.Errorf("it does not say %s:\n%s", want, out)
				}
			}
		})
	}
}

// The bucket refills with 10 a second: so that a slow machine does not matter,
// the rate here is one in a thousand seconds, with the burst of the default.
func TestProcess_ABurstOfCallsIsRefusedFromTheTwentyFirstOn(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemoryWith(t, mailtest.MemoryOptions{Dir: t.TempDir()})
	for name, settings := range map[string][]string{"slow": {"MAIL_IMAP_RATE_READS=0.001/s,20"}, "off": {"MAIL_IMAP_RATE_READS=off"}} {
		t.Run(name, func(t *testing.T) {
			p := start(t, srv, settings...)
			var limited []string
			for i := range 25 {
				r, err := p.session.CallTool(t.Context(), &mcp.CallToolParams{Name: "imap_list_mailboxes", Arguments: map[string]any{}})
				if err != nil {
					t.Fatal(err)
				}
				if !r.IsError {
					continue
				}
				if said := contentOf(r); !strings.Contains(said, `"rate_limited"`) || !strings.Contains(said, "retry_after_ms") {
					t.Errorf("call %d answered %s", i+1, said)
				}
				limited = append(limited, fmt.Sprint(i+1))
			}
			want := map[string]string{"slow": "21 22 23 24 25", "off": ""}[name]
			if got := strings.Join(limited, " "); got != want {
				t.Errorf("calls %q were refused; want %q", got, want)
			}
		})
	}
}

func TestProcess_WithoutWritingNoToolThatChangesMailIsListed(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemoryWith(t, mailtest.MemoryOptions{Dir: t.TempDir()})
	for _, c := range []struct {
		settings []string
		listed   bool
	}{{nil, false}, {[]string{writing}, true}, {[]string{writing, "MAIL_IMAP_DEFAULT_WRITE_ENABLED=false"}, false}, {[]string{writing, "MAIL_IMAP_TOOLSETS=read"}, false}} {
		list, err := start(t, srv, c.settings...).session.ListTools(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		listed := false
		for _, tool := range list.Tools {
			listed = listed || !tool.Annotations.ReadOnlyHint
		}
		if listed != c.listed {
			t.Errorf("%q lists tools that change mail: %t", c.settings, listed)
		}
	}
}
