package mailtest

import (
	"encoding/base64"
	"regexp"
	"strings"
	"unicode/utf16"
)

// mailboxName is modified UTF-7 (RFC 3501 §5.1.3).
func mailboxName(name string) string {
	var out strings.Builder
	var run []rune
	flush := func() {
		if len(run) > 0 {
			var b []byte
			for _, u := range utf16.Encode(run) {
				b = append(b, byte(u>>8), byte(u))
			}
			out.WriteString("&" + strings.ReplaceAll(base64.RawStdEncoding.EncodeToString(b), "/", ",") + "-")
			run = nil
		}
	}
	for _, r := range name {
		if r < ' ' || r > '~' {
			run = append(run, r)
			continue
		}
		flush()
		out.WriteRune(r)
		if r == '&' {
			out.WriteByte('-')
		}
	}
	flush()
	return out.String()
}

var listRow = regexp.MustCompile(`(?s)^\* LIST (?:\(.*?\)|NIL) (?:NIL|"[^"]*"|\S+) (.*)$`)

// rowName is the name in a LIST row, as a client would send it back.
func rowName(row string) string {
	m := listRow.FindStringSubmatch(row)
	if m == nil {
		return ""
	}
	if strings.HasPrefix(m[1], "{") {
		_, name, _ := strings.Cut(m[1], "\r\n")
		return name
	}
	if words := parseWords(m[1]); strings.HasPrefix(m[1], `"`) && len(words) > 0 {
		return words[0].text
	}
	return m[1]
}

// named puts the name that the Memory knows in the place of the client's.
func (c *scriptConn) named(cmd scriptCommand) scriptCommand {
	switch cmd.verb {
	case "SELECT", "EXAMINE", "STATUS":
		_, args, _ := strings.Cut(cmd.text, " ")
		given, items := args, ""
		if i := strings.LastIndex(args, " ("); i >= 0 && cmd.verb == "STATUS" {
			given, items = args[:i], args[i:]
		}
		words := parseWords(given)
		for sent, name := range c.names {
			// A literal stands in the text as it is, blanks and all.
			if sent != "" && (sent == given || len(words) == 1 && words[0].text == sent) {
				cmd.wire = cmd.verb + " " + quote(name) + items
				break
			}
		}
	}
	return cmd
}

// listed is a true LIST or STATUS row up to the end of the name.
var listed = regexp.MustCompile(`^(\* LIST \(.*?\) "/" |\* STATUS )("(?:[^"\\]|\\.)*"|[^ "]+)`)

// change puts the script's rows and items into a true response.
func (c *scriptConn) change(unit string) string {
	if strings.Contains(unit, " FETCH (") && strings.HasPrefix(unit, "* ") {
		return c.changeItems(unit)
	}
	m := listed.FindStringSubmatch(unit)
	if m == nil {
		return unit
	}
	words := parseWords(m[2])
	for name, row := range c.script.rows {
		if len(words) == 0 || words[0].text != mailboxName(name) {
			continue
		}
		if strings.HasPrefix(unit, "* LIST") {
			return row + "\r\n"
		}
		if named := listRow.FindStringSubmatch(row); named != nil {
			return m[1] + named[1] + unit[len(m[0]):]
		}
	}
	return strings.Replace(m[1], `"/"`, `"`+c.script.delimiter+`"`, 1) + unit[len(m[1]):]
}

// changeItems goes through the items of a FETCH row.
func (c *scriptConn) changeItems(unit string) string {
	open := strings.Index(unit, "(")
	uid := ""
	if m := uidItem.FindStringSubmatch(unit); m != nil {
		uid = m[1]
	}
	var items []string
	for rest := unit[open+1:]; rest != "" && rest[0] != ')'; {
		name := itemEnd(rest)
		value := name + 1 + itemEnd(rest[name+1:])
		item := rest[:value]
		for _, of := range []string{uid, "*"} {
			if v, ok := c.script.items[of+" "+itemName(rest[:name])]; ok {
				item = v
				break
			}
		}
		if item != "" {
			items = append(items, item)
		}
		rest = strings.TrimPrefix(rest[value:], " ")
	}
	return unit[:open+1] + strings.Join(items, " ") + ")\r\n"
}

// itemEnd is where a name or a value of a FETCH row ends.
func itemEnd(s string) int {
	depth, quoted := 0, false
	for i := 0; i < len(s); i++ {
		switch b := s[i]; {
		case quoted && b == '\\':
			i++
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == '{':
			line, _, _ := strings.Cut(s[i:], "\n")
			if size, _, ok := literalAtEnd([]byte(line)); ok {
				i += len(line) + size
			}
		case b == '(' || b == '[':
			depth++
		case (b == ')' || b == ' ') && depth == 0:
			return i
		case b == ')' || b == ']':
			depth--
		}
	}
	return len(s)
}
