package tools

import (
	"strings"
	"testing"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailbox"
)

func TestSearch_NextTellsNothingThereFromNothingRead(t *testing.T) {
	t.Parallel()
	issue := []contract.Issue{{Code: contract.Unavailable, Stage: "fetch"}}
	one := []mailbox.Summary{{ID: contract.MessageID{Account: "work", Mailbox: "INBOX", UIDValidity: 7, UID: 3}}}
	const unread = "Nothing could be shown"
	for name, tt := range map[string]struct {
		r          mailbox.SearchResult
		says, tool string
	}{
		"nothing matches":         {mailbox.SearchResult{}, "Nothing matches here", nameListMailboxes},
		"matches, none of it":     {mailbox.SearchResult{Total: 3, Attempted: 3, Failed: 3, Issues: issue}, unread, ""},
		"nothing, and a doubt":    {mailbox.SearchResult{Issues: issue}, unread, ""},
		"all expunged meanwhile":  {mailbox.SearchResult{Total: 2}, unread, ""},
		"none of it yet":          {mailbox.SearchResult{Total: 30, Attempted: 10, Failed: 10, HasMore: true, NextCursor: "c", Issues: issue}, unread, nameSearchMessages},
		"none among those looked": {mailbox.SearchResult{HasMore: true, NextCursor: "c", Issues: issue}, "Nothing in this part", nameSearchMessages},
		"some, and more":          {mailbox.SearchResult{Total: 30, Returned: 1, HasMore: true, NextCursor: "c", Messages: one}, "Read what looks right", nameSearchMessages},
		"some":                    {mailbox.SearchResult{Total: 1, Returned: 1, Messages: one, Issues: issue}, "Read the message", nameGetMessage},
	} {
		got := afterSearch(&tt.r)
		if !strings.HasPrefix(got.Instruction, tt.says) || got.Tool != tt.tool {
			t.Errorf("%s: %q: %s", name, got.Tool, got.Instruction)
		}
		if cursor := got.Arguments["cursor"]; (tt.tool == nameSearchMessages) != (cursor == "c") {
			t.Errorf("%s: arguments %v", name, got.Arguments)
		}
		// An account that "has nothing" is believed to: the two must not be mixed up.
		if name != "nothing matches" && strings.Contains(got.Instruction, "Nothing matches") {
			t.Errorf("%s: %s", name, got.Instruction)
		}
	}
}

func TestGet_NextDoesNotCallAHalfAWhole(t *testing.T) {
	t.Parallel()
	q := mailbox.GetQuery{ID: contract.MessageID{Account: "work", Mailbox: "INBOX", UIDValidity: 7, UID: 3}, BodyMax: 2000, Mode: mailbox.ModeText}
	failed := []contract.Issue{{Code: contract.Unavailable, Stage: "body"}}
	text := "See"
	for name, tt := range map[string]struct {
		m                   mailbox.Message
		says, tool, summary string
	}{
		"whole":            {mailbox.Message{BodyText: &text}, "This is the whole message", "", "whole body"},
		"no body":          {mailbox.Message{}, "This is the whole message", "", "without a readable body"},
		"a note apart":     {mailbox.Message{BodyText: &text, Issues: []contract.Issue{{Stage: "structure"}}}, "This is the whole message", "", "whole body"},
		"body failed":      {mailbox.Message{Issues: failed}, "The body could not be read", nameGetMessageRaw, "could not be read"},
		"body cut off":     {mailbox.Message{BodyText: &text, Issues: failed}, "The body could not be read, or not all", nameGetMessageRaw, "or not all of it"},
		"body goes on":     {mailbox.Message{BodyText: &text, BodyTruncated: true, BodyNextOffset: 3, BodySpan: mailbox.Span{To: 3, Total: 66_200}}, "The body goes on", nameGetMessage, "characters 1 to 3 of 66,200"},
		"how far, unknown": {mailbox.Message{BodyText: &text, BodyTruncated: true, BodyNextOffset: 3, BodySpan: mailbox.Span{To: 3, Total: 9, AtLeast: true}}, "The body goes on", nameGetMessage, "1 to 3 of more than 9"},
		"its end":          {mailbox.Message{BodyText: &text, BodySpan: mailbox.Span{From: 60_000, To: 66_200, Total: 66_200}}, "This is the end", "", "characters 60,001 to 66,200 of 66,200"},
		"quotes folded":    {mailbox.Message{BodyText: &text, BodySpan: mailbox.Span{To: 80, Total: 80, Folded: true}}, "This is the whole", "", "1 to 80 of 80, quotes or signature folded"},
		"only its HTML":    {mailbox.Message{BodyHTML: &text, BodyTruncated: true}, "The body could not be read, or not all", nameGetMessageRaw, "part of its body"},
		"withheld":         {mailbox.Message{Summary: mailbox.Summary{Withheld: "stranger"}, Issues: failed}, "Tell the person that lockdown", "", "withheld"},
		"failed, and more": {mailbox.Message{BodyText: &text, BodyTruncated: true, BodyNextOffset: 3, Issues: failed}, "The body goes on", nameGetMessage, "or not all of it"},
	} {
		tt.m.ID = q.ID
		got := afterGet(q, &tt.m)
		if !strings.HasPrefix(got.Instruction, tt.says) || got.Tool != tt.tool {
			t.Errorf("%s: %q: %s", name, got.Tool, got.Instruction)
		}
		if tt.tool != "" && got.Arguments["message_id"] != q.ID.String() {
			t.Errorf("%s: arguments %v", name, got.Arguments)
		}
		if summary := getSummary(&tt.m, newMessageData(&tt.m)); !strings.Contains(summary, tt.summary) {
			t.Errorf("%s: %s", name, summary)
		}
	}
}
