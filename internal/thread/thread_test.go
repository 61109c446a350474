package thread_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
	"mail-imap-mcp/internal/thread"
)

// reply is one message of a conversation. Its own text is "Answer number n.".
type reply struct {
	n          int
	from       string
	inReplyTo  string // with brackets
	references string // as it stands in the header
	id         string // "" for <n@talk.example>
	subject    string // "" for "Re: The harbour"
	extra      string // further header lines
	body       string
}

func talkID(n int) string { return fmt.Sprintf("<%d@talk.example>", n) }

// talkIDs are the ids from one message to another, as References has them.
func talkIDs(from, to int) string {
	var ids []string
	for n := from; n <= to; n++ {
		ids = append(ids, talkID(n))
	}
	return strings.Join(ids, "\r\n ")
}

// raw writes the reply as a mail of the day after the one before.
func (r reply) raw() []byte {
	if r.from == "" {
		r.from = "Ada <ada@example.org>"
	}
	if r.id == "" {
		r.id = talkID(r.n)
	}
	if r.subject == "" {
		r.subject = "Re: The harbour"
	}
	var b strings.Builder
	field := func(name, value string) {
		if value != "" && value != "none" {
			b.WriteString(name + ": " + value + "\r\n")
		}
	}
	field("References", r.references)
	field("From", r.from)
	field("To", "bob@example.com")
	field("Subject", r.subject)
	field("Date", time.Date(2026, 3, 1+r.n, 9, 0, 0, 0, time.UTC).Format(time.RFC1123Z))
	field("Message-ID", r.id)
	field("In-Reply-To", r.inReplyTo)
	b.WriteString(r.extra)
	if r.body == "" {
		r.body = fmt.Sprintf("Answer number %d.\r\n", r.n)
	}
	b.WriteString("\r\n" + r.body)
	return []byte(b.String())
}

// proper is the n-th message of a conversation whose programs write References
// as RFC 5322 §3.6.4 wants them.
func proper(n int) reply {
	r := reply{n: n}
	if n > 0 {
		r.inReplyTo, r.references = talkID(n-1), talkIDs(0, n-1)
	} else {
		r.subject = "The harbour"
	}
	return r
}

// deliver appends replies to a mailbox and names them.
func deliver(t *testing.T, srv mailtest.Server, box string, replies ...reply) []contract.MessageID {
	t.Helper()
	var msgs []mailtest.Message
	for _, r := range replies {
		msgs = append(msgs, mailtest.Message{Raw: r.raw()})
	}
	var ids []contract.MessageID
	for _, uid := range srv.Append(t, box, msgs...) {
		ids = append(ids, contract.MessageID{Account: rig.Account, Mailbox: box, UIDValidity: srv.UIDValidity(t, box), UID: uid})
	}
	return ids
}

// talk is a conversation of 20 that Bob began: his messages are in Sent, Ada's
// in INBOX, the older ones filed under Archive, and one lies in two of them.
func talk(t *testing.T, srv mailtest.Server) map[int]contract.MessageID {
	t.Helper()
	ids := map[int]contract.MessageID{}
	for n := range 20 {
		r, box := proper(n), "INBOX"
		switch {
		case n%2 == 0:
			r.from, box = "Bob <bob@example.com>", "Sent"
		case n < 10:
			box = "Archive"
		}
		ids[n] = deliver(t, srv, box, r)[0]
	}
	deliver(t, srv, "Archive", proper(11))
	deliver(t, srv, "INBOX", reply{n: 40, id: "<other@example.net>", subject: "Re: The harbour", body: "Same subject, other talk.\r\n"})
	return ids
}

func find(t *testing.T, s *service, q thread.Query) *thread.Thread {
	t.Helper()
	r, err := s.Thread(t.Context(), q)
	if err != nil {
		t.Fatalf("thread: %v", err)
	}
	for _, issue := range r.Issues {
		t.Errorf("thread: unexpected issue: %+v", issue)
	}
	return r
}

// texts are the bodies of a conversation, in order.
func texts(r *thread.Thread) []string {
	list := []string{}
	for _, m := range r.Messages {
		if m.BodyText == nil {
			list = append(list, "(none)")
			continue
		}
		list = append(list, *m.BodyText)
	}
	return list
}

// answers are the own texts of the numbered replies.
func answers(ns ...int) []string {
	list := []string{}
	for _, n := range ns {
		list = append(list, fmt.Sprintf("Answer number %d.", n))
	}
	return list
}

func upTo(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

func TestThread_TwentyMessagesOverThreeMailboxesFromAnyOfThem(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		ids := talk(t, srv)
		service := connect(t, srv)
		for _, n := range []int{0, 1, 10, 11, 19} {
			r := find(t, service, thread.Query{ID: ids[n]})
			if got := texts(r); !slices.Equal(got, answers(upTo(20)...)) {
				t.Fatalf("from message %d: %q", n, got)
			}
			if r.Total != 20 || r.TotalApproximate || r.Truncated() || r.Earlier+r.Later != 0 {
				t.Errorf("from message %d: total %d, earlier %d, later %d", n, r.Total, r.Earlier, r.Later)
			}
			if want := []string{"Archive", "INBOX", "Sent"}; !slices.Equal(slices.Sorted(slices.Values(r.Searched)), want) || len(r.Unsearched) > 0 {
				t.Errorf("searched %q, not %q", r.Searched, r.Unsearched)
			}
			for i, m := range r.Messages {
				if wantCopy := i == 11; wantCopy != (len(m.AlsoIn) > 0) {
					t.Errorf("message %d is also in %q", i, m.AlsoIn)
				}
				if m.ID != ids[i] {
					t.Errorf("message %d is %v, want the copy %v", i, m.ID, ids[i])
				}
			}
		}
	})
}
