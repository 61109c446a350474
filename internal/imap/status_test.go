package imap

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
)

func TestStatusResponse_ReadsCodes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ in, want string }{
		{"", `||`},
		{" done", `||done`},
		{"[ALERT] look", `ALERT||look`},
		{" [copyuid 7 1 2]done", `COPYUID|7 1 2|done`},
		{"[ ALERT ]", `ALERT||`},
		{"[PERMANENTFLAGS (\\Seen OIB-[x] \\*)] y", `PERMANENTFLAGS|(\Seen OIB-[x] \*)|y`},
		{`[X "a]b"] y`, `X|"a]b"|y`},
		{`[X (a] y`, `X|(a|y`},
		{"[X", `X||[X`},
		{"[X y z", `X||[X y z`},
		{"[]", `||`},
		{"text [X] y", `||text [X] y`},
		{"]", `||]`},
	} {
		s := parseStatus(StatusResponseTypeOK, tt.in)
		if got := fmt.Sprintf("%s|%s|%s", s.code, s.arg, s.text); got != tt.want {
			t.Errorf("%q: %s, want %s", tt.in, got, tt.want)
		}
	}
}

func TestCommand_EndsWithItsTaggedResponse(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, says, err, problem string }{
		{"OK", "%t1 OK done", "", ""},
		{"OK in lower case, blanks too many", "%t1  ok  [X]  done ", "", ""},
		{"OK alone, LF alone", "%t1 OK", "", ""},
		{"NO", "%t1 NO [NOPERM] no", "imap: NO [NOPERM] no", ""},
		{"NO without words", "%t1 NO", "imap: NO ", ""},
		{"BAD", "%t1 BAD what", "imap: BAD what", ""},
		{"neither", "%t1 MAYBE later", "imap: BAD MAYBE later", "neither OK"},
		{"nothing", "%t1", "imap: BAD ", "neither OK"},
		{"blank lines before", "\r\n\n\r\n%t1 OK", "", ""},
		{"unknown responses before", "* X-FOO (a {3}\r\n(( {2}\r\n)\r) \"\r\n* 5 BAR\r\n* 5\r\n*\r\n* OK [X-NEW (a)] hm\r\n%t1 OK", "", ""},
		{"text that looks like a literal", "* OK {99}\r\n* NO [X {9}] {9999999}\r\n%t1 OK {5}", "", ""},
		{"a line that is none", "hello\r\n%t1 OK", "", "no response"},
		{"a continuation nobody waits for", "+ go on\r\n+\r\n%t1 OK", "", ""},
		{"a tagged response of another client", "A1 OK\r\n%t1 OK", "", "no response"},
		{"a tagged response to nothing", "%t0 OK\r\n%t7 BAD\r\n%t1 OK", "", "no command"},
		{"a stray line behind", "%t1 OK\r\nstray", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, _ := dial(tt.says + "\n%t2 OK\r\n")
			err := c.Noop().Wait()
			if got := fmt.Sprint(err); got != tt.err && (err != nil || tt.err != "") {
				t.Errorf("%q, want %q", got, tt.err)
			}
			if got := strings.Join(c.Problems(), "; "); (got == "") != (tt.problem == "") || !strings.Contains(got, tt.problem) {
				t.Errorf("problems %q, want %q", got, tt.problem)
			}
			if err := c.Noop().Wait(); err != nil || !c.Answered() {
				t.Error("the connection did not go on")
			}
		})
	}
}

func TestCommand_TheEndOfTheConnectionIsNoAnswer(t *testing.T) {
	t.Parallel()
	for _, says := range []string{"", "* OK", "%t1", "%t1 OK", "* 1 FETCH (UID 5 BODY[] {9}\r\nabc", "* X {9}\r\n", "* SEARCH 1", `* LIST () "/" "a`, "* 1 FETCH (X \"", "%"} {
		c, _ := dial(says)
		f := c.UIDFetch(UIDSetNum(5), everything)
		if _, err := f.Wait(); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%q: %v", says, err)
		}
		if err := c.Noop().Wait(); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%q: then %v", says, err)
		}
	}
	c, _ := dial("* BYE [UNAVAILABLE] going (down)\r\n")
	var bye *Error
	if err := c.Noop().Wait(); !errors.As(err, &bye) || bye.Type != StatusResponseTypeBye || bye.Code != ResponseCodeUnavailable || bye.Text != "going (down)" || c.Bye() == nil {
		t.Errorf("%v", err)
	}
}

