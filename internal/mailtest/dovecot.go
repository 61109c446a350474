package mailtest

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"github.com/emersion/go-imap/v2/imapclient"

	"mail-imap-mcp/internal/secret"
)

const (
	dovecotStart = 20 * time.Second // a busy machine under -race
	dovecotStop  = 10 * time.Second
	portAttempts = 5 // a port found free may be taken before Dovecot has it
)

// ErrNoDovecot means that the program is not installed.
var ErrNoDovecot = errors.New("dovecot is not installed; run scripts/install-dovecot")

// Dovecot is a private Dovecot with one user. It has INBOX, Sent, Drafts,
// Trash, Junk and Archive.
type Dovecot struct {
	endpoint
	remote
	process *dovecotProcess
	owned   bool // Close stops the process
}

// DovecotOptions say what a Dovecot is like; the zero value is a whole one.
type DovecotOptions struct {
	// Without are capabilities it does not advertise. Dovecot itself still
	// understands the commands and still answers COPYUID and APPENDUID (2.3 has
	// no switch for them): a test asserts on the wire that nobody relies on it.
	// Without SPECIAL-USE its mailboxes have no special use either.
	Without []imap.Cap
}

// dovecotProcess is a running Dovecot, shared by its users.
type dovecotProcess struct {
	binary          string
	dir             string
	ca              *authority
	imaps, starttls int
	without         []imap.Cap
	capabilities    string // all that are advertised, "" for Dovecot's own

	mu    sync.Mutex
	cmd   *exec.Cmd
	exit  chan struct{} // closed when cmd ended
	users []string      // lines of the passwd-file
}

// NewDovecot starts a Dovecot that ends with the test. Without Dovecot on the
// machine the test is skipped; with CI=true it fails.
func NewDovecot(t testing.TB) *Dovecot {
	t.Helper()
	return NewDovecotWith(t, DovecotOptions{})
}

// NewDovecotWith is NewDovecot with options.
func NewDovecotWith(t testing.TB, o DovecotOptions) *Dovecot {
	t.Helper()
	d, err := StartDovecotWith(o)
	if errors.Is(err, ErrNoDovecot) {
		RequireOrSkip(t, err.Error())
	}
	if err != nil {
		t.Fatalf("start dovecot: %v", err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("dovecot log:\n%s", d.Log())
		}
		if err := d.Close(); err != nil {
			t.Errorf("stop dovecot: %v", err)
		}
	})
	return d
}

// RequireOrSkip skips the test for want of something; with CI=true it fails,
// so that what CI shows green was run.
func RequireOrSkip(t testing.TB, missing string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("CI=true and so this is a failure: %s", missing)
	}
	t.Skip(missing)
}

// StartDovecot starts a Dovecot. Close it. For a TestMain; see NewUser.
func StartDovecot() (*Dovecot, error) { return StartDovecotWith(DovecotOptions{}) }

// StartDovecotWith is StartDovecot with options. To leave out capabilities it
// starts Dovecot twice: the first one says what it has.
func StartDovecotWith(o DovecotOptions) (*Dovecot, error) {
	binary, err := findDovecot()
	if err != nil {
		return nil, err
	}
	// A short path: socket names below it are limited to about 100 bytes.
	dir, err := os.MkdirTemp(fastDir(), "dovecot")
	if err != nil {
		return nil, fmt.Errorf("dovecot directory: %w", err)
	}
	p := &dovecotProcess{binary: binary, dir: dir, without: o.Without}
	d, err := p.begin()
	if err == nil && len(o.Without) > 0 {
		err = p.hideCapabilities(d)
	}
	if err != nil {
		p.stop()
		_ = os.RemoveAll(dir)
		return nil, err
	}
	d.owned = true
	return d, nil
}

