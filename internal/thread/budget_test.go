package thread_test

import (
	"fmt"
	"slices"
	"testing"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
	"mail-imap-mcp/internal/thread"
)

// maxThreadFlights is the round-trip table's bound on a thread of 20 over 3
// mailboxes, the EXAMINEs between them included.
const maxThreadFlights = 8

func TestBudget_AThreadOfTwentyOverThreeMailboxes(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		ids := talk(t, srv)
		wire := mailtest.Record(t, srv)
		service := connect(t, wire)
		read := func(n int) func(t *testing.T) {
			return func(t *testing.T) {
				if r := find(t, service, thread.Query{ID: ids[n]}); len(r.Messages) != 20 {
					t.Errorf("%d messages", len(r.Messages))
				}
			}
		}
		open := func(box string) {
			rig.Search(t, service.Mail, mailbox.SearchQuery{Mailbox: box, Limit: 1})
		}
		for _, job := range []struct {
			name     string
			selected string
			flights  int
			run      func(t *testing.T)
		}{
			{"warm, from the middle", "INBOX", 4, read(11)},
			{"warm, from its beginning", "Sent", 4, read(0)},
			{"another mailbox selected", "Drafts", 4, read(19)},
			{"filed away", "Archive", 4, read(3)},
		} {
			t.Run(job.name, func(t *testing.T) {
				open(job.selected)
				wire.Reset()
				job.run(t)
				flights, received := wire.Flights(), wire.BytesFromServer()
				t.Logf("%d round trips, %d connections, %d commands, %d bytes", flights, wire.Connections(), wire.Commands(), received)
				if flights > job.flights || job.flights > maxThreadFlights {
					t.Errorf("%d round trips, at most %d allowed\n%s", flights, job.flights, wire.Transcript())
				}
				if received > 100_000 {
					t.Errorf("%d bytes", received)
				}
			})
		}
	})
}

// A chain whose programs write nothing but In-Reply-To is found by its subject,
// for following it link by link would take a round for each.
func TestBudget_AChainOfInReplyToAloneIsFoundWhole(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		var ids []contract.MessageID
		for n := range 20 {
			r := reply{n: n, body: fmt.Sprintf("Answer number %d.", n)}
			if n > 0 {
				r.inReplyTo = talkID(n - 1)
			}
			ids = append(ids, deliver(t, srv, []string{"INBOX", "Sent", "Archive"}[n%3], r)...)
		}
		wire := mailtest.Record(t, srv)
		service := connect(t, wire)
		rig.Search(t, service.Mail, mailbox.SearchQuery{Mailbox: "Drafts", Limit: 1})
		wire.Reset()
		r := find(t, service, thread.Query{ID: ids[9]})
		t.Logf("%d round trips", wire.Flights())
		if n := wire.Flights(); n > maxThreadFlights {
			t.Errorf("%d round trips\n%s", n, wire.Transcript())
		}
		if len(r.Messages) != 20 {
			t.Errorf("found only %q", texts(r))
		}
	})
}

// Where neither References nor the subject help, a chain is followed for as long
// as the budget lasts, and that there may be more is said.
func TestBudget_AChainThatCannotBeFollowedToItsEndSaysSo(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		var ids []contract.MessageID
		for n := range 20 {
			r := reply{n: n, subject: fmt.Sprintf("Subject number %d", n)}
			if n > 0 {
				r.inReplyTo = talkID(n - 1)
			}
			ids = append(ids, deliver(t, srv, []string{"INBOX", "Sent", "Archive"}[n%3], r)...)
		}
		wire := mailtest.Record(t, srv)
		service := connect(t, wire)
		rig.Search(t, service.Mail, mailbox.SearchQuery{Mailbox: "Drafts", Limit: 1})
		wire.Reset()
		r := find(t, service, thread.Query{ID: ids[9]})
		t.Logf("%d round trips", wire.Flights())
		if n := wire.Flights(); n > maxThreadFlights {
			t.Errorf("%d round trips\n%s", n, wire.Transcript())
		}
		if got := texts(r); !slices.Equal(got, answers(6, 7, 8, 9, 10, 11, 12)) || !r.TotalApproximate {
			t.Errorf("found %q, approximate %t", got, r.TotalApproximate)
		}
	})
}

// Without ESEARCH answers to searches have no tag, and one is sent at a time.
func TestThread_ServersWithoutExtensionsGiveTheSameAnswer(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		ids := talk(t, srv)
		service := connect(t, mailtest.NewFaulty(t, srv,
			mailtest.Without("ESEARCH", "LIST-STATUS", "LIST-EXTENDED", "SPECIAL-USE", "LITERAL+", "LITERAL-", "SASL-IR", "ID", "UIDPLUS", "IMAP4rev2", "ENABLE")))
		r := find(t, service, thread.Query{ID: ids[7]})
		if len(r.Messages) != 20 || r.Total != 20 || len(r.Searched) != 3 {
			t.Errorf("%d of %d messages, searched %q", len(r.Messages), r.Total, r.Searched)
		}
	})
}
