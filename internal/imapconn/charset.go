package imapconn

import (
	"errors"
	"strings"

	"mail-imap-mcp/internal/imap"
)

// NoteCharsetRefused remembers a server that refuses CHARSET UTF-8 (RFC 9051
// §6.4.4), so that it is not asked again.
func (p *Pool) NoteCharsetRefused(err error) {
	var refusal *imap.Error
	if errors.As(err, &refusal) && refusal.Code == imap.ResponseCodeBadCharset {
		p.Learn(NoCharset)
	}
}

// RefusesCharset reports whether the server is known to refuse CHARSET UTF-8.
func (p *Pool) RefusesCharset() bool { return p.Knows(NoCharset) }

// IsASCII reports whether a text can be searched for without CHARSET.
func IsASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > 0x7f }) < 0
}
