package tools

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"

	"mail-imap-mcp/internal/mailtest"
)

// An argument that says what a call is about is one that the guard reads: a new
// one that scope.go does not know fails here.
func TestScope_KnowsEveryArgumentThatNamesSomething(t *testing.T) {
	t.Parallel()
	known := slices.Concat(accountArguments, mailboxArguments, messageArguments)
	for _, d := range Definitions(Features{Saving: true, PermanentDelete: true}) {
		for name, p := range d.Tool().InputSchema.(*jsonschema.Schema).Properties {
			names := false
			for _, word := range []string{"account", "mailbox", "message"} {
				names = names || strings.Contains(name, word) || (p.Items != nil && hasProperty(p.Items, word)) || hasProperty(p, word)
			}
			if names && !slices.Contains(known, name) {
				t.Errorf("%s: the guard does not look at %s", d.Name, name)
			}
		}
	}
}

func hasProperty(s *jsonschema.Schema, word string) bool {
	for name := range s.Properties {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

func TestScope_IsReadFromTheArguments(t *testing.T) {
	t.Parallel()
	s := writing(t, mailtest.NewMemory(t))
	for _, tt := range []struct {
		name, arguments, account string
		mailboxes, ids           []string
	}{
		{"nothing", `{}`, "default", nil, nil},
		{"no object", `[7]`, "default", nil, nil},
		{"a mailbox", `{"mailbox":"A"}`, "default", []string{"A"}, nil},
		{"several", `{"mailboxes":["A","B","A"]}`, "default", []string{"A", "B"}, nil},
		{"a message", `{"message_id":"imap:work:In:box:7:1"}`, "work", []string{"In:box"}, []string{"imap:work:In:box:7:1"}},
		{"messages", `{"message_ids":["imap:work:A:7:1","imap:work:B:7:2"],"destination_mailbox":"C"}`, "work", []string{"A", "B", "C"}, []string{"imap:work:A:7:1", "imap:work:B:7:2"}},
		{"the destination of another account", `{"message_ids":["imap:work:A:7:1"],"destination_mailbox":"C","destination_account_id":"home"}`, "work", []string{"A"}, []string{"imap:work:A:7:1"}},
		{"what is attached", `{"attach":[{"message_id":"imap:work:A:7:1","part_id":"2"}]}`, "default", nil, []string{"imap:work:A:7:1"}},
		{"what is answered", `{"reply_to_message_id":"imap:Work:A:7:1","account_id":"HOME"}`, "home", nil, []string{"imap:work:A:7:1"}},
		{"what is malformed", `{"message_ids":["x",7,null,{}],"mailbox":"a\r\nb","account_id":9}`, "default", nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			sc := s.scopeOf(json.RawMessage(tt.arguments))
			if sc.account != tt.account || !slices.Equal(sc.mailboxes, tt.mailboxes) || !slices.Equal(sc.ids, tt.ids) {
				t.Errorf("got %+v", sc)
			}
		})
	}
}
