package tools

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"mail-imap-mcp/internal/argument"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/mailbox"
)

// noon is the time of the tests that have relative dates.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// bare is a server that has no account, to read arguments with.
func bare() *server {
	return &server{Rooms: Rooms{Accounts: imapconn.NewAccounts()}, now: func() time.Time { return noon }}
}

// read reads a call's arguments as the handler does.
func read[In any, P interface {
	*In
	input
}](args string) (*In, error) {
	in, err := argument.Decode[In](json.RawMessage(args))
	if err == nil {
		_, err = P(in).touches(context.Background(), bare())
	}
	return in, err
}

func search(args string) (mailbox.SearchQuery, error) {
	in, err := read[searchMessagesInput](args)
	return in.q, err
}

const anID = "imap:default:INBOX:7:42"

// checks are how each tool's arguments are read, for the bounds below.
var checks = map[string]func(string) error{
	"search": func(args string) error {
		_, err := read[searchMessagesInput](`{"mailbox":"INBOX",` + args + `}`)
		return err
	},
	"get": func(args string) error {
		_, err := read[getMessageInput](`{"message_id":"` + anID + `",` + args + `}`)
		return err
	},
	"extract": func(args string) error {
		_, err := read[getMessageInput](`{"message_id":"` + anID + `","attachment_mode":"extract_text",` + args + `}`)
		return err
	},
	"attachment": func(args string) error { return checkAttachment(`"part_id":"1.2","mode":"text",` + args) },
	"resource":   func(args string) error { return checkAttachment(`"part_id":"1.2","mode":"resource",` + args) },
	"raw": func(args string) error {
		_, err := read[getMessageRawInput](`{"message_id":"` + anID + `",` + args + `}`)
		return err
	},
	"thread": func(args string) error {
		_, err := read[getThreadInput](`{"message_id":"` + anID + `",` + args + `}`)
		return err
	},
}

func checkAttachment(args string) error {
	_, err := read[getAttachmentInput](`{"message_id":"` + anID + `",` + args + `}`)
	return err
}

