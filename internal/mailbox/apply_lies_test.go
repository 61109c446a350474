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
)

// different makes n messages of different sizes.
func different(n int) []mailtest.Message {
	var list []mailtest.Message
	for i := range n {
		m := numbered(i)
		m.Raw = append(m.Raw, strings.Repeat("more\r\n", i+1)...)
		list = append(list, m)
	}
	return list
}

func TestApplyLies_WithoutNewUIDsTheMessagesAreLookedFor(t *testing.T) {
	onEveryKind(t, func(t *testing.T, k kind) {
		for _, fault := range []mailtest.Fault{mailtest.FaultNoCopyUID(), mailtest.FaultShortCopyUID()} {
			s := connect(t, mailtest.NewFaulty(t, k.srv, fault))
			for _, action := range []mailbox.Action{mailbox.ActionMove, mailbox.ActionCopy} {
				to := fmt.Sprintf("%s %s", fault.Name, action)
				from := "from " + to
				k.srv.Create(t, from)
				k.srv.Create(t, to)
				ids := idsOf(t, k.srv, from, k.srv.Append(t, from, different(3)...))
				outcomes := transfer(t, s, mailbox.TransferQuery{IDs: ids, Action: action, Destination: to})
				wantDone(t, outcomes, 3)
				for i, id := range newIDs(t, outcomes) {
					if m := get(t, s, mailbox.GetQuery{ID: id}); m.Subject != fmt.Sprintf("number %d", i) {
						t.Errorf("%s is %q", id, m.Subject)
					}
				}
				wantTitles(t, k.srv, to, numbers(0, 3))
			}
		}
	})
}

func TestApplyLies_WhatWasNotStoredIsNotRemoved(t *testing.T) {
	onEveryKind(t, func(t *testing.T, k kind) {
		ids := idsOf(t, k.srv, "INBOX", k.srv.Append(t, "INBOX", different(2)...))
		validity := k.srv.UIDValidity(t, "Archive")
		madeUp := fmt.Sprintf("OK [COPYUID %d %d:%d 900:901] done", validity, ids[0].UID, ids[1].UID)
		for _, answer := range []string{"OK done", madeUp} {
			faults := []mailtest.Fault{mailtest.FaultLiesWith("UID COPY", answer)}
			if answer != madeUp {
				faults = append(faults, mailtest.FaultLies("UID MOVE"))
			}
			if k.moves && answer == madeUp {
				continue // the server itself says that it moved them
			}
			f := mailtest.NewFaulty(t, k.srv, faults...)
			outcomes := transfer(t, connect(t, f), mailbox.TransferQuery{IDs: ids, Action: mailbox.ActionMove, Destination: "Archive"})
			wantAllFailed(t, outcomes, 2, `"INBOX"`)
			wantTitles(t, k.srv, "INBOX", numbers(0, 2))
			if n := sent(f, "UID EXPUNGE"); n > 0 {
				t.Errorf("%d UID EXPUNGE", n)
			}
			for _, m := range k.srv.Messages(t, "INBOX") {
				if slices.Contains(m.Flags, `\Deleted`) {
					t.Errorf("%d is marked", m.UID)
				}
			}
		}
	})
}

// Two messages of the same size and second, of which the server copies the
// second alone and says that all is well: which one came cannot be told.
func TestApplyLies_ACopyOfATwinIsNoCopy(t *testing.T) {
	for name, srv := range map[string]mailtest.Server{
		"memory": mailtest.NewMemoryWith(t, mailtest.MemoryOptions{Without: bare[:1]}),
	} {
		t.Run(name, func(t *testing.T) {
			at := time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)
			twins := []mailtest.Message{numbered(0), numbered(1)}
			twins[0].Date, twins[1].Date = at, at
			ids := idsOf(t, srv, "INBOX", srv.Append(t, "INBOX", twins...))
			f := mailtest.NewFaulty(t, srv, mailtest.FaultNoCopyUID(), mailtest.FaultAt("UID COPY", func(x *mailtest.Exchange) {
				x.Forward(fmt.Sprintf("%s UID COPY %d Archive", x.Tag, ids[1].UID))
			}))
			transfer(t, connect(t, f), mailbox.TransferQuery{IDs: ids, Action: mailbox.ActionMove, Destination: "Archive"})
			all := append(titles(t, srv, "INBOX"), titles(t, srv, "Archive")...)
			for _, title := range numbers(0, 2) {
				if !slices.Contains(all, title) {
					t.Errorf("%s is lost", title)
				}
			}
		})
	}
}

