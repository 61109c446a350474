package imapconn

import (
	"errors"
	"strings"

	"github.com/emersion/go-imap/v2"
)

// NoteCharsetRefused remembers that an account's server cannot search in UTF-8
// (NO [BADCHARSET (US-ASCII)], as Exchange answers), so that the next search
// does not ask again. A refusal without that code may have had another reason
// and is not remembered.
func (p *Pool) NoteCharsetRefused(err error) {
	var refusal *imap.Error
	if errors.As(err, &refusal) && refusal.Code == imap.ResponseCodeBadCharset {
		p.noCharset.Store(true)
	}
}

// RefusesCharset reports whether the account's server is known not to search in
// UTF-8.
func (p *Pool) RefusesCharset() bool { return p.noCharset.Load() }

// IsASCII reports whether a text can be put to any server: RFC 3501 only
// requires US-ASCII of SEARCH.
func IsASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > 0x7f }) < 0
}
