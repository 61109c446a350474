package mailtest

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"sort"
	"strings"
	"time"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
)

// Mail is a mail to be written down; the zero value of a field leaves it out.
type Mail struct {
	From, To, Cc, ReplyTo string // as one types them: Anna <anna@example.org>, b@example.org
	Subject               string
	Date                  time.Time // zero: now
	MessageID             string    // without angle brackets; empty: a random one
	InReplyTo             string    // without angle brackets
	Text, HTML            string    // both: multipart/alternative
	Charset               string    // of texts and headers, an IANA name; empty: utf-8
	Encoding              string    // of texts: "base64", "8bit"; empty: quoted-printable
	Attachments           []Attachment
	Headers               map[string]string // more fields, as they are
}

// Attachment is a file in a Mail.
type Attachment struct {
	Name        string
	ContentType string // empty: application/octet-stream
	Content     []byte
	Inline      bool
	ContentID   string
}

// Bytes is the mail as it goes over the wire, with CRLF. An unknown Charset
// panics: the test that asks for it is wrong.
func (m Mail) Bytes() []byte {
	var b bytes.Buffer
	cs := m.charset()
	field := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s: %s\r\n", name, value)
		}
	}
	date := m.Date
	if date.IsZero() {
		date = time.Now()
	}
	id := m.MessageID
	if id == "" {
		id = rand.Text() + "@mail.example.org"
	}
	field("Date", date.Format(time.RFC1123Z))
	field("From", m.addresses(m.From))
	field("To", m.addresses(m.To))
	field("Cc", m.addresses(m.Cc))
	field("Reply-To", m.addresses(m.ReplyTo))
	field("Message-ID", "<"+id+">")
	if m.InReplyTo != "" {
		field("In-Reply-To", "<"+m.InReplyTo+">")
		field("References", "<"+m.InReplyTo+">")
	}
	field("Subject", encodeWords(m.Subject, cs))
	names := make([]string, 0, len(m.Headers))
	for name := range m.Headers {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		field(name, m.Headers[name])
	}
	field("MIME-Version", "1.0")
	m.writeBody(&b, cs)
	return b.Bytes()
}

func (m Mail) charset() string {
	if m.Charset == "" {
		return "utf-8"
	}
	return strings.ToLower(m.Charset)
}

// encodeWords writes a header text as RFC 2047 words when it must be.
func encodeWords(s, cs string) string {
	ascii := !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
	if ascii {
		return s
	}
	if cs == "utf-8" {
		return strings.ReplaceAll(mime.QEncoding.Encode(cs, s), "?= =?", "?=\r\n =?")
	}
	// A word holds 75 bytes (RFC 2047 §2); a few characters of any charset fit.
	var words []string
	runes := []rune(s)
	for len(runes) > 0 {
		n := min(len(runes), 12)
		word := base64.StdEncoding.EncodeToString(encodeText(string(runes[:n]), cs))
		words = append(words, "=?"+cs+"?B?"+word+"?=")
		runes = runes[n:]
	}
	return strings.Join(words, "\r\n ")
}

func (m Mail) addresses(list string) string {
	if list == "" {
		return ""
	}
	parsed, err := mail.ParseAddressList(list)
	if err != nil {
		return list // as the test wrote it
	}
	out := make([]string, len(parsed))
	for i, a := range parsed {
		out[i] = "<" + a.Address + ">"
		if a.Name != "" {
			name := m.name(a.Name)
			if name == a.Name && strings.ContainsAny(name, `,.:;<>@()[]"`) {
				name = `"` + strings.ReplaceAll(name, `"`, `\"`) + `"`
			}
			out[i] = name + " " + out[i]
		}
	}
	return strings.Join(out, ", ")
}

// name writes a display name. In a phrase a Q word may hold little but letters
// (RFC 2047 §5.3), which mime.QEncoding does not heed; base64 always may.
func (m Mail) name(s string) string {
	if cs := m.charset(); cs != "utf-8" {
		return encodeWords(s, cs)
	}
	return strings.ReplaceAll(mime.BEncoding.Encode("utf-8", s), "?= =?", "?=\r\n =?")
}

