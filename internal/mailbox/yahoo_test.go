package mailbox_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
)

func inboxID(srv mailtest.Server, t *testing.T, uid uint32) contract.MessageID {
	t.Helper()
	return contract.MessageID{Account: rig.Account, Mailbox: "INBOX", UIDValidity: srv.UIDValidity(t, "INBOX"), UID: uid}
}

func TestYahoo_The20000thNewestMessageIsListed(t *testing.T) {
	if testing.Short() {
		t.Skip("200 pages of made-up mail are seconds of work")
	}
	t.Parallel()
	srv := mailtest.NewYahoo(t, 25_000)
	service := connect(t, srv)
	q := mailbox.SearchQuery{Limit: 100}
	next := uint32(25_000)
	for next > 5000 {
		r := rig.Search(t, service, q)
		if r.Total != 25_000 || r.TotalApproximate || r.Returned != 100 || !r.HasMore {
			t.Fatalf("at %d: %d of %d (approximate %t, more %t)", next, r.Returned, r.Total, r.TotalApproximate, r.HasMore)
		}
		for _, m := range r.Messages {
			if m.ID.UID != next {
				t.Fatalf("UID %d, want %d", m.ID.UID, next)
			}
			next--
		}
		q = mailbox.SearchQuery{Cursor: r.NextCursor}
	}
}

func TestYahoo_PagesEndWithTheOldestMessage(t *testing.T) {
	t.Parallel()
	service := connect(t, mailtest.NewYahoo(t, 200))
	q := mailbox.SearchQuery{Limit: 100}
	for page, want := range []uint32{101, 1} {
		r := rig.Search(t, service, q)
		if r.Returned != 100 || r.Total != 200 || r.HasMore != (page == 0) || r.Messages[99].ID.UID != want {
			t.Errorf("page %d has %d of %d, more %t, to %d", page, r.Returned, r.Total, r.HasMore, r.Messages[r.Returned-1].ID.UID)
		}
		q = mailbox.SearchQuery{Cursor: r.NextCursor}
	}
}

func TestYahoo_The20000thNewestMessageIsSearchedForAndRead(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewYahoo(t, 25_000)
	wire := mailtest.Record(t, srv)
	service := connect(t, wire)
	rig.Search(t, service, mailbox.SearchQuery{Limit: 1}) // warm up
	wire.Reset()
	// One arrives each minute: before the day of UID 5000 there is nothing newer.
	day := mailtest.Newest.Add(-20_000 * time.Minute).Truncate(24 * time.Hour)
	want := uint32(25_000 - mailtest.Newest.Sub(day)/time.Minute - 1)
	r := rig.Search(t, service, mailbox.SearchQuery{Criteria: mailbox.Criteria{
		Since: day.AddDate(0, 0, -1).Format(time.DateOnly), Before: day.Format(time.DateOnly), FlaggedOnly: true,
	}, Limit: 100})
	t.Logf("search to the end: %d round trips, %d bytes", wire.Flights(), wire.BytesFromServer())
	if r.Returned == 0 || r.TotalApproximate || r.HasMore || r.Messages[0].ID.UID != want-want%100 {
		t.Errorf("found %d (approximate %t, more %t)", r.Total, r.TotalApproximate, r.HasMore)
	}
	if wire.Flights() > 4 { // 4 and 16 windows, the rest, the summaries
		t.Errorf("%d round trips", wire.Flights())
	}
	m := rig.Get(t, service, mailbox.GetQuery{ID: inboxID(srv, t, 5000), BodyMax: 100, Mode: mailbox.ModeText})
	if !strings.Contains(m.Subject, "Message 5000 ") {
		t.Errorf("read %q", m.Subject)
	}
}

func TestPartial_APageByCursorIsOneRoundTrip(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		lacks   []string
		flights int
	}{"offered": {nil, 1}, "not offered": {[]string{"PARTIAL"}, 2}} {
		t.Run(name, func(t *testing.T) {
			wire := mailtest.Record(t, mailtest.NewExtended(t, mailtest.ExtendedOptions{Made: 100, Without: tt.lacks}))
			service := connect(t, wire)
			r := rig.Search(t, service, mailbox.SearchQuery{Limit: 10})
			wire.Reset()
			r = rig.Search(t, service, mailbox.SearchQuery{Cursor: r.NextCursor})
			t.Logf("%d round trips, %d bytes", wire.Flights(), wire.BytesFromServer())
			if r.Returned != 10 || r.Messages[9].ID.UID != 81 || wire.Flights() != tt.flights {
				t.Errorf("%d round trips for %d messages", wire.Flights(), r.Returned)
			}
		})
	}
}

