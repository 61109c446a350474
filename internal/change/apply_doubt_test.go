package change_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"mail-imap-mcp/internal/change"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
)

// told makes n messages that can be told apart by their size.
func told(n int) []mailtest.Message {
	var list []mailtest.Message
	for i := range n {
		m := rig.Numbered(i)
		m.Date = time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)
		m.Raw = append(m.Raw, strings.Repeat("more\r\n", i+1)...)
		list = append(list, m)
	}
	return list
}

// The sets of COPYUID need not be ascending: Gmail names the UID that a message
// had in the label already.
func TestApplyDoubt_NewUIDsInAnotherOrderAreNotMixedUp(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	messages := told(2)
	ids := idsOf(t, srv, "INBOX", srv.Append(t, "INBOX", messages...))
	f := mailtest.NewFaulty(t, srv, mailtest.FaultAt("UID MOVE", func(x *mailtest.Exchange) {
		uids := srv.Append(t, "Archive", messages[1], messages[0])
		srv.Expunge(t, "INBOX", ids[0].UID, ids[1].UID)
		x.Reply(fmt.Sprintf("* OK [COPYUID %d %d,%d %d,%d] moved\r\n%%T OK done\r\n",
			srv.UIDValidity(t, "Archive"), ids[0].UID, ids[1].UID, uids[1], uids[0]))
	}))
	s := connect(t, f)
	outcomes := transfer(t, s, change.TransferQuery{IDs: ids, Action: change.ActionMove, Destination: "Archive"})
	wantDone(t, outcomes, 2)
	for i, id := range newIDs(t, outcomes) {
		if m := rig.Get(t, s.Mail, mailbox.GetQuery{ID: id}); m.Subject != fmt.Sprintf("number %d", i) {
			t.Errorf("number %d is said to be %s, which is %q", i, id, m.Subject)
		}
	}
}

// A server that did not answer in time may be at work still.
func TestApplyDoubt_WhatASlowServerMayStillDoIsUnknown(t *testing.T) {
	t.Parallel()
	for _, verb := range []string{"UID MOVE", "UID COPY", "UID STORE", "UID EXPUNGE"} {
		t.Run(verb, func(t *testing.T) {
			srv := mailtest.NewMemory(t)
			ids := fill(t, srv, "INBOX", 2)
			s := hurried(t, mailtest.NewFaulty(t, srv, mailtest.FaultHang(verb)))
			var outcomes []change.Outcome
			switch verb {
			case "UID STORE":
				outcomes = changeFlags(t, s, change.FlagsQuery{IDs: ids, Add: []string{`\Flagged`}})
			case "UID COPY":
				outcomes = transfer(t, s, change.TransferQuery{IDs: ids, Action: change.ActionCopy, Destination: "Archive"})
			case "UID MOVE":
				outcomes = transfer(t, s, change.TransferQuery{IDs: ids, Action: change.ActionMove, Destination: "Archive"})
			default:
				outcomes = transfer(t, s, change.TransferQuery{IDs: ids, Action: change.ActionDelete})
			}
			for _, o := range outcomes {
				if o.Status != change.Unknown || !strings.Contains(o.Message, "may still") {
					t.Errorf("got %s %s (%s), want unknown", o.Status, o.Code, o.Message)
				}
			}
		})
	}
}

// A copy that was seen is not forgotten when the connection is lost afterwards
// and it cannot be recognised: Exchange's RFC822.SIZE is not the real one, and
// some servers give a copy another date.
func TestApplyDoubt_ACopyThatWasSeenIsNotForgotten(t *testing.T) {
	t.Parallel()
	for _, verb := range []string{"UID STORE", "UID EXPUNGE"} {
		t.Run("across "+verb, func(t *testing.T) {
			here, there := mailtest.NewMemory(t), mailtest.NewMemory(t)
			ids := fill(t, here, "INBOX", 1)
			f := mailtest.NewFaulty(t, here, mailtest.FaultWrongSize(100), mailtest.FaultClose(verb).Times(1))
			s := pair(t, f, there, true)
			wantTold(t, here, transfer(t, s, change.TransferQuery{IDs: ids, Action: change.ActionMove, Destination: "Archive", ToAccount: "other"}))
		})
		t.Run("by copy "+verb, func(t *testing.T) {
			srv := mailtest.NewMemoryWith(t, mailtest.MemoryOptions{Without: rig.Bare[:1]})
			ids := fill(t, srv, "INBOX", 1)
			dated := 0
			f := mailtest.NewFaulty(t, srv, mailtest.FaultClose(verb).Times(1), mailtest.FaultAt("UID FETCH", func(x *mailtest.Exchange) {
				dated++
				day := dated
				x.Rewrite(func(unit []byte) []byte { // each look brings another date
					return internalDate.ReplaceAll(unit, fmt.Appendf(nil, `INTERNALDATE "%02d-Nov-2026`, day))
				})
			}))
			s := connect(t, f)
			wantTold(t, srv, transfer(t, s, change.TransferQuery{IDs: ids, Action: change.ActionMove, Destination: "Archive"}))
		})
	}
}

