package demo

import (
	"fmt"
	"strings"
	"time"
)

// How much everyday mail is made up around the letters written by hand.
const (
	ticketCount   = 28 // booking system
	sensorCount   = 20 // dehumidifier, lamp, tide gauge
	shiftCount    = 16 // rota reminders
	parcelCount   = 12
	noteCount     = 22 // Maya's short notes
	everydaysBack = 75
)

// unreadDays is how far back machine mail may still be unread.
const unreadDays = 4

// writeEveryday makes up the mail that fills a mailbox: from machines mostly,
// and Maya's own short notes. It is seeded, so it is the same each time.
func writeEveryday(d *desk) {
	for range ticketCount {
		d.ticket()
	}
	for range sensorCount {
		d.sensor()
	}
	for i := range shiftCount {
		d.shift(i)
	}
	for range parcelCount {
		d.parcel()
	}
	for i := range noteCount {
		d.note(i)
	}
}

// everyday is a time in the last weeks, more often a recent one, and the flags
// of mail of that age.
func (d *desk) everyday() (date time.Time, box string, flags []string) {
	share := d.random.Float64()
	age := time.Duration(share * share * everydaysBack * float64(24*time.Hour)).Truncate(time.Minute)
	age += 45 * time.Minute
	box = inbox
	if age > 35*24*time.Hour {
		box = archive
	}
	if age > unreadDays*24*time.Hour || d.random.IntN(3) > 0 {
		flags = []string{seen}
	}
	return d.now.Add(-age), box, flags
}

func (d *desk) ticket() {
	groups := []string{"Primary school Saltmarsh", "Rotary Club", "Photo circle", "Sailing club", "Family Andersen", "Ornithologists of the county", "Choir St. Mary", "Engineering students"}
	date, box, flags := d.everyday()
	group, size, number := pick(d, groups), 4+d.random.IntN(28), 3000+d.random.IntN(900)
	visit := date.AddDate(0, 0, 7+d.random.IntN(21))
	state := pick(d, []string{"New booking", "New booking", "Changed booking", "Cancelled booking"})
	d.put(box, mail{
		from: person{"Tour bookings", "bookings@tours.northlight.example"}, date: date, flags: flags,
		subject: fmt.Sprintf("%s %d: %s (%d people)", state, number, group, size),
		fields:  []field{{"Auto-Submitted", "auto-generated"}},
		body: plain(utf8QP, fmt.Sprintf("%s %d\n\nGroup:   %s\nPeople:  %d\nWhen:    %s, %02d:00\nGuide:   %s\nNotes:   %s\n\nOpen it: https://tours.northlight.example/b/%d\n",
			state, number, group, size, visit.Format("Monday 2 January"), 10+d.random.IntN(6), pick(d, colleagues).name,
			pick(d, []string{"none", "two wheelchairs, ground floor only", "would like to hear the foghorn", "vegetarian lunch", "arrive by ferry"}), number)),
	})
}

func (d *desk) sensor() {
	date, box, flags := d.everyday()
	what := pick(d, []struct{ name, text string }{
		{"Lens room humidity %d%%", "The humidity in the lens room has been above 65%% for an hour (now %d%%).\nThe dehumidifier is running."},
		{"Lamp test passed after %d s", "The lamp reached full brightness after %d seconds. Both filaments are fine."},
		{"Tide gauge: %d cm above chart datum", "The gauge at the slipway reads %d cm above chart datum. The path to the point is wet."},
		{"Battery at %d%%", "The emergency battery holds %d%% of its charge. It is charging."},
	})
	value := 66 + d.random.IntN(30)
	d.put(box, mail{
		from: person{"Tower monitor", "monitor@tower.northlight.example"}, date: date, flags: flags,
		subject: "[tower] " + fmt.Sprintf(what.name, value),
		fields:  []field{{"Auto-Submitted", "auto-generated"}, {"X-Priority", "3"}},
		body:    plain(utf8QP, fmt.Sprintf(what.text, value)+"\n\n-- \nTower monitor, measured "+date.Format("2 Jan 15:04")+"\n"),
	})
}

// shift tells the rota for the day after next, every third day.
func (d *desk) shift(i int) {
	const every = 3 // days
	date, box, flags := d.ago(every*i, 2, 25), inbox, []string{seen}
	if i < 1 {
		flags = nil
	}
	if i > 10 {
		box = archive
	}
	who := pick(d, colleagues)
	day := date.AddDate(0, 0, 2).Format("Monday 2 January")
	page := fmt.Sprintf("<html><body><p>Hello Maya,</p><p>the rota for <b>%s</b>:</p><ul><li>Ticket desk: %s</li><li>Tours: Maya Lindholm</li><li>Closing: %s</li></ul><p><a href=\"https://rota.example.com/northlight?utm_source=mail\">Swap a shift</a></p></body></html>\n",
		day, who.name, pick(d, colleagues).name)
	d.put(box, mail{
		from: person{"Rota", "no-reply@rota.example.com"}, date: date, flags: flags, subject: "Rota for " + day,
		body: html(utf8QP, page),
	})
}

func (d *desk) parcel() {
	date, box, flags := d.everyday()
	number := fmt.Sprintf("EX%09d", d.random.IntN(1_000_000_000))
	state := pick(d, []string{"is on its way", "arrives tomorrow between 9 and 12", "was left at the ticket desk", "waits at the ferry office"})
	d.put(box, mail{
		from: person{"Island Parcels", "track@parcels.example"}, date: date, flags: flags, subject: "Your parcel " + number + " " + state,
		body: multipart("alternative",
			plain(utf8QP, "Parcel "+number+" "+state+".\nTrack it: https://parcels.example/t/"+number+"\n"),
			html(utf8QP, "<p>Parcel <b>"+number+"</b> "+state+".</p><p><a href=\"https://parcels.example/t/"+number+"?utm_medium=email\">Track it</a></p>\n")),
	})
}

// notes are what Maya writes between two doors: subject and text.
var notes = []string{
	"Key to the lantern room|is on the hook behind the clock, not in the drawer. Sorry!",
	"School group on Tuesday|They are 28, not 18. Can we split them over two guides?",
	"Ticket prices|Leave them as they are for this season. People do not come for the price.",
	"Photos for the leaflet|The third one, with the gull, please. Without the caption.",
	"Roof quote|Two of three are in. Let us wait for the third before we say anything.",
	"Guest book|Somebody wrote a poem on page 112. Please scan it before it gets wet.",
	"Museum card|Agreed, as of the first of next month.",
	"Keeper's clothes|The mannequin needs a smaller coat. The attic has one, left of the window.",
	"Thank you|That was the best Saturday since the opening. Cake is in the fridge.",
	"Foghorn|Ten o'clock on Sundays from now on. The sign at the gate is wrong.",
	"Radio interview|Wednesday at 8:10, live. Please nobody test the horn at 8:10.",
}

func (d *desk) note(i int) {
	subject, text, _ := strings.Cut(notes[i%len(notes)], "|")
	to := pick(d, colleagues)
	first, _, _ := strings.Cut(to.name, " ")
	date, _, _ := d.everyday()
	if i >= len(notes) {
		subject, text = "Fwd: "+subject, "As promised, what I told the others: "+text
	}
	d.put(sent, mail{
		from: me, to: []person{to}, subject: subject, date: date, flags: []string{seen},
		body: flowed("Hi " + first + ",\n\n" + text + "\n\nMaya\n"),
	})
}
