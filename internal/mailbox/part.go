package mailbox

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/message"
)

// Parts are the sources of some parts of one message, asked for in one flight
// and read in order, piece by piece, so that only a piece is in memory at a time.
type Parts struct {
	c      *imapconn.Conn
	uid    uint32
	pieces []partPiece
	at     int   // the next piece to be read
	failed error // of a FETCH
}

// NewParts are parts of the message uid of the open mailbox.
func NewParts(c *imapconn.Conn, uid uint32) *Parts { return &Parts{c: c, uid: uid} }

// partPiece is one FETCH.
type partPiece struct {
	cmd          *imap.Fetch
	path         []int
	offset, size int64
}

// Ask begins the FETCHes for a part, at most limit bytes of its source. The
// stream must be read before the next part's.
//
// What a server says of a part's size may be wrong (Exchange computes it before
// it makes the MIME form), so whole pieces are asked for, and one more where
// the size fills the last: what is not there costs nothing.
func (p *Parts) Ask(part *message.Part, limit int64) *PartStream {
	end := min((min(max(part.Size, 0), limit)/partPieceBytes+1)*partPieceBytes, limit)
	s := &PartStream{parts: p, bounded: end == limit}
	for offset := int64(0); offset < end; offset += partPieceBytes {
		piece := partPiece{path: imapconn.PartPath(part.ID), offset: offset, size: min(partPieceBytes, end-offset)}
		piece.cmd = p.c.Fetch([]uint32{p.uid}, &imap.FetchOptions{
			BodySection: []*imap.BodySection{imapconn.Part(piece.path, imap.PartSpecifierNone, offset, piece.size)},
		})
		p.pieces = append(p.pieces, piece)
	}
	s.to = len(p.pieces)
	return s
}

// next is the next piece's bytes; ok is false when it did not come.
func (p *Parts) next() (data []byte, ok bool) {
	piece := p.pieces[p.at]
	p.at++
	for m := piece.cmd.Next(); m != nil; m = piece.cmd.Next() {
		for _, s := range m.Sections {
			// Without an origin it may be the beginning, whatever was asked for.
			inPlace := s.Offset == piece.offset || (s.Offset < 0 && piece.offset == 0)
			if inPlace && m.UID == p.uid && s.Specifier == imap.PartSpecifierNone && slices.Equal(s.Part, piece.path) {
				return s.Data, true
			}
		}
	}
	if err := piece.cmd.Command.Wait(); err != nil && p.failed == nil {
		p.failed = fmt.Errorf("FETCH part: %w", err)
	}
	return nil, false
}

// Finish takes the rest off the wire and says what went wrong on it.
func (p *Parts) Finish() error {
	for p.at < len(p.pieces) {
		p.next()
	}
	return p.failed
}

// errPieceMissing is a FETCH that was answered without what it asked for, as
// when another client changed a flag in that moment.
var errPieceMissing = &contract.Fault{
	Code: contract.Unavailable, Stage: "attachment", Retryable: true,
	Message: "the mail server did not send the whole attachment; try again",
}

// errLonger is a part that goes on behind all that was asked for.
var errLonger = &contract.Fault{
	Code: contract.Internal, Stage: "attachment",
	Message: "the mail server sent more of the attachment than it said there is, so its end is missing",
}

// PartStream reads the source of one part.
type PartStream struct {
	parts   *Parts
	to      int // behind its last piece
	piece   []byte
	ended   bool // a piece came short: the part has no more
	bounded bool // no more of the part was wanted
	err     error
}

// Read implements io.Reader.
func (s *PartStream) Read(b []byte) (int, error) {
	for len(s.piece) == 0 {
		if s.err == nil {
			s.err = s.next()
		}
		if s.err != nil {
			return 0, s.err
		}
	}
	n := copy(b, s.piece)
	s.piece = s.piece[n:]
	return n, nil
}

// next takes the next piece.
func (s *PartStream) next() error {
	if s.parts.at >= s.to {
		if s.Cut() && !s.bounded {
			return errLonger
		}
		return io.EOF
	}
	asked := s.parts.pieces[s.parts.at].size
	data, ok := s.parts.next()
	if (!ok && !s.ended) || (s.ended && len(data) > 0) {
		return errPieceMissing
	}
	s.ended = s.ended || int64(len(data)) < asked
	s.piece = data
	return nil
}

// Cut reports that all that was asked for was read and there may be more.
func (s *PartStream) Cut() bool { return s.parts.at >= s.to && !s.ended }

// Skip passes over what was not read of the part.
func (s *PartStream) Skip() {
	for s.parts.at < s.to {
		s.parts.next()
	}
}

// read decodes up to limit bytes of a part. cut reports that there is more.
func (s *PartStream) read(part *message.Part, limit int64) (data []byte, cut bool, err error) {
	defer s.Skip()
	r := part.Decode(s)
	buffer := make([]byte, 0, min(part.Size, limit)+512)
	for int64(len(buffer)) <= limit && err == nil {
		if len(buffer) == cap(buffer) {
			buffer = append(buffer, 0)[:len(buffer)]
		}
		var n int
		n, err = r.Read(buffer[len(buffer):cap(buffer)])
		buffer = buffer[:len(buffer)+n]
	}
	if !errors.Is(err, io.EOF) && err != nil {
		return buffer[:min(int64(len(buffer)), limit)], true, err
	}
	return buffer[:min(int64(len(buffer)), limit)], int64(len(buffer)) > limit || s.Cut(), nil
}

// Decoded is a part's content without its transfer encoding, for a part whose
// source is in memory.
func Decoded(part *message.Part, encoded []byte) []byte {
	data, _ := io.ReadAll(part.Decode(bytes.NewReader(encoded))) // errors are the source's, which has none
	return data
}
