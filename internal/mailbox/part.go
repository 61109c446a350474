package mailbox

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/message"
)

// Parts are the sources of some parts of one message, asked for in one flight
// and read in order, piece by piece, so that only a few pieces are in memory at
// a time.
//
// Every FETCH is drained in a goroutine of its own: Dovecot finishes the first
// only after it has answered them all, and go-imap reads no further until a row
// is taken. A piece is taken off the wire when its turn is near: the rows come
// in the order of the commands, so nothing before it waits for it.
type Parts struct {
	c      *imapconn.Conn
	uid    uint32
	pieces []*partPiece
	at     int // the next piece to be read
	drains sync.WaitGroup
	failed error // of a drain; read after drains
	mu     sync.Mutex
}

// NewParts are parts of the message uid of the open mailbox.
func NewParts(c *imapconn.Conn, uid uint32) *Parts { return &Parts{c: c, uid: uid} }

// partPiece is one FETCH.
type partPiece struct {
	cmd    *imap.Fetch
	path   []int
	offset int64
	size   int64
	near   chan struct{} // closed when its turn is near
	row    chan []byte   // what came; closed without when nothing did
}

// piecesAhead is how many pieces may be in memory.
const piecesAhead = 4

// Ask sends the FETCHes for a part, at most limit bytes of its source; it
// belongs into a Pipeline. The stream must be read before the next part's.
//
// What a server says of a part's size may be wrong (Exchange computes it before
// it makes the MIME form), so whole pieces are asked for, and one more where
// the size fills the last: what is not there costs nothing.
func (p *Parts) Ask(part *message.Part, limit int64) *PartStream {
	end := min((min(max(part.Size, 0), limit)/partPieceBytes+1)*partPieceBytes, limit)
	s := &PartStream{parts: p, from: len(p.pieces), bounded: end == limit}
	for offset := int64(0); offset < end; offset += partPieceBytes {
		piece := &partPiece{
			path: imapconn.PartPath(part.ID), offset: offset, size: min(partPieceBytes, end-offset),
			near: make(chan struct{}), row: make(chan []byte, 1),
		}
		piece.cmd = p.c.Fetch([]uint32{p.uid}, &imap.FetchOptions{
			BodySection: []*imap.BodySection{imapconn.Part(piece.path, imap.PartSpecifierNone, offset, piece.size)},
		})
		p.pieces = append(p.pieces, piece)
	}
	s.to = len(p.pieces)
	return s
}

// Start begins to drain; call it when all is sent.
func (p *Parts) Start() {
	for i, piece := range p.pieces {
		if i < piecesAhead {
			close(piece.near)
		}
		p.drains.Go(func() { p.drain(piece) })
	}
}

func (p *Parts) drain(piece *partPiece) {
	defer close(piece.row)
	<-piece.near
	sent := false
	rows, err := piece.cmd.Wait()
	for _, r := range rows {
		for _, s := range r.Sections {
			if !sent && r.UID == p.uid && s.Specifier == imap.PartSpecifierNone && samePath(s, piece) {
				piece.row <- s.Data
				sent = true
			}
		}
	}
	if err != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.failed = errors.Join(p.failed, fmt.Errorf("FETCH part: %w", err))
	}
}

// samePath reports that a section is the one that was asked for. A server that
// was asked twice about a message may answer an unsolicited FETCH in between;
// then the answers are one off.
func samePath(s imapconn.Section, piece *partPiece) bool {
	if len(s.Part) != len(piece.path) {
		return false
	}
	// Without an origin it may be the beginning, whatever was asked for.
	if s.Offset != piece.offset && (s.Offset >= 0 || piece.offset > 0) {
		return false
	}
	for i := range s.Part {
		if s.Part[i] != piece.path[i] {
			return false
		}
	}
	return true
}

// next is the next piece's bytes; ok is false when it did not come.
func (p *Parts) next() (data []byte, ok bool) {
	piece := p.pieces[p.at]
	data, ok = <-piece.row
	if ahead := p.at + piecesAhead; ahead < len(p.pieces) {
		close(p.pieces[ahead].near)
	}
	p.at++
	return data, ok
}

// Finish takes the rest off the wire and says what went wrong on it.
func (p *Parts) Finish() error {
	for p.at < len(p.pieces) {
		p.next()
	}
	p.drains.Wait()
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
	parts    *Parts
	from, to int // its pieces
	piece    []byte
	ended    bool // a piece came short: the part has no more
	bounded  bool // no more of the part was wanted
	err      error
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
