package audit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

func sortedKeys(m map[string]int) []string { return slices.Sorted(maps.Keys(m)) }

// When is the time of the line; zero when it cannot be read.
func (l Line) When() time.Time {
	t, err := time.Parse(time.RFC3339, l.Time)
	if err != nil {
		return time.Time{}
	}
	return t
}

// JSON is the line as it stands in a log, without its end: one object, printable
// characters only. Its order is that of the fields of Line.
func (l Line) JSON() ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(l); err != nil {
		return nil, fmt.Errorf("encoding an audit line: %w", err)
	}
	return escapeUnprintable(bytes.TrimSuffix(out.Bytes(), []byte("\n"))), nil
}

// escapeUnprintable writes what encoding/json leaves as it is (DEL, C1 and bidi
// controls, tags) as \uXXXX, so that a terminal that shows the file obeys none
// of it. Outside of strings JSON has only printable characters.
func escapeUnprintable(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		switch {
		case unicode.IsPrint(r):
			out = append(out, b[:size]...)
		case r > 0xFFFF:
			hi, lo := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, hi, lo)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		b = b[size:]
	}
	return out
}

// decode reads a line as it is, without asking whether it is genuine.
func decode(b []byte) (Line, error) {
	var l Line
	if err := json.Unmarshal(b, &l); err != nil {
		return Line{}, fmt.Errorf("not a line of an audit log: %w", err)
	}
	return l, nil
}
