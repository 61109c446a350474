package imapconn

// parenAmongCaps refuses what makes go-imap's readCapabilities loop for ever:
// its SP() succeeds before a "(" without moving on, and it skips spaces with
// it in a loop. Closing the connection does not end that.
func parenAmongCaps() *guardError {
	return notIMAP("a parenthesis among capabilities")
}

// dataByte takes a byte of a response that is made of values: RFC 9051 §9,
// everything but resp-text.
func (g *guard) dataByte(c byte) *guardError {
	l := &g.lex
	switch {
	case c == ' ':
		l.plain, l.atomLen = false, 0
		if l.kind == kindNumbers {
			return g.number()
		}
		return g.value(1)
	case c == '(':
		if l.kind == kindCaps {
			return parenAmongCaps()
		}
		l.plain, l.atomLen, l.last = false, 0, c
		if l.depth++; l.depth > g.limits.depth {
			return refuse("depth", "the server nested a response %d levels deep; at most %d are read", l.depth, g.limits.depth)
		}
		return g.value(1)
	case c == ')':
		l.plain, l.atomLen, l.last = false, 0, c
		if l.depth--; l.depth < 0 {
			return notIMAP("a parenthesis that closes no list")
		}
	case c == '"':
		l.state, l.strLen, l.last = inQuoted, 0, c
	case c == '{':
		l.beginSize()
	case c == '\r' || c == '\n':
		return g.lineByte(c)
	case c < ' ' || c == 0x7f:
		return notIMAP("a control character outside a string")
	default:
		return g.atomByte(c)
	}
	return nil
}

// atomByte takes a byte of an atom or of a set of numbers.
func (g *guard) atomByte(c byte) *guardError {
	l := &g.lex
	if c != '~' {
		l.last = c
	}
	l.atomLen++
	if (c < '0' || c > ':') && c != ',' && c != '*' {
		l.plain = true
	}
	if l.plain && l.atomLen > g.limits.atom {
		return refuse("atom", "the server sent a word of more than %d bytes", g.limits.atom)
	}
	if c == ',' {
		return g.number()
	}
	return nil
}

// quotedByte takes a byte of a quoted string. go-imap accepts line breaks in
// them, and the guard must see the same end.
func (g *guard) quotedByte(c byte) *guardError {
	l := &g.lex
	switch {
	case l.state == inEscape:
		l.state = inQuoted
	case c == '\\':
		l.state = inEscape
		return nil
	case c == '"':
		l.state, l.plain, l.atomLen = inData, false, 0
		return nil
	}
	if l.strLen++; l.strLen > g.limits.str {
		return g.longString()
	}
	if l.strLen > g.limits.shortStr {
		return g.value(1)
	}
	return nil
}

func (g *guard) longString() *guardError {
	return refuse("str", "the server sent a string of more than %d bytes where no message body is", g.limits.str)
}

// beginSize begins the "{n}" of a literal. It is a message's when it follows
// the "]" of BODY[…] or BINARY[…], or the ">" of BODY[…]<…>, among the items of
// a FETCH; go-imap streams these and keeps all others in memory.
func (l *lexer) beginSize() {
	l.bodyPart = l.kind == kindFetch && l.depth == 1 && (l.last == ']' || l.last == '>')
	l.state, l.size, l.digits, l.last = inSize, 0, 0, '{'
}

// maxSizeDigits is room for zeros before the size.
const maxSizeDigits = 20

// sizeByte takes a byte of "{n}" CRLF. What go-imap does not take for a
// literal ("{n+}" of a server) it may go on behind as if nothing had been; so
// it is refused.
func (g *guard) sizeByte(c byte) *guardError {
	l := &g.lex
	switch {
	case l.state == inSize && c >= '0' && c <= '9' && l.digits < maxSizeDigits:
		l.digits++
		l.size = l.size*10 + int64(c-'0')
		if !l.bodyPart && l.size > g.limits.str {
			return g.longString()
		}
		if l.bodyPart && l.size > g.limits.literal {
			return refuse("literal", "the server announced a literal of more than %d bytes", g.limits.literal)
		}
	case l.state == inSize && c == '}' && l.digits > 0:
		l.state = afterSize
	case l.state == afterSize && c == ' ': // go-imap issue 540
		l.state = afterSizeSP
	case l.state != inSize && l.state != afterSizeCR && c == '\r':
		l.state = afterSizeCR
	case l.state != inSize && c == '\n':
		return g.beginLiteral()
	default:
		return notIMAP("a malformed literal")
	}
	return nil
}

// beginLiteral accounts for a literal before any of it is read.
func (g *guard) beginLiteral() *guardError {
	l := &g.lex
	l.state, l.left = inLiteral, l.size
	l.plain, l.atomLen = false, 0
	if l.left == 0 {
		l.state = inData
	}
	if err := g.count(l.size, l.bodyPart); err != nil || l.bodyPart {
		return err
	}
	return g.value(max(0, l.size-g.limits.shortStr))
}
