package imapconn

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"io"

	"mail-imap-mcp/internal/imap"
)

// Compress has all that follows on the connection compressed (RFC 4978), where the
// server can do it. That costs a round trip, once, and some 45 kB of memory, so it is
// for when much is to come. What is under way is finished first: behind COMPRESS
// nothing may be sent before its answer.
//
// The limits of the client are about what was unpacked; the meter counts what came.
func (c *Conn) Compress() error {
	if c.compressed || !c.Has(imap.CapCompress) {
		return nil
	}
	if err := c.client.Finish(); err != nil {
		return err
	}
	if err := c.client.Compress().Wait(); err != nil {
		if IsRefusal(err) { // TLS may compress already (RFC 4978 §3)
			c.Learn(NoCompress)
			return nil
		}
		return err
	}
	c.compressed = true
	c.client.Upgrade(func(ahead []byte) io.ReadWriter {
		return &deflated{conn: c, packed: flate.NewReader(io.MultiReader(bytes.NewReader(ahead), c.wire))}
	})
	return nil
}

// deflated is a wire on which both sides write DEFLATE (RFC 1951).
type deflated struct {
	conn   *Conn
	packed io.Reader
	out    []byte
}

// Read implements io.Reader. A stream that is none, or whose server keeps its end
// back (it must flush, RFC 4978 §4), is not asked for again.
func (d *deflated) Read(p []byte) (int, error) {
	n, err := d.packed.Read(p)
	var corrupt flate.CorruptInputError
	if errors.As(err, &corrupt) || errors.Is(err, errSilence) {
		d.conn.Learn(NoCompress)
	}
	return n, err
}

// maxStored is the most bytes of a block that is stored (RFC 1951 §3.2.4).
const maxStored = 1<<16 - 1

// Write implements io.Writer. What we send is short: it is stored as it is, which
// needs no memory, and flushed with an empty block.
func (d *deflated) Write(p []byte) (int, error) {
	d.out = d.out[:0]
	for rest := p; ; {
		n := min(len(rest), maxStored)
		d.out = append(d.out, 0) // not the last block, stored
		d.out = binary.LittleEndian.AppendUint16(d.out, uint16(n))
		d.out = binary.LittleEndian.AppendUint16(d.out, ^uint16(n))
		d.out = append(d.out, rest[:n]...)
		if rest = rest[n:]; n == 0 {
			break
		}
	}
	if _, err := d.conn.wire.Write(d.out); err != nil {
		return 0, err
	}
	return len(p), nil
}