func findDovecot() (string, error) {
	if path, err := exec.LookPath("dovecot"); err == nil {
		return path, nil
	}
	for _, path := range []string{"/usr/sbin/dovecot", "/usr/local/sbin/dovecot", "/opt/homebrew/sbin/dovecot"} {
		if info, err := os.Stat(path); err == nil && info.Mode()&0o111 != 0 {
			return path, nil
		}
	}
	return "", ErrNoDovecot
}

func (p *dovecotProcess) begin() (*Dovecot, error) {
	var err error
	// As root, Dovecot's unprivileged login processes must reach their sockets.
	if err = os.Chmod(p.dir, 0o755); err != nil {
		return nil, err
	}
	if p.ca, err = newAuthority(p.dir); err != nil {
		return nil, err
	}
	_, certPEM, keyPEM, err := p.ca.issue(certificateOptions{})
	if err != nil {
		return nil, err
	}
	if err := errors.Join(
		os.WriteFile(p.path("cert.pem"), certPEM, 0o644),
		os.WriteFile(p.path("key.pem"), keyPEM, 0o600),
		makeMailDir(p.path("users")),
	); err != nil {
		return nil, fmt.Errorf("prepare dovecot: %w", err)
	}
	d, err := p.addUser()
	if err != nil {
		return nil, err
	}
	for range portAttempts {
		if p.imaps, p.starttls, err = freePorts(); err != nil {
			return nil, err
		}
		if err = os.WriteFile(p.path("dovecot.conf"), []byte(p.configuration()), 0o644); err != nil {
			return nil, fmt.Errorf("write dovecot.conf: %w", err)
		}
		if err = p.start(); err == nil {
			d.imaps, d.starttls = p.imaps, p.starttls
			d.remote.acc = d.Account("default")
			return d, nil
		}
	}
	return nil, err
}

func (p *dovecotProcess) path(parts ...string) string {
	return filepath.Join(append([]string{p.dir}, parts...)...)
}

func freePorts() (int, int, error) {
	a, err := net.Listen("tcp", loopback+":0")
	if err != nil {
		return 0, 0, err
	}
	defer a.Close()
	b, err := net.Listen("tcp", loopback+":0")
	if err != nil {
		return 0, 0, err
	}
	defer b.Close()
	return a.Addr().(*net.TCPAddr).Port, b.Addr().(*net.TCPAddr).Port, nil
}

func (p *dovecotProcess) addUser() (*Dovecot, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	d := &Dovecot{process: p}
	d.ca = p.ca
	d.user, d.password = newUser()
	d.imaps, d.starttls = p.imaps, p.starttls
	d.remote.roots = p.ca.pool
	d.remote.acc = d.Account("default")
	p.users = append(p.users, d.user+":{PLAIN}"+d.password.Reveal())
	// Dovecot reads it again whenever it changed.
	next := p.path("passwd.next")
	if err := os.WriteFile(next, []byte(strings.Join(p.users, "\n")+"\n"), 0o644); err != nil {
		return nil, fmt.Errorf("write the password file: %w", err)
	}
	if err := os.Rename(next, p.path("passwd")); err != nil {
		return nil, fmt.Errorf("write the password file: %w", err)
	}
	return d, nil
}

// start runs Dovecot and waits for its greeting under TLS.
func (p *dovecotProcess) start() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	cmd := exec.Command(p.binary, "-F", "-c", p.path("dovecot.conf"))
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	ownGroup(cmd)
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("run dovecot: %w", err)
	}
	exit := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(exit)
	}()
	p.cmd, p.exit = cmd, exit
	deadline := time.Now().Add(dovecotStart)
	for {
		if p.answers() {
			return nil
		}
		select {
		case <-exit:
			return fmt.Errorf("dovecot ended at once: %s\n%s", said.String(), p.log())
		case <-time.After(10 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			killGroup(cmd)
			<-exit
			return fmt.Errorf("dovecot does not answer within %v\n%s", dovecotStart, p.log())
		}
	}
}

