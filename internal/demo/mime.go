package demo

import (
	"bytes"
	"fmt"
	"strings"
)

// part is one MIME entity: a leaf with a body, or a multipart with children.
type part struct {
	mediaType   string // with parameters
	transfer    string
	disposition string // with parameters; empty: none
	contentID   string
	body        []byte
	children    []part
}

// plain is a text/plain body.
func plain(c charset, text string) part {
	body, transfer := c.text(text)
	return part{mediaType: "text/plain; charset=" + c.name, transfer: transfer, body: body}
}

// flowed is a text/plain body as mail programs wrap it (RFC 3676).
func flowed(text string) part {
	p := plain(utf8QP, text)
	p.mediaType += "; format=flowed"
	return p
}

// html is a text/html body.
func html(c charset, source string) part {
	body, transfer := c.text(source)
	return part{mediaType: "text/html; charset=" + c.name, transfer: transfer, body: body}
}

// attachment is a file. A name that is not ASCII is written as RFC 2231 says.
func attachment(mediaType, filename string, content []byte) part {
	return part{
		mediaType:   mediaType,
		transfer:    "base64",
		disposition: "attachment; " + parameter("filename", filename),
		body:        base64Lines(content),
	}
}

// inline is an image the HTML beside it shows as cid:id.
func inline(mediaType, filename, id string, content []byte) part {
	p := attachment(mediaType, filename, content)
	p.disposition = "inline; " + parameter("filename", filename)
	p.contentID = "<" + id + ">"
	return p
}

// multipart joins parts: "mixed", "alternative", "related" or "report".
func multipart(subtype string, children ...part) part {
	return part{mediaType: "multipart/" + subtype, children: children}
}

// parameter writes a MIME parameter (RFC 2231 §4).
func parameter(name, value string) string {
	if isASCII(value) {
		return fmt.Sprintf("%s=%q", name, value)
	}
	var b strings.Builder
	b.WriteString(name + "*=utf-8''")
	for _, ch := range []byte(value) {
		switch {
		case ch >= '0' && ch <= '9', ch >= 'A' && ch <= 'Z', ch >= 'a' && ch <= 'z', ch == '-', ch == '.', ch == '_':
			b.WriteByte(ch)
		default:
			fmt.Fprintf(&b, "%%%02X", ch)
		}
	}
	return b.String()
}

// write writes the entity's header fields, a blank line and its body. The
// boundary is told by path, which is unlike that of every other entity.
func (p part) write(b *bytes.Buffer, path string) {
	boundary := "=_" + path
	if len(p.children) > 0 {
		fmt.Fprintf(b, "Content-Type: %s;\r\n boundary=%q\r\n", p.mediaType, boundary)
	} else {
		fmt.Fprintf(b, "Content-Type: %s\r\n", p.mediaType)
	}
	if p.transfer != "" {
		fmt.Fprintf(b, "Content-Transfer-Encoding: %s\r\n", p.transfer)
	}
	if p.disposition != "" {
		fmt.Fprintf(b, "Content-Disposition: %s\r\n", p.disposition)
	}
	if p.contentID != "" {
		fmt.Fprintf(b, "Content-ID: %s\r\n", p.contentID)
	}
	b.WriteString("\r\n")
	b.Write(p.body)
	for i, child := range p.children {
		fmt.Fprintf(b, "\r\n--%s\r\n", boundary)
		child.write(b, fmt.Sprintf("%s.%d", path, i+1))
	}
	if len(p.children) > 0 {
		fmt.Fprintf(b, "\r\n--%s--\r\n", boundary)
	}
}
