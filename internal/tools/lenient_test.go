package tools_test

import (
	"fmt"
	"strings"
	"testing"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailtest"
)

// found are the subjects of a search's hits.
func found(t *testing.T, r reply) string {
	t.Helper()
	subjects := []string{}
	for _, m := range r.data(t)["messages"].([]any) {
		subjects = append(subjects, m.(map[string]any)["subject"].(string))
	}
	return strings.Join(subjects, " ")
}

func fromEach(t *testing.T, srv mailtest.Server, senders ...string) {
	t.Helper()
	for i, sender := range senders {
		srv.Append(t, "INBOX", mailtest.Message{Raw: fmt.Appendf(nil, "From: %s\r\nTo: me@example.org\r\nSubject: %d\r\n\r\ntext\r\n", sender, i+1)})
	}
}

// Of several senders any one matches, also on a server that takes no OR.
func TestSearch_AnyOfSeveralAddresses(t *testing.T) {
	t.Parallel()
	for name, faults := range map[string][]mailtest.Fault{
		"with OR": nil, "OR is refused": {mailtest.FaultNO("UID SEARCH OR", "no nesting here")},
	} {
		t.Run(name, func(t *testing.T) {
			srv := mailtest.NewMemory(t)
			fromEach(t, srv, "Ada <ada@example.org>", "bob@example.org", "Cy <cy@example.org>", "eve@example.org")
			session := connect(t, mailtest.NewFaulty(t, srv, faults...))
			for from, want := range map[string]string{
				`"Ada Lovelace <ada@example.org>"`:                 "1",
				`["\"A\" <ADA@example.org>","bob@"]`:               "2 1",
				`["ada@","bob@","cy@","nobody@"]`:                  "3 2 1",
				`"[\"cy@example.org\",\"Eve <eve@example.org>\"]"`: "4 3",
				`["ada@","Ada <ada@>"]`:                            "1",
			} {
				if got := found(t, call(t, session, "imap_search_messages", `{"mailbox":"INBOX","from":`+from+`}`)); got != want {
					t.Errorf("from %s finds %q, want %q", from, got, want)
				}
			}
			if got := found(t, call(t, session, "imap_search_messages", `{"mailbox":"INBOX","from":["ada@","bob@"],"to":["x@","me@"],"subject":"2"}`)); got != "2" {
				t.Errorf("with other criteria: %q", got)
			}
		})
	}
}

// The id of a message that was moved leads to it while that is remembered, also
// after it was moved again or back.
func TestMoved_TheOldIDIsFollowed(t *testing.T) {
	t.Parallel()
	srv, old := withLetter(t)
	session := connectWriting(t, srv)
	where := func(id string) string {
		t.Helper()
		m := call(t, session, "imap_get_message", `{"message_id":`+quote(id)+`}`).data(t)["message"].(map[string]any)
		return m["mailbox"].(string)
	}
	call(t, session, "imap_apply_to_messages", moving([]string{old}, "")).data(t)
	if m := where(old); m != "Archive" {
		t.Errorf("it is in %s", m)
	}
	again := call(t, session, "imap_apply_to_messages", `{"message_ids":[`+quote(old)+`],"action":"trash"}`).data(t)
	if m := where(old); m != "Trash" {
		t.Errorf("it is in %s", m)
	}
	undo(t, session, again["operation_id"]).data(t)
	if m := where(old); m != "Archive" {
		t.Errorf("it is in %s", m)
	}
	call(t, session, "imap_update_message_flags", `{"message_ids":[`+quote(uriOf(t, old))+`],"operation":"add","flags":["starred"]}`).data(t)
	if m := srv.Messages(t, "Archive"); len(m) != 1 || len(m[0].Flags) != 1 || m[0].Flags[0] != `\Flagged` {
		t.Errorf("Archive has %+v", m)
	}
}

func TestAccount_IsFoundByItsAddress(t *testing.T) {
	t.Parallel()
	srv, _ := withLetter(t)
	other := mailtest.NewMemory(t)
	record := &book{}
	session := connectWith(t, srv, setup{audit: record, others: map[string]mailtest.Server{"work": other}})
	user := other.Account("work").User
	for _, name := range []string{user, strings.ToUpper(user), "WORK"} {
		call(t, session, "imap_list_mailboxes", `{"account_id":`+quote(name)+`}`).data(t)
		if lines := record.take("call"); len(lines) != 1 || lines[0].Account != "work" {
			t.Errorf("%s: the audit has %+v", name, lines)
		}
	}
	if code, message := call(t, session, "imap_list_mailboxes", `{"account_id":"nobody@example.org"}`).refused(t); code != "not_found" || !strings.Contains(message, "work") {
		t.Errorf("%s: %s", code, message)
	}
}

// A mailbox that is not there leads to those that may be meant, and never to a
// denied one.
func TestMailbox_DidYouMean(t *testing.T) {
	t.Parallel()
	srv, id := withLetter(t)
	for _, name := range []string{"Verträge", "Finance", "Finance/Bank", "Secret Bank", "Line\u200bBreak"} {
		srv.Create(t, name)
	}
	session := connectWith(t, srv, setup{writes: true, account: func(a *config.Account) { a.DenyMailboxes = []string{"Secret*"} }})
	for asked, want := range map[string]string{
		"Vertraege": "did you mean Verträge?", "vertrage": "did you mean Verträge?", "Bank": "did you mean Finance/Bank?", "finance.bank": "did you mean Finance/Bank",
		"Arhcive": "did you mean Archive?", "LineBreak": "did you mean LineBreak?", "Nothing like it": "shows the names", "Secret Bank": "did you mean Finance/Bank?",
	} {
		moved := contract.MessageID{Account: "default", Mailbox: asked, UIDValidity: 7, UID: 1}.String()
		for tool, arguments := range map[string]string{
			"imap_search_messages":   `{"mailbox":` + quote(asked) + `}`,
			"imap_get_message":       `{"message_id":` + quote(moved) + `}`,
			"imap_apply_to_messages": moving([]string{id}, asked),
			"imap_manage_mailbox":    `{"action":"delete","mailbox":` + quote(asked) + `}`,
		} {
			if tool == "imap_apply_to_messages" {
				arguments = `{"message_ids":[` + quote(id) + `],"action":"move","destination_mailbox":` + quote(asked) + `}`
			}
			code, message := call(t, session, tool, arguments).refused(t)
			if code != "not_found" || !strings.Contains(message, want) || (asked != "Secret Bank" && strings.Contains(message, "Secret")) {
				t.Errorf("%s, %s: %s: %s", tool, asked, code, message)
			}
		}
	}
}
