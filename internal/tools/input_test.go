package tools

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"mail-imap-mcp/internal/contract"
)

func TestDecode_NullIsAbsent(t *testing.T) {
	t.Parallel()
	in, err := decode[searchMessagesInput](json.RawMessage(`{"mailbox":"INBOX","limit":null,"header":null,"query":null,"unread_only":null}`))
	if err != nil {
		t.Fatal(err)
	}
	if in.Limit != nil || in.Header != nil || in.Query != nil || in.UnreadOnly != nil || *in.Mailbox != "INBOX" {
		t.Errorf("decoded %+v", in)
	}
	for _, none := range []string{"", " ", "null", "{}"} {
		if _, err := decode[searchMessagesInput](json.RawMessage(none)); err != nil {
			t.Errorf("arguments %q: %v", none, err)
		}
	}
}

func TestDecode_WholeNumbersInEveryJSONForm(t *testing.T) {
	t.Parallel()
	for _, form := range []string{"10", "10.0", "1e1", " 10 "} {
		in, err := decode[searchMessagesInput](json.RawMessage(`{"limit":` + form + `}`))
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
			_, err := decode[searchMessagesInput](json.RawMessage(tc.args))
			invalid(t, err, tc.want)
		})
	}
}

func TestDecode_ListsOfStrings(t *testing.T) {
	t.Parallel()
	in, err := decode[getThreadInput](json.RawMessage(`{"mailboxes":["Clients","Größe"]}`))
	if err != nil || len(*in.Mailboxes) != 2 || (*in.Mailboxes)[1] != "Größe" {
		t.Errorf("%v, %v", in, err)
	}
	for args, want := range map[string]string{
		`{"mailboxes":{"a":1}}`: "mailboxes must be a list of strings, not an object",
		`{"mailboxes":[1]}`:     "mailboxes must be a list of strings",
	} {
		_, err := decode[getThreadInput](json.RawMessage(args))
		invalid(t, err, want)
	}
}

func TestDecode_LongUnknownNameIsNotRepeatedWhole(t *testing.T) {
	t.Parallel()
	_, err := decode[searchMessagesInput](json.RawMessage(`{"` + strings.Repeat("x", 10_000) + `":1}`))
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
		_, err := decode[searchMessagesInput](args)
		var refused *contract.Error
		if err != nil && !errors.As(err, &refused) {
			t.Errorf("error outside the contract: %v", err)
		}
	})
}
