// Package contact says what is on the cards of a vCard file (2.1, RFC 2426 and
// RFC 6350), leniently and in bounds.
package contact

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"mail-imap-mcp/internal/extract/contentline"
)

// ErrDamaged says that there is no card in it.
var ErrDamaged = errors.New("contact: no card could be read")

const (
	// maxCards that are told; an exported address book has thousands.
	maxCards = 200

	// maxRepeats of one property of a card, maxText of its characters.
	maxRepeats = 20
	maxText    = 2000
)

// Text tells the cards of a file, the first 200 of many, in at most maxChars
// characters. Pictures and keys are mentioned, not shown. The error is
// ErrDamaged.
func Text(data []byte, maxChars int) (string, error) {
	var out strings.Builder
	cards, depth := 0, 0
	var now card
	finish := func() {
		cards++
		if cards > maxCards || out.Len() > utf8.UTFMax*maxChars {
			return
		}
		if out.Len() > 0 {
			out.WriteByte('\n')
		}
		out.WriteString(now.tell())
	}
	for l := range contentline.Lines(data) {
		switch {
		case l.Name == "BEGIN" && strings.EqualFold(strings.TrimSpace(l.Value), "VCARD"):
			// Either a card within a card (2.1's AGENT), or its END is missing.
			if depth > 0 && !now.agent {
				finish()
				depth = 0
			}
			if depth++; depth == 1 {
				now = card{}
			}
		case l.Name == "END" && strings.EqualFold(strings.TrimSpace(l.Value), "VCARD") && depth > 0:
			if depth--; depth == 0 {
				finish()
			}
			now.agent = false
		case depth == 1:
			now.add(l)
		}
	}
	if depth > 0 {
		finish()
	}
	if cards == 0 {
		return "", ErrDamaged
	}
	if cards > maxCards {
		fmt.Fprintf(&out, "\n… and %d more cards\n", cards-maxCards)
	}
	return contentline.Cut(out.String(), maxChars), nil
}

// card keeps what is read of one card.
type card struct {
	lines  []contentline.Line
	counts map[string]int
	agent  bool // an AGENT's card follows within this one
}

func (c *card) add(l contentline.Line) {
	if c.counts == nil {
		c.counts = map[string]int{}
	}
	if l.Name == "AGENT" && strings.TrimSpace(l.Value) == "" {
		c.agent = true
	}
	if _, known := labels[l.Name]; !known && l.Name != "X-ABLABEL" && l.Name != "FN" && l.Name != "N" {
		return
	}
	if c.counts[l.Name]++; c.counts[l.Name] <= maxRepeats {
		c.lines = append(c.lines, l)
	}
}

// order is that of the answer; labels name the properties in it.
var order = []string{
	"ORG", "TITLE", "ROLE", "NICKNAME", "TEL", "EMAIL", "IMPP", "ADR", "LABEL",
	"URL", "BDAY", "ANNIVERSARY", "RELATED", "CATEGORIES", "NOTE", "PHOTO", "LOGO", "KEY",
}

var labels = map[string]string{
	"ORG": "Organisation", "TITLE": "Title", "ROLE": "Role", "NICKNAME": "Nickname", "TEL": "Phone",
	"EMAIL": "Mail", "IMPP": "Chat", "ADR": "Address", "LABEL": "Address label", "URL": "Web",
	"BDAY": "Birthday", "ANNIVERSARY": "Anniversary", "RELATED": "Related", "CATEGORIES": "Categories",
	"NOTE": "Note", "PHOTO": "Photo", "LOGO": "Logo", "KEY": "Key",
}

// tell says a card, line by line, its name first.
func (c *card) tell() string {
	var out strings.Builder
	out.WriteString("Contact: " + c.name() + "\n")
	for _, name := range order {
		for _, l := range c.lines {
			if l.Name != name {
				continue
			}
			if text := value(l); text != "" {
				fmt.Fprintf(&out, "%s%s: %s\n", labels[name], c.kinds(l), text)
			}
		}
		if more := c.counts[name] - maxRepeats; more > 0 {
			fmt.Fprintf(&out, "%s: and %d more\n", labels[name], more)
		}
	}
	return out.String()
}

