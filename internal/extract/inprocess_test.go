package extract

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// An extractor that cannot start a child reads what needs none.
func TestText_AnInvitationStartsNoChild(t *testing.T) {
	e := New(Options{})
	e.arg = "child-garbles"
	in := Input{MediaType: "text/calendar", MaxChars: 1000, Data: []byte("BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nSUMMARY:Survey\nDTSTART:20261126T090000Z\nEND:VEVENT\nEND:VCALENDAR\n")}
	r, err := e.Text(t.Context(), in)
	if err != nil || r.Status != OK || !strings.HasPrefix(r.Text, "Invitation: Survey\n") {
		t.Errorf("%+v, %v", r, err)
	}
	for name, in := range map[string]Input{
		"a large calendar":           {MediaType: "text/calendar", Data: []byte("BEGIN:VCALENDAR\n" + strings.Repeat("X-A:b\n", inProcess/6) + "END:VCALENDAR\n")},
		"a text":                     {MediaType: "text/plain", Data: []byte("BEGIN:VCALENDAR\n")},
		"an archive said to be one":  {MediaType: "text/calendar", Data: []byte("PK\x03\x04")},
		"a PDF said to be one":       {MediaType: "text/calendar", Data: []byte("%PDF-1.7\n")},
		"a calendar said to be HTML": {MediaType: "text/html", Data: []byte("BEGIN:VCALENDAR\n")},
	} {
		if _, ok := calendarHere(in); ok {
			t.Errorf("%s was read in this process", name)
		}
	}
}

