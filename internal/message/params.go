package message

import (
	"slices"
	"strconv"
	"strings"

	"mail-imap-mcp/internal/safetext"
)

const (
	// maxParams bounds the parameters of one field; real ones have three.
	maxParams = 64
	// maxFilename is what is shown of a name; file systems allow 255.
	maxFilename = 255
)

// parseParams reads "value; name=value; …" (RFC 2045 §5.1), leniently: values
// may lack their quotes, blanks may be anywhere.
func parseParams(s string) (value string, params map[string]string) {
	value, rest, _ := strings.Cut(s, ";")
	value, _, _ = strings.Cut(value, "(") // a comment
	// A forgotten semicolon: text/html charset=utf-8
	if first, more, ok := strings.Cut(strings.TrimSpace(value), " "); ok && strings.Contains(more, "=") {
		value, rest = first, more+";"+rest
	}
	params = map[string]string{}
	for rest != "" && len(params) < maxParams {
		var name, v string
		end := strings.IndexAny(rest, ";=")
		if end < 0 {
			break
		}
		name, rest = rest[:end], rest[end:]
		if rest[0] == ';' { // a lone word
			rest = rest[1:]
			continue
		}
		rest = strings.TrimLeft(rest[1:], " \t")
		if strings.HasPrefix(rest, `"`) {
			v, rest = quotedString(rest[1:])
			_, rest, _ = strings.Cut(rest, ";")
		} else {
			v, rest, _ = strings.Cut(rest, ";")
			v = strings.TrimSpace(v)
		}
		name = strings.ToLower(strings.TrimSpace(name))
		if _, twice := params[name]; !twice && name != "" {
			params[name] = v
		}
	}
	return strings.ToLower(strings.TrimSpace(value)), params
}

// quotedString reads up to the closing quote.
func quotedString(s string) (value, rest string) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		case s[i] == '"':
			return b.String(), s[i+1:]
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String(), ""
}

// param returns a parameter decoded: RFC 2231 charset and continuations, and
// the encoded words that real senders put there against RFC 2047 §5.
func param(params map[string]string, name string) string {
	if v, ok := params[name+"*"]; ok {
		return decode2231(v)
	}
	if v, ok := params[name]; ok {
		return DecodeHeaderText(v)
	}
	return continued(params, name)
}

// continued joins name*0*, name*1, … (RFC 2231 §3, §4.1). The charset stands
// before the first piece and holds for all that are percent-encoded.
func continued(params map[string]string, name string) string {
	var b []byte
	charset, percent := "", false
	for i := range maxParams {
		key := name + "*" + strconv.Itoa(i)
		v, encoded := params[key+"*"]
		if !encoded {
			var ok bool
			if v, ok = params[key]; !ok {
				break
			}
		}
		if encoded {
			percent = true
			if i == 0 {
				charset, v = charsetOf(v)
			}
			b = append(b, unescape(v, '%')...)
			continue
		}
		b = append(b, v...)
	}
	if !percent {
		return DecodeHeaderText(string(b))
	}
	text, _, _ := toUTF8(b, charset)
	return text
}

func decode2231(v string) string {
	charset, v := charsetOf(v)
	text, _, _ := toUTF8(unescape(v, '%'), charset)
	return text
}

// charsetOf takes charset'language' off an extended value (RFC 2231 §4).
func charsetOf(v string) (charset, rest string) {
	fields := strings.SplitN(v, "'", 3)
	if len(fields) < 3 {
		return "utf-8", v
	}
	return fields[0], fields[2]
}

// filename is the name a part gives itself, as one safe line. It may still hold
// path separators: it is for showing.
func filename(disposition, contentType map[string]string) string {
	name := param(disposition, "filename")
	if name == "" {
		name = param(contentType, "name")
	}
	r := []rune(safetext.Line(name))
	return string(r[:min(len(r), maxFilename)])
}

// cleanDisposition is the first word of a Content-Disposition (RFC 2183), "" for
// one that nobody knows: §2.8 would have it an attachment, but what real mail
// puts there is garbage on its only text.
func cleanDisposition(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	for _, known := range []string{"attachment", "inline", "form-data"} {
		if strings.HasPrefix(s, known) {
			return known
		}
	}
	return ""
}

// cleanEncoding is a Content-Transfer-Encoding by its proper name, as far as it
// can be made out; "" when there is none.
func cleanEncoding(s string) string {
	s = strings.ToLower(s)
	if i := strings.IndexAny(s, ";("); i >= 0 {
		s = s[:i]
	}
	switch s = strings.Trim(s, " \t\"'"); s {
	case "base-64", "b64", "b":
		return "base64"
	case "quotedprintable", "quoted_printable", "qp", "q":
		return "quoted-printable"
	case "uuencode", "x-uue", "uue", "x-uuencoded":
		return "x-uuencode"
	case "8-bit", "8bits":
		return "8bit"
	case "7-bit", "7bits":
		return "7bit"
	}
	return printable(s)
}

// cleanMediaType is a media type that can be compared and shown: a sender chose
// it, and it is shown beside the file's name. What is none is text/plain
// (RFC 2045 §5.2), or bytes if it claims to be of another kind than text.
func cleanMediaType(s string) string {
	const longest = 127 // RFC 6838 §4.2, for each half
	kind, sub, _ := strings.Cut(strings.ToLower(strings.TrimSpace(s)), "/")
	wrong := func(half string) bool {
		return half == "" || len(half) > longest || strings.ContainsFunc(half, func(r rune) bool {
			return (r < 'a' || r > 'z') && (r < '0' || r > '9') && !strings.ContainsRune("!#$&^_.+-", r)
		})
	}
	switch {
	case wrong(kind), kind == "text" && wrong(sub):
		return "text/plain"
	case kind == "multipart" && wrong(sub):
		return "multipart/mixed"
	case wrong(sub) && (strings.Contains(s, "/") || slices.Contains([]string{"application", "image", "audio", "video"}, kind)):
		return "application/octet-stream"
	case wrong(sub):
		return "text/plain"
	}
	return kind + "/" + sub
}
