// Package answer lays out what a model reads: one text for an answer, in which
// everything that a stranger wrote stands between one pair of markers, and this
// server's own words outside; or the same data as JSON.
package answer

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf16"

	"mail-imap-mcp/internal/safetext"
)

// Page is an answer as one text: a first line that a person would say, what
// strangers wrote, then lines of this server's. Make one with NewPage.
type Page struct {
	zone *time.Location
	now  time.Time

	first string
	mail  []string
	own   []string
}

// NewPage begins an answer whose dates are shown in a zone, nil for the local one.
func NewPage(zone *time.Location, now time.Time) *Page {
	if zone == nil {
		zone = time.Local
	}
	return &Page{zone: zone, now: now.In(zone)}
}

// First is the line that a person would say. A name from outside must have gone
// through Name, or it could read as another sentence.
func (p *Page) First(format string, args ...any) { p.first = Own(fmt.Sprintf(format, args...)) }

// Say adds a line of this server's below the strangers' words: "more: cursor=…".
// An empty value says nothing.
func (p *Page) Say(label, value string) {
	if value != "" {
		p.own = append(p.own, label+": "+Own(value))
	}
}

// Mail adds a line to the strangers' words. What comes in it from outside must
// have gone through Line.
func (p *Page) Mail(line string) { p.mail = append(p.mail, line) }

// Text adds a stranger's text of any length to the strangers' words.
func (p *Page) Text(s string) { p.mail = append(p.mail, defuse(s)) }

// String is the whole answer.
func (p *Page) String() string {
	var b strings.Builder
	b.WriteString(p.first)
	if len(p.mail) > 0 {
		f := shortFence()
		b.WriteString("\n" + f.begin() + "\n" + strings.Join(p.mail, "\n") + "\n" + f.end())
	}
	for _, line := range p.own {
		b.WriteString("\n" + line)
	}
	return strings.TrimPrefix(b.String(), "\n")
}

// Line makes a stranger's words, or the mail server's, one line that passes for
// nothing else, without runs of blanks: these separate the columns of a page.
func Line(s string) string {
	return strings.Join(strings.Fields(defuseHeader(safetext.Line(s))), " ")
}

// maxName is how many characters of a name stand in a sentence.
const maxName = 60

// Name is Line for a name within a sentence of this server's: not longer than
// names are, for a long one could read as another sentence.
func Name(s string) string {
	s = Line(s)
	if r := []rune(s); len(r) > maxName {
		return string(r[:maxName]) + "…"
	}
	return s
}

// IsPlain reports whether a name is shown as it is, so that it can be copied.
func IsPlain(name string) bool { return Line(name) == name }

// Verbatim is a name that is not plain in the form of a JSON string that holds
// letters of ASCII only and no bracket: as it stands it is an argument, and reads
// like nothing else.
func Verbatim(name string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, unit := range utf16.Encode([]rune(name)) {
		if plain := unit >= ' ' && unit < 0x7f && unit != '"' && unit != '\\' && unit != '['; plain {
			b.WriteByte(byte(unit))
		} else {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// When is a date as a person says it: "Mon 30 Nov 21:18", with the year where it
// is not this one's, and without the time where it is long ago.
func (p *Page) When(t time.Time) string {
	t = t.In(p.zone)
	switch {
	case t.IsZero() || t.Year() <= 1:
		return "no date"
	case t.Year() == p.now.Year():
		return t.Format("Mon 2 Jan 15:04")
	}
	return t.Format("Mon 2 Jan 2006")
}

// Moment is a date and time in full: "Mon 30 Nov 2026 21:18 +0100".
func (p *Page) Moment(t time.Time) string {
	if t.IsZero() || t.Year() <= 1 {
		return "none"
	}
	return t.In(p.zone).Format("Mon 2 Jan 2006 15:04 -0700")
}

// Dated has the first line say which zone the dates are of.
func (p *Page) Dated() {
	zone := p.zone.String()
	if p.zone == time.Local {
		zone, _ = p.now.Zone()
	}
	p.first += " (times: " + zone + ")"
}

// Size is a number of bytes as a person says it: "120 kB".
func Size(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 10_000:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/1000), ".0") + " kB"
	case n < 1_000_000:
		return fmt.Sprintf("%d kB", (n+500)/1000)
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/1e6), ".0") + " MB"
}

// Count writes a number with its thousands apart: 66,200.
func Count[N int | int64 | uint32 | uint64](n N) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
