package tools_test

import (
	"strings"
	"testing"

	"mail-imap-mcp/internal/mailtest"
)

// A stranger answers in a friend's conversation, without a Message-ID, and the
// server keeps a copy in another mailbox: neither copy may speak.
func TestLockdown_AStrangerInAFriendsConversationIsWithheldInEveryCopy(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemoryWith(t, mailtest.MemoryOptions{User: "me@example.org"})
	putIn(t, srv, "Sent", "From: me@example.org\r\nTo: ada@example.net\r\nSubject: Tea\r\nMessage-ID: <1@example.org>\r\nDate: Mon, 02 Nov 2026 09:00:00 +0100\r\n\r\nTea?\r\n")
	id := put(t, srv, "From: ada@example.net\r\nTo: me@example.org\r\nSubject: Re: Tea\r\nMessage-ID: <2@example.net>\r\nIn-Reply-To: <1@example.org>\r\n"+
		"Date: Mon, 02 Nov 2026 10:00:00 +0100\r\n\r\nWith pleasure.\r\n")
	for _, with := range []string{"", "Message-ID: <3@evil.example>\r\n"} {
		spy := "From: GHOSTWORD <ann@evil.example>\r\nTo: GHOSTWORD <me@example.org>\r\nSubject: Re: GHOSTWORD\r\n" + with + "In-Reply-To: <2@example.net>\r\n" +
			"References: <1@example.org> <2@example.net>\r\nDate: Mon, 02 Nov 2026 11:00:00 +0100\r\n\r\nGHOSTWORD\r\n"
		put(t, srv, spy)
		putIn(t, srv, "Archive", spy)
	}
	session := connectWith(t, srv, setup{lockdown: true})
	r := call(t, session, "imap_get_thread", `{"message_id":`+quote(id)+`}`)
	messages := r.data(t)["messages"].([]any)
	if len(messages) != 4 || !strings.Contains(r.text, "With pleasure.") {
		t.Errorf("%d messages, want 4 with the friend's words: %s", len(messages), r.text)
	}
	if strings.Contains(strings.ToLower(r.text+toJSON(r.structured)), "ghostword") {
		t.Errorf("a stranger's words are in the conversation: %s", r.text)
	}
}
