package mailbox

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/extract"
	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/message"
	"mail-imap-mcp/internal/safetext"
)

// AttachmentText reads the text of one attachment: two flights, one for the
// structure and one for the part.
func (s *Service) AttachmentText(ctx context.Context, q AttachmentQuery) (*Attachment, error) {
	a, f, err := s.attachment(ctx, q, extract.MaxInput)
	if err != nil || a.Withheld != "" {
		return a, err
	}
	r, err := s.read(ctx, f.part, f.data, f.cut, int(q.Offset), int(q.Max))
	if err != nil {
		return nil, contract.Errorf(contract.Unavailable, "the text of part %s could not be read; try again", q.PartID)
	}
	a.Text, a.Truncated = &r, r.Truncated
	a.Signals = textSignals(f.part.ID, r.Text)
	return a, nil
}

// AttachmentBytes reads a piece of an attachment, decoded. A transfer encoding
// has no fixed relation between encoded and decoded offsets, so the part is
// fetched from its beginning; Offset+Max is at most extract.MaxInput.
func (s *Service) AttachmentBytes(ctx context.Context, q AttachmentQuery) (*Attachment, error) {
	a, f, err := s.attachment(ctx, q, q.Offset+q.Max)
	if err != nil || a.Withheld != "" {
		return a, err
	}
	a.Data = f.data[min(q.Offset, int64(len(f.data))):]
	a.Offset, a.Truncated = q.Offset, f.cut && len(a.Data) > 0
	if f.cut && !a.Truncated {
		a.Notes = append(a.Notes, "nothing that can be decoded follows in what was read of the part")
	}
	return a, nil
}

// Sink takes an attachment. Reset begins again, after a connection broke.
type Sink interface {
	io.Writer
	Reset() error
}

// SaveAttachment writes a whole attachment, decoded, to where open says, and
// reports its size. It is streamed: an attachment of any size that the server's
// connection may bring takes 2 MiB of memory. A withheld one is never opened.
func (s *Service) SaveAttachment(ctx context.Context, q AttachmentQuery, open func(message.Attachment) (Sink, error)) (*Attachment, int64, error) {
	var to Sink
	var size int64
	a, _, err := s.attachmentAnd(ctx, q, func(c *imapconn.Conn, part *message.Part, known []byte, cut bool) (filePart, error) {
		if cut {
			return filePart{}, contract.Errorf(contract.Unavailable, "the mail server could not describe this message's structure, and only the beginning of part %s can be read; it is not saved", q.PartID)
		}
		if to == nil {
			var err error
			if to, err = open(Describe(part)); err != nil {
				return filePart{}, err
			}
		} else if err := to.Reset(); err != nil {
			return filePart{}, err
		}
		var err error
		if known != nil {
			var n int
			n, err = to.Write(Decoded(part, known))
			size = int64(n)
			return filePart{part: part}, err
		}
		size, err = copyPart(c, q.ID.UID, part, to)
		return filePart{part: part}, err
	})
	return a, size, err
}

// copyPart streams a part, decoded.
func copyPart(c *imapconn.Conn, uid uint32, part *message.Part, to io.Writer) (int64, error) {
	if part.Size > maxSavedPart {
		return 0, contract.Errorf(contract.InvalidInput, "the attachment has %d bytes as encoded; at most %d are saved", part.Size, maxSavedPart)
	}
	if err := compress(c, compressible(part, maxSavedPart)); err != nil {
		return 0, fmt.Errorf("COMPRESS: %w", err)
	}
	p := NewParts(c, uid)
	stream := p.Ask(part, maxSavedPart+1)
	n, err := io.Copy(to, part.Decode(stream))
	if err == nil && stream.Cut() {
		err = errLonger
	}
	if broken := p.Finish(); broken != nil {
		return n, broken
	}
	if err != nil {
		return n, fmt.Errorf("save attachment: %w", err)
	}
	return n, nil
}

// attachment fetches the beginning of a part, decoded: at most limit bytes.
func (s *Service) attachment(ctx context.Context, q AttachmentQuery, limit int64) (*Attachment, filePart, error) {
	return s.attachmentAnd(ctx, q, func(c *imapconn.Conn, part *message.Part, known []byte, cut bool) (filePart, error) {
		f := filePart{part: part}
		if known != nil {
			f.data = Decoded(part, known)
			f.cut = cut || int64(len(f.data)) > limit
			f.data = f.data[:min(int64(len(f.data)), limit)]
			return f, nil
		}
		asked := min(encodedBytes(limit), MaxPartFetch)
		if err := compress(c, compressible(part, asked)); err != nil {
			return f, fmt.Errorf("COMPRESS: %w", err)
		}
		p := NewParts(c, q.ID.UID)
		stream := p.Ask(part, asked)
		var err error
		f.data, f.cut, err = stream.read(part, limit)
		if broken := p.Finish(); broken != nil {
			err = broken
		}
		if err == nil && part.MediaType == "message/rfc822" && !message.StartsWithHeader(f.data) {
			f.data, err = withHeader(c, q.ID.UID, part, f.data)
		}
		return f, err
	})
}

