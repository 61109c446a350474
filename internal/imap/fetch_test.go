package imap

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// told is a message in a line: what was said of it.
func told(m *Message) string {
	var sb strings.Builder
	add := func(on bool, format string, args ...any) {
		if on {
			fmt.Fprintf(&sb, " "+format, args...)
		}
	}
	fmt.Fprintf(&sb, "%d", m.UID)
	add(m.Flags != nil, "flags%q", m.Flags)
	add(!m.InternalDate.IsZero(), "date=%s", m.InternalDate.UTC().Format("060102150405"))
	add(m.NoDate, "nodate")
	add(m.RFC822Size != 0, "size=%d", m.RFC822Size)
	add(m.Structure != nil, "%s", shape(m.Structure))
	add(m.Garbled, "garbled")
	add(m.Preview != nil, "preview=%q", deref(m.Preview))
	add(m.ThreadID != "", "thread=%s", m.ThreadID)
	add(m.GmailMsgID != 0, "msgid=%d", m.GmailMsgID)
	add(m.GmailThrID != 0, "thrid=%d", m.GmailThrID)
	for _, s := range m.Sections {
		add(true, "%s%v", s.Specifier, s.Part)
		if s.Offset >= 0 {
			fmt.Fprintf(&sb, "<%d>", s.Offset)
		}
		fmt.Fprintf(&sb, "%q", s.Data)
		if s.Total != int64(len(s.Data)) {
			fmt.Fprintf(&sb, "of%d", s.Total)
		}
	}
	add(m.Short, "short")
	return sb.String()
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// shape is a structure in a word.
func shape(bs *BodyStructure) string {
	if bs == nil {
		return "-"
	}
	s := bs.Type + "/" + bs.Subtype
	for _, name := range []string{"charset", "name", "boundary"} {
		if v, ok := bs.Params[name]; ok {
			s += fmt.Sprintf(";%s=%q", name, v)
		}
	}
	if bs.ID != "" {
		s += " id=" + bs.ID
	}
	if bs.Encoding != "" {
		s += " " + bs.Encoding
	}
	if bs.Size != 0 {
		s += fmt.Sprintf(" %d", bs.Size)
	}
	if bs.Lines >= 0 {
		s += fmt.Sprintf("/%d", bs.Lines)
	}
	if bs.Disposition != "" {
		s += " " + bs.Disposition
		if name, ok := bs.DispositionParams["filename"]; ok {
			s += "=" + name
		}
	}
	if bs.Envelope != nil {
		s += fmt.Sprintf(" %q", *bs.Envelope)
	}
	if bs.Message != nil {
		s += " <" + shape(bs.Message) + ">"
	}
	if len(bs.Children) > 0 {
		var parts []string
		for _, child := range bs.Children {
			parts = append(parts, shape(child))
		}
		s += " (" + strings.Join(parts, ", ") + ")"
	}
	return s
}

var everything = &FetchOptions{
	Flags: true, InternalDate: true, RFC822Size: true, BodyStructure: true, Preview: true,
	ThreadID: true, GmailMsgID: true, GmailThrID: true,
	BodySection: []*BodySection{
		{},
		{Specifier: PartSpecifierHeader, Size: 4},
		{Part: []int{1}},
		{Part: []int{2}, Offset: 2, Size: 3},
		{Part: []int{1, 2}, Specifier: PartSpecifierMIME},
		{Specifier: PartSpecifierText},
	},
}

// TestFetch_ReadsWhatServersSend: ROW stands for "* 1 FETCH (UID 5".
func TestFetch_ReadsWhatServersSend(t *testing.T) {
	t.Parallel()
	const text = `("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 9 1 NIL NIL NIL)`
	const plain = `text/plain;charset="utf-8" 7bit 9/1`
	for _, tt := range []struct{ name, says, want, problem string }{
		{
			"every item", `ROW FLAGS (\Seen $x) INTERNALDATE "17-Jul-1996 02:44:25 -0700" RFC822.SIZE 99 MODSEQ (7) SAVEDATE " 1-Jan-2020 00:00:00 +0000" ` +
				`EMAILID (M1) THREADID (T1) X-GM-MSGID 18446744073709551615 X-GM-THRID 3 X-GM-LABELS (\Inbox "a b" &AOk-) PREVIEW "hi" BODYSTRUCTURE ` + text + ` BODY[] "x")`,
			`5 flags["\\Seen" "$x"] date=960717094425 size=99 ` + plain +
				` preview="hi" thread=T1 msgid=18446744073709551615 thrid=3 []"x"`, "",
		},
		{"names in lower case, blanks and tabs too many", "*  1\t fetch  ( uid  5   flags ( \\Seen  a\t)  rfc822.size\t9 ) ", `5 flags["\\Seen" "a"] size=9`, ""},
		{"blanks missing", `* 1 FETCH(UID 5 FLAGS(\Seen)RFC822.SIZE 9 BODY[]"x"MODSEQ(4))`, `5 flags["\\Seen"] size=9 []"x"`, ""},
		{"no parentheses around the row", `* 1 FETCH UID 5 FLAGS (\Seen)`, `5 flags["\\Seen"]`, ""},
		{"the row is not closed", `ROW FLAGS (\Seen`, `5 flags["\\Seen"]`, ""},
		{"the row closes too early", `ROW) FLAGS (\Seen))`, `5 flags["\\Seen"]`, ""},
		{"the row closes behind the literal, the rest is a line", "ROW BODY[] {1}\r\nx)\r\nFLAGS (\\Seen))", `5 flags["\\Seen"] []"x"`, "go on behind its end"},
		{"UID behind the literal", "* 1 FETCH (BODY[] {3}\r\na)b FLAGS (x) UID 5)", `5 flags["x"] []"a)b"`, ""},
		{"UID in a row of its own, before", "* 1 FETCH (UID 5)\r\n* 1 FETCH (FLAGS (x))", `5 flags["x"]`, ""},
		{"UID in a row of its own, behind", "* 1 FETCH (FLAGS (x))\r\n* 1 FETCH (UID 5)", `5 flags["x"]`, ""},
		{"no UID at all", "* 1 FETCH (FLAGS (x) RFC822.SIZE 3)", `5 flags["x"] size=3`, ""},
		{"no UID at all, and flags of another", "* 2 FETCH (FLAGS (y))\r\n* 1 FETCH (FLAGS (x) RFC822.SIZE 3)", `5 flags["x"] size=3`, ""},
		{"two UIDs: what a sender wrote may be the second", `ROW FLAGS (x) UID 6)`, `5 flags["x"]`, ""},
		{"items in several rows", "ROW FLAGS (x))\r\nROW RFC822.SIZE 3)\r\nROW BODY[] NIL)", `5 flags["x"] size=3 []""`, ""},
		{"rows of other messages", "* 2 FETCH (UID 6 FLAGS (y))\r\nROW FLAGS (x))\r\n* 7 FETCH (FLAGS (z))", `5 flags["x"]`, ""},
		{"UIDFETCH", `* 5 UIDFETCH (FLAGS (x))`, `5 flags["x"]`, ""},
		{
			"odd flags", `ROW FLAGS (OIB-Seen-[Gmail]/All ] [ \ $Forwarded "quoted" \* NIL é ))`,
			`5 flags["OIB-Seen-[Gmail]/All" "]" "[" "\\" "$Forwarded" "quoted" "\\*" "é"]`, "",
		},
		{"flags are NIL", `ROW FLAGS NIL RFC822.SIZE 3)`, `5 flags[] size=3`, ""},
		{"a flag without parentheses", `ROW FLAGS \Seen RFC822.SIZE 3)`, `5 flags["\\Seen"] size=3`, ""},
		{"unknown items", `ROW X-A (1 (2 "3)")) X-B NIL X-C {2}` + "\r\n() X-D a RFC822.SIZE 3)", `5 size=3`, ""},
		{"no date", `ROW INTERNALDATE "yesterday" FLAGS ())`, `5 flags[] nodate`, ""},
		{"date NIL", `ROW INTERNALDATE NIL FLAGS ())`, `5 flags[] nodate`, ""},
		{"date of the year 0", `ROW INTERNALDATE "00-Jan-0000 00:00:00 +0000" FLAGS ())`, `5 flags[] nodate`, ""},
		{"date with a name for the zone", `ROW INTERNALDATE "1-Feb-2020 10:00:00 UTC")`, `5 date=200201100000`, ""},
		{"date as in a header", `ROW INTERNALDATE "Sat, 1 Feb 2020 10:00:00 +0100")`, `5 date=200201090000`, ""},
		{"date without zone, with two blanks", `ROW INTERNALDATE "01-Feb-2020  10:00:00")`, `5 date=200201100000`, ""},
		{"size that is none", `ROW RFC822.SIZE -1 MODSEQ () FLAGS ())`, `5 flags[]`, ""},
		{"size too large", `ROW RFC822.SIZE 99999999999999999999 FLAGS ())`, `5 flags[]`, ""},
		{"what has no value but NIL", `ROW SAVEDATE NIL THREADID NIL EMAILID NIL PREVIEW NIL)`, `5`, ""},
		{"value left out before the next item", `ROW RFC822.SIZE FLAGS (x))`, `5 flags["x"]`, ""},
		{"body left out before the next item", `ROW BODY[] FLAGS (x) RFC822.SIZE 3)`, `5 flags["x"] size=3 []"" short`, ""},
		{"body left out before the next body", `ROW BODY[] BODY[1] "y")`, `5 []"" [1]"y" short`, ""},
		{"body left out at the end", `ROW BODY[1] )`, `5 [1]"" short`, ""},
		{"body left out and not closed", `ROW BODY[1]`, `5 [1]"" short`, ""},
		{"body as an atom", `ROW BODY[1] hello)`, `5 [1]"HELLO"`, ""},
		{"body quoted, with escapes, line ends and 8 bits", "ROW BODY[1] \"a\\\"\\\\\\n\r\nb\xff\")", `5 [1]"a\"\\\\n\r\nb\xff"`, ""},
		{"literal with a plus, a blank, LF alone", "ROW BODY[] {3+} \r\nabc BODY[1] {1}\nx)", `5 []"abc" [1]"x"`, ""},
		{"literal8", "ROW BINARY[1] ~{2}\r\n\x00y)", "5 [1]\"\\x00y\"", ""},
		{"empty literal", "ROW BODY[] {0}\r\n)", `5 []""`, ""},
		{"literal longer than asked", "ROW BODY[HEADER] {6}\r\nabcdef)", `5 HEADER[]"abcd"of6`, ""},
		{"origin given", "ROW BODY[2]<2> {3}\r\ncde)", `5 [2]<2>"cde"`, ""},
		{"origin left out: all came from the beginning", "ROW BODY[2] {6}\r\nabcdef)", `5 [2]<2>"cde"of6`, ""},
		{"a section that was not asked for", "ROW FLAGS (x))\r\nROW BODY[9] {3}\r\nabc)", `5 flags["x"]`, ""},
		{"section in lower case, with fields", `ROW body[header.fields ("From" X)] "a:b")`, `5 HEADER[]"a:b"`, ""},
		{"section with PEEK", `ROW BODY.PEEK[1.2.MIME] "a")`, `5 MIME[1 2]"a"`, ""},
		{"RFC822 and its kin", `ROW RFC822 "a" RFC822.TEXT "b" RFC822.HEADER "c")`, `5 []"a" TEXT[]"b" HEADER[]"c"`, ""},
		{"body shorter than announced", "ROW BODY[] {9}\r\nabc)", `5 []"abc"of9 short`, "shorter than announced"},
		{"string shorter than announced", "ROW FLAGS (x) PREVIEW {90}\r\nabc)", `5 flags["x"]`, "shorter than announced"},
		{"missing closing quote", `ROW FLAGS (x) PREVIEW "abc)`, `5 flags["x"]`, "not closed"},
		{"no list of items", `ROW FLAGS (x) (y) RFC822.SIZE 3)`, `5 flags["x"]`, "no list of items"},
		{"a name without end", `ROW FLAGS (x) ` + strings.Repeat("a", 9000) + ` 1)`, `5 flags["x"]`, "whose name is longer"},
		{"lists too deep", `ROW FLAGS (x) X ` + strings.Repeat("(", 200) + strings.Repeat(")", 200) + ` RFC822.SIZE 3)`, `5 flags["x"]`, "nested deeper"},
		{"structure NIL", `ROW BODYSTRUCTURE NIL FLAGS ())`, `5 flags[] garbled`, "structure that cannot"},
		{"structure without its fields", `ROW BODYSTRUCTURE ("text" "plain") FLAGS ())`, `5 flags[] garbled`, "structure that cannot"},
		{"structure that is none", `ROW BODYSTRUCTURE ("text" NIL ("charset") 7 ("x" "y")) FLAGS ())`, `5 flags[] garbled`, "structure that cannot"},
		{"structure of nothing", `ROW BODYSTRUCTURE ((())) FLAGS ())`, `5 flags[] garbled`, "structure that cannot"},
		{"a part that is not understood keeps its place", `ROW BODYSTRUCTURE (("a")` + text + ` "mixed"))`, `5 multipart/mixed (application/octet-stream, ` + plain + `)`, ""},
		{"boundary NIL", `ROW BODYSTRUCTURE (` + text + ` "mixed" ("boundary" NIL)))`, `5 multipart/mixed;boundary="" (` + plain + `)`, ""},
		{
			"parameters NIL, pairs in lists of their own, half a pair", `ROW BODYSTRUCTURE (("a" "b" NIL NIL NIL "7bit" 1)("a" "b" (("name" "n")("x" "y") "z") NIL NIL "7bit" 1) "mixed"))`,
			`5 multipart/mixed (a/b 7bit 1, a/b;name="n" 7bit 1)`, "",
		},
		{"multipart without parts", `ROW BODYSTRUCTURE ("multipart" "mixed" ("boundary" "b")))`, `5 multipart/mixed;boundary="b"`, ""},
		{"multipart without parts, its subtype first", `ROW BODYSTRUCTURE ( "mixed" ("boundary" "b") NIL NIL NIL))`, `5 multipart/mixed;boundary="b"`, ""},
		{"multipart without parts and parameters", `ROW BODYSTRUCTURE ( "mixed" NIL NIL NIL NIL))`, `5 multipart/mixed`, ""},
		{"multipart whose part is NIL", `ROW BODYSTRUCTURE (NIL "mixed" ("boundary" "b") NIL))`, `5 multipart/mixed;boundary="b"`, ""},
		{
			"disposition, after a digest and after nothing", `ROW BODYSTRUCTURE (("a" "b" NIL "<i>" NIL "7bit" 1 "md5" ("attachment" ("filename" "f")) NIL NIL)("a" "b" NIL NIL NIL "7bit" 1 ("inline" NIL)) "mixed" ("boundary" "b") ("inline" NIL)))`,
			`5 multipart/mixed;boundary="b" inline (a/b id=<i> 7bit 1 attachment=f, a/b 7bit 1 inline)`, "",
		},
		{"disposition as a string", `ROW BODYSTRUCTURE ("a" "b" NIL NIL NIL "7bit" 1 NIL "attachment"))`, `5 a/b 7bit 1 attachment`, ""},
		{
			"message within", `ROW BODYSTRUCTURE ("message" "rfc822" NIL NIL NIL "7bit" 99 ("d" "s" (("n" NIL "u" "h")(NIL NIL "group" NIL)) NIL NIL ((NIL NIL "v" "h")) NIL NIL NIL "<i>") ` + text + ` 3))`,
			`5 message/rfc822 7bit 99 {"d" "s" ["\"n\" <u@h>"] ["<v@h>"]} <` + plain + `>`, "",
		},
		{"message within, not described", `ROW BODYSTRUCTURE ("message" "rfc822" NIL NIL NIL "7bit" 99))`, `5 message/rfc822 7bit 99`, ""},
		{"strings as literals", "ROW BODYSTRUCTURE (\"text\" {5}\r\nplain (\"name\" {3}\r\n\"\r\n) NIL NIL \"7bit\" 9 1))", `5 text/plain;name="\"\r\n" 7bit 9/1`, ""},
		{"structure not closed", `ROW BODYSTRUCTURE ("text" "plain" NIL NIL NIL "7bit" 9 1`, `5 text/plain 7bit 9/1`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, _ := dial(strings.ReplaceAll(tt.says, "ROW", "* 1 FETCH (UID 5") + "\r\n%t1 OK done\r\n* 1 EXISTS\r\n%t2 OK done\r\n")
			f := c.UIDFetch(UIDSetNum(5), everything)
			var list []string
			for _, m := range must[[]*Message](t)(f.Wait()) {
				list = append(list, told(m))
			}
			if got := strings.Join(list, "; "); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
			if got := strings.Join(c.Problems(), "; "); (got == "") != (tt.problem == "") || !strings.Contains(got, tt.problem) {
				t.Errorf("problems %q, want %q", got, tt.problem)
			}
			if err := c.Noop().Wait(); err != nil {
				t.Errorf("the connection did not go on: %v", err)
			}
		})
	}
}

