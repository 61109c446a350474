// Package calendar says what is in an iCalendar file (RFC 5545, iTIP's RFC
// 5546, vCalendar 1.0) in the words a person would use: what, when, where, who
// and whether it still holds. It is lenient, for real files are wrong in many
// ways, and bounded whatever is in them.
package calendar

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"mail-imap-mcp/internal/extract/contentline"
)

// ErrDamaged says that there is no calendar in it.
var ErrDamaged = errors.New("calendar: no calendar could be read")

// Text tells every event, task, journal entry and free/busy list of a file, at
// most maxChars characters of it, and of many the first hundred, or those that
// maxSteps are enough for. Times are in
// the zone the file gives, and again in the reader's zone where the clock there
// shows another time; zone may be nil. Hidden parts of an HTML description are
// left out, as far as that is seen without style sheets. The error is ErrDamaged.
func Text(data []byte, zone *time.Location, maxChars int) (string, error) {
	return TextWith(plain, data, zone, maxChars)
}

// TextWith is Text with a better reader of HTML descriptions: page makes text of
// one.
func TextWith(page func(html string) string, data []byte, zone *time.Location, maxChars int) (string, error) {
	calendars := read(data)
	if len(calendars) == 0 {
		return "", ErrDamaged
	}
	var out strings.Builder
	more := 0
	for _, c := range calendars {
		more += c.more
		c.page = page
		for i, e := range c.events {
			if c.budget.spent() {
				more += len(c.events) - i
				break
			}
			// The cap is on characters, of at most four bytes.
			if out.Len() > utf8.UTFMax*maxChars {
				return contentline.Cut(out.String(), maxChars), nil
			}
			if out.Len() > 0 {
				out.WriteString("\n---\n\n")
			}
			out.WriteString(c.tell(e, zone))
		}
	}
	switch {
	case more > 0:
		fmt.Fprintf(&out, "\n---\n\n… and %d more\n", more)
	case out.Len() == 0:
		out.WriteString("An empty calendar\n")
	}
	return contentline.Cut(out.String(), maxChars), nil
}

// Summary tells the first event in one line: "Invitation: Survey of the tower,
// Thursday 26 November 2026, 10:00–11:30 (Europe/Berlin, UTC+1)". The error is
// ErrDamaged.
func Summary(data []byte) (string, error) {
	for _, c := range read(data) {
		if len(c.events) == 0 {
			continue
		}
		text := c.headline(c.events[0])
		if words, _, ok := c.when(c.events[0]); ok {
			text += ", " + words
		}
		return text, nil
	}
	return "", ErrDamaged
}
