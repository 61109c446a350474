package imap

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"slices"
)

// readAhead is the size of the buffer below the reader.
const readAhead = 8 << 10

// reader reads the bytes of responses within the limits. Its errors are either a
// *syntaxError, behind which the stream goes on, or final.
type reader struct {
	src    *bufio.Reader
	limits Limits
	// tags begins every tag of this connection and cannot be guessed. A line
	// that begins with it ends whatever was open: a literal shorter than
	// announced, a string without its closing quote.
	tags string

	atEnd  bool  // the response's line end has been read
	line   int64 // bytes of this response without sections
	values int   // values of this response

	rows, bytes, lines int64 // of the operation
	opValues           int
}

func newReader(src io.Reader, limits Limits, tags string) *reader {
	return &reader{src: bufio.NewReaderSize(src, readAhead), limits: limits, tags: tags, atEnd: true}
}

// begin starts an operation: its counters start again.
func (r *reader) begin() { r.rows, r.bytes, r.lines, r.opValues = 0, 0, 0, 0 }

// next begins a response.
func (r *reader) next() error {
	r.atEnd, r.line, r.values = false, 0, 0
	if r.rows++; r.rows > r.limits.OpRows {
		return overLimit("the server sent more than %d responses to one request", r.limits.OpRows)
	}
	return nil
}

// count accounts for n bytes that are no section's.
func (r *reader) count(n int) error {
	r.line += int64(n)
	r.lines += int64(n)
	r.bytes += int64(n)
	switch {
	case r.bytes > r.limits.OpBytes:
		return overLimit("the server sent more than %d bytes to one request", r.limits.OpBytes)
	case r.lines > r.limits.OpLines:
		return overLimit("the server sent more than %d bytes to one request, without messages", r.limits.OpLines)
	}
	return nil
}

// countValue accounts for a value, or for an item of FETCH, which may have none.
func (r *reader) countValue() error {
	r.values++
	r.opValues++
	switch {
	case r.opValues > r.limits.OpValues:
		return overLimit("the server sent more than %d values to one request", r.limits.OpValues)
	case r.values > r.limits.Values:
		return syntax("a response of more values than are read")
	}
	return nil
}

// peek is the next byte, which stays.
func (r *reader) peek() (byte, error) {
	if r.atEnd {
		return '\n', nil
	}
	b, err := r.src.Peek(1)
	if err != nil {
		return 0, eof(err)
	}
	return b[0], nil
}

// take reads the next byte of the response; line ends are taken with endLine.
func (r *reader) take() (byte, error) {
	b, err := r.src.ReadByte()
	if err != nil {
		return 0, eof(err)
	}
	if b == '\n' {
		r.atEnd = true
	}
	err = r.count(1)
	if err == nil && r.line > r.limits.Line {
		return b, syntax("a response of more bytes than are read")
	}
	return b, err
}

func eof(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// blanks skips spaces and tabs, however many.
func (r *reader) blanks() error {
	for {
		b, err := r.peek()
		if err != nil || (b != ' ' && b != '\t') {
			return err
		}
		if _, err := r.take(); err != nil {
			return err
		}
	}
}

// lineEnd reports whether the response's line ends here: CRLF, or LF alone.
func (r *reader) lineEnd() (bool, error) {
	b, err := r.peek()
	if err != nil || r.atEnd {
		return r.atEnd, err
	}
	if b == '\r' {
		two, err := r.src.Peek(2)
		if err != nil {
			return false, eof(err)
		}
		return two[1] == '\n', nil
	}
	return b == '\n', nil
}

// skipLine reads to the end of the response and over the literals in it.
func (r *reader) skipLine() error {
	_, err := r.rest(0, true)
	return err
}

// text is the rest of the line as text.
func (r *reader) text() (string, error) {
	s, err := r.rest(r.limits.Text, false)
	return string(s), err
}

// rest reads to the end of the line and keeps at most so many bytes. Where
// literals may be, a size in braces at the end of the line announces one.
func (r *reader) rest(keep int64, literals bool) ([]byte, error) {
	var kept []byte
	var tail []byte // the end of the line, as long as a literal's size may be
	for !r.atEnd {
		part, err := r.src.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return kept, eof(err)
		}
		if err := r.count(len(part)); err != nil {
			return kept, err
		}
		if room := keep - int64(len(kept)); room > 0 {
			kept = append(kept, part[:min(room, int64(len(part)))]...)
		}
		tail = append(tail, part...)
		tail = tail[max(0, len(tail)-maxSizeDigits-6):]
		if err != nil {
			continue
		}
		n, announced := literalAtEnd(tail)
		if !literals || !announced {
			r.atEnd = true
			break
		}
		if _, _, err := r.section(n, 0, 0); err != nil {
			return kept, err
		}
		tail = tail[:0]
	}
	return bytes.TrimRight(kept, "\r\n"), nil
}

