package demo

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"
	"time"
)

// mail is one message before it is written down.
type mail struct {
	id         string // left of the @ in its Message-ID
	from       person
	to, cc     []person // to empty: Maya
	subject    string
	date       time.Time
	in         charset // of the header's texts; zero: UTF-8
	inReplyTo  string  // Message-ID with its brackets
	references []string
	fields     []field // further header fields
	results    string  // what the receiving server found about the sender; empty: all is well
	flags      []string
	body       part
}

// field is a header field.
type field struct{ name, value string }

// The system flags the demo uses (RFC 9051 §2.3.2).
const (
	seen     = `\Seen`
	answered = `\Answered`
	flagged  = `\Flagged`
	draft    = `\Draft`
)

// messageID is the mail's Message-ID with its brackets (RFC 5322 §3.6.4).
func (m mail) messageID() string {
	_, domain, _ := strings.Cut(m.from.address, "@")
	return "<" + m.id + "@" + domain + ">"
}

// source writes the message.
func (m mail) source() []byte {
	c := m.in
	if c.name == "" {
		c = utf8QP
	}
	to := m.to
	if len(to) == 0 {
		to = []person{me}
	}
	var b bytes.Buffer
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s: %s\r\n", name, value)
		}
	}
	if m.from != me {
		_, domain, _ := strings.Cut(m.from.address, "@")
		line("Return-Path", "<"+m.from.address+">")
		line("Authentication-Results", receiver+";\r\n "+cmp.Or(m.results, verdicts("pass", "pass", domain)))
		line("Received", fmt.Sprintf("from mail.%s (mail.%s [192.0.2.%d])\r\n by %s with ESMTPS id %s;\r\n %s",
			domain, domain, len(m.id)+17, receiver, m.id, m.date.Format(time.RFC1123Z)))
	}
	line("Date", m.date.Format(time.RFC1123Z))
	line("From", addressList(c, m.from))
	line("To", addressList(c, to...))
	line("Cc", addressList(c, m.cc...))
	line("Subject", c.header(m.subject))
	line("Message-ID", m.messageID())
	line("In-Reply-To", m.inReplyTo)
	line("References", strings.Join(m.references, "\r\n "))
	for _, f := range m.fields {
		line(f.name, f.value)
	}
	line("MIME-Version", "1.0")
	m.body.write(&b, m.id)
	return b.Bytes()
}

// receiver is the mail server of northlight.example. It checks who sends what
// arrives, and writes its findings above the header that came (RFC 8601 §5).
const receiver = "mx.northlight.example"

// verdicts are its findings about mail from a domain. DMARC finds what SPF does.
func verdicts(spf, dkim, domain string) string {
	signed := ""
	if dkim != "none" {
		signed = " header.d=" + domain
	}
	return fmt.Sprintf("spf=%s smtp.mailfrom=%s;\r\n dkim=%s%s;\r\n dmarc=%s header.from=%s", spf, domain, dkim, signed, spf, domain)
}

// addressList writes addresses with names in the charset.
func addressList(c charset, people ...person) string {
	list := make([]string, len(people))
	for i, p := range people {
		switch {
		case p.name == "":
			list[i] = p.address
		case isASCII(p.name):
			list[i] = fmt.Sprintf("%q <%s>", p.name, p.address)
		default:
			list[i] = c.nameWords(p.name) + " <" + p.address + ">"
		}
	}
	return strings.Join(list, ",\r\n ")
}

// nameWords writes a name in the charset, or in UTF-8 when the charset lacks
// its letters: a German's mail to a Pole.
func (c charset) nameWords(name string) string {
	if c.encoding != nil {
		if _, err := c.encoding.NewEncoder().String(name); err != nil {
			return utf8Base64.header(name)
		}
	}
	return c.header(name)
}
