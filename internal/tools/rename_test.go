package tools_test

import (
	"encoding/json"
	"strings"
	"testing"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailtest"
)

// Renaming is moving what is in a mailbox: a person is asked about much, and it
// can be taken back.
func TestRename_IsMovingWhatIsInIt(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	srv.Create(t, "Work")
	for range 26 {
		srv.Append(t, "Work", mailtest.Message{Raw: []byte("From: a@example.org\r\nSubject: s\r\n\r\nhi\r\n")})
	}
	session := connectWith(t, srv, setup{writes: true})
	const rename = `{"action":"rename","mailbox":"Work","destination_mailbox":"Jobs"`
	if code, _ := call(t, session, "imap_manage_mailbox", rename+`}`).refused(t); code != "confirmation_required" {
		t.Fatalf("26 messages are moved unasked: %s", code)
	}
	would := call(t, session, "imap_manage_mailbox", rename+`,"dry_run":true}`).data(t)
	question, _ := would["question"].(string)
	if !strings.Contains(question, "moves 26 messages") || !strings.Contains(question, "can be undone") {
		t.Fatalf("the dry run: %v", would)
	}
	did := call(t, session, "imap_manage_mailbox", rename+`,"confirm_token":`+quote(would["confirm_token"].(string))+`}`).data(t)
	if did["result"] != "done" {
		t.Fatalf("%v", did)
	}
	undo := `{"operation_id":` + quote(did["operation_id"].(string)) + `}`
	call(t, session, "imap_undo_operation", undo).data(t)
	if names := strings.Join(srv.Mailboxes(t), " "); !strings.Contains(names, "Work") || strings.Contains(names, "Jobs") {
		t.Errorf("after the undo there are %s", names)
	}
	r := call(t, session, "imap_undo_operation", undo)
	var e contract.ErrorEnvelope
	if err := json.Unmarshal([]byte(r.text), &e); err != nil || e.Error.Code != contract.Conflict {
		t.Errorf("it is taken back twice: %s", r.text)
	}
}
