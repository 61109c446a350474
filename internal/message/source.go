package message

import (
	"bytes"
	"strings"
)

// Parse takes a message apart from its source: the tree, the top header and
// each part's encoded bytes by section number. It is for what no server
// describes: a garbled structure, an .eml file. The source may be cut anywhere;
// boundaries may be missing or unterminated. Beyond 20 levels a multipart is
// left closed; beyond 1,000 parts the rest is left out. The time is linear: each
// level reads its lines once, and there are at most 20.
func Parse(source []byte) (*Part, Header, map[string][]byte) {
	h, body := cutHeader(source)
	w := &walker{sections: map[string][]byte{}}
	return w.part(h, body, "", 1), h, w.sections
}

type walker struct {
	sections map[string][]byte
	count    int
}

// cutHeader splits an entity at its first empty line.
func cutHeader(b []byte) (Header, []byte) {
	rest := b
	for len(rest) > 0 {
		var line []byte
		if line, rest = cutLine(rest); len(line) == 0 {
			break
		}
	}
	return ParseHeader(b[:len(b)-len(rest)]), rest
}

func (w *walker) part(h Header, body []byte, id string, depth int) *Part {
	w.count++
	mediaType, params := parseParams(h.Get("Content-Type"))
	mediaType = cleanMediaType(mediaType)
	disposition, dparams := parseParams(h.Get("Content-Disposition"))
	p := &Part{
		ID: id, MediaType: mediaType, Params: params, Disposition: disposition,
		Encoding:  strings.ToLower(strings.TrimSpace(h.Get("Content-Transfer-Encoding"))),
		Filename:  filename(dparams, params),
		ContentID: trimID(h.Get("Content-Id")),
		Size:      int64(len(body)),
	}
	if boundary := params["boundary"]; p.isMultipart() && boundary != "" && depth < maxDepth {
		w.children(p, body, boundary, depth)
		if len(p.Children) > 0 {
			return p
		}
	}
	if p.isMultipart() {
		// No part was found in it: what is there is shown as text.
		p.MediaType, p.Params = "text/plain", map[string]string{}
	}
	if p.ID == "" {
		p.ID = "1"
	}
	w.sections[p.ID] = body
	return p
}

// children cuts a multipart at its boundary lines (RFC 2046 §5.1.1). The line
// end before a boundary belongs to the boundary.
func (w *walker) children(p *Part, body []byte, boundary string, depth int) {
	delimiter := []byte("--" + boundary)
	start := -1
	add := func(end int) {
		if start < 0 || w.count >= maxParts {
			return
		}
		entity := trimLineEnd(body[start:end])
		h, content := cutHeader(entity)
		p.Children = append(p.Children, w.part(h, content, childID(p.ID, len(p.Children)+1), depth+1))
	}
	for at := 0; at < len(body); {
		line, rest := cutLine(body[at:])
		next := len(body) - len(rest)
		if tail, ok := bytes.CutPrefix(line, delimiter); ok && (isBlank(tail) || bytes.HasPrefix(tail, []byte("--"))) {
			add(at)
			if start = next; bytes.HasPrefix(tail, []byte("--")) {
				return
			}
		}
		at = next
	}
	add(len(body))
}

func isBlank(b []byte) bool { return len(bytes.TrimRight(b, " \t")) == 0 }

func trimLineEnd(b []byte) []byte {
	b = bytes.TrimSuffix(b, []byte("\n"))
	return bytes.TrimSuffix(b, []byte("\r"))
}
