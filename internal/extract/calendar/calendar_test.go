package calendar

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write testdata/*.txt anew")

// tokyo is the zone of the person who reads, in all golden files.
var tokyo = time.FixedZone("", 9*3600)

func TestText_SaysTheCalendarsOfTestdata(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.ics")
	if err != nil || len(files) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got, err := Text(data, tokyo, 100_000)
			if err != nil {
				t.Fatal(err)
			}
			golden := strings.TrimSuffix(file, ".ics") + ".txt"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestSummary_IsOneLine(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/google_invitation.ics")
	if err != nil {
		t.Fatal(err)
	}
	got, err := Summary(data)
	want := "Invitation: Survey of the tower, Thursday 26 November 2026, 10:00–11:30 (Europe/Berlin, UTC+1)"
	if err != nil || got != want {
		t.Errorf("got %q, %v\nwant %q", got, err, want)
	}
}

func TestText_WhatIsNoCalendarIsDamaged(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "hello", "BEGIN:VCARD\nFN:Ada\nEND:VCARD\n", "\x00\x01\x02", "SUMMARY:x"} {
		if got, err := Text([]byte(s), nil, 100); !errors.Is(err, ErrDamaged) {
			t.Errorf("%q: got %q, %v", s, got, err)
		}
	}
}

func TestText_NeverExceedsItsBound(t *testing.T) {
	t.Parallel()
	data := []byte("BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:" + strings.Repeat("é", 500) + "\nDESCRIPTION:" + strings.Repeat("日本 ", 9000) + "\nEND:VEVENT\nEND:VCALENDAR\n")
	for _, n := range []int{0, 1, 10, 100, 1000, 100_000} {
		got, err := Text(data, nil, n)
		if err != nil || utf8.RuneCountInString(got) > n || !utf8.ValidString(got) {
			t.Errorf("%d: %d characters, %v", n, utf8.RuneCountInString(got), err)
		}
	}
}

func TestText_AHundredThousandEventsAreToldByTheirNumber(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\n")
	for i := range 100_000 {
		fmt.Fprintf(&b, "BEGIN:VEVENT\nSUMMARY:Event %d\nDTSTART:20261126T090000Z\nEND:VEVENT\n", i)
	}
	got, err := Text([]byte(b.String()), nil, 1_000_000)
	if err != nil || strings.Count(got, "Event: ") != maxEvents || !strings.HasSuffix(got, "… and 99900 more\n") {
		t.Errorf("%d events, %v, end %q", strings.Count(got, "Event: "), err, got[max(0, len(got)-40):])
	}
}

func TestText_HostileFilesStaySmall(t *testing.T) {
	t.Parallel()
	event := func(s string) string {
		return "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Real\n" + s + "\nEND:VEVENT\nEND:VCALENDAR\n"
	}
	for name, s := range map[string]string{
		"a line of 10 MB":         event("DESCRIPTION:" + strings.Repeat("a", 10<<20)),
		"2 MB of folds":           event("DESCRIPTION:" + strings.Repeat("a\r\n ", 2<<20/4)),
		"2 MB without names":      event("DESCRIPTION:x\n" + strings.Repeat("a\n", 1<<20)),
		"200,000 attendees":       event(strings.Repeat("ATTENDEE:mailto:a@example.org\n", 200_000)),
		"200,000 properties":      event(strings.Repeat("X-A:1\nX-B:2\n", 100_000)),
		"200,000 parameters":      event("X" + strings.Repeat(";A=B,C", 200_000) + ":1"),
		"200,000 open components": event(strings.Repeat("BEGIN:VALARM\n", 200_000)),
		"200,000 exceptions":      event("DTSTART:20260101T000000Z\nRRULE:FREQ=DAILY\nEXDATE:" + strings.Repeat("20260101T000000Z,", 200_000)),
		"a rule of numbers":       event("DTSTART:20260101T000000Z\nRRULE:FREQ=SECONDLY;INTERVAL=99999999999999999999;COUNT=2147483647;BYDAY=" + strings.Repeat("1MO,", 100_000)),
		"50,000 zones":            event(strings.Repeat("BEGIN:VTIMEZONE\nTZID:x\nEND:VTIMEZONE\n", 50_000)),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Text([]byte(s), nil, 64_000)
			if err != nil || !strings.Contains(got, "Real") || len(got) > 64_000 {
				t.Errorf("%d bytes, %v", len(got), err)
			}
		})
	}
}

func TestText_AttendeesBeyondFiftyAreCounted(t *testing.T) {
	t.Parallel()
	s := "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Crowd\n" + strings.Repeat("ATTENDEE:mailto:a@example.org\n", 73) + "END:VEVENT\n"
	got, err := Text([]byte(s), nil, 64_000)
	if err != nil || strings.Count(got, "a@example.org") != 50 || !strings.Contains(got, "- and 23 more") {
		t.Errorf("%v: %s", err, got)
	}
}

func TestWindowsZones_AllExist(t *testing.T) {
	t.Parallel()
	for windows, iana := range windowsZones() {
		if namedZone(windows) == nil {
			t.Errorf("%s: no zone %s", windows, iana)
		}
	}
}

func TestNamedZone_KnowsTheFormsOfRealFiles(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	for id, want := range map[string]string{
		"Europe/Berlin": "+02:00", "/mozilla.org/20070129_1/Europe/Berlin": "+02:00",
		"America/Argentina/Buenos_Aires": "-03:00", "Eastern Standard Time": "-04:00", "UTC": "Z", "GMT": "Z",
		"GMT+0100": "+01:00", "UTC-03:30": "-03:30", "(UTC+01:00)": "+01:00", `"Asia/Tokyo"`: "+09:00",
		"Local": "", "": "", "../../etc/passwd": "", "/etc/localtime": "", "Customized Time Zone": "", "UTC+99:00": "",
	} {
		got := ""
		if zone := namedZone(id); zone != nil {
			got = at.In(zone).Format("Z07:00")
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", id, got, want)
		}
	}
}

func FuzzText(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.ics")
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := Text(data, tokyo, 1000)
		if err == nil && (utf8.RuneCountInString(got) > 1000 || !utf8.ValidString(got)) {
			t.Errorf("%d characters, valid %v", utf8.RuneCountInString(got), utf8.ValidString(got))
		}
		if line, err := Summary(data); err == nil && strings.ContainsAny(line, "\r\n") {
			t.Errorf("more than one line: %q", line)
		}
	})
}

// Each date of an event asks for the zone: many of both must not multiply.
func TestText_AZoneOfAMillionChangesIsReadOnce(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:Here\n")
	for range 2000 {
		b.WriteString("BEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\nRDATE:" + strings.Repeat("19800101T000000,", 500) + "\nEND:STANDARD\n")
	}
	b.WriteString("END:VTIMEZONE\n")
	for range 100 {
		b.WriteString("BEGIN:VEVENT\nSUMMARY:x\nDTSTART;TZID=Here:20261126T100000\nRRULE:FREQ=DAILY\nEXDATE;TZID=Here:" + strings.Repeat("20261127T100000,", 2000) + "\nEND:VEVENT\n")
	}
	got, err := Text([]byte(b.String()), nil, 1_000_000)
	if err != nil || strings.Count(got, "10:00 (Here, UTC+2)") != 100 || !strings.Contains(got, "and 1989 more") {
		t.Errorf("%v: %s", err, got[:min(len(got), 500)])
	}
}

// Each zone that nobody knows is looked for in the files of the system.
func TestText_AFileOfUnknownZonesIsToldAsFarAsItsBudgetGoes(t *testing.T) {
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\n")
	for i := range maxEvents {
		b.WriteString("BEGIN:VEVENT\nSUMMARY:x\nDTSTART:20260101T000000Z\nRRULE:FREQ=DAILY\n")
		for j := range maxListed {
			fmt.Fprintf(&b, "EXDATE;TZID=%d/%d:20260102T000000\n", i, j)
		}
		b.WriteString("END:VEVENT\n")
	}
	got, err := Text([]byte(b.String()), nil, 1_000_000)
	const most = maxSteps/zoneSteps/maxListed + 1
	if n := strings.Count(got, "Event: "); err != nil || n > most || n < most-1 || !strings.HasSuffix(got, fmt.Sprintf("… and %d more\n", maxEvents-n)) {
		t.Errorf("%d events of at most %d, %v, end %q", n, most, err, got[max(0, len(got)-40):])
	}
	r := read([]byte(b.String()))[0]
	for range 3 {
		r.budget.zone("Nowhere/At_All")
	}
	if spent := maxSteps - r.budget.steps; spent != zoneSteps {
		t.Errorf("a zone that was looked for three times took %d steps", spent)
	}
}
