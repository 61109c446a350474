//go:build unix

package mailtest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

func TestDovecot_SeedsAHundredThousandMessages(t *testing.T) {
	if testing.Short() {
		t.Skip("a hundred thousand files")
	}
	d := NewDovecot(t)
	const n = 100_000
	start := time.Now()
	newest := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	d.Seed(t, "Archive/Big", n, func(i int) Message {
		m := Message{
			Raw:  fmt.Appendf(nil, "From: a@example.org\r\nSubject: Message %d\r\n\r\nHello\r\n", i+1),
			Date: newest.Add(time.Duration(i-n) * time.Minute),
		}
		if i%2 == 0 {
			m.Flags = []string{"\\Seen", "\\Flagged"}
		}
		return m
	})
	seeded := time.Since(start)
	signIn(t, d, func(c *imapclient.Client) {
		data, err := c.Select("Archive/Big", &imap.SelectOptions{ReadOnly: true}).Wait()
		if err != nil {
			t.Fatal(err)
		}
		if data.NumMessages != n || data.UIDNext != n+1 {
			t.Errorf("the mailbox says %+v", data)
		}
		t.Logf("seeded in %v, first EXAMINE after %v", seeded.Round(time.Millisecond), (time.Since(start) - seeded).Round(time.Millisecond))
		found, err := c.UIDSearch(&imap.SearchCriteria{NotFlag: []imap.Flag{imap.FlagSeen}}, &imap.SearchOptions{ReturnCount: true}).Wait()
		if err != nil || found.Count != n/2 {
			t.Errorf("unseen: %+v %v", found, err)
		}
		msgs, err := c.Fetch(imap.UIDSetNum(n), &imap.FetchOptions{Envelope: true, InternalDate: true, Flags: true}).Collect()
		if err != nil || len(msgs) != 1 {
			t.Fatalf("fetch: %v %v", msgs, err)
		}
		if msgs[0].Envelope.Subject != "Message 100000" || !msgs[0].InternalDate.Equal(newest.Add(-time.Minute)) {
			t.Errorf("the last message is %+v of %v", msgs[0].Envelope, msgs[0].InternalDate)
		}
	})
}

func TestDovecot_DeliveredMailIsSeenByAnOpenConnection(t *testing.T) {
	t.Parallel()
	d := NewDovecot(t).NewUser(t)
	signIn(t, d, func(c *imapclient.Client) {
		if _, err := c.Select("INBOX", &imap.SelectOptions{ReadOnly: true}).Wait(); err != nil {
			t.Fatal(err)
		}
		d.Deliver(t, "INBOX", Message{Raw: sampleMail("fresh")})
		if err := c.Noop().Wait(); err != nil {
			t.Fatal(err)
		}
		found, err := c.UIDSearch(&imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: "Subject", Value: "fresh"}}}, nil).Wait()
		if err != nil || len(found.AllUIDs()) != 1 {
			t.Errorf("found %v %v", found, err)
		}
	})
	d.Create(t, "Übung/日本語")
	d.Deliver(t, "Übung/日本語", Message{Raw: sampleMail("there")})
	signIn(t, d, func(c *imapclient.Client) {
		if data, err := c.Select("Übung/日本語", nil).Wait(); err != nil || data.NumMessages != 1 {
			t.Errorf("%+v %v", data, err)
		}
	})
}

func TestDovecot_TestsShareOneAndSeeNothingOfEachOther(t *testing.T) {
	t.Parallel()
	a, b := NewDovecot(t), NewDovecot(t)
	c, d := NewDovecotWith(t, DovecotOptions{Without: bareOf}), NewDovecotWith(t, DovecotOptions{Without: bareOf})
	if a.process != b.process || c.process != d.process {
		t.Error("each has a Dovecot of its own")
	}
	a.Append(t, "INBOX", Message{Raw: sampleMail("mine")})
	a.Create(t, "Mine")
	if n := len(b.Messages(t, "INBOX")); n != 0 {
		t.Errorf("another user has %d messages of it", n)
	}
	if slices.Contains(b.Mailboxes(t), "Mine") {
		t.Error("another user has a mailbox of it")
	}
	b.remote.acc.User = a.user
	if err := b.try(func(*imapclient.Client) error { return nil }); err == nil {
		t.Error("another user's password opens it")
	}
}

func TestDovecot_ARestartEndsNobodyElsesSessions(t *testing.T) {
	t.Parallel()
	a, b := NewDovecot(t), NewDovecot(t)
	signIn(t, b, func(other *imapclient.Client) {
		ended := a.try(func(c *imapclient.Client) error {
			if _, err := c.Select("INBOX", nil).Wait(); err != nil {
				t.Fatal(err)
			}
			a.Restart(t)
			return c.Noop().Wait()
		})
		if ended == nil {
			t.Error("its own session lives on")
		}
		if err := other.Noop().Wait(); err != nil {
			t.Errorf("another user's session ended: %v", err)
		}
	})
	signIn(t, a, func(*imapclient.Client) {})
}

func TestDovecot_EndsWithTheProgramHoweverThatEnds(t *testing.T) {
	t.Parallel()
	NewDovecot(t) // or skip
	me, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(me)
	cmd.Env = append(os.Environ(), keepsDovecot+"=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var dir string
	_, said := fmt.Fscan(out, &dir)
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	if said != nil {
		t.Fatal(said)
	}
	// The keeper removes it when Dovecot has ended.
	for deadline := time.Now().Add(dovecotStop); ; time.Sleep(time.Millisecond) {
		if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("Dovecot or its directory is still there")
		}
	}
}

func TestDovecot_CloseLeavesNoProcessAndNoFile(t *testing.T) {
	t.Parallel()
	d, err := StartDovecot()
	if errors.Is(err, ErrNoDovecot) {
		RequireOrSkip(t, err.Error())
	}
	if err != nil {
		t.Fatal(err)
	}
	group := d.process.cmd.Process.Pid // the keeper's
	// With a connection open, and so with processes beside the master.
	_ = d.try(func(c *imapclient.Client) error {
		if _, err := c.Select("INBOX", nil).Wait(); err != nil {
			t.Error(err)
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		return errors.New("closed")
	})
	deadline := time.Now().Add(10 * time.Second)
	for syscall.Kill(-group, 0) == nil {
		if time.Now().After(deadline) {
			t.Fatal("a process of Dovecot lives on")
		}
		time.Sleep(10 * time.Millisecond)
	}
	if _, err := os.Stat(d.process.dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("its directory: %v", err)
	}
}
