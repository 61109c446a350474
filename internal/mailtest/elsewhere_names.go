package mailtest

import (
	"bytes"
	"context"
	"strings"
	"testing"
)

// Courier has every mailbox below INBOX and divides names by a dot, while the
// tests, and the other servers, have Archive and Projects/2026. A relay gives
// its mailboxes these names, so that all else of it can be tested by the same
// tests. How the product bears the server's own names has tests of its own.
type names struct {
	root      string // "INBOX."; may be empty
	separator string // "."
}

// separator is what divides names in the tests.
const separator = "/"

// translate puts a relay in front until the test ends.
func (e *Elsewhere) translate(t testing.TB, n names) {
	t.Helper()
	own := &Elsewhere{endpoint: e.endpoint, name: e.name}
	dial := dialer(own)
	e.front, e.endpoint = startFront(t, own, certificateOptions{}, func(ctx context.Context, c *client) {
		server, err := dial(ctx)
		if err != nil {
			return
		}
		r := &relay{client: c, server: server, onResponse: n.response}
		r.onCommand = func(x *Exchange) {
			if line, ok := n.command(x); ok {
				x.Forward(line)
			}
		}
		r.run(ctx)
	})
	e.remote = remote{acc: e.Account("default"), roots: e.RootCAs()}
}

// mailboxAt says which arguments of a command are names of mailboxes, from 0;
// for UID commands behind the word UID.
var mailboxAt = map[string][]int{
	"SELECT": {0}, "EXAMINE": {0}, "CREATE": {0}, "DELETE": {0}, "RENAME": {0, 1}, "SUBSCRIBE": {0}, "UNSUBSCRIBE": {0},
	"LIST": {1}, "LSUB": {1}, "STATUS": {0}, "APPEND": {0}, "GETQUOTAROOT": {0},
	"COPY": {1}, "MOVE": {1}, "UID COPY": {2}, "UID MOVE": {2},
}

// command gives a command's names as the server knows them. A name in a
// literal stays as it is.
func (n names) command(x *Exchange) (string, bool) {
	at := mailboxAt[x.Verb]
	if at == nil {
		return "", false
	}
	words := splitWords(x.Line)
	for _, i := range at {
		if i += 2; i < len(words) && !strings.HasSuffix(words[i], "}") {
			words[i] = quoteName(n.outward(unquoteName(words[i])))
		}
	}
	return strings.Join(words, " "), true
}

// response gives a response's name as the tests know it.
func (n names) response(unit []byte) []byte {
	line, end, ok := bytes.Cut(unit, []byte("\r\n"))
	if !ok || len(end) > 0 {
		return unit // with a literal
	}
	words := splitWords(string(line))
	if len(words) < 3 || words[0] != "*" {
		return unit
	}
	switch strings.ToUpper(words[1]) {
	case "LIST", "LSUB":
		if len(words) < 5 {
			return unit
		}
		words[3] = quoteName(separator)
		words[4] = quoteName(n.inward(unquoteName(words[4])))
	case "STATUS", "QUOTAROOT":
		words[2] = quoteName(n.inward(unquoteName(words[2])))
	case "NAMESPACE":
		return []byte("* NAMESPACE ((\"\" " + quoteName(separator) + ")) NIL NIL\r\n")
	default:
		return unit
	}
	return []byte(strings.Join(words, " ") + "\r\n")
}

func (n names) outward(name string) string {
	if name == "" || name == "*" || name == "%" || strings.EqualFold(name, "INBOX") {
		return name
	}
	return n.root + strings.ReplaceAll(name, separator, n.separator)
}

func (n names) inward(name string) string {
	name, below := strings.CutPrefix(name, n.root)
	if !below {
		return name
	}
	return strings.ReplaceAll(name, n.separator, separator)
}

// splitWords cuts a line at blanks outside of quotes and parentheses.
func splitWords(line string) []string {
	var words []string
	depth, start := 0, 0
	quoted := false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == ' ' && depth == 0:
			words = append(words, line[start:i])
			start = i + 1
		}
	}
	return append(words, line[start:])
}

func unquoteName(word string) string {
	if len(word) < 2 || word[0] != '"' {
		return word
	}
	var b strings.Builder
	for i := 1; i < len(word)-1; i++ {
		if word[i] == '\\' && i < len(word)-2 {
			i++
		}
		b.WriteByte(word[i])
	}
	return b.String()
}

func quoteName(name string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `"`
}
