package imap

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// parseCommand reads what a client wrote as a server does (RFC 9051 §9), in
// words of its own: one command, with its strings and, outside them, atoms and
// parentheses that close. It returns the strings.
func parseCommand(sent []byte) (strs []string, err error) {
	depth := 0
	for i := 0; i < len(sent); {
		switch b := sent[i]; {
		case b == '\r':
			if depth != 0 {
				return strs, fmt.Errorf("parentheses that do not close in %q", sent)
			}
			if string(sent[i:]) != "\r\n" {
				return strs, fmt.Errorf("more than one line: %q", sent)
			}
			return strs, nil
		case b == '"':
			var s []byte
			for i++; ; i++ {
				if i >= len(sent) || sent[i] == '\r' || sent[i] == '\n' || sent[i] == 0 || sent[i] >= 0x80 {
					return strs, fmt.Errorf("a quoted string with what it may not have: %q", sent)
				}
				if sent[i] == '"' {
					break
				}
				if sent[i] == '\\' {
					if i++; i >= len(sent) || sent[i] != '"' && sent[i] != '\\' {
						return strs, fmt.Errorf("a backslash that escapes nothing: %q", sent)
					}
				}
				s = append(s, sent[i])
			}
			strs = append(strs, string(s))
			i++
			if i < len(sent) && strings.IndexByte(" )\r", sent[i]) < 0 {
				return strs, fmt.Errorf("a string that does not end with its quote: %q", sent)
			}
		case b == '{':
			end := bytes.Index(sent[i:], []byte("}\r\n"))
			if end < 0 {
				return strs, fmt.Errorf("a brace that is no literal: %q", sent)
			}
			n, err := strconv.Atoi(strings.TrimSuffix(string(sent[i+1:i+end]), "+"))
			if err != nil || i+end+3+n > len(sent) {
				return strs, fmt.Errorf("a literal without its size: %q", sent)
			}
			i += end + 3
			strs = append(strs, string(sent[i:i+n]))
			i += n
		case b == '(':
			depth++
			i++
		case b == ')':
			if depth--; depth < 0 {
				return strs, fmt.Errorf("a parenthesis that closes nothing: %q", sent)
			}
			i++
		case b < ' ' || b >= 0x7f:
			return strs, fmt.Errorf("byte %#x outside a string: %q", b, sent)
		default:
			i++
		}
	}
	return strs, fmt.Errorf("a command that is not ended: %q", sent)
}

// stringCommands are all commands that take strings, with a and b as these. The
// strings that must be among those that are sent are a and b as encode has them.
var stringCommands = map[string]struct {
	send   func(c *Client, a, b string)
	encode func(string) string // nil: as it is
}{
	"login":       {func(c *Client, a, b string) { c.Login(a, b) }, nil},
	"id":          {func(c *Client, a, b string) { c.ID(a) }, nil},
	"examine":     {func(c *Client, a, b string) { c.Examine(a) }, encodeName},
	"select":      {func(c *Client, a, b string) { c.SelectToChange(a) }, encodeName},
	"create":      {func(c *Client, a, b string) { c.Create(a) }, encodeName},
	"delete":      {func(c *Client, a, b string) { c.Delete(a) }, encodeName},
	"rename":      {func(c *Client, a, b string) { c.Rename(a, b) }, encodeName},
	"subscribe":   {func(c *Client, a, b string) { c.Subscribe(a) }, encodeName},
	"unsubscribe": {func(c *Client, a, b string) { c.Unsubscribe(a) }, encodeName},
	"learnt": {func(c *Client, a, b string) {
		c.names.learn("x", a)
		c.names.learn("y", b)
		c.Rename("x", "y")
	}, nil},
	"status": {func(c *Client, a, b string) { c.Status(a, &StatusOptions{NumMessages: true}) }, encodeName},
	"quota":  {func(c *Client, a, b string) { c.QuotaRoot(a) }, encodeName},
	"list":   {func(c *Client, a, b string) { c.List(a, b, nil) }, encodeName},
	"lsub":   {func(c *Client, a, b string) { c.ListSubscribed(a, b) }, encodeName},
	"copy":   {func(c *Client, a, b string) { c.UIDCopy(UIDSetNum(1), a) }, encodeName},
	"move":   {func(c *Client, a, b string) { c.UIDMove(UIDSetNum(1), a) }, encodeName},
	"store": {func(c *Client, a, b string) {
		c.UIDStore(UIDSetNum(1), &StoreFlags{Flags: []Flag{Flag(a), "x", Flag(b)}})
	}, nil},
	"append": {func(c *Client, a, b string) {
		c.Append(a, int64(len(b)), says(b), &AppendOptions{Flags: []Flag{Flag(b)}})
	}, encodeName},
	"section": {func(c *Client, a, b string) {
		c.UIDFetch(UIDSetNum(1), &FetchOptions{BodySection: []*BodySection{{Specifier: PartSpecifierHeader, HeaderFields: []string{a, b}}}})
	}, nil},
	"search": {func(c *Client, a, b string) {
		inner := SearchCriteria{Text: []string{a}, Body: []string{b}, Flag: []Flag{Flag(b)}, GmailRaw: a}
		c.UIDSearch(&SearchCriteria{
			Header: []SearchCriteriaHeaderField{{a, b}, {"Subject", a}}, NotFlag: []Flag{Flag(a)}, ThreadID: b,
			Not: []SearchCriteria{inner, {Text: []string{b}}}, Or: [][2]SearchCriteria{{inner, {Body: []string{a}}}},
		}, &SearchOptions{ReturnAll: true})
	}, nil},
}

