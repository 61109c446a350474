// Package contentline reads the lines that iCalendar (RFC 5545 §3.1) and vCard
// (RFC 6350 §3.3) are made of, and those of their forerunners vCalendar 1.0 and
// vCard 2.1, leniently: whoever wrote them, a line is never an error.
//
// It is ours because the kept libraries (emersion/go-ical and go-vcard) stop at
// the first line that is not exact, hold the whole file, and know neither
// quoted-printable nor the bare parameters of the older versions.
package contentline

import (
	"bytes"
	"iter"
	"strings"
)

const (
	// MaxLine is the most of one unfolded line that is kept, in bytes; the
	// rest is skipped. No text that people read is longer, pictures are.
	MaxLine = 256 << 10

	// maxParams of one line; real ones have fewer than ten.
	maxParams = 64

	// maxName is the longest name of a property or parameter.
	maxName = 80
)

// Line is one unfolded line. Names are upper-case.
type Line struct {
	Group  string // vCard's "item1." before the name, without the dot
	Name   string
	Params []Param
	Value  string // UTF-8; quoted-printable is decoded, backslashes are not
}

// Param is one parameter. A bare one, as in vCard 2.1's "TEL;HOME:", has no
// name.
type Param struct {
	Name   string
	Values []string
}

// Param returns the first value of the named parameter, "" when there is none.
func (l *Line) Param(name string) string {
	for _, p := range l.Params {
		if p.Name == name && len(p.Values) > 0 {
			return p.Values[0]
		}
	}
	return ""
}

// Has reports whether a parameter, named or bare, has a value; case is ignored.
func (l *Line) Has(name, value string) bool {
	for _, p := range l.Params {
		if p.Name != name && p.Name != "" {
			continue
		}
		for _, v := range p.Values {
			if strings.EqualFold(v, value) {
				return true
			}
		}
	}
	return false
}

// Lines yields the lines of a file that have a name. Text that belongs to no
// line (a description with bare line breaks in it) is added to the one before.
func Lines(data []byte) iter.Seq[Line] {
	return func(yield func(Line) bool) {
		s := scanner{rest: toBytes(data)}
		var pending Line
		var more []byte // of pending's value; joined once
		have := false
		flush := func() bool {
			if len(more) > 0 {
				pending.Value += text(more, "")
				more = more[:0]
			}
			return yield(pending)
		}
		for raw, ok := s.next(); ok; raw, ok = s.next() {
			line, named := parse(raw)
			if !named {
				more = appendUpTo(more, append([]byte(`\n`), raw...))
				continue
			}
			if have && !flush() {
				return
			}
			pending, have = line, true
			more = more[:0]
		}
		if have {
			flush()
		}
	}
}

// scanner unfolds physical lines.
type scanner struct{ rest []byte }

// next returns the next unfolded line that is not blank. Folding may cut a
// character in two (RFC 5545 §3.1), so bytes are joined, not text.
func (s *scanner) next() ([]byte, bool) {
	for len(s.rest) > 0 {
		line := s.physical()
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		whole := line[:min(len(line), MaxLine):min(len(line), MaxLine)]
		quoted := isQuotedPrintable(whole)
		for len(s.rest) > 0 {
			switch {
			case quoted && bytes.HasSuffix(line, []byte("=")):
				// The soft break of RFC 2045 §6.7 needs no white space after it.
				line = s.physical()
				whole = bytes.TrimSuffix(whole, []byte("="))
				whole = appendUpTo(whole, line)
				continue
			case s.rest[0] == ' ' || s.rest[0] == '\t':
				line = s.physical()[1:]
				whole = appendUpTo(whole, line)
				continue
			}
			break
		}
		return whole, true
	}
	return nil, false
}

// physical takes one line off the rest, up to CRLF, LF or CR.
func (s *scanner) physical() []byte {
	i := bytes.IndexAny(s.rest[:min(len(s.rest), MaxLine)], "\r\n")
	if i < 0 {
		if i = bytes.IndexAny(s.rest, "\r\n"); i < 0 {
			line := s.rest
			s.rest = nil
			return line
		}
	}
	line := s.rest[:i]
	if bytes.HasPrefix(s.rest[i:], []byte("\r\n")) {
		i++
	}
	s.rest = s.rest[i+1:]
	return line
}

func appendUpTo(whole, more []byte) []byte {
	return append(whole, more[:min(len(more), max(0, MaxLine-len(whole)))]...)
}

// isQuotedPrintable looks at what is before the first colon.
func isQuotedPrintable(line []byte) bool {
	head, _, found := bytes.Cut(line[:min(len(line), 1024)], []byte(":"))
	return found && bytes.Contains(bytes.ToUpper(head), []byte("QUOTED-PRINTABLE"))
}

// parse splits a line into its parts. named is false when it does not begin
// with a name.
func parse(raw []byte) (l Line, named bool) {
	raw = bytes.TrimLeft(raw, " \t")
	end := 0
	for end < len(raw) && end <= maxName && isNameByte(raw[end]) {
		end++
	}
	if end == 0 || end > maxName || end == len(raw) || (raw[end] != ':' && raw[end] != ';') {
		return Line{}, false
	}
	name := strings.ToUpper(string(raw[:end]))
	if dot := strings.LastIndexByte(name, '.'); dot >= 0 {
		l.Group, name = name[:dot], name[dot+1:]
	}
	l.Name = name
	rest := raw[end:]
	for len(rest) > 0 && rest[0] == ';' {
		var p Param
		p, rest = param(rest[1:])
		if len(l.Params) < maxParams && (p.Name != "" || len(p.Values) > 0) {
			l.Params = append(l.Params, p)
		}
	}
	rest = bytes.TrimPrefix(rest, []byte(":"))
	if l.Has("ENCODING", "QUOTED-PRINTABLE") {
		rest = unquotePrintable(rest)
	}
	l.Value = text(rest, l.Param("CHARSET"))
	return l, l.Name != ""
}

func isNameByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.'
}

// param reads one parameter and returns what follows it, which begins with the
// next ";" or the ":" before the value.
func param(b []byte) (p Param, rest []byte) {
	var value []byte
	quoted, hasName := false, false
	keep := func() {
		if v := strings.TrimSpace(text(value, "")); v != "" && len(p.Values) < maxParams {
			p.Values = append(p.Values, uncaret(v))
		}
		value = value[:0]
	}
	for i, c := range b {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
			value = append(value, c)
		case c == '=' && !hasName:
			p.Name, hasName = strings.ToUpper(strings.TrimSpace(text(value[:min(len(value), maxName)], ""))), true
			value = value[:0]
		case c == ',':
			keep()
		case c == ';' || c == ':':
			keep()
			return p, b[i:]
		default:
			value = append(value, c)
		}
	}
	if quoted {
		// A quotation mark that nothing closes would swallow the value.
		if i := bytes.IndexByte(b, ':'); i >= 0 {
			return Param{}, b[i:]
		}
	}
	keep()
	return p, nil
}

// uncaret decodes RFC 6868.
func uncaret(s string) string {
	if !strings.Contains(s, "^") {
		return s
	}
	return carets.Replace(s)
}

var carets = strings.NewReplacer("^^", "^", "^n", " ", "^N", " ", "^'", `"`)
