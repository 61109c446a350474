package draft

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"mail-imap-mcp/internal/compose"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/message"
	"mail-imap-mcp/internal/people"
)

// draftSource is a message that goes into a draft, or of which parts do.
type draftSource struct {
	id     contract.MessageID
	quoted bool     // its text is wanted
	all    bool     // and all of its attachments: it is forwarded
	parts  []string // the parts that are wanted

	opened   *mailbox.Opened
	withheld string
	text     string
	textCut  bool
	files    []draftFile
	leftOut  []string // names of attachments of a forward that do not fit
}

// draftFile is a part of a message as an attachment of a draft.
type draftFile struct {
	compose.Attachment
	partID string
	part   *message.Part
	asked  []string // the names by which it was asked for
}

// file is the part that was fetched for a name, nil when none was.
func (src *draftSource) file(name string) *draftFile {
	for i := range src.files {
		if src.files[i].partID == name || slices.Contains(src.files[i].asked, name) {
			return &src.files[i]
		}
	}
	return nil
}

// draftSources reads all messages that a draft needs, each once, in the order in
// which they are named, with at most room bytes of attachments.
func (s *Service) draftSources(ctx context.Context, q Query, room int64) (map[contract.MessageID]*draftSource, error) {
	all := map[contract.MessageID]*draftSource{}
	var order []*draftSource
	at := func(id contract.MessageID) *draftSource {
		src, ok := all[id]
		if !ok {
			src = &draftSource{id: id}
			all[id] = src
			order = append(order, src)
		}
		return src
	}
	if q.ReplyTo != nil {
		at(*q.ReplyTo).quoted = true
	}
	// What is asked for by name comes before what merely comes along.
	for _, ref := range q.Attach {
		src := at(ref.ID)
		if !slices.Contains(src.parts, ref.PartID) {
			src.parts = append(src.parts, ref.PartID)
		}
	}
	if q.Forward != nil {
		src := at(*q.Forward)
		src.quoted, src.all = true, true
	}
	for _, src := range order {
		if err := s.loadSource(ctx, src, &room); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// loadSource opens a message and fetches what is wanted of it, at most room
// bytes of attachments; room becomes what is left of it.
func (s *Service) loadSource(ctx context.Context, src *draftSource, room *int64) error {
	pool, err := s.accounts.Find(src.id.Account)
	if err != nil {
		return err
	}
	query := mailbox.GetQuery{ID: src.id, Mode: mailbox.ModeText, BodyMax: compose.MaxQuoteChars}
	if src.all {
		query.BodyMax = compose.MaxForwardChars
	}
	o, content, err := s.mail.Open(ctx, pool, src.id, func(c *imapconn.Conn, o *mailbox.Opened) (*mailbox.Content, error) {
		if err := src.choose(o, *room); err != nil {
			return nil, err
		}
		var w *mailbox.Content
		if src.quoted {
			var err error
			if w, err = mailbox.Load(c, query, o); err != nil {
				return nil, err
			}
		}
		return w, src.fetch(c, o, *room)
	})
	if err != nil {
		return imapconn.Classify(stageDraft, err)
	}
	src.opened, src.withheld = o, o.Withheld
	if src.withheld != "" && (src.all || len(src.parts) > 0) {
		return contract.Errorf(contract.PermissionDenied, "message %s is not passed on: %s", src.id, src.withheld)
	}
	if content != nil {
		body := s.mail.ReadBody(ctx, content, &mailbox.Message{Removed: map[string]int{}})
		src.text, src.textCut = body.Text, body.Cut
	}
	for _, f := range src.files {
		*room -= f.Content.Size()
	}
	return nil
}

// choose says which parts are fetched. What was asked for must be there and fit;
// of a forward's attachments come those that fit.
func (src *draftSource) choose(o *mailbox.Opened, room int64) error {
	src.files, src.leftOut = nil, nil
	for _, id := range src.parts {
		part, err := mailbox.FindPart(o, id)
		if err != nil {
			return err
		}
		if known := src.file(part.ID); known != nil {
			known.asked = append(known.asked, id)
			continue
		}
		if o.CutsOff(part) {
			return contract.Errorf(contract.Unavailable, "the mail server could not describe message %s, and only the beginning of part %s can be read; it is not attached", src.id, id)
		}
		if room -= mailbox.Describe(part).Size; room < 0 {
			return errDraftTooLarge()
		}
		file := newDraftFile(part)
		file.asked = []string{id}
		src.files = append(src.files, file)
	}
	if !src.all || o.Part == nil {
		return nil
	}
	for _, a := range message.Attachments(o.Part) {
		part := o.Part.Find(a.PartID)
		switch {
		case part == nil || src.file(a.PartID) != nil:
		case o.CutsOff(part) || a.Size > room || len(src.files) >= contract.MaxAttachments:
			src.leaveOut(part)
		default:
			room -= a.Size
			src.files = append(src.files, newDraftFile(part))
		}
	}
	return nil
}

// leaveOut notes an attachment that is not forwarded.
func (src *draftSource) leaveOut(part *message.Part) {
	name := []rune(compose.Filename(part.Filename, part.MediaType))
	src.leftOut = append(src.leftOut, fmt.Sprintf("%q (part %s)", string(name[:min(len(name), maxLeftOutChars)]), part.ID))
}

// errDraftTooLarge is the answer to parts that are too large together.
func errDraftTooLarge() error {
	return contract.Errorf(contract.InvalidInput, "the attachments have more than %d MB together; attach fewer", contract.MaxDraftFileBytes>>20)
}

func newDraftFile(part *message.Part) draftFile {
	a := mailbox.Describe(part)
	return draftFile{compose.Attachment{Filename: part.Filename, ContentType: a.ContentType, Params: part.Params}, part.ID, part, nil}
}

// fetch brings the parts, decoded, all in one flight. Sizes are what the server
// says; what turns out larger than there is room for is refused, or left out of
// a forward.
func (src *draftSource) fetch(c *imapconn.Conn, o *mailbox.Opened, room int64) error {
	p := mailbox.NewParts(c, src.id.UID)
	streams := make([]*mailbox.PartStream, len(src.files))
	if o.Encoded == nil {
		for i, f := range src.files {
			streams[i] = p.Ask(f.part, mailbox.MaxPartFetch)
		}
	}
	var failed error
	kept := src.files[:0:0]
	for i, f := range src.files {
		f.Content = &compose.Content{Max: room}
		var err error
		if o.Encoded != nil {
			_, err = f.Content.Write(mailbox.Decoded(f.part, o.Encoded[f.partID]))
		} else {
			err = copyTo(f.Content, streams[i], f.part)
		}
		switch {
		case err == nil:
			room -= f.Content.Size()
			kept = append(kept, f)
		case errors.Is(err, compose.ErrTooLarge) && !slices.Contains(src.parts, f.partID):
			src.leaveOut(f.part)
		case errors.Is(err, compose.ErrTooLarge):
			failed = errors.Join(failed, errDraftTooLarge())
		default:
			failed = errors.Join(failed, err)
		}
	}
	src.files = kept
	if broken := p.Finish(); broken != nil {
		return broken
	}
	return failed
}

// copyTo decodes a part to its end.
func copyTo(to io.Writer, s *mailbox.PartStream, part *message.Part) error {
	defer s.Skip()
	_, err := io.Copy(to, part.Decode(s))
	if err == nil && s.Cut() {
		err = compose.ErrTooLarge // more than MaxPartFetch encoded is more than fits
	}
	return err
}

// original is the message as compose knows it. Of one that is withheld only the
// sender's bare address is left, and its id if that has no room for words.
func (src *draftSource) original() compose.Original {
	h := src.opened.Header
	o := compose.Original{
		Date: src.opened.Date, From: src.opened.From, To: src.opened.To, Subject: src.opened.Subject, Language: h.Get("Content-Language"),
		MessageID: h.Get("Message-Id"), ReplyTo: h.Addresses("Reply-To"), Cc: h.Addresses("Cc"),
		InReplyTo: h.Get("In-Reply-To"), References: h.Get("References"),
		Text: src.text, TextCut: src.textCut,
	}
	if src.withheld != "" {
		o.Subject, o.Text, o.InReplyTo, o.References = "", "", "", ""
		o.From, o.To = people.Bare(h.Addresses("From")), people.Bare(h.Addresses("To"))
		o.ReplyTo, o.Cc = people.Bare(o.ReplyTo), people.Bare(o.Cc)
		if !plainID.MatchString(o.MessageID) {
			o.MessageID = ""
		}
	}
	return o
}
