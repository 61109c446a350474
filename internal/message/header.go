package message

import (
	"bytes"
	"strings"

	"mail-imap-mcp/internal/safetext"
)

const (
	// maxFields is how many header fields are kept: real mail has below 200,
	// with long ARC and Received chains.
	maxFields = 1000

	// maxFieldBytes is kept of one field's value; RFC 5322 §2.1.1 allows lines
	// of 998 characters and real References fields reach 20 kB.
	maxFieldBytes = 64 << 10
)

// Field is one header field as it came: unfolded, not decoded.
type Field struct{ Name, Value string }

// Header is a header block, in order, duplicates included.
type Header struct{ fields []Field }

// ParseHeader reads a header block up to the first empty line (RFC 5322 §2.2).
// It is lenient: line ends may be CRLF, LF or CR, a line without colon is
// skipped, a block cut anywhere gives what is there.
func ParseHeader(b []byte) Header {
	var h Header
	for len(b) > 0 && len(h.fields) < maxFields {
		line, rest := cutLine(b)
		if len(line) == 0 {
			break
		}
		b = rest
		name, first, ok := bytes.Cut(line, []byte(":"))
		value := bytes.Clone(first[:min(len(first), maxFieldBytes)])
		// Folding is CRLF before white space: removing the line end leaves the
		// blanks (RFC 5322 §2.2.3).
		for len(b) > 0 && (b[0] == ' ' || b[0] == '\t') {
			line, b = cutLine(b)
			if len(value)+len(line) <= maxFieldBytes {
				value = append(value, line...)
			}
		}
		name = bytes.TrimRight(name, " \t") // RFC 5322 §4.5: obsolete, still seen
		if !ok || !isFieldName(name) {
			continue
		}
		h.fields = append(h.fields, Field{string(name), string(bytes.Trim(value, " \t"))})
	}
	return h
}

// cutLine takes the first line off b; its end may be CRLF, LF or CR.
func cutLine(b []byte) (line, rest []byte) {
	i := bytes.IndexAny(b, "\r\n")
	if i < 0 {
		return b, nil
	}
	if b[i] == '\r' && i+1 < len(b) && b[i+1] == '\n' {
		return b[:i], b[i+2:]
	}
	return b[:i], b[i+1:]
}

// isFieldName checks RFC 5322 §3.6.8 ftext: printable ASCII without colon.
func isFieldName(name []byte) bool {
	for _, c := range name {
		if c <= ' ' || c >= 0x7f {
			return false
		}
	}
	return len(name) > 0
}

// Get returns the first field of that name as it came, "" when there is none.
// Case does not matter.
func (h Header) Get(name string) string {
	for _, f := range h.fields {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

// Text returns the first field of that name decoded (RFC 2047) and as one safe
// line.
func (h Header) Text(name string) string { return safetext.Line(DecodeHeaderText(h.Get(name))) }

// Fields returns all fields as they came, in order.
func (h Header) Fields() []Field { return h.fields }
