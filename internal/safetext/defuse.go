package safetext

import (
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"
)

// defuse breaks what a Markdown reader would make of text a sender wrote: raw
// tags, autolinks, images, links and their definitions. A bare URL stays as it
// is, for a reader sees all of it. What was defused once is left alone.
func defuse(s string) string {
	if !strings.ContainsAny(s, "<]") && !strings.Contains(s, "![") {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + len(s)/16)
	from, last := 0, byte(0)
	for i := range len(s) {
		insert := ""
		switch c := s[i]; {
		case c == '<' && i+1 < len(s) && startsTag(s[i:]):
			insert = "&lt;"
		case c == '[' && last == '!', c == '(' && last == ']', c == ':' && last == ']' && !digitFollows(s[i:]):
			insert = `\` + s[i:i+1]
		}
		if insert != "" {
			b.WriteString(s[from:i])
			b.WriteString(insert)
			from = i + 1
		}
		last = s[i]
	}
	b.WriteString(s[from:])
	return b.String()
}

// digitFollows tells the port behind an IPv6 address in brackets from the
// definition of a link.
func digitFollows(s string) bool {
	return len(s) > 1 && s[1] >= '0' && s[1] <= '9'
}

// startsHeading reports one to six number signs and a blank.
func startsHeading(s string) bool {
	n := 0
	for n < len(s) && s[n] == '#' {
		n++
	}
	const deepest = 6
	return n > 0 && n <= deepest && (n == len(s) || s[n] == ' ' || s[n] == '\n' || s[n] == '\t')
}

// startsTag reports whether a less-than sign may start a tag or an autolink. An
// address in angle brackets is none that loads anything, and is common in
// quoted headers.
func startsTag(s string) bool {
	const longestAddress = 100
	if len(s) == 1 {
		return true
	}
	if c := s[1]; c != '/' && c != '!' && c != '?' && !(c|0x20 >= 'a' && c|0x20 <= 'z') {
		return false
	}
	at := false
	for i := 1; i < len(s) && i < longestAddress; i++ {
		switch c := s[i]; {
		case c == '@' && i > 1 && !at:
			at = true
		case c == '>':
			return !at
		case c >= utf8.RuneSelf || (!letterOrDigit(c) && strings.IndexByte("._%+-", c) < 0):
			return true
		}
	}
	return true
}

// noteName is the argument that Fold's notes name.
const noteName = "body_offset_chars"

var noteLike = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)` + noteName)
})

// withoutNotes makes lines that imitate Fold's notes say something else.
func withoutNotes(s string) string {
	if !strings.Contains(s, "_") {
		return s
	}
	return noteLike().ReplaceAllString(s, "body offset chars")
}
