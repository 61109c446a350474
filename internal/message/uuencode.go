package message

import (
	"bytes"
	"strings"
)

// uuDecoder reads uuencode (POSIX uuencode; RFC 2045 does not know it, old mail
// does): lines of a length character and groups of four.
type uuDecoder struct {
	line         []byte
	begun, ended bool
	wrong        bool
}

// maxUULine is generous: a line has at most 61 characters and a line end.
const maxUULine = 256

func (d *uuDecoder) decode(dst, src []byte, last bool) []byte {
	for _, c := range src {
		if c != '\n' {
			if len(d.line) < maxUULine {
				d.line = append(d.line, c)
			}
			continue
		}
		dst = d.readLine(dst)
	}
	if last && len(d.line) > 0 {
		dst = d.readLine(dst)
	}
	return dst
}

func (d *uuDecoder) readLine(dst []byte) []byte {
	line := bytes.TrimRight(d.line, "\r")
	d.line = d.line[:0]
	switch {
	case d.ended:
	case !d.begun:
		d.begun = bytes.HasPrefix(line, []byte("begin "))
	case string(line) == "end":
		d.ended = true
	default:
		dst = d.groups(dst, line)
	}
	return dst
}

// groups decodes a line; blanks that were cut off its end are zeros.
func (d *uuDecoder) groups(dst, line []byte) []byte {
	if len(line) == 0 {
		return dst
	}
	value := func(i int) byte {
		if i >= len(line) {
			return 0
		}
		if line[i] < ' ' || line[i] > '`' {
			d.wrong = true
		}
		return (line[i] - ' ') & 0x3f
	}
	n := int(value(0))
	if (n+2)/3*4 > len(line)+4 {
		d.wrong = true
	}
	for i := 1; n > 0 && i < len(line); i += 4 {
		a, b, c, e := value(i), value(i+1), value(i+2), value(i+3)
		group := [3]byte{a<<2 | b>>4, b<<4 | c>>2, c<<6 | e}
		dst = append(dst, group[:min(n, len(group))]...)
		n -= len(group)
	}
	return dst
}

func (d *uuDecoder) trouble() string {
	switch {
	case !d.begun:
		return "this part claims to be uuencoded but does not begin so"
	case d.wrong:
		return "the uuencode of this part is broken"
	}
	return ""
}

// holdsUUFile reports a file that was put into a text, as mail had it before
// MIME: "begin", a mode, a name, and a full line.
func holdsUUFile(text string) bool {
	const fullLine = 61 // 45 bytes, and the length character
	for {
		at := strings.Index(text, "begin ")
		if at < 0 {
			return false
		}
		line, rest, _ := strings.Cut(text[at:min(len(text), at+2*maxUULine)], "\n")
		fields := strings.Fields(line)
		next, _, _ := strings.Cut(rest, "\n")
		atStart := at == 0 || text[at-1] == '\n'
		if atStart && len(fields) >= 3 && strings.Trim(fields[1], "01234567") == "" && len(next) == fullLine && next[0] == 'M' {
			return true
		}
		text = text[at+len("begin "):]
	}
}
