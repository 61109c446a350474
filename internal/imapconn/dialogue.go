package imapconn

import (
	"bufio"
	"errors"
	"fmt"
	"strings"

	"github.com/emersion/go-imap/v2"
)

// maxPreambleLines bounds what a server may send before we are signed in: a
// greeting, capabilities, an alert or two.
const maxPreambleLines = 100

// dialogue is the conversation before go-imap takes over: greeting, STARTTLS,
// capabilities, sign-in. It consists of lines only, so a small reader suffices;
// the password then never lies in go-imap's buffers, and nothing of a server
// that is not yet trusted reaches a full parser.
type dialogue struct {
	w     *wire
	tag   int
	lines int
}

// byeError is a connection the server ended with a word.
type byeError struct{ text string }

// Error implements error.
func (e *byeError) Error() string { return "BYE " + e.text }

// garbledError is an answer that is not IMAP.
type garbledError struct{ what string }

// Error implements error.
func (e *garbledError) Error() string { return "not IMAP: " + e.what }

// reply is a status response (RFC 9051 §7.1).
type reply struct {
	status string // OK, NO, BAD, PREAUTH
	code   string // of a response code, upper case
	text   string
	caps   imap.CapSet // if it, or an untagged answer before it, told them
}

func (r reply) ok() bool { return r.status == "OK" }

// line reads one line without its CRLF.
func (d *dialogue) line() (string, error) {
	if d.lines++; d.lines > maxPreambleLines {
		return "", &garbledError{"too many lines before the answer"}
	}
	raw, err := d.w.in.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return "", &garbledError{"a line is too long"}
	case err != nil:
		return "", err
	}
	return strings.TrimRight(string(raw), "\r\n"), nil
}

// greeting reads the server's first line.
func (d *dialogue) greeting() (reply, error) {
	line, err := d.line()
	if err != nil {
		return reply{}, err
	}
	rest, ok := strings.CutPrefix(line, "* ")
	if !ok {
		return reply{}, &garbledError{"no greeting"}
	}
	r := parseReply(rest)
	switch r.status {
	case "OK", "PREAUTH":
		return r, nil
	case "BYE":
		return r, &byeError{r.text}
	}
	return r, &garbledError{"no greeting"}
}

// command sends a command and reads its answer. Every piece but the last waits
// for the server's continuation: a piece is what leads up to a literal or a
// SASL response.
func (d *dialogue) command(pieces ...string) (reply, error) {
	d.tag++
	tag := fmt.Sprintf("S%d ", d.tag)
	pieces[0] = tag + pieces[0]
	var caps imap.CapSet
	for i := 0; ; {
		if i < len(pieces) {
			if _, err := d.w.Write([]byte(pieces[i])); err != nil {
				return reply{}, err
			}
			i++
		}
		r, err := d.answer(tag, &caps)
		if err != nil || r.status != "+" {
			if r.caps == nil {
				r.caps = caps
			}
			return r, err
		}
		if i == len(pieces) {
			// A challenge where none is due: cancel the exchange (RFC 9051
			// §6.2.2); the answer is BAD.
			pieces = append(pieces, "*\r\n")
		}
	}
}

// answer reads until the command's tagged reply or a continuation, whose status
// is "+".
func (d *dialogue) answer(tag string, caps *imap.CapSet) (reply, error) {
	for {
		line, err := d.line()
		if err != nil {
			return reply{}, err
		}
		if strings.HasPrefix(line, "+") {
			return reply{status: "+"}, nil
		}
		if rest, ok := strings.CutPrefix(line, tag); ok {
			r := parseReply(rest)
			if r.status != "OK" && r.status != "NO" && r.status != "BAD" {
				return r, &garbledError{"unknown status"}
			}
			return r, nil
		}
		rest, ok := strings.CutPrefix(line, "* ")
		if !ok {
			return reply{}, &garbledError{"a line that is no answer"}
		}
		if word, args, _ := strings.Cut(rest, " "); strings.EqualFold(word, "CAPABILITY") {
			*caps = parseCaps(args)
			continue
		}
		switch r := parseReply(rest); {
		case r.status == "BYE":
			return r, &byeError{r.text}
		case r.caps != nil:
			*caps = r.caps
		}
	}
}

// parseReply reads "OK [CODE args] text".
func parseReply(s string) reply {
	status, rest, _ := strings.Cut(s, " ")
	r := reply{status: strings.ToUpper(status), text: rest}
	if inner, ok := strings.CutPrefix(rest, "["); ok {
		if code, text, ok := strings.Cut(inner, "]"); ok {
			name, args, _ := strings.Cut(code, " ")
			r.code, r.text = strings.ToUpper(name), strings.TrimSpace(text)
			if r.code == "CAPABILITY" {
				r.caps = parseCaps(args)
			}
		}
	}
	return r
}
