package tools_test

import (
	"fmt"
	"testing"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/mailtest"
)

// Where the audit cannot be written no tool changes anything, and reading goes on.
func TestAttack_NothingIsChangedWithoutTheAudit(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	a := attack(t, attackSetup{
		servers: map[string]mailtest.Server{"default": srv}, deletes: true,
		writing: func(w *config.Writing) { w.Confirm = config.ConfirmNever },
	})
	ids := fill(t, srv, "default", "INBOX", 3)
	undo := call(t, a.session, "imap_apply_to_messages", `{"message_ids":`+quoted(ids[2:])+`,"action":"archive"}`).data(t)["operation_id"].(string)
	state := func() string {
		s := fmt.Sprint(srv.Mailboxes(t))
		for _, box := range srv.Mailboxes(t) {
			for _, m := range srv.Messages(t, box) {
				s += fmt.Sprintf(" %s/%d%q", box, m.UID, m.Flags)
			}
		}
		return s
	}
	before := state()
	a.lines.fail(true)
	for _, c := range []struct{ tool, arguments string }{
		{"imap_apply_to_messages", `{"message_ids":` + quoted(ids[:1]) + `,"action":"move","destination_mailbox":"Archive"}`},
		{"imap_apply_to_messages", `{"message_ids":` + quoted(ids[:1]) + `,"action":"copy","destination_mailbox":"Archive"}`},
		{"imap_apply_to_messages", `{"message_ids":` + quoted(ids[:1]) + `,"action":"delete"}`},
		{"imap_apply_to_messages", `{"message_ids":` + quoted(ids[:1]) + `,"action":"delete","permanent":true}`},
		{"imap_update_message_flags", `{"message_ids":` + quoted(ids[:1]) + `,"operation":"add","flags":["\\Seen"]}`},
		{"imap_manage_mailbox", `{"action":"create","mailbox":"New"}`},
		{"imap_manage_mailbox", `{"action":"rename","mailbox":"Archive","destination_mailbox":"Old"}`},
		{"imap_manage_mailbox", `{"action":"subscribe","mailbox":"Archive"}`},
		{"imap_save_draft", `{"body":"x"}`},
		{"imap_undo_operation", `{"operation_id":` + quote(undo) + `}`},
	} {
		if code, _ := call(t, a.session, c.tool, c.arguments).refused(t); code != "unavailable" {
			t.Errorf("%s %s: %s", c.tool, c.arguments, code)
		}
	}
	if after := state(); after != before {
		t.Errorf("was %s, is %s", before, after)
	}
	call(t, a.session, "imap_search_messages", `{"mailbox":"INBOX"}`).data(t)
	a.lines.fail(false)
	call(t, a.session, "imap_undo_operation", `{"operation_id":`+quote(undo)+`}`).data(t)
	intents, outcomes := a.lines.of("intent"), a.lines.of("outcome")
	for _, in := range intents {
		n := 0
		for _, out := range outcomes {
			if out.Operation == in.Operation {
				n++
			}
		}
		if n != 1 || in.Operation == "" || in.Tool == "" {
			t.Errorf("%d outcomes of %+v", n, in)
		}
	}
	if len(intents) != 2 {
		t.Errorf("%d intents", len(intents))
	}
}
