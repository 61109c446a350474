package mailtest

import (
	"bufio"
	"bytes"
	"errors"
	"slices"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-message/textproto"
)

var errReadOnly = &imap.Error{Type: imap.StatusResponseTypeNo, Text: "Mailbox is read-only"}

// pick calls f for each message of the set as this session numbers them. The
// mailbox is locked.
func (s *session) pick(set imap.NumSet, f func(seq uint32, m *stored)) {
	mb := s.selected
	var seqs imap.SeqSet
	var uids imap.UIDSet
	switch set := set.(type) {
	case imap.SeqSet:
		seqs = resolveSeqs(set, uint32(len(mb.messages)))
	case imap.UIDSet:
		uids = resolveUIDs(set, mb.lastUID())
	}
	for i, m := range mb.messages {
		seq := s.view.EncodeSeqNum(uint32(i) + 1)
		if seq == 0 || seqs != nil && !seqs.Contains(seq) || uids != nil && !uids.Contains(imap.UID(m.uid)) {
			continue
		}
		f(uint32(i)+1, m)
	}
}

func (mb *memoryMailbox) lastUID() uint32 {
	if n := len(mb.messages); n > 0 {
		return mb.messages[n-1].uid
	}
	return 0
}

// resolveSeqs puts the highest number in the place of * (RFC 9051 §9, seq-number).
func resolveSeqs(set imap.SeqSet, last uint32) imap.SeqSet {
	set = slices.Clone(set)
	for i := range set {
		resolveStar(&set[i].Start, &set[i].Stop, last)
	}
	return set
}

// resolveUIDs puts the highest UID in the place of *.
func resolveUIDs(set imap.UIDSet, last uint32) imap.UIDSet {
	var resolved imap.UIDSet
	for _, r := range set {
		start, stop := uint32(r.Start), uint32(r.Stop)
		resolveStar(&start, &stop, last)
		resolved = append(resolved, imap.UIDRange{Start: imap.UID(start), Stop: imap.UID(stop)})
	}
	return resolved
}

func resolveStar(start, stop *uint32, last uint32) {
	if *start == 0 {
		*start = last
	}
	if *stop == 0 {
		*stop = last
	}
	if *start > *stop {
		*start, *stop = *stop, *start
	}
}

// picked is a message as it was when a command began. Answers are written
// without the mailbox's lock: a client that does not read stops nobody else.
type picked struct {
	seq uint32
	stored
}

func (s *session) respond(w *imapserver.FetchWriter, list []picked, o *imap.FetchOptions) error {
	for i := range list {
		if err := list[i].fetch(w.CreateMessage(list[i].seq), o); err != nil {
			return err
		}
	}
	return nil
}

// Fetch implements imapserver.Session.
func (s *session) Fetch(w *imapserver.FetchWriter, set imap.NumSet, o *imap.FetchOptions) error {
	reads := !s.readOnly && slices.ContainsFunc(o.BodySection, func(b *imap.FetchItemBodySection) bool { return !b.Peek })
	var list []picked
	mb := s.selected
	mb.mu.Lock()
	s.pick(set, func(seq uint32, m *stored) {
		if reads && !m.hasFlag(imap.FlagSeen) {
			m.setFlag(imap.FlagSeen, true)
			mb.tracker.QueueMessageFlags(seq, imap.UID(m.uid), m.flags, nil)
		}
		list = append(list, picked{s.view.EncodeSeqNum(seq), *m})
	})
	mb.mu.Unlock()
	return s.respond(w, list, o)
}

func (m *stored) fetch(w *imapserver.FetchResponseWriter, o *imap.FetchOptions) error {
	if o.UID {
		w.WriteUID(imap.UID(m.uid))
	}
	if o.Flags {
		w.WriteFlags(m.flags)
	}
	if o.InternalDate {
		w.WriteInternalDate(m.arrived)
	}
	if o.RFC822Size {
		w.WriteRFC822Size(int64(len(m.raw)))
	}
	if o.Envelope {
		// An envelope of what can be read of a broken header.
		header, _ := textproto.ReadHeader(bufio.NewReader(bytes.NewReader(m.raw)))
		w.WriteEnvelope(imapserver.ExtractEnvelope(header))
	}
	if o.BodyStructure != nil {
		w.WriteBodyStructure(structureOf(m.raw))
	}
	for _, b := range o.BodySection {
		section := sectionOf(m.raw, b)
		out := w.WriteBodySection(b, int64(len(section)))
		_, err := out.Write(section)
		if err = errors.Join(err, out.Close()); err != nil {
			// Not to close it would block the connection's other goroutines for ever.
			return errors.Join(err, w.Close())
		}
	}
	return w.Close()
}

// structureOf is imapserver's reading, save that a multipart without parts,
// on which it panics when writing, is shown as one plain text, as Dovecot does.
func structureOf(raw []byte) imap.BodyStructure {
	return withParts(imapserver.ExtractBodyStructure(bytes.NewReader(raw)))
}

