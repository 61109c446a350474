// Package message turns bytes into an understood message: headers, addresses,
// dates, the tree of MIME parts, and text in Unicode. It is pure: no network, no
// files, no MCP. Real mail is malformed; what can be read is read, and a Note
// says what was wrong.
package message

import (
	"errors"
	"strconv"
	"strings"
)

const (
	// maxDepth and maxParts bound the tree: real mail nests below 8 and has
	// below 200 parts.
	maxDepth = 20
	maxParts = 1000
)

// tooComplexNote is said of a part that is left closed.
const tooComplexNote = "it nests more than 20 levels deep or has more than 1,000 parts; the rest is left closed"

// errTooComplex is a tree beyond maxDepth or maxParts.
var errTooComplex = errors.New("message has too many parts or nests too deeply")

// Part is one MIME part (RFC 2045). A multipart has Children; a message/rfc822
// has none: it is shown as an attachment, and Nested is what is in it.
type Part struct {
	// ID is the IMAP section number (RFC 9051 §6.4.5): "1.2"; "1" for a lone
	// part; "" for a multipart that is the whole of a message, which has none.
	ID          string
	MediaType   string // lower-case: "text/plain"
	Params      map[string]string
	Encoding    string // Content-Transfer-Encoding, lower-case
	Disposition string // lower-case; "" when absent
	Filename    string // decoded, one safe line
	ContentID   string // without angle brackets
	Size        int64  // encoded bytes
	Children    []*Part
	// Nested is the tree of a message/rfc822, with section numbers as IMAP has
	// them for its parts ("2.1"); nil where it is not known.
	Nested *Part
	// DescribedHeader is that message's header as far as the server's structure
	// tells it; nil where it does not.
	DescribedHeader []byte
	// Note says what was wrong with the part's structure.
	Note Note
	// blank is true of a text that holds nothing but line ends.
	blank bool
}

// Find returns the part with that section number, also one inside a nested
// message; nil when there is none.
func (p *Part) Find(id string) *Part {
	var found *Part
	p.walk(func(part *Part) {
		if found == nil && part.ID == id {
			found = part
		}
	})
	return found
}

// walk visits the part and all below it, in order of reading. Trees are made
// with at most maxDepth levels.
func (p *Part) walk(visit func(*Part)) {
	if p == nil {
		return
	}
	visit(p)
	for _, c := range p.Children {
		c.walk(visit)
	}
	p.Nested.walk(visit)
}

// isMessage reports whether the part is a whole message (RFC 2046 §5.2.1, RFC
// 6532 §3.7).
func (p *Part) isMessage() bool {
	return p.MediaType == "message/rfc822" || p.MediaType == "message/global"
}

// isMultipart reports whether the part is a container.
func (p *Part) isMultipart() bool { return strings.HasPrefix(p.MediaType, "multipart/") }

// isAttachment reports whether the sender wants the part saved, not shown.
func (p *Part) isAttachment() bool { return p.Disposition == "attachment" }

// childID is the section number of the n-th child, from 1.
func childID(parent string, n int) string {
	if parent == "" {
		return strconv.Itoa(n)
	}
	return parent + "." + strconv.Itoa(n)
}
