package imap

import (
	"io"
	"strconv"
	"strings"
	"time"
)

// piece is part of a command: bytes, and then, where sync is set, a pause until
// the server asks for more.
type piece struct {
	data  []byte
	write func(io.Writer) error // instead of data
	sync  bool
	owner *pending
}

// encoder builds a command exactly (RFC 9051 §9).
type encoder struct {
	c      *Client
	pieces []piece
	buf    []byte
	utf8   bool // a string outside US-ASCII was written
}

// raw adds bytes as they are: the caller vouches for them.
func (e *encoder) raw(s string) *encoder {
	e.buf = append(e.buf, s...)
	return e
}

// number adds a blank and a number.
func (e *encoder) number(n int64) *encoder {
	e.buf = append(e.buf, ' ')
	e.buf = strconv.AppendInt(e.buf, n, 10)
	return e
}

// maxQuoted: RFC 7162 §4 advises clients to keep lines below 8 kB.
const maxQuoted = 1000

// string adds a string: quoted where it may be, else as a literal.
func (e *encoder) string(s string) *encoder {
	plain := len(s) <= maxQuoted
	for i := range len(s) {
		if s[i] >= 0x80 {
			e.utf8, plain = true, false
		}
		if s[i] == '\r' || s[i] == '\n' || s[i] == 0 {
			plain = false
		}
	}
	if !plain {
		return e.literal(s)
	}
	e.buf = append(e.buf, '"')
	e.buf = append(e.buf, quoter.Replace(s)...)
	e.buf = append(e.buf, '"')
	return e
}

// astring adds a string as an atom where it can be one.
func (e *encoder) astring(s string) *encoder {
	if isAtom(s) {
		return e.raw(s)
	}
	return e.string(s)
}

var quoter = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// literal adds a string as a literal (RFC 9051 §4.3), which waits for the server
// unless it has LITERAL+, or LITERAL- up to 4096 bytes (RFC 7888).
func (e *encoder) literal(s string) *encoder {
	e.announce(int64(len(s)))
	e.buf = append(e.buf, s...)
	return e
}

// announce adds a literal's size and, where needed, the pause.
func (e *encoder) announce(size int64) {
	e.buf = append(e.buf, '{')
	e.buf = strconv.AppendInt(e.buf, size, 10)
	_, plus := e.c.caps[CapLiteralPlus]
	if plus || (e.c.caps.Has(CapLiteralMinus) && size <= 4096) {
		e.buf = append(e.buf, "+}\r\n"...)
		return
	}
	e.buf = append(e.buf, "}\r\n"...)
	e.pause()
}

// pause ends a piece that the server must answer before more is sent.
func (e *encoder) pause() {
	e.pieces = append(e.pieces, piece{data: e.buf, sync: true})
	e.buf = nil
}

// mailbox adds a blank and a mailbox name: the bytes the server has for it where
// it was seen to write them in another way, else modified UTF-7. Names with "&"
// go as atoms where they can: Office 365 never answers them in quotes (2025,
// Home-Assistant-Mail-And-Packages#1256).
func (e *encoder) mailbox(name string) *encoder {
	e.buf = append(e.buf, ' ')
	raw := e.c.names.raw(name)
	if strings.Contains(raw, "&") && isAtom(raw) {
		return e.raw(raw)
	}
	utf8 := e.utf8
	e.string(raw)
	e.utf8 = utf8 // says nothing of the CHARSET
	return e
}

// flags adds a blank and a list of flags. A flag that is none is left out.
func (e *encoder) flags(flags []Flag) *encoder {
	words := make([]string, 0, len(flags))
	for _, f := range flags {
		if isAtom(strings.TrimPrefix(string(f), `\`)) {
			words = append(words, string(f))
		}
	}
	return e.raw(" (" + strings.Join(words, " ") + ")")
}

// date is an IMAP date, never in quotes: RFC 9051 §9 allows both, Seznam, Yandex
// and Purelymail only this (php-imap#542, emailjs-imap-client#42).
func date(t time.Time) string { return t.Format("2-Jan-2006") }

// dateTime is a date-time in its quotes.
func dateTime(t time.Time) string { return `"` + t.Format("_2-Jan-2006 15:04:05 -0700") + `"` }