func TestFetch_WhatCameBeforeTheCutIsKept(t *testing.T) {
	t.Parallel()
	c, _ := dial("* 1 FETCH (UID 5 FLAGS (a))\r\n* 2 FETCH (UID 6 FLAGS (b) BODY[] {9}\r\nabc")
	rows, err := c.UIDFetch(UIDSetNum(5, 6), everything).Wait()
	if err == nil || len(rows) != 2 || told(rows[1]) != `6 flags["b"]` {
		t.Errorf("%v, %v", rows, err)
	}
}

func TestGreeting_IsTheFirstResponse(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		says, err string
		preAuth   bool
	}{
		{"* OK ready\r\n", "", false},
		{"* ok\n", "", false},
		{"*  OK [CAPABILITY IMAP4rev1] x\r\n", "", false},
		{"\r\n* CAPABILITY IMAP4rev1\r\n* OK x\r\n", "", false},
		{"* PREAUTH you are in\r\n", "", true},
		{"* BYE [UNAVAILABLE] later\r\n", "imap: BYE [UNAVAILABLE] later", false},
		{"* NO no\r\n", "imap: NO no", false},
		{"220 mail ESMTP\r\n", ErrNoGreeting.Error(), false},
		{"HTTP/1.1 400 Bad Request\r\n", ErrNoGreeting.Error(), false},
		{"+OK POP3\r\n", ErrNoGreeting.Error(), false},
		{"SSH-2.0-x\r\n", ErrNoGreeting.Error(), false},
		{"\x15\x03\x01\x00\x02\x02\n", ErrNoGreeting.Error(), false},
		{"", io.ErrUnexpectedEOF.Error(), false},
	} {
		c := NewClient(&server{Reader: strings.NewReader(tt.says)}, PreambleLimits(), nil)
		preAuth, err := c.Greeting()
		if preAuth != tt.preAuth || (tt.err == "") != (err == nil) || err != nil && err.Error() != tt.err {
			t.Errorf("%q: %v, %v", tt.says, preAuth, err)
		}
	}
}

func TestCapabilities_AreThoseToldLast(t *testing.T) {
	t.Parallel()
	c, _ := dial("* CAPABILITY imap4REV1 starttls AUTH=plain\r\n%t1 OK\r\n" +
		"%t2 OK [CAPABILITY IMAP4rev1 (x) LITERAL- \xff " + strings.Repeat("A", 65) + "] in\r\n* CAPABILITY\r\n* OK [CAPABILITY]\r\n%t3 OK\r\n")
	_ = c.Capability().Wait()
	if !c.Caps().Has(CapIMAP4rev1) || !c.Caps().Has(CapStartTLS) || !c.Caps().Has(AuthCap("PLAIN")) || len(c.Caps()) != 3 {
		t.Errorf("%v", c.Caps())
	}
	_ = c.Login("a", "b").Wait()
	_ = c.Noop().Wait()
	if !c.Caps().Has(CapLiteralMinus) || c.Caps().Has(CapStartTLS) || len(c.Caps()) != 2 || c.CapsTold() != 2 {
		t.Errorf("%v, told %d times", c.Caps(), c.CapsTold())
	}
	if c.Forget(); len(c.Caps()) != 0 || c.CapsTold() != 0 {
		t.Error("not forgotten")
	}
	rev2 := ParseCaps([]string{"imap4rev2"})
	if !rev2.Has(CapMove) || rev2.Has(CapUIDOnly) || rev2.Has(CapLiteralPlus) || !ParseCaps([]string{"literal+"}).Has(CapLiteralMinus) {
		t.Error("what a capability implies")
	}
}

func TestSelect_TellsWhatIsOpen(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ says, want string }{
		{
			"* FLAGS (\\Seen x])\r\n* 3  EXISTS\r\n* 0 RECENT\r\n* OK [PERMANENTFLAGS (\\Seen a[b] \\*)] x\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 9]\r\n* OK [HIGHESTMODSEQ 5] x\r\n%t1 OK [READ-WRITE] x",
			"{a 3 true 9 7 false [\\Seen a[b] \\*]}",
		},
		{"%t1 OK [READ-ONLY] x", "{a 0 false 0 0 true []}"},
		{"* OK [UIDVALIDITY 0] x\r\n* OK [UIDNEXT x\r\n* OK [HIGHESTMODSEQ -1]\r\n* 5 EXISTS\r\n* OK [PERMANENTFLAGS ()]\r\n%t1 ok", "{a 5 true 0 0 false []}"},
		{"* OK [UIDVALIDITY 99999999999] x\r\n* 99999999999 EXISTS\r\n%t1 OK", "{a 0 false 0 0 false []}"},
		{"* 5 EXISTS\r\n* OK [CLOSED] old\r\n* 3 EXISTS\r\n%t1 OK", "{a 3 true 0 0 false []}"},
	} {
		c, _ := dial(tt.says + "\r\n* 4 EXISTS\r\n* 2 EXPUNGE\r\n%t2 OK\r\n%t3 NO gone\r\n")
		got := must[Mailbox](t)(c.SelectToChange("a").Wait())
		if fmt.Sprint(got) != tt.want || fmt.Sprint(c.Selected()) != tt.want {
			t.Errorf("%q:\n got %v\nwant %s", tt.says, got, tt.want)
		}
		_ = c.Noop().Wait()
		if c.Selected().NumMessages != 3 {
			t.Errorf("after 4 EXISTS and an EXPUNGE there are %d", c.Selected().NumMessages)
		}
		if _, err := c.Examine("b").Wait(); err == nil || c.Selected().Name != "" {
			t.Error("a mailbox is open after a refused EXAMINE")
		}
	}
}

