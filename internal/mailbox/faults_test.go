package mailbox_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
)

// Whatever the server does, a call answers in words within its deadline and
// with bounded memory.
func TestFault_ACallAnswersWithinItsDeadlineAndTheNextWorks(t *testing.T) {
	tests := []struct {
		name  string
		fault mailtest.Fault
		codes []contract.Code
	}{
		{"down", mailtest.FaultRefused(), []contract.Code{contract.Unavailable}},
		{"accepts and says nothing", mailtest.FaultSilent(), []contract.Code{contract.Timeout}},
		{"greets with garbage", mailtest.FaultGarbage(), []contract.Code{contract.Internal, contract.Unavailable}},
		{"drips its greeting", mailtest.FaultDripGreeting(100 * time.Millisecond), []contract.Code{contract.Timeout}},
		{"never answers a search", mailtest.FaultHang("UID SEARCH"), []contract.Code{contract.Timeout}},
		{"never answers a fetch", mailtest.FaultHang("UID FETCH"), []contract.Code{contract.Timeout}},
		{"drips a search", mailtest.FaultDrip("UID SEARCH", time.Second), []contract.Code{contract.Timeout}},
		{"drips a fetch", mailtest.FaultDrip("UID FETCH", time.Second), []contract.Code{contract.Timeout}},
		{"says BYE to a search", mailtest.FaultBye("UID SEARCH", "going down"), []contract.Code{contract.Unavailable}},
		{"says BYE in the middle of a fetch", mailtest.FaultBye("UID FETCH", "going down"), []contract.Code{contract.Unavailable}},
		{"closes in the middle of a literal", mailtest.FaultCutLiteral("UID FETCH"), []contract.Code{contract.Unavailable, contract.Internal}},
		{"announces a literal of 4 GB", mailtest.FaultHugeLiteral("UID FETCH", 4<<30), []contract.Code{contract.Internal}},
		{"nests a BODYSTRUCTURE 100,000 deep", mailtest.FaultDeepStructure(100_000), []contract.Code{contract.Internal, contract.Unavailable}},
		{"sends a line of 10 MB", mailtest.FaultLongLine("UID SEARCH", 10<<20), []contract.Code{contract.Internal}},
		{"sends rows without end", mailtest.FaultEndlessRows("UID SEARCH", "* %d EXISTS\r\n"), []contract.Code{contract.Internal, contract.Timeout}},
		{"refuses the search", mailtest.FaultNO("UID SEARCH", "[SERVERBUG] sorry"), []contract.Code{contract.Internal, contract.Unavailable}},
	}
	// With these nothing works, before and after.
	unreachable := []string{"down", "accepts and says nothing", "greets with garbage", "drips its greeting"}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if slices.Contains(tt.codes, contract.Timeout) {
				t.Parallel()
			}
			memory := mailtest.NewMemory(t)
			uids := memory.Append(t, "INBOX", letters()...)
			id := contract.MessageID{Account: rig.Account, Mailbox: "INBOX", UIDValidity: memory.UIDValidity(t, "INBOX"), UID: uids[0]}
			service := hasty(t, mailtest.NewFaulty(t, memory, tt.fault))
			ctx, cancel := context.WithTimeout(t.Context(), 8*time.Second) // as of a call
			defer cancel()
			calls := map[string]func() error{
				"search": func() error {
					r, err := service.Search(ctx, mailbox.SearchQuery{Mailbox: "INBOX", Criteria: mailbox.Criteria{From: "example"}})
					return partial(err, func() []contract.Issue { return r.Issues })
				},
				"get": func() error {
					m, err := service.Get(ctx, mailbox.GetQuery{ID: id, BodyMax: 100, Mode: mailbox.ModeText})
					return partial(err, func() []contract.Issue { return m.Issues })
				},
			}
			for name, call := range calls {
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				start := time.Now()
				err := call()
				runtime.ReadMemStats(&after)
				// Those that wait run beside each other; what they allocate is not told apart.
				waits := slices.Contains(tt.codes, contract.Timeout)
				// Generous: connecting, the operation, and one retry of it.
				if took := time.Since(start); took > 15*time.Second {
					t.Errorf("%s took %v", name, took)
				}
				if grown := after.TotalAlloc - before.TotalAlloc; !waits && grown > rig.MaxCallMemory {
					t.Errorf("%s allocated %d MB", name, grown>>20)
				}
				if err == nil {
					continue // the fault is in what this call does not ask for
				}
				var fault *contract.Fault
				if !errors.As(err, &fault) {
					t.Errorf("%s: %T is no fault: %v", name, err, err)
					continue
				}
				if !slices.Contains(tt.codes, fault.Code) {
					t.Errorf("%s: code %s (%s), want one of %v", name, fault.Code, fault.Message, tt.codes)
				}
			}
			if _, err := service.List(t.Context(), mailbox.ListQuery{}); err != nil && !slices.Contains(unreachable, tt.name) {
				t.Errorf("the next call fails: %v", err)
			}
		})
	}
}

