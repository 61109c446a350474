package message

import (
	"strings"

	"github.com/emersion/go-imap/v2"
)

// FromBodyStructure turns a server's description (RFC 9051 §7.5.2) into a tree.
// A tree beyond 20 levels or 1,000 parts is an error; a nested message that
// goes beyond them is left closed.
func FromBodyStructure(bs imap.BodyStructure) (*Part, error) {
	count := 0
	return fromMessage(bs, "", 1, &count)
}

// fromMessage describes a whole message. RFC 9051 §6.4.5: its multipart has no
// number, and its text, if it is none, is number 1.
func fromMessage(bs imap.BodyStructure, prefix string, depth int, count *int) (*Part, error) {
	if _, multi := bs.(*imap.BodyStructureMultiPart); !multi {
		return fromStructure(bs, childID(prefix, 1), depth, count)
	}
	p, err := fromStructure(bs, prefix, depth, count)
	if err == nil {
		p.ID = ""
	}
	return p, err
}

func fromStructure(bs imap.BodyStructure, id string, depth int, count *int) (*Part, error) {
	if *count++; *count > maxParts || depth > maxDepth {
		return nil, errTooComplex
	}
	switch bs := bs.(type) {
	case *imap.BodyStructureMultiPart:
		p := &Part{ID: id, MediaType: cleanMediaType("multipart/" + bs.Subtype), Params: map[string]string{}}
		if bs.Extended != nil {
			p.Params = lowerKeys(bs.Extended.Params)
			p.setDisposition(bs.Extended.Disposition)
		}
		for i, child := range bs.Children {
			c, err := fromStructure(child, childID(id, i+1), depth+1, count)
			if err != nil {
				return nil, err
			}
			p.Children = append(p.Children, c)
		}
		return p, nil
	case *imap.BodyStructureSinglePart:
		p := &Part{
			ID:        id,
			MediaType: cleanMediaType(bs.Type + "/" + bs.Subtype),
			Params:    lowerKeys(bs.Params),
			Encoding:  cleanEncoding(bs.Encoding),
			ContentID: trimID(bs.ID),
			Size:      int64(bs.Size),
		}
		// Only line ends: their number tells "ok" from two empty lines.
		p.blank = bs.Text != nil && p.Size <= 2*bs.Text.NumLines
		if bs.Extended != nil {
			p.setDisposition(bs.Extended.Disposition)
		}
		if p.Filename == "" {
			p.Filename = filename(nil, p.Params)
		}
		if p.isMessage() && bs.MessageRFC822 != nil && bs.MessageRFC822.BodyStructure != nil {
			p.nest(bs.MessageRFC822.BodyStructure, depth, count)
		}
		return p, nil
	}
	return nil, errTooComplex
}

// nest describes the message inside the part. What makes it too complex stays
// inside: the message around it can be read all the same.
func (p *Part) nest(bs imap.BodyStructure, depth int, count *int) {
	before := *count
	nested, err := fromMessage(bs, p.ID, depth+1, count)
	if err != nil {
		*count = before
		p.Note.add(tooComplexNote)
		return
	}
	p.Nested = nested
}

func (p *Part) setDisposition(d *imap.BodyStructureDisposition) {
	if d != nil {
		p.Disposition = cleanDisposition(d.Value)
		p.Filename = filename(lowerKeys(d.Params), p.Params)
	}
}

func lowerKeys(m map[string]string) map[string]string {
	out := make(map[string]string, len(m))
	for k, v := range m {
		out[strings.ToLower(k)] = v
	}
	return out
}

func trimID(id string) string { return strings.Trim(strings.TrimSpace(id), "<>") }