func encodeText(s, cs string) []byte {
	if cs == "utf-8" || cs == "us-ascii" {
		return []byte(s)
	}
	enc, err := htmlindex.Get(cs)
	if err != nil {
		panic("mailtest: no charset " + cs)
	}
	out, err := encoding.ReplaceUnsupported(enc.NewEncoder()).Bytes([]byte(s))
	if err != nil {
		panic(fmt.Sprintf("mailtest: cannot write text in %s: %v", cs, err))
	}
	return out
}

// part is a MIME part: its own header fields and its encoded body.
type part struct {
	header string
	body   []byte
}

func (p part) writeTo(b *bytes.Buffer) {
	b.WriteString(p.header + "\r\n")
	b.Write(p.body)
}

func (m Mail) writeBody(b *bytes.Buffer, cs string) {
	var texts []part
	if m.Text != "" || m.HTML == "" {
		texts = append(texts, m.text("text/plain", m.Text, cs))
	}
	if m.HTML != "" {
		texts = append(texts, m.text("text/html", m.HTML, cs))
	}
	body := texts[0]
	if len(texts) > 1 {
		body = multipart("alternative", texts)
	}
	if len(m.Attachments) > 0 {
		parts := []part{body}
		for _, a := range m.Attachments {
			parts = append(parts, a.part())
		}
		body = multipart("mixed", parts)
	}
	body.writeTo(b)
}

func (m Mail) text(kind, text, cs string) part {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n")
	raw := encodeText(text, cs)
	cte := m.Encoding
	var body bytes.Buffer
	switch cte {
	case "base64":
		body.Write(base64Lines(raw))
	case "8bit":
		body.Write(raw)
	default:
		cte = "quoted-printable"
		w := quotedprintable.NewWriter(&body)
		_, _ = w.Write(raw)
		_ = w.Close()
	}
	return part{
		header: fmt.Sprintf("Content-Type: %s; charset=%s\r\nContent-Transfer-Encoding: %s\r\n", kind, cs, cte),
		body:   body.Bytes(),
	}
}

func multipart(kind string, parts []part) part {
	boundary := "=_" + rand.Text()
	var b bytes.Buffer
	for _, p := range parts {
		b.WriteString("--" + boundary + "\r\n")
		p.writeTo(&b)
		b.WriteString("\r\n")
	}
	b.WriteString("--" + boundary + "--\r\n")
	return part{header: fmt.Sprintf("Content-Type: multipart/%s; boundary=%q\r\n", kind, boundary), body: b.Bytes()}
}

func (a Attachment) part() part {
	kind := a.ContentType
	if kind == "" {
		kind = "application/octet-stream"
	}
	disposition := "attachment"
	if a.Inline {
		disposition = "inline"
	}
	// FormatMediaType writes RFC 2231 parameters when the name needs them.
	if a.Name != "" {
		disposition = mime.FormatMediaType(disposition, map[string]string{"filename": a.Name})
	}
	header := "Content-Type: " + kind + "\r\nContent-Disposition: " + disposition +
		"\r\nContent-Transfer-Encoding: base64\r\n"
	if a.ContentID != "" {
		header += "Content-ID: <" + a.ContentID + ">\r\n"
	}
	return part{header: header, body: base64Lines(a.Content)}
}

// base64Lines breaks base64 after 76 characters (RFC 2045 §6.8).
func base64Lines(raw []byte) []byte {
	encoded := base64.StdEncoding.EncodeToString(raw)
	var b bytes.Buffer
	b.Grow(len(encoded) + len(encoded)/38 + 2)
	for len(encoded) > 0 {
		n := min(len(encoded), 76)
		b.WriteString(encoded[:n] + "\r\n")
		encoded = encoded[n:]
	}
	return b.Bytes()
}

// BigMail is a mail whose attachment makes it size bytes large, and a little
// more; its text is a line.
func BigMail(subject string, size int) []byte {
	// Base64 turns 57 bytes into a line of 78.
	content := bytes.Repeat([]byte{0x5a, 0x00, 0xff, 0x17}, size*57/78/4)
	return Mail{
		From: "Anna <anna@example.org>", To: "me@example.org", Subject: subject,
		Text:        "The film is attached.\n",
		Attachments: []Attachment{{Name: "film.mp4", ContentType: "video/mp4", Content: content}},
	}.Bytes()
}