func TestFetch_EachItemAloneIsAnAnswer(t *testing.T) {
	t.Parallel()
	for _, item := range []string{
		"FLAGS ()", `INTERNALDATE "x"`, "RFC822.SIZE 0", "MODSEQ (0)", "BODYSTRUCTURE NIL", "PREVIEW NIL", "SAVEDATE NIL",
		`SAVEDATE "01-Jan-2020 00:00:00 +0000"`, "EMAILID NIL", "THREADID (T)", "X-GM-MSGID 0", "X-GM-THRID 7", "X-GM-LABELS ()",
	} {
		c, _ := dial("* 1 FETCH (UID 5 " + item + ")\r\n%t1 OK\r\n")
		if rows := must[[]*Message](t)(c.UIDFetch(UIDSetNum(5), everything).Wait()); len(rows) != 1 {
			t.Errorf("%s: %d rows", item, len(rows))
		}
	}
}

func TestFetch_NextReturnsEachRowAsItComes(t *testing.T) {
	t.Parallel()
	c, _ := dial("* 1 FETCH (UID 5 FLAGS (a))\r\n* 2 FETCH (UID 6)\r\n* 2 FETCH (FLAGS (b) UID 6)\r\n* 1 EXPUNGE\r\n* 2 FETCH (FLAGS (c))\r\n%t1 OK\r\n")
	f := c.UIDFetch(UIDSetNum(5, 6, 7), &FetchOptions{Flags: true})
	var got []string
	for m := f.Next(); m != nil; m = f.Next() {
		got = append(got, told(m))
	}
	// The last row's sequence number is another message's since the EXPUNGE.
	if s := strings.Join(got, "; "); s != `5 flags["a"]; 6 flags["b"]` {
		t.Errorf("got %s", s)
	}
	if rows := must[[]*Message](t)(f.Wait()); len(rows) != 0 {
		t.Errorf("Wait returned %d rows again", len(rows))
	}
}

