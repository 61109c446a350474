package main

import (
	"encoding/base64"
	"fmt"
)

func lines(list ...string) []command {
	var out []command
	for _, l := range list {
		out = append(out, line(l))
	}
	return out
}

// other is said on another connection, which is not written down.
func other(c command) command {
	c.other = true
	return c
}

// chunk is how many odd mails one file is about.
const chunk = 32

const (
	allStatus = "(MESSAGES RECENT UIDNEXT UIDVALIDITY UNSEEN)"
	summary   = "(BODY.PEEK[HEADER.FIELDS (Date From To Subject Content-Type)]<0.4096> BODY.PEEK[HEADER.FIELDS (Message-Id In-Reply-To)]<0.2048> BODY.PEEK[HEADER.FIELDS (References)]<0.32768> BODYSTRUCTURE FLAGS INTERNALDATE RFC822.SIZE UID)"
)

// dialogues are what is said to every server, in the forms that the product
// sends (internal/tools/testdata/dialogue) and in those it may come to send.
func (r *recorder) dialogues() []dialogue {
	box := func(name string) string { return quote(r.root + name) }
	list := []dialogue{
		{name: "sign-in", unsigned: true, say: append(lines(
			"CAPABILITY",
			"NOOP",
			`SELECT INBOX`,
			`LOGIN "nobody@example.org" "wrong"`,
			"AUTHENTICATE PLAIN "+base64.StdEncoding.EncodeToString([]byte("\x00nobody@example.org\x00wrong")),
			"AUTHENTICATE NONSENSE",
			"AUTHENTICATE PLAIN",
		), command{pieces: []string{r.initialResponse() + "\r\n"}, raw: true}, line("LOGIN "+quote(r.acc.User)+" "+quote(r.acc.Password.Reveal())), line("CAPABILITY"), line("NOOP"), line(`ID ("name" "mail-imap-mcp")`), line("ID NIL"),
			line("NAMESPACE"), line("ENABLE CONDSTORE"), line("ENABLE NONSENSE"), line("LOGOUT"))},
		{name: "login", unsigned: true, say: lines(
			"LOGIN "+quote(r.acc.User)+" "+quote(r.acc.Password.Reveal()), "CAPABILITY", "LOGIN again again", "NOOP", "CHECK", "LOGOUT")},
		{name: "list", say: append(lines(
			`LIST "" ""`, `LIST "" "*"`, `LIST "" "%"`, `LSUB "" "*"`, `LIST "" "nothing"`,
			`LIST "" "*" RETURN (SPECIAL-USE)`,
			`LIST "" "*" RETURN (SUBSCRIBED SPECIAL-USE)`,
			`LIST "" "*" RETURN (STATUS (MESSAGES UNSEEN) SPECIAL-USE)`,
			`LIST "" "*" RETURN (STATUS (MESSAGES UNSEEN UIDNEXT UIDVALIDITY) SUBSCRIBED CHILDREN)`,
			`LIST (SUBSCRIBED RECURSIVEMATCH) "" "*"`, `LIST (SPECIAL-USE) "" "*"`, `XLIST "" "*"`,
			"NAMESPACE",
			"SUBSCRIBE "+box("Archive"), "SUBSCRIBE "+box("nothing"), "UNSUBSCRIBE "+box("never"), "LSUB \"\" \"*\"", `LIST "" "*" RETURN (SUBSCRIBED)`,
		),
			append([]command{with("CREATE ", r.root+`quo"te`, ""), with("CREATE ", r.root+`back\slash`, ""), with("LIST \"\" ", r.root+"*", "")},
				lines("CREATE "+box("Archive"), "CREATE "+box("fresh"+r.seps+"below"), `LIST "" "*"`, "RENAME "+box("fresh")+" "+box("renamed"),
					"RENAME "+box("nothing")+" "+box("other"), "RENAME "+box("renamed")+" "+box("Archive"),
					"DELETE "+box("renamed"+r.seps+"below"), "DELETE "+box("renamed"), "DELETE "+box("nothing"), "DELETE INBOX", "CREATE \"\"",
					`LSUB "" "*"`)...)...)},
		{name: "status", say: lines(
			"STATUS INBOX "+allStatus, "STATUS "+box("odd")+" "+allStatus, "STATUS "+box("Entw&APw-rfe")+" "+allStatus,
			"STATUS "+box("a &- b")+" (MESSAGES)", "STATUS "+box("[x] {5}")+" (MESSAGES)",
			"STATUS INBOX (MESSAGES SIZE)", "STATUS INBOX (HIGHESTMODSEQ)", "STATUS INBOX (MESSAGES DELETED DELETED-STORAGE)", "STATUS INBOX (MAILBOXID)", "STATUS INBOX (APPENDLIMIT)",
			"STATUS "+box("nothing")+" (MESSAGES)", "STATUS INBOX (NONSENSE)", "STATUS INBOX ()",
			`GETQUOTAROOT INBOX`, `GETQUOTA ""`, `GETQUOTA "nothing"`, "MYRIGHTS INBOX", `GETMETADATA "" (/shared/comment)`, `GETMETADATA INBOX (/private/comment)`,
			"STATUS \""+r.root+"&jjo-broken\" (MESSAGES)")},
		{name: "examine", say: lines(
			"EXAMINE INBOX", "EXAMINE "+box("odd"), "EXAMINE "+box("Archive"), "EXAMINE "+box("nothing"), "SELECT INBOX", "SELECT INBOX (CONDSTORE)",
			"EXAMINE INBOX (CONDSTORE)", "ENABLE QRESYNC", "EXAMINE INBOX (QRESYNC (1 1))", "EXAMINE INBOX (NONSENSE)", "UNSELECT", "UNSELECT", "CLOSE", "FETCH 1 FLAGS",
			"SELECT "+box("odd"), "SELECT "+box("nothing"), "UID SEARCH ALL")},
		{name: "search", say: append(lines("EXAMINE INBOX",
			"UID SEARCH ALL", "SEARCH ALL", "UID SEARCH RETURN (COUNT) ALL", "UID SEARCH RETURN (ALL) ALL", "UID SEARCH RETURN (MIN MAX COUNT ALL) ALL", "UID SEARCH RETURN () ALL",
			"SEARCH RETURN (MIN MAX) ALL", "UID SEARCH RETURN (ALL) UID 900000:900001", "UID SEARCH UID 900000:900001", "UID SEARCH RETURN (COUNT) UID 900000:900001",
			`UID SEARCH RETURN (COUNT) FROM "ada"`, `UID SEARCH RETURN (ALL) UID 1:* FROM "ada"`, `UID SEARCH FROM "ada"`, `UID SEARCH TO "bob"`, `UID SEARCH CC "carol"`, `UID SEARCH SUBJECT "tea"`, `UID SEARCH BODY "kettle"`, `UID SEARCH TEXT "kettle"`,
			"UID SEARCH SINCE 1-Nov-2026 BEFORE 3-Nov-2026", "UID SEARCH SENTSINCE 1-Nov-2026 SENTBEFORE 3-Nov-2026", "UID SEARCH ON 2-Nov-2026", "UID SEARCH UNSEEN UNDELETED", "UID SEARCH SEEN FLAGGED", "UID SEARCH KEYWORD Tea", "UID SEARCH UNKEYWORD Tea",
			"UID SEARCH LARGER 1000", "UID SEARCH SMALLER 1000", "UID SEARCH NOT ANSWERED", "UID SEARCH YOUNGER 86400", "UID SEARCH OLDER 86400",
			`UID SEARCH RETURN (ALL) OR (HEADER "References" "tea@example.org") (OR (HEADER "In-Reply-To" "tea@example.org") (HEADER "Message-Id" "tea@example.org"))`,
			`UID SEARCH OR HEADER References "<tea@example.org>" OR HEADER In-Reply-To "<tea@example.org>" HEADER Message-ID "<tea@example.org>"`,
			`UID SEARCH HEADER Message-ID "tea@example.org"`, `UID SEARCH HEADER "Message-ID" ""`, `UID SEARCH (FROM "ada" SUBJECT "tea")`,
			`UID SEARCH CHARSET UTF-8 SUBJECT "tea"`, `UID SEARCH CHARSET US-ASCII SUBJECT "tea"`, `UID SEARCH CHARSET KLINGON SUBJECT "tea"`,
			`UID SEARCH RETURN (SAVE) ALL`, "UID FETCH $ (FLAGS)", "UID SEARCH RETURN (PARTIAL 1:2) ALL", "UID SEARCH RETURN (PARTIAL -1:-2) ALL", "UID SEARCH RETURN (NONSENSE) ALL", "UID SEARCH FUZZY SUBJECT \"tea\"", "UID SEARCH MODSEQ 1", "UID SEARCH RETURN (ALL) MODSEQ 1",
			"UID SEARCH NONSENSE", "UID SEARCH", "UID SEARCH EMAILID x", `UID SEARCH X-GM-RAW "tea"`,
			"UID SORT (REVERSE ARRIVAL) UTF-8 ALL", "SORT (SUBJECT) US-ASCII ALL", "UID SORT RETURN (ALL COUNT) (REVERSE DATE) UTF-8 ALL", "UID SORT RETURN (PARTIAL 1:2) (ARRIVAL) UTF-8 ALL", "UID SORT (NONSENSE) UTF-8 ALL",
			"UID THREAD REFERENCES UTF-8 ALL", "UID THREAD ORDEREDSUBJECT US-ASCII ALL", "THREAD REFS UTF-8 ALL"),
			with("UID SEARCH CHARSET UTF-8 SUBJECT ", "grün", ""), with("UID SEARCH RETURN (ALL) CHARSET UTF-8 OR SUBJECT ", "grün", " FROM ", "Jörg", ""), with("UID SEARCH SUBJECT ", "grün", ""),
			line("UID SEARCH CHARSET UTF-8 SUBJECT \"grün\""))},
		{name: "summary", say: lines("EXAMINE INBOX", "UID FETCH 1:* "+summary, "UID FETCH 1:* (BODY.PEEK[HEADER.FIELDS (Message-ID)]<0.1024> FLAGS INTERNALDATE RFC822.SIZE UID)",
			"UID FETCH 1:* (FLAGS UID)", "UID FETCH 1:2 (BODY.PEEK[HEADER.FIELDS.NOT (Received)]<0.300> UID)", "FETCH 1:* FAST", "FETCH 1 ALL", "FETCH 1 FULL", "UID FETCH 1:* (MODSEQ)", "UID FETCH 1:* (FLAGS) (CHANGEDSINCE 1)", "UID FETCH 1:* (PREVIEW)", "UID FETCH 1:* (PREVIEW (LAZY))",
			"UID FETCH 1:* (SAVEDATE)", "UID FETCH 1:* (EMAILID THREADID)", "UID FETCH 1:* (X-GM-MSGID X-GM-THRID X-GM-LABELS)", "UID FETCH 1:* (X-GM-MSGID X-GM-LABELS UID)", "UID FETCH 900000 (FLAGS)", "FETCH 900000 (FLAGS)", "UID FETCH 1 (NONSENSE)", "UID FETCH 1 ()", "UID FETCH x (FLAGS)", "UID FETCH 1:* (FLAGS) (PARTIAL 1:2)")},
		{name: "sections", say: lines("EXAMINE INBOX",
			"UID FETCH 2 (BODY.PEEK[HEADER]<0.65536> BODYSTRUCTURE FLAGS INTERNALDATE RFC822.SIZE UID)",
			"UID FETCH 2 (BODY.PEEK[1]<0.2048> UID)", "UID FETCH 2 (BODY.PEEK[1]<5.10> UID)", "UID FETCH 2 (BODY.PEEK[1]<100000.10> UID)", "UID FETCH 2 (BODY.PEEK[1.1]<0.2048> BODY.PEEK[1.2]<0.2048> BODY.PEEK[2]<0.16> BODY.PEEK[3]<0.16> BODY.PEEK[9] UID)",
			"UID FETCH 2 (BODY.PEEK[1.MIME] BODY.PEEK[2.MIME] BODY.PEEK[3.HEADER] BODY.PEEK[3.TEXT] BODY.PEEK[3.1] BODY.PEEK[3.1.MIME])",
			"UID FETCH 2 (BODY.PEEK[3.HEADER.FIELDS (Subject From)] BODY.PEEK[3.HEADER.FIELDS.NOT (Subject)]<0.20>)",
			"UID FETCH 1:4 (BODY.PEEK[]<0.100> RFC822.SIZE UID)", "UID FETCH 1 (BODY.PEEK[])", "UID FETCH 1 (BODY.PEEK[TEXT])", "UID FETCH 1 BODY", "UID FETCH 1:2 (BODY ENVELOPE)", "UID FETCH 1 RFC822", "UID FETCH 1 (RFC822.HEADER RFC822.TEXT)",
			"UID FETCH 1:4 (UID BODYSTRUCTURE BODY.PEEK[]<0.512>)", "UID FETCH 1:4 (UID BODYSTRUCTURE BODY.PEEK[1]<0.512> BODY.PEEK[1.MIME]<0.512> BODY.PEEK[HEADER]<0.512>)",
			"UID FETCH 2 (BINARY.PEEK[2])", "UID FETCH 2 (BINARY.PEEK[2]<0.10> BINARY.SIZE[2])", "UID FETCH 2 (BINARY.SIZE[1])", "UID FETCH 2 (BINARY.PEEK[9])", "UID FETCH 2 (BODY.PEEK[1]<0.0>)", "UID FETCH 2 (BODY.PEEK[1]<0.10>)", "UID FETCH 1 (BODY.PEEK[HEADER.FIELDS (Nothing)])",
			"UID FETCH 1 (BODY.PEEK[HEADER.FIELDS (\"Subject\")])", "UID FETCH 1 (BODY[]<0.10>)", "SELECT INBOX", "UID FETCH 4 (BODY[]<0.10>)")},
		{name: "change", say: append(lines("SELECT "+box("Archive")),
			append([]command{
				appendTo(r.root+"Archive", `\Seen Tea $Label1`, ordinary[0]), appendTo(r.root+"Archive", ``, ordinary[1]), appendTo(r.root+"Archive", `\Draft \Flagged`, ordinary[2]),
				appendTo(r.root+"nothing", ``, ordinary[0]), appendTo("INBOX", ``, ordinary[3]), line("NOOP"), appendTo(r.root+"Archive", ``, ordinary[3]), appendTo(r.root+"Archive", ``, ordinary[2]),
			}, lines("UID FETCH 1:* (FLAGS UID)",
				`UID STORE 1 +FLAGS.SILENT (\Flagged Tea)`, `UID STORE 1 -FLAGS.SILENT (Tea \Flagged)`, `UID STORE 1:2 +FLAGS (\Flagged Coffee NonJunk)`, `UID STORE 1 FLAGS (\Seen)`, `UID STORE 1 FLAGS ()`, `UID STORE 900000 +FLAGS (\Seen)`, `UID STORE 1 +FLAGS (\Nonsense)`, `UID STORE 1 +FLAGS ([x])`, `STORE 1:* +FLAGS (\Seen)`,
				"UID STORE 1:2 (UNCHANGEDSINCE 1) +FLAGS.SILENT (\\Answered)", "ENABLE CONDSTORE", "UID STORE 1 +FLAGS (\\Answered)", "UID FETCH 1:* (FLAGS MODSEQ)", "UID FETCH 1:* (FLAGS) (CHANGEDSINCE 1)",
				"UID COPY 1:2 INBOX", "UID COPY 1 "+box("nothing"), "UID COPY 900000 INBOX", "COPY 1 INBOX", "UID MOVE 1 INBOX", "UID MOVE 2 "+box("nothing"), "UID MOVE 900000 INBOX",
				`UID STORE 2:3 +FLAGS.SILENT (\Deleted)`, "UID EXPUNGE 2", "UID EXPUNGE 900000", "EXPUNGE", "UID FETCH 1:* (FLAGS UID)", "STATUS "+box("Archive")+" "+allStatus, `UID STORE 1:* +FLAGS.SILENT (\Deleted)`, "CLOSE",
				"EXAMINE "+box("Archive"), `UID STORE 1:* +FLAGS (\Seen)`, "UID EXPUNGE 1:*", "EXPUNGE", "ENABLE QRESYNC", "SELECT "+box("Archive"), "SELECT "+box("Archive")+" (QRESYNC (1 1))", "UID FETCH 1:* (FLAGS) (CHANGEDSINCE 1 VANISHED)", "UID MOVE 1:* INBOX", "SELECT INBOX", "UID STORE 1:* +FLAGS (Coffee)", "UID STORE 5:6 +FLAGS.SILENT (\\Deleted)", "UID EXPUNGE 5:6", "LOGOUT")...)...)},
		{name: "refused", say: append(lines("NONSENSE", "FETCH", "SELECT", "EXAMINE INBOX EXTRA", "EXAMINE INBOX", "UID NONSENSE", "UID FETCH", "UID FETCH 1 (FLAGS", "UID FETCH 0 (FLAGS)", "UID FETCH 1 (BODY.PEEK[NONSENSE])", "UID FETCH 1 (BODY.PEEK[1)", "UID STORE 1 NONSENSE (\\Seen)", "UID COPY", "UID COPY 1", "SETQUOTA \"\" (STORAGE 1)", "SETACL INBOX nobody lrs", "STARTTLS", "COMPRESS NONSENSE", "AUTHENTICATE PLAIN", "LIST \"\"", "STATUS INBOX", "APPEND INBOX", "UNAUTHENTICATE", "GENURLAUTH", "NOTIFY NONE", "SEARCH 1:", "IDLE"),
			command{pieces: []string{"DONE\r\n"}, raw: true}, line("NOOP"), line("APPEND INBOX {999999999999}"))},
		{name: "others", say: append(append(lines("SELECT "+box("Projects")),
			other(appendTo(r.root+"Projects", "", ordinary[0])), other(appendTo(r.root+"Projects", "", ordinary[1])), other(appendTo(r.root+"Projects", "", ordinary[2])), line("NOOP"), line("UID FETCH 1:* (FLAGS UID)"),
			other(line("SELECT "+box("Projects"))), other(line(`UID STORE 1 +FLAGS (\Seen Tea)`)), line("NOOP"), other(line(`UID STORE 2 +FLAGS (\Deleted)`)), other(line("UID EXPUNGE 2")), other(line("EXPUNGE")),
			line("UID FETCH 1:* (FLAGS UID)"), line("FETCH 1:* (RFC822.SIZE BODY.PEEK[]<0.10>)"), line("UID FETCH 2 (BODY.PEEK[])"), line("UID SEARCH ALL"), line("NOOP"), line("IDLE"),
			other(appendTo(r.root+"Projects", "", ordinary[3])), other(line(`UID STORE 3 +FLAGS (\Deleted)`)), other(line("EXPUNGE"))),
			command{pieces: []string{"DONE\r\n"}, raw: true}, line("NOOP"), other(line("UNSELECT")), other(line("CLOSE")), other(line("DELETE "+box("Projects"))), line("NOOP"), line("UID FETCH 1:* (FLAGS)"), line("UID SEARCH ALL"), line("EXAMINE "+box("Projects")))},
		{name: "utf8", say: lines("ENABLE UTF8=ACCEPT", `LIST "" "*"`, "EXAMINE "+box("Entwürfe"), "EXAMINE INBOX", "UID FETCH 4 (ENVELOPE)", "ENABLE IMAP4rev2", `LIST "" "*"`, "EXAMINE INBOX", "UID SEARCH ALL", "UID SEARCH RETURN (COUNT) ALL")},
		{name: "compress", say: lines("UID ONLY", "ENABLE UIDONLY", "EXAMINE INBOX", "UID FETCH 1:* (FLAGS)")},
	}
	for i := 0; i*chunk < r.odd; i++ {
		list = append(list, dialogue{name: fmt.Sprintf("structure-%d", i+1), say: lines("EXAMINE "+box("odd"),
			fmt.Sprintf("UID FETCH %d:%d (UID ENVELOPE BODYSTRUCTURE RFC822.SIZE FLAGS INTERNALDATE)", i*chunk+1, min((i+1)*chunk, r.odd)))})
	}
	for i := 0; i*chunk < r.odd; i++ {
		list = append(list, dialogue{name: fmt.Sprintf("odd-summary-%d", i+1), say: lines("EXAMINE "+box("odd"),
			fmt.Sprintf("UID FETCH %d:%d ", i*chunk+1, min((i+1)*chunk, r.odd))+summary)})
	}
	return list
}
