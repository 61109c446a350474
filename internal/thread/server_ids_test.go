package thread_test

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
	"mail-imap-mcp/internal/thread"
)

// parted is a conversation of three whose middle is gone: the others have no id in
// common, and only the server still knows that they belong together.
func parted(t *testing.T, srv mailtest.Server, elsewhere ...string) (first, last contract.MessageID) {
	t.Helper()
	ids := deliver(t, srv, "INBOX", proper(0),
		reply{n: 1, inReplyTo: talkID(0), subject: "Re: The harbour"},
		reply{n: 2, inReplyTo: talkID(1), subject: "something else altogether"})
	for _, box := range append(elsewhere, "INBOX") {
		srv.Expunge(t, box, ids[1].UID)
	}
	return ids[0], ids[2]
}

func TestServerIDs_JoinAConversationWithoutIDsInCommon(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		o      mailtest.ExtendedOptions
		copies []string // mailboxes that have the middle too
		joined bool
	}{
		{"Gmail", mailtest.ExtendedOptions{Profile: mailtest.Gmail}, []string{"[Gmail]/All Mail"}, true},
		{"Gmail without its extensions", mailtest.ExtendedOptions{Profile: mailtest.Gmail, Without: []string{"X-GM-EXT-1"}}, []string{"[Gmail]/All Mail"}, false},
		{"OBJECTID", mailtest.ExtendedOptions{}, nil, true},
		{"without OBJECTID", mailtest.ExtendedOptions{Without: []string{"OBJECTID"}}, nil, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			srv := mailtest.NewExtended(t, tt.o)
			first, last := parted(t, srv, tt.copies...)
			service := connect(t, srv)
			for n, id := range map[int]contract.MessageID{0: first, 2: last} {
				want := answers(n)
				if tt.joined {
					want = answers(0, 2)
				}
				if got := texts(find(t, service, thread.Query{ID: id})); !slices.Equal(got, want) {
					t.Errorf("from message %d: %q, want %q", n, got, want)
				}
			}
		})
	}
}

func TestServerIDs_DoWhereHeadersAreNotSearched(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]mailtest.ExtendedOptions{
		"THREADID": {Profile: mailtest.Yahoo}, "neither": {Profile: mailtest.Yahoo, Without: []string{"OBJECTID"}},
	} {
		t.Run(name, func(t *testing.T) {
			srv := mailtest.NewExtended(t, o)
			ids := deliver(t, srv, "INBOX", proper(0), proper(1))
			deliver(t, srv, "Sent", proper(2))
			service := connect(t, srv)
			pool, err := service.Accounts.Find("")
			if err != nil {
				t.Fatal(err)
			}
			pool.Learn(imapconn.NoHeaderSearch) // as is known of Yahoo
			r, err := service.Thread(t.Context(), thread.Query{ID: ids[1]})
			if err != nil || !slices.Equal(texts(r), answers(0, 1, 2)) {
				t.Fatalf("%q (%v)", texts(r), err)
			}
			if browsed := len(r.Issues) > 0; browsed != (name == "neither") {
				t.Errorf("issues %v", r.Issues)
			}
		})
	}
}

func TestServerIDs_OneMessageInSeveralMailboxesIsOne(t *testing.T) {
	t.Parallel()
	// Elsewhere than on Gmail a second delivery has another EMAILID.
	for name, o := range map[string]mailtest.ExtendedOptions{
		"Gmail": {Profile: mailtest.Gmail}, "Gmail without its extensions": {Profile: mailtest.Gmail, Without: []string{"X-GM-EXT-1"}},
		"OBJECTID": {}, "without OBJECTID": {Without: []string{"OBJECTID"}},
	} {
		t.Run(name, func(t *testing.T) {
			srv := mailtest.NewExtended(t, o)
			ids := deliver(t, srv, "INBOX", proper(0), proper(1))
			if o.Profile != mailtest.Gmail { // there they are in All Mail too
				deliver(t, srv, "Archive", proper(0))
			}
			r := find(t, connect(t, srv), thread.Query{ID: ids[1]})
			if r.Total != 2 || len(r.Messages[0].AlsoIn) != 1 || r.Messages[0].ID.Mailbox != "INBOX" {
				t.Errorf("%d messages, the first in %q and %q", r.Total, r.Messages[0].ID.Mailbox, r.Messages[0].AlsoIn)
			}
		})
	}
}

func TestMessageLimit_TheNeighboursOfAnOldMessageAreSearched(t *testing.T) {
	t.Parallel()
	for name, lacks := range map[string][]string{"THREADID": nil, "ids alone": {"OBJECTID"}, "numbered messages": {"UIDONLY"}} {
		t.Run(name, func(t *testing.T) {
			srv := mailtest.NewExtended(t, mailtest.ExtendedOptions{Profile: mailtest.Yahoo, MessageLimit: 20, Made: 100, Without: lacks})
			ids := deliver(t, srv, "INBOX", proper(0), proper(1))
			var later []mailtest.Message
			for n := range 200 {
				later = append(later, rig.Numbered(n))
			}
			srv.Append(t, "INBOX", later...)
			newest := deliver(t, srv, "INBOX", proper(2))
			service := connect(t, srv)
			for _, id := range append(newest, ids...) {
				r, err := service.Thread(t.Context(), thread.Query{ID: id})
				if err != nil {
					t.Fatal(err)
				}
				want := answers(0, 1, 2)
				if id == newest[0] {
					want = answers(2) // the others are out of reach, and that is said
				}
				if got := texts(r); !slices.Equal(got, want) {
					t.Errorf("from %v: %q", id, got)
				}
				said := fmt.Sprint(r.Issues)
				if !strings.Contains(said, "only so many messages at a time") || strings.Contains(said, "does not search for Message-IDs") || !r.TotalApproximate {
					t.Errorf("from %v: issues %s", id, said)
				}
			}
		})
	}
}

// Yahoo searches for no header fields, and has THREADID.
func TestServerIDs_FindAConversationWhereHeaderFieldsAreNotSearchedFor(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		lacks  []string
		joined bool
	}{"THREADID": {nil, true}, "nothing": {[]string{"OBJECTID"}, false}} {
		t.Run(name, func(t *testing.T) {
			srv := mailtest.NewExtended(t, mailtest.ExtendedOptions{Without: tt.lacks})
			first, last := parted(t, srv)
			var browsed atomic.Int32
			service := connect(t, mailtest.NewFaulty(t, srv, mailtest.FaultAt("*", func(x *mailtest.Exchange) {
				switch {
				case x.Verb == "UID SEARCH" && strings.Contains(x.Line, "HEADER"):
					x.Reply("%T NO [SERVERBUG] UID SEARCH Server error - Please try again later\r\n")
				case x.Verb == "UID FETCH" && strings.Contains(x.Line, "1:*"):
					browsed.Add(1)
				}
			})))
			find := func(id contract.MessageID) []string {
				r, err := service.Thread(t.Context(), thread.Query{ID: id})
				if err != nil {
					t.Fatal(err)
				}
				return texts(r)
			}
			find(first) // finds it out
			browsed.Store(0)
			want := answers(2)
			if tt.joined {
				want = answers(0, 2)
			}
			if got := find(last); !slices.Equal(got, want) || (browsed.Load() == 0) != tt.joined {
				t.Errorf("%q, want %q; %d mailboxes were looked through", got, want, browsed.Load())
			}
		})
	}
}
