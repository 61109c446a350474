package message

import (
	"strings"
	"unicode/utf8"
)

// word is one encoded word (RFC 2047 §2), its bytes still in its charset.
type word struct {
	charset string
	bytes   []byte
}

// DecodeHeaderText decodes the encoded words of a header value (RFC 2047 §6.2).
// Neighbours of one charset are joined before they are decoded, for senders do
// split characters between words. Bytes above ASCII outside words are UTF-8 or,
// failing that, windows-1252. What does not decode stays as it is. The result
// is valid UTF-8 and not yet safe to show: see safetext.Line.
func DecodeHeaderText(s string) string { return decodeHeaderText(s, "") }

// inUTF8 reads what stands outside encoded words: UTF-8, else the message's
// charset.
func inUTF8(s, charset string) string {
	if isASCII([]byte(s)) {
		return s
	}
	if utf8.ValidString(s) || findCharset(charset) == nil {
		charset = "utf-8"
	}
	decoded, _, _ := toUTF8([]byte(s), charset)
	return decoded
}

// decodeHeaderText is DecodeHeaderText for a message whose text is in charset.
func decodeHeaderText(s, charset string) string {
	if isASCII([]byte(s)) && !strings.Contains(s, "=?") {
		return s
	}
	var out strings.Builder
	var pending word // joined words
	flush := func() {
		if pending.bytes != nil {
			text, _, _ := toUTF8(pending.bytes, pending.charset)
			out.WriteString(text)
			pending = word{}
		}
	}
	plain := func(text string) {
		if text != "" {
			flush()
			out.WriteString(inUTF8(text, charset))
		}
	}
	for s != "" {
		start := strings.Index(s, "=?")
		if start < 0 {
			plain(s)
			break
		}
		w, n := parseWord(s[start:])
		if n == 0 {
			plain(s[:start+2])
			s = s[start+2:]
			continue
		}
		// White space between two words is not shown (RFC 2047 §6.2).
		if pending.bytes == nil || strings.Trim(s[:start], " \t\r\n") != "" {
			plain(s[:start])
		}
		if pending.bytes != nil && !strings.EqualFold(pending.charset, w.charset) {
			flush()
		}
		pending.charset, pending.bytes = w.charset, append(pending.bytes, w.bytes...)
		s = s[start+n:]
	}
	flush()
	return out.String()
}

// maxWord is generous: RFC 2047 §2 allows 75 characters, real senders put whole
// subjects into one word.
const maxWord = 8 << 10

// parseWord reads an encoded word at the beginning of s; n is its length, 0 if
// there is none.
func parseWord(s string) (w word, n int) {
	rest := s[2:min(len(s), maxWord)]
	charset, rest, ok := strings.Cut(rest, "?")
	if !ok || charset == "" || len(charset) > 64 || strings.ContainsAny(charset, " \t\"()<>@,;:/[].=") {
		return word{}, 0
	}
	kind, rest, ok := strings.Cut(rest, "?")
	if !ok || len(kind) != 1 {
		return word{}, 0
	}
	text, _, ok := strings.Cut(rest, "?=")
	if !ok {
		return word{}, 0
	}
	n = 2 + len(charset) + 1 + len(kind) + 1 + len(text) + 2
	charset, _, _ = strings.Cut(charset, "*") // RFC 2231 §5: a language behind
	switch kind {
	case "B", "b":
		decoded := decodeBase64([]byte(text))
		if len(decoded) == 0 && text != "" {
			return word{}, 0
		}
		return word{charset, decoded}, n
	case "Q", "q":
		return word{charset, unescape(strings.ReplaceAll(text, "_", " "), '=')}, n
	}
	return word{}, 0
}

// unescape replaces a mark and two hexadecimal digits by the byte they mean; a
// wrong escape stays.
func unescape(s string, mark byte) []byte {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == mark && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]) {
			out = append(out, unhex(s[i+1])<<4|unhex(s[i+2]))
			i += 2
			continue
		}
		out = append(out, s[i])
	}
	return out
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func unhex(c byte) byte {
	switch {
	case c >= 'a':
		return c - 'a' + 10
	case c >= 'A':
		return c - 'A' + 10
	}
	return c - '0'
}
