package message

import (
	"bytes"
	"fmt"
	"slices"
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
		name, first, _ := bytes.Cut(line, []byte(":"))
		valid := isField(line)
		value := bytes.Clone(first[:min(len(first), maxFieldBytes)])
		// Folding is CRLF before white space: removing the line end leaves the
		// blanks (RFC 5322 §2.2.3).
		for len(b) > 0 && (b[0] == ' ' || b[0] == '\t') {
			line, b = cutLine(b)
			if len(value)+len(line) <= maxFieldBytes {
				value = append(value, line...)
			}
		}
		name = bytes.TrimRight(name, " \t")
		if !valid {
			continue
		}
		h.fields = append(h.fields, Field{string(name), string(bytes.Trim(value, " \t"))})
	}
	return h
}

// cutLine takes the first line off b; its end may be CRLF, LF, CR, or the CR CR
// LF of software that put a CR before every LF once too often.
func cutLine(b []byte) (line, rest []byte) {
	i := bytes.IndexAny(b, "\r\n")
	if i < 0 {
		return b, nil
	}
	if b[i] == '\r' {
		if bytes.HasPrefix(b[i+1:], []byte("\n")) {
			return b[:i], b[i+2:]
		}
		if bytes.HasPrefix(b[i+1:], []byte("\r\n")) {
			return b[:i], b[i+3:]
		}
	}
	return b[:i], b[i+1:]
}

// cutHeader splits an entity into header and body, at the first empty line or,
// where that was forgotten, at the first line that can be no field. An entity
// that begins with text has no header at all.
func cutHeader(b []byte) (Header, []byte) {
	known, ended := false, false
	end := -1 // where lines that are no fields begin
	rest := b
	for len(rest) > 0 {
		at := len(b) - len(rest)
		var line []byte
		if line, rest = cutLine(rest); len(line) == 0 {
			ended = true
			break
		}
		switch {
		case isKnownField(line):
			known, end = true, -1
		case line[0] != ' ' && line[0] != '\t' && !isField(line) && end < 0:
			end = at
		}
	}
	switch {
	case !known && (end >= 0 || !ended):
		return Header{}, b
	case end >= 0:
		return ParseHeader(b[:end]), b[end:]
	}
	return ParseHeader(b[:len(b)-len(rest)]), rest
}

// knownFields are the fields, and the beginnings of fields, by which a header is
// told from text with a colon in it.
var (
	knownFields = []string{
		"from", "to", "cc", "bcc", "subject", "date", "sender", "reply-to", "message-id", "in-reply-to", "references", "received",
		"return-path", "mime-version", "delivered-to", "dkim-signature", "authentication-results", "envelope-to", "user-agent",
		"importance", "priority", "precedence", "auto-submitted", "organization", "status", "errors-to", "disposition-notification-to",
	}
	knownPrefixes = []string{"content-", "x-", "list-", "arc-", "resent-", "thread-"}
)

func isKnownField(line []byte) bool {
	if !isField(line) {
		return false
	}
	name, _, _ := strings.Cut(string(line[:min(len(line), 64)]), ":")
	name = strings.ToLower(strings.TrimRight(name, " \t"))
	return slices.Contains(knownFields, name) ||
		slices.ContainsFunc(knownPrefixes, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}

// isField reports whether the line begins a header field.
func isField(line []byte) bool {
	name, _, ok := bytes.Cut(line, []byte(":"))
	return ok && isFieldName(bytes.TrimRight(name, " \t")) // RFC 5322 §4.5: obsolete, still seen
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

// Count is how many fields of that name there are.
func (h Header) Count(name string) int {
	n := 0
	for _, f := range h.fields {
		if strings.EqualFold(f.Name, name) {
			n++
		}
	}
	return n
}

// Text returns the first field of that name decoded (RFC 2047) and as one safe
// line. Bytes above ASCII are UTF-8 or else in the character set that the
// message's Content-Type names.
func (h Header) Text(name string) string {
	return safetext.Line(decodeHeaderText(h.Get(name), h.charset()))
}

// Addresses returns the addresses of the first field of that name, read as Text
// is.
func (h Header) Addresses(name string) []Address {
	return ParseAddresses(inUTF8(h.Get(name), h.charset()))
}

func (h Header) charset() string {
	_, params := parseParams(h.Get("Content-Type"))
	return params["charset"]
}

// single are the fields that RFC 5322 §3.6 and RFC 2045 §3 allow once and that
// programs disagree about when there are two.
var single = []string{
	"From", "Sender", "Reply-To", "To", "Cc", "Subject", "Date", "Message-Id", "In-Reply-To", "References",
	"Content-Type", "Content-Transfer-Encoding", "Content-Disposition",
}

// Note says which fields are there twice that may be there once.
func (h Header) Note() Note {
	count := map[string]int{}
	for _, f := range h.fields {
		count[strings.ToLower(f.Name)]++
	}
	var twice []string
	for _, name := range single {
		if n := count[strings.ToLower(name)]; n > 1 {
			twice = append(twice, fmt.Sprintf("%s (%d)", name, n))
		}
	}
	if twice == nil {
		return Note{}
	}
	return Note{"fields that may appear once appear more often: " + strings.Join(twice, ", ") + "; the first of each is read"}
}

// Fields returns all fields as they came, in order.
func (h Header) Fields() []Field { return h.fields }

// StartsWithHeader reports whether a message begins with a header field, as all
// do.
func StartsWithHeader(b []byte) bool {
	line, _ := cutLine(b)
	return isField(line)
}
