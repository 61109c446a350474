package mailtest

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

// delimiter separates the levels of mailbox names, here and on our Dovecot.
const delimiter = '/'

var specialUse = map[string]imap.MailboxAttr{
	"Sent":    imap.MailboxAttrSent,
	"Drafts":  imap.MailboxAttrDrafts,
	"Trash":   imap.MailboxAttrTrash,
	"Junk":    imap.MailboxAttrJunk,
	"Archive": imap.MailboxAttrArchive,
}

var (
	errNoMailbox = &imap.Error{
		Type: imap.StatusResponseTypeNo, Code: imap.ResponseCodeNonExistent, Text: "No such mailbox",
	}
	errTryCreate = &imap.Error{
		Type: imap.StatusResponseTypeNo, Code: imap.ResponseCodeTryCreate, Text: "No such mailbox",
	}
	errInbox  = &imap.Error{Type: imap.StatusResponseTypeNo, Code: imap.ResponseCodeCannot, Text: "INBOX can't be deleted"}
	errExists = &imap.Error{
		Type: imap.StatusResponseTypeNo, Code: imap.ResponseCodeAlreadyExists, Text: "Mailbox already exists",
	}
)

// store is the mailboxes of one user.
type store struct {
	mu           sync.Mutex
	mailboxes    map[string]*memoryMailbox
	lastValidity uint32
	use          map[string]imap.MailboxAttr
	gmail        bool
	lastMail     uint64 // number of the last mail; see stored.mail
}

// memoryMailbox is guarded by its own mutex; uidValidity never changes.
type memoryMailbox struct {
	uidValidity uint32
	tracker     *imapserver.MailboxTracker

	mu         sync.Mutex
	name       string
	subscribed bool
	messages   []*stored // ascending UIDs
	uidNext    uint32
}

type stored struct {
	uid     uint32
	raw     []byte
	arrived time.Time
	flags   []imap.Flag
	mail    uint64 // the same in every mailbox of a Gmail that shows the mail
}

func newStore(gmail bool) *store {
	// A UIDVALIDITY as real servers have it: the time, then upwards.
	s := &store{mailboxes: map[string]*memoryMailbox{}, lastValidity: uint32(time.Now().Unix()), use: specialUse, gmail: gmail}
	if gmail {
		s.use = gmailUse
	}
	_ = s.create("INBOX")
	for name := range s.use {
		_ = s.create(name)
		s.mailboxes[name].subscribed = true
	}
	return s
}

// canonicalName makes INBOX of every spelling (RFC 9051 §5.1).
func canonicalName(name string) string {
	if strings.EqualFold(name, "INBOX") {
		return "INBOX"
	}
	return name
}

func (s *store) find(name string) (*memoryMailbox, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if mb := s.mailboxes[canonicalName(name)]; mb != nil {
		return mb, nil
	}
	return nil, errNoMailbox
}

func (s *store) create(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	name = canonicalName(strings.TrimRight(name, string(delimiter)))
	if s.mailboxes[name] != nil {
		return errExists
	}
	s.lastValidity++
	s.mailboxes[name] = &memoryMailbox{
		name: name, uidValidity: s.lastValidity, uidNext: 1,
		tracker: imapserver.NewMailboxTracker(0),
	}
	return nil
}

