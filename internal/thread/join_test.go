package thread_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
	"mail-imap-mcp/internal/thread"
)

func TestThread_ForgedReferencesJoinThemselvesAndNothingElse(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		first := deliver(t, srv, "INBOX", proper(0), proper(1))[0]
		private := reply{n: 30, id: "<secret@bank.example>", subject: "Your account"}
		answer := reply{n: 31, id: "<secret2@bank.example>", inReplyTo: private.id, references: private.id, subject: "Re: Your account"}
		private2 := deliver(t, srv, "INBOX", private, answer)[1]
		deliver(t, srv, "INBOX", reply{
			n: 5, id: "<forged@evil.example>", from: "Eve <eve@evil.example>",
			inReplyTo: talkID(1), references: talkID(0) + " " + private.id + " " + talkID(1) + " " + answer.id,
		})
		service := connect(t, srv)
		if got := texts(find(t, service, thread.Query{ID: first})); !slices.Equal(got, answers(0, 1, 5)) {
			t.Errorf("the conversation: %q", got)
		}
		if got := texts(find(t, service, thread.Query{ID: private2})); !slices.Equal(got, answers(5, 30, 31)) {
			t.Errorf("the private one: %q", got)
		}
	})
}

func TestThread_AKnownIDDoesNotTakeAMessagesPlace(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		deliver(t, srv, "Archive", proper(1))
		seed := deliver(t, srv, "INBOX", proper(0))[0]
		deliver(t, srv, "INBOX", reply{n: 6, id: talkID(1), from: "Eve <eve@evil.example>", references: talkID(0)})
		r := find(t, connect(t, srv), thread.Query{ID: seed})
		if got := texts(r); !slices.Equal(got, answers(0, 1, 6)) {
			t.Errorf("%q", got)
		}
	})
}

func TestThread_BrokenReferencesAreReadAllTheSame(t *testing.T) {
	t.Parallel()
	long := make([]string, 200)
	for i := range long {
		long[i] = fmt.Sprintf("<step-%03d@talk.example>", i)
	}
	huge := make([]string, 400)
	for i := range huge {
		huge[i] = fmt.Sprintf("<%s-%03d@talk.example>", strings.Repeat("x", 30), i)
	}
	root := talkID(0)
	broken := []struct {
		name string
		r    reply
	}{
		{"folded before each", reply{references: "\r\n " + root + "\r\n\t<b@talk.example>"}},
		{"commas", reply{references: "<b@talk.example>," + root + ",<c@talk.example>"}},
		{"no blanks", reply{references: "<b@talk.example>" + root + "<c@talk.example>"}},
		{"no brackets", reply{references: strings.Trim(root, "<>") + " b@talk.example"}},
		{"one bracket missing", reply{references: "<b@talk.example " + root}},
		{"an encoded word", reply{references: "=?utf-8?q?" + strings.NewReplacer("@", "=40", "<", "=3C", ">", "=3E").Replace(root) + "?="}},
		{"phrases", reply{inReplyTo: `Bob's message of "Sun, 1 Mar 2026" ` + root}},
		{"200 ids", reply{references: root + "\r\n " + strings.Join(long, "\r\n ")}},
		{"20 kB", reply{references: root + "\r\n " + strings.Join(huge, "\r\n ")}},
		{"itself", reply{id: "<self@talk.example>", references: "<self@talk.example> " + root + " <self@talk.example>"}},
		{"twice the field", reply{references: "<b@talk.example>", extra: "References: " + root + "\r\n"}},
		{"no id of its own", reply{id: "none", inReplyTo: root}},
		{"an unreadable id of its own", reply{id: "<\x01>", inReplyTo: root}},
	}
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		seed := deliver(t, srv, "Sent", reply{n: 0, from: "Bob <bob@example.com>"})[0]
		for i := range broken {
			broken[i].r.n = i + 1
			deliver(t, srv, "INBOX", broken[i].r)
		}
		service := connect(t, srv)
		got := texts(find(t, service, thread.Query{ID: seed}))
		for i, b := range broken {
			if want := answers(i + 1)[0]; !slices.Contains(got, want) {
				t.Errorf("%s: %q is missing in %q", b.name, want, got)
			}
		}
		if len(got) != len(broken)+1 {
			t.Errorf("%d messages: %q", len(got), got)
		}
		// From the one with 20 kB of References back to the first.
		r := find(t, service, thread.Query{ID: find(t, service, thread.Query{ID: seed}).Messages[9].ID})
		if r.Messages[0].ID != seed {
			t.Errorf("the conversation begins with %v", r.Messages[0].ID)
		}
	})
}

