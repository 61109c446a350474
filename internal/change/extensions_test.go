package change_test

import (
	"slices"
	"testing"

	"mail-imap-mcp/internal/change"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
)

// Where UIDONLY is enabled rows come as UIDFETCH and expunges as VANISHED.
func TestUIDOnly_ChangesAreTheSameWithAndWithoutIt(t *testing.T) {
	t.Parallel()
	for name, lacks := range map[string][]string{
		"with": nil, "without": {"UIDONLY"}, "with, without MOVE": {"MOVE"}, "without both": {"UIDONLY", "MOVE"},
	} {
		t.Run(name, func(t *testing.T) {
			srv := mailtest.NewExtended(t, mailtest.ExtendedOptions{Profile: mailtest.Yahoo, Without: lacks})
			s := connect(t, srv)
			ids := fill(t, srv, "INBOX", 5)
			wantDone(t, changeFlags(t, s, change.FlagsQuery{IDs: ids[:2], Add: []string{`\Flagged`, "Later"}}), 2)
			if flags := srv.Messages(t, "INBOX")[1].Flags; !slices.Equal(flags, []string{"Later", `\Flagged`}) {
				t.Errorf("flags are %q", flags)
			}
			wantDone(t, transfer(t, s, change.TransferQuery{IDs: ids[:1], Action: change.ActionCopy, Destination: "Archive"}), 1)
			moved := transfer(t, s, change.TransferQuery{IDs: ids[1:3], Action: change.ActionMove, Destination: "Archive"})
			wantDone(t, moved, 2)
			wantTitles(t, srv, "Archive", numbers(0, 3))
			wantDone(t, transfer(t, s, change.TransferQuery{IDs: newIDs(t, moved), Action: change.ActionTrash}), 2)
			wantDone(t, transfer(t, s, change.TransferQuery{IDs: ids[4:], Action: change.ActionDelete}), 1)
			wantTitles(t, srv, "INBOX", []string{"number 0", "number 3"})
			if r := rig.Search(t, s.Mail, mailbox.SearchQuery{}); r.Total != 2 {
				t.Errorf("INBOX is said to have %d", r.Total)
			}
		})
	}
}

// A keyword that some program set on Gmail, which other clients stumble over.
func TestGmail_MessagesWithAnOddKeywordAreListedSearchedReadAndChanged(t *testing.T) {
	t.Parallel()
	const odd = "OIB-Seen-[Gmail]/All Mail"
	srv := mailtest.NewGmail(t)
	s := connect(t, srv)
	uids := srv.Append(t, "INBOX", mailtest.Message{Raw: rig.Mail("From: ada@example.org\nSubject: odd", "Read me.\n"), Flags: []string{odd}})
	id := contract.MessageID{Account: rig.Account, Mailbox: "INBOX", UIDValidity: srv.UIDValidity(t, "INBOX"), UID: uids[0]}
	for _, criteria := range []mailbox.Criteria{{}, {UnreadOnly: true}, {Subject: "odd"}} {
		if r := rig.Search(t, s.Mail, mailbox.SearchQuery{Criteria: criteria}); r.Returned != 1 {
			t.Errorf("%+v finds %d", criteria, r.Returned)
		}
	}
	if m := rig.Get(t, s.Mail, mailbox.GetQuery{ID: id, BodyMax: 100, Mode: mailbox.ModeText}); m.BodyText == nil || *m.BodyText != "Read me." {
		t.Errorf("body is %v", m.BodyText)
	}
	wantDone(t, changeFlags(t, s, change.FlagsQuery{IDs: []contract.MessageID{id}, Add: []string{`\Seen`}}), 1)
	if flags := srv.Messages(t, "INBOX")[0].Flags; !slices.Equal(flags, []string{odd, `\Seen`}) {
		t.Errorf("flags are %q", flags)
	}
	wantDone(t, changeFlags(t, s, change.FlagsQuery{IDs: []contract.MessageID{id}, Remove: []string{`\Seen`}}), 1)
	wantDone(t, transfer(t, s, change.TransferQuery{IDs: []contract.MessageID{id}, Action: change.ActionTrash}), 1)
	wantTitles(t, srv, "INBOX", []string{})
}
