package mailbox

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/message"
)

// partStream reads a part's source in pieces that are all asked for in one
// flight, so that only one of them is in memory at a time.
type partStream struct {
	c     *imapconn.Conn
	uid   uint32
	path  []int
	cmds  []*imapclient.FetchCommand
	piece []byte // what was fetched and not read
	ended bool   // a piece came short: the part has no more
	whole bool   // everything of the part was asked for
	err   error
}

// askPart sends the FETCHes for a part, at most limit bytes of its source. It
// belongs into a Pipeline; what it returns must be read to its end or drained.
func askPart(c *imapconn.Conn, uid uint32, part *message.Part, limit int64) *partStream {
	// One byte more than the server says: a part that is longer is noticed.
	size := part.Size + 1
	s := &partStream{c: c, uid: uid, path: partPath(part.ID), whole: size <= limit}
	for offset := int64(0); offset < min(size, limit); offset += partPieceBytes {
		s.cmds = append(s.cmds, uidFetch(c, []uint32{uid}, &imap.FetchOptions{
			BodySection: []*imap.FetchItemBodySection{bodySection(s.path, imap.PartSpecifierNone, offset, min(partPieceBytes, min(size, limit)-offset))},
		}))
	}
	return s
}

// errPieceMissing is a FETCH that was answered without what it asked for, as
// when another client changed a flag in that moment.
var errPieceMissing = &contract.Fault{
	Code: contract.Unavailable, Stage: "attachment", Retryable: true,
	Message: "the mail server did not send the whole attachment; try again",
}

// Read implements io.Reader.
func (s *partStream) Read(b []byte) (int, error) {
	for len(s.piece) == 0 {
		if s.err != nil {
			return 0, s.err
		}
		if len(s.cmds) == 0 {
			return 0, io.EOF
		}
		s.err = s.next()
	}
	n := copy(b, s.piece)
	s.piece = s.piece[n:]
	return n, nil
}

// next takes the next piece off the wire.
func (s *partStream) next() error {
	cmd := s.cmds[0]
	s.cmds = s.cmds[1:]
	var piece []byte
	got := false
	err := fetchRows(s.c, cmd, 4, partPieceBytes, func(r row) {
		if data, ok := r.find(s.path, imap.PartSpecifierNone); ok && r.uid == s.uid {
			piece, got = data, true
		}
	})
	switch {
	case err != nil:
		return fmt.Errorf("FETCH part: %w", err)
	case !got && !s.ended:
		return errPieceMissing
	case s.ended && len(piece) > 0:
		return errPieceMissing // a hole before it
	}
	s.ended = s.ended || len(piece) < partPieceBytes
	s.piece = piece
	return nil
}

// drain takes the rest off the wire; without it the connection is of no more
// use.
func (s *partStream) drain() error {
	for len(s.cmds) > 0 && !isBroken(s.err) {
		s.err = s.next()
	}
	s.piece = nil
	if isBroken(s.err) {
		return s.err
	}
	return nil
}

// isBroken tells what ends the connection from what only spoils a part.
func isBroken(err error) bool { return err != nil && !errors.Is(err, errPieceMissing) }

// readPart decodes up to limit bytes of a part. cut reports that there is more.
func (s *partStream) readPart(part *message.Part, limit int64) (data []byte, cut bool, err error) {
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
	if errors.Is(err, io.EOF) {
		err = nil
	}
	if err == nil && s.err != nil && !errors.Is(s.err, io.EOF) {
		err = s.err
	}
	if err == nil {
		cut = int64(len(buffer)) > limit || !s.whole
	}
	return buffer[:min(int64(len(buffer)), limit)], cut, errors.Join(err, s.drain())
}

// decoded is a part's content without its transfer encoding, for a part whose
// source is in memory.
func decoded(part *message.Part, encoded []byte) []byte {
	data, _ := io.ReadAll(part.Decode(bytes.NewReader(encoded))) // errors are the source's, which has none
	return data
}
