package compose

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"maps"
	"mime"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/emersion/go-message"
)

// Attachment is a file in a draft.
type Attachment struct {
	Filename    string
	ContentType string            // "" or one that is none: application/octet-stream
	Params      map[string]string // of the type: its charset and the like
	Content     *Content
}

// chunkBytes is how much a Content grows at a time: large enough to be few, and
// small enough that little of the last one is wasted.
const chunkBytes = 256 << 10

// Content is an attachment's bytes, decoded. It grows without being copied, and
// refuses more than Max bytes.
type Content struct {
	Max    int64
	chunks [][]byte
	size   int64
}

// ErrTooLarge is a Content that would exceed its Max.
var ErrTooLarge = errors.New("the attachment is larger than fits into a draft")

// Write implements io.Writer.
func (c *Content) Write(b []byte) (int, error) {
	if c.size+int64(len(b)) > c.Max {
		return 0, ErrTooLarge
	}
	for rest := b; len(rest) > 0; {
		last := len(c.chunks) - 1
		if last < 0 || len(c.chunks[last]) == cap(c.chunks[last]) {
			c.chunks = append(c.chunks, make([]byte, 0, chunkBytes))
			last++
		}
		chunk := c.chunks[last]
		n := min(cap(chunk)-len(chunk), len(rest))
		c.chunks[last] = append(chunk, rest[:n]...)
		rest = rest[n:]
	}
	c.size += int64(len(b))
	return len(b), nil
}

// Reset empties it.
func (c *Content) Reset() error {
	c.chunks, c.size = nil, 0
	return nil
}

// Size is how many bytes it has.
func (c *Content) Size() int64 { return c.size }

// writeTo writes all of it.
func (c *Content) writeTo(w io.Writer) error {
	for _, chunk := range c.chunks {
		if _, err := w.Write(chunk); err != nil {
			return err
		}
	}
	return nil
}

// write adds the attachment to a multipart. A message in a message must not be
// encoded (RFC 2046 §5.2.1): it is put in as it is, or, where it cannot be, as
// the file it is.
func (a Attachment) write(create newPart) error {
	mediaType, params := a.typeOf()
	encoding := "base64"
	if strings.HasPrefix(mediaType, "message/") {
		if encoding = a.Content.identity(); encoding == "" {
			mediaType, params, encoding = octets, nil, "base64"
		}
	}
	var h message.Header
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": Filename(a.Filename, mediaType)})) // RFC 2231
	h.Set("Content-Transfer-Encoding", encoding)
	h.SetContentType(mediaType, params)
	w, err := create(h.Header)
	if err != nil {
		return err
	}
	if encoding != "base64" {
		return a.Content.writeTo(w)
	}
	wrapped := &wrapper{to: w}
	encoder := base64.NewEncoder(base64.StdEncoding, wrapped)
	if err := a.Content.writeTo(encoder); err != nil {
		return err
	}
	if err := encoder.Close(); err != nil {
		return err
	}
	return wrapped.end()
}

// base64Line is how long a line of base64 is at most (RFC 2045 §6.8).
const base64Line = 76

// wrapper breaks base64 into lines.
type wrapper struct {
	to   io.Writer
	line int
}

// Write implements io.Writer.
func (w *wrapper) Write(b []byte) (int, error) {
	for rest := b; len(rest) > 0; {
		n := min(base64Line-w.line, len(rest))
		if _, err := w.to.Write(rest[:n]); err != nil {
			return 0, err
		}
		rest = rest[n:]
		if w.line += n; w.line == base64Line {
			if err := w.end(); err != nil {
				return 0, err
			}
		}
	}
	return len(b), nil
}

// end ends a line that was begun.
func (w *wrapper) end() error {
	if w.line == 0 {
		return nil
	}
	w.line = 0
	_, err := io.WriteString(w.to, "\r\n")
	return err
}

// octets is the type of what has none.
const octets = "application/octet-stream"

// typeOf is the attachment's type and those of its parameters that say how to
// read it. A multipart has no boundary any more, and is a mere file.
func (a Attachment) typeOf() (string, map[string]string) {
	mediaType := strings.ToLower(strings.TrimSpace(a.ContentType))
	kept := map[string]string{}
	for _, name := range []string{"method", "component", "format", "delsp"} {
		if v := a.Params[name]; v != "" && len(v) <= maxParam && oneLine(v) == v {
			kept[name] = v
		}
	}
	parsed, _, err := mime.ParseMediaType(mediaType)
	if err != nil || parsed != mediaType || strings.HasPrefix(mediaType, "multipart/") || mime.FormatMediaType(mediaType, nil) == "" ||
		strings.Count(mediaType, "/") != 1 || len(mediaType) > maxParam {
		return octets, nil
	}
	if charset := a.Params["charset"]; charset != "" && len(charset) <= maxParam && mime.FormatMediaType(mediaType, map[string]string{"charset": charset}) != "" {
		kept["charset"] = charset
	}
	return mediaType, maps.Clone(kept)
}

// maxParam is the longest type or parameter that is kept: real ones have at most
// 71 characters.
const maxParam = 100

// identity is the encoding in which the content can stand as it is: 7bit or 8bit
// (RFC 2045 §2.7, §2.8), "" when its lines are too long, its line ends are not
// CRLF or it has a NUL.
func (c *Content) identity() string {
	encoding := "7bit"
	line, last := 0, byte('\n')
	for _, chunk := range c.chunks {
		for _, b := range chunk {
			switch {
			case b == 0, b == '\n' && last != '\r', b != '\n' && last == '\r':
				return ""
			case b == '\n':
				line = -1
			case b >= 0x80:
				encoding = "8bit"
			}
			if line++; line > maxLineBytes+1 { // its CR counts here
				return ""
			}
			last = b
		}
	}
	if last == '\r' {
		return ""
	}
	return encoding
}

// maxLineBytes is the longest line without its CRLF (RFC 5322 §2.1.1).
const maxLineBytes = 998

// maxFilename in bytes is what file systems take; in the encoded form of RFC
// 2231, three bytes for each, the field stays within a line.
const maxFilename = 240

// Filename is a file's name as the draft has it: one line without the folder,
// cut in its middle when it is too long. A file without one is called by its
// type.
func Filename(name, mediaType string) string {
	name = oneLine(path.Base(strings.ReplaceAll(oneLine(name), `\`, "/")))
	if name == "" || name == "." || name == "/" || name == ".." {
		name = "attachment"
		if mediaType == "message/rfc822" {
			name = "message.eml"
		}
	}
	if len(name) <= maxFilename {
		return name
	}
	ending := path.Ext(name)
	if len(ending) > 16 {
		ending = ""
	}
	return cutBytes(name, maxFilename-len(ending)) + ending
}

// cutBytes is at most n bytes of a text, whole characters.
func cutBytes(s string, n int) string {
	for n > 0 && n < len(s) && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:min(n, len(s))]
}

// Bytes is a Content of b, for small things.
func Bytes(b []byte) *Content {
	return &Content{Max: int64(len(b)), chunks: [][]byte{bytes.Clone(b)}, size: int64(len(b))}
}
