package mailtest

import (
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2"
)

type imapListData = imap.ListData

// The examples of Google's page on its extensions.
func TestGmailExtensions_AnswerAsInTheDocumentation(t *testing.T) {
	s := three(t, ExtendedOptions{Profile: Gmail})
	s.Create(t, "Muy Importante")
	a := signedIn(t, s)
	a.play(`
		C: LIST "" "*"
		S: * LIST (\HasNoChildren) "/" "INBOX"
		S: * LIST (\Noselect \HasChildren) "/" "[Gmail]"
		S: * LIST (\HasNoChildren \All) "/" "[Gmail]/All Mail"
		S: * LIST (\HasNoChildren \Drafts) "/" "[Gmail]/Drafts"
		S: * LIST (\HasNoChildren \Important) "/" "[Gmail]/Important"
		S: * LIST (\HasNoChildren \Sent) "/" "[Gmail]/Sent Mail"
		S: * LIST (\HasNoChildren \Junk) "/" "[Gmail]/Spam"
		S: * LIST (\HasNoChildren \Flagged) "/" "[Gmail]/Starred"
		S: * LIST (\HasNoChildren \Trash) "/" "[Gmail]/Trash"
		S: * LIST (\HasNoChildren) "/" "Muy Importante"
		S: %t OK Success
		C: SELECT "[Gmail]/All Mail"
		S: …
		S: %t OK [READ-WRITE] [Gmail]/All Mail selected. (Success)
		C: FETCH 1 (X-GM-MSGID X-GM-THRID X-GM-LABELS)
		S: * 1 FETCH (X-GM-MSGID 1278455344230334865 X-GM-THRID 1278455344230334865 X-GM-LABELS (\Inbox))
		S: %t OK Success
		C: UID SEARCH X-GM-MSGID 1278455344230334866
		S: * SEARCH 2
		S: %t OK …
		C: UID SEARCH X-GM-THRID 1278455344230334865
		S: * SEARCH 1 2
		S: %t OK …
		C: STORE 1 +X-GM-LABELS (foo "Muy Importante" Entw&APw-rfe)
		S: * 1 FETCH (X-GM-LABELS (\Inbox "Muy Importante" foo Entw&APw-rfe))
		S: %t OK STORE (Success)
		C: STORE 1 -X-GM-LABELS (\Inbox)
		S: * 1 FETCH (X-GM-LABELS ("Muy Importante" foo Entw&APw-rfe))
		S: %t OK STORE (Success)
		C: STORE 1 X-GM-LABELS (\Inbox foo)
		S: * 1 FETCH (X-GM-LABELS (\Inbox foo))
		S: %t OK STORE (Success)
		C: SEARCH X-GM-LABELS foo
		S: * SEARCH 1
		S: %t OK …
		C: UID STORE 2 +FLAGS (\Flagged)
		S: * 2 FETCH (UID 2 FLAGS (\Flagged))
		S: %t OK STORE (Success)
		C: STATUS [Gmail]/Starred (MESSAGES)
		S: * STATUS "[Gmail]/Starred" (MESSAGES 1)
		S: %t OK Success
		C: SORT (ARRIVAL) UTF-8 ALL
		S: %t BAD …
		C: EXAMINE foo
		S: …
		S: %t OK [READ-ONLY] foo selected. (Success)
		C: UID FETCH 1 (X-GM-MSGID X-GM-LABELS)
		S: * 1 FETCH (UID 1 X-GM-MSGID 1278455344230334865 X-GM-LABELS (\Inbox))
		S: %t OK Success
	`)
}

