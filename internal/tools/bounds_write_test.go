package tools_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailtest"
)

// numbered are the ids of messages 1 to n of INBOX.
func numbered(t *testing.T, srv mailtest.Server, n int) []string {
	t.Helper()
	ids := []string{}
	for i := range n {
		ids = append(ids, contract.MessageID{Account: "default", Mailbox: "INBOX", UIDValidity: srv.UIDValidity(t, "INBOX"), UID: uint32(i + 1)}.String())
	}
	return ids
}

// list writes a JSON list of texts.
func list(texts ...string) string {
	quoted := []string{}
	for _, s := range texts {
		quoted = append(quoted, quote(s))
	}
	return "[" + strings.Join(quoted, ",") + "]"
}

func repeated(s string, n int) []string {
	return strings.Split(strings.TrimSuffix(strings.Repeat(s+"\n", n), "\n"), "\n")
}

// keywords are n different ones.
func keywords(n int) []string {
	words := []string{}
	for i := range n {
		words = append(words, fmt.Sprintf("key%d", i))
	}
	return words
}

// refusal is a call that must be refused, and what the words must have.
type refusal struct{ name, tool, arguments, code, words string }

// refusedUnsent makes calls that are refused before anything is sent.
func refusedUnsent(t *testing.T, session *mcp.ClientSession, wire *mailtest.Recorder, calls []refusal) {
	t.Helper()
	for _, tt := range calls {
		t.Run(tt.name, func(t *testing.T) {
			wire.Reset()
			code, message := call(t, session, tt.tool, tt.arguments).refused(t)
			if code != tt.code || !strings.Contains(message, tt.words) {
				t.Errorf("got %s: %s; want %s with %q", code, message, tt.code, tt.words)
			}
			if sent := wire.ClientBytes(); len(sent) > 0 {
				t.Errorf("something reached the wire: %q", sent)
			}
		})
	}
}