func (p *dovecotProcess) answers() bool {
	dialer := &net.Dialer{Timeout: time.Second}
	conn, err := tls.DialWithDialer(dialer, "tcp", net.JoinHostPort(loopback, fmt.Sprint(p.imaps)), &tls.Config{RootCAs: p.ca.pool})
	if err != nil {
		return false
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	greeting := make([]byte, 4)
	_, err = conn.Read(greeting)
	return err == nil && strings.HasPrefix(string(greeting), "* OK")
}

// stop ends Dovecot and every process it started.
func (p *dovecotProcess) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return
	}
	// To the whole group: a signal to the master alone takes a second (measured).
	// Not SIGKILL: the living master collects its children, init may be slow to.
	endGroup(p.cmd)
	select {
	case <-p.exit:
	case <-time.After(dovecotStop):
	}
	// The group's number stays taken while any of its processes lives.
	killGroup(p.cmd)
	<-p.exit
	p.cmd = nil
}

func (p *dovecotProcess) log() string {
	text, err := os.ReadFile(p.path("log"))
	if err != nil {
		return "(no log)"
	}
	return string(text)
}

// Name is "dovecot", or "dovecot-bare" where capabilities are left out.
func (d *Dovecot) Name() string {
	if len(d.process.without) > 0 {
		return "dovecot-bare"
	}
	return "dovecot"
}

// Log is what Dovecot logged so far.
func (d *Dovecot) Log() string { return d.process.log() }

// NewUser gives the running Dovecot another user with mailboxes of its own:
// far cheaper than another Dovecot. Restart concerns them all.
func (d *Dovecot) NewUser(t testing.TB) *Dovecot {
	t.Helper()
	other, err := d.process.addUser()
	if err != nil {
		t.Fatalf("new dovecot user: %v", err)
	}
	// Dovecot looks at most once a second whether its password file changed.
	for deadline := time.Now().Add(dovecotStart); ; time.Sleep(100 * time.Millisecond) {
		err := other.try(func(*imapclient.Client) error { return nil })
		if err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("new dovecot user: %v", err)
		}
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("dovecot log:\n%s", d.Log())
		}
	})
	return other
}

// Restart implements Server: Dovecot is stopped and started on the same ports.
func (d *Dovecot) Restart(t testing.TB) {
	t.Helper()
	d.Stop(t)
	d.Start(t)
}

// Stop ends Dovecot and keeps its mail, until Start.
func (d *Dovecot) Stop(t testing.TB) {
	t.Helper()
	d.process.stop()
}

// Start starts it again after Stop, on the same ports.
func (d *Dovecot) Start(t testing.TB) {
	t.Helper()
	if err := d.process.start(); err != nil {
		t.Fatalf("start dovecot again: %v", err)
	}
}

// Close stops Dovecot and removes its mail. For a user of NewUser it does nothing.
func (d *Dovecot) Close() error {
	if !d.owned {
		return nil
	}
	d.process.stop()
	if err := removeTree(d.process.dir); err != nil {
		return fmt.Errorf("remove dovecot's directory: %w", err)
	}
	return nil
}

// removeTree removes a directory in which processes that were just killed may
// still have been writing.
func removeTree(dir string) error {
	err := os.RemoveAll(dir)
	for range 20 {
		if err == nil {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
		err = os.RemoveAll(dir)
	}
	return err
}

// SetPassword changes the user's password for sign-ins to come.
func (d *Dovecot) SetPassword(t testing.TB, password secret.Value) {
	t.Helper()
	p := d.process
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, line := range p.users {
		if strings.HasPrefix(line, d.user+":") {
			p.users[i] = d.user + ":{PLAIN}" + password.Reveal()
		}
	}
	if err := os.WriteFile(p.path("passwd"), []byte(strings.Join(p.users, "\n")+"\n"), 0o644); err != nil {
		t.Fatalf("change the password: %v", err)
	}
	d.password = password
	d.remote.acc.Password = password
}
