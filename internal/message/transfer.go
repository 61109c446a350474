package message

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// transferDecoder takes one Content-Transfer-Encoding off, piece by piece.
type transferDecoder interface {
	// decode appends what src means to dst. last is true for the final piece.
	decode(dst, src []byte, last bool) []byte
	// trouble says what was wrong so far, "" when nothing was.
	trouble() string
}

// lookBytes is how much is looked at to see whether a part is in the encoding
// that it names.
const lookBytes = 4 << 10

// transferOf finds the decoder for an encoding (RFC 2045 §6), from how the
// source begins. One that nobody knows is taken as none.
func transferOf(encoding string, begin []byte) transferDecoder {
	switch encoding = cleanEncoding(encoding); encoding {
	case "base64":
		if looksBase64(begin) {
			return &base64Decoder{}
		}
		return identity{"this part claims to be in base64 but is not; it was read as it is"}
	case "quoted-printable":
		return &quotedDecoder{}
	case "x-uuencode":
		return &uuDecoder{}
	case "", "7bit", "8bit", "binary":
		return identity{}
	}
	return identity{fmt.Sprintf("nobody knows the transfer encoding %q of this part; it was read as it is", encoding)}
}

// decodeTransfer takes the encoding off a source that may be cut anywhere.
func decodeTransfer(encoding string, b []byte) ([]byte, Note) {
	d := transferOf(encoding, b[:min(len(b), lookBytes)])
	if plain, ok := d.(identity); ok {
		return b, Note{plain.trouble()}
	}
	out := d.decode(make([]byte, 0, len(b)), b, true)
	return out, Note{d.trouble()}
}

// identity is for 7bit, 8bit and binary (RFC 2045 §6.2).
type identity struct{ wrong string }

func (identity) decode(dst, src []byte, _ bool) []byte { return append(dst, src...) }
func (d identity) trouble() string                     { return d.wrong }

// Decoder reads a part's content without its transfer encoding. It holds a few
// kilobytes, whatever the size of the part.
type Decoder struct {
	source   io.Reader
	transfer transferDecoder
	encoding string
	in, out  []byte
	pending  []byte // decoded, not yet read
	err      error
}

// Decode reads the part's content from its encoded source, leniently: what can
// be made out of broken base64, quoted-printable and uuencode is read, and Note
// says what was wrong. Errors are those of the source.
func (p *Part) Decode(encoded io.Reader) *Decoder {
	return &Decoder{source: encoded, encoding: p.Encoding}
}

// Note says what was wrong with what was read so far.
func (d *Decoder) Note() Note {
	if d.transfer == nil {
		return Note{}
	}
	return Note{d.transfer.trouble()}
}

// Read implements io.Reader.
func (d *Decoder) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for len(d.pending) == 0 {
		if d.err != nil {
			return 0, d.err
		}
		d.fill()
	}
	n := copy(p, d.pending)
	d.pending = d.pending[n:]
	return n, nil
}

// fill decodes one piece of the source.
func (d *Decoder) fill() {
	if d.in == nil {
		d.in = make([]byte, 8*lookBytes)
	}
	n, err := io.ReadAtLeast(d.source, d.in, lookBytes)
	last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
	switch {
	case last:
		d.err = io.EOF
	case err != nil:
		d.err = fmt.Errorf("reading the encoded part: %w", err)
	}
	if d.transfer == nil {
		d.transfer = transferOf(d.encoding, d.in[:min(n, lookBytes)])
	}
	d.out = d.transfer.decode(d.out[:0], d.in[:n], last)
	d.pending = d.out
}

// looksBase64 reports that no more than one byte of ten has no place in base64.
func looksBase64(b []byte) bool {
	wrong := 0
	for _, c := range b {
		if !isBase64(c) && strings.IndexByte("=\r\n", c) < 0 {
			wrong++
		}
	}
	return wrong*10 <= len(b)
}