func TestYahoo_SparseUIDsAreSearchedInWindowsThatHoldEnough(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewExtended(t, mailtest.ExtendedOptions{Profile: mailtest.Yahoo, MessageLimit: 50, Made: 6000})
	var gone []uint32
	for uid := uint32(1); uid <= 6000; uid++ {
		if uid%10 != 0 && (uid < 3000 || uid > 3300) { // and a dense place
			gone = append(gone, uid)
		}
	}
	srv.Expunge(t, "INBOX", gone...)
	service := connect(t, srv)
	var found []string
	q := mailbox.SearchQuery{Criteria: mailbox.Criteria{Subject: "all"}, Limit: 100}
	for {
		r := rig.Search(t, service, q)
		for _, m := range r.Messages {
			found = append(found, fmt.Sprint(m.ID.UID))
		}
		if q.Cursor = r.NextCursor; !r.HasMore {
			break
		}
	}
	var want []string
	for _, m := range srv.Messages(t, "INBOX") {
		want = append(want, fmt.Sprint(m.UID))
	}
	slices.Reverse(want)
	if !slices.Equal(found, want) {
		t.Errorf("found %d of %d", len(found), len(want))
	}
}

func TestYahoo_WithoutUIDOnlyWhatCannotBeSeenIsSaid(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]mailtest.ExtendedOptions{
		"enough to hide some": {Profile: mailtest.Yahoo, Made: 12_000, Without: []string{"UIDONLY"}},
		"few":                 {Profile: mailtest.Yahoo, Made: 2_000, Without: []string{"UIDONLY"}},
		"with UIDONLY":        {Profile: mailtest.Yahoo, Made: 12_000},
	} {
		t.Run(name, func(t *testing.T) {
			service := connect(t, mailtest.NewExtended(t, o))
			for _, criteria := range []mailbox.Criteria{{}, {Subject: "each1000"}} {
				r, err := service.Search(t.Context(), mailbox.SearchQuery{Mailbox: "INBOX", Criteria: criteria, Limit: 10})
				if err != nil || r.Returned == 0 {
					t.Fatalf("%d found: %v", r.Returned, err)
				}
				said := slices.ContainsFunc(r.Issues, func(i contract.Issue) bool { return strings.Contains(i.Message, "only the newest 10000 messages") })
				if said != (name == "enough to hide some") {
					t.Errorf("%+v: issues %v", criteria, r.Issues)
				}
			}
		})
	}
}

func TestYahoo_AnswersAreTheSameWithoutItsExtensions(t *testing.T) {
	t.Parallel()
	answers := map[string]string{}
	for name, lacks := range map[string][]string{
		"all": nil, "no UIDONLY": {"UIDONLY"}, "no PARTIAL": {"PARTIAL"}, "none": {"LIST-STATUS", "UIDONLY", "PARTIAL"},
	} {
		srv := mailtest.NewExtended(t, mailtest.ExtendedOptions{Profile: mailtest.Yahoo, Made: 3000, Without: lacks})
		service := connect(t, srv)
		said := ""
		for _, q := range []mailbox.SearchQuery{{Limit: 7}, {Criteria: mailbox.Criteria{UnreadOnly: true}, Limit: 7}, {Criteria: mailbox.Criteria{Subject: "each1000"}, Limit: 7}} {
			for range 2 {
				r := rig.Search(t, service, q)
				for _, m := range r.Messages {
					said += fmt.Sprintf("%d %s, ", m.ID.UID, m.Subject)
				}
				said += fmt.Sprintf("more %t\n", r.HasMore)
				if !r.HasMore {
					break
				}
				q = mailbox.SearchQuery{Cursor: r.NextCursor}
			}
		}
		answers[name] = said
	}
	for name, said := range answers {
		if said != answers["all"] {
			t.Errorf("%s:\n%s\nall:\n%s", name, said, answers["all"])
		}
	}
}