var internalDate = regexp.MustCompile(`INTERNALDATE "..-...-....`)

// wantTold expects an outcome of a copied message that names the copy, and says
// whether the original is there.
func wantTold(t *testing.T, source mailtest.Server, outcomes []change.Outcome) {
	t.Helper()
	there := len(source.Messages(t, "INBOX")) > 0
	for _, o := range outcomes {
		if o.NewID == nil || there == (o.Status == change.Done) {
			t.Errorf("original there: %t; got %s new %v (%s)", there, o.Status, o.NewID, o.Message)
		}
	}
}

// After a crash only the evidence is left: it must be of what was sent, not of
// what the source's server says of the size.
func TestApplyDoubt_ACopyInAnotherAccountIsRecognisedByWhatWasSent(t *testing.T) {
	t.Parallel()
	here, there := mailtest.NewMemory(t), mailtest.NewMemory(t)
	ids := fill(t, here, "INBOX", 1)
	s := pair(t, mailtest.NewFaulty(t, here, mailtest.FaultWrongSize(100)), there, true)
	p, err := s.PlanTransfer(t.Context(), change.TransferQuery{IDs: ids, Action: change.ActionCopy, Destination: "Archive", ToAccount: "other"})
	if err != nil {
		t.Fatal(err)
	}
	var evidence change.Evidence
	wantDone(t, s.Apply(t.Context(), p.Change, 0, func(e change.Evidence) error { evidence = e; return nil }), 1)
	outcomes, err := s.Look(t.Context(), p.Change, 0, evidence)
	if err != nil {
		t.Fatal(err)
	}
	wantDone(t, outcomes, 1)
}

// What a server tells of a message unasked, with its UID, comes among the rows of
// the FETCH under way.
func TestApplyDoubt_WhatComesUnaskedIsNotTheMessage(t *testing.T) {
	t.Parallel()
	here, there := mailtest.NewMemory(t), mailtest.NewMemory(t)
	m := rig.Numbered(0)
	m.Date = time.Date(2020, 1, 2, 10, 0, 0, 0, time.UTC)
	ids := idsOf(t, here, "INBOX", here.Append(t, "INBOX", m))
	unasked := mailtest.FaultAt("UID FETCH", func(x *mailtest.Exchange) {
		first := true
		x.Rewrite(func(unit []byte) []byte {
			if first {
				first = false
				return append(fmt.Appendf(nil, "* 1 FETCH (UID %d FLAGS (\\Flagged))\r\n", ids[0].UID), unit...)
			}
			return unit
		})
	})
	s := pair(t, mailtest.NewFaulty(t, here, unasked.Times(1)), there, true)
	outcomes := transfer(t, s, change.TransferQuery{IDs: ids, Action: change.ActionMove, Destination: "Archive", ToAccount: "other"})
	if copies := there.Messages(t, "Archive"); len(copies) > 0 && !copies[0].Date.Equal(m.Date) {
		t.Errorf("the copy is of %s, the message of %s; said %s", copies[0].Date, m.Date, outcomes[0].Status)
	}
}

// The same behind the first piece of a long message: what is missing is not its
// end.
func TestApplyDoubt_AMessageIsNotCutOffByWhatComesUnasked(t *testing.T) {
	t.Parallel()
	here, there := mailtest.NewMemory(t), mailtest.NewMemory(t)
	m := rig.Numbered(0)
	m.Raw = append(m.Raw, strings.Repeat("a line of a long message\r\n", 100_000)...)
	ids := idsOf(t, here, "INBOX", here.Append(t, "INBOX", m))
	unasked := mailtest.FaultAt("UID FETCH", func(x *mailtest.Exchange) {
		first := true
		x.Rewrite(func(unit []byte) []byte {
			if first {
				first = false
				return append(fmt.Appendf(nil, "* 1 FETCH (UID %d FLAGS (\\Flagged))\r\n", ids[0].UID), unit...)
			}
			return unit
		})
	})
	s := pair(t, mailtest.NewFaulty(t, here, unasked.After(2).Times(1)), there, true)
	outcomes := transfer(t, s, change.TransferQuery{IDs: ids, Action: change.ActionMove, Destination: "Archive", ToAccount: "other"})
	for _, got := range slices.Concat(here.Messages(t, "INBOX"), there.Messages(t, "Archive")) {
		if len(got.Raw) == len(m.Raw) {
			return
		}
	}
	t.Errorf("no whole message is left; said %s (%s)", outcomes[0].Status, outcomes[0].Message)
}

