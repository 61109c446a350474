package contentline

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

// toBytes drops a byte order mark, and turns UTF-16 into UTF-8.
func toBytes(data []byte) []byte {
	var wide encoding.Encoding
	switch {
	case bytes.HasPrefix(data, []byte("\xEF\xBB\xBF")):
		return data[3:]
	case bytes.HasPrefix(data, []byte("\xFF\xFE")), len(data) > 3 && data[0] != 0 && data[1] == 0 && data[3] == 0:
		wide = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case bytes.HasPrefix(data, []byte("\xFE\xFF")), len(data) > 3 && data[0] == 0 && data[1] != 0 && data[2] == 0:
		wide = unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	default:
		return data
	}
	if out, err := wide.NewDecoder().Bytes(data); err == nil {
		return bytes.TrimPrefix(out, []byte("\xEF\xBB\xBF"))
	}
	return data
}

// text decodes bytes by their charset, as 2.1 and 1.0 declare it. Without one,
// what is not UTF-8 is windows-1252, in which every byte means something. A
// character cut by MaxLine is dropped.
func text(b []byte, charset string) string {
	if charset != "" && !strings.EqualFold(charset, "utf-8") {
		if e, err := htmlindex.Get(charset); err == nil && e != encoding.Replacement {
			if out, err := e.NewDecoder().Bytes(b); err == nil {
				return string(out)
			}
		}
	}
	if len(b) >= MaxLine {
		for i := 0; i < utf8.UTFMax && !utf8.Valid(b[len(b)-min(len(b), utf8.UTFMax):]); i++ {
			b = b[:len(b)-1]
		}
	}
	if utf8.Valid(b) {
		return string(b)
	}
	out, err := charmap.Windows1252.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\uFFFD")
	}
	return string(out)
}

// unquotePrintable decodes RFC 2045 §6.7; what is no escape stays.
func unquotePrintable(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		if b[i] != '=' || i+2 >= len(b) {
			out = append(out, b[i])
			continue
		}
		hi, okHi := unhex(b[i+1])
		lo, okLo := unhex(b[i+2])
		if !okHi || !okLo {
			out = append(out, b[i])
			continue
		}
		out = append(out, hi<<4|lo)
		i += 2
	}
	return out
}

func unhex(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	}
	return 0, false
}

// Unescape decodes a TEXT value (RFC 5545 §3.3.11, RFC 6350 §3.4). A backslash
// before any other character is that backslash.
func Unescape(s string) string {
	if !strings.ContainsAny(s, "\\\r") {
		return s
	}
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\r' {
			continue
		}
		if s[i] != '\\' || i+1 == len(s) {
			out.WriteByte(s[i])
			continue
		}
		i++
		switch s[i] {
		case 'n', 'N':
			out.WriteByte('\n')
		case ',', ';', ':', '\\', '"':
			out.WriteByte(s[i])
		default:
			out.WriteByte('\\')
			out.WriteByte(s[i])
		}
	}
	return out.String()
}

// Split splits a structured value at a separator that has no backslash before
// it, into at most limit fields, and unescapes each.
func Split(s string, sep byte, limit int) []string {
	var fields []string
	start := 0
	for i := 0; i < len(s) && len(fields) < limit-1; i++ {
		switch s[i] {
		case '\\':
			i++
		case sep:
			fields = append(fields, Unescape(s[start:i]))
			start = i + 1
		}
	}
	return append(fields, Unescape(s[start:]))
}

// Cut keeps the first n characters.
func Cut(s string, n int) string {
	for i := range s {
		if n--; n < 0 {
			return s[:i]
		}
	}
	return s
}

// Clip is Cut for a single line, and says that something is missing.
func Clip(s string, n int) string {
	s = strings.Join(strings.Fields(s), " ")
	if short := Cut(s, n); len(short) < len(s) {
		return short + "…"
	}
	return s
}
