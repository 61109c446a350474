package mailtest

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/secret"
)

// The environment names a server that runs already, with a pool of users that
// nobody has used; scripts/other-servers sets it.
const (
	elsewhereName  = "MAIL_IMAP_TEST_SERVER"       // "cyrus": what it is called in tests
	elsewhereAddr  = "MAIL_IMAP_TEST_SERVER_ADDR"  // host:port, implicit TLS
	elsewhereCA    = "MAIL_IMAP_TEST_SERVER_CA"    // PEM file of the CA that signed its certificate
	elsewhereUsers = "MAIL_IMAP_TEST_SERVER_USERS" // folder: a file for each user, named like it, with its password
	// What its names are like, where the tests are to be shown others: what all
	// but INBOX are below, and what divides them. Both may be empty.
	elsewhereRoot      = "MAIL_IMAP_TEST_SERVER_ROOT"      // "INBOX."
	elsewhereSeparator = "MAIL_IMAP_TEST_SERVER_SEPARATOR" // "."
)

// ErrNoElsewhere means that the environment names no server.
var ErrNoElsewhere = errors.New("no other mail server is named; see scripts/other-servers")

// Elsewhere is a user of a server that was not started here, Cyrus say. It has
// INBOX, Sent, Drafts, Trash, Junk and Archive.
//
// What needs the server's own files or its end is not possible: such a test
// asks for Dovecot or Memory. StartTLSAccount skips the test, and so does
// Restart where no relay stands before the server.
type Elsewhere struct {
	endpoint
	remote
	name  string
	caps  imap.CapSet
	front *front     // nil where the server is spoken to directly
	t     testing.TB // nil with OpenElsewhere
}

// ElsewhereNamed reports whether the environment names a server, and its name.
func ElsewhereNamed() (string, bool) {
	name := os.Getenv(elsewhereName)
	return name, name != ""
}

// NewElsewhere gives a test a user of its own on the server that the
// environment names; without one the test is skipped.
func NewElsewhere(t testing.TB) *Elsewhere {
	t.Helper()
	e, err := OpenElsewhere()
	if errors.Is(err, ErrNoElsewhere) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatalf("the mail server of the environment: %v", err)
	}
	e.t = t
	if divides := os.Getenv(elsewhereSeparator); divides != "" {
		e.translate(t, names{root: os.Getenv(elsewhereRoot), separator: divides})
	}
	if err := e.furnish(); err != nil {
		t.Fatalf("%s: %v", e.name, err)
	}
	return e
}

// OpenElsewhere takes a user of the server that the environment names, as it
// is: with no mailbox made and no name translated.
func OpenElsewhere() (*Elsewhere, error) {
	name, ok := ElsewhereNamed()
	if !ok {
		return nil, ErrNoElsewhere
	}
	host, port, err := net.SplitHostPort(os.Getenv(elsewhereAddr))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", elsewhereAddr, err)
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("%s: tests write, so only a server on this machine's loopback is taken", elsewhereAddr)
	}
	e := &Elsewhere{name: name}
	if e.imaps, err = strconv.Atoi(port); err != nil {
		return nil, fmt.Errorf("%s: %w", elsewhereAddr, err)
	}
	path := os.Getenv(elsewhereCA)
	pem, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", elsewhereCA, err)
	}
	e.ca = &authority{pool: x509.NewCertPool(), pem: pem, path: path}
	if !e.ca.pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s: no certificate in it", elsewhereCA)
	}
	if e.user, e.password, err = takeUser(os.Getenv(elsewhereUsers)); err != nil {
		return nil, err
	}
	e.remote = remote{acc: e.Account("default"), roots: e.ca.pool}
	return e, nil
}

