package contract_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"mail-imap-mcp/internal/contract"
)

func TestCanonicalAccountID_IgnoresCase(t *testing.T) {
	long := strings.Repeat("A", 64)
	for in, want := range map[string]string{
		"default": "default", "Work": "work", "a": "a", "A_b-9": "a_b-9", long: strings.ToLower(long),
	} {
		if got, err := contract.CanonicalAccountID(in); err != nil || got != want {
			t.Errorf("%q is %q, %v; want %q", in, got, err, want)
		}
	}
	for _, in := range []string{"", long + "a", "a b", "a:b", "a/b", "a.b", "é", "a\n", "a\x00", "\u212a"} {
		_, err := contract.CanonicalAccountID(in)
		assertCode(t, err, contract.InvalidInput)
	}
}

var ids = []struct {
	name string
	id   contract.MessageID
	wire string
	uri  string
}{
	{
		"plain",
		contract.MessageID{Account: "default", Mailbox: "INBOX", UIDValidity: 1700000000, UID: 42},
		"imap:default:INBOX:1700000000:42", "imap://default/mailbox/INBOX/message/1700000000/42",
	},
	{
		"smallest and largest numbers",
		contract.MessageID{Account: "a", Mailbox: "x", UIDValidity: 1, UID: 1<<32 - 1},
		"imap:a:x:1:4294967295", "imap://a/mailbox/x/message/1/4294967295",
	},
	{
		"colons",
		contract.MessageID{Account: "w", Mailbox: "a:b::1:2:", UIDValidity: 3, UID: 4},
		"imap:w:a:b::1:2::3:4", "imap://w/mailbox/a:b::1:2:/message/3/4",
	},
	{
		"only a colon",
		contract.MessageID{Account: "w", Mailbox: ":", UIDValidity: 3, UID: 4},
		"imap:w:::3:4", "imap://w/mailbox/:/message/3/4",
	},
	{
		"delimiters and blanks",
		contract.MessageID{Account: "w", Mailbox: "A b/c.d", UIDValidity: 3, UID: 4},
		"imap:w:A b/c.d:3:4", "imap://w/mailbox/A%20b%2Fc.d/message/3/4",
	},
	{
		"reserved characters",
		contract.MessageID{Account: "w", Mailbox: "?#%[]\"+", UIDValidity: 3, UID: 4},
		"imap:w:?#%[]\"+:3:4", "imap://w/mailbox/%3F%23%25%5B%5D%22+/message/3/4",
	},
	{
		"Unicode",
		contract.MessageID{Account: "w", Mailbox: "Entwürfe/受信", UIDValidity: 3, UID: 4},
		"imap:w:Entwürfe/受信:3:4", "imap://w/mailbox/Entw%C3%BCrfe%2F%E5%8F%97%E4%BF%A1/message/3/4",
	},
	{
		"what looks like a URI's end",
		contract.MessageID{Account: "w", Mailbox: "x/message/1/2/raw", UIDValidity: 3, UID: 4},
		"imap:w:x/message/1/2/raw:3:4", "imap://w/mailbox/x%2Fmessage%2F1%2F2%2Fraw/message/3/4",
	},
	{
		"longest",
		contract.MessageID{Account: strings.Repeat("a", 64), Mailbox: strings.Repeat("😀", 256), UIDValidity: 1<<32 - 1, UID: 1<<32 - 1},
		"imap:" + strings.Repeat("a", 64) + ":" + strings.Repeat("😀", 256) + ":4294967295:4294967295",
		"imap://" + strings.Repeat("a", 64) + "/mailbox/" + strings.Repeat("%F0%9F%98%80", 256) + "/message/4294967295/4294967295",
	},
}

func TestMessageID_IsWrittenAndReadBack(t *testing.T) {
	for _, c := range ids {
		t.Run(c.name, func(t *testing.T) {
			if got := c.id.String(); got != c.wire {
				t.Errorf("id is %q, want %q", got, c.wire)
			}
			if got, err := contract.ParseMessageID(c.wire); err != nil || got != c.id {
				t.Errorf("read back as %+v, %v", got, err)
			}
			if got := c.id.URI(); got != c.uri {
				t.Errorf("URI is %q, want %q", got, c.uri)
			}
			if got, raw, err := contract.ParseMessageURI(c.uri); err != nil || raw || got != c.id {
				t.Errorf("URI read back as %+v, raw %t, %v", got, raw, err)
			}
			if got, raw, err := contract.ParseMessageURI(c.id.RawURI()); err != nil || !raw || got != c.id || c.id.RawURI() != c.uri+"/raw" {
				t.Errorf("raw URI %q read back as %+v, raw %t, %v", c.id.RawURI(), got, raw, err)
			}
		})
	}
}

func TestMessageID_AccountMatchesInAnyCase(t *testing.T) {
	id, err := contract.ParseMessageID("imap:WORK:Inbox:1:2")
	if err != nil || id.Account != "work" || id.Mailbox != "Inbox" {
		t.Errorf("got %+v, %v; want the account in lower case and the mailbox as it is", id, err)
	}
}