func TestGmailRaw_FindsWhatGmailsSearchFinds(t *testing.T) {
	s := three(t, ExtendedOptions{Profile: Gmail})
	s.Append(t, "INBOX", Message{Flags: []string{`\Seen`}, Date: noon, Raw: Mail{
		From: "dora@example.org", To: "b@example.org", Subject: "Grüße", Date: noon, MessageID: "four@x",
		Text: "a long weekend", Attachments: []Attachment{{Name: "a.pdf", Content: []byte("x")}},
	}.Bytes()})
	s.Append(t, "[Gmail]/Trash", Message{Raw: sampleMail("thrown away")})
	a := signedIn(t, s)
	a.ask("EXAMINE INBOX")
	for query, want := range map[string]string{
		"lunch": " 1 2", "from:anna": " 1", "-from:anna lunch": " 2", "subject:(lun": "", "from:ann": "",
		"from:bert OR subject:bill": " 2 3", `\"long weekend\"`: " 4", `\"weekend long\"`: "", "has:attachment": " 4",
		"is:unread": " 1 2 3", "has:attachment in:unread": "", "after:2026/01/30 in:anywhere": " 3 4", "before:2026-1-29": " 1",
		"rfc822msgid:two@x": " 2", "label:inbox": " 1 2 3 4", "in:sent": "", "newer_than:1d": " 3 4", "to:b@example.org": " 4",
		`from:\"anna example org\" noon`: " 1", "no:operator": "",
	} {
		if said := a.ask(`UID SEARCH X-GM-RAW "` + query + `"`); !strings.HasPrefix(said, "* SEARCH"+want+"\n") {
			t.Errorf("%s: %s, want%s", query, said, want)
		}
	}
	a.play(`
		C: UID SEARCH RETURN (COUNT) CHARSET UTF-8 X-GM-RAW {15}\nsubject:grüße SEEN
		S: * ESEARCH (TAG "%t") UID COUNT 1
		S: %t OK …
		C: UID SEARCH X-GM-RAW {15}\nsubject:grüße
		S: %t BAD …
		C: UID SEARCH HEADER Message-ID "<two@x>" FROM bert
		S: * SEARCH 2
		S: %t OK …
	`)
	a.ask("EXAMINE [Gmail]/Trash")
	a.play(`
		C: UID SEARCH X-GM-RAW thrown
		S: * SEARCH
		S: %t OK …
		C: UID SEARCH X-GM-RAW "thrown in:anywhere"
		S: * SEARCH 1
		S: %t OK …
	`)
}

func TestGmailExtensions_LabelsMoveAsOnGmail(t *testing.T) {
	s := three(t, ExtendedOptions{Profile: Gmail, QuotedLabels: true})
	s.Append(t, "INBOX", Message{Raw: sampleMail("odd"), Flags: []string{"OIB-Seen-[Gmail]/All Mail"}})
	a := signedIn(t, s)
	if said := a.ask("SELECT INBOX"); !strings.Contains(said, `\Seen OIB-Seen-[Gmail]/All Mail \*)] Flags permitted.`) {
		t.Errorf("the odd keyword is not among the flags: %s", said)
	}
	a.play(`
		C: UID FETCH 4 FLAGS
		S: * 4 FETCH (UID 4 FLAGS (OIB-Seen-[Gmail]/All Mail))
		S: %t OK Success
		C: UID MOVE 2 [Gmail]/Trash
		S: * OK [COPYUID 4249 2 1] Moved
		S: * 2 EXPUNGE
		S: %t OK Success
		C: UID STORE 1 +FLAGS.SILENT (\Deleted)
		S: %t OK STORE (Success)
		C: UID EXPUNGE 1
		S: * 1 EXPUNGE
		S: %t OK Success
		C: UID COPY 3 [Gmail]/Important
		S: %t OK [COPYUID 4245 3 1] Success
	`)
	for mailbox, want := range map[string]int{"INBOX": 2, "[Gmail]/All Mail": 3, "[Gmail]/Trash": 1} {
		if got := len(s.Messages(t, mailbox)); got != want {
			t.Errorf("%s has %d, want %d", mailbox, got, want)
		}
	}
	a.ask(`SELECT "[Gmail]/All Mail"`)
	a.play(`
		C: UID FETCH 3 X-GM-LABELS
		S: * 2 FETCH (UID 3 X-GM-LABELS ("\\Inbox" "\\Important"))
		S: %t OK Success
		C: UID MOVE 3 Nowhere
		S: %t NO [TRYCREATE] …
		C: UID STORE 1 +X-GM-LABELS.SILENT (\Trash)
		S: * 1 EXPUNGE
		S: %t OK STORE (Success)
	`)
}

