package mailtest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2"
)

// ErrNoDovecot means that the program is not installed.
var ErrNoDovecot = errors.New("dovecot is not installed; run scripts/install-dovecot")

// Dovecot is one user of a Dovecot. The user has INBOX, Sent, Drafts, Trash,
// Junk and Archive.
type Dovecot struct {
	endpoint
	remote
	process *dovecotProcess
	owned   bool // Close stops the process
}

// DovecotOptions say what a Dovecot is like; the zero value is a whole one that
// other tests use too.
type DovecotOptions struct {
	// Without are capabilities it does not advertise. Dovecot itself still
	// understands the commands and still answers COPYUID and APPENDUID (2.3 has
	// no switch for them): a test asserts on the wire that nobody relies on it.
	// Without SPECIAL-USE its mailboxes have no special use either.
	Without []imap.Cap

	// Private is a process of the test's own, which Restart really restarts.
	// It costs a start of Dovecot, so few tests should ask for it.
	Private bool
}

// NewDovecot is a new user, whose mail is removed when the test ends, on the
// Dovecot that all tests of this program share. Without Dovecot on the machine
// the test is skipped; with CI=true it fails.
func NewDovecot(t testing.TB) *Dovecot {
	t.Helper()
	return NewDovecotWith(t, DovecotOptions{})
}

// NewDovecotWith is NewDovecot with options. Tests that leave out the same
// capabilities share a Dovecot.
func NewDovecotWith(t testing.TB, o DovecotOptions) *Dovecot {
	t.Helper()
	d, err := newDovecot(o)
	if errors.Is(err, ErrNoDovecot) {
		RequireOrSkip(t, err.Error())
	}
	if err != nil {
		t.Fatalf("start dovecot: %v", err)
	}
	d.endWith(t)
	return d
}

func newDovecot(o DovecotOptions) (*Dovecot, error) {
	if o.Private {
		return StartDovecotWith(o)
	}
	p, err := sharedDovecot(o)
	if err != nil {
		return nil, err
	}
	return p.addUser()
}

// endWith ends what is the test's own when the test ends, and shows the log
// where it failed.
func (d *Dovecot) endWith(t testing.TB) {
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("dovecot log:\n%s", d.Log())
		}
		if err := d.Close(); err != nil {
			t.Errorf("stop dovecot: %v", err)
		}
	})
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

// StartDovecot starts a private Dovecot outside a test. Close it.
func StartDovecot() (*Dovecot, error) { return StartDovecotWith(DovecotOptions{}) }

// StartDovecotWith is StartDovecot with options; it is private whatever they say.
func StartDovecotWith(o DovecotOptions) (*Dovecot, error) {
	p, err := startDovecot(o)
	if err != nil {
		return nil, err
	}
	d, err := p.addUser()
	if err != nil {
		return nil, errors.Join(err, p.close())
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

// addUser makes a user by writing a password file for it alone: Dovecot looks
// at a file that it knows at most once a second, and at a new one at once.
func (p *dovecotProcess) addUser() (*Dovecot, error) {
	d := &Dovecot{process: p}
	d.ca = p.ca
	d.user, d.password = newUser()
	d.imaps, d.starttls = p.imaps, p.starttls
	d.remote.roots = p.ca.pool
	d.remote.acc = d.Account("default")
	if err := os.WriteFile(p.passwd(d.user), []byte(d.user+":{PLAIN}"+d.password.Reveal()+"\n"), 0o644); err != nil {
		return nil, fmt.Errorf("write the password file: %w", err)
	}
	return d, nil
}

// Name is "dovecot", or "dovecot-bare" where capabilities are left out.
func (d *Dovecot) Name() string {
	if len(d.process.without) > 0 {
		return "dovecot-bare"
	}
	return "dovecot"
}

// Log is what Dovecot logged so far, without what names other users.
func (d *Dovecot) Log() string {
	lines := slices.Collect(strings.Lines(d.process.log()))
	return strings.Join(slices.DeleteFunc(lines, func(line string) bool {
		return strings.Contains(line, userPrefix) && !strings.Contains(line, d.user)
	}), "")
}

// NewUser is another user of the same Dovecot, with mailboxes of its own.
func (d *Dovecot) NewUser(t testing.TB) *Dovecot {
	t.Helper()
	other, err := d.process.addUser()
	if err != nil {
		t.Fatalf("new dovecot user: %v", err)
	}
	other.endWith(t)
	return other
}

// Restart implements Server. A private Dovecot is stopped and started on the
// same ports, for all its users; of a shared one this user's sessions are ended,
// with the words of a Dovecot that stops.
func (d *Dovecot) Restart(t testing.TB) {
	t.Helper()
	restart := d.process.restart
	if d.process.shared {
		restart = d.endSessions
	}
	if err := restart(); err != nil {
		t.Fatalf("restart dovecot: %v", err)
	}
}

// Close stops a private Dovecot and removes its mail. Of a user of NewUser or of
// a shared Dovecot it removes the mail and the right to sign in, as far as its
// sessions let go of it: the rest goes with the Dovecot.
func (d *Dovecot) Close() error {
	if d.owned {
		return d.process.close()
	}
	_ = os.Remove(d.process.passwd(d.user))
	_ = os.RemoveAll(d.process.path("users", d.user))
	return nil
}
