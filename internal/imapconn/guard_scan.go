package imapconn

// state is where in a response the lexer stands.
type state uint8

const (
	atStart   state = iota // before the first byte of a response
	inTag                  // of a tagged response
	afterStar              // "*" has come
	afterPlus              // "+" has come
	inType                 // the word after tag or star
	inText                 // of a status response or continuation, to the end of the line
	inCode                 // "[…]" before such a text
	inData                 // of any other response
	inQuoted
	inEscape  // after a backslash in a quoted string
	inSize    // digits of "{n}"
	afterSize // "}" has come
	inLiteral
	afterCR     // LF must follow
	afterSizeSP // go-imap accepts one space before the CRLF of "{n}"
	afterSizeCR // LF must follow, then the literal
)

// kind is what of a response's type matters here.
type kind uint8

const (
	kindOther   kind = iota
	kindStatus       // OK, NO, BAD, BYE, PREAUTH: the rest is text
	kindFetch        // may bring message bodies
	kindNumbers      // SEARCH, SORT: every value is a number
	kindCaps         // CAPABILITY, ENABLED
)

// maxWord is room for the longest response type or code that matters.
const maxWord = 16

// maxTag: go-imap's own tags are "T" and a number.
const maxTag = 32

// lexer is the state within one response.
type lexer struct {
	state state
	kind  kind

	tagged   bool
	numbered bool // "* 5 …": a number came, the type follows
	codeOK   bool // a "[" now begins a response code
	bye      bool

	word     [maxWord]byte // type or code, in upper case
	wordLen  int
	wordOver bool // longer than word
	wordDone bool // what follows in the code is not its name

	depth    int
	last     byte // last byte of data that is neither space nor "~"
	plain    bool // the current atom is more than a set of numbers
	atomLen  int64
	strLen   int64
	line     int64 // bytes of this response, without message bodies
	total    int64 // with them
	values   int64
	size     int64 // announced by {n}
	digits   int
	left     int64 // bytes of the literal still to come
	bodyPart bool  // the literal is (part of) a message
	byeBuf   []byte
	order    order // in a COPYUID
}

// maxByeBytes is kept of a BYE until its end: 200 characters of four bytes.
const maxByeBytes = 4 * maxByeChars

// scan follows p and returns how much of it may pass, with an error if not
// all.
func (g *guard) scan(p []byte) (int, error) {
	l := &g.lex
	for i := 0; i < len(p); i++ {
		if l.state == inLiteral { // accounted for when it was announced
			n := min(int64(len(p)-i), l.left)
			l.left -= n
			i += int(n) - 1
			if l.left == 0 {
				l.state = inData
			}
			continue
		}
		if err := g.step(p[i]); err != nil {
			return i, err
		}
	}
	return len(p), nil
}

// step takes one byte that is not of a literal.
func (g *guard) step(c byte) *guardError {
	l := &g.lex
	if err := g.count(1, false); err != nil {
		return err
	}
	if c == 0 {
		// RFC 9051 §9: CHAR and TEXT-CHAR exclude NUL.
		return notIMAP("a NUL byte outside a literal")
	}
	switch l.state {
	case atStart:
		return g.start(c)
	case inTag, afterStar, afterPlus:
		return g.head(c)
	case inType:
		return g.typeByte(c)
	case inCode:
		return g.codeByte(c)
	case inText:
		return g.textByte(c)
	case inData:
		return g.dataByte(c)
	case inQuoted, inEscape:
		return g.quotedByte(c)
	case inSize, afterSize, afterSizeSP, afterSizeCR:
		return g.sizeByte(c)
	case afterCR:
		if c != '\n' {
			return notIMAP("a lone CR")
		}
		return g.endLine()
	}
	return nil
}

// count accounts for n bytes; body says that they are of a message.
func (g *guard) count(n int64, body bool) *guardError {
	l, m := &g.lex, &g.limits
	l.total += n
	g.op.bytes += n
	if !body {
		l.line += n
		g.op.line += n
	}
	switch {
	case (l.kind == kindStatus || l.kind == kindCaps) && l.line > m.text:
		return refuse("text", "the server sent a status or capability line of more than %d bytes", m.text)
	case l.line > m.line:
		return refuse("line", "the server sent a line of more than %d bytes", m.line)
	case l.total > m.response:
		return refuse("response", "the server sent a response of more than %d bytes", m.response)
	case g.op.line > m.opLine:
		return refuse("opLine", "the server sent more than %d bytes of answers, without message bodies", m.opLine)
	case g.op.bytes > m.opBytes:
		return refuse("opBytes", "the server sent more than %d bytes in one operation", m.opBytes)
	}
	return nil
}

// value counts n values: go-imap keeps a structure for each.
func (g *guard) value(n int64) *guardError {
	g.lex.values += n
	g.op.values += n
	switch {
	case g.lex.values > g.limits.values:
		return refuse("values", "the server sent a response of more than %d values", g.limits.values)
	case g.op.values > g.limits.opValues:
		return refuse("opValues", "the server sent more than %d values in one operation", g.limits.opValues)
	}
	return nil
}

// number counts one member of a set of numbers.
func (g *guard) number() *guardError {
	if g.op.numbers++; g.op.numbers > g.limits.opNumbers {
		return refuse("opNumbers", "the server sent more than %d message numbers in one operation", g.limits.opNumbers)
	}
	return nil
}

