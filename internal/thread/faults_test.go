package thread_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
	"mail-imap-mcp/internal/thread"
)

// examining is a fault at the EXAMINE of one mailbox.
func examining(box string, do func(x *mailtest.Exchange)) mailtest.Fault {
	return mailtest.FaultAt("EXAMINE", func(x *mailtest.Exchange) {
		if strings.Contains(x.Line, box) {
			do(x)
		}
	})
}

func TestThreadFault_OneMailboxRefusedTheRestAnswered(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]mailtest.Fault{
		"it cannot be opened": examining("Archive", func(x *mailtest.Exchange) { x.Reply("%T NO [UNAVAILABLE] later\r\n") }),
		"it may not be read":  examining("Archive", func(x *mailtest.Exchange) { x.Reply("%T NO [NOPERM] no\r\n") }),
	} {
		t.Run(name, func(t *testing.T) {
			rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
				ids := talk(t, srv)
				service := connect(t, mailtest.NewFaulty(t, srv, fault))
				r, err := service.Thread(t.Context(), thread.Query{ID: ids[19]})
				if err != nil {
					t.Fatal(err)
				}
				// One of Archive's six lies in INBOX too.
				if len(r.Messages) != 15 || len(r.Issues) != 1 || !strings.Contains(r.Issues[0].Message, `"Archive"`) {
					t.Errorf("%d messages, issues %+v", len(r.Messages), r.Issues)
				}
				// What is missing was looked for in Drafts, too.
				if !slices.Equal(r.Unsearched, []string{"Archive"}) || len(r.Searched) != 3 || r.Missing == 0 {
					t.Errorf("searched %q, not %q; %d missing", r.Searched, r.Unsearched, r.Missing)
				}
			})
		})
	}
}

func TestThreadFault_AUsualMailboxThatIsNotThereIsNoIssue(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		ids := talk(t, srv)
		service := connect(t, mailtest.NewFaulty(t, srv,
			examining("Archive", func(x *mailtest.Exchange) { x.Reply("%T NO [NONEXISTENT] gone\r\n") })))
		r := find(t, service, thread.Query{ID: ids[19]})
		if len(r.Messages) != 15 || len(r.Unsearched) != 0 {
			t.Errorf("%d messages, unsearched %q", len(r.Messages), r.Unsearched)
		}
	})
}

func TestThreadFault_ARefusedSearchLeavesTheOthers(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		ids := talk(t, srv)
		service := connect(t, mailtest.NewFaulty(t, srv, mailtest.FaultNO("UID SEARCH", "[SERVERBUG] sorry").Times(1)))
		r, err := service.Thread(t.Context(), thread.Query{ID: ids[19]})
		if err != nil || len(r.Issues) != 1 || !slices.Equal(r.Unsearched, []string{"INBOX"}) {
			t.Fatalf("%+v, %v", r, err)
		}
		// The message asked about, what is in Sent, what is in Archive.
		if got := texts(r); len(got) != 1+10+6 || got[16] != answers(19)[0] {
			t.Errorf("%q", got)
		}
	})
}

func TestThreadFault_WhatWasObtainedBeforeTheConnectionDiedIsShown(t *testing.T) {
	t.Parallel()
	nth := func(n int, verb string, do func(x *mailtest.Exchange)) mailtest.Fault {
		return mailtest.FaultAt(verb, func(x *mailtest.Exchange) {
			if n--; n == 0 {
				do(x)
			}
		})
	}
	for name, tc := range map[string]struct {
		fault    mailtest.Fault
		messages int
	}{
		"at the first search":         {nth(1, "UID SEARCH", (*mailtest.Exchange).HangUp), 1},
		"at the summaries":            {nth(3, "UID FETCH", (*mailtest.Exchange).HangUp), 1},
		"at the summaries' second":    {nth(4, "UID FETCH", (*mailtest.Exchange).HangUp), 1},
		"in the middle of the bodies": {nth(7, "UID FETCH", (*mailtest.Exchange).HangUp), 20},
	} {
		t.Run(name, func(t *testing.T) {
			memory := mailtest.NewMemory(t)
			ids := talk(t, memory)
			service := connect(t, mailtest.NewFaulty(t, memory, tc.fault))
			r, err := service.Thread(t.Context(), thread.Query{ID: ids[19]})
			if err != nil {
				t.Fatal(err)
			}
			if len(r.Messages) < tc.messages || len(r.Issues) != 1 || r.Issues[0].Code != contract.Unavailable {
				t.Errorf("%d messages, want %d; issues %+v", len(r.Messages), tc.messages, r.Issues)
			}
			if last := r.Messages[len(r.Messages)-1]; last.ID != ids[19] {
				t.Errorf("the message asked about is not among %v", last.ID)
			}
			// The next call has a fresh connection.
			if r := find(t, service, thread.Query{ID: ids[19]}); len(r.Messages) != 20 {
				t.Errorf("afterwards: %d messages", len(r.Messages))
			}
		})
	}
}

