package imapconn

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"mail-imap-mcp/internal/secret"
)

// maxServerText is how much of a server's own words is passed on, in
// characters: enough for "Application-specific password required: https://…".
const maxServerText = 200

// serverText makes a server's words fit to show: one line, no control or
// invisible formatting characters, bounded.
func serverText(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) {
			return ' '
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > maxServerText {
		s = string(r[:maxServerText]) + "…"
	}
	return s
}

// quoteText appends a server's words to a sentence, marked as such.
func quoteText(s string) string {
	if s = serverText(s); s == "" {
		return ""
	}
	return fmt.Sprintf(" (it says: %q)", s)
}

var escaper = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

func (p *Pool) quote(s string) string { return quoteText(p.redact(s)) }

// redact removes the password in every form in which we send it.
func (p *Pool) redact(s string) string {
	pass := p.account.Password
	if pass.Empty() {
		return s
	}
	s = secret.New("\x00" + p.account.User + "\x00" + pass.Reveal()).RedactIn(s)
	s = secret.New(escaper.Replace(pass.Reveal())).RedactIn(s) // as LOGIN quotes it
	return pass.RedactIn(s)
}