// A server may tell of the flags from before the change, unasked and in its
// midst.
func TestApplyDoubt_FlagsAreThoseThatCameLast(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	ids := fill(t, srv, "INBOX", 120)
	f := mailtest.NewFaulty(t, srv, mailtest.FaultAt("UID STORE", func(x *mailtest.Exchange) {
		x.Rewrite(func(unit []byte) []byte {
			var before []byte
			for i, id := range ids {
				before = fmt.Appendf(before, "* %d FETCH (UID %d FLAGS (\\Draft))\r\n", i+1, id.UID)
			}
			return append(before, unit...)
		})
	}))
	s := connect(t, f)
	for range 20 {
		wantDone(t, changeFlags(t, s, change.FlagsQuery{IDs: ids, Add: []string{`\Flagged`}}), len(ids))
	}
}

// Without UIDNEXT nothing in the destination is known to be new: it is not read
// from its beginning, and nobody says that there is no copy.
func TestApplyDoubt_WithoutUIDNextNothingIsSaidOfTheDestination(t *testing.T) {
	t.Parallel()
	for _, action := range []change.Action{change.ActionMove, change.ActionCopy} {
		t.Run(string(action), func(t *testing.T) {
			srv := mailtest.NewMemoryWith(t, mailtest.MemoryOptions{Without: rig.Bare})
			ids := fill(t, srv, "INBOX", 2)
			f := mailtest.NewFaulty(t, srv,
				mailtest.FaultAt("STATUS", func(x *mailtest.Exchange) {
					x.Rewrite(func(unit []byte) []byte { return uidNext.ReplaceAll(unit, []byte("MESSAGES 1")) })
				}),
				mailtest.FaultAt("UID COPY", func(x *mailtest.Exchange) {
					x.Rewrite(func([]byte) []byte { x.HangUp(); return nil }) // done, and the answer is lost
				}))
			outcomes := transfer(t, connect(t, f), change.TransferQuery{IDs: ids, Action: action, Destination: "Archive"})
			wantTitles(t, srv, "Archive", numbers(0, 2))
			for _, o := range outcomes {
				if o.Status != change.Unknown {
					t.Errorf("got %s (%s), want unknown", o.Status, o.Message)
				}
			}
			for _, c := range f.Commands() {
				if strings.HasPrefix(c, "UID FETCH 1:*") {
					t.Errorf("the whole destination is read: %s", c)
				}
			}
		})
	}
}

var uidNext = regexp.MustCompile(`UIDNEXT \d+`)

// A copy that the server confirmed has not failed because it is not recognised.
func TestApplyDoubt_AConfirmedCopyThatIsNotRecognisedHasNotFailed(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	anonymous := mailtest.Message{Raw: rig.Mail("From: ada@example.org\nSubject: number 0", "Without a Message-ID.\n")}
	ids := idsOf(t, srv, "INBOX", srv.Append(t, "INBOX", anonymous))
	looks := 0
	f := mailtest.NewFaulty(t, srv, mailtest.FaultNoCopyUID(), mailtest.FaultAt("UID FETCH", func(x *mailtest.Exchange) {
		looks++
		day := looks
		x.Rewrite(func(unit []byte) []byte {
			return internalDate.ReplaceAll(unit, fmt.Appendf(nil, `INTERNALDATE "%02d-Nov-2026`, day))
		})
	}))
	outcomes := transfer(t, connect(t, f), change.TransferQuery{IDs: ids, Action: change.ActionCopy, Destination: "Archive"})
	wantTitles(t, srv, "Archive", numbers(0, 1))
	if o := outcomes[0]; o.Status == change.Failed || !strings.Contains(o.Message, "confirmed") {
		t.Errorf("got %s (%s)", o.Status, o.Message)
	}
}
