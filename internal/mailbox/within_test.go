package mailbox_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
)

// days is a mailbox with a message of each of the last seven days at this time, and
// one a second before and one at the midnight that begins the fourth.
func days(t *testing.T, srv mailtest.Server, now time.Time) {
	t.Helper()
	midnight := now.AddDate(0, 0, -3).Truncate(24 * time.Hour)
	srv.Append(t, "INBOX",
		mailtest.Message{Date: midnight.Add(-time.Second), Raw: rig.Mail("From: ada@example.org\nSubject: just before", "x\n")},
		mailtest.Message{Date: midnight, Raw: rig.Mail("From: ada@example.org\nSubject: just then", "x\n")})
	for d := 6; d >= 0; d-- {
		srv.Append(t, "INBOX", mailtest.Message{Date: now.AddDate(0, 0, -d), Raw: rig.Mail(fmt.Sprintf("From: ada@example.org\nSubject: %d days ago", d), "x\n")})
	}
}

// lastDays is what last_days puts into the criteria.
func lastDays(now time.Time, n int) mailbox.Criteria {
	return mailbox.Criteria{Since: now.AddDate(0, 0, -n).Format(time.DateOnly), Exact: true}
}

var noon = time.Date(2026, 10, 9, 12, 0, 0, 250_000_000, time.UTC)

func TestWithin_LastDaysFindTheSameWithAndWithoutIt(t *testing.T) {
	t.Parallel()
	want := []string{"0 days ago", "1 days ago", "2 days ago", "3 days ago", "just then"}
	for name, lacks := range map[string][]string{"offered": nil, "not offered": {"WITHIN"}} {
		t.Run(name, func(t *testing.T) {
			srv := mailtest.NewExtended(t, mailtest.ExtendedOptions{Without: lacks, Now: func() time.Time { return noon }})
			days(t, srv, noon)
			service := connectWith(t, srv.Account(rig.Account), srv, mailbox.Options{Now: func() time.Time { return noon }})
			r := rig.Search(t, service, mailbox.SearchQuery{Criteria: lastDays(noon, 3)})
			if diff := cmp.Diff(want, rig.Subjects(r)); diff != "" || r.Total != 5 || r.TotalApproximate {
				t.Errorf("%d found (approximate %t):\n%s", r.Total, r.TotalApproximate, diff)
			}
			asked := slices.ContainsFunc(srv.Heard(), func(line string) bool { return strings.Contains(line, "YOUNGER") })
			if asked == (lacks != nil) {
				t.Errorf("YOUNGER asked: %t; heard %q", asked, srv.Heard())
			}
		})
	}
}

func TestWithin_ADayBeginsAtMidnightInUTCWhateverTheServersZone(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewExtended(t, mailtest.ExtendedOptions{Now: func() time.Time { return noon }})
	pacific := time.FixedZone("", -8*60*60)
	for subject, at := range map[string]time.Time{
		"before": time.Date(2026, 10, 7, 15, 59, 59, 0, pacific),
		"after":  time.Date(2026, 10, 7, 16, 0, 0, 0, pacific), // the 8th in UTC
	} {
		srv.Append(t, "INBOX", mailtest.Message{Date: at, Raw: rig.Mail("Subject: "+subject, "x\n")})
	}
	service := connectWith(t, srv.Account(rig.Account), srv, mailbox.Options{Now: func() time.Time { return noon }})
	r := rig.Search(t, service, mailbox.SearchQuery{Criteria: lastDays(noon, 1)})
	if diff := cmp.Diff([]string{"after"}, rig.Subjects(r)); diff != "" {
		t.Error(diff)
	}
}

func TestWithin_ACursorKeepsTheDayItMeant(t *testing.T) {
	t.Parallel()
	began := time.Now().UTC() // the sealer's clock
	now := began
	clock := func() time.Time { return now }
	srv := mailtest.NewExtended(t, mailtest.ExtendedOptions{Now: clock})
	days(t, srv, began)
	service := connectWith(t, srv.Account(rig.Account), srv, mailbox.Options{Now: clock})
	r := rig.Search(t, service, mailbox.SearchQuery{Criteria: lastDays(began, 3), Limit: 3})
	now = began.Add(9 * time.Minute) // a cursor holds for ten
	r = rig.Search(t, service, mailbox.SearchQuery{Cursor: r.NextCursor})
	if diff := cmp.Diff([]string{"3 days ago", "just then"}, rig.Subjects(r)); diff != "" || r.HasMore {
		t.Errorf("later (more %t):\n%s", r.HasMore, diff)
	}
}

func TestWithin_RefusedItIsAskedInDaysAndNotAgain(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewExtended(t, mailtest.ExtendedOptions{Now: func() time.Time { return noon }})
	days(t, srv, noon)
	tried := 0
	refusing := mailtest.NewFaulty(t, srv, mailtest.FaultAt("UID SEARCH", func(x *mailtest.Exchange) {
		if strings.Contains(x.Line, "YOUNGER") {
			tried++
			x.Reply("%T BAD Unknown search key\r\n")
		}
	}))
	service := connectWith(t, refusing.Account(rig.Account), refusing, mailbox.Options{Now: func() time.Time { return noon }})
	for range 2 {
		r := rig.Search(t, service, mailbox.SearchQuery{Criteria: lastDays(noon, 3)})
		if r.Total != 5 {
			t.Errorf("%d found: %q", r.Total, rig.Subjects(r))
		}
	}
	if tried > 3 { // COUNT, ALL and the plain form
		t.Errorf("YOUNGER was tried %d times", tried)
	}
}
