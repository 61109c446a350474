package message

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"
)

// unixLines are LF for CRLF, CR, and the CRLF that some servers double.
var unixLines = strings.NewReplacer("\r\r\n", "\n", "\r\n", "\n", "\r", "\n")

// DecodeText decodes the source of a text part: transfer encoding, character
// set, format=flowed (RFC 3676). The source may be cut anywhere. The result is
// valid UTF-8 with LF line ends.
func DecodeText(p *Part, encoded []byte) (string, Note) {
	raw, note := decodeTransfer(p.Encoding, encoded)
	// "utf-8; format=flowed" is what a forgotten quote leaves.
	charset, _, _ := strings.Cut(param(p.Params, "charset"), ";")
	charset = strings.ToLower(strings.TrimSpace(charset))
	if charset == "" && p.MediaType == "text/html" {
		charset = metaCharset(raw)
	}
	raw, charset = byteOrderMark(raw, charset)
	text, used, ok := toUTF8(raw, charset)
	note.add(charsetNote(charset, used, ok))
	text = unixLines.Replace(text)
	text = strings.ToValidUTF8(text, string(utf8.RuneError))
	if p.MediaType == "text/plain" && holdsUUFile(text) {
		note.add("this text holds a uuencoded file, which is shown as it is")
	}
	if p.MediaType == "text/plain" && strings.EqualFold(p.Params["format"], "flowed") {
		text = unfold(text, strings.EqualFold(p.Params["delsp"], "yes"))
	}
	return text, note
}

// charsetNote says that a text is not in the charset it names. An ASCII or
// missing declaration is so often wrong that UTF-8 in its place is no news.
func charsetNote(declared, used string, ok bool) string {
	declared = printable(declared)
	switch {
	case ok || used == "utf-8" && (declared == "" || isASCIIName(declared)):
		return ""
	case declared == "":
		return fmt.Sprintf("the text names no character set; it was read as %s", used)
	}
	return fmt.Sprintf("the text claims the character set %q but is not in it; it was read as %s", declared, used)
}

// printable keeps a charset's name, or another word the sender chose, fit to be
// quoted: of the characters of RFC 2045 §5.1 tokens those that names have.
func printable(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune("-_.:+*/", r):
			return r
		}
		return -1
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

var metaTag = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)<meta[^>]{0,200}charset\s{0,4}=\s{0,4}["']?([a-z0-9_:.-]{1,40})`)
})

// metaCharset finds the declaration inside HTML, where browsers look for it:
// the first 1,024 bytes (WHATWG HTML, prescan).
func metaCharset(b []byte) string {
	m := metaTag().FindSubmatch(b[:min(len(b), 1024)])
	if m == nil {
		return ""
	}
	return strings.ToLower(string(m[1]))
}