func TestGmailExtensions_RefuseSignInAsGoogleDoes(t *testing.T) {
	s := NewGmail(t)
	a := connect(t, s)
	if said := a.login(s.WebAccount("default")); !strings.Contains(said, "%t NO [ALERT] Application-specific password required: https://") {
		t.Errorf("the web site's password is answered %s", said)
	}
	s.RefuseSignIn(GmailWebAlert)
	if said := a.login(s.Account("default")); !strings.HasPrefix(said, "* NO [WEBALERT https://") || !strings.Contains(said, "%t NO [ALERT] Please") {
		t.Errorf("the alert is %s", said)
	}
	s.RefuseSignIn("")
	if said := a.login(s.Account("default")); !strings.HasPrefix(said, "* CAPABILITY IMAP4rev1 ") || !strings.Contains(said, "authenticated (Success)") {
		t.Errorf("sign-in says %s", said)
	}
	var more []*asker
	for range 15 {
		more = append(more, connect(t, s))
	}
	for i, m := range more {
		said := m.login(s.Account("default"))
		if want := i < 14; strings.Contains(said, "%t OK") != want {
			t.Errorf("connection %d: %s", i+2, said)
		}
		if i == 14 && said != "%t NO [ALERT] Too many simultaneous connections. (Failure)" {
			t.Errorf("one too many: %s", said)
		}
	}
	a.ask("LOGOUT")
	for range 100 { // the place is free when the server has read to the end
		if strings.Contains(more[14].login(s.Account("default")), "%t OK") {
			return
		}
	}
	t.Error("a place that was given back is not given again")
}

func TestYahoo_HasTheNewest10000UnlessUIDONLYIsEnabled(t *testing.T) {
	s := NewYahoo(t, 25_000)
	a := signedIn(t, s)
	if said := a.ask("EXAMINE INBOX"); !strings.Contains(said, "* 10000 EXISTS\n") || !strings.Contains(said, "[UIDNEXT 25001]") {
		t.Errorf("EXAMINE says %s", said)
	}
	a.play(`
		C: UID FETCH 14999:15001 FLAGS
		S: * 1 FETCH (UID 15001 FLAGS ())
		S: %t OK Success
		C: STATUS INBOX (MESSAGES)
		S: * STATUS "Inbox" (MESSAGES 10000)
		S: %t OK Success
		C: UID SEARCH RETURN (COUNT) ALL
		S: %t BAD …
		C: UNSELECT
		S: %t OK Success
		C: ENABLE UIDONLY
		S: * ENABLED UIDONLY
		S: %t OK Success
		C: STATUS INBOX (MESSAGES)
		S: * STATUS "Inbox" (MESSAGES 25000)
		S: %t OK Success
	`)
	a.ask("SELECT INBOX")
	a.play(`
		C: UID FETCH 7,100 (FLAGS EMAILID)
		S: * 7 UIDFETCH (FLAGS () EMAILID (M1278455344230334871))
		S: * 100 UIDFETCH (FLAGS (\Seen \Flagged) EMAILID (M1278455344230334964))
		S: %t OK Success
		C: UID FETCH 1:* (UID FLAGS) (PARTIAL -1:-2)
		S: * 24999 UIDFETCH (UID 24999 FLAGS (\Seen))
		S: * 25000 UIDFETCH (UID 25000 FLAGS (\Seen \Flagged))
		S: %t OK Success
		C: FETCH 1 FLAGS
		S: %t BAD [UIDREQUIRED] …
		C: SEARCH ALL
		S: %t BAD [UIDREQUIRED] …
		C: UID SEARCH 1:5
		S: %t BAD [UIDREQUIRED] …
		C: UID STORE 1:2 +FLAGS (\Deleted)
		S: * 1 UIDFETCH (FLAGS (\Seen \Deleted))
		S: * 2 UIDFETCH (FLAGS (\Seen \Deleted))
		S: %t OK STORE (Success)
		C: UID EXPUNGE 1:10
		S: * VANISHED 1:2
		S: %t OK Success
	`)
}

