package mailtest

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// seedUIDValidity is of mailboxes that Seed makes: any number does that is not 0.
const seedUIDValidity = 1_700_000_001

// maildir is where a mailbox is on disk (LAYOUT=fs, names in UTF-8).
func (d *Dovecot) maildir(mailbox string) string {
	root := d.process.path("users", d.user, "mail")
	if canonicalName(mailbox) == "INBOX" {
		return root
	}
	return filepath.Join(root, filepath.FromSlash(mailbox))
}

// makeMailDir makes a directory, and those above it, for who owns the mail.
func makeMailDir(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := os.Mkdir(dir, 0o700); errors.Is(err, fs.ErrNotExist) {
		if err := makeMailDir(filepath.Dir(dir)); err != nil {
			return err
		}
		if err := os.Mkdir(dir, 0o700); err != nil {
			return err
		}
	} else if err != nil {
		return err
	}
	return giveToMail(dir)
}

func giveToMail(path string) error {
	if os.Getuid() != 0 {
		return nil
	}
	return os.Lchown(path, mailUID(), mailGID())
}

// Deliver puts messages into a mailbox as a mail delivery agent does: written
// to tmp, moved to new, with no IMAP and nobody told. The mailbox must exist
// or be INBOX; Flags are not for delivery agents and must be empty.
func (d *Dovecot) Deliver(t testing.TB, mailbox string, msgs ...Message) {
	t.Helper()
	dir := d.maildir(mailbox)
	for _, sub := range []string{"tmp", "new", "cur"} {
		if err := makeMailDir(filepath.Join(dir, sub)); err != nil {
			t.Fatalf("deliver to %q: %v", mailbox, err)
		}
	}
	for i, m := range msgs {
		if len(m.Flags) > 0 {
			t.Fatalf("deliver to %q: a delivered message has no flags", mailbox)
		}
		name := fmt.Sprintf("%d.%d_%s.delivered,S=%d,W=%d", time.Now().Unix(), i, rand.Text()[:8], len(m.Raw), len(m.Raw))
		if err := errors.Join(
			writeMail(filepath.Join(dir, "tmp", name), m.Raw, m.Date),
			os.Rename(filepath.Join(dir, "tmp", name), filepath.Join(dir, "new", name)),
		); err != nil {
			t.Fatalf("deliver to %q: %v", mailbox, err)
		}
	}
}

// Seed fills a mailbox that has no mail yet with n messages, by writing the
// maildir: about 100,000 in some seconds. UIDs are 1 to n. Messages whose Raw
// is the same slice and whose Date is equal share a file.
func (d *Dovecot) Seed(t testing.TB, mailbox string, n int, message func(i int) Message) {
	t.Helper()
	if err := d.seed(mailbox, n, message); err != nil {
		t.Fatalf("seed %q: %v", mailbox, err)
	}
}

// maxLinks keeps below the 65,000 links that ext4 allows a file.
const maxLinks = 60_000

func (d *Dovecot) seed(mailbox string, n int, message func(i int) Message) error {
	dir := d.maildir(mailbox)
	for _, sub := range []string{"tmp", "new", "cur"} {
		if err := makeMailDir(filepath.Join(dir, sub)); err != nil {
			return err
		}
	}
	if old, err := os.ReadDir(filepath.Join(dir, "cur")); err != nil || len(old) > 0 {
		return errors.Join(err, fmt.Errorf("%d messages are there already", len(old)))
	}
	var guid [16]byte
	_, _ = rand.Read(guid[:])
	var list bytes.Buffer
	out := bufio.NewWriter(&list)
	fmt.Fprintf(out, "3 V%d N%d G%s\n", seedUIDValidity, n+1, hex.EncodeToString(guid[:]))
	var last Message
	var lastPath string
	links := 0
	for i := range n {
		m := message(i)
		// Dovecot's own form of names; W is the size with CRLF, so it need not
		// read the file to know RFC822.SIZE.
		base := fmt.Sprintf("%d.M%dP1.seed,S=%d,W=%d", seedUIDValidity, i+1, len(m.Raw), len(m.Raw))
		path := filepath.Join(dir, "cur", base+":2,"+maildirFlags(m.Flags))
		same := lastPath != "" && links < maxLinks && len(m.Raw) > 0 && len(m.Raw) == len(last.Raw) &&
			&m.Raw[0] == &last.Raw[0] && m.Date.Equal(last.Date)
		var err error
		if same {
			links++
			err = os.Link(lastPath, path)
		} else {
			err = writeMail(path, m.Raw, m.Date)
			last, lastPath, links = m, path, 1
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%d :%s\n", i+1, base)
	}
	if err := out.Flush(); err != nil {
		return err
	}
	uidlist := filepath.Join(dir, "dovecot-uidlist")
	if err := os.WriteFile(uidlist, list.Bytes(), 0o600); err != nil {
		return err
	}
	return giveToMail(uidlist)
}

// writeMail writes a message; a maildir file's modification time is its INTERNALDATE.
func writeMail(path string, raw []byte, date time.Time) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(raw)
	if err == nil && os.Getuid() == 0 {
		err = f.Chown(mailUID(), mailGID())
	}
	if err = errors.Join(err, f.Close()); err != nil || date.IsZero() {
		return err
	}
	return os.Chtimes(path, date, date)
}

// maildirFlags are the letters of the system flags, in ASCII order. Keywords
// have no letters of their own; use Append for them.
func maildirFlags(flags []string) string {
	letters := map[string]byte{"\\draft": 'D', "\\flagged": 'F', "\\answered": 'R', "\\seen": 'S', "\\deleted": 'T'}
	var out []byte
	for _, f := range flags {
		if letter, ok := letters[strings.ToLower(f)]; ok {
			out = append(out, letter)
		}
	}
	slices.Sort(out)
	return string(out)
}
