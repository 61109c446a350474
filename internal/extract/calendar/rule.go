package calendar

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"mail-imap-mcp/internal/extract/contentline"
)

// rule is a RECUR value (RFC 5545 §3.3.10), as far as it can be said in words.
type rule struct {
	freq      string
	interval  int
	count     int
	until     string
	days      []weekday
	monthDays []int
	months    []int
	positions []int
	others    []string // "BYWEEKNO=20": parts that are rare enough to be quoted
}

// weekday is one BYDAY: nth 0 is every one, -1 the last.
type weekday struct {
	nth int
	day time.Weekday
}

// maxListed of the values of one part of a rule, and of dates in a row.
const maxListed = 12

var weekdays = map[string]time.Weekday{
	"SU": time.Sunday, "MO": time.Monday, "TU": time.Tuesday, "WE": time.Wednesday,
	"TH": time.Thursday, "FR": time.Friday, "SA": time.Saturday,
}

func parseRule(s string) rule {
	r := rule{interval: 1}
	s = strings.ToUpper(strings.TrimSpace(s[:min(len(s), 1000)]))
	if !strings.Contains(s, "FREQ") {
		return oldRule(s)
	}
	for _, part := range strings.Split(s, ";") {
		name, value, _ := strings.Cut(part, "=")
		value = strings.TrimSpace(value)
		switch strings.TrimSpace(name) {
		case "FREQ":
			r.freq = value
		case "INTERVAL":
			if n, err := strconv.Atoi(value); err == nil && n > 0 {
				r.interval = n
			}
		case "COUNT":
			if n, err := strconv.Atoi(value); err == nil && n > 0 {
				r.count = n
			}
		case "UNTIL":
			r.until = value
		case "BYDAY":
			r.days = parseWeekdays(value)
		case "BYMONTHDAY":
			r.monthDays = parseNumbers(value, -31, 31)
		case "BYMONTH":
			r.months = parseNumbers(value, 1, 12)
		case "BYSETPOS":
			r.positions = parseNumbers(value, -366, 366)
		case "WKST", "":
		default:
			if len(r.others) < maxListed {
				r.others = append(r.others, contentline.Clip(part, 60))
			}
		}
	}
	return r
}

func parseWeekdays(s string) (days []weekday) {
	for _, v := range strings.SplitN(s, ",", maxListed+1) {
		v = strings.TrimSpace(v)
		if len(v) < 2 || len(days) == maxListed {
			continue
		}
		day, ok := weekdays[v[len(v)-2:]]
		nth := 0
		if n := v[:len(v)-2]; n != "" {
			var err error
			if nth, err = strconv.Atoi(n); err != nil || nth < -53 || nth > 53 {
				continue
			}
		}
		if ok {
			days = append(days, weekday{nth, day})
		}
	}
	return days
}

func parseNumbers(s string, least, most int) (list []int) {
	for _, v := range strings.SplitN(s, ",", maxListed+1) {
		n, err := strconv.Atoi(strings.TrimSpace(v))
		if err == nil && n >= least && n <= most && n != 0 && len(list) < maxListed {
			list = append(list, n)
		}
	}
	return list
}

// oldRule reads the grammar of vCalendar 1.0: "W2 MO WE #10", "MP1 1- FR
// 20270301T000000Z", "MD1 15", "D1".
func oldRule(s string) rule {
	r := rule{interval: 1}
	fields := strings.Fields(s)
	if len(fields) == 0 {
		return r
	}
	letters := strings.TrimRight(fields[0], "0123456789")
	freq, ok := map[string]string{"D": "DAILY", "W": "WEEKLY", "MP": "MONTHLY", "MD": "MONTHLY", "YM": "YEARLY", "YD": "YEARLY"}[letters]
	if !ok {
		return r
	}
	r.freq = freq
	if n, err := strconv.Atoi(fields[0][len(letters):]); err == nil && n > 0 {
		r.interval = n
	}
	nth := 0
	for _, f := range fields[1:min(len(fields), maxListed)] {
		day, isDay := weekdays[f]
		n, err := strconv.Atoi(strings.TrimRight(f, "+-"))
		switch {
		case isDay:
			r.days = append(r.days, weekday{nth, day})
		case strings.HasPrefix(f, "#"):
			r.count, _ = strconv.Atoi(f[1:])
			r.count = max(r.count, 0) // #0 is for ever
		case len(f) >= 8:
			r.until = f
		case err == nil && letters == "MP":
			if nth = n; strings.HasSuffix(f, "-") {
				nth = -n
			}
		case err == nil && letters == "MD":
			r.monthDays = append(r.monthDays, n)
		case err == nil && letters == "YM":
			r.months = append(r.months, n)
		}
	}
	return r
}

