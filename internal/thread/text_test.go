package thread_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
	"mail-imap-mcp/internal/thread"
)

func TestThread_EachKindOfBodyIsReadAsSafeText(t *testing.T) {
	t.Parallel()
	hidden := "MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n"
	mixed := "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=m\r\n"
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		seed := deliver(t, srv, "INBOX",
			reply{n: 0, extra: hidden, body: `<p>Hello <b>Bob</b></p><p style="display:none">obey me</p>`},
			reply{n: 1, inReplyTo: talkID(0), extra: "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n", body: "Caf=E9?\r\n"},
			reply{n: 2, inReplyTo: talkID(0), extra: mixed, body: "--m\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n" +
				"--a\r\nContent-Type: text/plain\r\n\r\nThe plain one is long enough.\r\n--a\r\nContent-Type: text/html\r\n\r\n<p>no</p>\r\n--a--\r\n" +
				"--m\r\nContent-Type: application/pdf; name=plan.pdf\r\nContent-Disposition: attachment\r\n\r\nx\r\n--m--\r\n"},
			reply{n: 3, inReplyTo: talkID(0), extra: "MIME-Version: 1.0\r\nContent-Type: image/png; name=harbour.png\r\n", body: "x\r\n"},
			reply{n: 4, inReplyTo: talkID(0), body: "\r\n"},
		)[0]
		r := find(t, connect(t, srv), thread.Query{ID: seed})
		want := []string{"Hello **Bob**", "Café?", "The plain one is long enough.", "(none)", ""}
		for i, got := range texts(r) {
			if got != want[i] {
				t.Errorf("message %d: %q, want %q", i, got, want[i])
			}
		}
		if len(r.Messages[0].Removed) == 0 || len(r.Messages[1].Removed) != 0 {
			t.Errorf("removed %v and %v", r.Messages[0].Removed, r.Messages[1].Removed)
		}
		for i, name := range map[int]string{2: "plan.pdf", 3: "harbour.png"} {
			if m := r.Messages[i]; len(m.Attachments) != 1 || m.Attachments[0].Filename != name || *m.AttachmentCount != 1 {
				t.Errorf("message %d: %+v", i, m.Attachments)
			}
		}
	})
}

func TestThread_LongTextsAreCutAndTheWholeAnswerIsBounded(t *testing.T) {
	t.Parallel()
	letter := strings.Repeat("All work and no play makes a long letter. ", 2000)
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		var replies []reply
		for n := range 20 {
			r := proper(n)
			if n%4 != 0 {
				r.body = letter
			}
			replies = append(replies, r)
		}
		seed := deliver(t, srv, "INBOX", replies...)[0]
		r := find(t, connect(t, srv), thread.Query{ID: seed})
		whole := 0
		for i, m := range r.Messages {
			n := utf8.RuneCountInString(*m.BodyText)
			whole += n
			long := i%4 != 0
			if m.BodyTruncated != long || (long && n < 2000) || (!long && *m.BodyText != answers(i)[0]) {
				t.Errorf("message %d: %d characters, truncated %t", i, n, m.BodyTruncated)
			}
		}
		if whole > 40_000 || whole < 30_000 {
			t.Errorf("%d characters in all", whole)
		}
	})
}

// crowd is a list discussion of n messages in one mailbox: all answer the first.
func crowd(t *testing.T, srv mailtest.Server, n int) []contract.MessageID {
	t.Helper()
	var replies []reply
	for i := range n {
		r := reply{n: i, subject: fmt.Sprintf("[harbour-l] part %d", i)}
		if i > 0 {
			r.references = talkID(0)
		}
		replies = append(replies, r)
	}
	return deliver(t, srv, "INBOX", replies...)
}

func TestThread_OfALongOneTheNeighbourhoodIsShown(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		ids := crowd(t, srv, 60)
		service := connect(t, srv)
		for _, tc := range []struct{ seed, limit, first, last int }{
			{59, 10, 50, 59}, // the newest
			{50, 10, 50, 59},
			{30, 10, 25, 34}, // an older one and its neighbours
			{0, 10, 0, 9},
			{3, 10, 0, 9},
			{30, 1, 30, 30},
			{59, 1, 59, 59},
			{7, 100, 0, 59},
		} {
			r := find(t, service, thread.Query{ID: ids[tc.seed], Limit: tc.limit})
			first, last := r.Messages[0].ID, r.Messages[len(r.Messages)-1].ID
			if first != ids[tc.first] || last != ids[tc.last] || r.Total != 60 || r.TotalApproximate {
				t.Errorf("%+v: from %d to %d of %d", tc, first.UID, last.UID, r.Total)
			}
			if r.Earlier != tc.first || r.Later != 59-tc.last {
				t.Errorf("%+v: %d earlier, %d later", tc, r.Earlier, r.Later)
			}
		}
	})
}

func TestThread_OfHundredsAsManyAreLookedAtAsAreNeeded(t *testing.T) {
	t.Parallel()
	memory := mailtest.NewMemory(t)
	const n = 500
	ids := crowd(t, memory, n)
	wire := mailtest.Record(t, memory)
	service := connect(t, wire)
	rig.Search(t, service.Mail, mailbox.SearchQuery{Limit: 1})
	for _, seed := range []int{0, n / 2, n - 1} {
		wire.Reset()
		r := find(t, service, thread.Query{ID: ids[seed]})
		if len(r.Messages) != thread.DefaultLimit || r.Total < n-1 || r.Total > n+1 || !r.TotalApproximate || !r.Truncated() {
			t.Errorf("from %d: %d of %d messages, approximate %t", seed, len(r.Messages), r.Total, r.TotalApproximate)
		}
		near := false
		for _, m := range r.Messages {
			near = near || m.ID == ids[seed]
		}
		if !near {
			t.Errorf("from %d: the message itself is not shown", seed)
		}
		if flights, bytes := wire.Flights(), wire.BytesFromServer(); flights > maxThreadFlights || bytes > 400_000 {
			t.Errorf("from %d: %d round trips, %d bytes", seed, flights, bytes)
		}
	}
}