func TestWriteBounds_WhatIsRefusedIsNeverSent(t *testing.T) {
	t.Parallel()
	srv, id := withLetter(t)
	other := mailtest.NewMemory(t)
	wire := mailtest.Record(t, srv)
	session := connectWith(t, wire, setup{writes: true, others: map[string]mailtest.Server{"work": other}})
	apply := func(ids, more string) string { return `{"message_ids":` + ids + `,` + more + `}` }
	flags := func(flags string) string {
		return `{"message_ids":[` + quote(id) + `],"operation":"add","flags":` + flags + `}`
	}
	one := list(id)
	const applies, flagging, manages, drafts = "imap_apply_to_messages", "imap_update_message_flags", "imap_manage_mailbox", "imap_save_draft"
	calls := []refusal{
		{"no ids", applies, `{"action":"archive"}`, "invalid_input", "message_ids is missing"},
		{"an empty list", applies, apply(`[]`, `"action":"archive"`), "invalid_input", "message_ids"},
		{"251 ids", applies, apply(list(numbered(t, srv, 251)...), `"action":"archive"`), "invalid_input", "250"},
		{"251 ids to flag", flagging, `{"message_ids":` + list(numbered(t, srv, 251)...) + `,"operation":"add","flags":["\\Seen"]}`, "invalid_input", "250"},
		{"ids of two accounts", applies, apply(list(id, "imap:work:INBOX:1:1"), `"action":"archive"`), "invalid_input", "one call for each account"},
		{"an id that is none", applies, apply(list(id, "42"), `"action":"archive"`), "invalid_input", "message_ids[1]"},
		{"uid 0", applies, apply(list("imap:default:INBOX:1:0"), `"action":"archive"`), "invalid_input", "wrong uid"},
		{"uid +1", flagging, `{"message_ids":["imap:default:INBOX:1:+1"],"operation":"add","flags":["\\Seen"]}`, "invalid_input", "wrong uid"},
		{"an id that is a number", applies, `{"message_ids":[1],"action":"archive"}`, "invalid_input", "message_ids"},
		{"an account that is none", applies, apply(`["imap:nobody:INBOX:1:1"]`, `"action":"archive"`), "not_found", "imap_list_accounts"},
		{"no action", applies, apply(one, `"dry_run":true`), "invalid_input", "action is missing"},
		{"an unknown action", applies, apply(one, `"action":"expunge"`), "invalid_input", "action must be one of move, copy, archive, junk, delete"},
		{"move to nowhere", applies, apply(one, `"action":"move"`), "invalid_input", "destination_mailbox is missing"},
		{"copy to nowhere", applies, apply(one, `"action":"copy","destination_account_id":"work"`), "invalid_input", "destination_mailbox is missing"},
		{"a destination of archive", applies, apply(one, `"action":"archive","destination_mailbox":"Sent"`), "invalid_input", "move and copy only"},
		{"a destination account of delete", applies, apply(one, `"action":"delete","destination_account_id":"work"`), "invalid_input", "move and copy only"},
		{"an empty destination", applies, apply(one, `"action":"move","destination_mailbox":""`), "invalid_input", "destination_mailbox is missing"},
		{"a destination of 257", applies, apply(one, `"action":"move","destination_mailbox":`+quote(strings.Repeat("ä", 257))), "invalid_input", "destination_mailbox"},
		{"a destination with a line end", applies, apply(one, `"action":"move","destination_mailbox":"a\r\nA1 LOGOUT"`), "invalid_input", "destination_mailbox"},
		{"a destination account that is none", applies, apply(one, `"action":"copy","destination_mailbox":"INBOX","destination_account_id":"nobody"`), "not_found", "imap_list_accounts"},
		{"a destination account of a wrong form", applies, apply(one, `"action":"copy","destination_mailbox":"INBOX","destination_account_id":"a b"`), "invalid_input", "destination_account_id"},
		{"permanent move", applies, apply(one, `"action":"move","destination_mailbox":"Archive","permanent":true`), "invalid_input", "delete only"},
		{"permanent archive", applies, apply(one, `"action":"archive","permanent":true`), "invalid_input", "delete only"},
		{"permanent without leave", applies, apply(one, `"action":"delete","permanent":true`), "permission_denied", "MAIL_IMAP_ALLOW_PERMANENT_DELETE"},
		{"permanent without leave, tried", applies, apply(one, `"action":"delete","permanent":true,"dry_run":true`), "permission_denied", "MAIL_IMAP_ALLOW_PERMANENT_DELETE"},
		{"an argument of nobody's", applies, apply(one, `"action":"delete","expunge":true`), "invalid_input", "expunge"},
		{"a misspelt argument", applies, apply(one, `"action":"move","destination_malbox":"Archive"`), "invalid_input", `did you mean "destination_mailbox"?`},
		{"dry_run that is a text", applies, apply(one, `"action":"archive","dry_run":"yes"`), "invalid_input", "dry_run must be true or false"},

		{"no flags", flagging, `{"message_ids":` + one + `,"operation":"add"}`, "invalid_input", "1 to 32"},
		{"0 flags", flagging, flags(`[]`), "invalid_input", "1 to 32"},
		{"a keyword among flags", flagging, flags(list(`\Seen`, "Project")), "invalid_input", "flags[1] is no flag that is known; put keywords into keywords"},
		{"replace by unread", flagging, `{"message_ids":` + one + `,"operation":"replace","flags":["unread"]}`, "invalid_input", "flags[0]"},
		{"33 keywords", flagging, `{"message_ids":` + one + `,"operation":"add","keywords":` + list(keywords(33)...) + `}`, "invalid_input", "keywords has 33 members; at most 32"},
		{"33 flags", flagging, flags(list(keywords(33)...)), "invalid_input", "flags has 33 members; at most 32"},
		{"no operation", flagging, `{"message_ids":` + one + `,"flags":["\\Seen"]}`, "invalid_input", "add, remove or replace"},
		{"an unknown operation", flagging, `{"message_ids":` + one + `,"operation":"set","flags":["\\Seen"]}`, "invalid_input", "operation must be one of add, remove, replace"},
		{"\\Recent", flagging, flags(list(`\Recent`)), "invalid_input", `\Recent`},
		{"\\recent among others", flagging, flags(list(`\Seen`, `\recent`)), "invalid_input", "flags[1]"},
		{"\\Deleted without leave", flagging, flags(list(`\deleted`)), "permission_denied", "MAIL_IMAP_ALLOW_PERMANENT_DELETE"},

		{"an unknown deed", manages, `{"action":"empty","mailbox":"A"}`, "invalid_input", "create, rename, delete, subscribe, unsubscribe"},
		{"a mailbox of 257", manages, `{"action":"create","mailbox":` + quote(strings.Repeat("ä", 257)) + `}`, "invalid_input", "mailbox"},
		{"an empty mailbox", manages, `{"action":"delete","mailbox":""}`, "invalid_input", "mailbox is missing"},
		{"a mailbox with a NUL", manages, `{"action":"create","mailbox":"a\u0000b"}`, "invalid_input", "mailbox"},
		{"a rename to 257", manages, `{"action":"rename","mailbox":"A","destination_mailbox":` + quote(strings.Repeat("ä", 257)) + `}`, "invalid_input", "destination_mailbox"},

		{"101 recipients", drafts, `{"to":` + list(repeated("ann@example.org", contract.MaxRecipients+1)...) + `}`, "invalid_input", "at most 100"},
		{"a subject too long", drafts, `{"subject":` + quote(strings.Repeat("a", contract.MaxSubjectChars+1)) + `}`, "invalid_input", "subject"},
		{"a body too long", drafts, `{"body":` + quote(strings.Repeat("a", contract.MaxDraftBodyChars+1)) + `}`, "invalid_input", "body"},
		{"a header in a subject", drafts, `{"subject":"a\r\nBcc: eve@example.org"}`, "invalid_input", "subject"},
		{"a header in an address", drafts, `{"to":["ann@example.org\r\nBcc: eve@example.org"]}`, "invalid_input", "to"},
		{"a reply to what is no id", drafts, `{"reply_to_message_id":"7"}`, "invalid_input", "reply_to_message_id"},

		{"no operation id", "imap_get_operation", `{}`, "invalid_input", "operation_id is missing"},
		{"an operation that is not there", "imap_get_operation", `{"operation_id":"op_nothere"}`, "not_found", "operation"},
		{"a cancel of one that is not there", "imap_cancel_operation", `{"operation_id":"op_nothere"}`, "not_found", "operation"},
		{"an undo of one that is not there", "imap_undo_operation", `{"operation_id":"op_nothere"}`, "not_found", "operation"},
		{"an operation id of 65", "imap_get_operation", `{"operation_id":` + quote(strings.Repeat("a", 65)) + `}`, "invalid_input", "operation_id"},
	}
	for _, bad := range []string{"a b", "a(b", "a)b", "a{b", "a%b", "a*b", `a"b`, `a\b`, `\Answer`, `\`, "a]b", "süß", "a\tb", "a\r\nb", "a\x7fb", "a\x00b", strings.Repeat("k", 65)} {
		calls = append(calls, refusal{fmt.Sprintf("keyword %.10q", bad), flagging, flags(list(`\Seen`, bad)), "invalid_input", "flags[1]"},
			refusal{fmt.Sprintf("keyword %.10q among keywords", bad), flagging, `{"message_ids":[` + quote(id) + `],"operation":"add","keywords":` + list("a", bad) + `}`, "invalid_input", "keywords[1]"})
	}
	refusedUnsent(t, session, wire, calls)
}

// At the bounds, and one inside of them, a call is as good as any.
func TestWriteBounds_AreReachable(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	for range 250 {
		srv.Append(t, "INBOX", mailtest.Message{Raw: []byte("Subject: a\r\n\r\nb\r\n")})
	}
	session := connectWith(t, srv, setup{writes: true, writing: config.Writing{Confirm: config.ConfirmNever}})
	ids := numbered(t, srv, 250)
	long := strings.Repeat("ä", 256)
	for _, tt := range []struct {
		name, tool, arguments string
		done                  int
	}{
		{"one flag", "imap_update_message_flags", `{"message_ids":` + list(ids[0]) + `,"operation":"add","flags":["\\Seen"]}`, 1},
		{"32 flags", "imap_update_message_flags", `{"message_ids":` + list(ids[0]) + `,"operation":"add","keywords":` + list(keywords(32)...) + `}`, 1},
		{"a keyword of 64", "imap_update_message_flags", `{"message_ids":` + list(ids[0]) + `,"operation":"replace","keywords":` + list(strings.Repeat("k", 64)) + `}`, 1},
		{"a keyword of one", "imap_update_message_flags", `{"message_ids":` + list(ids[0]) + `,"operation":"add","keywords":["k"]}`, 1},
		{"duplicates count once", "imap_update_message_flags", `{"message_ids":` + list(ids[3], ids[3], ids[4], ids[3]) + `,"operation":"add","flags":["\\Seen"]}`, 2},
		{"250 ids, each twice", "imap_update_message_flags", `{"message_ids":` + list(append(append([]string{}, ids...), ids...)...) + `,"operation":"remove","flags":["\\Seen"]}`, 250},
		{"a flag in lower case", "imap_update_message_flags", `{"message_ids":` + list(ids[0]) + `,"operation":"ADD","flags":["\\seen"]}`, 1},
		{"249 ids", "imap_apply_to_messages", `{"message_ids":` + list(ids[:249]...) + `,"action":"copy","destination_mailbox":"Sent"}`, 249},
		{"250 ids", "imap_apply_to_messages", `{"message_ids":` + list(ids...) + `,"action":"copy","destination_mailbox":"Sent"}`, 250},
		{"null is as if not given", "imap_apply_to_messages", `{"message_ids":` + list(ids[0]) + `,"action":"archive","destination_mailbox":null,"permanent":null,"dry_run":false}`, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := counts(t, call(t, session, tt.tool, tt.arguments).data(t))
			if c != (tally{done: tt.done}) {
				t.Errorf("counts %+v, want %d done", c, tt.done)
			}
		})
	}
	if r := call(t, session, "imap_manage_mailbox", `{"action":"create","mailbox":`+quote(long)+`}`).data(t); r["result"] != "done" {
		t.Errorf("a name of 256: %v", r)
	}
}

// A dry run of anything looks, and no more: the wire has nothing that could
// change a mailbox.
func TestDryRun_ChangesNothing(t *testing.T) {
	t.Parallel()
	srv, id := withLetter(t)
	srv.Create(t, "Empty")
	other := mailtest.NewMemory(t)
	wire := mailtest.Record(t, srv)
	session := connectWith(t, wire, setup{
		writes: true, others: map[string]mailtest.Server{"work": other},
		writing: config.Writing{AllowPermanentDelete: true, Confirm: config.ConfirmAlways},
	})
	before := srv.Messages(t, "INBOX")
	one := `"message_ids":` + list(id)
	for _, tt := range []struct{ name, tool, arguments string }{
		{"move", "imap_apply_to_messages", one + `,"action":"move","destination_mailbox":"Archive"`},
		{"copy", "imap_apply_to_messages", one + `,"action":"copy","destination_mailbox":"Archive"`},
		{"copy to another account", "imap_apply_to_messages", one + `,"action":"copy","destination_mailbox":"INBOX","destination_account_id":"work"`},
		{"move to another account", "imap_apply_to_messages", one + `,"action":"move","destination_mailbox":"INBOX","destination_account_id":"work"`},
		{"archive", "imap_apply_to_messages", one + `,"action":"archive"`},
		{"junk", "imap_apply_to_messages", one + `,"action":"junk"`},
		{"delete", "imap_apply_to_messages", one + `,"action":"delete"`},
		{"permanent delete", "imap_apply_to_messages", one + `,"action":"delete","permanent":true`},
		{"flags", "imap_update_message_flags", one + `,"operation":"replace","flags":["\\Seen"]`},
		{"\\Deleted", "imap_update_message_flags", one + `,"operation":"add","flags":["\\Deleted"]`},
		{"create", "imap_manage_mailbox", `"action":"create","mailbox":"New/Below"`},
		{"rename", "imap_manage_mailbox", `"action":"rename","mailbox":"Archive","destination_mailbox":"Old"`},
		{"delete a mailbox", "imap_manage_mailbox", `"action":"delete","mailbox":"Empty"`},
		{"subscribe", "imap_manage_mailbox", `"action":"subscribe","mailbox":"Archive"`},
		{"draft", "imap_save_draft", `"to":["ann@example.org"],"body":"x"`},
		{"reply with what was attached", "imap_save_draft", `"reply_to_message_id":` + quote(id) + `,"attach":[{"message_id":` + quote(id) + `,"part_id":"2"}]`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			wire.Reset()
			data := call(t, session, tt.tool, `{`+tt.arguments+`,"dry_run":true}`).data(t)
			if data["dry_run"] != true || data["operation_id"] != nil {
				t.Errorf("answered %v", data)
			}
			if _, lists := data["result"].(map[string]any); lists {
				if c := counts(t, data); c != (tally{notAttempted: 1}) {
					t.Errorf("counts %+v", c)
				}
			}
			onlyReads(t, wire)
		})
	}
	if after := srv.Messages(t, "INBOX"); len(after) != 1 || len(after[0].Flags) != len(before[0].Flags) {
		t.Errorf("INBOX has %+v", after)
	}
}