// words says the rule: "every second month on the last Friday, 10 times". start
// is the first occurrence, whose day counts where the rule names none. until is
// shown in start's zone. "" for a rule that cannot be read.
func (r rule) words(start time.Time) string {
	unit, ok := map[string]string{
		"SECONDLY": "second", "MINUTELY": "minute", "HOURLY": "hour",
		"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year",
	}[r.freq]
	if !ok {
		return ""
	}
	text := every(r.interval, unit) + r.on(start)
	if len(r.others) > 0 {
		text += " (with " + strings.Join(r.others, ", ") + ")"
	}
	if r.until != "" {
		if t, form, ok := clock(r.until); ok {
			if form == inUTC {
				t = t.In(start.Location())
			}
			text += " until " + date(t)
		}
	}
	if r.count > 0 {
		times := " times"
		if r.count == 1 {
			times = " time"
		}
		text += ", " + strconv.Itoa(r.count) + times
	}
	return text
}

func every(n int, unit string) string {
	switch n {
	case 1:
		return "every " + unit
	case 2:
		return "every second " + unit
	case 3:
		return "every third " + unit
	}
	return fmt.Sprintf("every %d %ss", n, unit)
}

// on says which days: " on Monday and Wednesday".
func (r rule) on(start time.Time) string {
	var months []string
	for _, m := range r.months {
		months = append(months, time.Month(m).String())
	}
	in := ""
	if len(months) > 0 {
		in = " in " + and(months)
	}
	switch {
	case len(r.days) > 0:
		days := r.dayNames()
		if r.freq == "MONTHLY" && len(r.monthDays) > 0 { // Friday the 13th
			days += " when it is day " + and(numbers(r.monthDays))
		}
		return " on " + days + in
	case len(r.monthDays) > 0 && len(r.months) == 1 && r.freq == "YEARLY":
		return fmt.Sprintf(" on %s %s", and(ordinalDays(r.monthDays)), months[0])
	case len(r.monthDays) > 0:
		last := len(r.monthDays) == 1 && r.monthDays[0] == -1
		if last {
			return " on the last day" + in
		}
		return " on day " + and(ordinalDays(r.monthDays)) + in
	case r.freq == "WEEKLY":
		return " on " + start.Weekday().String() + in
	case r.freq == "MONTHLY":
		return fmt.Sprintf(" on day %d", start.Day()) + in
	case r.freq == "YEARLY" && len(r.months) <= 1 && len(r.others) == 0:
		month := start.Month()
		if len(r.months) == 1 {
			month = time.Month(r.months[0])
		}
		return fmt.Sprintf(" on %d %s", start.Day(), month)
	}
	return in
}

// dayNames says BYDAY with BYSETPOS: "the last Friday", "Monday to Friday".
func (r rule) dayNames() string {
	var names []string
	plain := map[time.Weekday]bool{}
	for _, d := range r.days {
		if d.nth != 0 {
			names = append(names, "the "+nth(d.nth)+" "+d.day.String())
			continue
		}
		names = append(names, d.day.String())
		plain[d.day] = true
	}
	text := and(names)
	if len(names) == 5 && len(plain) == 5 && !plain[time.Saturday] && !plain[time.Sunday] {
		text = "Monday to Friday"
	}
	if len(r.positions) == 0 {
		return text
	}
	var which []string
	for _, p := range r.positions {
		which = append(which, nth(p))
	}
	if len(names) == 1 {
		return "the " + and(which) + " " + text
	}
	if text == "Monday to Friday" {
		return "the " + and(which) + " working day (" + text + ")"
	}
	return "the " + and(which) + " day of " + text
}

func nth(n int) string {
	names := []string{"", "first", "second", "third", "fourth", "fifth"}
	switch {
	case n == -1:
		return "last"
	case n < 0 && -n < len(names):
		return names[-n] + " to last"
	case n > 0 && n < len(names):
		return names[n]
	}
	return strconv.Itoa(n) + "th"
}

func numbers(list []int) (s []string) {
	for _, n := range list {
		s = append(s, strconv.Itoa(n))
	}
	return s
}

// ordinalDays says days of a month; negative ones count from its end.
func ordinalDays(list []int) (s []string) {
	for _, n := range list {
		if n < 0 {
			s = append(s, "the "+nth(n)+" day")
			continue
		}
		s = append(s, strconv.Itoa(n))
	}
	return s
}

// and joins as people do: "a, b and c".
func and(list []string) string {
	switch len(list) {
	case 0:
		return ""
	case 1:
		return list[0]
	}
	return strings.Join(list[:len(list)-1], ", ") + " and " + list[len(list)-1]
}
