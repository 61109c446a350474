package mailbox_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/mailtest"
)

// told makes n messages that can be told apart by their size.
func told(n int) []mailtest.Message {
	var list []mailtest.Message
	for i := range n {
		m := numbered(i)
		m.Date = time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)
		m.Raw = append(m.Raw, strings.Repeat("more\r\n", i+1)...)
		list = append(list, m)
	}
	return list
}

// go-imap sorts the sets of COPYUID, so that what a server named in another
// order would be paired wrongly: Gmail names the UID that a message had in the
// label already.
func TestApplyDoubt_NewUIDsInAnotherOrderAreNotMixedUp(t *testing.T) {
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
	outcomes := transfer(t, s, mailbox.TransferQuery{IDs: ids, Action: mailbox.ActionMove, Destination: "Archive"})
	wantDone(t, outcomes, 2)
	for i, id := range newIDs(t, outcomes) {
		if m := get(t, s, mailbox.GetQuery{ID: id}); m.Subject != fmt.Sprintf("number %d", i) {
			t.Errorf("number %d is said to be %s, which is %q", i, id, m.Subject)
		}
	}
}