func TestThread_CyclesEnd(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		seed := deliver(t, srv, "INBOX",
			reply{n: 1, references: talkID(2) + talkID(3)},
			reply{n: 2, references: talkID(3) + talkID(1)},
			reply{n: 3, references: talkID(1) + talkID(2) + talkID(3)})[1]
		if got := texts(find(t, connect(t, srv), thread.Query{ID: seed})); !slices.Equal(got, answers(1, 2, 3)) {
			t.Errorf("%q", got)
		}
	})
}

func TestThread_SiblingsOfAMessageThatIsNotThereBelongTogether(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		seed := deliver(t, srv, "INBOX", proper(2))[0]
		deliver(t, srv, "Archive", reply{n: 3, references: talkID(0)}, reply{n: 4, inReplyTo: talkID(1)})
		if got := texts(find(t, connect(t, srv), thread.Query{ID: seed})); !slices.Equal(got, answers(2, 3, 4)) {
			t.Errorf("%q", got)
		}
	})
}

func TestThread_OneWithoutAnyIDStandsAlone(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		seed := deliver(t, srv, "INBOX", reply{n: 1, id: "none"}, proper(2))[0]
		r := find(t, connect(t, srv), thread.Query{ID: seed})
		if got := texts(r); !slices.Equal(got, answers(1)) || len(r.Messages[0].Notes) != 1 || len(r.Unsearched) > 0 {
			t.Errorf("%q, notes %q, unsearched %q", got, r.Messages[0].Notes, r.Unsearched)
		}
	})
}

func TestThread_IDsOutsideASCIIAreFollowed(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		seed := deliver(t, srv, "INBOX", reply{n: 0, id: "<größe@talk.example>"})[0]
		deliver(t, srv, "Sent", reply{n: 1, inReplyTo: "<größe@talk.example>"})
		if got := texts(find(t, connect(t, srv), thread.Query{ID: seed})); !slices.Equal(got, answers(0, 1)) {
			t.Errorf("%q", got)
		}
		// Where the server refuses the character set, it is said.
		service := connect(t, mailtest.NewFaulty(t, srv, mailtest.FaultBadCharset(), mailtest.Without("IMAP4rev2")))
		for range 2 {
			r, err := service.Thread(t.Context(), thread.Query{ID: seed})
			if err != nil || r.Messages[0].ID != seed || len(r.Issues) != 1 || !strings.Contains(r.Issues[0].Message, "outside ASCII") {
				t.Fatalf("%+v, %v", r, err)
			}
		}
	})
}

func TestThread_AllMailShowsNothingTwice(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		srv.Create(t, "All Mail")
		srv.Create(t, "Clients")
		seed := deliver(t, srv, "INBOX", proper(0))[0]
		deliver(t, srv, "Sent", proper(1))
		deliver(t, srv, "Clients", proper(2))
		noID := reply{n: 4, id: "none", inReplyTo: talkID(0)}
		deliver(t, srv, "INBOX", noID)
		deliver(t, srv, "All Mail", proper(0), proper(1), proper(2), proper(3), noID)
		service := connect(t, srv)
		r := find(t, service, thread.Query{ID: seed, Mailboxes: []string{"Clients", "inbox", "Clients"}})
		if got := texts(r); !slices.Equal(got, answers(0, 1, 2, 3, 4)) || r.Total != 5 {
			t.Fatalf("%q, total %d", got, r.Total)
		}
		for i, want := range []string{"INBOX", "Sent", "Clients", "All Mail", "INBOX"} {
			m := r.Messages[i]
			if m.ID.Mailbox != want || (want != "All Mail") != slices.Equal(m.AlsoIn, []string{"All Mail"}) {
				t.Errorf("message %d is from %s, also in %q", i, m.ID.Mailbox, m.AlsoIn)
			}
		}
		if want := []string{"All Mail", "Archive", "Clients", "INBOX", "Sent"}; !slices.Equal(slices.Sorted(slices.Values(r.Searched)), want) {
			t.Errorf("searched %q", r.Searched)
		}
	})
}
