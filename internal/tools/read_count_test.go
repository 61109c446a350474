package tools

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/guard"
	"mail-imap-mcp/internal/mailtest"
)

func TestMassRead_IsNoticedWhateverToolReads(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	uids := srv.Append(t, "INBOX", mailtest.Message{Raw: []byte("From: ada@example.org\r\nSubject: tea\r\n\r\nSome text.\r\n")})
	id := contract.MessageID{Account: "default", Mailbox: "INBOX", UIDValidity: srv.UIDValidity(t, "INBOX"), UID: uids[0]}.String()
	calls := map[string]struct {
		d         Definition
		arguments string
		reads     bool
	}{
		"a message":               {getMessage(), fmt.Sprintf(`{"message_id":%q}`, id), true},
		"its source":              {getMessageRaw(false), fmt.Sprintf(`{"message_id":%q}`, id), true},
		"a piece of its source":   {getMessageRaw(false), fmt.Sprintf(`{"message_id":%q,"offset_bytes":3}`, id), false},
		"a conversation":          {getThread(), fmt.Sprintf(`{"message_id":%q}`, id), true},
		"a list with snippets":    {searchMessages(), `{"mailbox":"INBOX","snippet_max_chars":100}`, true},
		"a list without snippets": {searchMessages(), `{"mailbox":"INBOX"}`, false},
	}
	for name, c := range calls {
		t.Run(name, func(t *testing.T) {
			s := writing(t, srv)
			const many = 300
			for range many {
				s.count(t.Context(), t, c.d, json.RawMessage(c.arguments))
			}
			if noticed := s.guard.Events()[guard.EventMassRead] > 0; noticed != c.reads {
				t.Errorf("noticed: %t", noticed)
			}
		})
	}
}

// count makes a call and leaves as the handler does.
func (s *server) count(ctx context.Context, t *testing.T, d Definition, raw json.RawMessage) {
	t.Helper()
	r := d.read(ctx, s, raw)
	visit, err := s.guard.Enter(ctx, d.asked(guard.CallerLocal, r.touch))
	if err != nil {
		t.Fatal(err)
	}
	a, err := r.run(ctx, &invocation{server: s, visit: visit, touch: r.touch})
	if err != nil {
		t.Fatal(err)
	}
	visit.Leave(ctx, a.left())
}
