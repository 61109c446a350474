package pdf

import (
	"bytes"
	"strconv"
)

// A lexer reads objects from bytes (ISO 32000-1 §7.2). It never fails: what it
// does not understand it skips, as every viewer does, and it always advances.
type lexer struct {
	data   []byte
	pos    int
	budget *budget
	refs   bool          // "1 0 R" is a reference (not so in content streams)
	crypt  func(str) str // decrypts strings, or nil
	depth  int           // of arrays and dictionaries
}

// end is what next returns at the end of the data, and at a closing bracket.
type end struct{ closing byte }

func isSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func isDelimiter(c byte) bool {
	switch c {
	case '(', ')', '<', '>', '[', ']', '{', '}', '/', '%':
		return true
	}
	return false
}

func isRegular(c byte) bool { return !isSpace(c) && !isDelimiter(c) }

func (l *lexer) skipSpace() {
	for l.pos < len(l.data) {
		c := l.data[l.pos]
		switch {
		case isSpace(c):
			l.pos++
		case c == '%':
			i := bytes.IndexAny(l.data[l.pos:], "\r\n")
			if i < 0 {
				l.pos = len(l.data)
				return
			}
			l.pos += i
		default:
			return
		}
	}
}

// next reads one object, or end.
func (l *lexer) next() object {
	l.skipSpace()
	if l.pos >= len(l.data) || !l.budget.step(1) {
		l.pos = len(l.data)
		return end{}
	}
	c := l.data[l.pos]
	switch c {
	case '/':
		return l.name()
	case '(':
		return l.secret(l.literal())
	case '<':
		if l.pos+1 < len(l.data) && l.data[l.pos+1] == '<' {
			l.pos += 2
			return l.dict()
		}
		return l.secret(l.hex())
	case '[':
		l.pos++
		return l.array()
	case ']', '}', ')':
		l.pos++
		return end{c}
	case '{':
		l.pos++
		return op("{")
	case '>':
		l.pos++
		if l.pos < len(l.data) && l.data[l.pos] == '>' {
			l.pos++
		}
		return end{'>'}
	}
	return l.word()
}

func (l *lexer) secret(s str) str {
	if l.crypt != nil {
		return l.crypt(s)
	}
	return s
}

func (l *lexer) word() object {
	start := l.pos
	for l.pos < len(l.data) && isRegular(l.data[l.pos]) {
		l.pos++
	}
	w := l.data[start:l.pos]
	if c := w[0]; c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.' {
		n := parseNumber(w)
		if num, ok := n.(int); ok && l.refs && num >= 0 {
			if r, ok := l.reference(num); ok {
				return r
			}
		}
		return n
	}
	switch string(w) {
	case "true":
		return true
	case "false":
		return false
	case "null":
		return nil
	}
	return op(w)
}

// reference looks ahead for "gen R" behind a number.
func (l *lexer) reference(num int) (ref, bool) {
	p := l.pos
	for p < len(l.data) && isSpace(l.data[p]) {
		p++
	}
	start := p
	for p < len(l.data) && p-start < 6 && l.data[p] >= '0' && l.data[p] <= '9' {
		p++
	}
	if p == start {
		return ref{}, false
	}
	gen, _ := strconv.Atoi(string(l.data[start:p]))
	q := p
	for q < len(l.data) && isSpace(l.data[q]) {
		q++
	}
	if q == p || q >= len(l.data) || l.data[q] != 'R' || q+1 < len(l.data) && isRegular(l.data[q+1]) {
		return ref{}, false
	}
	l.pos = q + 1
	return ref{num, gen}, true
}

// parseNumber reads what writers have been seen to call a number: "4.", "-.5",
// "--5" (taken as -5), "1.2.3" and "12-34" (both cut at the surprise).
func parseNumber(w []byte) object {
	i, negative := 0, false
	for i < len(w) && (w[i] == '+' || w[i] == '-') {
		negative = negative || w[i] == '-'
		i++
	}
	var whole, part, scale float64 = 0, 0, 1
	digits, dot := 0, false
scan:
	for ; i < len(w); i++ {
		switch c := w[i]; {
		case c >= '0' && c <= '9' && dot:
			if scale < 1e15 {
				part, scale = part*10+float64(c-'0'), scale*10
			}
			digits++
		case c >= '0' && c <= '9':
			whole = whole*10 + float64(c-'0')
			digits++
		case c == '.' && !dot:
			dot = true
		default:
			break scan
		}
	}
	if digits == 0 && !dot {
		return op(w)
	}
	v := whole + part/scale
	if negative {
		v = -v
	}
	if !dot && whole < 1<<53 {
		return int(v)
	}
	return v
}

func (l *lexer) name() name {
	l.pos++
	start := l.pos
	escaped := false
	for l.pos < len(l.data) && isRegular(l.data[l.pos]) {
		escaped = escaped || l.data[l.pos] == '#'
		l.pos++
	}
	raw := l.data[start:l.pos]
	if !escaped {
		return name(raw)
	}
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		if raw[i] == '#' && i+2 < len(raw) && unhex(raw[i+1]) >= 0 && unhex(raw[i+2]) >= 0 {
			out = append(out, byte(unhex(raw[i+1])<<4|unhex(raw[i+2])))
			i += 2
			continue
		}
		out = append(out, raw[i])
	}
	return name(out)
}

func (l *lexer) array() object {
	if l.depth >= maxNesting {
		return nil
	}
	l.depth++
	defer func() { l.depth-- }()
	a := array{}
	for {
		o := l.next()
		if e, ok := o.(end); ok {
			if e.closing == 0 || e.closing == ']' {
				return a
			}
			// An array that was never closed ends with the dictionary around it.
			if e.closing == '>' && bytes.HasSuffix(l.data[:l.pos], []byte(">>")) {
				l.pos -= len(">>")
				return a
			}
			continue
		}
		if w, ok := o.(op); ok && w == "endobj" {
			l.pos -= len(w)
			return a
		}
		if len(a) < maxElements && l.budget.value() {
			a = append(a, o)
		}
	}
}

func (l *lexer) dict() object {
	if l.depth >= maxNesting {
		return nil
	}
	l.depth++
	defer func() { l.depth-- }()
	d := dict{}
	for {
		key := l.next()
		if _, ok := key.(end); ok {
			return d
		}
		k, ok := key.(name)
		if !ok {
			if w, isOp := key.(op); isOp && (w == "stream" || w == "endobj") {
				l.pos -= len(w)
				return d
			}
			continue
		}
		v := l.next()
		if _, ok := v.(end); ok {
			return d
		}
		if len(d) < maxElements && l.budget.value() {
			d[k] = v
		}
	}
}