// partial is the fault of an answer, whether nothing or something was obtained.
func partial(err error, issues func() []contract.Issue) error {
	if err != nil {
		return err
	}
	for _, i := range issues() {
		return &contract.Fault{Code: i.Code, Stage: i.Stage, Message: i.Message}
	}
	return nil
}

func TestFault_OneGarbledStructureDoesNotSinkItsPage(t *testing.T) {
	t.Parallel()
	for _, criteria := range []mailbox.Criteria{{}, {From: "example"}} {
		rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
			uids := srv.Append(t, "INBOX", letters()...)
			service := connect(t, mailtest.NewFaulty(t, srv, mailtest.FaultBadStructure(uids[1])))
			r, err := service.Search(t.Context(), mailbox.SearchQuery{Mailbox: "INBOX", Criteria: criteria})
			if err != nil {
				t.Fatal(err)
			}
			if r.Returned != 4 || r.Failed != 0 || len(r.Issues) == 0 {
				t.Errorf("returned %d, failed %d, issues %v; want all 4 and an issue", r.Returned, r.Failed, r.Issues)
			}
			m, err := service.Get(t.Context(), mailbox.GetQuery{ID: r.Messages[2].ID, BodyMax: 30, Mode: mailbox.ModeText})
			if err != nil || m.BodyText == nil || !strings.HasPrefix(*m.BodyText, "Your balance") {
				t.Errorf("reading it: %+v, %v", m, err)
			}
		})
	}
}

func TestFault_HugeSetOfUIDsCostsNothing(t *testing.T) {
	memory := mailtest.NewMemory(t)
	memory.Append(t, "INBOX", letters()...)
	service := connect(t, mailtest.NewFaulty(t, memory, mailtest.FaultHugeESearch(400_000_000)))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := service.Search(t.Context(), mailbox.SearchQuery{Mailbox: "INBOX", Criteria: mailbox.Criteria{From: "ada"}}); err != nil {
		t.Errorf("search: %v", err)
	}
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 8<<20 {
		t.Errorf("allocated %d MB", grown>>20)
	}
}

func TestFault_ServerThatRefusesCharsetIsSearchedHere(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		srv.Append(t, "INBOX", letters()...)
		faulty := mailtest.NewFaulty(t, srv, mailtest.FaultBadCharset())
		service := connect(t, faulty)
		for range 2 {
			r, err := service.Search(t.Context(), mailbox.SearchQuery{Mailbox: "INBOX", Criteria: mailbox.Criteria{Subject: "Grüße"}})
			if err != nil {
				t.Fatal(err)
			}
			if r.Returned != 1 || r.Messages[0].Subject != "Grüße aus Köln" || len(r.Issues) != 1 {
				t.Errorf("found %v, issues %v; want the message and one issue", rig.Subjects(r), r.Issues)
			}
		}
		asked := 0
		for _, command := range faulty.Commands() {
			if strings.Contains(command, "CHARSET") {
				asked++
			}
		}
		// Count and window leave in one flight, before the refusal is known.
		if asked > 2 {
			t.Errorf("asked %d times with CHARSET; the refusal should be remembered", asked)
		}
		// Without LITERAL+ the refusal comes instead of a continuation.
		plain := connect(t, mailtest.NewFaulty(t, srv, mailtest.FaultBadCharset(), mailtest.Without("LITERAL+", "LITERAL-", "IMAP4rev2")))
		r, err := plain.Search(t.Context(), mailbox.SearchQuery{Mailbox: "INBOX", Criteria: mailbox.Criteria{Subject: "Grüße"}})
		if err != nil || r.Returned != 1 {
			t.Errorf("without LITERAL+: %v, %v", r, err)
		}
		ascii := rig.Search(t, service, mailbox.SearchQuery{Criteria: mailbox.Criteria{Subject: "lunch"}})
		if ascii.Returned != 1 {
			t.Errorf("an ASCII search: %v", rig.Subjects(ascii))
		}
	})
}