func TestSelect_MessagesThatVanishAreCounted(t *testing.T) {
	t.Parallel()
	c, _ := dial("* 10 EXISTS\r\n%t1 OK\r\n* VANISHED (EARLIER) 1:5\r\n* VANISHED 3:4,9,x,0\r\n%t2 OK\r\n" +
		"* VANISHED 1:4294967295\r\n* 1 EXPUNGE\r\n%t3 OK\r\n%t4 OK\r\n* 7 EXISTS\r\n%t5 OK\r\n")
	_ = must[Mailbox](t)(c.Examine("a").Wait())
	for _, want := range []uint32{7, 0} {
		if _ = c.Noop().Wait(); c.Selected().NumMessages != want {
			t.Errorf("%d messages, want %d", c.Selected().NumMessages, want)
		}
	}
	_, _ = c.Unselect().Wait(), c.Noop().Wait()
	if got := c.Selected(); got.Name != "" || got.NumMessages != 0 {
		t.Errorf("after UNSELECT: %v", got)
	}
}

func TestSmallResponses_AreRead(t *testing.T) {
	t.Parallel()
	c, _ := dial("* NAMESPACE ((\"\" \"/\")(\"#x &AOk-/\" NIL)) NIL (( \"Shared\" \".\" \"X\" (\"y\")))\r\n%t1 OK\r\n" +
		"* NAMESPACE NIL\r\n%t2 OK\r\n" +
		"* QUOTAROOT INBOX \"\"\r\n* QUOTA \"\" (STORAGE 10 512 message 3 4 X)\r\n* QUOTA r ()\r\n* QUOTA\r\n%t3 OK\r\n" +
		"* ID (\"Name\" \"x\" version NIL odd)\r\n%t4 OK\r\n* ID NIL\r\n%t5 OK\r\n" +
		"* ENABLED CONDSTORE (x) qresync\r\n%t6 OK\r\n")
	if got := must[*NamespaceData](t)(c.Namespace().Wait()); fmt.Sprint(*got) != "{[{ 47} {#x é/ 0}] [] [{Shared 46}]}" {
		t.Errorf("%v", *got)
	}
	if got := must[*NamespaceData](t)(c.Namespace().Wait()); fmt.Sprint(*got) != "{[] [] []}" {
		t.Errorf("%v", *got)
	}
	if got := must[[]Quota](t)(c.QuotaRoot("INBOX").Wait()); !slices.Equal(got, []Quota{{"", "STORAGE", 10, 512}, {"", "MESSAGE", 3, 4}}) {
		t.Errorf("%v", got)
	}
	if got := must[map[string]string](t)(c.ID("x").Wait()); fmt.Sprint(got) != "map[name:x version:]" {
		t.Errorf("%v", got)
	}
	if got := must[map[string]string](t)(c.ID("x").Wait()); len(got) != 0 {
		t.Errorf("%v", got)
	}
	if got := must[CapSet](t)(c.Enable("CONDSTORE").Wait()); !got.Has("CONDSTORE") || !got.Has("QRESYNC") || len(got) != 2 {
		t.Errorf("%v", got)
	}
	understood(t, c)
}

func TestAlerts_AreKeptAndBounded(t *testing.T) {
	t.Parallel()
	c, _ := dial("* OK [ALERT] one\r\n* NO [WEBALERT https://x.example/y] two\r\n" + strings.Repeat("* OK [ALERT] more\r\n", 20) + "%t1 OK\r\n")
	_ = c.Noop().Wait()
	if got := c.Alerts(); len(got) != maxAlerts || got[0] != "one" || got[1] != "two https://x.example/y" {
		t.Errorf("%q", got)
	}
}
