package calendar

import (
	"strings"
	"time"

	"mail-imap-mcp/internal/extract/contentline"
)

const (
	// maxEvents of one file that are told; an exported calendar has thousands,
	// and a person would not read them in a mail.
	maxEvents = 100

	// maxProps of one component, and maxRepeats of one kind that may come
	// often (attendees, exceptions).
	maxProps   = 200
	maxRepeats = 50

	// maxName is more than any METHOD's characters.
	maxName = 40

	// maxDepth of components within each other; RFC 5545 needs three.
	maxDepth = 6
)

// component is an event, a task, a zone …, with the properties that are read.
type component struct {
	name     string
	props    []contentline.Line
	counts   map[string]int // of all properties by name, kept or not
	children []*component   // of a zone

	named *time.Location // a zone that everybody knows, once looked for
	rules *observances   // of a zone; nil until they are asked for
}

func (c *component) add(l contentline.Line) {
	if c.counts == nil {
		c.counts = map[string]int{}
	}
	if len(c.counts) > maxProps && c.counts[l.Name] == 0 {
		return
	}
	c.counts[l.Name]++
	if c.counts[l.Name] <= maxRepeats && len(c.props) < maxProps {
		c.props = append(c.props, l)
	}
}

// get returns the first property of a name that is not empty.
func (c *component) get(name string) (contentline.Line, bool) {
	for _, l := range c.props {
		if l.Name == name && strings.TrimSpace(l.Value) != "" {
			return l, true
		}
	}
	return contentline.Line{}, false
}

// text returns the first property of a name, unescaped and trimmed.
func (c *component) text(name string) string {
	l, _ := c.get(name)
	return strings.TrimSpace(contentline.Unescape(l.Value))
}

func (c *component) all(name string) []contentline.Line {
	var list []contentline.Line
	for _, l := range c.props {
		if l.Name == name {
			list = append(list, l)
		}
	}
	return list
}

// calendar is one VCALENDAR: what it says of itself, its zones and its events.
type calendar struct {
	component
	zones  map[string]*component
	events []*component
	more   int // events beyond maxEvents
	page   func(html string) string
	budget *budget // of the file

	// What every event asks for, worked out at the first.
	method  *string
	display *time.Location // nil for none
	looked  bool           // for display
}

// asks is the METHOD, upper-case.
func (c *calendar) asks() string {
	if c.method == nil {
		method := strings.ToUpper(contentline.Cut(c.text("METHOD"), maxName))
		c.method = &method
	}
	return *c.method
}

// shown is the zone the calendar's times are to be shown in, nil for none.
func (c *calendar) shown() *time.Location {
	if !c.looked {
		c.display, c.looked = c.budget.zone(c.text("X-WR-TIMEZONE")), true
	}
	return c.display
}

// top are the components that stand in a calendar only: a new one ends one
// whose END is missing.
var top = map[string]bool{"VEVENT": true, "VTODO": true, "VJOURNAL": true, "VFREEBUSY": true, "VTIMEZONE": true}

// reader builds calendars out of lines.
type reader struct {
	budget *budget
	done   []*calendar
	now    *calendar
	stack  []*component
	total  int // events of all calendars
	deep   int // components begun beyond maxDepth
}

// read returns the calendars of a file; none when it is no calendar.
func read(data []byte) []*calendar {
	r := &reader{budget: newBudget()}
	for l := range contentline.Lines(data) {
		switch l.Name {
		case "BEGIN":
			r.begin(strings.ToUpper(strings.TrimSpace(l.Value)))
		case "END":
			r.end(strings.ToUpper(strings.TrimSpace(l.Value)))
		default:
			r.line(l)
		}
	}
	return r.done
}

func (r *reader) begin(name string) {
	if name == "VCALENDAR" || (r.now == nil && top[name]) {
		// Some programs send an event without a calendar around it.
		r.now = &calendar{zones: map[string]*component{}, budget: r.budget}
		r.stack, r.deep = nil, 0
		if len(r.done) < maxEvents {
			r.done = append(r.done, r.now)
		}
	}
	if r.now == nil || name == "VCALENDAR" {
		return
	}
	if top[name] {
		r.stack, r.deep = r.stack[:0], 0
	}
	if (name == "STANDARD" || name == "DAYLIGHT") && len(r.stack) > 1 {
		r.stack = r.stack[:1]
	}
	if len(r.stack) >= maxDepth {
		r.deep++
		return
	}
	c := &component{name: name}
	switch {
	case top[name] && name != "VTIMEZONE":
		if r.total++; r.total > maxEvents {
			r.now.more++
		} else {
			r.now.events = append(r.now.events, c)
		}
	case len(r.stack) == 1 && r.stack[0].name == "VTIMEZONE":
		// Zones that list every change since 1916 have about 200 of these.
		if zone := r.stack[0]; len(zone.children) < 2*maxProps {
			zone.children = append(zone.children, c)
		}
	}
	r.stack = append(r.stack, c)
}

func (r *reader) end(name string) {
	if r.deep > 0 {
		r.deep--
		return
	}
	if name == "VCALENDAR" {
		r.now, r.stack = nil, nil
		return
	}
	for i := len(r.stack) - 1; i >= 0; i-- {
		if r.stack[i].name == name {
			r.stack = r.stack[:i]
			return
		}
	}
}

func (r *reader) line(l contentline.Line) {
	switch {
	case r.now == nil || r.deep > 0:
	case len(r.stack) == 0:
		r.now.add(l)
	default:
		c := r.stack[len(r.stack)-1]
		c.add(l)
		if c.name == "VTIMEZONE" && l.Name == "TZID" && len(r.now.zones) < maxRepeats {
			r.now.zones[strings.TrimSpace(l.Value)] = c
		}
	}
}
