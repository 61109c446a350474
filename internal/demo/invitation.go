package demo

import (
	"fmt"
	"strings"
	"time"
)

// invitation is a calendar message (RFC 5546, RFC 6047).
type invitation struct {
	uid, method, status string
	sequence            int
	from                person
	guests              []guest // beside Maya
	summary, location   string
	note                string
	days                int // before now it came
	inDays, minutes     int // after now it is, and how long
	box                 string
	flags               []string
}

// guest is somebody invited, and what he said.
type guest struct {
	person
	answer string // PARTSTAT (RFC 5545 §3.2.12)
}

var invitations = []invitation{
	{
		"survey-7@northlight.example", "REQUEST", "CONFIRMED", 0, grace,
		[]guest{{person{"Coastguard Engineering", "survey@coastguard.example"}, "ACCEPTED"}, {tom, "TENTATIVE"}},
		"Walk through the tower with the surveyor", "Lantern room, 4th floor",
		"Please bring the old drawings. Sturdy shoes, the ladder is wet.", 1, 3, 90, inbox, nil,
	},
	{
		"board-31@northlight.example", "REQUEST", "CONFIRMED", 1, hanna,
		[]guest{{grace, "ACCEPTED"}, {dev, "DECLINED"}},
		"Trustees' meeting (moved to the afternoon)", "Boat shed",
		"Moved because of the ferry. Agenda follows.", 5, 9, 120, inbox,
		[]string{seen, answered},
	},
	{
		"paint-2@northlight.example", "CANCEL", "CANCELLED", 2, tom,
		[]guest{{dev, "ACCEPTED"}},
		"Painting day", "Keeper's house",
		"Rain all week. We try again next month.", 8, -6, 240, archive,
		[]string{seen},
	},
}

// writeInvitations writes them as some calendars do: the text says nothing, the
// calendar part beside it all.
func writeInvitations(d *desk) {
	for _, v := range invitations {
		subject := map[string]string{"REQUEST": "Invitation: ", "CANCEL": "Cancelled: "}[v.method] + v.summary
		calendar := v.calendar(d)
		invite := plain(utf8QP, calendar)
		invite.mediaType = "text/calendar; charset=utf-8; method=" + v.method
		d.put(v.box, mail{
			from: v.from, subject: subject, date: d.ago(v.days, 3, 0), flags: v.flags,
			body: multipart("mixed",
				multipart("alternative", plain(utf8QP, v.from.name+" sent you a calendar entry.\n"), invite),
				attachment("application/ics; name=\"invite.ics\"", "invite.ics", []byte(calendar))),
		})
	}
}

// timeZone is where the lighthouse stands, as calendars describe it
// (RFC 5545 §3.6.5).
const timeZone = `BEGIN:VTIMEZONE
TZID:Europe/London
BEGIN:STANDARD
DTSTART:19961027T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0000
TZNAME:GMT
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19960331T010000
TZOFFSETFROM:+0000
TZOFFSETTO:+0100
TZNAME:BST
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
END:VTIMEZONE`

// calendar writes the iCalendar object (RFC 5545). It begins at ten on the clock
// of the lighthouse.
func (v invitation) calendar(d *desk) string {
	const local = "20060102T150405"
	start := d.now.UTC().Truncate(24*time.Hour).AddDate(0, 0, v.inDays).Add(10 * time.Hour)
	end := start.Add(time.Duration(v.minutes) * time.Minute)
	escape := strings.NewReplacer(",", `\,`, ";", `\;`, "\n", `\n`).Replace
	lines := []string{
		"BEGIN:VCALENDAR",
		"PRODID:-//Northlight//Calendar//EN",
		"VERSION:2.0",
		"METHOD:" + v.method,
		strings.ReplaceAll(timeZone, "\n", "\r\n"),
		"BEGIN:VEVENT",
		"UID:" + v.uid,
		fmt.Sprintf("SEQUENCE:%d", v.sequence),
		"DTSTAMP:" + d.ago(v.days, 3, 0).UTC().Format(local) + "Z",
		"DTSTART;TZID=Europe/London:" + start.Format(local),
		"DTEND;TZID=Europe/London:" + end.Format(local),
		"SUMMARY:" + escape(v.summary),
		"LOCATION:" + escape(v.location),
		"DESCRIPTION:" + escape(v.note),
		"STATUS:" + v.status,
		"ORGANIZER;CN=" + v.from.name + ":mailto:" + v.from.address,
	}
	for _, g := range append([]guest{{me, "NEEDS-ACTION"}}, v.guests...) {
		lines = append(lines, "ATTENDEE;CN="+g.name+";RSVP=TRUE;", " PARTSTAT="+g.answer+":mailto:"+g.address)
	}
	return strings.Join(append(lines, "END:VEVENT", "END:VCALENDAR", ""), "\r\n")
}
