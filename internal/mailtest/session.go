package mailtest

import (
	"io"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"

	"mail-imap-mcp/internal/secret"
)

// session is one connection to a Memory; it implements imapserver.Session.
type session struct {
	store    *store
	user     string
	password secret.Value
	caps     imap.CapSet // what the server offers

	selected *memoryMailbox // nil when none
	view     *imapserver.SessionTracker
	readOnly bool
}

var _ interface {
	imapserver.SessionNamespace
	imapserver.SessionMove
} = (*session)(nil)

// Close implements imapserver.Session.
func (s *session) Close() error { return s.Unselect() }

// Login implements imapserver.Session.
func (s *session) Login(user, password string) error {
	if user != s.user || !s.password.Equal(secret.New(password)) {
		return imapserver.ErrAuthFailed
	}
	return nil
}

// Select implements imapserver.Session.
func (s *session) Select(name string, o *imap.SelectOptions) (*imap.SelectData, error) {
	mb, err := s.store.find(name)
	if err != nil {
		return nil, err
	}
	mb.mu.Lock()
	defer mb.mu.Unlock()
	s.selected, s.view, s.readOnly = mb, mb.tracker.NewSession(), o.ReadOnly
	data := &imap.SelectData{
		Flags: []imap.Flag{
			imap.FlagAnswered, imap.FlagFlagged, imap.FlagDeleted, imap.FlagSeen, imap.FlagDraft,
		},
		NumMessages: uint32(len(mb.messages)),
		UIDNext:     imap.UID(mb.uidNext),
		UIDValidity: mb.uidValidity,
	}
	for i, m := range mb.messages {
		if data.FirstUnseenSeqNum == 0 && !m.hasFlag(imap.FlagSeen) {
			data.FirstUnseenSeqNum = uint32(i) + 1
		}
		for _, f := range m.flags {
			if !slices.Contains(data.Flags, f) {
				data.Flags = append(data.Flags, f)
			}
		}
	}
	if !o.ReadOnly {
		data.PermanentFlags = append(slices.Clone(data.Flags), imap.FlagWildcard)
	}
	return data, nil
}

// Unselect implements imapserver.Session.
func (s *session) Unselect() error {
	if s.view != nil {
		s.view.Close()
	}
	s.selected, s.view = nil, nil
	return nil
}

// Create implements imapserver.Session.
func (s *session) Create(name string, _ *imap.CreateOptions) error { return s.store.create(name) }

// Delete implements imapserver.Session.
func (s *session) Delete(name string) error { return s.store.remove(name) }

// Rename implements imapserver.Session.
func (s *session) Rename(from, to string, _ *imap.RenameOptions) error {
	return s.store.rename(from, to)
}

// Subscribe implements imapserver.Session.
func (s *session) Subscribe(name string) error { return s.subscribe(name, true) }

// Unsubscribe implements imapserver.Session.
func (s *session) Unsubscribe(name string) error { return s.subscribe(name, false) }

func (s *session) subscribe(name string, on bool) error {
	mb, err := s.store.find(name)
	if err != nil {
		if !on {
			return nil // nothing to undo, says Dovecot
		}
		return err
	}
	mb.mu.Lock()
	defer mb.mu.Unlock()
	mb.subscribed = on
	return nil
}

// Namespace implements imapserver.SessionNamespace.
func (s *session) Namespace() (*imap.NamespaceData, error) {
	return &imap.NamespaceData{Personal: []imap.NamespaceDescriptor{{Delim: delimiter}}}, nil
}

