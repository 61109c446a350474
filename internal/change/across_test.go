package change_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mail-imap-mcp/internal/change"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
)

// toOther moves or copies to the mailbox "Archive" of the account "other".
func toOther(t testing.TB, s *service, action change.Action, ids ...contract.MessageID) []change.Outcome {
	t.Helper()
	return transfer(t, s, change.TransferQuery{IDs: ids, Action: action, Destination: "Archive", ToAccount: "other"})
}

// plainFlags leaves \Recent out.
func plainFlags(m mailtest.Stored) []string {
	list := slices.DeleteFunc(slices.Clone(m.Flags), func(f string) bool { return f == `\Recent` })
	slices.Sort(list)
	return list
}

func TestAcross_KeepsBytesFlagsKeywordsAndDate(t *testing.T) {
	t.Parallel()
	rig.OnEveryKind(t, func(t *testing.T, k rig.Kind) {
		at := time.Date(2024, 2, 29, 23, 59, 58, 0, time.FixedZone("", 5*3600+1800))
		eight := slices.Concat(rig.Numbered(0).Raw, []byte("Grüße, \xff\xfe\x80 and a very long line: "+strings.Repeat("x", 5000)+"\r\n"))
		messages := []mailtest.Message{
			{Raw: eight, Flags: []string{`\Seen`, `\Flagged`, "Project-X", "$Forwarded"}, Date: at},
			{Raw: []byte("Subject: number 1\r\n\r\n"), Date: at},
			{Raw: []byte("Subject: number 2\r\n\r\nno line end at the end"), Date: at},
			{Raw: slices.Concat(rig.Numbered(3).Raw, bytes.Repeat([]byte("0123456789abcdef\r\n"), 150_000)), Date: at}, // 2.7 MB
		}
		for _, action := range []change.Action{change.ActionCopy, change.ActionMove} {
			there := another(t, k)
			ids := idsOf(t, k.Server, "INBOX", k.Server.Append(t, "INBOX", messages...))
			before := k.Server.Messages(t, "INBOX")
			outcomes := toOther(t, pair(t, k.Server, there, true), action, ids...)
			wantDone(t, outcomes, len(ids))
			after := there.Messages(t, "Archive")
			if len(after) != len(before) {
				t.Fatalf("%d arrived, want %d", len(after), len(before))
			}
			for i := range after {
				if !bytes.Equal(after[i].Raw, before[i].Raw) {
					t.Errorf("number %d: %d bytes are not the %d that were sent", i, len(after[i].Raw), len(before[i].Raw))
				}
				if !after[i].Date.Equal(at) || !slices.Equal(plainFlags(after[i]), plainFlags(before[i])) {
					t.Errorf("number %d: %v %q, want %v %q", i, after[i].Date, after[i].Flags, at, before[i].Flags)
				}
				want := contract.MessageID{Account: "other", Mailbox: "Archive", UIDValidity: there.UIDValidity(t, "Archive"), UID: after[i].UID}
				if outcomes[i].NewID == nil || *outcomes[i].NewID != want {
					t.Errorf("number %d: new id %v, want %v", i, outcomes[i].NewID, want)
				}
			}
			switch left := titles(t, k.Server, "INBOX"); {
			case action == change.ActionCopy || !k.UIDPlus:
				if len(left) != len(ids) {
					t.Errorf("%s leaves %q", action, left)
				}
			case len(left) != 0:
				t.Errorf("%s leaves %q", action, left)
			}
			if action == change.ActionMove && !k.UIDPlus && !outcomes[0].LeftFlagged {
				t.Errorf("does not say what is left: %+v", outcomes[0])
			}
			if action == change.ActionCopy {
				k.Server.Recreate(t, "Junk") // a fresh start needs an empty INBOX
				for _, m := range k.Server.Messages(t, "INBOX") {
					k.Server.Expunge(t, "INBOX", m.UID)
				}
			}
		}
	})
}

