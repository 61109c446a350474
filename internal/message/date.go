package message

import (
	"strconv"
	"strings"
	"time"
)

// ParseDate reads a Date field (RFC 5322 §3.3 and the obsolete forms of §4.3),
// leniently: the day of the week, seconds and zone may be missing or wrong. ok is
// false when no day can be made out.
func ParseDate(s string) (t time.Time, ok bool) {
	fields := dateFields(s)
	if len(fields) < 3 {
		return time.Time{}, false
	}
	day, err := strconv.Atoi(fields[0])
	month := monthOf(fields[1])
	year, errYear := strconv.Atoi(fields[2])
	if err != nil || month == 0 {
		// 2026-11-02T10:00:00Z, as some programs write it.
		return isoDate(strings.TrimSpace(s))
	}
	if errYear != nil || day < 1 || day > 31 {
		return time.Time{}, false
	}
	switch { // RFC 5322 §4.3
	case year < 50:
		year += 2000
	case year < 1000:
		year += 1900
	}
	if year < 1900 || year > 9999 {
		return time.Time{}, false
	}
	clock, zone := "00:00:00", time.UTC
	if len(fields) > 3 {
		clock = fields[3]
	}
	h, m, sec, ok := clockOf(clock)
	if !ok {
		return time.Time{}, false
	}
	if len(fields) > 4 {
		half := strings.ToUpper(fields[4])
		switch {
		case half == "PM" && h < 12:
			h += 12
		case half == "AM" && h == 12:
			h = 0
		}
		if (half == "AM" || half == "PM") && len(fields) > 5 {
			fields = fields[1:]
		}
		zone = zoneOf(fields[4])
	}
	t = time.Date(year, month, day, h, m, sec, 0, zone)
	return t, t.Day() == day // not the 31st of June
}

// dateFields splits the value, without comments and the day of the week.
func dateFields(s string) []string {
	s = s[:min(len(s), 200)]
	for {
		before, rest, found := strings.Cut(s, "(")
		if !found {
			break
		}
		_, n := SkipComment("(" + rest)
		s = before + " " + ("(" + rest)[n:]
	}
	// RFC 5322 §4.3: blanks may stand around the colons of the time.
	pieces := strings.Split(s, ":")
	for i := 1; i < len(pieces); i++ {
		pieces[i-1], pieces[i] = strings.TrimRight(pieces[i-1], " \t"), strings.TrimLeft(pieces[i], " \t")
	}
	s = strings.Join(pieces, ":")
	fields := strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\t' || r == ',' })
	if len(fields) > 0 && monthOf(fields[0]) == 0 && fields[0][0] > '9' {
		fields = fields[1:]
	}
	// 02-Nov-2026
	if len(fields) > 0 && strings.Count(fields[0], "-") == 2 {
		fields = append(strings.Split(fields[0], "-"), fields[1:]...)
	}
	// Nov 2 10:00:00 2026, as C's ctime writes it
	if len(fields) >= 4 && monthOf(fields[0]) != 0 && strings.Contains(fields[2], ":") {
		fields = append([]string{fields[1], fields[0], fields[3], fields[2]}, fields[4:]...)
	}
	return fields
}

func isoDate(s string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05-0700", "2006-01-02T15:04:05", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05", "2006-01-02"} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() >= 1900 {
			return t, true
		}
	}
	return time.Time{}, false
}

func monthOf(s string) time.Month {
	if len(s) < 3 {
		return 0
	}
	for m := time.January; m <= time.December; m++ {
		if strings.EqualFold(s[:3], m.String()[:3]) {
			return m
		}
	}
	return 0
}

func clockOf(s string) (h, m, sec int, ok bool) {
	parts := strings.Split(s, ":")
	if len(parts) < 2 {
		parts = strings.Split(s, ".")
	}
	if len(parts) < 2 || len(parts) > 3 {
		return 0, 0, 0, false
	}
	var n [3]int
	for i, p := range parts {
		v, err := strconv.Atoi(p)
		if err != nil || v < 0 {
			return 0, 0, 0, false
		}
		n[i] = v
	}
	return n[0], n[1], min(n[2], 59), n[0] < 24 && n[1] < 60 && n[2] <= 60
}

// zones are the names of RFC 5322 §4.3; others, single letters among them, mean
// that the zone is unknown.
var zones = map[string]int{
	"UT": 0, "GMT": 0, "UTC": 0, "Z": 0,
	"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
	"CET": 1, "CEST": 2, "BST": 1, "JST": 9,
}

func zoneOf(s string) *time.Location {
	if hours, ok := zones[strings.ToUpper(s)]; ok {
		if hours == 0 {
			return time.UTC
		}
		return time.FixedZone("", hours*3600)
	}
	// GMT+0100 and +01:00, as some programs write it.
	if i := strings.IndexAny(s, "+-"); i > 0 {
		s = s[i:]
	}
	s = strings.Replace(s, ":", "", 1)
	if len(s) != 5 || (s[0] != '+' && s[0] != '-') {
		return time.UTC
	}
	n, err := strconv.Atoi(s[1:])
	if err != nil || n < 0 || n%100 >= 60 || n/100 > 15 {
		return time.UTC
	}
	seconds := (n/100*60 + n%100) * 60
	if s[0] == '-' {
		seconds = -seconds
	}
	if seconds == 0 {
		return time.UTC
	}
	return time.FixedZone("", seconds)
}
