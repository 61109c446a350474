package imap

import (
	"strings"
)

// kind is the form of a value.
type kind uint8

const (
	kindNone   kind = iota // nothing came where a value was due
	kindNil                // NIL
	kindAtom               // an atom or number
	kindString             // quoted or literal
	kindList
)

// value is one datum of a response (RFC 9051 §4): what came, before it is known
// what it means.
type value struct {
	kind kind
	text string
	list []value
}

// string is the value as an nstring: atoms are taken for strings, NIL and lists
// are empty.
func (v value) string() string {
	if v.kind == kindAtom || v.kind == kindString {
		return v.text
	}
	return ""
}

// number is the value as a number, 0 when it is none.
func (v value) number() int64 {
	n, _ := parseNumber64(v.string())
	return n
}

// item is the i-th value of a list, none beyond its end.
func (v value) item(i int) value {
	if i < len(v.list) {
		return v.list[i]
	}
	return value{}
}

// words are the strings of a list, or the value's own where it is none.
func (v value) words() []string {
	if v.kind != kindList {
		if s := v.string(); s != "" {
			return []string{s}
		}
		return nil
	}
	words := make([]string, 0, len(v.list))
	for _, item := range v.list {
		if s := item.string(); s != "" {
			words = append(words, s)
		}
	}
	return words
}

// value reads one value. Nothing is taken where none begins.
func (r *reader) value(depth int) (value, error) {
	if err := r.blanks(); err != nil {
		return value{}, err
	}
	if end, err := r.lineEnd(); end || err != nil {
		return value{}, err
	}
	b, err := r.peek()
	if err != nil || b == ')' {
		return value{}, err
	}
	if err := r.countValue(); err != nil {
		return value{}, err
	}
	switch b {
	case '(':
		return r.list(depth)
	case '"':
		s, err := r.quoted()
		return value{kind: kindString, text: s}, err
	case '{', '~':
		size, ok, err := r.announced()
		if err != nil {
			return value{}, err
		}
		if ok {
			s, err := r.literal(size)
			return value{kind: kindString, text: s}, err
		}
	}
	s, err := r.atom()
	if strings.EqualFold(s, "NIL") {
		return value{kind: kindNil}, err
	}
	return value{kind: kindAtom, text: s}, err
}

// list reads a parenthesised list. One that is not closed ends with the line.
func (r *reader) list(depth int) (value, error) {
	if depth >= r.limits.Depth {
		return value{}, syntax("lists nested deeper than is read")
	}
	v := value{kind: kindList}
	if _, err := r.take(); err != nil {
		return v, err
	}
	for {
		item, err := r.value(depth + 1)
		if err != nil {
			return v, err
		}
		if item.kind != kindNone {
			v.list = append(v.list, item)
			continue
		}
		if end, err := r.lineEnd(); end || err != nil {
			return v, err
		}
		_, err = r.take() // the ")"
		return v, err
	}
}

// quoted reads a quoted string. Only \" and \\ are escapes (RFC 9051 §4.3); what
// else stands behind a backslash keeps it, as some servers mean it. Line ends in
// it are taken as they are, unless one of our tagged responses begins behind.
func (r *reader) quoted() (string, error) {
	var sb strings.Builder
	if _, err := r.take(); err != nil {
		return "", err
	}
	for {
		b, err := r.take()
		if err != nil {
			return sb.String(), err
		}
		switch b {
		case '"':
			return sb.String(), nil
		case '\n':
			if tagged, err := r.startsTag(); err != nil || tagged {
				if err == nil {
					err = syntax("a string that is not closed")
				}
				return sb.String(), err
			}
			r.atEnd = false
		case '\\':
			next, err := r.peek()
			if err != nil {
				return sb.String(), err
			}
			if next == '"' || next == '\\' {
				b = next
				if _, err := r.take(); err != nil {
					return sb.String(), err
				}
			}
		}
		if int64(sb.Len()) < r.limits.String {
			sb.WriteByte(b)
		}
	}
}

// atom reads an atom: everything up to a blank, a parenthesis or the line's end.
// Brackets, quotes and 8-bit bytes within it belong to it.
func (r *reader) atom() (string, error) {
	var sb strings.Builder
	for {
		end, err := r.lineEnd()
		if err != nil || end {
			return sb.String(), err
		}
		b, err := r.peek()
		if err != nil || b == ' ' || b == '\t' || b == '(' || b == ')' {
			return sb.String(), err
		}
		if _, err := r.take(); err != nil {
			return sb.String(), err
		}
		if int64(sb.Len()) < r.limits.Atom {
			sb.WriteByte(b)
		}
	}
}

// all reads all that is left of a response.
func (r *reader) all() ([]value, error) {
	var list []value
	for {
		v, err := r.value(0)
		if err != nil {
			return list, err
		}
		if v.kind != kindNone {
			list = append(list, v)
			continue
		}
		if end, err := r.lineEnd(); end || err != nil {
			return list, err
		}
		if _, err := r.take(); err != nil { // a ")" that closes nothing
			return list, err
		}
	}
}
