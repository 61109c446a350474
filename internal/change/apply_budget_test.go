package change_test

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"mail-imap-mcp/internal/change"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
)

// maxChangeBytes is what a change of 250 messages may bring from the server: a
// FETCH row before and, for flags, one after.
const maxChangeBytes = 60_000

// budget makes a change that was planned and expects at most two round trips on
// any connection, and that it is done.
func budget(t *testing.T, wire *mailtest.Recorder, s *service, ch *change.Change, want int) {
	t.Helper()
	wire.Reset()
	wantDone(t, inParallel(t, s, ch), want)
	each := (len(ch.Batches) + change.ParallelBatches - 1) / change.ParallelBatches
	if n := wire.Flights(); n > 2*len(ch.Batches) {
		t.Errorf("%d round trips for %d mailboxes\n%s", n, len(ch.Batches), wire.Transcript())
	}
	if n := wire.Connections(); n > change.ParallelBatches {
		t.Errorf("%d connections", n)
	}
	if n := wire.BytesFromServer(); n > maxChangeBytes {
		t.Errorf("%d bytes", n)
	}
	t.Logf("%d mailboxes: %d round trips in all, %d on the longest connection (%d if even), %d bytes",
		len(ch.Batches), wire.Flights(), wire.LongestFlights(), 2*each, wire.BytesFromServer())
}

func TestApplyBudget_RoundTripsAndBytes(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		wire := mailtest.Record(t, srv)
		s := connect(t, wire)
		for _, boxes := range []int{1, 12} {
			prepare := func(job string) []contract.MessageID {
				var ids []contract.MessageID
				for i := range boxes {
					name := fmt.Sprintf("%s %d of %d", job, i, boxes)
					srv.Create(t, name)
					ids = append(ids, fill(t, srv, name, 250/boxes)...)
				}
				return ids
			}
			warm := func(ids []contract.MessageID) { // connections, and the place of the archive
				plan, err := s.PlanTransfer(t.Context(), change.TransferQuery{IDs: ids, Action: change.ActionArchive})
				if err != nil {
					t.Fatal(err)
				}
				if _, err := s.Preview(t.Context(), plan); err != nil {
					t.Fatal(err)
				}
			}
			for _, action := range []change.Action{change.ActionCopy, change.ActionMove, change.ActionArchive, change.ActionTrash} {
				t.Run(fmt.Sprintf("%s from %d", action, boxes), func(t *testing.T) {
					ids := prepare(string(action))
					warm(ids)
					wire.Reset()
					plan, err := s.PlanTransfer(t.Context(), change.TransferQuery{IDs: ids, Action: action, Destination: "Archive"})
					if err != nil || wire.Flights() > 0 {
						t.Fatalf("%d round trips to plan, %v", wire.Flights(), err)
					}
					budget(t, wire, s, plan.Change, len(ids))
				})
			}
			t.Run(fmt.Sprintf("flags in %d", boxes), func(t *testing.T) {
				ids := prepare("flags")
				warm(ids)
				plan, err := s.PlanFlags(change.FlagsQuery{IDs: ids, Add: []string{`\Seen`, `\Flagged`}})
				if err != nil {
					t.Fatal(err)
				}
				budget(t, wire, s, plan.Change, len(ids))
			})
		}
	})
}

// heap is what is in use after everything that can be freed is.
func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestApplyBudget_TenThousandMessagesAreArchivedInFlatMemory(t *testing.T) {
	const total, page = 10_000, contract.MaxMessageIDs
	srv := mailtest.NewMemory(t)
	s := connect(t, srv)
	fill(t, srv, "INBOX", total)
	var before uint64
	archived := 0
	for archived < total {
		var ids []contract.MessageID
		for q := (mailbox.SearchQuery{Mailbox: "INBOX", Limit: 100}); len(ids) < page; {
			r := rig.Search(t, s.Mail, q)
			for _, m := range r.Messages {
				ids = append(ids, m.ID)
			}
			if q = (mailbox.SearchQuery{Cursor: r.NextCursor, Limit: min(100, max(1, page-len(ids)))}); r.NextCursor == "" {
				break
			}
		}
		outcomes := transfer(t, s, change.TransferQuery{IDs: ids, Action: change.ActionArchive})
		wantDone(t, outcomes, len(ids))
		if archived += len(ids); archived == 4*page {
			before = heap()
		}
	}
	// The server is in this process and keeps as much in the archive as it kept
	// in INBOX.
	if grown := int64(heap()) - int64(before); grown > 8<<20 {
		t.Errorf("the heap grew by %d kB", grown>>10)
	} else {
		t.Logf("the heap grew by %d kB", grown>>10)
	}
	got := titles(t, srv, "Archive")
	want := numbers(0, total)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%d in the archive, want each of %d once (%s…)", len(got), total, strings.Join(got[:min(3, len(got))], ", "))
	}
	wantTitles(t, srv, "INBOX", []string{})
}