func TestThreadFault_AGarbledStructureLeavesItsMessageReadable(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		ids := talk(t, srv)
		// The UID is that of a message in each of the mailboxes.
		service := connect(t, mailtest.NewFaulty(t, srv, mailtest.FaultBadStructure(2)))
		for _, n := range []int{19, 3} {
			r := find(t, service, thread.Query{ID: ids[n]})
			if got := texts(r); !slices.Equal(got, answers(upTo(20)...)) {
				t.Errorf("from %d: %q", n, got)
			}
		}
	})
}

func TestThreadFault_AMessageThatIsGoneOrStaleIsSaidSo(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		ids := talk(t, srv)
		service := connect(t, srv)
		find(t, service, thread.Query{ID: ids[11]})
		srv.Expunge(t, "INBOX", ids[11].UID)
		_, err := service.Thread(t.Context(), thread.Query{ID: ids[11]})
		rig.WantCode(t, "an expunged message", err, contract.NotFound, "does not exist any more")
		stale := ids[13]
		stale.UIDValidity++
		_, err = service.Thread(t.Context(), thread.Query{ID: stale})
		rig.WantCode(t, "a stale id", err, contract.Conflict, "the mailbox was rebuilt")
		// Its copy in Archive remains.
		if r := find(t, service, thread.Query{ID: ids[13]}); len(r.Messages) != 20 {
			t.Errorf("%d messages", len(r.Messages))
		}
	})
}

func TestThreadFault_AMailboxRebuiltMeanwhileIsLeftOut(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		ids := talk(t, srv)
		visits := map[string]int{}
		rebuilt := func(box string) mailtest.Fault {
			// By its number, for the answers of what is pipelined pass here too.
			was := fmt.Appendf(nil, "UIDVALIDITY %d]", srv.UIDValidity(t, box))
			return examining(box, func(x *mailtest.Exchange) {
				if visits[box]++; visits[box] > 1 {
					x.Rewrite(func(response []byte) []byte {
						return bytes.ReplaceAll(response, was, []byte("UIDVALIDITY 7]"))
					})
				}
			})
		}
		r, err := connect(t, mailtest.NewFaulty(t, srv, rebuilt("Archive"))).Thread(t.Context(), thread.Query{ID: ids[19]})
		if err != nil || len(r.Messages) != 15 || len(r.Issues) != 1 || r.Issues[0].Code != contract.Conflict {
			t.Errorf("%+v, %v", r, err)
		}
		_, err = connect(t, mailtest.NewFaulty(t, srv, rebuilt("INBOX"))).Thread(t.Context(), thread.Query{ID: ids[19]})
		rig.WantCode(t, "its own mailbox rebuilt", err, contract.Conflict, "the mailbox was rebuilt")
	})
}

func TestThreadFault_MailThatArrivesBetweenCallsIsFound(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		seed := deliver(t, srv, "INBOX", proper(0))[0]
		service := connect(t, srv)
		find(t, service, thread.Query{ID: seed})
		later := deliver(t, srv, "INBOX", proper(1))[0]
		deliver(t, srv, "Sent", proper(2))
		for _, id := range []contract.MessageID{seed, later} {
			if got := texts(find(t, service, thread.Query{ID: id})); !slices.Equal(got, answers(0, 1, 2)) {
				t.Errorf("%q", got)
			}
			service = connect(t, srv)
		}
	})
}

