package message

import (
	"strings"

	"github.com/emersion/go-imap/v2"
)

// FromBodyStructure turns a server's description (RFC 9051 §7.5.2) into a tree.
// A tree beyond 20 levels or 1,000 parts is an error.
func FromBodyStructure(bs imap.BodyStructure) (*Part, error) {
	count := 0
	return fromStructure(bs, "", 1, &count)
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
		if id == "" {
			id = "1"
		}
		p := &Part{
			ID:        id,
			MediaType: cleanMediaType(bs.Type + "/" + bs.Subtype),
			Params:    lowerKeys(bs.Params),
			Encoding:  strings.ToLower(strings.TrimSpace(bs.Encoding)),
			ContentID: trimID(bs.ID),
			Size:      int64(bs.Size),
		}
		if bs.Extended != nil {
			p.setDisposition(bs.Extended.Disposition)
		}
		if p.Filename == "" {
			p.Filename = filename(nil, p.Params)
		}
		return p, nil
	}
	return nil, errTooComplex
}

func (p *Part) setDisposition(d *imap.BodyStructureDisposition) {
	if d != nil {
		p.Disposition = strings.ToLower(d.Value)
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
