package change_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"mail-imap-mcp/internal/change"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
)

// sent counts the commands with this beginning.
func sent(f *mailtest.Faulty, beginnings ...string) (n int) {
	for _, c := range f.Commands() {
		for _, b := range beginnings {
			if strings.HasPrefix(c, b) {
				n++
			}
		}
	}
	return n
}

// before runs do once, right before the first of these commands reaches the
// server.
func before(verbs []string, do func()) mailtest.Fault {
	done := false
	return mailtest.FaultAt("*", func(x *mailtest.Exchange) {
		if !done && slices.Contains(verbs, x.Verb) {
			done = true
			do()
		}
	})
}

// changing are the commands that move or copy, by kind of server.
var changing = []string{"UID MOVE", "UID COPY"}

// wantAllFailed expects n outcomes that failed, saying these words.
func wantAllFailed(t testing.TB, outcomes []change.Outcome, n int, words ...string) {
	t.Helper()
	if len(outcomes) != n {
		t.Errorf("%d outcomes, want %d", len(outcomes), n)
	}
	for _, o := range outcomes {
		if o.Status != change.Failed {
			t.Errorf("%s: %s (%s), want failed", o.ID, o.Status, o.Message)
		}
		for _, w := range words {
			if !strings.Contains(o.Message, w) {
				t.Errorf("%q does not say %q", o.Message, w)
			}
		}
	}
}

func TestApplyFaults_RefusedMoveLeavesEveryMessageAndTellsTheServersWords(t *testing.T) {
	t.Parallel()
	rig.OnEveryKind(t, func(t *testing.T, k rig.Kind) {
		ids := fill(t, k.Server, "INBOX", 3)
		full := "[OVERQUOTA] Quota exceeded\x01 (mailbox for user is full)"
		f := mailtest.NewFaulty(t, k.Server, mailtest.FaultNO("UID MOVE", full), mailtest.FaultNO("UID COPY", full))
		s := connect(t, f)
		for _, action := range []change.Action{change.ActionMove, change.ActionCopy, change.ActionArchive} {
			outcomes := transfer(t, s, change.TransferQuery{IDs: ids, Action: action, Destination: "Archive"})
			wantAllFailed(t, outcomes, 3, "Quota exceeded", `still in "INBOX", unchanged`)
			if strings.Contains(outcomes[0].Message, "\x01") {
				t.Errorf("control characters pass: %q", outcomes[0].Message)
			}
		}
		wantTitles(t, k.Server, "INBOX", numbers(0, 3))
		wantTitles(t, k.Server, "Archive", []string{})
		if n := sent(f, changing...); n != 3 {
			t.Errorf("%d commands that change, want one for each call:\n%s", n, strings.Join(f.Commands(), "\n"))
		}
	})
}

func TestApplyFaults_ThirdOfFiveMailboxesRefusedTheOthersAreDone(t *testing.T) {
	t.Parallel()
	rig.OnEveryKind(t, func(t *testing.T, k rig.Kind) {
		var ids []contract.MessageID
		for i := range 5 {
			name := fmt.Sprintf("box %d", i)
			k.Server.Create(t, name)
			ids = append(ids, fill(t, k.Server, name, 2)...)
		}
		f := mailtest.NewFaulty(t, k.Server,
			mailtest.FaultNO("UID MOVE", "no").After(2).Times(1), mailtest.FaultNO("UID COPY", "no").After(2).Times(1))
		outcomes := transfer(t, connect(t, f), change.TransferQuery{IDs: ids, Action: change.ActionMove, Destination: "Archive"})
		wantDone(t, outcomes[:4], 4)
		wantAllFailed(t, outcomes[4:6], 2, `"box 2"`)
		wantDone(t, outcomes[6:], 4)
		wantTitles(t, k.Server, "box 2", numbers(0, 2))
		if n := len(titles(t, k.Server, "Archive")); n != 8 {
			t.Errorf("%d in Archive, want 8", n)
		}
	})
}

// MOVE may fail on the way: RFC 6851 §3.3 lets what was moved before stay moved.
func TestApplyFaults_RefusedHalfWayIsToldMessageByMessage(t *testing.T) {
	t.Parallel()
	for name, srv := range map[string]mailtest.Server{"memory": mailtest.NewMemory(t), "dovecot": mailtest.NewDovecot(t)} {
		t.Run(name, func(t *testing.T) {
			ids := fill(t, srv, "INBOX", 2)
			half := mailtest.FaultAt("UID MOVE", func(x *mailtest.Exchange) {
				x.Forward(fmt.Sprintf("%s UID MOVE %d Archive", x.Tag, ids[1].UID))
				x.Rewrite(func(unit []byte) []byte {
					if strings.HasPrefix(string(unit), x.Tag+" OK") {
						return []byte(x.Tag + " NO [OVERQUOTA] no room for more\r\n")
					}
					return unit
				})
			})
			outcomes := transfer(t, connect(t, mailtest.NewFaulty(t, srv, half)), change.TransferQuery{IDs: ids, Action: change.ActionMove, Destination: "Archive"})
			wantAllFailed(t, outcomes[:1], 1, "no room for more", "unchanged")
			wantDone(t, outcomes[1:], 1)
			wantTitles(t, srv, "INBOX", numbers(0, 1))
			wantTitles(t, srv, "Archive", numbers(1, 2))
		})
	}
}