func withParts(b imap.BodyStructure) imap.BodyStructure {
	switch b := b.(type) {
	case *imap.BodyStructureMultiPart:
		for i := range b.Children {
			b.Children[i] = withParts(b.Children[i])
		}
		if len(b.Children) == 0 {
			b.Children = []imap.BodyStructure{&imap.BodyStructureSinglePart{
				Type: "text", Subtype: "plain", Encoding: "7bit",
				Text: &imap.BodyStructureText{}, Extended: &imap.BodyStructureSinglePartExt{},
			}}
		}
	case *imap.BodyStructureSinglePart:
		if b.MessageRFC822 != nil {
			b.MessageRFC822.BodyStructure = withParts(b.MessageRFC822.BodyStructure)
		}
	}
	return b
}

// sectionOf cuts a section out (RFC 9051 §6.4.5). The whole message, its
// header and its text are cut from the bytes as they are: a broken header must
// not hide the mail.
func sectionOf(raw []byte, b *imap.FetchItemBodySection) []byte {
	if len(b.Part) == 0 && len(b.HeaderFields) == 0 && len(b.HeaderFieldsNot) == 0 {
		body := len(raw)
		if end := bytes.Index(raw, []byte("\r\n\r\n")); end >= 0 {
			body = end + 4
		}
		switch b.Specifier {
		case imap.PartSpecifierNone:
			return partial(raw, b.Partial)
		case imap.PartSpecifierHeader:
			return partial(raw[:body], b.Partial)
		case imap.PartSpecifierText:
			return partial(raw[body:], b.Partial)
		}
	}
	return imapserver.ExtractBodySection(bytes.NewReader(raw), b)
}

func partial(b []byte, p *imap.SectionPartial) []byte {
	if p == nil {
		return b
	}
	if p.Offset >= int64(len(b)) {
		return nil
	}
	b = b[p.Offset:]
	return b[:min(p.Size, int64(len(b)))]
}

// Store implements imapserver.Session.
func (s *session) Store(w *imapserver.FetchWriter, set imap.NumSet, flags *imap.StoreFlags, _ *imap.StoreOptions) error {
	if s.readOnly {
		return errReadOnly
	}
	var list []picked
	mb := s.selected
	mb.mu.Lock()
	s.pick(set, func(seq uint32, m *stored) {
		if flags.Op == imap.StoreFlagsSet {
			m.flags = nil
		}
		for _, f := range flags.Flags {
			m.setFlag(f, flags.Op != imap.StoreFlagsDel)
		}
		mb.tracker.QueueMessageFlags(seq, imap.UID(m.uid), m.flags, s.view)
		list = append(list, picked{s.view.EncodeSeqNum(seq), *m})
	})
	mb.mu.Unlock()
	if flags.Silent {
		return nil
	}
	return s.respond(w, list, &imap.FetchOptions{UID: true, Flags: true})
}

// Expunge implements imapserver.Session.
func (s *session) Expunge(_ *imapserver.ExpungeWriter, uids *imap.UIDSet) error {
	if s.readOnly {
		return nil // CLOSE of an examined mailbox expunges nothing
	}
	s.selected.removeIf(func(m *stored) bool {
		return m.hasFlag(imap.FlagDeleted) && (uids == nil || uids.Contains(imap.UID(m.uid)))
	})
	return nil
}

// Copy implements imapserver.Session. Only with UIDPLUS it answers COPYUID,
// and only when something was copied (RFC 4315 §3).
func (s *session) Copy(set imap.NumSet, name string) (*imap.CopyData, error) {
	data, err := s.copy(set, name)
	if err != nil || !s.caps.Has(imap.CapUIDPlus) || len(data.SourceUIDs) == 0 {
		return nil, err
	}
	return data, nil
}

func (s *session) copy(set imap.NumSet, name string) (*imap.CopyData, error) {
	dest, err := s.store.find(name)
	if err != nil {
		return nil, errTryCreate
	}
	var from []stored
	s.selected.mu.Lock()
	s.pick(set, func(_ uint32, m *stored) { from = append(from, *m) })
	s.selected.mu.Unlock()
	data := &imap.CopyData{UIDValidity: dest.uidValidity}
	for _, m := range from {
		data.SourceUIDs.AddNum(imap.UID(m.uid))
		data.DestUIDs.AddNum(imap.UID(s.store.put(dest, m)))
	}
	return data, nil
}

// Move implements imapserver.SessionMove; the expunges follow with the next poll.
func (s *session) Move(w *imapserver.MoveWriter, set imap.NumSet, name string) error {
	if s.readOnly {
		return errReadOnly
	}
	data, err := s.copy(set, name)
	if err != nil {
		return err
	}
	if !s.store.keeps(s.selected, name) {
		s.selected.removeIf(func(m *stored) bool { return data.SourceUIDs.Contains(imap.UID(m.uid)) })
	}
	if !s.caps.Has(imap.CapUIDPlus) || len(data.SourceUIDs) == 0 {
		return nil
	}
	return w.WriteCopyData(data)
}
