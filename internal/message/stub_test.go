package message_test

import (
	"strings"
	"testing"

	"mail-imap-mcp/internal/message"
)

func TestIsStub_TellsAStandInFromAMessage(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"":                               true,
		" \n\t\n":                        true,
		"https://news.example.org/a?b=c": true,
		"This message is in HTML; your program cannot show it.":            true,
		"View this email in your browser: https://news.example.org/" + "x": true,
		"Newsletter im Browser ansehen\nhttps://news.example.org":          true,
		"Если письмо не видно, откройте его в браузере.":                   true,
		"Hello Bob, lunch at noon?":                                        false,
		"ok":                                                               false,
		strings.Repeat("A long letter about HTML. ", 50):                   false,
		strings.Repeat("html ", 10_000):                                    false,
	} {
		if got := message.IsStub(text); got != want {
			t.Errorf("%.60q: got %t", text, got)
		}
	}
}

func TestReportText_IsBoundedAndSafe(t *testing.T) {
	t.Parallel()
	p := &message.Part{MediaType: "message/delivery-status"}
	const one = "Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.7.1 (go away)\nDiagnostic-Code: smtp; 550 \u202eevil\x1b[2J\u200b words"
	text := message.ReportText(p, []byte("Reporting-MTA: dns; mx.example.net\n\n"+strings.Repeat(one+strings.Repeat("x", 1000)+"\n\n", 100)))
	lines := strings.Split(text, "\n")
	if len(lines) != 22 || !strings.Contains(lines[20], "first 20") || lines[21] != "Reported by mx.example.net." {
		t.Fatalf("%d lines, the last %q", len(lines), lines[len(lines)-1])
	}
	const want = "Not delivered to a@b.example: refused by the recipient's policy (5.7.1). It said: 550 evil"
	if !strings.HasPrefix(lines[0], want) || strings.ContainsAny(text, "\u202e\u200b\x1b") || len(lines[0]) > 500 {
		t.Errorf("got %q", lines[0])
	}
}

func TestReportText_SaysWhatBecameOfEachRecipient(t *testing.T) {
	t.Parallel()
	for fields, want := range map[string]string{
		"Final-Recipient: rfc822; a@b.example\nAction: delivered\nStatus: 2.0.0":              "Delivered to a@b.example: success (2.0.0).",
		"Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 4.4.7":                 "Not delivered to a@b.example: it took too long (4.4.7).",
		"Final-Recipient: rfc822; a@b.example\nAction: delayed\nStatus: 4.4.1":                "Delayed, not yet delivered to a@b.example: the host does not answer; it will be tried again (4.4.1).",
		"Final-Recipient: rfc822;a@b.example\nAction: relayed":                                "Handed on to a server that does not report delivery, for a@b.example.",
		"Final-Recipient: a@b.example\nAction: failed\nDiagnostic-Code: smtp; 550 5.2.2 full": "Not delivered to a@b.example: the mailbox is full (5.2.2). It said: 550 5.2.2 full",
		"Action: failed": "Not delivered to a recipient that is not named.",
		"Nothing: here":  "",
		"":               "",
	} {
		if got := message.ReportText(&message.Part{MediaType: "message/delivery-status"}, []byte("\n"+fields)); got != want {
			t.Errorf("%q: got %q, want %q", fields, got, want)
		}
	}
	for disposition, want := range map[string]string{
		"manual-action/MDN-sent-manually; displayed":                   "The message was displayed by b@c.example, by hand.",
		"automatic-action/MDN-sent-automatically; deleted":             "The message was deleted, perhaps unread by b@c.example, automatically.",
		"Automatic-Action/MDN-sent-automatically;Dispatched/forwarded": "The message was sent on by b@c.example, automatically (forwarded).",
		"displayed": "The message was dealt with in an unknown way by b@c.example.",
	} {
		p := &message.Part{MediaType: "message/disposition-notification"}
		if got := message.ReportText(p, []byte("Final-Recipient: rfc822; b@c.example\nDisposition: "+disposition)); got != want {
			t.Errorf("%q: got %q, want %q", disposition, got, want)
		}
	}
}