func TestFetch_RowsOfAFlightGoToTheCommandsThatAskedForThem(t *testing.T) {
	t.Parallel()
	c, _ := dial("* 1 FETCH (UID 5 FLAGS (a))\r\n* 2 FETCH (UID 6 BODY[1] {1}\r\ny)\r\n%t1 OK\r\n" +
		"* 1 FETCH (UID 5 BODY[1] {1}\r\nx)\r\n%t2 OK\r\n%t3 NO [SERVERBUG] no\r\n")
	flags := c.UIDFetch(UIDSetNum(5, 6), &FetchOptions{Flags: true})
	body := c.UIDFetch(UIDSetNum(5), &FetchOptions{BodySection: []*BodySection{{Part: []int{1}}}})
	other := c.UIDFetch(UIDSetNum(6), &FetchOptions{BodySection: []*BodySection{{Part: []int{1}}}})
	for i, want := range []string{`5 flags["a"]`, `5 flags["a"] [1]"x"`, `6 [1]"y"`} {
		rows, err := []*Fetch{flags, body, other}[i].Wait()
		if (err != nil) != (i == 2) || len(rows) != 1 || told(rows[0]) != want {
			t.Errorf("command %d: %v, %v", i, rows, err)
		}
	}
}

func TestFetch_OneMessageWithoutUIDIsNotMixedWithOthers(t *testing.T) {
	t.Parallel()
	c, _ := dial("* 3 FETCH (FLAGS (a))\r\n* 9 FETCH (FLAGS (b))\r\n%t1 OK\r\n")
	rows := must[[]*Message](t)(c.UIDFetch(UIDSetNum(5), &FetchOptions{Flags: true}).Wait())
	if len(rows) != 1 || told(rows[0]) != `5 flags["a"]` {
		t.Errorf("%v", rows)
	}
}