// takeUser takes a user out of the pool for good. Packages are tested side by
// side: who can rename the file has the user.
func takeUser(dir string) (string, secret.Value, error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return "", secret.Value{}, fmt.Errorf("%s: %w", elsewhereUsers, err)
	}
	for _, f := range files {
		if strings.HasPrefix(f.Name(), ".") {
			continue
		}
		taken := filepath.Join(dir, ".taken-"+f.Name())
		if os.Rename(filepath.Join(dir, f.Name()), taken) != nil {
			continue
		}
		password, err := os.ReadFile(taken)
		if err != nil {
			return "", secret.Value{}, fmt.Errorf("%s: %w", elsewhereUsers, err)
		}
		return f.Name(), secret.New(strings.TrimSpace(string(password))), nil
	}
	return "", secret.Value{}, fmt.Errorf("%s: every user is taken", elsewhereUsers)
}

// furnish makes the mailboxes that every server here has, with their special
// use where the server lets one say it (RFC 6154 §3).
func (e *Elsewhere) furnish() error {
	return e.try(func(c *imapclient.Client) error {
		e.caps = c.Caps()
		list, err := c.List("", "*", nil).Collect()
		if err != nil {
			return err
		}
		for _, name := range []string{"Sent", "Drafts", "Trash", "Junk", "Archive"} {
			if slices.ContainsFunc(list, func(l *imap.ListData) bool { return l.Mailbox == name }) {
				continue
			}
			var o *imap.CreateOptions
			if e.caps.Has(imap.CapCreateSpecialUse) {
				o = &imap.CreateOptions{SpecialUse: []imap.MailboxAttr{imap.MailboxAttr(`\` + name)}}
			}
			if err := c.Create(name, o).Wait(); err != nil {
				return fmt.Errorf("create %s: %w", name, err)
			}
			if err := c.Subscribe(name).Wait(); err != nil {
				return fmt.Errorf("subscribe to %s: %w", name, err)
			}
		}
		return nil
	})
}

// Name is what the environment calls it.
func (e *Elsewhere) Name() string { return e.name }

// Has reports whether it said it has a capability, after sign-in.
func (e *Elsewhere) Has(c imap.Cap) bool { return e.caps.Has(c) }

// NewUser is another user of the same server.
func (e *Elsewhere) NewUser(t testing.TB) *Elsewhere {
	t.Helper()
	return NewElsewhere(t)
}

// Append implements Server, also where no UIDPLUS tells the UIDs.
func (e *Elsewhere) Append(t testing.TB, mailbox string, msgs ...Message) []uint32 {
	t.Helper()
	uids := e.remote.Append(t, mailbox, msgs...)
	if !slices.Contains(uids, 0) {
		return uids
	}
	e.with(t, "UIDs in "+mailbox, func(c *imapclient.Client) error {
		if _, err := c.Select(mailbox, &imap.SelectOptions{ReadOnly: true}).Wait(); err != nil {
			return err
		}
		found, err := c.UIDSearch(&imap.SearchCriteria{}, nil).Wait()
		if err != nil {
			return err
		}
		all := found.AllUIDs()
		if len(all) < len(uids) {
			return fmt.Errorf("%d messages after %d were appended", len(all), len(uids))
		}
		slices.Sort(all)
		for i, uid := range all[len(all)-len(uids):] {
			uids[i] = uint32(uid)
		}
		return nil
	})
	return uids
}

// StartTLSAccount implements Server by skipping the test.
func (e *Elsewhere) StartTLSAccount(id string) config.Account {
	e.cannot("has no STARTTLS port in these tests")
	return e.Account(id)
}

// Restart implements Server: it drops the test's connections, or skips the test.
func (e *Elsewhere) Restart(t testing.TB) {
	t.Helper()
	if e.front != nil {
		e.front.drop()
		return
	}
	t.Skipf("%s was not started by this test and is not restarted by it", e.name)
}

func (e *Elsewhere) cannot(what string) {
	if e.t != nil {
		e.t.Helper()
		e.t.Skipf("%s %s", e.name, what)
	}
}
