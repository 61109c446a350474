package message

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Note says what was wrong with a part and how it was read; the zero Note says
// that all was well.
type Note struct {
	declared, used string
}

// String is the note in words, "" when all was well.
func (n Note) String() string {
	switch {
	case n.used == "":
		return ""
	case n.declared == "":
		return fmt.Sprintf("the text names no character set; it was read as %s", n.used)
	}
	return fmt.Sprintf("the text claims the character set %q but is not in it; it was read as %s", n.declared, n.used)
}

// DecodeText decodes the source of a text part: transfer encoding, character
// set, format=flowed (RFC 3676). The source may be cut anywhere. The result is
// valid UTF-8 with LF line ends.
func DecodeText(p *Part, encoded []byte) (string, Note) {
	raw := decodeTransfer(p.Encoding, encoded)
	charset := strings.ToLower(strings.TrimSpace(param(p.Params, "charset")))
	if charset == "" && p.MediaType == "text/html" {
		charset = metaCharset(raw)
	}
	raw, charset = byteOrderMark(raw, charset)
	text, used, ok := toUTF8(raw, charset)
	var note Note
	// An ASCII or missing declaration is so often wrong that UTF-8 in its place
	// is no news.
	if quiet := used == "utf-8" && (charset == "" || charset == "us-ascii"); !ok && !quiet {
		note = Note{declared: printable(charset), used: used}
	}
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	text = strings.ToValidUTF8(text, string(utf8.RuneError))
	if p.MediaType == "text/plain" && strings.EqualFold(p.Params["format"], "flowed") {
		text = unfold(text, strings.EqualFold(p.Params["delsp"], "yes"))
	}
	return text, note
}

// printable keeps a charset's name fit to be quoted: a sender chose it.
func printable(s string) string {
	s = strings.Map(func(r rune) rune {
		if r <= ' ' || r >= 0x7f {
			return -1
		}
		return r
	}, s)
	return s[:min(len(s), 40)]
}

// byteOrderMark prefers a mark to what was declared.
func byteOrderMark(b []byte, charset string) ([]byte, string) {
	switch {
	case len(b) >= 3 && string(b[:3]) == "\xef\xbb\xbf":
		return b[3:], "utf-8"
	case len(b) >= 2 && (string(b[:2]) == "\xff\xfe" || string(b[:2]) == "\xfe\xff"):
		if b[0] == 0xff {
			return b[2:], "utf-16le"
		}
		return b[2:], "utf-16be"
	}
	return b, charset
}

var metaTag = regexp.MustCompile(`(?i)<meta[^>]{0,200}charset\s{0,4}=\s{0,4}["']?([a-z0-9_:.-]{1,40})`)

// metaCharset finds the declaration inside HTML, where browsers look for it:
// the first 1,024 bytes (WHATWG HTML, prescan).
func metaCharset(b []byte) string {
	m := metaTag.FindSubmatch(b[:min(len(b), 1024)])
	if m == nil {
		return ""
	}
	return strings.ToLower(string(m[1]))
}

// decodeTransfer takes the Content-Transfer-Encoding off (RFC 2045 §6). An
// unknown one is taken as none.
func decodeTransfer(encoding string, b []byte) []byte {
	switch encoding {
	case "base64":
		if !looksBase64(b) {
			return b // declared by mistake
		}
		return decodeBase64(b)
	case "quoted-printable":
		return decodeQuotedPrintable(b)
	}
	return b
}

// looksBase64 reports that no more than one byte of ten has no place in base64.
func looksBase64(b []byte) bool {
	wrong := 0
	for _, c := range b {
		if !isBase64(c) && strings.IndexByte("=\r\n", c) < 0 {
			wrong++
		}
	}
	return wrong*10 <= len(b)
}

// decodeQuotedPrintable keeps wrong escapes as they are, where the standard
// library gives up (RFC 2045 §6.7 note 5).
func decodeQuotedPrintable(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for len(b) > 0 {
		line, rest := b, []byte(nil)
		if i := bytes.IndexByte(b, '\n'); i >= 0 {
			line, rest = b[:i+1], b[i+1:]
		}
		b = rest
		body := strings.TrimRight(string(line), " \t\r\n")
		ended := len(line) > 0 && line[len(line)-1] == '\n'
		if !ended {
			body = trimPartialEscape(body)
		}
		soft := strings.HasSuffix(body, "=")
		body = strings.TrimSuffix(body, "=")
		out = append(out, unescape(body, '=')...)
		if ended && !soft {
			out = append(out, '\n')
		}
	}
	return out
}

// trimPartialEscape drops "=C" at the end of a source that was cut.
func trimPartialEscape(s string) string {
	if n := len(s); n >= 2 && s[n-2] == '=' && isHex(s[n-1]) {
		return s[:n-2]
	}
	return s
}

// unfold joins flowed lines (RFC 3676 §4): a line that ends in a blank goes on
// in the next of the same quote depth; a leading blank is stuffing.
func unfold(text string, delSp bool) string {
	var b strings.Builder
	flowing, depth := false, 0
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		quotes := len(line) - len(strings.TrimLeft(line, ">"))
		rest := strings.TrimPrefix(line[quotes:], " ")
		if flowing && (quotes != depth || rest == "-- ") {
			b.WriteByte('\n')
			flowing = false
		}
		if !flowing && quotes > 0 {
			b.WriteString(strings.Repeat(">", quotes) + " ")
		}
		depth = quotes
		// "-- " is the signature's separator, not a flowed line (§4.3).
		if flowing = strings.HasSuffix(rest, " ") && rest != "-- "; flowing {
			if delSp {
				rest = strings.TrimSuffix(rest, " ")
			}
			b.WriteString(rest)
			continue
		}
		b.WriteString(rest)
		b.WriteByte('\n')
	}
	return b.String()
}