// name is FN, or put together from N (RFC 6350 §6.2.2), or the organisation.
func (c *card) name() string {
	for _, l := range c.lines {
		if text := contentline.Clip(contentline.Unescape(l.Value), 200); l.Name == "FN" && text != "" {
			return text
		}
	}
	for _, l := range c.lines {
		if l.Name != "N" {
			continue
		}
		f := contentline.Split(l.Value, ';', 5)
		f = append(f, make([]string, 5)...)
		if text := contentline.Clip(strings.Join([]string{f[3], f[1], f[2], f[0], f[4]}, " "), 200); text != "" {
			return text
		}
	}
	for _, l := range c.lines {
		if l.Name == "ORG" {
			return value(l)
		}
	}
	return "(no name)"
}

// value is what a property says, in one line, but for notes.
func value(l contentline.Line) string {
	switch l.Name {
	case "ADR", "ORG":
		var fields []string
		for _, f := range contentline.Split(l.Value, ';', 10) {
			if f = contentline.Clip(f, 300); f != "" {
				fields = append(fields, f)
			}
		}
		return strings.Join(fields, ", ")
	case "PHOTO", "LOGO", "KEY":
		text := strings.TrimSpace(l.Value)
		if lower := strings.ToLower(text); strings.HasPrefix(lower, "http:") || strings.HasPrefix(lower, "https:") {
			return contentline.Clip(text, 300)
		}
		if text == "" {
			return ""
		}
		return "in the card, not shown"
	case "NOTE":
		text := strings.TrimSpace(contentline.Unescape(l.Value))
		if short := contentline.Cut(text, maxText); len(short) < len(text) {
			return short + "…"
		}
		return text
	case "BDAY", "ANNIVERSARY":
		return birthday(strings.TrimSpace(l.Value))
	}
	text := contentline.Clip(contentline.Unescape(l.Value), 300)
	for _, scheme := range []string{"tel:", "mailto:"} {
		if len(text) > len(scheme) && strings.EqualFold(text[:len(scheme)], scheme) {
			text = text[len(scheme):]
		}
	}
	return text
}

// birthday writes the dates of RFC 6350 §4.3.1 as 1990-04-15, and "--0415", which
// has no year, as 04-15.
func birthday(s string) string {
	s, _, _ = strings.Cut(s, "T")
	digits := func(s string) bool { return strings.Trim(s, "0123456789") == "" }
	switch {
	case len(s) == 8 && digits(s):
		return s[:4] + "-" + s[4:6] + "-" + s[6:]
	case len(s) == 6 && strings.HasPrefix(s, "--") && digits(s[2:]):
		return s[2:4] + "-" + s[4:] + " (no year)"
	}
	return contentline.Clip(contentline.Unescape(s), 60)
}

var kindWords = map[string]string{
	"HOME": "home", "WORK": "work", "CELL": "mobile", "IPHONE": "mobile", "FAX": "fax", "PAGER": "pager",
	"VIDEO": "video", "MAIN": "main", "CAR": "car", "PREF": "preferred", "POSTAL": "postal", "PARCEL": "parcel",
}

// kinds says TYPE, in brackets, and the label that Apple puts beside a grouped
// property: " (work, mobile)".
func (c *card) kinds(l contentline.Line) string {
	var list []string
	seen := map[string]bool{}
	keep := func(word string) {
		if word != "" && !seen[word] && len(list) < 5 {
			seen[word] = true
			list = append(list, word)
		}
	}
	for _, p := range l.Params {
		if p.Name != "TYPE" && p.Name != "" && p.Name != "PREF" {
			continue
		}
		for _, v := range p.Values {
			for _, one := range strings.Split(v, ",") {
				keep(kindWords[strings.ToUpper(one)])
			}
		}
		if p.Name == "PREF" {
			keep("preferred")
		}
	}
	for _, other := range c.lines {
		if other.Name == "X-ABLABEL" && other.Group == l.Group && l.Group != "" {
			keep(contentline.Clip(strings.Trim(strings.ToLower(other.Value), "_$!<>"), 40))
		}
	}
	if len(list) == 0 {
		return ""
	}
	return " (" + strings.Join(list, ", ") + ")"
}
