package tools

import (
	"reflect"
	"strconv"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"

	"mail-imap-mcp/internal/argument"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/thread"
)

// schemaFor is what a client is told of an input's argument.
func schemaFor[In any](t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	in := schemaOf[In]("a test")
	argument.Describe(in, reflect.TypeFor[In]())
	if in.Properties[name] == nil {
		t.Fatalf("there is no argument %s", name)
	}
	return in.Properties[name]
}

// Where code goes by a bound that a tag has, it is the same one.
func TestRules_AgreeWithWhatTheRoomsGoBy(t *testing.T) {
	t.Parallel()
	fallback := func(s *jsonschema.Schema) int { n, _ := strconv.Atoi(string(s.Default)); return n }
	hi := func(s *jsonschema.Schema) int { return int(*s.Maximum) }
	search, body := schemaFor[searchMessagesInput](t, "limit"), schemaFor[getMessageInput](t, "body_max_chars")
	conversation, chars := schemaFor[getThreadInput](t, "limit"), schemaFor[getAttachmentInput](t, "max_chars")
	for name, pair := range map[string][2]int{
		"limit":                    {hi(search), contract.MaxLimit},
		"limit, default":           {fallback(search), contract.DefaultLimit},
		"body_max_chars":           {hi(body), contract.MaxBodyChars},
		"body_offset_chars":        {hi(schemaFor[getMessageInput](t, "body_offset_chars")), contract.MaxBodyOffset},
		"attachment text":          {hi(schemaFor[getMessageInput](t, "attachment_text_max_chars")), contract.MaxAttachmentTextChars},
		"attachment text, default": {fallback(schemaFor[getMessageInput](t, "attachment_text_max_chars")), contract.DefaultAttachmentTextChars},
		"max_chars":                {hi(chars), contract.MaxAttachmentTextChars},
		"max_chars, default":       {fallback(chars), contract.DefaultAttachmentTextChars},
		"max_bytes, default":       {fallback(schemaFor[getAttachmentInput](t, "max_bytes")), contract.DefaultAttachmentBytes},
		"offset":                   {hi(schemaFor[getAttachmentInput](t, "offset")), contract.MaxAttachmentOffset},
		"thread limit":             {hi(conversation), contract.MaxLimit},
		"thread limit, default":    {fallback(conversation), thread.DefaultLimit},
		"thread mailboxes":         {*schemaFor[getThreadInput](t, "mailboxes").MaxItems, thread.MaxMailboxes},
		"message_ids":              {*schemaFor[applyToMessagesInput](t, "message_ids").MaxItems, contract.MaxMessageIDs},
		"message_ids, flags":       {*schemaFor[updateMessageFlagsInput](t, "message_ids").MaxItems, contract.MaxMessageIDs},
		"flags":                    {*schemaFor[updateMessageFlagsInput](t, "flags").MaxItems, contract.MaxFlags},
		"to":                       {*schemaFor[saveDraftInput](t, "to").MaxItems, contract.MaxRecipients},
		"attach":                   {*schemaFor[saveDraftInput](t, "attach").MaxItems, contract.MaxDraftAttachments},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: the tag says %d, the code goes by %d", name, pair[0], pair[1])
		}
	}
}
