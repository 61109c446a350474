package message

import (
	"bytes"
	"strings"

	"mail-imap-mcp/internal/imap"
)

// FromBodyStructure turns a server's description (RFC 9051 §7.5.2) into a tree.
// A tree beyond 20 levels or 1,000 parts is an error; a nested message that
// goes beyond them is left closed.
func FromBodyStructure(bs *imap.BodyStructure) (*Part, error) {
	count := 0
	return fromMessage(bs, "", 1, &count)
}

// fromMessage describes a whole message. RFC 9051 §6.4.5: its multipart has no
// number, and its text, if it is none, is number 1.
func fromMessage(bs *imap.BodyStructure, prefix string, depth int, count *int) (*Part, error) {
	if !isMultipart(bs) {
		return fromStructure(bs, childID(prefix, 1), depth, count)
	}
	p, err := fromStructure(bs, prefix, depth, count)
	if err == nil {
		p.ID = ""
	}
	return p, err
}

func isMultipart(bs *imap.BodyStructure) bool { return strings.EqualFold(bs.Type, "multipart") }

func fromStructure(bs *imap.BodyStructure, id string, depth int, count *int) (*Part, error) {
	if *count++; *count > maxParts || depth > maxDepth {
		return nil, errTooComplex
	}
	p := &Part{ID: id, MediaType: cleanMediaType(bs.Type + "/" + bs.Subtype), Params: lowerKeys(bs.Params)}
	if bs.Disposition != "" {
		p.Disposition = cleanDisposition(bs.Disposition)
		p.Filename = filename(lowerKeys(bs.DispositionParams), p.Params)
	}
	if isMultipart(bs) {
		for i, child := range bs.Children {
			c, err := fromStructure(child, childID(id, i+1), depth+1, count)
			if err != nil {
				return nil, err
			}
			p.Children = append(p.Children, c)
		}
		return p, nil
	}
	p.Encoding, p.ContentID, p.Size = cleanEncoding(bs.Encoding), trimID(bs.ID), bs.Size
	// Only line ends: their number tells "ok" from two empty lines.
	p.blank = bs.Lines >= 0 && p.Size <= 2*bs.Lines
	if p.Filename == "" {
		p.Filename = filename(nil, p.Params)
	}
	if p.isMessage() && bs.Message != nil {
		p.DescribedHeader = describedHeader(bs)
		p.nest(bs.Message, depth, count)
	}
	return p, nil
}

// nest describes the message inside the part. What makes it too complex stays
// inside: the message around it can be read all the same.
func (p *Part) nest(bs *imap.BodyStructure, depth int, count *int) {
	before := *count
	nested, err := fromMessage(bs, p.ID, depth+1, count)
	if err != nil {
		*count = before
		p.Note.add(tooComplexNote)
		return
	}
	p.Nested = nested
}

// describedHeader is the header of a message within a message as the server
// describes it, for servers that do not send it.
func describedHeader(bs *imap.BodyStructure) []byte {
	var b bytes.Buffer
	field := func(name, value string) {
		if value = strings.Join(strings.Fields(value), " "); value != "" {
			b.WriteString(name + ": " + value + "\r\n")
		}
	}
	if e := bs.Envelope; e != nil {
		field("Date", e.Date)
		field("From", strings.Join(e.From, ", "))
		field("To", strings.Join(e.To, ", "))
		field("Subject", e.Subject)
	}
	kind := cleanMediaType(bs.Message.Type + "/" + bs.Message.Subtype)
	for _, name := range []string{"boundary", "charset"} {
		if v := lowerKeys(bs.Message.Params)[name]; v != "" {
			kind += "; " + name + `="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(v) + `"`
		}
	}
	field("Content-Type", kind)
	field("Content-Transfer-Encoding", bs.Message.Encoding)
	return b.Bytes()
}

func lowerKeys(m map[string]string) map[string]string {
	out := make(map[string]string, len(m))
	for k, v := range m {
		out[strings.ToLower(k)] = v
	}
	return out
}

func trimID(id string) string { return strings.Trim(strings.TrimSpace(id), "<>") }
