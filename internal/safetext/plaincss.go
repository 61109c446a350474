package safetext

import (
	"strconv"
	"strings"
)

const (
	// commentMark stands where a comment was, which parts words and is no space.
	commentMark = "\x01"

	// escapedBase is where characters are moved that stand in a string or after
	// a backslash: they are not punctuation there, but part of a name (CSS Syntax
	// §4.3.7). It is in the private use plane 16.
	escapedBase = 0x10ff00
)

// plainCSS resolves comments, escapes and strings, the ways to write
// "display:none" so that a search for it fails, and to write braces that are
// none. What is in an unquoted url() is left out.
func plainCSS(s string) string {
	if !strings.ContainsAny(s, "\\\"'(") && !strings.Contains(s, "/*") {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	quote := byte(0)
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '\\':
			i = escape(&b, s, i, quote != 0)
		case quote != 0 && c == quote:
			b.WriteByte(c)
			quote = 0
		case quote != 0 && c == '\n': // a string ends with its line, and is no value then
			b.WriteByte(quote)
			b.WriteRune(escapedBase)
			b.WriteByte(c)
			quote = 0
		case quote != 0:
			inName(&b, rune(c), c)
		case c == '"' || c == '\'':
			b.WriteByte(c)
			quote = c
		case strings.HasPrefix(s[i:], "/*"):
			b.WriteString(commentMark)
			end := strings.Index(s[i+2:], "*/")
			if end < 0 {
				return b.String()
			}
			i += end + 3
		case c == '(' && i >= 3 && strings.EqualFold(s[i-3:i], "url") && !quoted(s[i+1:]):
			b.WriteByte('(')
			if strings.HasPrefix(strings.ToLower(strings.TrimSpace(clip(s[i+1:], 32))), "data:") {
				b.WriteString("data:")
			}
			b.WriteByte(')')
			for i++; i < len(s) && s[i] != ')'; i++ {
				if s[i] == '\\' {
					i++
				}
			}
		default:
			b.WriteByte(c)
		}
	}
	if quote != 0 {
		b.WriteByte(quote)
	}
	return b.String()
}

// quoted reports a string at the start of s.
func quoted(s string) bool {
	s = strings.TrimLeft(clip(s, maxValue), " \t\r\n\f")
	return s != "" && (s[0] == '"' || s[0] == '\'')
}

// escape writes what the escape at i stands for and returns where it ends.
func escape(b *strings.Builder, s string, i int, inString bool) int {
	if i+1 >= len(s) {
		return i
	}
	j := i + 1
	for j < len(s) && j-i <= 6 && strings.IndexByte("0123456789abcdefABCDEF", s[j]) >= 0 {
		j++
	}
	switch {
	case s[i+1] == '\n':
		if !inString { // not an escape
			b.WriteRune(escapedBase)
			return i
		}
		return i + 1 // a string goes on in the next line
	case j == i+1 && s[j] >= 0x80:
		return i // the character stands for itself
	case j == i+1:
		inName(b, rune(s[j]), s[j])
		return j
	}
	if code, err := strconv.ParseUint(s[i+1:j], 16, 32); err == nil && code > 0 && code < 0x110000 {
		inName(b, rune(code), byte(min(code, 0x80)))
	}
	if j < len(s) && (s[j] == ' ' || s[j] == '\n' || s[j] == '\t') {
		return j
	}
	return j - 1
}

// inName writes a character that belongs to a name or string, whatever it is.
func inName(b *strings.Builder, r rune, c byte) {
	switch {
	case c < 0x80 && (!isNameByte(c) || c >= '0' && c <= '9'):
		b.WriteRune(escapedBase + r)
	case c >= 0x80 && r < 0x100 && r == rune(c):
		b.WriteByte(c) // a byte of a longer character
	default:
		b.WriteRune(r)
	}
}

// unescaped is a name or string as it is compared with what is in the mail.
func unescaped(s string) string {
	if !strings.Contains(s, "\xf4\x8f") {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r >= escapedBase && r < escapedBase+0x80 {
			return r - escapedBase
		}
		return r
	}, s)
}

// varCalls is s with var() in lower case, custom names left as they are.
func varCalls(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if len(s)-i >= 4 && strings.EqualFold(s[i:i+4], "var(") {
			b.WriteString("var(")
			i += 3
		} else {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}
