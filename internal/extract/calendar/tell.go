package calendar

import (
	"fmt"
	"strings"
	"time"

	"mail-imap-mcp/internal/extract/contentline"
)

const (
	// maxTitle and maxDescription are the most characters of each.
	maxTitle       = 300
	maxDescription = 4000
)

// tell says one component, line by line.
func (c *calendar) tell(e *component, zone *time.Location) string {
	var out strings.Builder
	line := func(label, text string) {
		if text != "" {
			if !strings.HasPrefix(text, "\n") { // a list stands below its label
				text = " " + text
			}
			out.WriteString(label + ":" + text + "\n")
		}
	}
	out.WriteString(c.headline(e) + "\n")
	if e.name == "VFREEBUSY" {
		c.tellBusy(e, line)
	}
	c.tellTime(e, zone, line)
	line("Where", contentline.Clip(e.text("LOCATION"), maxTitle))
	for _, l := range conference(e) {
		line("Join or see", l)
	}
	if e.name != "VFREEBUSY" {
		tellPeople(e, line)
	}
	line("Status", statuses[strings.ToUpper(e.text("STATUS"))])
	line("Priority", priorities[e.text("PRIORITY")])
	line("Done", percent(e.text("PERCENT-COMPLETE")))
	line("Categories", contentline.Clip(e.text("CATEGORIES"), maxTitle))
	line("Comment", contentline.Clip(e.text("COMMENT"), maxTitle))
	if text := c.description(e); text != "" {
		out.WriteString("\n" + text + "\n")
	}
	return out.String()
}

// headline says what it is and what is asked, by METHOD (RFC 5546 §1.4).
func (c *calendar) headline(e *component) string {
	title := contentline.Clip(e.text("SUMMARY"), maxTitle)
	if title == "" {
		title = "(no title)"
	}
	method := c.asks()
	switch {
	case e.name == "VFREEBUSY":
		return "Free and busy times"
	case method == "CANCEL" || strings.EqualFold(e.text("STATUS"), "CANCELLED"):
		return "Cancelled: " + title
	case method == "REPLY":
		return answer(e) + ": " + title
	case method == "COUNTER":
		return "New time proposed by " + who(e, "somebody") + ": " + title
	case method == "DECLINECOUNTER":
		return "Proposal of a new time declined: " + title
	case method == "REFRESH":
		return who(e, "Somebody") + " asks for the latest version of: " + title
	case method == "ADD":
		return "Further date of: " + title
	}
	kind := map[string]string{"VTODO": "Task", "VJOURNAL": "Journal entry"}[e.name]
	switch {
	case kind != "":
	case method == "REQUEST" && strings.Trim(e.text("SEQUENCE"), "0 ") != "":
		kind = "Updated invitation"
	case method == "REQUEST":
		kind = "Invitation"
	default:
		kind = "Event"
	}
	return kind + ": " + title
}

// answer says what the one attendee of a REPLY answers: "Ada accepted".
func answer(e *component) string {
	for _, l := range e.all("ATTENDEE") {
		verb := map[string]string{
			"ACCEPTED": "accepted", "DECLINED": "declined", "TENTATIVE": "accepted tentatively",
			"DELEGATED": "handed on", "COMPLETED": "completed", "IN-PROCESS": "is working on",
		}[partstat(l)]
		if verb != "" {
			return person(l) + " " + verb
		}
	}
	return "Answer of " + who(e, "somebody")
}

func who(e *component, nobody string) string {
	if l, ok := e.get("ATTENDEE"); ok {
		return person(l)
	}
	return nobody
}

// tellTime says when, how often, and which occurrence is meant.
func (c *calendar) tellTime(e *component, zone *time.Location, line func(label, text string)) {
	start, end, ok := c.times(e)
	if words, exact, readable := c.when(e); readable {
		line("When", words)
		line("Exactly", exact)
	}
	if ok && zone != nil && (start.form == zoned || start.form == inUTC) {
		here, hereEnd := start, end
		here.Time = start.In(zone)
		if !end.IsZero() {
			hereEnd.Time = end.In(zone)
		}
		if words, _ := span(here, hereEnd); here.Format(time.DateTime) != start.Format(time.DateTime) {
			line("In your time zone", words)
		}
	}
	if l, found := e.get("DUE"); found {
		c.tellMoment("Due", l, line)
	}
	if l, found := e.get("COMPLETED"); found {
		c.tellMoment("Completed", l, line)
	}
	line("Repeats", c.repeats(e, start))
	if l, found := e.get("RECURRENCE-ID"); found {
		if m, readable := c.moment(l); readable {
			text := "the one planned for " + m.on() + in(m.zone())
			if l.Has("RANGE", "THISANDFUTURE") {
				text += ", and all after it"
			}
			line("Only this occurrence", text)
		}
	}
}

