package contract_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"mail-imap-mcp/internal/contract"
)

// assertCode fails unless err is a tool error of the code, with a sentence.
func assertCode(t *testing.T, err error, want contract.Code) {
	t.Helper()
	var e *contract.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want a tool error of code %s", err, want)
	}
	if e.Code != want || e.Message == "" {
		t.Errorf("got code %s and message %q, want code %s and a sentence", e.Code, e.Message, want)
	}
}

func TestStrings_AreBounded(t *testing.T) {
	mailbox := func(s string) error { return contract.CheckMailbox("mailbox", s) }
	text := func(s string) error { return contract.CheckText("subject", s) }
	header := func(s string) error { return contract.CheckHeaderName("header.name", s) }
	for _, c := range []struct {
		name  string
		check func(string) error
		in    string
		ok    bool
	}{
		{"mailbox of no character", mailbox, "", false},
		{"mailbox of 1", mailbox, "x", true},
		{"mailbox of 256", mailbox, strings.Repeat("x", 256), true},
		{"mailbox of 256 characters that are 1024 bytes", mailbox, strings.Repeat("😀", 256), true},
		{"mailbox of 257", mailbox, strings.Repeat("x", 257), false},
		{"mailbox of 257 characters", mailbox, strings.Repeat("é", 257), false},
		{"mailbox with colons, slashes and blanks", mailbox, "A:b/c d.e\\f\"*%&~", true},
		{"mailbox with NUL", mailbox, "a\x00b", false},
		{"mailbox with CRLF", mailbox, "a\r\nb", false},
		{"mailbox with TAB", mailbox, "a\tb", false},
		{"mailbox with DEL", mailbox, "a\x7fb", false},
		{"mailbox with C1", mailbox, "a\u0085b", false},
		{"mailbox that is not UTF-8", mailbox, "a\xffb", false},
		{"text of no character", text, "", false},
		{"text of 1", text, "x", true},
		{"text of 255", text, strings.Repeat("ü", 255), true},
		{"text of 256", text, strings.Repeat("ü", 256), true},
		{"text of 257", text, strings.Repeat("ü", 257), false},
		{"text with the last control character", text, "a\x1fb", false},
		{"text with a blank, one above", text, "a b", true},
		{"text with tilde, one below DEL", text, "a~b", true},
		{"text with DEL", text, "a\x7fb", false},
		{"text with C1, which is not ASCII", text, "a\u0080b", true},
		{"text with CR", text, "a\rb", false},
		{"text with LF", text, "a\nb", false},
		{"text with NUL", text, "\x00", false},
		{"text that is not UTF-8", text, "\xc3", false},
		{"header name of no character", header, "", false},
		{"header name of 1", header, "X", true},
		{"header name of 64", header, strings.Repeat("x", 64), true},
		{"header name of 65", header, strings.Repeat("x", 65), false},
		{"header name with colon", header, "To:", false},
		{"header name with blank", header, "a b", false},
		{"header name with CRLF", header, "a\r\nb", false},
		{"header name beyond ASCII", header, "é", false},
		{"header name with DEL", header, "a\x7f", false},
		{"header name with the first and last printables", header, "!~", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.check(c.in)
			if c.ok && err != nil {
				t.Errorf("refused: %v", err)
			}
			if !c.ok {
				assertCode(t, err, contract.InvalidInput)
				if len(c.in) > 20 && strings.Contains(err.Error(), c.in) {
					t.Errorf("the message repeats the whole input: %v", err)
				}
			}
		})
	}
}

func TestNumbers_AreBounded(t *testing.T) {
	for _, b := range []struct{ lo, hi int64 }{{1, 365}, {0, 1<<32 - 1}, {50, 500}} {
		for _, v := range []int64{b.lo, b.lo + 1, b.hi - 1, b.hi} {
			if err := contract.CheckRange("limit", v, b.lo, b.hi); err != nil {
				t.Errorf("%d is refused: %v", v, err)
			}
		}
		for _, v := range []int64{b.lo - 1, b.hi + 1, -1 << 63, 1<<63 - 1} {
			assertCode(t, contract.CheckRange("limit", v, b.lo, b.hi), contract.InvalidInput)
		}
	}
	for name, pair := range map[string][2]int{
		"accounts": {contract.MaxAccounts, 50}, "mailboxes": {contract.MaxMailboxes, 200}, "attachments": {contract.MaxAttachments, 50},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s is %d, the contract says %d", name, pair[0], pair[1])
		}
	}
}

func TestCheckDate_TakesWhatIMAPCanSay(t *testing.T) {
	for _, c := range []struct {
		in string
		ok bool
	}{
		{"2026-01-31", true},
		{"2024-02-29", true},
		{"2026-02-29", false},
		{"2026-13-01", false},
		{"2026-1-31", false},
		{"26-01-31", false},
		{"2026-01-31T00:00:00Z", false},
		{" 2026-01-31", false},
		{"31.01.2026", false},
		{"2026-01-31\r\n", false},
		{"", false},
		{"0000-12-31", false},
		{"0001-01-01", false}, // the zero time, which means no date
		{"0001-01-02", true},
		{"9999-12-30", true},
		{"9999-12-31", false}, // the day after has five digits
		{"10000-01-01", false},
		{"-001-01-01", false},
	} {
		t.Run(c.in, func(t *testing.T) {
			got, err := contract.CheckDate("start_date", c.in)
			if !c.ok {
				assertCode(t, err, contract.InvalidInput)
				return
			}
			if err != nil || got.Format(time.DateOnly) != c.in || got.IsZero() {
				t.Errorf("got %v, %v", got, err)
			}
			if next := got.AddDate(0, 0, 1); next.Year() > 9999 {
				t.Errorf("the day after %s cannot be put in IMAP's date", c.in)
			}
		})
	}
}

func TestCheckDateRange_EndsNoEarlierThanItStarts(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2026, 1, d, 0, 0, 0, 0, time.UTC) }
	for name, pair := range map[string][2]time.Time{
		"same day":   {day(5), day(5)},
		"next day":   {day(5), day(6)},
		"open start": {{}, day(1)},
		"open end":   {day(1), {}},
		"open":       {{}, {}},
	} {
		if err := contract.CheckDateRange(pair[0], pair[1]); err != nil {
			t.Errorf("%s is refused: %v", name, err)
		}
	}
	assertCode(t, contract.CheckDateRange(day(6), day(5)), contract.InvalidInput)
}

func TestPlural_CountsInWords(t *testing.T) {
	for _, c := range []struct {
		n    int
		noun string
		want string
	}{
		{0, "message", "0 messages"},
		{1, "message", "1 message"},
		{2, "message", "2 messages"},
		{1, "mailbox", "1 mailbox"},
		{200, "mailbox", "200 mailboxes"},
		{3, "match", "3 matches"},
		{3, "address", "3 addresses"},
	} {
		if got := contract.Plural(c.n, c.noun); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
