package config

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// parseEnv reads the content of an .env file, a NAME=value a line, and keeps our
// variables. It reads what people and programs write: `export` before the name,
// blanks around the sign, comments behind #, values in single quotes as they
// stand, in double quotes with \n, \r, \t, \", \\ and \$. Nothing is expanded: $ is
// a sign as any other. The error names the line, never what is in it.
func parseEnv(content string) (map[string]string, error) {
	if !utf8.ValidString(content) || strings.ContainsRune(content, 0) {
		return nil, fmt.Errorf("it is no text in UTF-8")
	}
	vars, spelt := map[string]string{}, map[string]string{}
	rest := strings.ReplaceAll(strings.TrimPrefix(content, "\ufeff"), "\r\n", "\n")
	for number := 1; rest != ""; {
		name, value, used, ok := parseAssignment(rest)
		if !ok {
			return nil, fmt.Errorf("line %d is no NAME=value, with special characters between single quotes", number)
		}
		number += strings.Count(rest[:used], "\n")
		rest = rest[used:]
		upper := strings.ToUpper(name)
		// Of two spellings of a name always the same one counts, of two lines the last.
		if strings.HasPrefix(upper, prefix) && strings.TrimSpace(value) != "" && name >= spelt[upper] {
			vars[upper], spelt[upper] = value, name
		}
	}
	return vars, nil
}

// parseAssignment reads what a text begins with: a blank line, a comment, or an
// assignment to the end of its last line.
func parseAssignment(s string) (name, value string, used int, ok bool) {
	line, _, _ := strings.Cut(s, "\n")
	end := min(len(line)+1, len(s))
	if trimmed := strings.TrimSpace(line); trimmed == "" || trimmed[0] == '#' {
		return "", "", end, true
	}
	name, _, found := strings.Cut(line, "=")
	if !found {
		return "", "", 0, false
	}
	at := len(name) + 1
	name = strings.TrimSpace(name)
	if rest, exported := strings.CutPrefix(name, "export "); exported {
		name = strings.TrimSpace(rest)
	}
	if name == "" || strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-") != "" {
		return "", "", 0, false
	}
	at += len(line[at:]) - len(strings.TrimLeft(line[at:], " \t"))
	if at == len(line) || (line[at] != '\'' && line[at] != '"') {
		return name, unquotedValue(line[at:]), end, true
	}
	value, size := quotedValue(s[at:])
	if size == 0 {
		return "", "", 0, false
	}
	at += size
	behind, _, _ := strings.Cut(s[at:], "\n")
	if tail := strings.TrimSpace(behind); tail != "" && tail[0] != '#' {
		return "", "", 0, false
	}
	return name, value, min(at+len(behind)+1, len(s)), true
}

// unquotedValue is a value up to a comment: # begins one behind a blank only.
func unquotedValue(s string) string {
	for i := range len(s) {
		if s[i] == '#' && (i == 0 || s[i-1] == ' ' || s[i-1] == '\t') {
			s = s[:i]
			break
		}
	}
	return strings.TrimSpace(s)
}

// quotedValue is the value between the quotes that s begins with, which may have
// several lines, and how much of s it is; 0: the quotes do not end.
func quotedValue(s string) (value string, size int) {
	quote := s[0]
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == quote:
			return b.String(), i + 1
		case s[i] == '\\' && quote == '"' && i+1 < len(s):
			i++
			if escaped, ok := map[byte]byte{'n': '\n', 'r': '\r', 't': '\t', '"': '"', '\\': '\\', '$': '$'}[s[i]]; ok {
				b.WriteByte(escaped)
			} else {
				b.WriteString(s[i-1 : i+1])
			}
		default:
			b.WriteByte(s[i])
		}
	}
	return "", 0
}
