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
	summary, location   string
	note                string
	days                int // before now it came
	inDays, minutes     int // after now it is, and how long
	box                 string
	flags               []string
}

var invitations = []invitation{
	{
		"survey-7@northlight.example", "REQUEST", "CONFIRMED", 0, grace, "Walk through the tower with the surveyor", "Lantern room, 4th floor",
		"Please bring the old drawings. Sturdy shoes, the ladder is wet.", 1, 3, 90, inbox, nil,
	},
	{
		"board-31@northlight.example", "REQUEST", "CONFIRMED", 1, hanna, "Trustees' meeting (moved to the afternoon)", "Boat shed",
		"Moved because of the ferry. Agenda follows.", 5, 9, 120, inbox,
		[]string{seen, answered},
	},
	{
		"paint-2@northlight.example", "CANCEL", "CANCELLED", 2, tom, "Painting day", "Keeper's house",
		"Rain all week. We try again next month.", 8, -6, 240, archive,
		[]string{seen},
	},
}

func writeInvitations(d *desk) {
	for _, v := range invitations {
		start := d.now.UTC().Truncate(24*time.Hour).AddDate(0, 0, v.inDays).Add(10 * time.Hour)
		end := start.Add(time.Duration(v.minutes) * time.Minute)
		subject := map[string]string{"REQUEST": "Invitation: ", "CANCEL": "Cancelled: "}[v.method] + v.summary
		text := fmt.Sprintf("%s\n\nWhen:  %s to %s UTC\nWhere: %s\n\n%s\n",
			subject, start.UTC().Format("Mon 2 Jan 2006 15:04"), end.UTC().Format("15:04"), v.location, v.note)
		calendar := v.calendar(d.ago(v.days, 3, 0), start, end)
		invite := plain(utf8QP, calendar)
		invite.mediaType = "text/calendar; charset=utf-8; method=" + v.method
		d.put(v.box, mail{
			from: v.from, subject: subject, date: d.ago(v.days, 3, 0), flags: v.flags,
			body: multipart("mixed",
				multipart("alternative", plain(utf8QP, text), invite),
				attachment("application/ics; name=\"invite.ics\"", "invite.ics", []byte(calendar))),
		})
	}
}

// calendar writes the iCalendar object (RFC 5545).
func (v invitation) calendar(stamp, start, end time.Time) string {
	const form = "20060102T150405Z"
	escape := strings.NewReplacer(",", `\,`, ";", `\;`, "\n", `\n`).Replace
	return strings.Join([]string{
		"BEGIN:VCALENDAR",
		"PRODID:-//Northlight//Calendar//EN",
		"VERSION:2.0",
		"METHOD:" + v.method,
		"BEGIN:VEVENT",
		"UID:" + v.uid,
		fmt.Sprintf("SEQUENCE:%d", v.sequence),
		"DTSTAMP:" + stamp.UTC().Format(form),
		"DTSTART:" + start.UTC().Format(form),
		"DTEND:" + end.UTC().Format(form),
		"SUMMARY:" + escape(v.summary),
		"LOCATION:" + escape(v.location),
		"DESCRIPTION:" + escape(v.note),
		"STATUS:" + v.status,
		"ORGANIZER;CN=" + v.from.name + ":mailto:" + v.from.address,
		"ATTENDEE;CN=" + me.name + ";RSVP=TRUE;",
		" PARTSTAT=NEEDS-ACTION:mailto:" + me.address,
		"END:VEVENT",
		"END:VCALENDAR",
		"",
	}, "\r\n")
}