func TestParseMessageID_RefusesWhatIsNone(t *testing.T) {
	for _, in := range []string{
		"", "imap", "imap:", "imap:a", "imap:a:b", "imap:a:b:1", "imap:a:1:2", "imap:a::1:2", "imap::INBOX:1:2",
		"IMAP:a:b:1:2", " imap:a:b:1:2", "42",
		"imap:a:b:0:2", "imap:a:b:1:0", "imap:a:b:1:+1", "imap:a:b:1:-1", "imap:a:b:1:01", "imap:a:b:1:1 ", "imap:a:b: 1:1",
		"imap:a:b:1:4294967296", "imap:a:b:4294967296:1", "imap:a:b:1:1e3", "imap:a:b:1:0x1", "imap:a:b:1:1_0", "imap:a:b:1:١",
		"imap:a:b:1:", "imap:a:b::1", "imap:a:b\r\nc:1:2", "imap:a:b\x00:1:2", "imap:a:\xff:1:2", "imap:a b:c:1:2",
		"imap:" + strings.Repeat("a", 65) + ":b:1:2",
		"imap:a:" + strings.Repeat("b", 257) + ":1:2",
		"imap:a:" + strings.Repeat("b", 1<<20) + ":1:2",
		"imap://default/mailbox/INBOX/message/1/2",
	} {
		_, err := contract.ParseMessageID(in)
		assertCode(t, err, contract.InvalidInput)
		if len(err.Error()) > 300 {
			t.Errorf("the message for an id of %d bytes has %d", len(in), len(err.Error()))
		}
	}
}

func TestParseMessageURI_RefusesWhatIsNone(t *testing.T) {
	for _, in := range []string{
		"", "imap://", "imap:default:INBOX:1:2", "http://default/mailbox/INBOX/message/1/2", "imap://default",
		"imap://default/mailbox/INBOX", "imap://default/mailbox/INBOX/message/1", "imap://default/mailbox/INBOX/message/1/2/",
		"imap://default/mailbox/INBOX/message/1/2/cooked", "imap://default/mailbox/INBOX/message/1/2/raw/raw",
		"imap://default/mailbox/A/B/message/1/2", "imap://default/mailbox//message/1/2", "imap:///mailbox/INBOX/message/1/2",
		"imap://default/mailbox/%/message/1/2", "imap://default/mailbox/%zz/message/1/2", "imap://default/mailbox/%C3/message/1/2",
		"imap://default/mailbox/%0D%0A/message/1/2", "imap://default/mailbox/a%00/message/1/2",
		"imap://default/mailbox/INBOX/message/0/2", "imap://default/mailbox/INBOX/message/1/0", "imap://default/mailbox/INBOX/message/1/02",
		"imap://user@default/mailbox/INBOX/message/1/2", "imap://default:993/mailbox/INBOX/message/1/2",
		"imap://default/mailbox/" + strings.Repeat("%41", 257) + "/message/1/2",
		"imap://default/mailbox/" + strings.Repeat("a", 1<<20) + "/message/1/2",
	} {
		_, _, err := contract.ParseMessageURI(in)
		assertCode(t, err, contract.InvalidInput)
	}
}

// assertValid fails unless a parsed id is one that may be used.
func assertValid(t *testing.T, id contract.MessageID) {
	t.Helper()
	canonical, err := contract.CanonicalAccountID(id.Account)
	n := utf8.RuneCountInString(id.Mailbox)
	if err != nil || canonical != id.Account || !utf8.ValidString(id.Mailbox) || n < 1 || n > 256 ||
		strings.ContainsFunc(id.Mailbox, unicode.IsControl) || id.UID == 0 || id.UIDValidity == 0 {
		t.Errorf("an id that may not be used: %+v", id)
	}
}

func FuzzMessageID(f *testing.F) {
	for _, c := range ids {
		f.Add(c.wire)
	}
	f.Add("imap:a:b\r\nc:1:2")
	f.Add("imap:::::")
	f.Fuzz(func(t *testing.T, in string) {
		id, err := contract.ParseMessageID(in)
		if err != nil {
			assertCode(t, err, contract.InvalidInput)
			return
		}
		assertValid(t, id)
		if !strings.EqualFold(id.String(), in) {
			t.Errorf("%q is written back as %q", in, id)
		}
		again, raw, err := contract.ParseMessageURI(id.RawURI())
		if err != nil || !raw || again != id {
			t.Errorf("%+v by way of its URI is %+v, %v", id, again, err)
		}
	})
}

func FuzzMessageURI(f *testing.F) {
	for _, c := range ids {
		f.Add(c.uri)
		f.Add(c.id.RawURI())
	}
	f.Add("imap://a/mailbox/%/message/1/2")
	f.Fuzz(func(t *testing.T, in string) {
		id, raw, err := contract.ParseMessageURI(in)
		if err != nil {
			assertCode(t, err, contract.InvalidInput)
			return
		}
		assertValid(t, id)
		if raw != strings.HasSuffix(in, "/raw") {
			t.Errorf("raw is %t for %q", raw, in)
		}
		if again, _, err := contract.ParseMessageURI(id.URI()); err != nil || again != id {
			t.Errorf("%+v is written and read as %+v, %v", id, again, err)
		}
		if again, err := contract.ParseMessageID(id.String()); err != nil || again != id {
			t.Errorf("%+v by way of its id is %+v, %v", id, again, err)
		}
	})
}