func TestThreadFault_ReadingLeavesNoTrace(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		ids := talk(t, srv)
		faulty := mailtest.NewFaulty(t, srv)
		find(t, connect(t, faulty), thread.Query{ID: ids[4]})
		for _, command := range faulty.Commands() {
			if strings.Contains(command, " SELECT ") || strings.Contains(command, "STORE") || strings.Contains(command, " BODY[") {
				t.Errorf("sent %s", command)
			}
		}
	})
}

// Whatever the server does, a call answers within its deadline, in bounded
// memory, and says so.
func TestThreadFault_AnswersWithinItsDeadline(t *testing.T) {
	for _, fault := range []mailtest.Fault{
		mailtest.FaultRefused(),
		mailtest.FaultHang("UID SEARCH"), mailtest.FaultHang("UID FETCH"), mailtest.FaultHang("EXAMINE"), mailtest.FaultHang("LIST"),
		mailtest.FaultDrip("UID SEARCH", time.Second),
		mailtest.FaultBye("UID SEARCH", "going down"), mailtest.FaultBye("UID FETCH", "going down"),
		mailtest.FaultCutLiteral("UID FETCH"),
		mailtest.FaultHugeLiteral("UID FETCH", 4<<30),
		mailtest.FaultDeepStructure(100_000),
		mailtest.FaultLongLine("UID SEARCH", 10<<20),
		mailtest.FaultEndlessRows("UID SEARCH", "* %d EXISTS\r\n"),
		mailtest.FaultNO("UID SEARCH", "sorry"), mailtest.FaultNO("LIST", "sorry"), mailtest.FaultNO("UID FETCH", "sorry"),
		mailtest.FaultHugeESearch(400_000_000),
	} {
		t.Run(fault.Name, func(t *testing.T) {
			t.Parallel()
			memory := mailtest.NewMemory(t)
			id := deliver(t, memory, "INBOX", proper(0), proper(1))[0]
			service := hasty(t, mailtest.NewFaulty(t, memory, fault))
			start := time.Now()
			ctx, cancel := context.WithTimeout(t.Context(), 8*time.Second) // as of a call
			defer cancel()
			r, err := service.Thread(ctx, thread.Query{ID: id})
			if took := time.Since(start); took > 15*time.Second {
				t.Errorf("took %v", took)
			}
			var failed *contract.Fault
			switch {
			case err == nil && len(r.Issues)+len(r.Messages[0].Notes) == 0 && !strings.Contains(fault.Name, "ESEARCH"):
				t.Error("nothing is said")
			case err == nil && (len(r.Messages) == 0 || r.Messages[0].ID != id):
				t.Errorf("the message asked about is missing: %+v", r.Messages)
			case err != nil && !errors.As(err, &failed):
				t.Errorf("%T is no fault: %v", err, err)
			}
		})
	}
}

func TestThreadFault_AHugeSetOfMatchesCostsLittle(t *testing.T) {
	memory := mailtest.NewMemory(t)
	id := deliver(t, memory, "INBOX", proper(0), proper(1))[0]
	service := connect(t, mailtest.NewFaulty(t, memory, mailtest.FaultHugeESearch(400_000_000)))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	r, err := service.Thread(t.Context(), thread.Query{ID: id})
	runtime.ReadMemStats(&after)
	if err != nil || len(r.Messages) != 2 {
		t.Fatalf("%+v, %v", r, err)
	}
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 8<<20 {
		t.Errorf("allocated %d MB", grown>>20)
	}
}

func TestThreadFault_AServerThatTakesQuotesForPartOfANameShowsItsMessages(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		id := rig.Put(t, srv, "INBOX", rig.Numbered(1).Raw)
		r := find(t, connect(t, mailtest.NewFaulty(t, srv, mailtest.FaultQuotesInNames())), thread.Query{ID: id})
		if len(r.Messages) != 1 || r.Messages[0].Summary.Subject != "number 1" {
			t.Errorf("%+v", r)
		}
	})
}