// withHeader puts a message's header before a body that came without: hMailServer
// sends only the body of a message within a message, and its header as MIME
// (hmailserver#459). Where there is none, what the structure tells of it serves.
func withHeader(c *imapconn.Conn, uid uint32, part *message.Part, body []byte) ([]byte, error) {
	path := imapconn.PartPath(part.ID)
	rows, err := c.Fetch([]uint32{uid}, &imap.FetchOptions{BodySection: []*imap.BodySection{
		imapconn.Part(path, imap.PartSpecifierMIME, 0, maxHeaderBytes), imapconn.Part(path, imap.PartSpecifierHeader, 0, maxHeaderBytes),
	}}).Wait()
	if err != nil && !imapconn.IsRefusal(err) {
		return body, fmt.Errorf("FETCH header of part: %w", err)
	}
	for _, m := range rows {
		for _, specifier := range []imap.PartSpecifier{imap.PartSpecifierHeader, imap.PartSpecifierMIME} {
			if header, ok := m.Section(path, specifier); ok && message.ParseHeader(header).Get("From") != "" {
				return slices.Concat(bytes.TrimRight(header, "\r\n"), []byte("\r\n\r\n"), body), nil
			}
		}
	}
	return slices.Concat(part.DescribedHeader, []byte("\r\n"), body), nil
}

// encodedBytes is how much source n decoded bytes may take: quoted-printable
// triples, with soft line ends.
func encodedBytes(n int64) int64 { return 4*n + partPieceBytes/32 }

// attachmentAnd opens the message, finds the part and lets use fetch it, or have
// it from the source that was taken apart here; cut says that its end is not in
// that.
func (s *Service) attachmentAnd(ctx context.Context, q AttachmentQuery, use func(c *imapconn.Conn, part *message.Part, known []byte, cut bool) (filePart, error)) (*Attachment, filePart, error) {
	pool, err := s.accounts.Find(q.ID.Account)
	if err != nil {
		return nil, filePart{}, err
	}
	var f filePart
	o, _, err := s.Open(ctx, pool, q.ID, func(c *imapconn.Conn, o *Opened) (*Content, error) {
		part, err := FindPart(o, q.PartID)
		if err != nil {
			return nil, err
		}
		var known []byte
		if o.Encoded != nil {
			known = o.Encoded[part.ID]
		}
		f, err = use(c, part, known, o.CutsOff(part))
		return nil, err
	})
	if err != nil {
		return nil, f, imapconn.Classify("attachment", err)
	}
	a := &Attachment{Withheld: o.Withheld}
	if a.Withheld != "" {
		a.PartID = q.PartID
		return a, f, nil
	}
	a.Attachment = Describe(f.part)
	if o.CutsOff(f.part) {
		a.Notes = append(a.Notes, "the server could not describe this message's structure; only its beginning was read")
	}
	return a, f, nil
}

// FindPart finds the part that is asked for, by its section number or by the name
// of its file, whose case and blanks do not count. What the message has instead is
// not said, for lockdown may withhold it.
func FindPart(o *Opened, name string) (*message.Part, error) {
	if o.Part == nil {
		return nil, contract.Errorf(contract.NotFound, "this message has more parts or deeper nesting than is read; imap_get_message_raw has its source")
	}
	part := o.Part.Find(name)
	if part == nil {
		var ids []string
		for _, a := range message.Attachments(o.Part) {
			if plainName(a.Filename) == plainName(name) {
				ids = append(ids, a.PartID)
			}
		}
		if len(ids) > 1 {
			return nil, contract.Errorf(contract.InvalidInput, "several attachments have this name; give the part_id of one: %s", strings.Join(ids[:min(len(ids), MaxNamed)], ", "))
		}
		if len(ids) == 1 {
			part = o.Part.Find(ids[0])
		}
	}
	switch {
	case part == nil && contract.IsPartID(name):
		return nil, contract.Errorf(contract.NotFound, "the message has no part %s; imap_get_message lists its attachments with their part_id", name)
	case part == nil:
		return nil, contract.Errorf(contract.NotFound, "the message has no attachment of this name; imap_get_message lists them")
	}
	if len(part.Children) > 0 {
		return nil, contract.Errorf(contract.InvalidInput, "part %s is a container of other parts; give the part_id of one of them", part.ID)
	}
	return part, nil
}

// plainName is a file's name as a person compares it.
func plainName(name string) string {
	return strings.ToLower(strings.Join(strings.Fields(safetext.Line(name)), " "))
}

// Describe is a part as a list of attachments shows it.
func Describe(p *message.Part) message.Attachment {
	alone := *p
	alone.Disposition = "attachment"
	if list := message.Attachments(&alone); len(list) == 1 {
		return list[0]
	}
	return message.Attachment{Filename: p.Filename, ContentType: p.MediaType, Size: p.Size, PartID: p.ID}
}
