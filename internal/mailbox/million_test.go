package mailbox_test

import (
	"runtime"
	"testing"

	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
)

// A mailbox of 1,000,000 messages is searched and paged at the price of a small
// one, wherever the matches are.
func TestMillion_SearchAndPagesStaySmall(t *testing.T) {
	for _, tt := range []struct {
		name     string
		criteria mailbox.Criteria
		total    int
		first    uint32 // the newest match
		step     uint32 // between matches
		flights  [2]int // of each page
	}{
		{"everything", mailbox.Criteria{}, 1_000_000, 1_000_000, 1, [2]int{1, 2}},
		{"every message matches", mailbox.Criteria{From: "all"}, 1_000_000, 1_000_000, 1, [2]int{2, 2}},
		{"unread", mailbox.Criteria{UnreadOnly: true}, 142_857, 999_999, 7, [2]int{2, 2}},
		{"every 100th", mailbox.Criteria{Subject: "each100"}, 10_000, 1_000_000, 100, [2]int{2, 2}},
		{"every 1,000th, most beyond the window", mailbox.Criteria{Subject: "each1000"}, 1_000, 1_000_000, 1_000, [2]int{3, 3}},
		{"every 50,000th", mailbox.Criteria{Subject: "each50000"}, 20, 1_000_000, 50_000, [2]int{3, 3}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			srv := mailtest.NewSynthetic(t, mailtest.SyntheticOptions{})
			wire := mailtest.Record(t, srv)
			service := connect(t, wire)
			rig.Search(t, service, mailbox.SearchQuery{Criteria: mailbox.Criteria{From: "nobody"}}) // warm up
			q := mailbox.SearchQuery{Criteria: tt.criteria, Limit: 10}
			next := tt.first
			for page := 1; page <= 2; page++ {
				wire.Reset()
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				r := rig.Search(t, service, q)
				runtime.ReadMemStats(&after)
				if r.Returned != 10 || r.Total != tt.total {
					t.Fatalf("page %d: returned %d of %d, want 10 of %d", page, r.Returned, r.Total, tt.total)
				}
				for _, m := range r.Messages {
					if m.ID.UID != next {
						t.Fatalf("page %d: UID %d, want %d", page, m.ID.UID, next)
					}
					next -= tt.step
				}
				t.Logf("page %d: %d round trips, %d bytes received", page, wire.Flights(), wire.BytesFromServer())
				if wire.Flights() > tt.flights[page-1] {
					t.Errorf("page %d: %d round trips, at most %d allowed", page, wire.Flights(), tt.flights[page-1])
				}
				if wire.BytesFromServer() > 60_000 {
					t.Errorf("page %d: %d bytes, at most 60,000 allowed", page, wire.BytesFromServer())
				}
				// The server runs in this process too; a list of a million
				// numbers would be 4 MB at the least, and grown 8 or more.
				if grown := after.TotalAlloc - before.TotalAlloc; grown > 4<<20 {
					t.Errorf("page %d: allocated %d kB", page, grown>>10)
				}
				q = mailbox.SearchQuery{Cursor: r.NextCursor}
			}
		})
	}
}

func TestMillion_WithoutESearchTheNewestAreStillFound(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewSynthetic(t, mailtest.SyntheticOptions{NoESearch: true})
	service := connect(t, srv)
	r := rig.Search(t, service, mailbox.SearchQuery{Criteria: mailbox.Criteria{Subject: "each1000"}, Limit: 10})
	if r.Returned != 10 || r.Messages[0].ID.UID != 1_000_000 || !r.TotalApproximate || !r.HasMore {
		t.Errorf("returned %d, total %d (approximate %t), more %t", r.Returned, r.Total, r.TotalApproximate, r.HasMore)
	}
	next := rig.Search(t, service, mailbox.SearchQuery{Cursor: r.NextCursor})
	if next.Returned != 10 || next.Messages[0].ID.UID != 990_000 {
		t.Errorf("next page: %d returned", next.Returned)
	}
}
