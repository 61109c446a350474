package calendar

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"mail-imap-mcp/internal/extract/contentline"
)

// form is how a value says its time (RFC 5545 §3.3.4 and §3.3.5).
type form int

const (
	floating form = iota // a wall clock's, wherever the reader is
	inUTC
	zoned
	dateOnly
)

// moment is when something begins or ends.
type moment struct {
	time.Time
	form    form
	unknown string // the TZID that nobody knows; the form is floating then
}

var clockForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(\d{4})-?(\d\d)-?(\d\d)(?:[T ](\d\d):?(\d\d)(?::?(\d\d))?(?:\.\d+)?\s*(Z|[+-]\d\d:?\d\d)?)?$`)
})

// clock reads a DATE or DATE-TIME, also in ISO 8601's long form, as UTC.
func clock(s string) (t time.Time, f form, ok bool) {
	m := clockForm().FindStringSubmatch(strings.ToUpper(strings.TrimSpace(s)))
	if m == nil {
		return time.Time{}, floating, false
	}
	var n [6]int
	for i := range n {
		n[i], _ = strconv.Atoi(m[i+1]) // digits, or nothing
	}
	t = time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], min(n[5], 59), 0, time.UTC)
	if t.Day() != n[2] || int(t.Month()) != n[1] || n[3] > 24 || n[4] > 59 {
		if n[3] != 24 || n[4] != 0 {
			return time.Time{}, floating, false
		}
	}
	switch {
	case m[4] == "":
		return t, dateOnly, true
	case m[7] == "":
		return t, floating, true
	case m[7] == "Z":
		return t, inUTC, true
	}
	seconds, ok := offsetSeconds(m[7])
	return t.Add(-time.Duration(seconds) * time.Second), inUTC, ok
}

// moment reads a property that holds a time.
func (c *calendar) moment(l contentline.Line) (m moment, ok bool) {
	return c.momentOf(l.Value, l.Param("TZID"))
}

func (c *calendar) momentOf(value, tzid string) (m moment, ok bool) {
	t, f, ok := clock(value)
	if !ok {
		return moment{}, false
	}
	m = moment{Time: t, form: f}
	switch {
	case f == inUTC:
		// Google writes UTC and means the calendar's zone to be shown.
		if zone := c.shown(); zone != nil {
			m.Time = t.In(zone)
		}
	case f == floating && tzid != "":
		zone, known := c.zoneAt(tzid, t)
		if !known {
			m.unknown = tzid
			break
		}
		m.form = zoned
		m.Time = time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, zone)
	}
	return m, true
}

// exact is RFC 3339, without an offset where none is known.
func (m moment) exact() string {
	switch m.form {
	case dateOnly:
		return m.Format(time.DateOnly)
	case floating:
		return m.Format("2006-01-02T15:04:05")
	}
	return m.Format(time.RFC3339)
}

// zone names the zone as a person would: "Europe/Berlin, UTC+1".
func (m moment) zone() string {
	switch {
	case m.form == dateOnly:
		return ""
	case m.unknown != "":
		return fmt.Sprintf("in the zone %q, which is not known", contentline.Clip(m.unknown, 60))
	case m.form == floating:
		return "no time zone given"
	}
	name := contentline.Clip(m.Location().String(), 60)
	_, seconds := m.Zone()
	if name == "UTC" {
		return name
	}
	distance := utc(seconds)
	if fixedZone(name) != nil || name == "" {
		return distance
	}
	return name + ", " + distance
}

// utc writes an offset: UTC+1, UTC−3:30 with a plain hyphen.
func utc(seconds int) string {
	sign := "+"
	if seconds < 0 {
		sign, seconds = "-", -seconds
	}
	text := "UTC" + sign + strconv.Itoa(seconds/3600)
	if minutes := seconds / 60 % 60; minutes > 0 {
		text += fmt.Sprintf(":%02d", minutes)
	}
	return text
}

// day is "Thursday 26 November 2026", date the same without the weekday.
func day(t time.Time) string  { return t.Format("Monday 2 January 2006") }
func date(t time.Time) string { return t.Format("2 January 2006") }

// hour is "10:00", with seconds where there are some.
func hour(t time.Time) string {
	if t.Second() != 0 {
		return t.Format("15:04:05")
	}
	return t.Format("15:04")
}

// on says a moment: "Thursday 26 November 2026, 10:00".
func (m moment) on() string {
	if m.form == dateOnly {
		return day(m.Time)
	}
	return day(m.Time) + ", " + hour(m.Time)
}

// in says the zone behind a time, in brackets.
func in(zone string) string {
	if zone == "" {
		return ""
	}
	return " (" + zone + ")"
}

// span says when something is, in words and exactly. end is the zero moment
// where there is none.
func span(start, end moment) (words, exact string) {
	switch {
	case end.IsZero():
		words, exact = start.on(), start.exact()
		if start.form == dateOnly {
			return words + ", all day", exact
		}
		return words + in(start.zone()), exact
	case start.form == dateOnly && end.form == dateOnly:
		return days(start, end)
	case end.Before(start.Time):
		return fmt.Sprintf("%s%s (the end given, %s, is before that)", start.on(), in(start.zone()), end.on()), start.exact()
	}
	exact = start.exact() + " to " + end.exact()
	sameDay := start.Format(time.DateOnly) == end.Format(time.DateOnly)
	switch {
	case start.zone() != end.zone():
		return start.on() + in(start.zone()) + " to " + end.on() + in(end.zone()), exact
	case end.Equal(start.Time):
		return start.on() + in(start.zone()), start.exact()
	case sameDay:
		return start.on() + "–" + hour(end.Time) + in(start.zone()), exact
	}
	return start.on() + " to " + end.on() + in(start.zone()), exact
}

// days says whole days. The end is not part of them (RFC 5545 §3.6.1), though
// some programs write the last day, or the first again.
func days(start, end moment) (words, exact string) {
	last := end.AddDate(0, 0, -1)
	if !last.After(start.Time) {
		return day(start.Time) + ", all day", start.exact()
	}
	n := int(last.Sub(start.Time).Hours()/24+0.5) + 1
	return fmt.Sprintf("%s to %s, all day (%d days)", day(start.Time), day(last), n),
		start.exact() + " to " + last.Format(time.DateOnly)
}

var durationForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^\+?P(?:(\d{1,5})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,8})S)?)?$`)
})

// after adds a DURATION (RFC 5545 §3.3.6): days on the calendar, hours on the
// clock. ok is false for a negative or unreadable one.
func (m moment) after(duration string) (end moment, ok bool) {
	f := durationForm().FindStringSubmatch(strings.ToUpper(strings.TrimSpace(duration)))
	if f == nil {
		return moment{}, false
	}
	var n [5]int
	for i := range n {
		n[i], _ = strconv.Atoi(f[i+1]) // digits, or nothing
	}
	end = m
	end.Time = m.AddDate(0, 0, 7*n[0]+n[1]).
		Add(time.Duration(n[2])*time.Hour + time.Duration(n[3])*time.Minute + time.Duration(n[4])*time.Second)
	return end, true
}