func (c *calendar) tellMoment(label string, l contentline.Line, line func(label, text string)) {
	if m, ok := c.moment(l); ok {
		line(label, m.on()+in(m.zone()))
	}
}

// times returns when a component begins and ends; end is zero when not said.
func (c *calendar) times(e *component) (start, end moment, ok bool) {
	l, found := e.get("DTSTART")
	if !found {
		return moment{}, moment{}, false
	}
	if start, ok = c.moment(l); !ok {
		return moment{}, moment{}, false
	}
	if l, found := e.get("DTEND"); found {
		end, _ = c.moment(l)
	} else if d := e.text("DURATION"); d != "" {
		end, _ = start.after(d)
	}
	if strings.EqualFold(e.text("X-MICROSOFT-CDO-ALLDAYEVENT"), "TRUE") {
		start = start.wholeDay()
		if !end.IsZero() {
			end = end.wholeDay()
		}
	}
	if start.form == dateOnly && end.form != dateOnly && !end.IsZero() {
		end = end.wholeDay()
	}
	return start, end, true
}

func (m moment) wholeDay() moment {
	return moment{Time: time.Date(m.Year(), m.Month(), m.Day(), 0, 0, 0, 0, time.UTC), form: dateOnly}
}

// when says the time of a component. ok is false when it has none.
func (c *calendar) when(e *component) (words, exact string, ok bool) {
	start, end, ok := c.times(e)
	if ok {
		words, exact = span(start, end)
		return words, exact, true
	}
	if l, found := e.get("DTSTART"); found {
		return fmt.Sprintf("could not be read (%q)", contentline.Clip(l.Value, 60)), "", true
	}
	return "", "", false
}

// repeats says RRULE, RDATE and EXDATE.
func (c *calendar) repeats(e *component, start moment) string {
	var parts []string
	for _, l := range e.all("RRULE") {
		if len(parts) == 3 { // RFC 5545 §3.8.5.3: more than one should not be
			break
		}
		words := parseRule(l.Value).words(start.Time)
		if words == "" {
			words = fmt.Sprintf("by a rule that could not be read (%q)", contentline.Clip(l.Value, 80))
		}
		parts = append(parts, words)
	}
	text := strings.Join(parts, "; ")
	if also := c.dates(e, "RDATE"); also != "" {
		text = strings.TrimPrefix(text+"; also on "+also, "; ")
	}
	if except := c.dates(e, "EXDATE"); except != "" && text != "" {
		text += ", except " + except
	}
	return text
}

// dates lists the days of a property that comes with commas and repeatedly.
func (c *calendar) dates(e *component, name string) string {
	var list []string
	more := 0
	for _, l := range e.all(name) {
		values := strings.SplitN(l.Value, ",", maxListed+1)
		for i, v := range values {
			if len(list) == maxListed {
				more += len(values) - i + strings.Count(values[len(values)-1], ",")
				break
			}
			v, _, _ = strings.Cut(v, "/") // a PERIOD
			if m, ok := c.momentOf(v, l.Param("TZID")); ok {
				list = append(list, date(m.Time))
			}
		}
	}
	if more > 0 {
		return strings.Join(list, ", ") + fmt.Sprintf(" and %d more", more)
	}
	return and(list)
}

var statuses = map[string]string{
	"CONFIRMED": "confirmed", "TENTATIVE": "tentative", "CANCELLED": "cancelled",
	"NEEDS-ACTION": "not started", "COMPLETED": "completed", "IN-PROCESS": "in progress",
	"DRAFT": "draft", "FINAL": "final",
}

// priorities are RFC 5545 §3.8.1.9's; 5 and 0 say nothing.
var priorities = map[string]string{"1": "high", "2": "high", "3": "high", "4": "high", "6": "low", "7": "low", "8": "low", "9": "low"}

func percent(s string) string {
	if s == "" || s == "0" || len(s) > 3 {
		return ""
	}
	return contentline.Clip(s, 3) + " %"
}
