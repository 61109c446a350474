package change_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"mail-imap-mcp/internal/change"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
)

// noMove answers MOVE as servers do that offer it and do not have it.
func noMove(answer string) mailtest.Fault {
	return mailtest.FaultReply("UID MOVE", "%T "+answer+"\r\n")
}

func TestApplyRefused_AMoveThatIsOfferedInVainIsACopyAndARemoval(t *testing.T) {
	t.Parallel()
	rig.OnEveryKind(t, func(t *testing.T, k rig.Kind) {
		if !k.Moves {
			t.Skip("has no MOVE")
		}
		for _, answer := range []string{"BAD command not permitted with UID", "NO Unknown command", "NO MOVE is not supported"} {
			f := mailtest.NewFaulty(t, k.Server, noMove(answer))
			s := connect(t, f)
			had := len(titles(t, k.Server, "Archive"))
			ids := idsOf(t, k.Server, "INBOX", k.Server.Append(t, "INBOX", different(3)...))
			for i, action := range []change.Action{change.ActionMove, change.ActionArchive} {
				outcomes := transfer(t, s, change.TransferQuery{IDs: ids[i : i+1], Action: action, Destination: "Archive"})
				wantDone(t, outcomes, 1)
				if o := outcomes[0]; o.NewID == nil || o.LeftFlagged == k.UIDPlus {
					t.Errorf("%q: %+v", answer, o)
				}
			}
			if n := len(titles(t, k.Server, "Archive")); n != had+2 {
				t.Errorf("%q: %d went over", answer, n-had)
			}
			if n, removed := sent(f, "UID MOVE"), sent(f, "UID EXPUNGE"); n != 1 || k.UIDPlus && removed != 2 {
				t.Errorf("%q: MOVE was sent %d times, UID EXPUNGE %d", answer, n, removed)
			}
		}
	})
}

// What may be full, missing or forbidden is not tried in another way, and only
// what may be another time is worth another try.
func TestApplyRefused_ARefusalForAReasonIsNotGoneRound(t *testing.T) {
	t.Parallel()
	for code, retryable := range map[string]bool{
		"OVERQUOTA": false, "NOPERM": false, "TRYCREATE": false, "CANNOT": false, "READ-ONLY": false,
		"LIMIT": true, "INUSE": true, "UNAVAILABLE": true, "SERVERBUG": true,
	} {
		t.Run(code, func(t *testing.T) {
			srv := mailtest.NewMemory(t)
			ids := fill(t, srv, "INBOX", 2)
			f := mailtest.NewFaulty(t, srv, noMove("NO ["+code+"] not permitted"), mailtest.FaultNO("UID STORE", "["+code+"] no"))
			s := connect(t, f)
			outcomes := transfer(t, s, change.TransferQuery{IDs: ids, Action: change.ActionMove, Destination: "Archive"})
			wantAllFailed(t, outcomes, 2, "not permitted", "unchanged")
			outcomes = append(outcomes, changeFlags(t, s, change.FlagsQuery{IDs: ids, Add: []string{`\Seen`}})...)
			outcomes = append(outcomes, transfer(t, s, change.TransferQuery{IDs: ids, Action: change.ActionDelete})...)
			wantAllFailed(t, outcomes, 6)
			for _, o := range outcomes {
				if o.Retryable() != retryable {
					t.Errorf("retryable: %t (%s)", o.Retryable(), o.Message)
				}
			}
			if sent(f, "UID COPY") > 0 {
				t.Error("was copied instead")
			}
			wantTitles(t, srv, "INBOX", numbers(0, 2))
			wantTitles(t, srv, "Archive", []string{})
		})
	}
}

