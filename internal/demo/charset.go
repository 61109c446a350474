package demo

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"mime/quotedprintable"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// charset is how a mail program of some country writes text: the demo's mail is
// in what such programs really send, not all in UTF-8.
type charset struct {
	name     string            // as the mail declares it
	encoding encoding.Encoding // nil: UTF-8
	transfer string            // Content-Transfer-Encoding of text that is not ASCII
	word     byte              // encoding of header words, 'Q' or 'B' (RFC 2047 §4)
}

var (
	utf8QP      = charset{"UTF-8", nil, "quoted-printable", 'Q'}
	utf8Base64  = charset{"utf-8", nil, "base64", 'B'}
	latin1      = charset{"iso-8859-1", charmap.ISO8859_1, "quoted-printable", 'Q'}
	latin2      = charset{"iso-8859-2", charmap.ISO8859_2, "quoted-printable", 'Q'}
	latin9      = charset{"iso-8859-15", charmap.ISO8859_15, "quoted-printable", 'Q'}
	greek       = charset{"iso-8859-7", charmap.ISO8859_7, "base64", 'B'}
	turkish     = charset{"windows-1254", charmap.Windows1254, "quoted-printable", 'Q'}
	cyrillic    = charset{"koi8-r", charmap.KOI8R, "base64", 'B'}
	arabic      = charset{"windows-1256", charmap.Windows1256, "base64", 'B'}
	iso2022jp   = charset{"iso-2022-jp", japanese.ISO2022JP, "7bit", 'B'}
	gb18030     = charset{"gb18030", simplifiedchinese.GB18030, "base64", 'B'}
	eucKR       = charset{"euc-kr", korean.EUCKR, "base64", 'B'}
	western8bit = charset{"windows-1252", charmap.Windows1252, "8bit", 'Q'}
)

// bytes writes s in the charset. It panics on a character the charset lacks:
// the demo's texts are constants, and a test writes them all.
func (c charset) bytes(s string) []byte {
	if c.encoding == nil {
		return []byte(s)
	}
	b, err := c.encoding.NewEncoder().Bytes([]byte(s))
	if err != nil {
		panic(fmt.Sprintf("demo: %q is not in %s: %v", s, c.name, err))
	}
	return b
}

// wordRunes keeps an encoded word within 75 characters (RFC 2047 §2) at up to
// four bytes a character, for each is encoded by itself.
const wordRunes = 10

// header writes a header text: as it is when it is ASCII, else as RFC 2047
// words, folded.
func (c charset) header(s string) string {
	if isASCII(s) {
		return s
	}
	words := []string{}
	for runes := []rune(s); len(runes) > 0; {
		n := min(wordRunes, len(runes))
		words = append(words, c.encodedWord(string(runes[:n])))
		runes = runes[n:]
	}
	return strings.Join(words, "\r\n ")
}

func (c charset) encodedWord(s string) string {
	raw := c.bytes(s)
	if c.word == 'B' {
		return "=?" + c.name + "?B?" + base64.StdEncoding.EncodeToString(raw) + "?="
	}
	var b strings.Builder
	b.WriteString("=?" + c.name + "?Q?")
	for _, ch := range raw {
		switch {
		case ch == ' ':
			b.WriteByte('_')
		case ch >= '0' && ch <= '9', ch >= 'A' && ch <= 'Z', ch >= 'a' && ch <= 'z':
			b.WriteByte(ch)
		default:
			fmt.Fprintf(&b, "=%02X", ch)
		}
	}
	b.WriteString("?=")
	return b.String()
}

// text writes a text body and says how it is encoded for transfer.
func (c charset) text(s string) (body []byte, transfer string) {
	if isASCII(s) && longestLine(s) <= maxLine {
		return crlf([]byte(s)), "7bit"
	}
	raw := c.bytes(s)
	switch c.transfer {
	case "base64":
		return base64Lines(crlf(raw)), c.transfer
	case "quoted-printable":
		var b bytes.Buffer
		w := quotedprintable.NewWriter(&b)
		_, _ = w.Write(raw) // a bytes.Buffer never fails
		_ = w.Close()
		return b.Bytes(), c.transfer
	}
	return crlf(raw), c.transfer
}

// maxLine is the longest line a mail may have (RFC 5322 §2.1.1).
const maxLine = 998

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

func longestLine(s string) int {
	longest := 0
	for line := range strings.SplitSeq(s, "\n") {
		longest = max(longest, len(line))
	}
	return longest
}

// crlf makes the line ends those of mail.
func crlf(b []byte) []byte {
	return bytes.ReplaceAll(bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
}

// base64Lines encodes in lines of 76 characters (RFC 2045 §6.8).
func base64Lines(b []byte) []byte {
	const line = 57 // bytes that make 76 characters
	var out bytes.Buffer
	for len(b) > 0 {
		n := min(line, len(b))
		out.WriteString(base64.StdEncoding.EncodeToString(b[:n]))
		out.WriteString("\r\n")
		b = b[n:]
	}
	return out.Bytes()
}
