package safety

import (
	"strings"

	"mail-imap-mcp/internal/message"
)

// A parser of Authentication-Results of our own (RFC 8601 §2.2).
// emersion/go-msgauth v0.7.0 takes a semicolon in a comment or a quoted string
// for the end of a result: it reads a DMARC pass out of
// smtp.mailfrom="x; dmarc=pass", which a sender can choose. It also refuses what
// Microsoft writes, which names no server, and loses SPF where Zoho leaves out
// a semicolon.

const (
	// maxResults of one field are read; real ones have below 15.
	maxResults = 64

	// maxTokens bounds what is read of one field in the same way.
	maxTokens = 2000
)

// result is one resinfo: method=value with its properties.
type result struct {
	method, value string            // lower-case
	properties    map[string]string // by lower-case name, such as "header.from"; the first of a name
}

// results is an Authentication-Results field taken apart.
type results struct {
	id   string // authserv-id, lower-case; "" when the field has none
	list []result
}

// parseResults reads a field, leniently. What it cannot understand it skips;
// nothing within a comment or a quoted string ever becomes a result.
func parseResults(value string) results {
	var out results
	tokens := resultTokens(value)
	i := 0
	if i < len(tokens) && !tokens[i].separator && !strings.Contains(tokens[i].text, "=") {
		out.id = strings.TrimSuffix(strings.ToLower(tokens[i].text), ".")
		for i < len(tokens) && !tokens[i].separator {
			i++ // the version
		}
	}
	fresh := true // a result may begin
	for ; i < len(tokens) && len(out.list) < maxResults; i++ {
		t := tokens[i]
		if t.separator {
			fresh = true
			continue
		}
		name, val, ok := strings.Cut(t.text, "=")
		name = strings.ToLower(name)
		if !ok || t.quoted {
			continue // "none", or the recipient's domain as Microsoft puts it
		}
		switch {
		case fresh || isMethod(name): // Zoho, 2017: "dkim=pass spf=pass (…)"
			method, _, _ := strings.Cut(name, "/") // a method's version
			word := strings.ToLower(val)
			out.list = append(out.list, result{method, word, map[string]string{}})
			fresh = false
		case len(out.list) > 0:
			last := out.list[len(out.list)-1].properties
			if _, given := last[name]; !given {
				last[name] = val
			}
		}
	}
	return out
}

// isMethod reports the methods this package reads.
func isMethod(name string) bool {
	switch name {
	case "spf", "dkim", "dmarc", "arc":
		return true
	}
	return false
}

// resultToken is a word, "name=value" included, or a semicolon.
type resultToken struct {
	text      string
	separator bool
	quoted    bool // the name itself came from a quoted string
}

// resultTokens splits a field at blanks and semicolons that stand outside of
// comments (which nest, RFC 5322 §3.2.2) and quoted strings.
func resultTokens(s string) []resultToken {
	var list []resultToken
	var word strings.Builder
	quoted := false
	flush := func() {
		if word.Len() > 0 {
			list = append(list, resultToken{text: word.String(), quoted: quoted})
		}
		word.Reset()
		quoted = false
	}
	for i := 0; i < len(s) && len(list) < maxTokens; i++ {
		switch c := s[i]; c {
		case ' ', '\t', '\r', '\n':
			// "method = value" is allowed: a blank beside the sign ends nothing.
			rest := strings.TrimLeft(s[i:], " \t\r\n")
			i = len(s) - len(rest) - 1 // over all of them at once
			beside := rest != "" && (rest[0] == '=' || rest[0] != ';' && word.Len() > 1 && strings.HasSuffix(word.String(), "="))
			if !beside {
				flush()
			}
		case ';':
			flush()
			list = append(list, resultToken{separator: true})
		case '(':
			// What an unclosed comment hides is no result.
			_, n := message.SkipComment(s[i:])
			i += n - 1
		case '"':
			quoted = quoted || !strings.Contains(word.String(), "=")
			for i++; i < len(s) && s[i] != '"'; i++ {
				if s[i] == '\\' && i+1 < len(s) {
					i++
				}
				word.WriteByte(s[i])
			}
		default:
			word.WriteByte(c)
		}
	}
	flush()
	return list
}
