package compose

import (
	"encoding/base64"
	"fmt"
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/emersion/go-message"
)

// setHeader writes the header fields, all but those of MIME.
func (m *Message) setHeader(d Draft) error {
	// go-message writes fields in the reverse order of their setting.
	h := &m.header
	h.Header = message.Header{}
	if refs := d.References; len(refs) > 0 {
		h.SetMsgIDList("References", refs)
	}
	if d.InReplyTo != "" {
		h.SetMsgIDList("In-Reply-To", []string{d.InReplyTo})
	}
	h.SetMessageID(d.MessageID)
	for _, id := range append([]string{d.MessageID}, append(d.References, d.InReplyTo)...) {
		if id != "" && !soundID(id) {
			return fmt.Errorf("message id %q cannot stand in a header", id)
		}
	}
	if subject := headerText(d.Subject); subject != "" {
		h.Set("Subject", subject)
	}
	for _, field := range []struct {
		name string
		list []mail.Address
	}{{"Bcc", d.Bcc}, {"Cc", d.Cc}, {"To", d.To}, {"From", []mail.Address{d.From}}} {
		text, err := addressField(field.list)
		if err != nil {
			return fmt.Errorf("%s: %w", field.name, err)
		}
		if text != "" {
			h.Set(field.name, text)
		}
	}
	h.SetDate(d.Date)
	return nil
}

// addressField is the value of an address field (RFC 5322 §3.4).
func addressField(list []mail.Address) (string, error) {
	out := make([]string, 0, len(list))
	for _, a := range list {
		checked, err := ParseAddress((&mail.Address{Address: a.Address}).String()) // quoted where it must be
		if err != nil {
			return "", err
		}
		checked.Name = oneLine(a.Name)
		text := checked.String()
		if mustEncode(checked.Name) {
			name := checked.Name
			checked.Name = ""
			text = encodedWords(name) + " " + checked.String()
		}
		out = append(out, text)
	}
	return strings.Join(out, ", "), nil
}

// headerText is unstructured text for a header field: ASCII as it is, all else
// in encoded words (RFC 2047).
func headerText(s string) string {
	if s = oneLine(s); mustEncode(s) {
		return encodedWords(s)
	}
	return s
}

// mustEncode reports text that is not ASCII, or looks like an encoded word: many
// programs decode it even where it is none (RFC 2047 §5).
func mustEncode(s string) bool {
	return strings.Contains(s, "=?") || strings.ContainsFunc(s, func(r rune) bool { return r > '~' })
}

// maxWordBytes of text make an encoded word of 64 characters, 12 of them
// "=?utf-8?b?" and "?=": with the field's name they fit into a line of 76
// (RFC 2047 §2).
const maxWordBytes = 39

// encodedWords encodes all of a text.
func encodedWords(s string) string {
	var words []string
	for s != "" {
		n := 0
		for n < len(s) {
			_, size := utf8.DecodeRuneInString(s[n:])
			if n+size > maxWordBytes {
				break
			}
			n += size
		}
		words = append(words, "=?utf-8?b?"+base64.StdEncoding.EncodeToString([]byte(s[:n]))+"?=")
		s = s[n:]
	}
	return strings.Join(words, " ")
}

// oneLine is text that can stand in a header: valid UTF-8 without control
// characters, line separators among them, each run of blanks one blank.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return strings.Join(strings.Fields(s), " ")
}