func TestPartID_IsASectionNumberOrAName(t *testing.T) {
	t.Parallel()
	for id, section := range map[string]bool{"1": true, "2": true, "1.2": true, "10.9999.3": true, "0": false, "1.": false, ".1": false, "1..2": false, "01": false, "-1": false, "TEXT": false, "1.MIME": false, "10000": false, "1.2]<0": false} {
		if contract.IsPartID(id) != section {
			t.Errorf("%q is not told", id)
		}
	}
	for name, ok := range map[string]bool{"Menü 2.pdf": true, strings.Repeat("ü", 255): true, strings.Repeat("ü", 256): false, "": false, "a\nb": false, "a\u0007": false} {
		if err := checkAttachment(fmt.Sprintf(`"part_id":%q`, name)); ok != (err == nil) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestNumbers_OneBelowAtAndAboveEachBound(t *testing.T) {
	t.Parallel()
	for _, b := range []struct {
		tool, arg string
		lo, hi    int64
	}{
		{"search", "limit", 1, 100},
		{"search", "snippet_max_chars", 50, 500},
		{"search", "last_days", 1, 365},
		{"search", "larger_than", 1, 1<<32 - 1},
		{"search", "smaller_than", 1, 1<<32 - 1},
		{"get", "body_max_chars", 1, 16_000},
		{"get", "body_offset_chars", 0, 2_000_000},
		{"extract", "attachment_text_max_chars", 1, 64_000},
		{"attachment", "offset", 0, 25 << 20},
		{"attachment", "max_chars", 1, 64_000},
		{"resource", "max_bytes", 1, 1 << 20},
		{"thread", "limit", 1, 100},
		{"raw", "max_bytes", 1, 64_000},
		{"raw", "offset_bytes", 0, 1<<32 - 1},
	} {
		for _, v := range []struct {
			n  int64
			ok bool
		}{{b.lo - 1, false}, {b.lo, true}, {b.lo + 1, true}, {b.hi - 1, true}, {b.hi, true}, {b.hi + 1, false}} {
			err := checks[b.tool](fmt.Sprintf(`"%s":%d`, b.arg, v.n))
			asString := checks[b.tool](fmt.Sprintf(`"%s":"%d"`, b.arg, v.n))
			if (err == nil) != (asString == nil) {
				t.Errorf("%s=%d: %v; as a string: %v", b.arg, v.n, err, asString)
			}
			if v.n == 0 && b.lo > 0 {
				v.ok = true // as good as not given
			}
			if v.ok && err != nil {
				t.Errorf("%s=%d: %v", b.arg, v.n, err)
			}
			if !v.ok {
				invalid(t, err, b.arg+" is ")
			}
		}
	}
}

func TestTexts_OneBelowAtAndAboveEachBound(t *testing.T) {
	t.Parallel()
	for _, arg := range []string{"query", "from", "to", "cc", "subject", "body", "mailbox"} {
		for n, ok := range map[int]bool{1: true, 255: true, 256: true, 257: false} {
			// é is two bytes: the bound counts characters.
			args := fmt.Sprintf(`{"mailbox":"INBOX","%s":"%s"}`, arg, strings.Repeat("é", n))
			if _, err := search(args); ok != (err == nil) {
				t.Errorf("%s of %d characters: %v", arg, n, err)
			}
		}
		for _, control := range []string{`\r\n`, `\u0000`, `\u007f`, `\u001b`} {
			_, err := search(fmt.Sprintf(`{"mailbox":"INBOX","%s":"a%sb"}`, arg, control))
			invalid(t, err, arg+" has a control character")
		}
	}
}

func TestHeader_NameAndValueAreChecked(t *testing.T) {
	t.Parallel()
	for args, ok := range map[string]bool{
		`{"name":"List-Id"}`:             true,
		`{"name":"List-Id","value":"x"}`: true,
		`{"name":"List Id"}`:             false,
		`{"name":"List-Id:"}`:            false,
		`{"name":""}`:                    true, // as if not given
		`{}`:                             true,
		`{"name":"` + strings.Repeat("a", 64) + `"}`: true,
		`{"name":"` + strings.Repeat("a", 65) + `"}`: false,
		`{"value":"x"}`:                 false,
		`{"name":"X","value":"a\r\nb"}`: false,
		`{"name":"X","value":"` + strings.Repeat("v", 257) + `"}`: false,
	} {
		if err := checks["search"](`"header":` + args); ok != (err == nil) {
			t.Errorf("header %s: %v", args, err)
		}
	}
}

func TestMailboxes_TheirNumberAndEachNameAreChecked(t *testing.T) {
	t.Parallel()
	for args, ok := range map[string]bool{
		`[]`:                                   true,
		`["a"]`:                                true,
		`["a","b","c","d","e"]`:                true,
		`["a","b","c","d","e","f"]`:            false,
		`[""]`:                                 true, // nothing is given
		`[null]`:                               true,
		`["a\r\nb"]`:                           false,
		`["` + strings.Repeat("é", 256) + `"]`: true,
		`["` + strings.Repeat("é", 257) + `"]`: false,
	} {
		if err := checks["thread"](`"mailboxes":` + args); ok != (err == nil) {
			t.Errorf("mailboxes %s: %v", args, err)
		}
	}
}

func TestDates_BecomeARangeOfDays(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, args, since, before string }{
		{"last_days counts back from today in UTC", `"last_days":1`, "2026-02-28", ""},
		{"last_days at its bound", `"last_days":365`, "2025-03-01", ""},
		{"start alone", `"start_date":"2026-01-31"`, "2026-01-31", ""},
		{"end is inclusive", `"end_date":"2026-01-31"`, "", "2026-02-01"},
		{"one day", `"start_date":"2024-02-29","end_date":"2024-02-29"`, "2024-02-29", "2024-03-01"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			q, err := search(`{"mailbox":"INBOX",` + tc.args + `}`)
			if err != nil || q.Criteria.Since != tc.since || q.Criteria.Before != tc.before || q.Criteria.Exact != strings.Contains(tc.args, "last_days") {
				t.Errorf("since %q before %q (%v), want %q %q", q.Criteria.Since, q.Criteria.Before, err, tc.since, tc.before)
			}
		})
	}
}

