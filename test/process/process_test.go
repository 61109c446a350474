// Package process_test tests the binary as its users run it: a process that an
// MCP client starts, talks to over standard input and output, and ends.
package process_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"mail-imap-mcp/internal/mailtest"
)

// binary is what TestMain built.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "mail-imap-mcp-test-")
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(dir, "mail-imap-mcp")
	if out, err := exec.Command("go", "build", "-o", binary, "mail-imap-mcp/cmd/mail-imap-mcp").CombinedOutput(); err != nil {
		panic(fmt.Sprintf("build: %v\n%s", err, out))
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// process is one running server and its client.
type process struct {
	cmd     *exec.Cmd
	session *mcp.ClientSession
	home    string // the only folder it knows: working directory, HOME, TMPDIR

	mu  sync.Mutex
	log bytes.Buffer
}

// Write implements io.Writer for the server's standard error.
func (p *process) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.Write(b)
}

func (p *process) stderr() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.String()
}

// start runs the server for srv's account with more settings. No file may grow
// by a byte (POSIX ulimit -f): what is written to disk would end the process with
// SIGXFSZ.
func start(t testing.TB, srv mailtest.Server, settings ...string) *process {
	t.Helper()
	return startWith(t, srv, []string{"sh", "-c", `ulimit -f 0; exec "$0"`, binary}, settings...)
}

// startWith runs it by a command of the test's own.
func startWith(t testing.TB, srv mailtest.Server, command []string, settings ...string) *process {
	t.Helper()
	p := &process{home: t.TempDir()}
	a := srv.Account("default")
	p.cmd = exec.Command(command[0], command[1:]...)
	p.cmd.Dir = p.home
	p.cmd.Stderr = p
	p.cmd.Env = append([]string{
		"HOME=" + p.home, "TMPDIR=" + p.home, "PATH=/usr/bin:/bin",
		"MAIL_IMAP_ANSWERS=json", "MAIL_IMAP_DEFAULT_HOST=" + a.Host,
		"MAIL_IMAP_DEFAULT_PORT=" + strconv.Itoa(a.Port),
		"MAIL_IMAP_DEFAULT_USER=" + a.User,
		"MAIL_IMAP_DEFAULT_PASS=" + a.Password.Reveal(),
		"MAIL_IMAP_CA_CERT_PATH=" + srv.CAPath(),
		"MAIL_IMAP_LOG_LEVEL=debug",
	}, settings...)
	client := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil)
	// The SDK's client signals a server that does not end within TerminateDuration of
	// the end of its input, and kills it after as much again.
	session, err := client.Connect(t.Context(), &mcp.CommandTransport{Command: p.cmd, TerminateDuration: 30 * time.Second}, nil)
	if err != nil {
		t.Fatalf("connect: %v\n%s", err, p.stderr())
	}
	p.session = session
	t.Cleanup(func() { _ = p.session.Close() })
	return p
}

// call calls a tool, whose answer must be ok, and returns its data.
func (p *process) call(t *testing.T, tool string, arguments map[string]any) map[string]any {
	t.Helper()
	r, err := p.session.CallTool(t.Context(), &mcp.CallToolParams{Name: tool, Arguments: arguments})
	if err != nil {
		t.Fatalf("%s: %v\n%s", tool, err, p.stderr())
	}
	envelope, _ := r.StructuredContent.(map[string]any)
	data, _ := envelope["data"].(map[string]any)
	if r.IsError || data["status"] != "ok" {
		text, _ := json.Marshal(r.Content)
		t.Fatalf("%s answered %s", tool, text)
	}
	return data
}

func letters(n int) []mailtest.Message {
	list := make([]mailtest.Message, n)
	for i := range list {
		list[i].Raw = []byte(fmt.Sprintf("From: ada@example.org\r\nTo: bob@example.org\r\nSubject: number %d\r\n\r\nThe secret word is swordfish.\r\n", i))
	}
	return list
}

func ids(data map[string]any) []string {
	list := []string{}
	messages, _ := data["messages"].([]any)
	for _, m := range messages {
		one, _ := m.(map[string]any)
		id, _ := one["message_id"].(string)
		list = append(list, id)
	}
	return list
}

func TestProcess_PagesGoOnAfterAKillUnderTheSameKey(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemoryWith(t, mailtest.MemoryOptions{Dir: t.TempDir()})
	srv.Append(t, "INBOX", letters(25)...)
	key := "MAIL_IMAP_CURSOR_KEY=" + base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32)))
	seen := map[string]int{}
	arguments := map[string]any{"mailbox": "INBOX", "from": "ada", "limit": 10}
	for range 3 {
		p := start(t, srv, key)
		page := p.call(t, "imap_search_messages", arguments)
		for _, id := range ids(page) {
			seen[id]++
		}
		arguments = map[string]any{"cursor": page["next_cursor"]}
		if err := p.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
	}
	if len(seen) != 25 {
		t.Errorf("%d of 25 messages seen", len(seen))
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%s seen %d times", id, n)
		}
	}
}

