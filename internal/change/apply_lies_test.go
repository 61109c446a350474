package change_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mail-imap-mcp/internal/change"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
)

// different makes n messages of different sizes.
func different(n int) []mailtest.Message {
	var list []mailtest.Message
	for i := range n {
		m := rig.Numbered(i)
		m.Raw = append(m.Raw, strings.Repeat("more\r\n", i+1)...)
		list = append(list, m)
	}
	return list
}

func TestApplyLies_WithoutNewUIDsTheMessagesAreLookedFor(t *testing.T) {
	t.Parallel()
	rig.OnEveryKind(t, func(t *testing.T, k rig.Kind) {
		for _, fault := range []mailtest.Fault{mailtest.FaultNoCopyUID(), mailtest.FaultShortCopyUID()} {
			s := connect(t, mailtest.NewFaulty(t, k.Server, fault))
			for _, action := range []change.Action{change.ActionMove, change.ActionCopy} {
				to := fmt.Sprintf("%s %s", fault.Name, action)
				from := "from " + to
				k.Server.Create(t, from)
				k.Server.Create(t, to)
				ids := idsOf(t, k.Server, from, k.Server.Append(t, from, different(3)...))
				outcomes := transfer(t, s, change.TransferQuery{IDs: ids, Action: action, Destination: to})
				wantDone(t, outcomes, 3)
				for i, id := range newIDs(t, outcomes) {
					if m := rig.Get(t, s.Mail, mailbox.GetQuery{ID: id}); m.Subject != fmt.Sprintf("number %d", i) {
						t.Errorf("%s is %q", id, m.Subject)
					}
				}
				wantTitles(t, k.Server, to, numbers(0, 3))
			}
		}
	})
}