// remove leaves the levels below, whose parent then cannot be selected, as on
// Dovecot (RFC 9051 §6.3.4).
func (s *store) remove(name string) error {
	if canonicalName(name) == "INBOX" {
		return errInbox
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.mailboxes[canonicalName(name)] == nil {
		return errNoMailbox
	}
	delete(s.mailboxes, canonicalName(name))
	return nil
}

// rename takes the levels below along (RFC 9051 §6.3.6).
func (s *store) rename(from, to string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	to = strings.TrimRight(to, string(delimiter))
	if s.mailboxes[to] != nil {
		return errExists
	}
	found := false
	for name, mb := range s.mailboxes {
		below, ok := strings.CutPrefix(name, from)
		if ok && (below == "" || below[0] == delimiter) {
			found = true // a mere level of names too, as on Dovecot
			delete(s.mailboxes, name)
			mb.mu.Lock()
			mb.name = to + below
			mb.mu.Unlock()
			s.mailboxes[to+below] = mb
		}
	}
	if !found {
		return errNoMailbox
	}
	return nil
}

// all lists the mailboxes by name, INBOX first.
func (s *store) all() []*memoryMailbox {
	s.mu.Lock()
	defer s.mu.Unlock()
	names := make([]string, 0, len(s.mailboxes))
	for name := range s.mailboxes {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if (a == "INBOX") != (b == "INBOX") {
			if a == "INBOX" {
				return -1
			}
			return 1
		}
		return strings.Compare(a, b)
	})
	list := make([]*memoryMailbox, len(names))
	for i, name := range names {
		list[i] = s.mailboxes[name]
	}
	return list
}

// parents lists the levels above mailboxes that are no mailboxes themselves.
func (s *store) parents() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := map[string]bool{}
	for name := range s.mailboxes {
		for i, r := range name {
			if r == delimiter && s.mailboxes[name[:i]] == nil {
				found[name[:i]] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

func (s *store) hasChildren(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for other := range s.mailboxes {
		if strings.HasPrefix(other, name+string(delimiter)) {
			return true
		}
	}
	return false
}

func (s *store) deliver(mailbox string, msgs []Message) ([]uint32, error) {
	mb, err := s.find(mailbox)
	if err != nil {
		return nil, err
	}
	uids := make([]uint32, len(msgs))
	for i, m := range msgs {
		flags := make([]imap.Flag, len(m.Flags))
		for j, f := range m.Flags {
			flags[j] = imap.Flag(f)
		}
		uids[i] = s.put(mb, stored{raw: m.Raw, arrived: m.Date, flags: flags})
	}
	return uids, nil
}

func (s *store) expunge(mailbox string, uids []uint32) error {
	mb, err := s.find(mailbox)
	if err != nil {
		return err
	}
	mb.removeIf(func(m *stored) bool { return slices.Contains(uids, m.uid) })
	return nil
}

func (mb *memoryMailbox) add(n stored) uint32 {
	if n.arrived.IsZero() {
		n.arrived = time.Now()
	}
	mb.mu.Lock()
	defer mb.mu.Unlock()
	m := &stored{uid: mb.uidNext, raw: n.raw, arrived: n.arrived.Truncate(time.Second), mail: n.mail}
	for _, f := range n.flags {
		m.setFlag(f, true)
	}
	mb.uidNext++
	mb.messages = append(mb.messages, m)
	mb.tracker.QueueNumMessages(uint32(len(mb.messages)))
	return m.uid
}

// removeIf expunges what matches and tells every session.
func (mb *memoryMailbox) removeIf(match func(*stored) bool) {
	mb.mu.Lock()
	defer mb.mu.Unlock()
	for i := len(mb.messages) - 1; i >= 0; i-- {
		if match(mb.messages[i]) {
			mb.messages = slices.Delete(mb.messages, i, i+1)
			mb.tracker.QueueExpunge(uint32(i) + 1)
		}
	}
}

// hasFlag ignores case, as RFC 9051 §2.3.2 has it.
func (m *stored) hasFlag(flag imap.Flag) bool {
	return slices.ContainsFunc(m.flags, func(f imap.Flag) bool {
		return strings.EqualFold(string(f), string(flag))
	})
}

func (m *stored) setFlag(flag imap.Flag, on bool) {
	// A fresh slice: FETCH updates in other sessions' queues hold the old one.
	flags := slices.DeleteFunc(slices.Clone(m.flags), func(f imap.Flag) bool {
		return strings.EqualFold(string(f), string(flag))
	})
	if on {
		flags = append(flags, flag)
	}
	m.flags = flags
}