// A server that says no to the look behind the change leaves it unknown, or
// looked after: nothing is called done that was not seen.
func TestApplyLies_ALookThatIsRefusedIsNoProof(t *testing.T) {
	onEveryKind(t, func(t *testing.T, k kind) {
		ids := fill(t, k.srv, "INBOX", 1)
		f := mailtest.NewFaulty(t, k.srv, mailtest.FaultNO("UID STORE", "not now"), mailtest.FaultNO("UID EXPUNGE", "not now"),
			mailtest.FaultNO("UID FETCH", "not now").After(1))
		for _, o := range transfer(t, connect(t, f), mailbox.TransferQuery{IDs: ids, Action: mailbox.ActionDelete}) {
			if o.Status == mailbox.Done {
				t.Errorf("said to be done: %+v", o)
			}
		}
		wantTitles(t, k.srv, "INBOX", numbers(0, 1))
	})
}

func TestApplyLies_ServerThatHangsIsAskedOnceAndLookedAfter(t *testing.T) {
	for _, verb := range []string{"UID MOVE", "UID COPY", "UID STORE"} {
		t.Run(verb, func(t *testing.T) {
			srv := mailtest.NewMemory(t)
			ids := fill(t, srv, "INBOX", 2)
			f := mailtest.NewFaulty(t, srv, mailtest.FaultHang(verb))
			s := hasty(t, f)
			var outcomes []mailbox.Outcome
			switch verb {
			case "UID STORE":
				outcomes = changeFlags(t, s, mailbox.FlagsQuery{IDs: ids, Add: []string{`\Flagged`}})
			case "UID COPY":
				outcomes = transfer(t, s, mailbox.TransferQuery{IDs: ids, Action: mailbox.ActionCopy, Destination: "Archive"})
			default:
				outcomes = transfer(t, s, mailbox.TransferQuery{IDs: ids, Action: mailbox.ActionMove, Destination: "Archive"})
			}
			for _, o := range outcomes {
				// It may do it still, long after it was looked at.
				if o.Status != mailbox.Unknown || o.Code != contract.Timeout {
					t.Errorf("%s: %s %s (%s), want unknown", o.ID, o.Status, o.Code, o.Message)
				}
			}
			wantTitles(t, srv, "INBOX", numbers(0, 2))
			if n := sent(f, verb); n != 1 {
				t.Errorf("%s was sent %d times", verb, n)
			}
		})
	}
}

func TestApplyLies_ServerThatIsGoneForGoodLeavesItUnknown(t *testing.T) {
	onEveryKind(t, func(t *testing.T, k kind) {
		ids := fill(t, k.srv, "INBOX", 2)
		cut := mailtest.Cut(t, k.srv)
		s := connect(t, cut)
		plan, err := s.PlanTransfer(t.Context(), mailbox.TransferQuery{IDs: ids, Action: mailbox.ActionMove, Destination: "Archive"})
		if err != nil {
			t.Fatal(err)
		}
		outcomes := s.Apply(t.Context(), plan.Change, 0, func(mailbox.Evidence) error {
			cut.ArmGone(mailtest.ToClient, 0)
			return nil
		})
		cut.Settle(t)
		for _, o := range outcomes {
			if o.Status != mailbox.Unknown || o.Code != contract.Unavailable || !strings.Contains(o.Message, `"INBOX" and "Archive"`) {
				t.Errorf("got %s %s %q, want unknown, and where to look", o.Status, o.Code, o.Message)
			}
		}
		all := append(titles(t, k.srv, "INBOX"), titles(t, k.srv, "Archive")...)
		for _, title := range numbers(0, 2) {
			if !slices.Contains(all, title) {
				t.Errorf("%s is lost", title)
			}
		}
	})
}

// A server acts on what it was sent though nobody waits for the answer any more.
func TestApplyLies_ASlowServersLateActIsSeen(t *testing.T) {
	onEveryKind(t, func(t *testing.T, k kind) {
		if !k.moves {
			t.Skip("has no MOVE")
		}
		ids := fill(t, k.srv, "INBOX", 2)
		f := mailtest.NewFaulty(t, k.srv, mailtest.FaultAt("UID MOVE", func(x *mailtest.Exchange) {
			x.Rewrite(func([]byte) []byte { return nil }) // it acts; no answer comes
		}))
		outcomes := transfer(t, hasty(t, f), mailbox.TransferQuery{IDs: ids, Action: mailbox.ActionMove, Destination: "Archive"})
		wantDone(t, outcomes, 2)
		wantTitles(t, k.srv, "Archive", numbers(0, 2))
		if n := sent(f, "UID MOVE"); n != 1 {
			t.Errorf("MOVE was sent %d times", n)
		}
	})
}
