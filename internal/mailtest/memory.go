package mailtest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"slices"
	"sync"
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

// MemoryOptions say what a Memory is like; the zero value is a whole server.
type MemoryOptions struct {
	Dir string // where the CA's PEM file goes; empty: nothing touches the disk
	// User signs in; empty: a name of its own.
	User string
	// Without are capabilities it neither advertises nor has: MOVE and UID
	// EXPUNGE are then bad commands, nothing answers COPYUID or APPENDUID, and
	// no mailbox has a special use.
	Without []imap.Cap
	// Gmail has mailboxes behave as Gmail's labels, enough for tests; see gmail.go.
	Gmail bool
}

// Memory is an IMAPS server in this process on emersion's imapserver, with a
// store of its own. It has INBOX, Sent, Drafts, Trash, Junk and Archive.
//
// Unlike Dovecot it lacks SORT, THREAD, CONDSTORE, QRESYNC, BINARY and
// MULTIAPPEND, and does not say so otherwise.
type Memory struct {
	endpoint
	store  *store
	front  *front
	server *imapserver.Server
	inner  *pipeListener
	caps   imap.CapSet
	serve  sync.WaitGroup
}

// NewMemory starts a Memory that ends with the test.
func NewMemory(t testing.TB) *Memory {
	t.Helper()
	return NewMemoryWith(t, MemoryOptions{})
}

// NewMemoryWith starts a Memory that ends with the test.
func NewMemoryWith(t testing.TB, o MemoryOptions) *Memory {
	t.Helper()
	if o.Dir == "" {
		o.Dir = t.TempDir()
	}
	m, err := StartMemory(o)
	if err != nil {
		t.Fatalf("start the in-process mail server: %v", err)
	}
	t.Cleanup(func() { _ = m.Close() })
	return m
}

// StartMemory starts a Memory. Close it.
func StartMemory(o MemoryOptions) (*Memory, error) {
	ca, err := newAuthority(o.Dir)
	if err != nil {
		return nil, err
	}
	cert, _, _, err := ca.issue(certificateOptions{})
	if err != nil {
		return nil, err
	}
	m := &Memory{store: newStore(o.Gmail), inner: newPipeListener(), caps: memoryCaps(o.Without)}
	m.ca = ca
	m.user, m.password = newUser()
	m.user = cmp.Or(o.User, m.user)
	m.server = imapserver.New(&imapserver.Options{
		Caps:         m.caps,
		InsecureAuth: true, // the front has done TLS
		Logger:       log.New(io.Discard, "", 0),
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return &session{store: m.store, user: m.user, password: m.password, caps: m.caps}, nil, nil
		},
	})
	if m.front, err = listenFront(cert, m.handle); err != nil {
		return nil, err
	}
	m.imaps, m.starttls = m.front.imapsPort(), m.front.startTLSPort()
	m.serve.Go(func() { _ = m.server.Serve(m.inner) })
	m.front.start()
	return m, nil
}

func memoryCaps(without []imap.Cap) imap.CapSet {
	caps := imap.CapSet{}
	for _, c := range []imap.Cap{
		imap.CapIMAP4rev1, imap.CapNamespace, imap.CapUIDPlus, imap.CapESearch, imap.CapListExtended,
		imap.CapListStatus, imap.CapMove, imap.CapStatusSize, imap.CapChildren, imap.CapSpecialUse,
		imap.CapLiteralPlus,
	} {
		caps[c] = struct{}{}
	}
	for _, c := range without {
		delete(caps, c)
	}
	return caps
}

// handle puts ID (RFC 2971), which imapserver does not know, in front of it.
func (m *Memory) handle(ctx context.Context, c *client) {
	server, err := m.inner.dial(ctx)
	if err != nil {
		return
	}
	r := &relay{client: c, server: server, onResponse: advertiseID}
	if m.store.gmail {
		r.onResponse = func(unit []byte) []byte { return advertiseGmail(advertiseID(unit)) }
	}
	r.onCommand = func(x *Exchange) {
		switch needs := commandNeeds[x.Verb]; {
		case x.Verb == "ID":
			x.Reply("* ID (\"name\" \"mailtest\")\r\n%T OK ID completed\r\n")
		case needs != "" && !m.caps.Has(needs):
			x.Reply("%T BAD Unknown command\r\n")
		}
	}
	r.run(ctx)
}

