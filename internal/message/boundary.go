package message

import "bytes"

// cutParts calls each with every entity between the boundary lines of a
// multipart (RFC 2046 §5.1.1) until it returns false; what stands before the
// first and behind the last is left out. The line end before a boundary belongs
// to the boundary. closed is false when the last boundary is missing.
func cutParts(body []byte, boundary string, each func(entity []byte) bool) (closed bool) {
	delimiter := []byte("--" + boundary)
	start := -1
	for at := 0; at < len(body); {
		line, rest := cutLine(body[at:])
		next := len(body) - len(rest)
		tail, ok := bytes.CutPrefix(line, delimiter)
		last := false
		if ok && !isBlank(tail) {
			// "--b--c" may be the boundary "b--c" of a part inside, "--b-->" not.
			tail, last = bytes.CutPrefix(tail, []byte("--"))
			ok = last && (len(tail) == 0 || !isBoundaryByte(tail[0]))
		}
		if ok {
			if start >= 0 && !each(trimLineEnd(body[start:at])) {
				return true
			}
			if start = next; last {
				return true
			}
		}
		at = next
	}
	if start >= 0 {
		each(trimLineEnd(body[start:]))
	}
	return false
}

// maxBoundary is generous: RFC 2046 §5.1.1 allows 70 characters.
const maxBoundary = 200

// guessBoundary finds the boundary that a multipart does not name: of the first
// line that looks like one because a Content- field follows, or else of the
// first that comes again. "" when there is none.
func guessBoundary(body []byte) string {
	var candidate []byte
	for rest := body; len(rest) > 0; {
		var line []byte
		line, rest = cutLine(rest)
		name := bytes.TrimRight(bytes.TrimPrefix(line, []byte("--")), " \t")
		if len(name) == 0 || len(name) > maxBoundary || !bytes.HasPrefix(line, []byte("--")) || line[2] == ' ' {
			continue
		}
		const field = "content-"
		if len(rest) >= len(field) && bytes.EqualFold(rest[:len(field)], []byte(field)) {
			return string(name)
		}
		// Not the rules and "-----Original Message-----" of text.
		if candidate == nil && bytes.ContainsFunc(name, isAlphanumeric) && bytes.IndexByte(name, ' ') < 0 {
			candidate = name
		}
	}
	if candidate != nil && bytes.Count(body, append([]byte("\n--"), candidate...)) > 1 {
		return string(candidate)
	}
	return ""
}

func isAlphanumeric(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}

// isBoundaryByte is RFC 2046 §5.1.1 bcharsnospace.
func isBoundaryByte(c byte) bool {
	return isAlphanumeric(rune(c)) || bytes.IndexByte([]byte("'()+_,-./:=?"), c) >= 0
}

func isBlank(b []byte) bool { return len(bytes.TrimRight(b, " \t")) == 0 }

// trimLineEnd takes off one line end: CRLF, LF, CR, or the CR CR LF of software
// that put a CR before every LF once too often.
func trimLineEnd(b []byte) []byte {
	switch {
	case bytes.HasSuffix(b, []byte("\r\r\n")):
		return b[:len(b)-3]
	case bytes.HasSuffix(b, []byte("\r\n")):
		return b[:len(b)-2]
	case len(b) > 0 && (b[len(b)-1] == '\n' || b[len(b)-1] == '\r'):
		return b[:len(b)-1]
	}
	return b
}
