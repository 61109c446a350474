package calendar

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // a container or Windows has no zone files of its own
)

// ianaName keeps LoadLocation from being asked for paths.
var ianaName = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_+-]{1,30}(/[A-Za-z0-9_+-]{1,30}){0,2}$`)
})

// loadZone finds a zone by its IANA name, nil when there is none of it.
func loadZone(name string) *time.Location {
	if !ianaName().MatchString(name) || strings.EqualFold(name, "local") {
		return nil
	}
	if zone, err := time.LoadLocation(name); err == nil {
		return zone
	}
	return nil
}

// namedZone finds the zone that a TZID means: an IANA name, with or without a
// vendor's path before it ("/freeassociation.sourceforge.net/Europe/Berlin"),
// a name of Windows, or a distance from UTC.
func namedZone(id string) *time.Location {
	id = strings.Trim(strings.TrimSpace(id), `"'/`)
	if len(id) > 200 {
		return nil
	}
	if windows, ok := windowsZones()[strings.ToLower(id)]; ok {
		return loadZone(windows)
	}
	if strings.EqualFold(id, "z") || strings.EqualFold(id, "gmt") {
		return time.UTC
	}
	parts := strings.Split(id, "/")
	for n := min(3, len(parts)); n > 0; n-- {
		// Berlin alone is no zone, so the longest name that is one is it.
		name := strings.ReplaceAll(strings.Join(parts[len(parts)-n:], "/"), " ", "_")
		if zone := loadZone(name); zone != nil && (n > 1 || len(parts) == 1) {
			return zone
		}
	}
	return fixedZone(id)
}

var offset = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:UTC|GMT)?\s*([+-]\d{1,2}:?\d{0,2})$`)
})

// fixedZone reads "UTC+01:00", "GMT+0100" and "+1".
func fixedZone(id string) *time.Location {
	m := offset().FindStringSubmatch(strings.ToUpper(strings.Trim(id, "() ")))
	if m == nil {
		return nil
	}
	seconds, ok := offsetSeconds(m[1])
	if !ok {
		return nil
	}
	return time.FixedZone(id, seconds)
}

// offsetSeconds reads a UTC-OFFSET (RFC 5545 §3.3.14), with or without minutes.
func offsetSeconds(s string) (int, bool) {
	s = strings.ReplaceAll(strings.TrimSpace(s), ":", "")
	if len(s) < 2 || (s[0] != '+' && s[0] != '-') {
		return 0, false
	}
	digits := s[1:]
	if len(digits) <= 2 {
		digits += "00"
	}
	if len(digits)%2 == 1 {
		digits = "0" + digits
	}
	if len(digits) > 6 {
		return 0, false
	}
	seconds := 0
	for i, unit := 0, 3600; i < len(digits); i, unit = i+2, unit/60 {
		n, err := strconv.Atoi(digits[i : i+2])
		if err != nil || n < 0 {
			return 0, false
		}
		seconds += n * unit
	}
	if seconds > 15*3600 { // no place on earth
		return 0, false
	}
	if s[0] == '-' {
		seconds = -seconds
	}
	return seconds, true
}

// zoneAt finds what a TZID means for one wall-clock time, in this order: a name
// that everybody knows, the file's own VTIMEZONE. ok is false for neither, and
// where the budget is spent.
func (c *calendar) zoneAt(id string, wall time.Time) (zone *time.Location, ok bool) {
	own, found := c.zones[strings.Trim(strings.TrimSpace(id), `"`)]
	if !found {
		zone = c.budget.zone(id)
		return zone, zone != nil
	}
	if own.rules == nil {
		own.resolve(id, c.budget)
	}
	if own.named != nil {
		return own.named, true
	}
	if !c.budget.spend(own.rules.steps()) {
		return nil, false
	}
	seconds, ok := own.rules.offsetAt(wall)
	if !ok {
		return nil, false
	}
	return time.FixedZone(id, seconds), true
}

// resolve finds a name for a zone of the file, or else reads its rules.
func (c *component) resolve(id string, b *budget) {
	c.rules = &observances{}
	if c.named = b.zone(id); c.named == nil && b.spend(zoneSteps) {
		c.named = loadZone(c.text("X-LIC-LOCATION"))
	}
	if c.named == nil {
		c.rules = readObservances(c.children)
	}
}