func TestFault_ServersWithoutExtensionsGiveTheSameAnswers(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		for n := range 25 {
			srv.Append(t, "INBOX", rig.Numbered(n))
		}
		service := connect(t, mailtest.NewFaulty(t, srv,
			mailtest.Without("ESEARCH", "LIST-STATUS", "LIST-EXTENDED", "SPECIAL-USE", "LITERAL+", "LITERAL-", "SASL-IR", "ID", "UIDPLUS", "IMAP4rev2", "ENABLE")))
		r := rig.Search(t, service, mailbox.SearchQuery{Criteria: mailbox.Criteria{From: "ada"}})
		next := rig.Search(t, service, mailbox.SearchQuery{Cursor: r.NextCursor})
		if r.Total != 25 || r.Messages[0].Subject != "number 24" || next.Messages[0].Subject != "number 14" {
			t.Errorf("total %d, pages begin with %q and %q", r.Total, r.Messages[0].Subject, next.Messages[0].Subject)
		}
		list, err := service.List(t.Context(), mailbox.ListQuery{})
		if err != nil || list.Mailboxes[0].Total == nil || *list.Mailboxes[0].Total != 25 {
			t.Errorf("list: %+v, %v", list, err)
		}
		umlaut := rig.Search(t, service, mailbox.SearchQuery{Criteria: mailbox.Criteria{Subject: "é"}})
		if umlaut.Returned != 0 {
			t.Errorf("found %v", rig.Subjects(umlaut))
		}
	})
}

func TestFault_AServerThatTakesQuotesForPartOfANameShowsItsMessages(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		uids := srv.Append(t, "INBOX", rig.Numbered(1))
		service := connect(t, mailtest.NewFaulty(t, srv, mailtest.FaultQuotesInNames()))
		if got := rig.Subjects(rig.Search(t, service, mailbox.SearchQuery{Mailbox: "INBOX"})); !slices.Equal(got, []string{"number 1"}) {
			t.Errorf("found %q", got)
		}
		id := contract.MessageID{Account: rig.Account, Mailbox: "INBOX", UIDValidity: srv.UIDValidity(t, "INBOX"), UID: uids[0]}
		if m := rig.Get(t, service, mailbox.GetQuery{ID: id}); m.Subject != "number 1" {
			t.Errorf("%+v", m)
		}
	})
}

func TestFault_UIDValidityChangeEndsTheSearch(t *testing.T) {
	t.Parallel()
	memory := mailtest.NewMemory(t)
	memory.Create(t, "Box")
	for n := range 3 {
		memory.Append(t, "Box", rig.Numbered(n))
	}
	service := connect(t, memory)
	cursor := rig.Search(t, service, mailbox.SearchQuery{Mailbox: "Box", Limit: 1}).NextCursor
	memory.Recreate(t, "Box")
	memory.Append(t, "Box", rig.Numbered(9))
	memory.Restart(t)
	_, err := service.Search(t.Context(), mailbox.SearchQuery{Cursor: cursor})
	rig.WantCode(t, "page of a rebuilt mailbox", err, contract.Conflict, "mailbox snapshot changed; rerun search")
}

func TestFault_ConnectionsThatDiedIdleAreReplacedSilently(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		srv.Append(t, "INBOX", letters()...)
		service := connect(t, srv)
		rig.Search(t, service, mailbox.SearchQuery{})
		srv.Restart(t)
		if r := rig.Search(t, service, mailbox.SearchQuery{}); r.Returned != 4 {
			t.Errorf("returned %d", r.Returned)
		}
	})
}

func TestFault_OneGarbledStructureDoesNotSpoilAScan(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		uids := srv.Append(t, "INBOX", letters()...)
		service := connect(t, mailtest.NewFaulty(t, srv, mailtest.FaultBadStructure(uids[1])))
		no := false
		r, err := service.Search(t.Context(), mailbox.SearchQuery{Mailbox: "INBOX", Criteria: mailbox.Criteria{HasAttachment: &no}, Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		if r.Returned != 1 || r.Messages[0].Subject != "Grüße aus Köln" || !r.HasMore || len(r.Issues) == 0 {
			t.Fatalf("found %v, more %t, issues %v", rig.Subjects(r), r.HasMore, r.Issues)
		}
		r, err = service.Search(t.Context(), mailbox.SearchQuery{Cursor: r.NextCursor, Limit: 10})
		// Whether the garbled one has attachments is unknown; it matches neither.
		if err != nil || len(r.Messages) != 1 || r.Messages[0].Subject != "lunch" {
			t.Errorf("the next page: %+v, %v", r, err)
		}
	})
}

func TestFault_AFailedPageSaysWhereItWas(t *testing.T) {
	t.Parallel()
	memory := mailtest.NewMemory(t)
	memory.Append(t, "INBOX", letters()...)
	service := hasty(t, mailtest.NewFaulty(t, memory, mailtest.FaultHang("UID SEARCH")))
	first := rig.Search(t, service, mailbox.SearchQuery{Limit: 1})
	r, err := service.Search(t.Context(), mailbox.SearchQuery{Cursor: first.NextCursor})
	if err == nil || r == nil || r.Account != rig.Account || r.Mailbox != "INBOX" {
		t.Errorf("%+v, %v", r, err)
	}
}
