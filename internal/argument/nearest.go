package argument

import (
	"slices"
	"strings"

	"mail-imap-mcp/internal/config"
)

// synonyms are names that models give to arguments of ours, from which no
// spelling leads to them. Of several the first one that the tool has is meant.
var synonyms = map[string][]string{
	"account": {"account_id"}, "user": {"account_id"}, "email": {"account_id"},
	"folder": {"mailbox", "destination_mailbox", "mailboxes"}, "label": {"mailbox", "destination_mailbox"}, "folders": {"mailboxes", "mailbox"},
	"destination": {"destination_mailbox"}, "dest": {"destination_mailbox"}, "target": {"destination_mailbox"},
	"to_mailbox": {"destination_mailbox"}, "to_folder": {"destination_mailbox"}, "new_name": {"destination_mailbox"},
	"id": {"message_id", "message_ids", "operation_id"}, "uri": {"message_id"}, "message_uri": {"message_id", "message_ids"},
	"ids": {"message_ids", "message_id"}, "messages": {"message_ids", "message_id"}, "message": {"message_id", "message_ids", "body"}, "uids": {"message_ids"},
	"sender": {"from"}, "author": {"from"}, "recipient": {"to"}, "recipients": {"to"},
	"q": {"query"}, "text": {"query", "body"}, "search": {"query"}, "term": {"query"},
	"count": {"limit"}, "top": {"limit"}, "n": {"limit"}, "max": {"limit"}, "max_results": {"limit"}, "page_size": {"limit"},
	"page": {"cursor"}, "next_cursor": {"cursor"}, "page_token": {"cursor"},
	"since": {"start_date"}, "after": {"start_date"}, "until": {"end_date"}, "before": {"end_date"}, "days": {"last_days"},
	"unread": {"unread_only"}, "unseen": {"unread_only"}, "flagged": {"flagged_only"}, "starred": {"flagged_only"},
	"title": {"subject"}, "content": {"body"}, "body_text": {"body"}, "attachments": {"attach", "has_attachment"},
	"part": {"part_id"}, "attachment_id": {"part_id"}, "filename": {"part_id"},
	"in_reply_to": {"reply_to_message_id"}, "reply_to": {"reply_to_message_id"}, "forward": {"forward_message_id"},
	"tags": {"keywords"}, "labels": {"keywords"}, "token": {"confirm_token"},
}

// nearestArgument is the argument that a name not known was probably meant to be.
func nearestArgument(name string, known []string) string {
	plain := strings.ToLower(strings.ReplaceAll(name, "-", "_"))
	for _, meant := range synonyms[plain] {
		if slices.Contains(known, meant) {
			return meant
		}
	}
	return Nearest(name, known)
}

// Nearest finds the known name a mistaken one was probably meant to be: a
// misspelt one, or one of which only a part was given ("id" is no part: three
// letters at least). "" means none is near.
func Nearest(name string, known []string) string {
	name = strings.ToLower(name)
	if near := config.Nearest(name, known); near != "" || len(name) < 3 {
		return near
	}
	for _, k := range known {
		if strings.HasPrefix(k, name) || strings.HasSuffix(k, "_"+name) || strings.HasPrefix(name, k) {
			return k
		}
	}
	return ""
}
