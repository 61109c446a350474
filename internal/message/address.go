package message

import (
	"strings"
	"unicode"

	"mail-imap-mcp/internal/safetext"
)

// maxAddresses is how many addresses of one field are read; a summary shows far
// fewer, and mass mail puts thousands into To.
const maxAddresses = 100

// Address is one mailbox of an address field, decoded and safe to show.
type Address struct {
	Name    string // "" when the sender gave none
	Address string // as it came, the domain in Unicode where that is harmless
}

// String is Name <a@b>, or what there is of it.
func (a Address) String() string {
	switch {
	case a.Name == "":
		return a.Address
	case a.Address == "":
		return a.Name
	}
	name := a.Name
	if strings.ContainsAny(name, `<>@,;:"\`) {
		// Quoted as RFC 5322 §3.2.4 has it, so that a name that looks like an
		// address does not pass for one.
		name = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `"`
	}
	return name + " <" + a.Address + ">"
}

// ParseAddresses reads an address field (RFC 5322 §3.4), leniently: comments,
// groups, commas in quoted names, encoded words anywhere, missing brackets.
// It reads at most 100 addresses.
func ParseAddresses(s string) []Address {
	list := []Address{}
	s = s[:min(len(s), maxFieldBytes)]
	for s != "" && len(list) < maxAddresses {
		var one mailboxSpec
		one, s = nextAddress(s)
		if a, ok := one.address(); ok {
			list = append(list, a)
		}
	}
	return list
}

// mailboxSpec is one address as it was written, taken apart.
type mailboxSpec struct {
	phrase, comment, angle string
	hasAngle               bool
}

// nextAddress reads up to the next comma or semicolon that separates, or the
// colon that ends a group's name.
func nextAddress(s string) (m mailboxSpec, rest string) {
	var phrase, comment strings.Builder
	i := 0
scan:
	for i < len(s) {
		switch c := s[i]; c {
		case '"':
			if !closes(s[i+1:]) {
				break // the sender forgot the other quote
			}
			value, after := quotedString(s[i+1:])
			if strings.HasPrefix(after, "@") {
				value = s[i : len(s)-len(after)] // a quoted local part
			}
			phrase.WriteString(value)
			i = len(s) - len(after)
			continue
		case '(':
			text, n := SkipComment(s[i:])
			comment.WriteString(text)
			i += n
			continue
		case '<':
			end := strings.IndexAny(s[i:], ">,")
			if end < 0 {
				end = len(s) - i
			}
			m.angle, m.hasAngle = s[i+1:i+end], true
			i += end
			if i < len(s) && s[i] == ',' {
				break scan
			}
		case ',', ';':
			break scan
		case ':':
			// A group's name (RFC 5322 §3.4) is not shown; an address with a
			// port or a scheme is nobody's.
			phrase.Reset()
		case '=':
			// An encoded word is one piece, whatever it holds unencoded.
			if strings.HasPrefix(s[i:], "=?") {
				if _, n := parseWord(s[i:]); n > 0 {
					phrase.WriteString(s[i : i+n])
					i += n
					continue
				}
			}
			phrase.WriteByte(c)
		default:
			phrase.WriteByte(c)
		}
		i++
	}
	m.phrase, m.comment = phrase.String(), comment.String()
	return m, s[min(i+1, len(s)):]
}

// maxQuoted is the longest quoted string that is looked for: it bounds the
// search for quotes that are never closed.
const maxQuoted = 1000

// closes reports whether a quoted string that begins s ends.
func closes(s string) bool {
	for i := 0; i < len(s) && i < maxQuoted; i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return true
		}
	}
	return false
}

// SkipComment reads a comment that begins s, which may nest (RFC 5322 §3.2.2):
// its text and its length with both parentheses. One that is not closed goes to
// the end.
func SkipComment(s string) (text string, n int) {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return s[1:i], i + 1
			}
		}
	}
	return s[1:], len(s)
}

// address makes what was read fit to be shown.
func (m mailboxSpec) address() (Address, bool) {
	name := strings.TrimSpace(DecodeHeaderText(strings.TrimSpace(m.phrase)))
	addr := m.angle
	if !m.hasAngle {
		// A bare address; its name may be in the comment behind it.
		name, addr = DecodeHeaderText(strings.TrimSpace(m.comment)), strings.TrimSpace(m.phrase)
		if !strings.Contains(addr, "@") && strings.ContainsAny(addr, " ?") {
			name, addr = DecodeHeaderText(addr), ""
		}
		// A name, and an address that lacks its brackets.
		if i := strings.LastIndexAny(addr, " \t"); i >= 0 && strings.Contains(addr[i:], "@") && addr[0] != '"' {
			name, addr = DecodeHeaderText(strings.TrimSpace(addr[:i])), addr[i+1:]
		}
	}
	// A source route before the address (RFC 5322 §4.4) means nothing today.
	if i := strings.LastIndexByte(addr, ':'); i >= 0 && strings.HasPrefix(addr, "@") {
		addr = addr[i+1:]
	}
	a := Address{Name: safetext.Line(name), Address: showDomain(safetext.Line(withoutBlanks(addr)))}
	if a.Name == a.Address {
		a.Name = ""
	}
	return a, a != Address{}
}

func withoutBlanks(s string) string {
	decoded, _, _ := toUTF8([]byte(s), "utf-8")
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, decoded)
}