// commandNeeds are the commands that only an extension brings; imapserver
// carries them out whatever it advertises.
var commandNeeds = map[string]imap.Cap{
	"MOVE":        imap.CapMove,
	"UID MOVE":    imap.CapMove,
	"UID EXPUNGE": imap.CapUIDPlus,
}

// Name is "memory".
func (m *Memory) Name() string { return "memory" }

// Close ends it and every connection to it.
func (m *Memory) Close() error {
	m.front.close()
	// Its Serve has to be over before its Close, which would race with it.
	_ = m.inner.Close()
	m.serve.Wait()
	err := m.server.Close()
	m.inner.wait()
	if err != nil && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("close the in-process mail server: %w", err)
	}
	return nil
}

// CreateMailbox makes a mailbox of that decoded name.
func (m *Memory) CreateMailbox(name string) error { return m.store.create(name) }

// Deliver puts messages into a mailbox and returns their UIDs in order.
func (m *Memory) Deliver(mailbox string, msgs ...Message) ([]uint32, error) {
	return m.store.deliver(mailbox, msgs)
}

// Create implements Server.
func (m *Memory) Create(t testing.TB, mailbox string) {
	t.Helper()
	if err := m.CreateMailbox(mailbox); err != nil {
		t.Fatalf("create %q: %v", mailbox, err)
	}
}

// Append implements Server.
func (m *Memory) Append(t testing.TB, mailbox string, msgs ...Message) []uint32 {
	t.Helper()
	uids, err := m.Deliver(mailbox, msgs...)
	if err != nil {
		t.Fatalf("append to %q: %v", mailbox, err)
	}
	return uids
}

// Expunge implements Server.
func (m *Memory) Expunge(t testing.TB, mailbox string, uids ...uint32) {
	t.Helper()
	if err := m.store.expunge(mailbox, uids); err != nil {
		t.Fatalf("expunge in %q: %v", mailbox, err)
	}
}

// UIDValidity implements Server.
func (m *Memory) UIDValidity(t testing.TB, mailbox string) uint32 {
	t.Helper()
	mb, err := m.store.find(mailbox)
	if err != nil {
		t.Fatalf("UIDVALIDITY of %q: %v", mailbox, err)
	}
	return mb.uidValidity
}

// Messages implements Server.
func (m *Memory) Messages(t testing.TB, mailbox string) []Stored {
	t.Helper()
	mb, err := m.store.find(mailbox)
	if err != nil {
		t.Fatalf("messages of %q: %v", mailbox, err)
	}
	mb.mu.Lock()
	defer mb.mu.Unlock()
	var list []Stored
	for _, msg := range mb.messages {
		list = append(list, Stored{UID: msg.uid, Raw: msg.raw, Flags: sortedFlags(msg.flags), Date: msg.arrived})
	}
	return list
}

// Mailboxes implements Server.
func (m *Memory) Mailboxes(testing.TB) []string {
	var names []string
	for _, mb := range m.store.all() {
		mb.mu.Lock()
		names = append(names, mb.name)
		mb.mu.Unlock()
	}
	slices.Sort(names)
	return names
}

// Remove implements Server.
func (m *Memory) Remove(t testing.TB, mailbox string) {
	t.Helper()
	if err := m.store.remove(mailbox); err != nil {
		t.Fatalf("remove %q: %v", mailbox, err)
	}
}

// Recreate deletes a mailbox and makes it anew under another UIDVALIDITY.
func (m *Memory) Recreate(t testing.TB, mailbox string) {
	t.Helper()
	if err := m.store.remove(mailbox); err != nil {
		t.Fatalf("delete %q: %v", mailbox, err)
	}
	m.Create(t, mailbox)
}

// Restart implements Server.
func (m *Memory) Restart(t testing.TB) {
	t.Helper()
	m.front.drop()
}

// Connections says how many connections were accepted since the start.
func (m *Memory) Connections() int { return m.front.connections() }