// start takes the first byte of a response.
func (g *guard) start(c byte) *guardError {
	l := &g.lex
	if g.op.rows++; g.op.rows > g.limits.opRows {
		return refuse("opRows", "the server sent more than %d responses in one operation", g.limits.opRows)
	}
	switch {
	case c == '*':
		l.state = afterStar
	case c == '+':
		l.state = afterPlus
	case isAlnum(c):
		l.state, l.tagged, l.atomLen = inTag, true, 1
	default:
		return notIMAP("a line that does not begin as one")
	}
	return nil
}

// head takes what follows up to the type. RFC 9051 §9: response-tagged,
// response-data, continue-req.
func (g *guard) head(c byte) *guardError {
	l := &g.lex
	switch {
	case l.state == afterPlus && (c == ' ' || c == '\r' || c == '\n'):
		l.kind = kindStatus
		if c == ' ' {
			l.state = inText
			return nil
		}
		return g.lineByte(c)
	case l.state != afterPlus && c == ' ':
		l.state = inType
	case l.state == inTag && c > ' ' && c < 0x7f && l.atomLen < maxTag:
		l.atomLen++
	default:
		return notIMAP("a line that does not begin as one")
	}
	return nil
}

// typeByte takes a byte of the response type or of the number before it.
func (g *guard) typeByte(c byte) *guardError {
	l := &g.lex
	if c > ' ' && c < 0x7f && c != '(' {
		// Only ASCII: go-imap's ToUpper would make CAPABILITY of "CAPABıLıTY".
		l.addWord(c)
		return nil
	}
	if l.wordLen == 0 || l.wordOver || c != ' ' && c != '(' && c != '\r' && c != '\n' {
		return notIMAP("a response of no known type")
	}
	if l.digitsOnly() && !l.numbered && !l.tagged {
		if c != ' ' {
			return notIMAP("a number without a response type")
		}
		l.numbered, l.wordLen = true, 0
		return nil
	}
	word := string(l.word[:l.wordLen])
	l.kind = kindOf(word)
	l.bye = word == "BYE" && !l.tagged
	l.wordLen = 0
	if l.tagged && word != "OK" && word != "NO" && word != "BAD" {
		return notIMAP("a tagged response other than OK, NO or BAD")
	}
	if l.kind == kindStatus {
		if c == ' ' {
			l.state, l.codeOK = inText, true
			return nil
		}
		return g.lineByte(c)
	}
	if word == "ENABLED" {
		if g.enabled++; g.enabled > g.limits.enabled {
			return refuse("enabled", "the server answered ENABLE more than %d times", g.limits.enabled)
		}
	}
	l.state = inData
	return g.dataByte(c)
}

// kindOf is the kind of a response type in upper case.
func kindOf(word string) kind {
	switch word {
	case "OK", "NO", "BAD", "BYE", "PREAUTH":
		return kindStatus
	case "FETCH":
		return kindFetch
	case "SEARCH", "SORT":
		return kindNumbers
	case "CAPABILITY", "ENABLED":
		return kindCaps
	}
	return kindOther
}

// textByte takes a byte of a status response's text, of which go-imap reads
// everything up to the end of the line, quotes and braces too.
func (g *guard) textByte(c byte) *guardError {
	l := &g.lex
	if c == '[' && l.codeOK {
		l.state, l.wordLen = inCode, 0
		return nil
	}
	l.codeOK = false
	if c == '\r' || c == '\n' {
		return g.lineByte(c)
	}
	if l.bye && len(l.byeBuf) < maxByeBytes {
		l.byeBuf = append(l.byeBuf, c)
	}
	return nil
}

// codeByte takes a byte of a response code. go-imap looks for the "]" of one
// it does not know over any number of lines, in which literals could hide.
func (g *guard) codeByte(c byte) *guardError {
	l := &g.lex
	if (l.wordDone || c == ' ') && l.wordIs("COPYUID") && l.order.byte(c) {
		g.op.mixed = true
	}
	switch c {
	case ']':
		l.state, l.codeOK = inText, false
	case '\r', '\n':
		return notIMAP("a response code without its end")
	case ',':
		return g.number() // COPYUID has sets
	case ' ':
		l.wordDone = true
	case '(':
		if l.wordIs("CAPABILITY") {
			return parenAmongCaps()
		}
		l.wordDone = true
	default:
		if !l.wordDone {
			l.addWord(c)
		}
	}
	return nil
}

// lineByte takes CR or LF where a line may end.
func (g *guard) lineByte(c byte) *guardError {
	switch c {
	case '\r':
		g.lex.state = afterCR
		return nil
	case '\n': // go-imap accepts a lone LF
		return g.endLine()
	}
	return notIMAP("a response that goes on where its line must end")
}

// endLine ends a response.
func (g *guard) endLine() *guardError {
	l := &g.lex
	if l.depth > 0 {
		return notIMAP("a response that ends inside a list")
	}
	if l.bye {
		g.byeText, g.byeSeen = printable(l.byeBuf), true
	}
	*l = lexer{}
	return nil
}

// addWord appends to the type or code.
func (l *lexer) addWord(c byte) {
	if l.wordLen == maxWord {
		l.wordOver = true
		return
	}
	if c >= 'a' && c <= 'z' {
		c -= 'a' - 'A'
	}
	l.word[l.wordLen] = c
	l.wordLen++
}

// wordIs compares the type or code with s, which is in upper case.
func (l *lexer) wordIs(s string) bool {
	return !l.wordOver && string(l.word[:l.wordLen]) == s
}

// digitsOnly says whether the word is a number.
func (l *lexer) digitsOnly() bool {
	for _, c := range l.word[:l.wordLen] {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

func isAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}
