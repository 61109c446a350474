package mailtest

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"mail-imap-mcp/internal/config"
)

// remote changes a server's mail over connections of its own, as another mail
// program would.
type remote struct {
	acc   config.Account
	roots *x509.CertPool
}

// remoteTimeout bounds the connection's connect.
const remoteTimeout = 30 * time.Second

// with signs in, calls f and signs out.
func (r *remote) with(t testing.TB, what string, f func(c *imapclient.Client) error) {
	t.Helper()
	if err := r.try(f); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

func (r *remote) try(f func(c *imapclient.Client) error) error {
	dialer := &net.Dialer{Timeout: remoteTimeout}
	address := net.JoinHostPort(r.acc.Host, strconv.Itoa(r.acc.Port))
	conn, err := tls.DialWithDialer(dialer, "tcp", address, &tls.Config{RootCAs: r.roots})
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	c := imapclient.New(conn, nil)
	defer c.Close()
	if err := c.Login(r.acc.User, r.acc.Password.Reveal()).Wait(); err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	if err := f(c); err != nil {
		return err
	}
	return c.Logout().Wait()
}

// Create implements Server.
func (r *remote) Create(t testing.TB, mailbox string) {
	t.Helper()
	r.with(t, "create "+mailbox, func(c *imapclient.Client) error {
		return c.Create(mailbox, nil).Wait()
	})
}

// Append implements Server.
func (r *remote) Append(t testing.TB, mailbox string, msgs ...Message) []uint32 {
	t.Helper()
	uids := make([]uint32, 0, len(msgs))
	r.with(t, "append to "+mailbox, func(c *imapclient.Client) error {
		for _, m := range msgs {
			o := &imap.AppendOptions{Time: m.Date}
			for _, f := range m.Flags {
				o.Flags = append(o.Flags, imap.Flag(f))
			}
			cmd := c.Append(mailbox, int64(len(m.Raw)), o)
			if _, err := cmd.Write(m.Raw); err != nil {
				return err
			}
			if err := cmd.Close(); err != nil {
				return err
			}
			data, err := cmd.Wait()
			if err != nil {
				return err
			}
			uids = append(uids, uint32(data.UID))
		}
		return nil
	})
	return uids
}

// Expunge implements Server.
func (r *remote) Expunge(t testing.TB, mailbox string, uids ...uint32) {
	t.Helper()
	r.with(t, "expunge in "+mailbox, func(c *imapclient.Client) error {
		if _, err := c.Select(mailbox, nil).Wait(); err != nil {
			return err
		}
		var set imap.UIDSet
		for _, uid := range uids {
			set.AddNum(imap.UID(uid))
		}
		deleted := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}
		if err := c.Store(set, deleted, nil).Close(); err != nil {
			return err
		}
		return c.UIDExpunge(set).Close()
	})
}

// SetFlag sets a flag from another connection.
func (r *remote) SetFlag(t testing.TB, mailbox, flag string, uids ...uint32) {
	t.Helper()
	r.with(t, "set "+flag+" in "+mailbox, func(c *imapclient.Client) error {
		if _, err := c.Select(mailbox, nil).Wait(); err != nil {
			return err
		}
		var set imap.UIDSet
		for _, uid := range uids {
			set.AddNum(imap.UID(uid))
		}
		return c.Store(set, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.Flag(flag)}}, nil).Close()
	})
}

// UIDValidity implements Server.
func (r *remote) UIDValidity(t testing.TB, mailbox string) uint32 {
	t.Helper()
	var validity uint32
	r.with(t, "UIDVALIDITY of "+mailbox, func(c *imapclient.Client) error {
		data, err := c.Status(mailbox, &imap.StatusOptions{UIDValidity: true}).Wait()
		if err == nil {
			validity = data.UIDValidity
		}
		return err
	})
	return validity
}

// Messages implements Server.
func (r *remote) Messages(t testing.TB, mailbox string) []Stored {
	t.Helper()
	var list []Stored
	r.with(t, "messages of "+mailbox, func(c *imapclient.Client) error {
		if _, err := c.Select(mailbox, &imap.SelectOptions{ReadOnly: true}).Wait(); err != nil {
			return err
		}
		msgs, err := c.Fetch(imap.UIDSet{{Start: 1, Stop: 0}}, &imap.FetchOptions{
			UID: true, Flags: true, InternalDate: true, BodySection: []*imap.FetchItemBodySection{{Peek: true}},
		}).Collect()
		if err != nil {
			return err
		}
		for _, m := range msgs {
			var raw []byte
			if len(m.BodySection) == 1 {
				raw = m.BodySection[0].Bytes
			}
			list = append(list, Stored{UID: uint32(m.UID), Raw: raw, Flags: sortedFlags(m.Flags), Date: m.InternalDate})
		}
		return nil
	})
	slices.SortFunc(list, func(a, b Stored) int { return cmp.Compare(a.UID, b.UID) })
	return list
}

// sortedFlags leaves out \Recent, which belongs to a session.
func sortedFlags(flags []imap.Flag) []string {
	var list []string
	for _, f := range flags {
		if !strings.EqualFold(string(f), `\Recent`) {
			list = append(list, string(f))
		}
	}
	slices.Sort(list)
	return list
}

// Mailboxes implements Server.
func (r *remote) Mailboxes(t testing.TB) []string {
	t.Helper()
	var names []string
	r.with(t, "mailboxes", func(c *imapclient.Client) error {
		list, err := c.List("", "*", nil).Collect()
		for _, l := range list {
			if !slices.Contains(l.Attrs, imap.MailboxAttrNoSelect) && !slices.Contains(l.Attrs, imap.MailboxAttrNonExistent) {
				names = append(names, l.Mailbox)
			}
		}
		return err
	})
	slices.Sort(names)
	return names
}

// Remove implements Server.
func (r *remote) Remove(t testing.TB, mailbox string) {
	t.Helper()
	r.with(t, "remove "+mailbox, func(c *imapclient.Client) error { return c.Delete(mailbox).Wait() })
}

// Recreate deletes a mailbox and makes it anew under another UIDVALIDITY.
func (r *remote) Recreate(t testing.TB, mailbox string) {
	t.Helper()
	before := r.UIDValidity(t, mailbox)
	r.with(t, "recreate "+mailbox, func(c *imapclient.Client) error {
		if err := c.Delete(mailbox).Wait(); err != nil {
			return err
		}
		return c.Create(mailbox, nil).Wait()
	})
	if r.UIDValidity(t, mailbox) == before {
		t.Fatalf("%s was recreated and keeps its UIDVALIDITY", mailbox)
	}
}
