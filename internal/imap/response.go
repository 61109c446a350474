package imap

import (
	"strings"
)

// status is a status response: OK, NO, BAD, PREAUTH or BYE with its code and
// text (RFC 9051 §7.1).
type status struct {
	kind StatusResponseType
	code ResponseCode
	arg  string // what stands behind the code's name
	text string
}

// err is the status as an error, nil for OK.
func (s *status) err() error {
	if s.kind == StatusResponseTypeOK || s.kind == StatusResponseTypePreAuth {
		return nil
	}
	return &Error{Type: s.kind, Code: s.code, Arg: s.arg, Text: s.text}
}

// statusTypes are the words that begin a status response.
var statusTypes = map[string]StatusResponseType{
	"OK": StatusResponseTypeOK, "NO": StatusResponseTypeNo, "BAD": StatusResponseTypeBad,
	"PREAUTH": StatusResponseTypePreAuth, "BYE": StatusResponseTypeBye,
}

// parseStatus reads what follows the type: "[CODE args] text".
func parseStatus(kind StatusResponseType, s string) *status {
	s = strings.TrimSpace(s)
	st := &status{kind: kind, text: s}
	if !strings.HasPrefix(s, "[") {
		return st
	}
	end := codeEnd(s)
	if end < 0 { // a code that is not closed: its first word, and all as text
		name, _, _ := strings.Cut(s[1:], " ")
		st.code = ResponseCode(strings.ToUpper(name))
		return st
	}
	name, arg, _ := strings.Cut(strings.TrimSpace(s[1:end]), " ")
	st.code, st.arg, st.text = ResponseCode(strings.ToUpper(name)), strings.TrimSpace(arg), strings.TrimSpace(s[end+1:])
	return st
}

// codeEnd finds the "]" of a code: outside parentheses and quotes, for keywords
// in PERMANENTFLAGS may hold one; where these do not close, the first one.
func codeEnd(s string) int {
	depth, quoted := 0, false
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == ']' && depth <= 0:
			return i
		}
	}
	return strings.IndexByte(s, ']')
}

// flagWords are the flags in a code's argument, "(\Seen $Label)".
func flagWords(arg string) []Flag {
	flags := []Flag{}
	for _, word := range strings.Fields(strings.Trim(arg, "()")) {
		flags = append(flags, Flag(word))
	}
	return flags
}

// isAtom reports whether a string can be sent as an atom (RFC 9051 §9).
func isAtom(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7f || strings.IndexByte(`(){%*"\]`, s[i]) >= 0 {
			return false
		}
	}
	return s != ""
}
