package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"mail-imap-mcp/internal/secret"
)

// Problems is every reason why a configuration cannot be used.
type Problems struct {
	list     []string
	warnings []string
}

// Error lists the problems, one a line, and what was noticed beside them: a
// setting that is missing is often there under a name not quite right.
func (p *Problems) Error() string {
	text := strings.Join(p.list, "\n")
	if len(p.list) > 1 {
		text = fmt.Sprintf("%d problems:\n  - %s", len(p.list), strings.Join(p.list, "\n  - "))
	}
	for _, w := range p.warnings {
		text += "\n  note: " + w
	}
	return text
}

// List is the problems, each naming the variable, what is wrong, and what a
// right value looks like.
func (p *Problems) List() []string { return append([]string(nil), p.list...) }

// Notes is what was noticed beside the problems: misspelt names above all.
func (p *Problems) Notes() []string { return append([]string(nil), p.warnings...) }

func (p *Problems) addf(format string, args ...any) {
	p.list = append(p.list, fmt.Sprintf(format, args...))
}

func (p *Problems) warnf(format string, args ...any) {
	p.warnings = append(p.warnings, fmt.Sprintf(format, args...))
}

// redact takes the values of secret settings out of what is said, wherever they
// came from: the same password may stand in another variable by mistake.
func (p *Problems) redact(vars map[string]string) {
	for name, value := range vars {
		if !slices.ContainsFunc([]string{"_PASS", "_KEY", "_SECRET", "_TOKEN"}, func(end string) bool { return strings.HasSuffix(name, end) }) {
			continue
		}
		hidden := secret.New(value)
		for _, texts := range [][]string{p.list, p.warnings} {
			for i := range texts {
				texts[i] = hidden.RedactIn(texts[i])
			}
		}
	}
}

// maxShown is the longest value that a problem repeats.
const maxShown = 64

// show repeats a wrong value, unless it may hold a secret: a password pasted as
// part of a URL, or swallowed by a quote in an .env file that nobody closed.
func show(value string) string {
	if len(value) > maxShown || strings.ContainsAny(value, "@=") || strings.ContainsFunc(value, unicode.IsControl) {
		return "not right (it is not repeated here, for it may hold a secret)"
	}
	return strconv.Quote(value)
}

// showName repeats a variable's name, which on most systems may hold anything.
func showName(name string) string {
	if len(name) > 2*maxShown {
		name = name[:2*maxShown] + "…"
	}
	if strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) || r == ' ' }) {
		return strconv.Quote(name)
	}
	return name
}
