package mailtest

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// script turns the bytes of one connection into the lines of a transcript.
type script struct {
	lines    []string
	commands int
	tags     map[string]string
	client   lexer
	server   lexer
}

// lexer cuts a stream into lines, with literals elided.
type lexer struct {
	line    []byte // so far, literals as {n bytes}
	pending []byte // of the current physical line
	skip    int    // bytes of a literal still to come
}

// feed calls emit for each whole line, without CRLF.
func (l *lexer) feed(data []byte, emit func(string)) {
	for len(data) > 0 {
		if l.skip > 0 {
			n := min(l.skip, len(data))
			l.skip -= n
			data = data[n:]
			continue
		}
		end := bytes.IndexByte(data, '\n')
		if end < 0 {
			l.pending = append(l.pending, data...)
			return
		}
		l.pending = append(l.pending, data[:end+1]...)
		data = data[end+1:]
		if size, _, ok := literalAtEnd(l.pending); ok && !isStatus(l.pending) {
			open := bytes.LastIndexByte(l.pending, '{')
			l.line = append(l.line, l.pending[:open]...)
			l.line = fmt.Appendf(l.line, "{%d bytes}", size)
			l.skip = size
			l.pending = l.pending[:0]
			continue
		}
		l.line = append(l.line, bytes.TrimRight(l.pending, "\r\n")...)
		emit(string(l.line))
		l.line, l.pending = l.line[:0], l.pending[:0]
	}
}

// reset forgets the lines; half a line is kept for its other half.
func (s *script) reset() { s.lines, s.commands, s.tags = nil, 0, nil }

func (s *script) clientSaid(data []byte) {
	s.client.feed(data, func(line string) {
		tag, rest, ok := strings.Cut(line, " ")
		switch {
		case line == "DONE":
			s.lines = append(s.lines, "C: DONE")
			return
		case !ok:
			// Only SASL answers have no blank (RFC 9051 §6.2.2).
			s.lines = append(s.lines, "C: [redacted]")
			return
		}
		s.commands++
		s.lines = append(s.lines, "C: "+s.tag(tag)+" "+canonicalCommand(rest))
	})
}

func (s *script) serverSaid(data []byte) {
	s.server.feed(data, func(line string) {
		tag, rest, _ := strings.Cut(line, " ")
		if tag != "*" && tag != "+" {
			tag = s.tag(tag)
		}
		rest = esearchTag.ReplaceAllStringFunc(rest, func(m string) string {
			return `(TAG "` + s.tag(esearchTag.FindStringSubmatch(m)[1]) + `")`
		})
		s.lines = append(s.lines, "S: "+tag+" "+canonicalResponse(tag, rest))
	})
}

// tag numbers the tags in order of appearance.
func (s *script) tag(tag string) string {
	if s.tags == nil {
		s.tags = map[string]string{}
	}
	if _, ok := s.tags[tag]; !ok {
		s.tags[tag] = fmt.Sprintf("T%d", len(s.tags)+1)
	}
	return s.tags[tag]
}

var (
	esearchTag = regexp.MustCompile(`\(TAG "?([^" )]+)"?\)`)
	// What changes from run to run.
	changing = []struct {
		what *regexp.Regexp
		with string
	}{
		{regexp.MustCompile(`\b(UIDVALIDITY|HIGHESTMODSEQ|APPENDUID|COPYUID) \d+`), "$1 {n}"},
		{regexp.MustCompile(`\bMODSEQ \(\d+\)`), "MODSEQ ({n})"},
		{regexp.MustCompile(`\bINTERNALDATE "[^"]*"`), `INTERNALDATE "{date}"`},
		{regexp.MustCompile(`\b(SINCE|BEFORE|ON) "?\d{1,2}-[A-Z][a-z]{2}-\d{4}"?`), "$1 {date}"},
	}
	statusLine  = regexp.MustCompile(`^(OK|NO|BAD|BYE|PREAUTH)\b( \[[^\]]*\])?.*`)
	capsInCode  = regexp.MustCompile(`\[CAPABILITY ([^\]]*)\]`)
	returnWords = regexp.MustCompile(`\bRETURN \((.*?)\)( |$)`)
)

func canonicalCommand(command string) string {
	verb, _, _ := strings.Cut(command, " ")
	switch strings.ToUpper(verb) {
	case "LOGIN":
		return "LOGIN [redacted]"
	case "AUTHENTICATE":
		fields := strings.Fields(command)
		if len(fields) > 2 {
			return strings.Join(fields[:2], " ") + " [redacted]"
		}
		return command
	case "ID":
		return "ID (...)"
	}
	if strings.Contains(strings.ToUpper(command), "SEARCH ") {
		// go-imap writes these in the order of a map.
		command = returnWords.ReplaceAllStringFunc(command, func(m string) string {
			parts := returnWords.FindStringSubmatch(m)
			return "RETURN (" + sortWords(parts[1]) + ")" + parts[2]
		})
	}
	return replaceChanging(command)
}

func canonicalResponse(tag, response string) string {
	if tag == "+" {
		return "..."
	}
	verb, rest, _ := strings.Cut(response, " ")
	switch strings.ToUpper(verb) {
	case "CAPABILITY":
		return "CAPABILITY " + sortWords(rest)
	case "ID":
		return "ID (...)"
	}
	response = capsInCode.ReplaceAllStringFunc(response, func(m string) string {
		return "[CAPABILITY " + sortWords(capsInCode.FindStringSubmatch(m)[1]) + "]"
	})
	// The words of a status response are for people and differ between servers.
	response = statusLine.ReplaceAllString(response, "$1$2 ...")
	return replaceChanging(response)
}

func replaceChanging(line string) string {
	for _, c := range changing {
		line = c.what.ReplaceAllString(line, c.with)
	}
	return line
}

func sortWords(list string) string {
	words := strings.Fields(list)
	slices.Sort(words)
	return strings.Join(words, " ")
}
