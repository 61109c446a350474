package extract

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"
)

// What parent and child say to each other. The child begins with greeting;
// the parent then sends the length of a header (4 bytes, big-endian), the
// header (JSON) and the attachment's bytes; the child answers with a Result
// (JSON).

// greeting shows that the program that was started is a child of this version
// and has limited itself.
const greeting = "mail-imap-mcp extract-child 1\n"

const (
	// maxHeader is the most of a header: three short strings. A media type or
	// name that needs more is cut before it is sent.
	maxHeader = 16 << 10

	// maxName is what is sent of the media type, the file name and the charset,
	// in bytes: JSON may make six of each.
	maxName = 800

	// maxAnswer is the most of an answer: maxPiece characters take 4 bytes each
	// at most, 6 if JSON escapes them, and the rest is a sentence.
	maxAnswer = 1 << 20

	// maxNote and maxKinds bound the rest of a Result.
	maxNote  = 2000
	maxKinds = 100
)

// header says what the bytes after it are.
type header struct {
	MediaType, Filename, Charset string
	Offset, MaxChars             int
	Zone                         string // the reader's, as package time names it
	Size                         int
}

// send writes a header and the attachment to a child.
func send(w io.Writer, h header, data []byte) error {
	b, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("encode header: %w", err)
	}
	b = append(binary.BigEndian.AppendUint32(nil, uint32(len(b))), b...)
	for _, piece := range [][]byte{b, data} {
		if _, err := w.Write(piece); err != nil {
			return fmt.Errorf("send attachment: %w", err)
		}
	}
	return nil
}

// receive reads what send wrote.
func receive(r io.Reader) (header, []byte, error) {
	var h header
	var size [4]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return h, nil, fmt.Errorf("read header's length: %w", err)
	}
	n := binary.BigEndian.Uint32(size[:])
	if n > maxHeader {
		return h, nil, fmt.Errorf("a header of %d bytes", n)
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(r, b); err != nil {
		return h, nil, fmt.Errorf("read header: %w", err)
	}
	if err := json.Unmarshal(b, &h); err != nil {
		return h, nil, fmt.Errorf("decode header: %w", err)
	}
	if h.Size < 0 || h.Size > MaxInput {
		return h, nil, fmt.Errorf("an attachment of %d bytes", h.Size)
	}
	data := make([]byte, h.Size)
	if _, err := io.ReadFull(r, data); err != nil {
		return h, nil, fmt.Errorf("read attachment: %w", err)
	}
	return h, data, nil
}

// errGarbled is an answer that no honest child gives.
var errGarbled = errors.New("the child's answer is garbled")

// answer reads a child's Result and trusts it as little as the attachment.
func answer(r io.Reader, maxChars int) (Result, error) {
	var res Result
	// A decoder returns at the end of the value, not of the pipe, which a
	// process that the child started could hold open.
	if err := json.NewDecoder(io.LimitReader(r, maxAnswer)).Decode(&res); err != nil {
		return Result{}, fmt.Errorf("%w: %w", errGarbled, err)
	}
	known := []Status{OK, Empty, Encrypted, ScannedOnly, Unsupported, Damaged, TooLarge, TimedOut}
	if !slices.Contains(known, res.Status) || len(res.Note) > maxNote || len(res.Removed) > maxKinds || utf8.RuneCountInString(res.Text) > maxChars {
		return Result{}, errGarbled
	}
	if res.Removed == nil {
		res.Removed = map[string]int{}
	}
	return res, nil
}
