package calendar

import (
	"fmt"
	"strings"

	"mail-imap-mcp/internal/extract/contentline"
)

// tellPeople says who asks and who is asked, with their answers.
func tellPeople(e *component, line func(label, text string)) {
	if l, ok := e.get("ORGANIZER"); ok {
		line("Organizer", person(l))
	}
	var list []string
	for _, l := range e.all("ATTENDEE") {
		notes := []string{answers[partstat(l)]}
		if notes[0] == "" {
			notes[0] = "not answered"
		}
		switch strings.ToUpper(l.Param("CUTYPE")) {
		case "ROOM":
			notes = append(notes, "room")
		case "RESOURCE":
			notes = append(notes, "resource")
		case "GROUP":
			notes = append(notes, "group")
		}
		switch strings.ToUpper(l.Param("ROLE")) {
		case "CHAIR":
			notes = append(notes, "chair")
		case "OPT-PARTICIPANT":
			notes = append(notes, "optional")
		case "NON-PARTICIPANT":
			notes = append(notes, "for information")
		}
		if to := address(l.Param("DELEGATED-TO")); to != "" {
			notes = append(notes, "to "+to)
		}
		list = append(list, "\n- "+person(l)+": "+strings.Join(notes, ", "))
	}
	if more := e.counts["ATTENDEE"] - len(list); more > 0 {
		list = append(list, fmt.Sprintf("\n- and %d more", more))
	}
	line("Who", strings.Join(list, ""))
}

var answers = map[string]string{
	"ACCEPTED": "accepted", "DECLINED": "declined", "TENTATIVE": "tentative",
	"DELEGATED": "delegated", "NEEDS-ACTION": "not answered",
	"COMPLETED": "completed", "IN-PROCESS": "in progress",
	"CONFIRMED": "accepted", "SENT": "not answered", // vCalendar 1.0's STATUS
}

// partstat is the answer of an attendee, upper-case.
func partstat(l contentline.Line) string {
	if s := l.Param("PARTSTAT"); s != "" {
		return strings.ToUpper(s)
	}
	return strings.ToUpper(l.Param("STATUS"))
}

// person is "Ada Example <ada@example.org>".
func person(l contentline.Line) string {
	mail := address(l.Value)
	if given := address(l.Param("EMAIL")); given != "" && !strings.Contains(mail, "@") {
		mail = given
	}
	name := contentline.Clip(contentline.Unescape(l.Param("CN")), 100)
	switch {
	case name == "" || strings.EqualFold(name, mail):
		return mail
	case mail == "":
		return name
	}
	return name + " <" + mail + ">"
}

// address is a CAL-ADDRESS without its scheme. An Exchange path, which is not
// for people, is left out.
func address(s string) string {
	s = strings.TrimSpace(s)
	if len(s) >= 7 && strings.EqualFold(s[:7], "mailto:") {
		s = s[7:]
	}
	if strings.HasPrefix(s, "/o=") || strings.HasPrefix(s, "urn:uuid:") || strings.EqualFold(s, "invalid:nomail") {
		return ""
	}
	return contentline.Clip(s, 100)
}

// links are the properties that hold where to join or read more.
var links = []string{
	"CONFERENCE", "X-GOOGLE-CONFERENCE", "X-MICROSOFT-SKYPETEAMSMEETINGURL",
	"X-MICROSOFT-ONLINEMEETINGCONFLINK", "URL",
}

// conference lists the links of an event, each once.
func conference(e *component) (list []string) {
	seen := map[string]bool{}
	for _, name := range links {
		for _, l := range e.all(name) {
			link := contentline.Clip(contentline.Unescape(l.Value), 500)
			if link != "" && !seen[link] && len(list) < 5 {
				seen[link] = true
				list = append(list, link)
			}
		}
	}
	return list
}

// tellBusy lists the periods of a VFREEBUSY (RFC 5545 §3.6.4).
func (c *calendar) tellBusy(e *component, line func(label, text string)) {
	for _, name := range []string{"ORGANIZER", "ATTENDEE"} {
		if l, ok := e.get(name); ok {
			line("Of", person(l))
			break
		}
	}
	periods := 0
	for _, l := range e.all("FREEBUSY") {
		label := "Busy"
		switch strings.ToUpper(l.Param("FBTYPE")) {
		case "FREE":
			label = "Free"
		case "BUSY-TENTATIVE":
			label = "Perhaps busy"
		case "BUSY-UNAVAILABLE":
			label = "Away"
		}
		for _, v := range strings.SplitN(l.Value, ",", maxRepeats) {
			from, to, _ := strings.Cut(v, "/")
			if periods++; periods > maxRepeats {
				return
			}
			start, ok := c.momentOf(from, l.Param("TZID"))
			if !ok {
				continue
			}
			end, isTime := c.momentOf(to, l.Param("TZID"))
			if !isTime {
				end, _ = start.after(to)
			}
			words, _ := span(start, end)
			line(label, words)
		}
	}
}
