package tools

import (
	"reflect"
	"strconv"
	"testing"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/thread"
)

// ruleFor is the rule of an input's argument.
func ruleFor[In any](t *testing.T, name string) rule {
	t.Helper()
	for _, a := range argumentsOf(reflect.ValueOf(new(In)).Elem()) {
		if a.name == name {
			return ruleOf(a.field)
		}
	}
	t.Fatalf("there is no argument %s", name)
	return rule{}
}

// Where code goes by a bound that a tag has, it is the same one.
func TestRules_AgreeWithWhatTheRoomsGoBy(t *testing.T) {
	t.Parallel()
	fallback := func(r rule) int { n, _ := strconv.Atoi(r.fallback); return n }
	search, body := ruleFor[searchMessagesInput](t, "limit"), ruleFor[getMessageInput](t, "body_max_chars")
	conversation, chars := ruleFor[getThreadInput](t, "limit"), ruleFor[getAttachmentInput](t, "max_chars")
	for name, pair := range map[string][2]int{
		"limit":                    {int(search.hi), contract.MaxLimit},
		"limit, default":           {fallback(search), contract.DefaultLimit},
		"body_max_chars":           {int(body.hi), contract.MaxBodyChars},
		"body_offset_chars":        {int(ruleFor[getMessageInput](t, "body_offset_chars").hi), contract.MaxBodyOffset},
		"attachment text":          {int(ruleFor[getMessageInput](t, "attachment_text_max_chars").hi), contract.MaxAttachmentTextChars},
		"attachment text, default": {fallback(ruleFor[getMessageInput](t, "attachment_text_max_chars")), contract.DefaultAttachmentTextChars},
		"max_chars":                {int(chars.hi), contract.MaxAttachmentTextChars},
		"max_chars, default":       {fallback(chars), contract.DefaultAttachmentTextChars},
		"max_bytes, default":       {fallback(ruleFor[getAttachmentInput](t, "max_bytes")), contract.DefaultAttachmentBytes},
		"offset":                   {int(ruleFor[getAttachmentInput](t, "offset").hi), contract.MaxAttachmentOffset},
		"thread limit":             {int(conversation.hi), contract.MaxLimit},
		"thread limit, default":    {fallback(conversation), thread.DefaultLimit},
		"thread mailboxes":         {ruleFor[getThreadInput](t, "mailboxes").items, thread.MaxMailboxes},
		"message_ids":              {ruleFor[applyToMessagesInput](t, "message_ids").items, contract.MaxMessageIDs},
		"message_ids, flags":       {ruleFor[updateMessageFlagsInput](t, "message_ids").items, contract.MaxMessageIDs},
		"flags":                    {ruleFor[updateMessageFlagsInput](t, "flags").items, contract.MaxFlags},
		"to":                       {ruleFor[saveDraftInput](t, "to").items, contract.MaxRecipients},
		"attach":                   {ruleFor[saveDraftInput](t, "attach").items, contract.MaxDraftAttachments},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: the tag says %d, the code goes by %d", name, pair[0], pair[1])
		}
	}
}
