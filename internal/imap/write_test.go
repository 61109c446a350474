package imap

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

func TestCommands_AreWrittenExactly(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 3, 5, 23, 59, 0, 0, time.FixedZone("", -5400))
	set := UIDSet{{Start: 1, Stop: 3}, {Start: 7, Stop: 7}, {Start: 9}}
	key := func(s SearchCriteria) func(*Client) { return func(c *Client) { c.UIDSearch(&s, nil) } }
	for _, tt := range []struct {
		want string
		send func(*Client)
	}{
		{"NOOP", func(c *Client) { c.Noop() }},
		{"LOGOUT", func(c *Client) { c.Logout() }},
		{"CAPABILITY", func(c *Client) { c.Capability() }},
		{"STARTTLS", func(c *Client) { c.StartTLS() }},
		{"COMPRESS DEFLATE", func(c *Client) { c.Compress() }},
		{"NAMESPACE", func(c *Client) { c.Namespace() }},
		{"UNSELECT", func(c *Client) { c.Unselect() }},
		{`ID ("name" "mail \"x\"")`, func(c *Client) { c.ID(`mail "x"`) }},
		{"ENABLE CONDSTORE QRESYNC", func(c *Client) { c.Enable("CONDSTORE", "QRESYNC") }},
		{`LOGIN "a\\b" "p\"w"`, func(c *Client) { c.Login(`a\b`, `p"w`) }},
		{"LOGIN \"a\" {2+}\r\n\xc3\xa9", func(c *Client) { c.Login("a", "é") }},
		{"AUTHENTICATE PLAIN", func(c *Client) { c.Authenticate("PLAIN", "AGEAYg==", nil) }},

		{`EXAMINE "INBOX"`, func(c *Client) { c.Examine("INBOX") }},
		{`SELECT "a b"`, func(c *Client) { c.SelectToChange("a b") }},
		{`CREATE "a\\\"b"`, func(c *Client) { c.Create(`a\"b`) }},
		{`CREATE &AAoADQAA-x`, func(c *Client) { c.Create("\n\r\x00x") }},
		{`DELETE ""`, func(c *Client) { c.Delete("") }},
		{`DELETE Entw&APw-rfe`, func(c *Client) { c.Delete("Entwürfe") }},
		{`SUBSCRIBE "&2D3eAA- &- &APw-"`, func(c *Client) { c.Subscribe("😀 & ü") }},
		{`UNSUBSCRIBE &-`, func(c *Client) { c.Unsubscribe("&") }},
		{`RENAME "a" "b%*"`, func(c *Client) { c.Rename("a", "b%*") }},
		{`STATUS "a" (MESSAGES UIDNEXT UIDVALIDITY UNSEEN)`, func(c *Client) {
			c.Status("a", &StatusOptions{NumMessages: true, UIDNext: true, UIDValidity: true, NumUnseen: true})
		}},
		{`GETQUOTAROOT "INBOX"`, func(c *Client) { c.QuotaRoot("INBOX") }},
		{`LIST "" "*"`, func(c *Client) { c.List("", "*", nil) }},
		{`LIST "&AOk-" "a%"`, func(c *Client) { c.List("é", "a%", &ListOptions{}) }},
		{`LIST (SUBSCRIBED) "" "*" RETURN (SUBSCRIBED SPECIAL-USE STATUS (MESSAGES))`, func(c *Client) {
			c.List("", "*", &ListOptions{SelectSubscribed: true, ReturnSubscribed: true, ReturnSpecialUse: true, ReturnStatus: &StatusOptions{NumMessages: true}})
		}},
		{`LSUB "" "*"`, func(c *Client) { c.ListSubscribed("", "*") }},

		{"UID FETCH 1:3,7,9:* (UID)", func(c *Client) { c.UIDFetch(set, &FetchOptions{}) }},
		{"FETCH 12:* (UID FLAGS)", func(c *Client) { c.FetchFrom(12, &FetchOptions{Flags: true}) }},
		{"UID FETCH 5 (UID FLAGS INTERNALDATE RFC822.SIZE BODYSTRUCTURE PREVIEW (LAZY) THREADID X-GM-MSGID X-GM-THRID) (PARTIAL -1:-50)", func(c *Client) {
			o := *everything
			o.BodySection, o.Newest = nil, 50
			c.UIDFetch(UIDSetNum(5), &o)
		}},
		{`UID FETCH 5 (UID BODY.PEEK[] BODY.PEEK[]<10.20> BODY.PEEK[1.2]<0.5> BODY.PEEK[1.2.MIME] BODY.PEEK[HEADER.FIELDS (From "a b" "x(y" "")] BODY.PEEK[3.HEADER] BODY.PEEK[TEXT])`, func(c *Client) {
			c.UIDFetch(UIDSetNum(5), &FetchOptions{BodySection: []*BodySection{
				{},
				{Offset: 10, Size: 20},
				{Part: []int{1, 2}, Size: 5},
				{Part: []int{1, 2}, Specifier: PartSpecifierMIME},
				{Specifier: PartSpecifierHeader, HeaderFields: []string{"From", "a b", "x(y", ""}},
				{Part: []int{3}, Specifier: PartSpecifierHeader},
				{Specifier: PartSpecifierText},
			}})
		}},
		{`UID STORE 1:3,7,9:* +FLAGS.SILENT (\Seen $x)`, func(c *Client) {
			c.UIDStore(set, &StoreFlags{Op: StoreFlagsAdd, Silent: true, Flags: []Flag{FlagSeen, "$x"}})
		}},
		{`UID STORE 5 -FLAGS (a)`, func(c *Client) { // what is no atom is left out
			c.UIDStore(UIDSetNum(5), &StoreFlags{Op: StoreFlagsDel, Flags: []Flag{"a", "", `\`, `\*`, "a b", "a)", "é", "a\r\nb", `"q"`, "x]"}})
		}},
		{`UID COPY 5 "x"`, func(c *Client) { c.UIDCopy(UIDSetNum(5), "x") }},
		{`UID MOVE 5 &AOk-`, func(c *Client) { c.UIDMove(UIDSetNum(5), "é") }},
		{`UID EXPUNGE 5:6`, func(c *Client) { c.UIDExpunge(UIDSetNum(6, 5)) }},
		{"APPEND \"Sent\" (\\Seen \\Draft) \" 5-Mar-2026 23:59:00 -0130\" {3+}\r\na\r\n", func(c *Client) {
			c.Append("Sent", 3, says("a\r\n"), &AppendOptions{Flags: []Flag{FlagSeen, "no flag", FlagDraft}, Time: day})
		}},
		{"APPEND \"Sent\" {0+}\r\n", func(c *Client) { c.Append("Sent", 0, says(""), nil) }},

		{"UID SEARCH ALL", key(SearchCriteria{})},
		{"UID SEARCH RETURN () ALL", func(c *Client) { c.UIDSearch(&SearchCriteria{}, &SearchOptions{}) }},
		{"UID SEARCH RETURN (MIN MAX ALL COUNT) UID 5:*", func(c *Client) {
			c.UIDSearch(&SearchCriteria{UID: []UIDSet{{{Start: 5}}}}, &SearchOptions{ReturnMin: true, ReturnMax: true, ReturnAll: true, ReturnCount: true})
		}},
		{"UID SEARCH SINCE 5-Mar-2026 BEFORE 6-Mar-2026 YOUNGER 60 LARGER 1 SMALLER 2", key(SearchCriteria{
			Since: day, Before: day.AddDate(0, 0, 1), Younger: time.Minute, Larger: 1, Smaller: 2,
		})},
		{`UID SEARCH FROM "a" SUBJECT "x \"y\"" HEADER FROM "" HEADER Message-ID "<a@b>" HEADER "a b" "c"`, key(SearchCriteria{Header: []SearchCriteriaHeaderField{
			{"From", "a"}, {"SUBJECT", `x "y"`}, {"FROM", ""}, {"Message-ID", "<a@b>"}, {"a b", "c"},
		}})},
		{`UID SEARCH BODY "b" TEXT "t" FLAGGED KEYWORD $x UNSEEN UNKEYWORD "a b"`, key(SearchCriteria{
			Body: []string{"b"}, Text: []string{"t"}, Flag: []Flag{FlagFlagged, "$x"}, NotFlag: []Flag{FlagSeen, "a b"},
		})},
		{`UID SEARCH X-GM-RAW "has:attachment" X-GM-THRID 18446744073709551615 THREADID "T 1"`, key(SearchCriteria{
			GmailRaw: "has:attachment", GmailThrID: 1<<64 - 1, ThreadID: "T 1",
		})},
		{`UID SEARCH NOT FROM "a" NOT (FROM "a" SEEN) NOT NOT SEEN NOT (ALL)`, key(SearchCriteria{Not: []SearchCriteria{
			from("a"), {Header: from("a").Header, Flag: []Flag{FlagSeen}}, {Not: []SearchCriteria{{Flag: []Flag{FlagSeen}}}}, {},
		}})},
		{`UID SEARCH OR FROM "a" OR FROM "b" FROM "c"`, key(SearchCriteria{Or: [][2]SearchCriteria{
			{from("a"), {Or: [][2]SearchCriteria{{from("b"), from("c")}}}},
		}})},
		{`UID SEARCH NOT KEYWORD "a b" OR SEEN (KEYWORD "" FLAGGED)`, key(SearchCriteria{
			Not: []SearchCriteria{{Flag: []Flag{"a b"}}}, Or: [][2]SearchCriteria{{{Flag: []Flag{FlagSeen}}, {Flag: []Flag{"", FlagFlagged}}}},
		})},
		{"UID SEARCH CHARSET UTF-8 FROM {5+}\r\nJ\xc3\xb6rg NOT (BODY {3+}\r\na\nb SEEN)", key(SearchCriteria{
			Header: from("Jörg").Header, Not: []SearchCriteria{{Body: []string{"a\nb"}, Flag: []Flag{FlagSeen}}},
		})},
		{"UID SEARCH NOT (BODY {2+}\r\n\r\n SEEN)", key(SearchCriteria{Not: []SearchCriteria{{Body: []string{"\r\n"}, Flag: []Flag{FlagSeen}}}})},
		{"UID SEARCH CHARSET UTF-8 OR SEEN (TEXT {2+}\r\n\xc3\xa9 SEEN)", key(SearchCriteria{Or: [][2]SearchCriteria{
			{{Flag: []Flag{FlagSeen}}, {Text: []string{"é"}, Flag: []Flag{FlagSeen}}},
		}})},
	} {
		c, s := dial("", CapLiteralPlus)
		tt.send(c)
		if err := c.Flush(); err != nil {
			t.Fatal(err)
		}
		if got := s.commands(c); got != "T1 "+tt.want+"\r\n" {
			t.Errorf("got  %q\nwant %q", got, "T1 "+tt.want+"\r\n")
		}
	}
}

func from(s string) SearchCriteria {
	return SearchCriteria{Header: []SearchCriteriaHeaderField{{"From", s}}}
}

func says(text string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}
}

func TestAuthenticate_GoesOnAsTheServerAsks(t *testing.T) {
	t.Parallel()
	next := func(challenge string) (string, bool) { return "re:" + challenge, challenge != "stop" }
	for _, tt := range []struct {
		name, says, want string
		caps             []Cap
		next             func(string) (string, bool)
	}{
		{"with SASL-IR", "%t1 OK\r\n", "T1 AUTHENTICATE X aQ==\r\n", []Cap{CapSASLIR}, nil},
		{"without", "+ \r\n%t1 OK\r\n", "T1 AUTHENTICATE X\r\naQ==\r\n", nil, nil},
		{"bare continuation", "+\r\n%t1 OK\r\n", "T1 AUTHENTICATE X\r\naQ==\r\n", nil, nil},
		{"more is asked than is known", "+ \r\n+ more\r\n%t1 NO\r\n", "T1 AUTHENTICATE X\r\naQ==\r\n*\r\n", nil, nil},
		{"further challenges", "+ one\r\n+  two\r\n%t1 OK\r\n", "T1 AUTHENTICATE X aQ==\r\nre:one\r\nre:two\r\n", []Cap{CapSASLIR}, next},
		{"a challenge that ends it", "+ stop\r\n%t1 BAD\r\n", "T1 AUTHENTICATE X aQ==\r\n*\r\n", []Cap{CapSASLIR}, next},
	} {
		c, s := dial(tt.says, tt.caps...)
		_ = c.Authenticate("X", "aQ==", tt.next).Wait()
		if got := s.commands(c); got != tt.want || c.Err() != nil {
			t.Errorf("%s: %q, want %q; %v", tt.name, got, tt.want, c.Err())
		}
	}
}

func TestLiterals_WaitForTheServerUnlessItTakesThemAtOnce(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 3000)
	for _, tt := range []struct {
		name, says, want string
		caps             []Cap
	}{
		{"synchronising", "+ go\r\n* 3 EXISTS\r\n+ go\r\n%t1 OK\r\n%t2 OK\r\n", "T1 LOGIN {2}\r\né {6000}\r\n" + long + "\r\nT2 NOOP\r\n", nil},
		{"LITERAL+", "%t1 OK\r\n%t2 OK\r\n", "T1 LOGIN {2+}\r\né {6000+}\r\n" + long + "\r\nT2 NOOP\r\n", []Cap{CapLiteralPlus}},
		{"LITERAL- only up to 4096", "+ go\r\n%t1 OK\r\n%t2 OK\r\n", "T1 LOGIN {2+}\r\né {6000}\r\n" + long + "\r\nT2 NOOP\r\n", []Cap{CapLiteralMinus}},
		{"IMAP4rev2 has LITERAL-", "+ go\r\n%t1 OK\r\n%t2 OK\r\n", "T1 LOGIN {2+}\r\né {6000}\r\n" + long + "\r\nT2 NOOP\r\n", []Cap{CapIMAP4rev2}},
		{"refused: its rest is not sent, the next command is", "%t1 NO [TOOBIG] no\r\n%t2 OK\r\n", "T1 LOGIN {2}\r\nT2 NOOP\r\n", nil},
		{"the second one refused", "+ go\r\n%t1 BAD no\r\n%t2 OK\r\n", "T1 LOGIN {2}\r\né {6000}\r\nT2 NOOP\r\n", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, s := dial(tt.says, tt.caps...)
			login, noop := c.Login("é", long), c.Noop()
			if err := noop.Wait(); err != nil {
				t.Fatal(err)
			}
			var refused *Error
			if err := login.Wait(); strings.Contains(tt.name, "refused") != errors.As(err, &refused) {
				t.Error(err)
			}
			if got := s.commands(c); got != tt.want {
				t.Errorf("got %.80q", got)
			}
		})
	}
}

func TestAppend_StreamsAndEndsTheConnectionWhereItCannot(t *testing.T) {
	t.Parallel()
	broken := errors.New("the disk is full")
	for _, tt := range []struct {
		name  string
		write func(io.Writer) error
		err   error
	}{
		{"in pieces", func(w io.Writer) error { return errors.Join(says("ab")(w), says("cd\r\n")(w)) }, nil},
		{"too short", says("ab"), io.ErrShortWrite},
		{"too long", says("abcdefgh"), io.ErrShortWrite},
		{"broken", func(io.Writer) error { return broken }, broken},
	} {
		c, s := dial("+ go\r\n%t1 OK [APPENDUID 7 9] done\r\n%t2 OK\r\n")
		q, noop := c.Append("a", 6, tt.write, nil), c.Noop()
		data, err := q.Wait()
		if !errors.Is(err, tt.err) || (tt.err == nil) != (data == AppendData{7, 9}) {
			t.Errorf("%s: %v, %v", tt.name, data, err)
		}
		if err := noop.Wait(); !errors.Is(err, tt.err) || !errors.Is(c.Err(), tt.err) {
			t.Errorf("%s: the next command: %v", tt.name, err)
		}
		sent := s.commands(c)
		if tt.err != nil && (strings.Contains(sent, "NOOP") || len(sent) > len("T1 APPEND \"a\" {6}\r\nabcdef")) {
			t.Errorf("%s: sent %q", tt.name, sent)
		}
	}
	c, s := dial("%t1 NO [OVERQUOTA] full\r\n%t2 OK\r\n")
	q := c.Append("a", 6, func(io.Writer) error { t.Error("written though refused"); return nil }, nil)
	if _, err := q.Wait(); err == nil {
		t.Error("no refusal")
	}
	if err := c.Noop().Wait(); err != nil || s.commands(c) != "T1 APPEND \"a\" {6}\r\nT2 NOOP\r\n" {
		t.Errorf("%v, sent %q", err, s.commands(c))
	}
}