func TestApplyFaults_ReadOnlyMailboxIsLeftAsItIs(t *testing.T) {
	t.Parallel()
	rig.OnEveryKind(t, func(t *testing.T, k rig.Kind) {
		ids := fill(t, k.Server, "INBOX", 1)
		s := connect(t, mailtest.NewFaulty(t, k.Server, mailtest.FaultReadOnly()))
		for _, q := range []change.TransferQuery{
			{IDs: ids, Action: change.ActionMove, Destination: "Archive"},
			{IDs: ids, Action: change.ActionTrash},
			{IDs: ids, Action: change.ActionDelete},
		} {
			wantAllFailed(t, transfer(t, s, q), 1, "read-only")
		}
		wantAllFailed(t, changeFlags(t, s, change.FlagsQuery{IDs: ids, Add: []string{`\Flagged`}}), 1, "read-only")
		wantTitles(t, k.Server, "INBOX", numbers(0, 1))
		wantTitles(t, k.Server, "Archive", []string{})
		wantTitles(t, k.Server, "Trash", []string{})
		if m := k.Server.Messages(t, "INBOX")[0]; len(m.Flags) > 0 {
			t.Errorf("flags are %q", m.Flags)
		}
	})
}

func TestApplyFaults_UIDValidityThatChangesIsNoticedBeforeOrMeanwhile(t *testing.T) {
	t.Parallel()
	rig.OnEveryKind(t, func(t *testing.T, k rig.Kind) {
		ids := fill(t, k.Server, "Junk", 2)
		// Between the call and the look.
		f := mailtest.NewFaulty(t, k.Server, before([]string{"SELECT"}, func() {
			k.Server.Recreate(t, "Junk")
			k.Server.Append(t, "Junk", rig.Numbered(7), rig.Numbered(8))
		}))
		s := connect(t, f)
		for _, q := range []change.TransferQuery{
			{IDs: ids, Action: change.ActionMove, Destination: "Archive"},
			{IDs: ids, Action: change.ActionDelete},
		} {
			for _, o := range transfer(t, s, q) {
				if o.Status != change.Failed || o.Code != contract.Conflict {
					t.Errorf("%s %s (%s), want failed conflict", o.Status, o.Code, o.Message)
				}
			}
		}
		wantTitles(t, k.Server, "Junk", numbers(7, 9))
		if n := sent(f, "UID MOVE", "UID COPY", "UID STORE", "UID EXPUNGE"); n != 0 {
			t.Errorf("%d commands that change", n)
		}
		// Between the look and the act: the new messages have the old UIDs.
		ids = idsOf(t, k.Server, "Junk", []uint32{k.Server.Messages(t, "Junk")[0].UID, k.Server.Messages(t, "Junk")[1].UID})
		s = connect(t, mailtest.NewFaulty(t, k.Server, before(append([]string{"UID STORE"}, changing...), func() {
			k.Server.Recreate(t, "Junk")
			k.Server.Append(t, "Junk", rig.Numbered(5), rig.Numbered(6))
		})))
		outcomes := transfer(t, s, change.TransferQuery{IDs: ids, Action: change.ActionMove, Destination: "Archive"})
		// Dovecot 2.3 may take those of the new mailbox for the old ones; nothing
		// is lost then either.
		all := append(titles(t, k.Server, "Junk"), titles(t, k.Server, "Archive")...)
		for _, title := range numbers(5, 7) {
			if !slices.Contains(all, title) {
				t.Errorf("%s is lost: %+v", title, outcomes)
			}
		}
	})
}

func TestApplyFaults_DestinationThatWentAwayIsNeverMade(t *testing.T) {
	t.Parallel()
	rig.OnEveryKind(t, func(t *testing.T, k rig.Kind) {
		for _, action := range []change.Action{change.ActionMove, change.ActionCopy} {
			k.Server.Create(t, "Gone")
			ids := fill(t, k.Server, "INBOX", 2)
			f := mailtest.NewFaulty(t, k.Server, before(changing, func() { k.Server.Remove(t, "Gone") }))
			had := titles(t, k.Server, "INBOX")
			wantAllFailed(t, transfer(t, connect(t, f), change.TransferQuery{IDs: ids, Action: action, Destination: "Gone"}), 2, `"INBOX"`)
			wantTitles(t, k.Server, "INBOX", had)
			if sent(f, "CREATE") > 0 || slices.Contains(k.Server.Mailboxes(t), "Gone") {
				t.Error("the destination was made")
			}
		}
	})
}

func TestApplyFaults_MessagesOthersRemovedMeanwhileAreNotCalledMoved(t *testing.T) {
	t.Parallel()
	rig.OnEveryKind(t, func(t *testing.T, k rig.Kind) {
		messages := []mailtest.Message{rig.Numbered(0), {Raw: slices.Concat(rig.Numbered(1).Raw, []byte("longer\r\n"))}, rig.Numbered(2)}
		ids := idsOf(t, k.Server, "INBOX", k.Server.Append(t, "INBOX", messages...))
		f := mailtest.NewFaulty(t, k.Server, before(changing, func() { k.Server.Expunge(t, "INBOX", ids[1].UID) }))
		outcomes := transfer(t, connect(t, f), change.TransferQuery{IDs: ids, Action: change.ActionMove, Destination: "Archive"})
		there := titles(t, k.Server, "Archive")
		for i, o := range outcomes {
			if inThere := slices.Contains(there, fmt.Sprintf("number %d", i)); o.Status == change.Done && !inThere {
				t.Errorf("number %d is said to be done: %+v", i, o)
			}
		}
		here := titles(t, k.Server, "INBOX")
		for _, i := range []int{0, 2} {
			if title := fmt.Sprintf("number %d", i); !slices.Contains(there, title) && !slices.Contains(here, title) {
				t.Errorf("%s is lost", title)
			}
		}
	})
}