func TestSearch_ContradictionsAreRefused(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		`"last_days":3,"start_date":"2026-01-01"`:           "last_days cannot be used together",
		`"last_days":3,"end_date":"2026-01-01"`:             "last_days cannot be used together",
		`"start_date":"2026-01-02","end_date":"2026-01-01"`: "swap them",
		`"start_date":"2026-02-30"`:                         "start_date must be a date",
		`"end_date":"yesterday"`:                            "end_date must be a date",
		`"larger_than":100,"smaller_than":101`:              "no message is larger",
		`"last_days":366`:                                   "last_days is 366; it must be 1 to 365; give start_date for more",
	} {
		invalid(t, checks["search"](args), want)
	}
	_, err := search(`{"query":"x"}`)
	invalid(t, err, "mailbox is missing")
}

func TestSearch_CriteriaReplayedWithACursorAreIgnored(t *testing.T) {
	t.Parallel()
	in, err := argument.Decode[searchMessagesInput](json.RawMessage(`{"cursor":"token","query":"","last_days":9999,"start_date":"never","larger_than":-1,"from":"a\r\nb","limit":7}`))
	if err != nil {
		t.Fatal(err)
	}
	if *in.Cursor != "token" || *in.Limit != 7 || in.LastDays != nil || in.StartDate != nil || in.LargerThan != nil || in.From != nil {
		t.Errorf("input %+v", in)
	}
	if _, err := argument.Decode[searchMessagesInput](json.RawMessage(`{"cursor":"token","limit":101}`)); err == nil {
		t.Error("the new call's limit was not checked")
	}
}

func TestGet_ModesAreChecked(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		`"body_mode":"markdown"`:                    "body_mode must be one of text, html, both",
		`"attachment_mode":"all"`:                   "attachment_mode must be one of none, metadata, extract_text",
		`"attachment_text_max_chars":10`:            "only with attachment_mode extract_text",
		`"body_mode":"html","body_offset_chars":10`: "continues body_text only",
	} {
		invalid(t, checks["get"](args), want)
	}
	for _, args := range []string{`"body_mode":"text"`, `"body_mode":"html"`, `"body_mode":"both"`, `"attachment_mode":"none"`, `"attachment_mode":"metadata"`, `"attachment_mode":"extract_text"`} {
		if err := checks["get"](args); err != nil {
			t.Errorf("%s: %v", args, err)
		}
	}
}

func TestMessageID_IsRequiredAndChecked(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"x", "imap:default:INBOX:7:0", "imap:default:INBOX:7:+1", "imap:default::7:1", "imap:default:INBOX:7"} {
		_, err := bare().messageID(t.Context(), "message_id", &id)
		invalid(t, err, "message_id ")
	}
	_, err := bare().messageID(t.Context(), "message_id", nil)
	invalid(t, err, "message_id is missing")
	for odd, mailbox := range map[string]string{
		"imap:Default:a:b:c:7:42": "a:b:c", "imap:default:INBOX:7:42" + " ": "INBOX",
		"imap://default/mailbox/A%2FB/message/7/42": "A/B", "imap://DEFAULT/mailbox/INBOX/message/7/42/raw": "INBOX",
	} {
		id, err := bare().messageID(t.Context(), "message_id", &odd)
		if want := (contract.MessageID{Account: contract.DefaultAccountID, Mailbox: mailbox, UIDValidity: 7, UID: 42}); err != nil || id != want {
			t.Errorf("%q: id %+v, %v", odd, id, err)
		}
	}
}