// maxSizeDigits is room for zeros before a literal's size.
const maxSizeDigits = 20

// literalAtEnd reads a literal's announcement at the end of a line.
func literalAtEnd(line []byte) (int64, bool) {
	line = bytes.TrimRight(line, " \r\n")
	open := bytes.LastIndexByte(line, '{')
	if open < 0 || len(line) == 0 || line[len(line)-1] != '}' {
		return 0, false
	}
	return parseNumber64(string(bytes.TrimRight(line[open+1:len(line)-1], "+-")))
}

// announced reads a literal's announcement, "{n}" CRLF, where one begins here;
// else nothing is read. Servers write "{n+}", blanks before the line end, and LF
// alone.
func (r *reader) announced() (size int64, ok bool, err error) {
	for n := 1; n <= maxSizeDigits+8; n++ {
		b, err := r.src.Peek(n)
		if err != nil {
			return 0, false, eof(err)
		}
		switch c := b[n-1]; {
		case n == 1 && c == '~':
			continue
		case c == '\n':
			size, ok = literalAtEnd(b)
			if !ok || bytes.IndexByte(b, '{') > 1 {
				return 0, false, nil
			}
			if _, err := r.src.Discard(n); err != nil {
				return 0, false, eof(err)
			}
			return size, true, r.count(n)
		case c >= '0' && c <= '9', bytes.IndexByte([]byte("{}+- \r"), c) >= 0:
		default:
			return 0, false, nil
		}
	}
	return 0, false, nil
}

// literal reads a literal that is a string: at most the limit's bytes are kept.
func (r *reader) literal(size int64) (string, error) {
	data, short, err := r.section(size, 0, r.limits.String)
	if err != nil {
		return "", err
	}
	// Its bytes count as part of the line.
	r.line += min(size, r.limits.String)
	r.lines += size
	if r.lines > r.limits.OpLines {
		return "", overLimit("the server sent more than %d bytes to one request, without messages", r.limits.OpLines)
	}
	if short {
		return string(data), syntax("a literal shorter than announced")
	}
	return string(data), nil
}

// section reads the n bytes of a literal and keeps at most keep of them behind
// the first skip. short: one of our tagged responses began within the literal or
// right behind it, so it was shorter than announced; the response is over then,
// and the stream stands at the tag.
func (r *reader) section(n, skip, keep int64) (data []byte, short bool, err error) {
	if n > r.limits.OpBytes-r.bytes {
		return nil, false, overLimit("the server announced a literal with which one request brings more than %d bytes", r.limits.OpBytes)
	}
	data = []byte{} // present, though empty
	for left, last := n, byte('\n'); ; {
		if last == '\n' {
			// An error comes again with the next byte that is read.
			if tagged, _ := r.startsTag(); tagged {
				r.atEnd = true
				return bytes.TrimSuffix(bytes.TrimRight(data, "\r\n"), []byte(")")), true, nil
			}
		}
		if left == 0 {
			return data, false, nil
		}
		if _, err := r.src.Peek(1); err != nil {
			return data, false, eof(err)
		}
		chunk, _ := r.src.Peek(int(min(int64(r.src.Buffered()), left)))
		if end := bytes.IndexByte(chunk, '\n'); end >= 0 {
			chunk = chunk[:end+1]
		}
		size := int64(len(chunk))
		last = chunk[size-1]
		if from := max(skip-(n-left), 0); from < size {
			if room := keep - int64(len(data)); room > 0 {
				if int64(len(data))+size > int64(cap(data)) {
					// Doubled: append alone takes five times the whole of a large one,
					// and what is announced is not believed.
					data = slices.Grow(data, int(min(max(int64(len(data)), size), left, room)))
				}
				data = append(data, chunk[from:min(size, from+room)]...)
			}
		}
		if _, err := r.src.Discard(len(chunk)); err != nil {
			return data, false, eof(err)
		}
		r.bytes += size
		left -= size
	}
}

// startsTag reports whether the bytes behind a line end begin one of our tags.
// They are compared one by one: what is shorter must not be waited behind.
func (r *reader) startsTag() (bool, error) {
	for n := 1; n <= len(r.tags); n++ {
		b, err := r.src.Peek(n)
		if err != nil {
			return false, eof(err)
		}
		if b[n-1] != r.tags[n-1] {
			return false, nil
		}
	}
	return true, nil
}