// A session with every read tool leaves nothing behind, and could not write a
// byte while it ran.
func TestProcess_ASessionLeavesNothingOnDisk(t *testing.T) {
	t.Parallel()
	for _, srv := range []mailtest.Server{mailtest.NewMemoryWith(t, mailtest.MemoryOptions{Dir: t.TempDir()}), mailtest.NewDovecot(t)} {
		t.Run(srv.Name(), func(t *testing.T) {
			srv.Append(t, "INBOX", letters(3)...)
			p := start(t, srv)
			p.call(t, "imap_list_accounts", nil)
			p.call(t, "imap_verify_account", nil)
			p.call(t, "imap_list_mailboxes", nil)
			found := p.call(t, "imap_search_messages", map[string]any{"mailbox": "INBOX", "query": "swordfish", "snippet_max_chars": 100})
			id := ids(found)[0]
			p.call(t, "imap_get_message", map[string]any{"message_id": id, "body_mode": "both", "include_all_headers": true})
			p.call(t, "imap_get_message_raw", map[string]any{"message_id": id})
			p.call(t, "imap_get_thread", map[string]any{"message_id": id})
			messages, _ := found["messages"].([]any)
			first, _ := messages[0].(map[string]any)
			for _, name := range []string{"message_uri", "message_raw_uri"} {
				uri, _ := first[name].(string)
				if _, err := p.session.ReadResource(t.Context(), &mcp.ReadResourceParams{URI: uri}); err != nil {
					t.Errorf("%s: %v", uri, err)
				}
			}
			if open := openFiles(p.cmd.Process.Pid); len(open) > 0 {
				t.Errorf("it has files open: %v", open)
			}
			if err := p.session.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
			err := filepath.WalkDir(p.home, func(path string, _ fs.DirEntry, err error) error {
				if path != p.home {
					t.Errorf("it left %s", path)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(p.stderr(), "swordfish") || strings.Contains(p.stderr(), srv.Account("x").Password.Reveal()) {
				t.Errorf("mail or password in the log:\n%s", p.stderr())
			}
		})
	}
}

// openFiles lists the regular files a process has open, where /proc tells.
func openFiles(pid int) []string {
	dir := fmt.Sprintf("/proc/%d/fd", pid)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var files []string
	for _, e := range entries {
		path, err := os.Readlink(filepath.Join(dir, e.Name()))
		if err != nil || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "/dev/") {
			continue // pipes and sockets
		}
		// What it was started with is not its own.
		if inherited, err := os.Readlink("/proc/self/fd/" + e.Name()); err == nil && inherited == path {
			continue
		}
		files = append(files, path)
	}
	return files
}

func TestProcess_StopsWithinTwoSecondsAndSaysLogout(t *testing.T) {
	for name, stop := range map[string]func(p *process) error{
		"end of input": func(p *process) error { return p.session.Close() },
		"SIGTERM": func(p *process) error {
			if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
				return err
			}
			return p.session.Wait()
		},
	} {
		t.Run(name, func(t *testing.T) {
			srv := mailtest.NewMemoryWith(t, mailtest.MemoryOptions{Dir: t.TempDir()})
			srv.Append(t, "INBOX", letters(1)...)
			wire := mailtest.Record(t, srv)
			p := start(t, wire)
			p.call(t, "imap_search_messages", map[string]any{"mailbox": "INBOX"})
			begin := time.Now()
			ended := make(chan error, 1)
			go func() { ended <- stop(p) }()
			select {
			case <-ended:
			case <-time.After(10 * time.Second):
				t.Fatal("it does not stop")
			}
			if took := time.Since(begin); took > 5*time.Second {
				t.Errorf("stopping took %v", took)
			}
			if !bytes.Contains(wire.ClientBytes(), []byte(" LOGOUT\r\n")) {
				t.Errorf("no LOGOUT was sent\n%s", p.stderr())
			}
		})
	}
}

func TestProcess_WrongPasswordIsNotInTheLog(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemoryWith(t, mailtest.MemoryOptions{Dir: t.TempDir()})
	refusing := mailtest.NewFaulty(t, srv, mailtest.FaultNO("AUTHENTICATE", "[AUTHENTICATIONFAILED] wrong: "+srv.Account("x").Password.Reveal()))
	p := start(t, refusing)
	r, err := p.session.CallTool(t.Context(), &mcp.CallToolParams{Name: "imap_list_mailboxes", Arguments: map[string]any{}})
	if err != nil {
		t.Fatal(err)
	}
	answer, _ := json.Marshal(r)
	if !bytes.Contains(answer, []byte("auth_failed")) {
		t.Errorf("answered %s", answer)
	}
	if all := p.stderr() + string(answer); strings.Contains(all, srv.Account("x").Password.Reveal()) {
		t.Errorf("the server echoed the password and it got through:\n%s", all)
	}
}

// BenchmarkStart measures from exec to the answer to initialize, and the memory
// of the process that then idles.
func BenchmarkStart(b *testing.B) {
	srv := mailtest.NewMemoryWith(b, mailtest.MemoryOptions{Dir: b.TempDir()})
	var rss int64
	for b.Loop() {
		p := start(b, srv)
		rss = residentKiB(p.cmd.Process.Pid)
		b.StopTimer()
		_ = p.session.Close()
		b.StartTimer()
	}
	b.ReportMetric(float64(rss)/1024, "MiB-RSS")
}

// residentKiB reads VmRSS; 0 where /proc does not tell.
func residentKiB(pid int) int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(status), "VmRSS:")
	fields := strings.Fields(after)
	if len(fields) == 0 {
		return 0
	}
	n, err := strconv.ParseInt(fields[0], 10, 64)
	if err != nil {
		return 0
	}
	return n
}
