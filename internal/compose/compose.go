// Package compose builds drafts: the bytes of a new mail, a reply or a forward,
// as RFC 5322 and MIME have them. It is pure: no network, no files, no MCP, and
// what it builds is sent by nobody.
//
// What others wrote (names, subjects, texts, file names) is cleaned on its way
// into a draft: nothing of it can begin a header field of its own.
package compose

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"time"

	"github.com/emersion/go-message"
	gomail "github.com/emersion/go-message/mail"
	"github.com/emersion/go-message/textproto"
)

// Draft is what a mail is built of.
type Draft struct {
	From        mail.Address
	To, Cc, Bcc []mail.Address // Bcc is kept: the draft's owner needs it
	Subject     string
	Date        time.Time
	MessageID   string   // without angle brackets: see NewMessageID
	InReplyTo   string   // the same; "" when it answers nothing
	References  []string // the same, oldest first
	Body        string   // Markdown or plain, as the author wrote it
	Quote       *Quote   // what follows the body; nil: nothing
	Attachments []Attachment
}

// Message is a draft as it will be stored. It is written anew each time, so that
// the attachments are in memory only once, and not in base64.
type Message struct {
	header      gomail.Header
	text, html  string // html "" when the plain text says it all
	attachments []Attachment
	id          string
	size        int64
}

// NewMessageID makes a Message-ID (RFC 5322 §3.6.4) at a domain: its left side is
// 128 random bits, so that nothing but this draft will ever carry it.
func NewMessageID(domain string) string {
	var left [16]byte
	_, _ = rand.Read(left[:]) // never fails (crypto/rand)
	return hex.EncodeToString(left[:]) + "@" + domain
}

// Build makes a message of a draft. It is an error if an address, an id or a
// type of the draft cannot stand in a header.
func Build(d Draft) (*Message, error) {
	m := &Message{text: d.text(), attachments: d.Attachments, id: d.MessageID}
	if markup := parseMarkdown(d.Body); markup.rich {
		m.html = d.htmlOf(markup)
	}
	if err := m.setHeader(d); err != nil {
		return nil, err
	}
	var n counter
	if err := m.write(&n); err != nil {
		return nil, fmt.Errorf("build draft: %w", err)
	}
	m.size = int64(n)
	return m, nil
}

// Size is how many bytes WriteTo writes.
func (m *Message) Size() int64 { return m.size }

// HasHTML reports that the message has an HTML form beside its plain text.
func (m *Message) HasHTML() bool { return m.html != "" }

// WriteTo implements io.WriterTo; it writes the same bytes every time.
func (m *Message) WriteTo(w io.Writer) (int64, error) {
	var n counter
	err := m.write(io.MultiWriter(w, &n))
	return int64(n), err
}

// counter counts what is written.
type counter int64

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}

// boundary separates the parts of a multipart. It is as random as the message's
// id, so no text that was written before can hold it, and none is the beginning
// of another.
func (m *Message) boundary(of string) string {
	sum := sha256.Sum256([]byte(of + m.id))
	return "=_" + of + hex.EncodeToString(sum[:14]) // "=_" cannot be in quoted-printable or base64 (RFC 2045 §6.7)
}

func (m *Message) write(w io.Writer) error {
	top := func(h textproto.Header) (io.Writer, error) {
		h.Add("MIME-Version", "1.0")
		return w, textproto.WriteHeader(w, h)
	}
	if len(m.attachments) == 0 {
		return m.writeText(m.header.Header, top)
	}
	mixed, err := startMultipart(m.header.Header, "multipart/mixed", m.boundary("m"), top)
	if err != nil {
		return err
	}
	if err := m.writeText(message.Header{}, mixed.CreatePart); err != nil {
		return err
	}
	for _, a := range m.attachments {
		if err := a.write(mixed.CreatePart); err != nil {
			return err
		}
	}
	return mixed.Close()
}

// newPart begins a part with its header.
type newPart func(textproto.Header) (io.Writer, error)

// startMultipart begins a multipart within another, or as the whole message.
func startMultipart(h message.Header, mediaType, boundary string, create newPart) (*textproto.MultipartWriter, error) {
	h = h.Copy()
	h.SetContentType(mediaType, map[string]string{"boundary": boundary})
	w, err := create(h.Header)
	if err != nil {
		return nil, err
	}
	parts := textproto.NewMultipartWriter(w)
	return parts, parts.SetBoundary(boundary)
}

// writeText writes the text, in both forms if there are two: the plain one
// first, for the last is the richest (RFC 2046 §5.1.4).
func (m *Message) writeText(h message.Header, create newPart) error {
	if m.html == "" {
		return writeForm(h, "text/plain", m.text, create)
	}
	both, err := startMultipart(h, "multipart/alternative", m.boundary("a"), create)
	if err != nil {
		return err
	}
	if err := writeForm(message.Header{}, "text/plain", m.text, both.CreatePart); err != nil {
		return err
	}
	if err := writeForm(message.Header{}, "text/html", m.html, both.CreatePart); err != nil {
		return err
	}
	return both.Close()
}

func writeForm(h message.Header, mediaType, text string, create newPart) error {
	h = h.Copy()
	h.Set("Content-Transfer-Encoding", "quoted-printable")
	h.SetContentType(mediaType, map[string]string{"charset": "utf-8"})
	to, err := create(h.Header)
	if err != nil {
		return err
	}
	w := quotedprintable.NewWriter(to)
	if _, err := io.WriteString(w, text); err != nil {
		return err
	}
	return w.Close()
}

// text is the plain form: the body as it was written, and the quote.
func (d Draft) text() string {
	text := lines(d.Body)
	if d.Quote != nil {
		if text != "" {
			text = strings.TrimRight(text, "\n") + "\n\n"
		}
		text += d.Quote.plain()
	}
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return text
}

// lines is text with LF line ends.
func lines(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
}