func TestFetch_KeepsWhatAnOpenSetBrings(t *testing.T) {
	t.Parallel()
	var says strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&says, "* %d FETCH (UID %d FLAGS ())\r\n", i+1, i+1)
	}
	for _, send := range []func(*Client) *Fetch{
		func(c *Client) *Fetch { return c.FetchFrom(1, &FetchOptions{Flags: true}) },
		func(c *Client) *Fetch { return c.UIDFetch(UIDSet{{Start: 1}}, &FetchOptions{Flags: true}) },
	} {
		c, _ := dial(says.String() + "%t1 OK\r\n")
		if rows := must[[]*Message](t)(send(c).Wait()); len(rows) != 3000 {
			t.Errorf("%d rows, want 3000", len(rows))
		}
	}
}

func TestParseDateTime_KnowsTheFormsOfServers(t *testing.T) {
	t.Parallel()
	want := time.Date(2020, 2, 1, 9, 0, 0, 0, time.UTC)
	for _, s := range []string{
		"01-Feb-2020 10:00:00 +0100", " 1-Feb-2020 10:00:00 +0100", "1-Feb-2020 09:00:00 GMT", "1 Feb 2020 10:00:00 +0100",
		"Sat, 1 Feb 2020 10:00:00 +0100", "1-Feb-20 10:00:00 +0100", "2020-02-01T10:00:00+01:00", "1-feb-2020 10:00:00 +0100",
	} {
		if got, ok := parseDateTime(s); !ok || !got.Equal(want) {
			t.Errorf("%q: %v, %v", s, got, ok)
		}
	}
	for _, s := range []string{"", "x", "31-Feb-2020 10:00:00 +0100", "01-Feb-2020", "01-Feb-2020 25:00:00 +0100", "01-Jan-0001 00:00:00 +0000"} {
		if got, ok := parseDateTime(s); ok {
			t.Errorf("%q: %v", s, got)
		}
	}
}