func TestApplyLies_WhatWasNotStoredIsNotRemoved(t *testing.T) {
	t.Parallel()
	rig.OnEveryKind(t, func(t *testing.T, k rig.Kind) {
		ids := idsOf(t, k.Server, "INBOX", k.Server.Append(t, "INBOX", different(2)...))
		validity := k.Server.UIDValidity(t, "Archive")
		madeUp := fmt.Sprintf("OK [COPYUID %d %d:%d 900:901] done", validity, ids[0].UID, ids[1].UID)
		for _, answer := range []string{"OK done", madeUp} {
			faults := []mailtest.Fault{mailtest.FaultLiesWith("UID COPY", answer)}
			if answer != madeUp {
				faults = append(faults, mailtest.FaultLies("UID MOVE"))
			}
			if k.Moves && answer == madeUp {
				continue // the server itself says that it moved them
			}
			f := mailtest.NewFaulty(t, k.Server, faults...)
			outcomes := transfer(t, connect(t, f), change.TransferQuery{IDs: ids, Action: change.ActionMove, Destination: "Archive"})
			wantAllFailed(t, outcomes, 2, `"INBOX"`)
			wantTitles(t, k.Server, "INBOX", numbers(0, 2))
			if n := sent(f, "UID EXPUNGE"); n > 0 {
				t.Errorf("%d UID EXPUNGE", n)
			}
			for _, m := range k.Server.Messages(t, "INBOX") {
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
	t.Parallel()
	for name, srv := range map[string]mailtest.Server{
		"memory": mailtest.NewMemoryWith(t, mailtest.MemoryOptions{Without: rig.Bare[:1]}),
	} {
		t.Run(name, func(t *testing.T) {
			at := time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)
			twins := []mailtest.Message{rig.Numbered(0), rig.Numbered(1)}
			twins[0].Date, twins[1].Date = at, at
			ids := idsOf(t, srv, "INBOX", srv.Append(t, "INBOX", twins...))
			f := mailtest.NewFaulty(t, srv, mailtest.FaultNoCopyUID(), mailtest.FaultAt("UID COPY", func(x *mailtest.Exchange) {
				x.Forward(fmt.Sprintf("%s UID COPY %d Archive", x.Tag, ids[1].UID))
			}))
			transfer(t, connect(t, f), change.TransferQuery{IDs: ids, Action: change.ActionMove, Destination: "Archive"})
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
	t.Parallel()
	rig.OnEveryKind(t, func(t *testing.T, k rig.Kind) {
		ids := fill(t, k.Server, "INBOX", 1)
		f := mailtest.NewFaulty(t, k.Server, mailtest.FaultNO("UID STORE", "not now"), mailtest.FaultNO("UID EXPUNGE", "not now"),
			mailtest.FaultNO("UID FETCH", "not now").After(1))
		for _, o := range transfer(t, connect(t, f), change.TransferQuery{IDs: ids, Action: change.ActionDelete}) {
			if o.Status == change.Done {
				t.Errorf("said to be done: %+v", o)
			}
		}
		wantTitles(t, k.Server, "INBOX", numbers(0, 1))
	})
}

func TestApplyLies_ServerThatHangsIsAskedOnceAndLookedAfter(t *testing.T) {
	t.Parallel()
	for _, verb := range []string{"UID MOVE", "UID COPY", "UID STORE"} {
		t.Run(verb, func(t *testing.T) {
			srv := mailtest.NewMemory(t)
			ids := fill(t, srv, "INBOX", 2)
			f := mailtest.NewFaulty(t, srv, mailtest.FaultHang(verb))
			s := hasty(t, f)
			var outcomes []change.Outcome
			switch verb {
			case "UID STORE":
				outcomes = changeFlags(t, s, change.FlagsQuery{IDs: ids, Add: []string{`\Flagged`}})
			case "UID COPY":
				outcomes = transfer(t, s, change.TransferQuery{IDs: ids, Action: change.ActionCopy, Destination: "Archive"})
			default:
				outcomes = transfer(t, s, change.TransferQuery{IDs: ids, Action: change.ActionMove, Destination: "Archive"})
			}
			for _, o := range outcomes {
				// It may do it still, long after it was looked at.
				if o.Status != change.Unknown || o.Code != contract.Timeout {
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
	t.Parallel()
	rig.OnEveryKind(t, func(t *testing.T, k rig.Kind) {
		ids := fill(t, k.Server, "INBOX", 2)
		cut := mailtest.Cut(t, k.Server)
		s := connect(t, cut)
		plan, err := s.PlanTransfer(t.Context(), change.TransferQuery{IDs: ids, Action: change.ActionMove, Destination: "Archive"})
		if err != nil {
			t.Fatal(err)
		}
		outcomes := s.Apply(t.Context(), plan.Change, 0, func(change.Evidence) error {
			cut.ArmGone(mailtest.ToClient, 0)
			return nil
		})
		cut.Settle(t)
		for _, o := range outcomes {
			if o.Status != change.Unknown || o.Code != contract.Unavailable || !strings.Contains(o.Message, `"INBOX" and "Archive"`) {
				t.Errorf("got %s %s %q, want unknown, and where to look", o.Status, o.Code, o.Message)
			}
		}
		all := append(titles(t, k.Server, "INBOX"), titles(t, k.Server, "Archive")...)
		for _, title := range numbers(0, 2) {
			if !slices.Contains(all, title) {
				t.Errorf("%s is lost", title)
			}
		}
	})
}

// A server acts on what it was sent though nobody waits for the answer any more.
func TestApplyLies_ASlowServersLateActIsSeen(t *testing.T) {
	t.Parallel()
	rig.OnEveryKind(t, func(t *testing.T, k rig.Kind) {
		if !k.Moves {
			t.Skip("has no MOVE")
		}
		ids := fill(t, k.Server, "INBOX", 2)
		f := mailtest.NewFaulty(t, k.Server, mailtest.FaultAt("UID MOVE", func(x *mailtest.Exchange) {
			x.Rewrite(func([]byte) []byte { return nil }) // it acts; no answer comes
		}))
		outcomes := transfer(t, hasty(t, f), change.TransferQuery{IDs: ids, Action: change.ActionMove, Destination: "Archive"})
		wantDone(t, outcomes, 2)
		wantTitles(t, k.Server, "Archive", numbers(0, 2))
		if n := sent(f, "UID MOVE"); n != 1 {
			t.Errorf("MOVE was sent %d times", n)
		}
	})
}