func TestText_InThisProcessIsWhatTheChildSays(t *testing.T) {
	files, err := filepath.Glob("calendar/testdata/*.ics")
	if err != nil || len(files) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	inputs := map[string]Input{
		"damaged":                 {Data: []byte("BEGIN:VCARD\n")},
		"not text":                {Data: []byte("\x00\x01\x02")},
		"a mark, then a calendar": {Data: []byte("\ufeffBEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\xff\u200b\u202e![a](b)\nX-ALT-DESC:<p>a<span hidden>b</span></p>\nEND:VEVENT\n")},
		"UTF-16":                  {Data: []byte("\xff\xfeB\x00E\x00G\x00I\x00N\x00:\x00V\x00E\x00V\x00E\x00N\x00T\x00\n\x00S\x00U\x00M\x00M\x00A\x00R\x00Y\x00:\x00x\x00")},
	}
	for name, s := range hostileCalendars() {
		inputs[name] = Input{Data: []byte(s)}
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		inputs[filepath.Base(file)] = Input{Data: data}
	}
	e := New(Options{})
	for name, in := range inputs {
		in.MediaType = "text/calendar"
		for _, piece := range [][2]int{{0, 64_000}, {100, 300}} {
			in.Offset, in.MaxChars = piece[0], piece[1]
			here, ok := calendarHere(in)
			if !ok {
				if j := (&job{mediaType: in.MediaType, data: in.Data}); looksLikeText(j) {
					t.Errorf("%s is not read in this process", name)
				}
				continue
			}
			child, err := e.run(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(child, here); diff != "" {
				t.Errorf("%s from %d: -child +here\n%s", name, in.Offset, diff)
			}
		}
	}
}

// hostileCalendars are just below what is read in this process, each made to be
// dear in its own way.
func hostileCalendars() map[string]string {
	const size = inProcess - 1
	fill := func(head, piece, tail string) string {
		return head + strings.Repeat(piece, (size-len(head)-len(tail))/len(piece)) + tail
	}
	numbered := func(head, piece, tail string) string {
		var b strings.Builder
		b.WriteString(head)
		for i := 0; b.Len()+len(piece)+10+len(tail) < size; i++ {
			fmt.Fprintf(&b, piece, i)
		}
		return b.String() + tail
	}
	const event, end = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\nDTSTART:20260101T000000Z\n", "\nEND:VEVENT\nEND:VCALENDAR\n"
	zone := "BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:Here\n" + strings.Repeat("BEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETTO:+01\nRRULE:FREQ=YEARLY;BYDAY=-1SU\n", 45) +
		strings.Repeat("BEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETTO:+01\nRDATE:"+strings.Repeat("19800101,", 49)+"\n", 20) + "END:VTIMEZONE\n"
	return map[string]string{
		"rules":                    fill(event, "RRULE:FREQ=YEARLY;BYDAY=1MO,2TU,-1FR;BYMONTH=1,2,3;BYSETPOS=-366;X=1\n", end),
		"one rule":                 fill(event+"RRULE:FREQ=DAILY;", "BYDAY=1MO;X=1;", end),
		"events with rules":        fill("BEGIN:VCALENDAR\n", "BEGIN:VEVENT\nDTSTART:20260101\nRRULE:FREQ=MONTHLY;BYMONTHDAY=1,2,3,4,5,6,7,8,9,10,11,12;BYMONTH=1,2,3,4,5,6,7,8,9\nRRULE:D1\nRRULE:MP1 1- FR\n", ""),
		"folds":                    fill(event+"DESCRIPTION:", "a\n ", end),
		"folds of one name":        fill(event, "A\n ", end),
		"soft breaks":              fill(event+"DESCRIPTION;ENCODING=QUOTED-PRINTABLE:", "=41=\n", end),
		"lines without names":      fill(event+"DESCRIPTION:x\n", "a\n", end),
		"components":               fill(event, "BEGIN:A\n", end),
		"calendars":                fill("", "BEGIN:VCALENDAR\n", ""),
		"calendars and events":     fill("", "BEGIN:VCALENDAR\nBEGIN:VEVENT\n", ""),
		"zones":                    numbered("BEGIN:VCALENDAR\n", "BEGIN:VTIMEZONE\nTZID:%d\n", event),
		"parameters":               fill(event+"X", ";A=B,C", ":1"+end),
		"values with carets":       fill(event+"ATTENDEE;CN=", "^n,", ":1"+end),
		"quotation marks":          fill(event+"X", `;A="`, end),
		"charsets":                 fill(event, "X;CHARSET=iso-2022-jp:\xe9\n", end),
		"attendees":                fill("BEGIN:VCALENDAR\n", "BEGIN:VEVENT\n"+strings.Repeat("ATTENDEE:a\n", 50), ""),
		"unknown zones":            numbered(event, "EXDATE;TZID=a/b/c%d:20260101T000000\n", end),
		"events of unknown zones":  numbered("BEGIN:VCALENDAR\n", "BEGIN:VEVENT\nDTSTART;TZID=America/New/York%d:20260101T000000\n", ""),
		"one zone for many times":  fill(zone, "BEGIN:VEVENT\nDTSTART;TZID=Here:20260101T000000\nRRULE:D1\nEXDATE;TZID=Here:"+strings.Repeat("20260101T000000,", 12)+"\n", ""),
		"a long zone to be shown":  fill("BEGIN:VCALENDAR\nX-WR-TIMEZONE:"+strings.Repeat(`a\,`, inProcess/6)+"\n", "BEGIN:VEVENT\nDTSTART:20260101T000000Z\n", ""),
		"a long method":            fill("BEGIN:VCALENDAR\nMETHOD:"+strings.Repeat(`a\,`, inProcess/6)+"\n", "BEGIN:VEVENT\nSUMMARY:x\n", ""),
		"busy times":               fill("BEGIN:VCALENDAR\nBEGIN:VFREEBUSY\nFREEBUSY:", "20260101T000000Z/PT1H,", ""),
		"HTML":                     fill(event+"DESCRIPTION:<b>", "<table><tr><td>", end),
		"formatting left open":     fill(event+"DESCRIPTION:", "<b><p>", end),
		"a style sheet":            fill(event+"DESCRIPTION:<style>", ".a .b{color:red}", "</style><p class=a>x</p>"+end),
		"descriptions of HTML":     fill("BEGIN:VCALENDAR\n", "BEGIN:VEVENT\nDESCRIPTION:<b><i><u><p><p>x\n", ""),
		"backslashes":              fill(event+"DESCRIPTION:", `\`, end),
		"characters cut in two":    fill(event+"DESCRIPTION:", "\xc3\n \xbc", end),
		"not UTF-8":                fill(event+"DESCRIPTION:", "\xfc", end),
		"UTF-16 without end":       fill("\xff\xfe", "B\x00", ""),
		"durations":                fill("BEGIN:VCALENDAR\n", "BEGIN:VEVENT\nDTSTART:99991231T235959Z\nDURATION:P99999W\n", ""),
		"alarms within each other": fill(event, "BEGIN:VALARM\nBEGIN:VALARM\nEND:VALARM\n", end),
	}
}

const (
	// calendarTime is what a hostile calendar may take, and calendarMemory what it
	// may allocate. The dearest takes 125 ms and 18 MB on a busy machine: the time
	// is for ones that are very busy.
	calendarTime   = 10 * time.Second
	calendarMemory = 64 << 20
)

// checkCalendar reads a calendar as a mail's body does, and holds it to the budget.
func checkCalendar(t *testing.T, data string) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	r, ok := calendarHere(Input{MediaType: "text/calendar", Data: []byte(data), MaxChars: 64_000})
	used := time.Since(start)
	runtime.ReadMemStats(&after)
	if used > calendarTime || after.TotalAlloc-before.TotalAlloc > calendarMemory {
		t.Errorf("took %v and %d MB", used, (after.TotalAlloc-before.TotalAlloc)>>20)
	}
	if ok && len(r.Text) > 4*64_000 {
		t.Errorf("%d bytes of text", len(r.Text))
	}
}

func TestText_HostileSmallCalendarsStayWithinTheBudget(t *testing.T) {
	for name, s := range hostileCalendars() {
		t.Run(name, func(t *testing.T) {
			if len(s) >= inProcess || len(s) < inProcess/2 {
				t.Fatalf("%d bytes", len(s))
			}
			checkCalendar(t, s)
		})
	}
	// Pieces of all of them in any order.
	var lines []string
	for _, s := range hostileCalendars() {
		for i, line := range strings.SplitAfter(s, "\n") {
			if i == 30 {
				break
			}
			if utf8.ValidString(line) && !strings.Contains(line, "\x00") { // else it is no text
				lines = append(lines, line[:min(len(line), 2000)])
			}
		}
	}
	slices.Sort(lines) // the map has no order
	random := rand.New(rand.NewPCG(1, 2))
	t.Run("mixed", func(t *testing.T) {
		for range 20 {
			var b strings.Builder
			b.WriteString("BEGIN:VCALENDAR\n")
			for b.Len() < inProcess-2100 {
				b.WriteString(lines[random.IntN(len(lines))])
			}
			checkCalendar(t, b.String())
		}
	})
}
