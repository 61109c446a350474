package tools

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"mail-imap-mcp/internal/argument"
	"mail-imap-mcp/internal/contract"
)

func TestDecode_NullIsAbsent(t *testing.T) {
	t.Parallel()
	in, err := argument.Decode[searchMessagesInput](json.RawMessage(`{"mailbox":"INBOX","limit":null,"header":null,"query":null,"unread_only":null}`))
	if err != nil {
		t.Fatal(err)
	}
	if in.Limit != nil || in.Header != nil || in.Query != nil || in.UnreadOnly != nil || *in.Mailbox != "INBOX" {
		t.Errorf("decoded %+v", in)
	}
	for _, none := range []string{"", " ", "null", "{}"} {
		if _, err := argument.Decode[searchMessagesInput](json.RawMessage(none)); err != nil {
			t.Errorf("arguments %q: %v", none, err)
		}
	}
}

func TestDecode_WholeNumbersInEveryJSONForm(t *testing.T) {
	t.Parallel()
	for _, form := range []string{"10", "10.0", "1e1", " 10 "} {
		in, err := argument.Decode[searchMessagesInput](json.RawMessage(`{"limit":` + form + `}`))
		if err != nil || *in.Limit != 10 {
			t.Errorf("limit %s: %v", form, err)
		}
	}
}

func TestDecode_WrongArgumentsAreRefusedByName(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, args, want string }{
		{"misspelt", `{"mailbx":"INBOX"}`, `unknown argument "mailbx"; did you mean "mailbox"?`},
		{"plural of later work", `{"mailboxes":["INBOX"]}`, `unknown argument "mailboxes"; did you mean "mailbox"?`},
		{"other case", `{"Mailbox":"INBOX"}`, `unknown argument "Mailbox"; did you mean "mailbox"?`},
		{"swapped letters", `{"qurey":"x"}`, `unknown argument "qurey"; did you mean "query"?`},
		{"part of a name", `{"account":"x"}`, `unknown argument "account"; did you mean "account_id"?`},
		{"nothing near", `{"zzzzzzzzzzzz":1}`, `unknown argument "zzzzzzzzzzzz"; known are account_id, mailbox,`},
		{"nested", `{"header":{"nam":"X"}}`, `unknown argument "header.nam"; did you mean "header.name"?`},
		{"words for number", `{"limit":"ten"}`, `limit must be a whole number, for example 10, not a string`},
		{"fraction", `{"limit":1.5}`, `limit must be a whole number, for example 10, not another number`},
		{"too large for any integer", `{"limit":1e300}`, `limit must be a whole number`},
		{"string for boolean", `{"unread_only":"yes"}`, `unread_only must be true or false, not a string`},
		{"number for string", `{"query":7}`, `query must be a string, not a number`},
		{"list for string", `{"query":["a"]}`, `query must be a string, not a list`},
		{"string for object", `{"header":"List-Id"}`, `header must be an object, not a string`},
		{"list for arguments", `["INBOX"]`, `the arguments must be an object, not a list`},
		{"string for arguments", `"INBOX"`, `the arguments must be an object, not a string`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := argument.Decode[searchMessagesInput](json.RawMessage(tc.args))
			invalid(t, err, tc.want)
		})
	}
}

func TestDecode_ListsOfStrings(t *testing.T) {
	t.Parallel()
	in, err := argument.Decode[getThreadInput](json.RawMessage(`{"mailboxes":["Clients","Größe"]}`))
	if err != nil || len(*in.Mailboxes) != 2 || (*in.Mailboxes)[1] != "Größe" {
		t.Errorf("%v, %v", in, err)
	}
	for args, want := range map[string]string{
		`{"mailboxes":{"a":1}}`: "mailboxes must be a list of strings, not an object",
		`{"mailboxes":[1]}`:     "mailboxes must be a list of strings",
	} {
		_, err := argument.Decode[getThreadInput](json.RawMessage(args))
		invalid(t, err, want)
	}
}

