package mailtest

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
)

const (
	dovecotStart = 20 * time.Second // a busy machine under -race
	dovecotStop  = 10 * time.Second
	portAttempts = 5 // a port found free may be taken before Dovecot has it
)

// keeper runs Dovecot ($1) in a directory ($2) until its standard input says
// something or ends, as it does however this program ends; then it ends all of
// its process group and, unless it was told "keep", removes the directory. So no
// Dovecot outlives the tests, and no TestMain need know of it.
//
// All of the group gets the signal: to the master alone it takes a second
// (measured). Not SIGKILL at first: the living master collects its children,
// init may be slow to.
const keeper = `
trap : TERM
"$1" -F -c "$2/dovecot.conf" &
dovecot=$!
exec >/dev/null 2>&1
read -r word
kill -TERM 0
wait $dovecot
[ "$word" = keep ] || rm -rf "$2" || { sleep 0.1; rm -rf "$2"; }
kill -KILL 0
`

// dovecotProcess is a Dovecot, running or stopped, with any number of users.
type dovecotProcess struct {
	binary          string
	dir             string
	ca              *authority
	imaps, starttls int
	without         []imap.Cap
	capabilities    string // all that are advertised, "" for Dovecot's own
	shared          bool   // by tests that may run at the same time
	logins          logins

	// No goroutine waits for it: one would be a leak to goleak, and the shared
	// one ends after it looks.
	mu    sync.Mutex
	cmd   *exec.Cmd // the keeper; nil: stopped
	alive *os.File  // the keeper's standard input
}

// shared are the Dovecots of this program by what they do without.
var shared struct {
	mu sync.Mutex
	by map[string]func() (*dovecotProcess, error)
}

// sharedDovecot is the Dovecot of this program that is as o says. The first to
// ask starts it; it ends with the program.
func sharedDovecot(o DovecotOptions) (*dovecotProcess, error) {
	var names []string
	for _, name := range o.Without {
		names = append(names, string(name))
	}
	slices.Sort(names)
	key := strings.Join(names, " ")
	shared.mu.Lock()
	start := shared.by[key]
	if start == nil {
		start = sync.OnceValues(func() (*dovecotProcess, error) {
			p, err := startDovecot(o)
			if err == nil {
				p.shared = true
			}
			return p, err
		})
		if shared.by == nil {
			shared.by = map[string]func() (*dovecotProcess, error){}
		}
		shared.by[key] = start
	}
	shared.mu.Unlock()
	return start()
}

// startDovecot starts one. What one without some capabilities still has, the
// shared one says.
func startDovecot(o DovecotOptions) (*dovecotProcess, error) {
	binary, err := findDovecot()
	if err != nil {
		return nil, err
	}
	p := &dovecotProcess{binary: binary, without: o.Without}
	if len(o.Without) > 0 {
		if p.capabilities, err = capabilitiesWithout(o.Without); err != nil {
			return nil, err
		}
	}
	// A short path: socket names below it are limited to about 100 bytes.
	if p.dir, err = os.MkdirTemp(fastDir(), "dovecot"); err != nil {
		return nil, fmt.Errorf("dovecot directory: %w", err)
	}
	if err = p.begin(); err != nil {
		return nil, errors.Join(err, p.close())
	}
	return p, nil
}

func (p *dovecotProcess) begin() error {
	var err error
	// As root, Dovecot's unprivileged login processes must reach their sockets.
	if err = os.Chmod(p.dir, 0o755); err != nil {
		return err
	}
	if p.ca, err = newAuthority(p.dir); err != nil {
		return err
	}
	_, certPEM, keyPEM, err := p.ca.issue(certificateOptions{})
	if err != nil {
		return err
	}
	if err := errors.Join(
		os.WriteFile(p.path("cert.pem"), certPEM, 0o644),
		os.WriteFile(p.path("key.pem"), keyPEM, 0o600),
		os.Mkdir(p.path("passwd"), 0o755),
		makeMailDir(p.path("users")),
	); err != nil {
		return fmt.Errorf("prepare dovecot: %w", err)
	}
	for range portAttempts {
		if p.imaps, p.starttls, err = freePorts(); err != nil {
			return err
		}
		if err = os.WriteFile(p.path("dovecot.conf"), []byte(p.configuration()), 0o644); err != nil {
			return fmt.Errorf("write dovecot.conf: %w", err)
		}
		if err = p.start(); err == nil {
			return nil
		}
	}
	return err
}

func (p *dovecotProcess) path(parts ...string) string {
	return filepath.Join(append([]string{p.dir}, parts...)...)
}

// passwd is a user's password file.
func (p *dovecotProcess) passwd(user string) string { return p.path("passwd", user) }

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

// start runs Dovecot and waits for its greeting under TLS. It is called with mu
// held, or by the one that makes it.
func (p *dovecotProcess) start() error {
	stdin, alive, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("run dovecot: %w", err)
	}
	defer stdin.Close()
	said, stdout, err := os.Pipe()
	if err != nil {
		_ = alive.Close()
		return fmt.Errorf("run dovecot: %w", err)
	}
	defer said.Close()
	cmd := exec.Command("/bin/sh", "-c", keeper, "dovecot-keeper", p.binary, p.dir)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, stdout, stdout
	ownGroup(cmd)
	err = cmd.Start()
	_ = stdout.Close()
	if err != nil {
		_ = alive.Close()
		return fmt.Errorf("run dovecot: %w", err)
	}
	p.cmd, p.alive = cmd, alive
	if err := p.greets(said); err != nil {
		return errors.Join(err, p.end("keep"))
	}
	return nil
}

// greets waits until Dovecot answers. What it says on its output ends when it does.
func (p *dovecotProcess) greets(output *os.File) error {
	var said []byte
	for deadline := time.Now().Add(dovecotStart); time.Now().Before(deadline); {
		if p.answers() {
			return nil
		}
		_ = output.SetReadDeadline(time.Now().Add(5 * time.Millisecond))
		more, err := io.ReadAll(output)
		said = append(said, more...)
		if err == nil {
			return fmt.Errorf("dovecot ended at once: %s\n%s", said, p.log())
		}
	}
	return fmt.Errorf("dovecot does not answer within %v\n%s%s", dovecotStart, said, p.log())
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

// restart ends Dovecot and every process it started, and starts it with the
// same mail on the same ports.
func (p *dovecotProcess) restart() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.end("keep"); err != nil {
		return err
	}
	return p.start()
}

// close ends Dovecot and every process it started, and removes its mail.
func (p *dovecotProcess) close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.end(""); err != nil {
		return err
	}
	if err := os.RemoveAll(p.dir); err != nil {
		return fmt.Errorf("remove dovecot's directory: %w", err)
	}
	return nil
}

// end gives the keeper the word and waits for its end.
func (p *dovecotProcess) end(word string) error {
	if p.cmd == nil {
		return nil
	}
	cmd := p.cmd
	_, _ = io.WriteString(p.alive, word+"\n")
	_ = p.alive.Close()
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // it kills its group, and so itself
		close(ended)
	}()
	p.cmd, p.alive = nil, nil
	select {
	case <-ended:
		return nil
	case <-time.After(dovecotStop):
		killGroup(cmd)
		<-ended
		return fmt.Errorf("dovecot did not end within %v", dovecotStop)
	}
}

func (p *dovecotProcess) log() string {
	text, err := os.ReadFile(p.path("log"))
	if err != nil {
		return "(no log)"
	}
	return string(text)
}
