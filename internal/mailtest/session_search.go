package mailtest

import (
	"bufio"
	"bytes"
	"io"
	"mime"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	gomessage "github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // mail in every charset is searched
	"github.com/emersion/go-message/mail"
	"github.com/emersion/go-message/textproto"
	"golang.org/x/net/html/charset"
)

// Search implements imapserver.Session (RFC 9051 §6.4.4).
func (s *session) Search(kind imapserver.NumKind, c *imap.SearchCriteria, _ *imap.SearchOptions) (*imap.SearchData, error) {
	mb := s.selected
	mb.mu.Lock()
	defer mb.mu.Unlock()
	mb.resolve(c)
	var data imap.SearchData
	var seqs imap.SeqSet
	var uids imap.UIDSet
	for i, m := range mb.messages {
		seq := s.view.EncodeSeqNum(uint32(i) + 1)
		if seq == 0 || !matches(seq, m, c) {
			continue
		}
		n := m.uid
		if kind == imapserver.NumKindSeq {
			n = seq
		}
		seqs.AddNum(n)
		uids.AddNum(imap.UID(n))
		if data.Min == 0 {
			data.Min = n
		}
		data.Max = n
		data.Count++
	}
	data.All = uids
	if kind == imapserver.NumKindSeq {
		data.All = seqs
	}
	return &data, nil
}

// resolve puts numbers in the place of * everywhere in the criteria.
func (mb *memoryMailbox) resolve(c *imap.SearchCriteria) {
	for i := range c.SeqNum {
		c.SeqNum[i] = resolveSeqs(c.SeqNum[i], uint32(len(mb.messages)))
	}
	for i := range c.UID {
		c.UID[i] = resolveUIDs(c.UID[i], mb.lastUID())
	}
	for i := range c.Not {
		mb.resolve(&c.Not[i])
	}
	for i := range c.Or {
		mb.resolve(&c.Or[i][0])
		mb.resolve(&c.Or[i][1])
	}
}

func matches(seq uint32, m *stored, c *imap.SearchCriteria) bool {
	for _, set := range c.SeqNum {
		if !set.Contains(seq) {
			return false
		}
	}
	for _, set := range c.UID {
		if !set.Contains(imap.UID(m.uid)) {
			return false
		}
	}
	for _, f := range c.Flag {
		if !m.hasFlag(f) {
			return false
		}
	}
	for _, f := range c.NotFlag {
		if m.hasFlag(f) {
			return false
		}
	}
	size := int64(len(m.raw))
	if !matchDate(m.arrived, c.Since, c.Before) || c.Larger != 0 && size <= c.Larger ||
		c.Smaller != 0 && size >= c.Smaller || !matchText(m, c) {
		return false
	}
	for i := range c.Not {
		if matches(seq, m, &c.Not[i]) {
			return false
		}
	}
	for i := range c.Or {
		if !matches(seq, m, &c.Or[i][0]) && !matches(seq, m, &c.Or[i][1]) {
			return false
		}
	}
	return true
}

// matchText looks at the criteria that need the message to be read.
func matchText(m *stored, c *imap.SearchCriteria) bool {
	sent := !c.SentSince.IsZero() || !c.SentBefore.IsZero()
	if len(c.Header) == 0 && len(c.Text) == 0 && len(c.Body) == 0 && !sent {
		return true
	}
	header, _ := textproto.ReadHeader(bufio.NewReader(bytes.NewReader(m.raw)))
	if sent {
		h := mail.Header{Header: gomessage.Header{Header: header}}
		t, err := h.Date()
		if err != nil || t.IsZero() || !matchDate(t, c.SentSince, c.SentBefore) {
			return false
		}
	}
	for _, want := range c.Header {
		if !matchFields(header.FieldsByKey(want.Key), want.Value) {
			return false
		}
	}
	if len(c.Text) == 0 && len(c.Body) == 0 {
		return true
	}
	e, _ := gomessage.Read(bytes.NewReader(m.raw))
	bodies := strings.Builder{}
	headers := strings.Builder{}
	collect(e, 0, &headers, &bodies)
	for _, want := range c.Body {
		if !contains(bodies.String(), want) {
			return false
		}
	}
	for _, want := range c.Text {
		if !contains(bodies.String(), want) && !contains(headers.String(), want) {
			return false
		}
	}
	return true
}

func matchFields(fields textproto.HeaderFields, want string) bool {
	for fields.Next() {
		if want == "" || contains(decodeHeader(fields.Value()), want) {
			return true
		}
	}
	return false
}

// decodeHeader decodes RFC 2047 words of any charset; what is broken stays.
func decodeHeader(s string) string {
	d := mime.WordDecoder{CharsetReader: charset.NewReaderLabel}
	if decoded, err := d.DecodeHeader(s); err == nil {
		return decoded
	}
	return s
}

// maxSearchDepth bounds how deep a searched message may nest.
const maxSearchDepth = 30

// collect gathers decoded headers and decoded texts of all parts.
func collect(e *gomessage.Entity, depth int, headers, bodies *strings.Builder) {
	if e == nil || depth > maxSearchDepth {
		return
	}
	for f := e.Header.Fields(); f.Next(); {
		headers.WriteString(f.Key() + ": " + decodeHeader(f.Value()) + "\n")
	}
	if parts := e.MultipartReader(); parts != nil {
		for {
			part, err := parts.NextPart()
			if part == nil || err != nil && !gomessage.IsUnknownCharset(err) {
				return
			}
			collect(part, depth+1, headers, bodies)
		}
	}
	kind, _, _ := e.Header.ContentType()
	switch {
	case strings.HasPrefix(kind, "text/") || kind == "":
		text, _ := io.ReadAll(e.Body)
		bodies.Write(text)
		bodies.WriteByte('\n')
	case kind == "message/rfc822":
		inner, _ := gomessage.Read(e.Body)
		collect(inner, depth+1, bodies, bodies)
	}
}

// contains ignores case, as SEARCH does, and where lines are folded.
func contains(text, want string) bool {
	unfold := strings.NewReplacer("\r\n", "\n", "\n ", " ", "\n\t", " ")
	return strings.Contains(strings.ToLower(unfold.Replace(text)), strings.ToLower(want))
}