func TestDecode_ReadsWhatModelsWrite(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, written, means string }{
		{"numbers as strings", `{"limit":"10","larger_than":" 5 "}`, `{"limit":10,"larger_than":5}`},
		{"booleans as strings", `{"unread_only":"true","flagged_only":"False"}`, `{"unread_only":true,"flagged_only":false}`},
		{"what is empty is not given", `{"mailbox":"","limit":"","from":[],"to":[""],"header":{"name":""},"cc":null}`, `{}`},
		{"zero where that is out of bounds", `{"limit":0,"last_days":0,"snippet_max_chars":0,"larger_than":0}`, `{}`},
		{"a list of one", `{"from":["a"]}`, `{"from":"a"}`},
		{"a list in a string", `{"from":"[\"a\",\"b\"]"}`, `{"from":["a","b"]}`},
		{"an object in a string", `{"header":"{\"name\":\"X\"}"}`, `{"header":{"name":"X"}}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := argument.Decode[searchMessagesInput](json.RawMessage(tc.written))
			if err != nil {
				t.Fatal(err)
			}
			want, err := argument.Decode[searchMessagesInput](json.RawMessage(tc.means))
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s is read as %+v, %s as %+v", tc.written, got, tc.means, want)
			}
		})
	}
	for written, want := range map[string][]string{`"Clients"`: {"Clients"}, `"[Gmail]/Sent"`: {"[Gmail]/Sent"}, `"[\"A\",\"B\"]"`: {"A", "B"}, `["A",null,""]`: {"A"}} {
		in, err := argument.Decode[getThreadInput](json.RawMessage(`{"mailboxes":` + written + `}`))
		if err != nil || !slices.Equal(value(in.Mailboxes), want) {
			t.Errorf("%s is read as %v, %v", written, in.Mailboxes, err)
		}
	}
	draft, err := argument.Decode[saveDraftInput](json.RawMessage(`{"attach":{"message_id":"a","part_id":"2"}}`))
	if err != nil || len(value(draft.Attach)) != 1 || *(*draft.Attach)[0].PartID != "2" {
		t.Errorf("one object is read as %+v, %v", draft.Attach, err)
	}
	apply, err := argument.Decode[applyToMessagesInput](json.RawMessage(`{"action":"TRASH","message_ids":["a","b","a"]}`))
	if err != nil || *apply.Action != "delete" || !slices.Equal(*apply.MessageIDs, []string{"a", "b"}) {
		t.Errorf("read as %+v, %v", apply, err)
	}
}

func TestDecode_ANameModelsGiveLeadsToOurs(t *testing.T) {
	t.Parallel()
	search := func(args string) error {
		_, err := argument.Decode[searchMessagesInput](json.RawMessage(args))
		return err
	}
	apply := func(args string) error {
		_, err := argument.Decode[applyToMessagesInput](json.RawMessage(args))
		return err
	}
	get := func(args string) error { _, err := argument.Decode[getMessageInput](json.RawMessage(args)); return err }
	draft := func(args string) error { _, err := argument.Decode[saveDraftInput](json.RawMessage(args)); return err }
	for _, tc := range []struct {
		decode      func(string) error
		given, ours string
	}{
		{search, "sender", "from"},
		{search, "from_", "from"},
		{search, "recipient", "to"},
		{search, "folder", "mailbox"},
		{search, "account", "account_id"},
		{search, "max_results", "limit"},
		{search, "count", "limit"},
		{search, "top", "limit"},
		{search, "text", "query"},
		{search, "search", "query"},
		{search, "q", "query"},
		{search, "since", "start_date"},
		{search, "after", "start_date"},
		{search, "until", "end_date"},
		{search, "before", "end_date"},
		{search, "days", "last_days"},
		{search, "unread", "unread_only"},
		{search, "lastDays", "last_days"},
		{search, "page-token", "cursor"},
		{get, "id", "message_id"},
		{get, "messageId", "message_id"},
		{get, "uri", "message_id"},
		{apply, "ids", "message_ids"},
		{apply, "messages", "message_ids"},
		{apply, "dest", "destination_mailbox"},
		{apply, "target", "destination_mailbox"},
		{apply, "destination", "destination_mailbox"},
		{apply, "folder", "destination_mailbox"},
		{draft, "body_text", "body"},
		{draft, "text", "body"},
		{draft, "recipients", "to"},
		{draft, "attachments", "attach"},
	} {
		invalid(t, tc.decode(`{"`+tc.given+`":"x"}`), `unknown argument "`+tc.given+`"; did you mean "`+tc.ours+`"?`)
	}
}

func TestDecode_LongUnknownNameIsNotRepeatedWhole(t *testing.T) {
	t.Parallel()
	_, err := argument.Decode[searchMessagesInput](json.RawMessage(`{"` + strings.Repeat("x", 10_000) + `":1}`))
	if err == nil || len(err.Error()) > 1000 {
		t.Errorf("error of %d bytes", len(err.Error()))
	}
}

// invalid checks for an invalid_input whose message contains want.
func invalid(t *testing.T, err error, want string) {
	t.Helper()
	var refused *contract.Error
	if !errors.As(err, &refused) || refused.Code != contract.InvalidInput || !strings.Contains(refused.Message, want) {
		t.Errorf("error %v, want invalid_input containing %q", err, want)
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{``, `{}`, `null`, `{"limit":10,"header":{"name":"a","value":null}}`, `{"limit":1e400}`, `{"a":{"b":[1]}}`, "{\"\xff\":1}"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, args []byte) {
		_, err := argument.Decode[searchMessagesInput](args)
		var refused *contract.Error
		if err != nil && !errors.As(err, &refused) {
			t.Errorf("error outside the contract: %v", err)
		}
	})
}
