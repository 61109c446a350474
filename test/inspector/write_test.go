package inspector_test

import (
	"slices"
	"strings"
	"testing"

	"mail-imap-mcp/internal/mailtest"
)

var writeTools = []string{
	"imap_apply_to_messages", "imap_update_message_flags", "imap_manage_mailbox", "imap_save_draft",
	"imap_get_operation", "imap_cancel_operation", "imap_undo_operation",
}

// Each call is a process of its own, so what one did the next knows from the
// journal only.
func TestInspector_ChangesMailAndTakesItBack(t *testing.T) {
	s, server := newSession(t, map[string]string{"MAIL_IMAP_WRITE_ENABLED": "true", "MAIL_IMAP_STATE_DIR": t.TempDir()})
	server.Append(t, "INBOX", mailtest.Message{Raw: []byte("From: Ann <ann@example.org>\r\nTo: you@example.org\r\n" +
		"Subject: Invoice 42\r\nMessage-ID: <42@example.org>\r\n\r\nThe total is 12 euros.\r\n")})

	listed := objects(t, s.run(t, installTimeout, "--method", "tools/list"), "tools")
	for _, tool := range slices.Concat(readTools, writeTools) {
		if !has(listed, "name", tool) {
			t.Errorf("%s is not listed", tool)
		}
	}

	found := objects(t, s.call(t, "imap_search_messages", map[string]any{"mailbox": "INBOX"}), "messages")
	if len(found) != 1 {
		t.Fatalf("INBOX holds %v", found)
	}
	id := found[0]["message_id"]
	list := []any{id}

	for tool, arguments := range map[string]map[string]any{
		"imap_apply_to_messages":    {"message_ids": list, "action": "delete", "dry_run": true},
		"imap_update_message_flags": {"message_ids": list, "operation": "add", "flags": []string{`\Flagged`}, "dry_run": true},
		"imap_manage_mailbox":       {"action": "create", "mailbox": "Bills", "dry_run": true},
		"imap_save_draft":           {"reply_to_message_id": id, "body": "Paid.", "dry_run": true},
	} {
		if data := s.call(t, tool, arguments); data["dry_run"] != true {
			t.Errorf("the dry run of %s answered %v", tool, data)
		}
	}
	if left := server.Messages(t, "INBOX"); len(left) != 1 || len(left[0].Flags) != 0 || len(server.Messages(t, "Drafts")) != 0 || slices.Contains(server.Mailboxes(t), "Bills") {
		t.Fatalf("a dry run changed something: INBOX has %+v", left)
	}

	s.call(t, "imap_manage_mailbox", map[string]any{"action": "create", "mailbox": "Bills"})
	s.call(t, "imap_save_draft", map[string]any{"reply_to_message_id": id, "body": "Paid."})
	if drafts := server.Messages(t, "Drafts"); len(drafts) != 1 || !strings.Contains(string(drafts[0].Raw), "In-Reply-To: <42@example.org>") {
		t.Errorf("Drafts holds %+v", drafts)
	}
	s.call(t, "imap_update_message_flags", map[string]any{"message_ids": list, "operation": "add", "flags": []string{`\Flagged`}})
	moved := s.call(t, "imap_apply_to_messages", map[string]any{"message_ids": list, "action": "move", "destination_mailbox": "Bills"})
	if bills := server.Messages(t, "Bills"); len(bills) != 1 || !slices.Contains(bills[0].Flags, `\Flagged`) {
		t.Errorf("Bills holds %+v", bills)
	}
	named := map[string]any{"operation_id": moved["operation_id"]}
	for _, tool := range []string{"imap_get_operation", "imap_cancel_operation"} {
		if operation, _ := s.call(t, tool, named)["operation"].(map[string]any); operation["state"] != "done" {
			t.Errorf("%s says the move is %v", tool, operation)
		}
	}
	s.call(t, "imap_undo_operation", named)
	if len(server.Messages(t, "INBOX")) != 1 || len(server.Messages(t, "Bills")) != 0 {
		t.Error("the move was not taken back")
	}
}