func TestAcross_TheOriginalGoesOnlyWhenItsCopyWasSeen(t *testing.T) {
	t.Parallel()
	rig.OnEveryKind(t, func(t *testing.T, k rig.Kind) {
		faults := map[string][]mailtest.Fault{
			"says OK and stores nothing":      {mailtest.FaultLies("APPEND")},
			"makes up the copy's number":      {mailtest.FaultLiesWith("APPEND", "OK [APPENDUID 1 77] done")},
			"is full":                         {mailtest.FaultNO("APPEND", "[OVERQUOTA] Quota exceeded")},
			"takes no message of that size":   {mailtest.FaultNO("APPEND", "[TOOBIG] Message is too large")},
			"lost the mailbox":                {mailtest.FaultNO("APPEND", "[TRYCREATE] Mailbox does not exist")},
			"does not let the copy be read":   {mailtest.FaultNO("UID FETCH", "not now")},
			"does not open the mailbox again": {mailtest.FaultNO("EXAMINE", "[SERVERBUG] not now")},
		}
		for name, list := range faults {
			t.Run(name, func(t *testing.T) {
				there := another(t, k)
				ids := fill(t, k.Server, "INBOX", 1)
				had := titles(t, k.Server, "INBOX")
				f := mailtest.NewFaulty(t, there, list...)
				outcomes := toOther(t, pair(t, k.Server, f, true), change.ActionMove, ids...)
				if o := outcomes[0]; o.Status == change.Done || o.Message == "" {
					t.Errorf("said %+v", o)
				}
				wantTitles(t, k.Server, "INBOX", had)
				if n := sent(f, "APPEND"); n != 1 {
					t.Errorf("APPEND was sent %d times", n)
				}
				if sent(f, "CREATE") > 0 {
					t.Error("a mailbox was made")
				}
				k.Server.Expunge(t, "INBOX", ids[0].UID)
			})
		}
	})
}

// A server that stops in the middle of a message, with an OK, has not given all
// of it.
func TestAcross_HalfAMessageIsNotCopied(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"an empty piece", "no piece"} {
		t.Run(how, func(t *testing.T) {
			srv, other := mailtest.NewMemory(t), mailtest.NewMemory(t)
			large := slices.Concat(rig.Numbered(0).Raw, bytes.Repeat([]byte("0123456789abcdef\r\n"), 200_000)) // 3.6 MB
			ids := idsOf(t, srv, "INBOX", srv.Append(t, "INBOX", mailtest.Message{Raw: large}))
			f := mailtest.NewFaulty(t, srv, mailtest.FaultAt("UID FETCH", func(x *mailtest.Exchange) {
				if strings.Contains(x.Line, "BODY.PEEK[]<2097152.") {
					row := fmt.Sprintf("* 1 FETCH (UID %d BODY[]<2097152> {0}\r\n)\r\n", ids[0].UID)
					if how == "no piece" {
						row = ""
					}
					x.Reply(row + "%T OK done\r\n")
				}
			}))
			outcomes := toOther(t, pair(t, f, other, true), change.ActionMove, ids...)
			wantAllFailed(t, outcomes, 1)
			wantTitles(t, srv, "INBOX", numbers(0, 1))
			wantTitles(t, other, "Archive", []string{})
		})
	}
}

func TestAcross_WrongSizesDoNotHinder(t *testing.T) {
	t.Parallel()
	rig.OnEveryKind(t, func(t *testing.T, k rig.Kind) {
		for _, delta := range []int{-50, 300} {
			there := another(t, k)
			ids := fill(t, k.Server, "Sent", 1)
			outcomes := toOther(t, pair(t, mailtest.NewFaulty(t, k.Server, mailtest.FaultWrongSize(delta)), there, true), change.ActionCopy, ids...)
			wantDone(t, outcomes, 1)
			if !bytes.Equal(there.Messages(t, "Archive")[0].Raw, rig.Numbered(0).Raw) {
				t.Error("the copy is another")
			}
		}
	})
}

func TestAcross_BareLineFeedsStayOrTheOriginalDoes(t *testing.T) {
	t.Parallel()
	rig.OnEveryKind(t, func(t *testing.T, k rig.Kind) {
		there := another(t, k)
		raw := []byte("Subject: number 0\nFrom: ada@example.org\n\nbare\nlines\n")
		ids := idsOf(t, k.Server, "INBOX", k.Server.Append(t, "INBOX", mailtest.Message{Raw: raw}))
		had := k.Server.Messages(t, "INBOX")[0].Raw
		outcomes := toOther(t, pair(t, k.Server, there, true), change.ActionMove, ids...)
		wantDone(t, outcomes, 1)
		if got := there.Messages(t, "Archive"); len(got) != 1 || !bytes.Equal(got[0].Raw, had) {
			t.Errorf("arrived: %+v", got)
		}
	})
}
