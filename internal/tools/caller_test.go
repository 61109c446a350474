package tools

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/guard"
	"mail-imap-mcp/internal/mailtest"
)

// What one caller was given, an operation or a cursor, is no other's.
func TestCaller_ComesWithTheRequest(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	uids := srv.Append(t, "INBOX", mailtest.Message{Raw: []byte("Subject: 1\r\n\r\n")}, mailtest.Message{Raw: []byte("Subject: 2\r\n\r\n")})
	old := contract.MessageID{Account: "default", Mailbox: "INBOX", UIDValidity: srv.UIDValidity(t, "INBOX"), UID: uids[0]}
	s := writing(t, srv)
	ann, bob := guard.WithCaller(t.Context(), "ann"), guard.WithCaller(t.Context(), "bob")
	found, err := s.invoke(ann, searchMessages(), json.RawMessage(`{"mailbox":"INBOX","limit":1}`))
	if err != nil {
		t.Fatal(err)
	}
	moved, err := s.invoke(ann, applyToMessages(), fmt.Appendf(nil, `{"message_ids":%q,"action":"archive"}`, old))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		d    Definition
		raw  string
		code contract.Code
	}{
		"cursor":    {searchMessages(), fmt.Sprintf(`{"cursor":%q}`, found.data.(searchMessagesData).NextCursor), contract.InvalidInput},
		"operation": {getOperation(), fmt.Sprintf(`{"operation_id":%q}`, moved.data.(writeData).OperationID), contract.NotFound},
		"old id":    {getMessage(), fmt.Sprintf(`{"message_id":%q}`, old), contract.NotFound},
	} {
		if _, err := s.invoke(ann, c.d, json.RawMessage(c.raw)); err != nil {
			t.Errorf("%s of one's own: %v", name, err)
		}
		var refused *contract.Error
		if _, err := s.invoke(bob, c.d, json.RawMessage(c.raw)); !errors.As(err, &refused) || refused.Code != c.code {
			t.Errorf("%s of another: %v", name, err)
		}
	}
}
