package message

import (
	"bytes"
	"strings"
)

// Parse takes a message apart from its source: the tree, the top header and
// each part's encoded bytes by section number. It is for what no server
// describes: a garbled structure, an .eml file. The source may be cut anywhere;
// boundaries may be missing, wrong or unterminated. Beyond 20 levels a part is
// left closed; beyond 1,000 parts the rest is left out. The time is linear: each
// level reads its lines a fixed number of times, and there are at most 20.
func Parse(source []byte) (*Part, Header, map[string][]byte) {
	w := &walker{sections: map[string][]byte{}}
	p, h := w.message(source, "", 1)
	return p, h, w.sections
}

type walker struct {
	sections map[string][]byte
	count    int
}

// place is where a part stands: its number, or the number of the message that
// it is the whole of.
type place struct {
	id    string
	whole bool
	depth int
}

// message takes a whole message apart; id is that of the part it is in.
func (w *walker) message(source []byte, id string, depth int) (*Part, Header) {
	h, body := cutHeader(skipEnvelope(source))
	return w.part(h, body, "text/plain", place{id, true, depth}), h
}

// part reads one entity; usual is the type it has when it names none.
func (w *walker) part(h Header, body []byte, usual string, at place) *Part {
	w.count++
	p := newPart(h, usual)
	p.Size = int64(len(body))
	p.blank = len(bytes.TrimSpace(body)) == 0
	if !at.whole {
		p.ID = at.id
	}
	if p.isMultipart() {
		if w.multipart(p, body, at) {
			return p
		}
		// No part was found in it: what is there is shown as text.
		p.MediaType, p.Params = "text/plain", map[string]string{}
		if !p.blank {
			p.Note.add("it claims to have parts but none was found; it was read as text")
		}
	}
	if at.whole {
		p.ID = childID(at.id, 1)
	}
	w.sections[p.ID] = body
	if p.isMessage() {
		w.nest(p, body, at.depth)
	}
	return p
}

func newPart(h Header, usual string) *Part {
	mediaType, params := parseParams(h.Get("Content-Type"))
	if mediaType == "" {
		mediaType = usual
	}
	disposition, dparams := parseParams(h.Get("Content-Disposition"))
	return &Part{
		MediaType: cleanMediaType(mediaType), Params: params, Disposition: cleanDisposition(disposition),
		Encoding:  cleanEncoding(h.Get("Content-Transfer-Encoding")),
		Filename:  filename(dparams, params),
		ContentID: trimID(h.Get("Content-Id")),
	}
}

// nest takes apart the message inside the part. One in base64 is against RFC
// 2046 §5.2.1, and seen.
func (w *walker) nest(p *Part, body []byte, depth int) {
	if depth >= maxDepth || w.count >= maxParts {
		p.Note.add(tooComplexNote)
		return
	}
	if p.Encoding == "base64" || p.Encoding == "quoted-printable" {
		body, _ = decodeTransfer(p.Encoding, body)
	}
	p.Nested, _ = w.message(body, p.ID, depth+1)
}

// multipart takes a container apart; false when no part is in it.
func (w *walker) multipart(p *Part, body []byte, at place) bool {
	if at.depth >= maxDepth {
		p.Note.add(tooComplexNote)
		if at.whole {
			p.ID = childID(at.id, 1)
		}
		w.sections[p.ID] = body
		return true
	}
	// RFC 2046 §5.1.1: a boundary does not end in a blank.
	declared := strings.TrimRight(p.Params["boundary"], " \t")
	if declared == "" {
		declared = continued(p.Params, "boundary")
	}
	if w.children(p, body, declared, at) {
		return true
	}
	boundary := guessBoundary(body)
	if boundary == "" && p.Encoding == "base64" {
		// Against RFC 2045 §6.4, and seen.
		body, _ = decodeTransfer(p.Encoding, body)
		if w.children(p, body, declared, at) {
			return true
		}
		boundary = guessBoundary(body)
	}
	if !w.children(p, body, boundary, at) {
		return false
	}
	p.Note.add("its boundary is missing or wrong; the parts were found by their look")
	return true
}

// children cuts a multipart at its boundary lines.
func (w *walker) children(p *Part, body []byte, boundary string, at place) bool {
	if boundary == "" {
		return false
	}
	usual := "text/plain"
	if p.MediaType == "multipart/digest" {
		usual = "message/rfc822" // RFC 2046 §5.1.5
	}
	closed := cutParts(body, boundary, func(entity []byte) bool {
		if w.count >= maxParts {
			p.Note.add(tooComplexNote)
			return false
		}
		h, content := cutHeader(entity)
		p.Children = append(p.Children, w.part(h, content, usual, place{childID(at.id, len(p.Children)+1), false, at.depth + 1}))
		return true
	})
	if len(p.Children) > 0 && !closed {
		p.Note.add("its end is missing")
	}
	return len(p.Children) > 0
}

// skipEnvelope leaves out what stands before the header of a message that was
// taken from an mbox file or badly pasted: empty lines and a "From " line.
func skipEnvelope(source []byte) []byte {
	b := bytes.TrimLeft(source, "\r\n")
	line, rest := cutLine(b)
	if bytes.HasPrefix(line, []byte("From ")) || bytes.HasPrefix(line, []byte(">From ")) {
		if next, _ := cutLine(rest); isField(next) {
			return rest
		}
	}
	if len(b) < len(source) && !isKnownField(line) {
		return source // a message without header
	}
	return b
}