// List implements imapserver.Session (RFC 9051 §6.3.9; RFC 6154 for special use).
func (s *session) List(w *imapserver.ListWriter, ref string, patterns []string, o *imap.ListOptions) error {
	if len(patterns) == 0 {
		return w.WriteList(&imap.ListData{Attrs: []imap.MailboxAttr{imap.MailboxAttrNoSelect}, Delim: delimiter})
	}
	for _, mb := range s.store.all() {
		mb.mu.Lock()
		name, subscribed := mb.name, mb.subscribed
		mb.mu.Unlock()
		if !slices.ContainsFunc(patterns, func(p string) bool {
			return imapserver.MatchList(name, delimiter, ref, p)
		}) {
			continue
		}
		use, special := s.store.use[name]
		special = special && s.caps.Has(imap.CapSpecialUse)
		if o.SelectSubscribed && !subscribed || o.SelectSpecialUse && !special {
			continue
		}
		data := &imap.ListData{Mailbox: name, Delim: delimiter}
		if s.store.hasChildren(name) {
			data.Attrs = append(data.Attrs, imap.MailboxAttrHasChildren)
		} else {
			data.Attrs = append(data.Attrs, imap.MailboxAttrHasNoChildren)
		}
		if subscribed && (o.ReturnSubscribed || o.SelectSubscribed) {
			data.Attrs = append(data.Attrs, imap.MailboxAttrSubscribed)
		}
		if special {
			data.Attrs = append(data.Attrs, use)
		}
		if o.ReturnStatus != nil {
			data.Status = mb.status(o.ReturnStatus)
		}
		if err := w.WriteList(data); err != nil {
			return err
		}
	}
	if o.SelectSubscribed || o.SelectSpecialUse {
		return nil
	}
	for _, name := range s.store.parents() {
		if slices.ContainsFunc(patterns, func(p string) bool { return imapserver.MatchList(name, delimiter, ref, p) }) {
			attrs := []imap.MailboxAttr{imap.MailboxAttrNoSelect, imap.MailboxAttrHasChildren}
			if err := w.WriteList(&imap.ListData{Mailbox: name, Delim: delimiter, Attrs: attrs}); err != nil {
				return err
			}
		}
	}
	return nil
}

// Status implements imapserver.Session.
func (s *session) Status(name string, o *imap.StatusOptions) (*imap.StatusData, error) {
	mb, err := s.store.find(name)
	if err != nil {
		return nil, err
	}
	return mb.status(o), nil
}

func (mb *memoryMailbox) status(*imap.StatusOptions) *imap.StatusData {
	mb.mu.Lock()
	defer mb.mu.Unlock()
	var total, unseen, deleted, recent uint32
	var size int64
	for _, m := range mb.messages {
		total++
		size += int64(len(m.raw))
		if !m.hasFlag(imap.FlagSeen) {
			unseen++
		}
		if m.hasFlag(imap.FlagDeleted) {
			deleted++
		}
	}
	return &imap.StatusData{
		Mailbox: mb.name, NumMessages: &total, NumUnseen: &unseen, NumDeleted: &deleted, NumRecent: &recent,
		Size: &size, DeletedStorage: new(int64), UIDNext: imap.UID(mb.uidNext), UIDValidity: mb.uidValidity,
	}
}

// Append implements imapserver.Session.
func (s *session) Append(name string, r imap.LiteralReader, o *imap.AppendOptions) (*imap.AppendData, error) {
	mb, err := s.store.find(name)
	if err != nil {
		return nil, errTryCreate
	}
	raw, err := io.ReadAll(r)
	switch {
	case err != nil:
		return nil, err
	case int64(len(raw)) < r.Size():
		return nil, io.ErrUnexpectedEOF // the connection ended: real servers store nothing of it
	}
	if int64(len(raw)) < r.Size() {
		return nil, io.ErrUnexpectedEOF // the connection ended within it
	}
	uid := s.store.put(mb, stored{raw: raw, arrived: o.Time, flags: o.Flags})
	if !s.caps.Has(imap.CapUIDPlus) {
		return nil, nil //nolint:nilnil // imapserver's way to answer without APPENDUID
	}
	return &imap.AppendData{UIDValidity: mb.uidValidity, UID: imap.UID(uid)}, nil
}

// Poll implements imapserver.Session.
func (s *session) Poll(w *imapserver.UpdateWriter, allowExpunge bool) error {
	if s.view == nil {
		return nil
	}
	return s.view.Poll(w, allowExpunge)
}

// Idle implements imapserver.Session.
func (s *session) Idle(w *imapserver.UpdateWriter, stop <-chan struct{}) error {
	if s.view == nil {
		<-stop
		return nil
	}
	return s.view.Idle(w, stop)
}

// matchDate compares dates without time or zone (RFC 9051 §6.4.4).
func matchDate(t, since, before time.Time) bool {
	day := func(t time.Time) int { return t.Year()*10000 + int(t.Month())*100 + t.Day() }
	return (since.IsZero() || day(t) >= day(since)) && (before.IsZero() || day(t) < day(before))
}