// checkInjection fails where a string ends its line, or does not arrive.
func checkInjection(t interface{ Fatalf(string, ...any) }, a, b string) {
	for name, command := range stringCommands {
		for _, caps := range [][]Cap{{CapLiteralPlus}, {CapLiteralMinus}, nil} {
			c, s := dial(strings.Repeat("+ go\r\n", 40), caps...)
			command.send(c, a, b)
			if err := c.Flush(); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			sent := s.told.Bytes()
			strs, err := parseCommand(sent)
			if err != nil {
				t.Fatalf("%s(%q, %q): %v", name, a, b, err)
			}
			if !bytes.HasPrefix(sent, []byte(c.r.tags+"1 ")) || bytes.Count(sent, []byte(c.r.tags)) != 1 {
				t.Fatalf("%s(%q, %q): %q", name, a, b, sent)
			}
			arrives := a
			if command.encode != nil {
				arrives = command.encode(a)
			}
			if name != "store" && !slices.Contains(strs, arrives) && !(isAtom(arrives) && bytes.Contains(sent, []byte(arrives))) { // flags may be left out
				t.Fatalf("%s: sent %q, without %q", name, sent, arrives)
			}
		}
	}
}

func TestCommands_NoStringEndsItsLine(t *testing.T) {
	t.Parallel()
	nasty := rapid.StringOfN(rapid.SampledFrom([]rune("\r\n\x00\"\\ (){}%*&+-]x1é\x7f\U0001F600")), 0, 12, -1)
	bytesOf := rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 20), func(b []byte) string { return string(b) })
	long := rapid.Map(rapid.IntRange(maxQuoted-2, maxQuoted+2), func(n int) string { return strings.Repeat(`"`, n) })
	text := rapid.OneOf(nasty, bytesOf, long, rapid.SampledFrom([]string{"", "\r\nM1 LOGOUT\r\n", "{5}\r\nhello", "a{3+}\r\nabc", `\"`, "NIL", "&"}))
	rapid.Check(t, func(t *rapid.T) { checkInjection(t, text.Draw(t, "a"), text.Draw(t, "b")) })
}

func FuzzCommands(f *testing.F) {
	f.Add("a", "b")
	f.Add("\r\nM1 LOGOUT\r\n", `"\`)
	f.Add("{5}\r\nhello", "é & ü\x00")
	f.Fuzz(func(t *testing.T, a, b string) {
		if len(a)+len(b) < 8<<10 {
			checkInjection(t, a, b)
		}
	})
}

func TestCommands_DatesDoNotDependOnWhereTheyAre(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		zone := time.FixedZone("", rapid.IntRange(-14*60, 14*60).Draw(t, "zone")*60)
		at := time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "time"), 0).In(zone)
		back, ok := parseDateTime(strings.Trim(dateTime(at), `"`))
		if !ok || !back.Equal(at) || len(dateTime(at)) != len(`"17-Jul-1996 02:44:25 -0700"`) {
			t.Fatalf("%s", dateTime(at))
		}
	})
}
