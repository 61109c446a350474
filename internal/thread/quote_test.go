package thread_test

import (
	"slices"
	"strings"
	"testing"

	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
	"mail-imap-mcp/internal/thread"
)

func TestThread_EachNewTextStandsOnce(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		seed := deliver(t, srv, "INBOX",
			reply{n: 0, body: "Shall we meet at the harbour?\r\n\r\n-- \r\nAda\r\n"},
			reply{n: 1, inReplyTo: talkID(0), body: "Yes, at nine.\r\n\r\nOn Sun, 1 Mar 2026, Ada wrote:\r\n> Shall we meet at the harbour?\r\n"},
			reply{
				n: 2, inReplyTo: talkID(1), extra: "MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n",
				body: "<div>Make it ten.</div><blockquote type=\"cite\"><div>Yes, at nine.</div><blockquote type=\"cite\">Shall we meet at the harbour?</blockquote></blockquote>",
			},
			reply{n: 3, inReplyTo: talkID(2), body: "> Make it ten.\r\nWhy?\r\n> Yes, at nine.\r\nThis is better.\r\n"},
			// Nothing of its own, and what it answers is there.
			reply{n: 4, inReplyTo: talkID(3), body: "> Why?\r\n> This is better.\r\n"},
		)[0]
		r := find(t, connect(t, srv), thread.Query{ID: seed})
		all := strings.Join(texts(r), "\n---\n")
		for _, once := range []string{"meet at the harbour", "at nine", "Make it ten", "Why?", "This is better"} {
			if n := strings.Count(all, once); n != 1 {
				t.Errorf("%q stands %d times in\n%s", once, n, all)
			}
		}
		if strings.Contains(all, "wrote:") || !slices.Equal(texts(r)[4:], []string{""}) {
			t.Errorf("%s", all)
		}
	})
}

func TestThread_WhatIsForwardedWithoutAWordIsShown(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		seed := deliver(t, srv, "INBOX", reply{n: 0, inReplyTo: "<elsewhere@talk.example>", body: "> The lighthouse is for sale.\r\n"})[0]
		if got := texts(find(t, connect(t, srv), thread.Query{ID: seed})); !strings.Contains(got[0], "The lighthouse is for sale.") {
			t.Errorf("%q", got)
		}
	})
}
