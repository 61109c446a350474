package calendar

import (
	"slices"
	"strings"
	"time"
)

const (
	// maxChanges of a zone that are listed one by one: there were about 250 in
	// any place since 1900.
	maxChanges = 1000

	// maxYearly rules of a zone; places had about ten.
	maxYearly = 40
)

// observances are the STANDARD and DAYLIGHT parts of a VTIMEZONE (RFC 5545
// §3.6.5), read once.
type observances struct {
	single []change
	yearly []yearly
	before int // the offset before the first change
	known  bool
}

// change is one that happens once, yearly one that a rule repeats. Times are
// wall-clock times, as UTC.
type change struct {
	at time.Time
	to int
}

type yearly struct {
	change
	rule  rule
	until time.Time
}

func readObservances(parts []*component) *observances {
	o := &observances{}
	var first time.Time
	for _, c := range parts {
		to, okTo := offsetSeconds(c.text("TZOFFSETTO"))
		begins, _, ok := clock(c.text("DTSTART"))
		if !okTo || !ok {
			continue
		}
		if !o.known || begins.Before(first) {
			first, o.known = begins, true
			if o.before, ok = offsetSeconds(c.text("TZOFFSETFROM")); !ok {
				o.before = to
			}
		}
		o.add(begins, to)
		for _, l := range c.all("RDATE") {
			for _, v := range strings.SplitN(l.Value, ",", maxRepeats) {
				if at, _, ok := clock(v); ok {
					o.add(at, to)
				}
			}
		}
		if l, found := c.get("RRULE"); found && len(o.yearly) < maxYearly {
			y := yearly{change{begins, to}, parseRule(l.Value), time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)}
			if until, _, ok := clock(y.rule.until); ok {
				y.until = until
			}
			o.yearly = append(o.yearly, y)
		}
	}
	return o
}

func (o *observances) add(at time.Time, to int) {
	if len(o.single) < maxChanges {
		o.single = append(o.single, change{at, to})
	}
}

// steps is what offsetAt takes, in steps of a budget: a rule is worked out for two
// years, which takes as long as to look at some ten changes each.
func (o *observances) steps() int {
	const perRule = 20
	return 1 + len(o.single) + perRule*len(o.yearly)
}

// offsetAt returns the offset since the last change up to a wall-clock time.
func (o *observances) offsetAt(wall time.Time) (seconds int, ok bool) {
	seconds = o.before
	var latest time.Time
	consider := func(at time.Time, to int) {
		if !at.After(wall) && !at.Before(latest) {
			latest, seconds = at, to
		}
	}
	for _, c := range o.single {
		consider(c.at, c.to)
	}
	for _, y := range o.yearly {
		for _, year := range []int{wall.Year() - 1, wall.Year()} {
			if at, ok := y.rule.onset(y.at, year); ok && !at.Before(y.at) && !at.After(y.until) {
				consider(at, y.to)
			}
		}
	}
	return seconds, o.known
}

// onset is the day of a yearly rule in a year: "the last Sunday of March".
func (r rule) onset(first time.Time, year int) (time.Time, bool) {
	month := first.Month()
	if len(r.months) > 0 {
		month = time.Month(r.months[0])
	}
	h, m, s := first.Clock()
	if len(r.days) == 0 {
		day := first.Day()
		if len(r.monthDays) == 1 && r.monthDays[0] > 0 {
			day = r.monthDays[0]
		}
		return time.Date(year, month, day, h, m, s, 0, time.UTC), r.freq == "YEARLY"
	}
	var days []time.Time
	begin := time.Date(year, month, 1, h, m, s, 0, time.UTC)
	last := time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
	for day := 1 + int(r.days[0].day-begin.Weekday()+7)%7; day <= last; day += 7 {
		if len(r.monthDays) == 0 || slices.Contains(r.monthDays, day) {
			days = append(days, begin.AddDate(0, 0, day-1))
		}
	}
	nth := r.days[0].nth
	if nth == 0 && len(r.positions) > 0 {
		nth = r.positions[0]
	}
	switch {
	case nth == 0 && len(days) > 0:
		return days[0], true
	case nth > 0 && nth <= len(days):
		return days[nth-1], true
	case nth < 0 && -nth <= len(days):
		return days[len(days)+nth], true
	}
	return time.Time{}, false
}
