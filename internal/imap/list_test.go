package imap

import (
	"fmt"
	"strings"
	"testing"
)

// box is a row of LIST in a line.
func box(row *ListData) string {
	s := fmt.Sprintf("%q", row.Mailbox)
	if row.Delim != 0 {
		s += " " + string(row.Delim)
	}
	if len(row.Attrs) > 0 {
		s += fmt.Sprintf(" %s", row.Attrs)
	}
	if row.Status != nil {
		s += " " + counts(row.Status)
	}
	return s
}

func counts(d *StatusData) string {
	s := "("
	if d.NumMessages != nil {
		s += fmt.Sprintf("m%d ", *d.NumMessages)
	}
	if d.NumUnseen != nil {
		s += fmt.Sprintf("u%d ", *d.NumUnseen)
	}
	return s + fmt.Sprintf("next%d v%d)", d.UIDNext, d.UIDValidity)
}

func TestList_ReadsWhatServersSend(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, says, want, problem string }{
		{"plain", `* LIST (\HasNoChildren \Sent) "/" "Sent"`, `"Sent" / [\HasNoChildren \Sent]`, ""},
		{"name as an atom", `* LIST () "/" INBOX`, `"INBOX" /`, ""},
		{"name as a literal, with what a name may not have", "* LIST () \".\" {8}\r\na\"\r\n(b) \r\n", `"a\"\r\n(b) " .`, ""},
		{"no delimiter", `* LIST () NIL "a"`, `"a"`, ""},
		{"empty delimiter", `* LIST () "" "a"`, `"a"`, ""},
		{"delimiter without quotes", `* LIST () / a`, `"a" /`, ""},
		{"delimiter escaped", `* LIST () "\\" "a"`, `"a" \`, ""},
		{"blanks missing", `* LIST(\A)"/""a"`, `"a" / [\A]`, ""},
		{"blanks and tabs too many", "*  LIST  ( \\A \t\\B )  \"/\"\t \"a\"  ", `"a" / [\A \B]`, ""},
		{"attributes NIL", `* LIST NIL "/" a`, `"a" /`, ""},
		{"name with blanks and tabs outside quotes", "* LIST () \"/\" Sent  Items\tof me", `"Sent  Items\tof me" /`, ""},
		{"name with parentheses outside quotes", `* LIST () "/" Mail (2024)`, `"Mail (2024)" /`, ""},
		{"raw ampersand", `* LIST () "/" "R&D & more"`, `"R&D & more" /`, ""},
		{"modified UTF-7", `* LIST () "/" "Entw&APw-rfe &- mehr"`, `"Entwürfe & mehr" /`, ""},
		{"modified UTF-7 that is none", `* LIST () "/" "&jjo-broken &AAA"`, `"&jjo-broken &AAA" /`, ""},
		{"UTF-8", `* LIST () "/" "Entwürfe"`, `"Entwürfe" /`, ""},
		{"Latin-1", "* LIST () \"/\" \"Entw\xfcrfe\"", `"Entwürfe" /`, ""},
		{"quotes escaped", `* LIST () "/" "a \"b\" \\c \d"`, `"a \"b\" \\c \\d" /`, ""},
		{"quotes not escaped", `* LIST () "/" "a "b" c"`, `"a \"b\" c" /`, ""},
		{"closing quote missing", `* LIST () "/" "abc`, `"abc" /`, ""},
		{"extended data", `* LIST (\Subscribed) "/" "a" ("CHILDINFO" ("SUBSCRIBED"))`, `"a" / [\Subscribed]`, ""},
		{"extended data behind an atom", `* LIST () "/" a (CHILDINFO (SUBSCRIBED) OLDNAME (b))`, `"a" /`, ""},
		{"name NIL is a name", `* LIST () "/" NIL`, `"NIL" /`, ""},
		{"no name", "* LIST () \"/\"\r\n* LIST () \"/\" \"\"\r\n* LIST () \"/\" a", `"a" /`, "without a name"},
		{"one row that cannot be read", "* LIST (" + strings.Repeat("(", 300) + "\r\n* LIST () \"/\" a", `"a" /`, "nested deeper"},
		{"attributes not closed: the row", "* LIST (\\A \"/\" x\r\n* LIST () \"/\" a", `"a" /`, "without a name"},
		{"rows of other kinds between", "* LIST () \"/\" a\r\n* XLIST () \"/\" b\r\n* LSUB () \"/\" c\r\n* 5 EXISTS\r\n* OK still here\r\n* LIST () \"/\" d", `"a" /; "d" /`, ""},
		{"counts with each row", "* LIST () \"/\" a\r\n* STATUS a (MESSAGES 3 UNSEEN 1)\r\n* LIST () \"/\" b\r\n* STATUS b (MESSAGES 4)", `"a" / (m3 u1 next0 v0); "b" / (m4 next0 v0)`, ""},
		{"counts apart", "* LIST () \"/\" inbox\r\n* LIST () \"/\" &AOk-\r\n* STATUS \"&AOk-\" (MESSAGES 4)\r\n* STATUS x (MESSAGES 9)\r\n* STATUS INBOX (MESSAGES 3)", `"inbox" / (m3 next0 v0); "é" / (m4 next0 v0)`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, _ := dial(tt.says + "\r\n%t1 OK done\r\n%t2 OK\r\n")
			q := c.List("", "*", nil)
			var list []string
			for _, row := range must[[]*ListData](t)(q.Wait()) {
				list = append(list, box(row))
			}
			if got := strings.Join(list, "; "); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if got := strings.Join(c.Problems(), "; "); (got == "") != (tt.problem == "") || !strings.Contains(got, tt.problem) {
				t.Errorf("problems %q, want %q", got, tt.problem)
			}
			if err := c.Noop().Wait(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestStatus_ReadsWhatServersSend(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, says, want string }{
		{"plain", `* STATUS "a b" (MESSAGES 3 UNSEEN 0 UIDNEXT 9 UIDVALIDITY 7 HIGHESTMODSEQ 5 SIZE 1000)`, `"a b" (m3 u0 next9 v7)`},
		{"blanks before the parenthesis and in it", "* STATUS  \"a b\"  ( messages  3\t) ", `"a b" (m3 next0 v0)`},
		{"blank missing", `* STATUS "a b"(MESSAGES 3)`, `"a b" (m3 next0 v0)`},
		{"name outside quotes", `* STATUS a b (MESSAGES 3)`, `"a b" (m3 next0 v0)`},
		{"name as a literal", "* STATUS {3}\r\na b (MESSAGES 3)", `"a b" (m3 next0 v0)`},
		{"unknown items", `* STATUS "a b" (X-A 5 MAILBOXID (F1) MESSAGES 3 APPENDLIMIT NIL)`, `"a b" (m3 next0 v0)`},
		{"numbers that are none", `* STATUS "a b" (MESSAGES x UNSEEN -1 UIDNEXT 99999999999999999999 SIZE NIL UIDVALIDITY 7)`, `"a b" (next0 v7)`},
		{"numbers of more than 32 bits", `* STATUS "a b" (MESSAGES 4294967296 SIZE 4294967296)`, `"a b" (m4294967295 next0 v0)`},
		{"the name in another way", `* STATUS "A B" (MESSAGES 3)`, `"A B" (m3 next0 v0)`},
		{"no row", `* OK no`, `"a b" (next0 v0)`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, _ := dial(tt.says + "\r\n%t1 OK done\r\n")
			d := must[*StatusData](t)(c.Status("a b", &StatusOptions{NumMessages: true}).Wait())
			if got := fmt.Sprintf("%q %s", d.Mailbox, counts(d)); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			understood(t, c)
		})
	}
}

func TestStatus_RowsOfAFlightGoToTheirMailboxes(t *testing.T) {
	t.Parallel()
	// Names differ in case only, rows come the wrong way round, INBOX in any case.
	c, _ := dial("* STATUS FOO (MESSAGES 2)\r\n* STATUS inbox (MESSAGES 3)\r\n* STATUS foo (MESSAGES 1)\r\n%t1 OK\r\n%t2 OK\r\n%t3 OK\r\n")
	var queries []*Query[*StatusData]
	for _, name := range []string{"foo", "FOO", "INBOX"} {
		queries = append(queries, c.Status(name, &StatusOptions{NumMessages: true}))
	}
	for i, q := range queries {
		if d := must[*StatusData](t)(q.Wait()); d.NumMessages == nil || int(*d.NumMessages) != i+1 {
			t.Errorf("%d: %s", i+1, counts(d))
		}
	}
}

func TestNames_AMailboxIsOpenedByTheBytesOfItsServer(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ row, name, sent string }{
		{`"R&D"`, "R&D", `R&D`},
		{`"a & b"`, "a & b", `"a & b"`},
		{`"Entw&APw-rfe"`, "Entwürfe", `Entw&APw-rfe`},
		{`"Entwürfe"`, "Entwürfe", "{9}\r\nEntwürfe"},
		{"\"Entw\xfcrfe\"", "Entwürfe", "{8}\r\nEntw\xfcrfe"},
		{`"&AEEAQg-"`, "AB", `&AEEAQg-`}, // not canonical
		{"{4}\r\na\r\nb", "a\r\nb", "{4}\r\na\r\nb"},
		{"{3}\r\na\x00b", "a\x00b", "{3}\r\na\x00b"},
		{`"a\"\\b"`, `a"\b`, `"a\"\\b"`},
	} {
		c, s := dial("* LIST () \"/\" "+tt.row+"\r\n%t1 OK\r\n%t2 OK\r\n", CapLiteralPlus)
		rows := must[[]*ListData](t)(c.List("", "*", nil).Wait())
		if len(rows) != 1 || rows[0].Mailbox != tt.name {
			t.Fatalf("%s: %v", tt.row, rows)
		}
		s.told.Reset()
		_ = c.Create(rows[0].Mailbox).Wait()
		if got, want := s.commands(c), "T2 CREATE "+strings.Replace(tt.sent, "}", "+}", 1)+"\r\n"; got != want {
			t.Errorf("%s: sent %q, want %q", tt.row, got, want)
		}
	}
}

func TestNames_AreBounded(t *testing.T) {
	t.Parallel()
	var n Names
	n.learn("long", strings.Repeat("&", maxAtom+1))
	for i := range maxNames + 10 {
		n.learn(fmt.Sprintf("&%d", i), fmt.Sprintf("&%d", i))
	}
	n.learn("&1", "&1 anew") // one that is known may still change
	if len(n.known) != maxNames || n.raw("&1") != "&1 anew" || n.raw("long") != "long" {
		t.Errorf("%d names, %q", len(n.known), n.raw("&1"))
	}
	if !n.Toggle("&1") || n.raw("&1") != "&-1" {
		t.Error(n.raw("&1"))
	}
	if !n.Toggle("é") || n.raw("é") != "é" || !n.Toggle("é") || n.raw("é") != "&AOk-" || n.Toggle("a") {
		t.Error("a name in its other form")
	}
}