// A MOVE that is refused as such though it has moved something, or after which
// that cannot be seen, is not made in another way.
func TestApplyRefused_NothingIsCopiedThatMayHaveMoved(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	ids := idsOf(t, srv, "INBOX", srv.Append(t, "INBOX", different(2)...))
	f := mailtest.NewFaulty(t, srv, mailtest.FaultAt("UID MOVE", func(x *mailtest.Exchange) {
		x.Forward(fmt.Sprintf("%s UID MOVE %d Archive", x.Tag, ids[1].UID))
		x.Rewrite(func(unit []byte) []byte {
			if strings.HasPrefix(string(unit), x.Tag+" OK") {
				return []byte(x.Tag + " BAD what is that\r\n")
			}
			return unit
		})
	}))
	outcomes := transfer(t, connect(t, f), change.TransferQuery{IDs: ids, Action: change.ActionMove, Destination: "Archive"})
	wantAllFailed(t, outcomes[:1], 1, "what is that", "unchanged")
	wantDone(t, outcomes[1:], 1)
	wantTitles(t, srv, "INBOX", numbers(0, 1))
	wantTitles(t, srv, "Archive", numbers(1, 2))
	if sent(f, "UID COPY") > 0 {
		t.Error("was copied too")
	}
}

// withholding leaves out the FETCH rows of one message.
func withholding(uid uint32) mailtest.Fault {
	row := regexp.MustCompile(fmt.Sprintf(`^\* \d+ FETCH .*UID %d[ )]`, uid))
	return mailtest.FaultAt("UID FETCH", func(x *mailtest.Exchange) {
		x.Rewrite(func(unit []byte) []byte {
			if row.Match(unit) {
				return nil
			}
			return unit
		})
	})
}

func TestApplyRefused_WhatTheServerDoesNotDeliverIsNotCalledGone(t *testing.T) {
	t.Parallel()
	rig.OnEveryKind(t, func(t *testing.T, k rig.Kind) {
		ids := fill(t, k.Server, "INBOX", 3)
		k.Server.Expunge(t, "INBOX", ids[2].UID)
		f := mailtest.NewFaulty(t, k.Server, withholding(ids[1].UID))
		s := connect(t, f)
		check := func(name string, outcomes []change.Outcome) {
			t.Helper()
			withheld, gone := outcomes[len(outcomes)-2], outcomes[len(outcomes)-1]
			if withheld.Status != change.Failed || withheld.Code != contract.Unavailable || !strings.Contains(withheld.Message, "deliver") {
				t.Errorf("%s: of what is not delivered: %+v", name, withheld)
			}
			if gone.Status != change.Failed || gone.Code != contract.NotFound {
				t.Errorf("%s: of what is gone: %+v", name, gone)
			}
		}
		for _, action := range []change.Action{change.ActionCopy, change.ActionMove, change.ActionDelete} {
			q := change.TransferQuery{IDs: ids, Action: action, Destination: "Archive"}
			p, err := s.PlanTransfer(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			v, err := s.Preview(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			check("preview of "+string(action), v.Outcomes)
			check(string(action), transfer(t, s, q))
		}
		check("flags", changeFlags(t, s, change.FlagsQuery{IDs: ids, Add: []string{`\Seen`}}))
		if got := titles(t, k.Server, "INBOX"); !strings.Contains(strings.Join(got, ","), "number 1") {
			t.Errorf("INBOX has %q", got)
		}
	})
}

// A server that no longer tells of a message after a change, and has it still.
func TestApplyRefused_WhatIsOnlyWithheldAfterwardsIsNotCalledDone(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	ids := fill(t, srv, "INBOX", 1)
	hide := withholding(ids[0].UID).After(1)
	s := connect(t, mailtest.NewFaulty(t, srv, hide, mailtest.FaultLies("UID STORE"), mailtest.FaultLies("UID EXPUNGE")))
	wantFailed(t, transfer(t, s, change.TransferQuery{IDs: ids, Action: change.ActionDelete}), contract.Unavailable, "did not remove it")
	s = connect(t, mailtest.NewFaulty(t, srv, hide))
	if o := changeFlags(t, s, change.FlagsQuery{IDs: ids, Add: []string{`\Seen`}})[0]; o.Status != change.Unknown || len(o.Removed) > 0 {
		t.Errorf("flags: %+v", o)
	}
	wantTitles(t, srv, "INBOX", numbers(0, 1))
}