func TestYahoo_CutsCommandsAtTheMessageLimit(t *testing.T) {
	s := NewYahoo(t, 5000)
	a := signedIn(t, s)
	if said := a.ask("CAPABILITY"); !strings.Contains(said, " MESSAGELIMIT=1000\n") || strings.Contains(said, " ESEARCH") {
		t.Errorf("it offers %s", said)
	}
	a.ask("SELECT INBOX")
	said := strings.Split(a.ask("UID FETCH 1:4500 (UID)"), "\n")
	if len(said) != 1001 || said[0] != "* 4500 FETCH (UID 4500)" || said[1000] != "%t OK [MESSAGELIMIT 1000 3501] Success" {
		t.Errorf("%d lines, %s to %s", len(said), said[0], said[len(said)-1])
	}
	found := a.ask("UID SEARCH SUBJECT each2")
	// What was searched counts, not what matches.
	if numbers := strings.Fields(strings.Split(found, "\n")[0]); len(numbers) != 502 || numbers[2] != "5000" || numbers[501] != "4002" ||
		!strings.Contains(found, "%t OK [MESSAGELIMIT 1000 4001] ") {
		t.Errorf("SEARCH finds %d: %.80s", len(numbers)-2, found)
	}
	a.play(`
		C: UID SEARCH UIDAFTER 4998 UIDBEFORE 5000
		S: * SEARCH 4999
		S: %t OK …
		C: UID SEARCH UID 1000:2000 SUBJECT each1000
		S: * SEARCH 2000
		S: %t OK [MESSAGELIMIT 1000 1001] …
		C: UID FETCH 1:* (UID) (PARTIAL -1:-1500)
		S: %t NO [MESSAGELIMIT 1000] FETCH exceeds the maximum 1000-message limit
		C: UID SEARCH UID 1:10 SUBJECT each2
		S: * SEARCH 2 4 6 8 10
		S: %t OK …
		C: UID COPY 1:1001 Archive
		S: %t NO [MESSAGELIMIT 1000 2] Too many messages to copy…
	`)
	moved := a.ask("UID MOVE 1:1001 Archive")
	if want := "* OK [COPYUID 4247 2:1001 1:1000] Moved\n* 1001 EXPUNGE"; !strings.HasPrefix(moved, want) ||
		!strings.HasSuffix(moved, "%t OK [MESSAGELIMIT 1000 2] Success") {
		t.Errorf("MOVE says %.200s", moved)
	}
	if said := a.ask("LIST \"\" *"); !strings.Contains(said, `* LIST (\HasNoChildren) "/" "Inbox"`) {
		t.Errorf("LIST says %s", said)
	}
	a.ask(`STORE 1:1000 +FLAGS.SILENT (\Deleted)`)
	a.ask(`STORE 1001 +FLAGS.SILENT (\Deleted)`)
	if said := a.ask("EXPUNGE"); strings.Contains(said, "MESSAGELIMIT") || len(s.Messages(t, "INBOX")) != 2999 {
		t.Errorf("EXPUNGE of 1001 leaves %d: %.200s", len(s.Messages(t, "INBOX")), said)
	}
	if got := len(s.Messages(t, "Archive")); got != 1000 {
		t.Errorf("%d were moved", got)
	}
}

func TestYahoo_HidesTheHeadersOfLists(t *testing.T) {
	s := NewYahoo(t, 0)
	s.Append(t, "INBOX", Message{Raw: Mail{Subject: "news", Headers: map[string]string{
		"List-Id": "<news.example.org>", "List-Unsubscribe": "<mailto:off@example.org>",
	}}.Bytes()})
	a := signedIn(t, s)
	a.ask("EXAMINE INBOX")
	a.play(`
		C: UID SEARCH HEADER List-Id news
		S: * SEARCH
		S: %t OK …
		C: UID SEARCH HEADER Subject news
		S: * SEARCH 1
		S: %t OK …
		C: UID FETCH 1 (BODY.PEEK[HEADER.FIELDS (LIST-ID LIST-UNSUBSCRIBE)])
		S: * 1 FETCH (UID 1 BODY[HEADER.FIELDS (LIST-ID LIST-UNSUBSCRIBE)] {31}
		S: List-Id: <news.example.org>
		S:
		S: )
		S: %t OK Success
	`)
}
