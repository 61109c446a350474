package tools_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailtest"
)

// Two names of the same length: "Hidden" is there and denied, "Quartz" is not
// there.
const hidden, absent = "Hidden", "Quartz"

// withHidden is a server with a letter and a denied mailbox that has mail.
func withHidden(t *testing.T) (*mailtest.Memory, string) {
	t.Helper()
	srv, id := withLetter(t)
	srv.Create(t, hidden)
	srv.Append(t, hidden, mailtest.Message{Raw: []byte(strings.ReplaceAll(letter, "tea@example.org>\r\n", "hidden@example.org>\r\nIn-Reply-To: <tea@example.org>\r\n"))})
	return srv, id
}

func hiding(a *config.Account) { a.DenyMailboxes = []string{hidden} }

// in is a message of a mailbox, with the UIDVALIDITY that the hidden one has.
func in(t *testing.T, srv mailtest.Server, mailbox string) string {
	return contract.MessageID{Account: "default", Mailbox: mailbox, UIDValidity: srv.UIDValidity(t, hidden), UID: 1}.String()
}

// A denied mailbox answers as one that is not there, to the word, whichever
// tool and argument names it.
func TestDenied_AnswersAsIfItWereNotThere(t *testing.T) {
	t.Parallel()
	srv, id := withHidden(t)
	session := connectWith(t, srv, setup{writes: true, account: hiding})
	calls := map[string]func(mailbox string) (tool, arguments string){
		"search": func(m string) (string, string) { return "imap_search_messages", fmt.Sprintf(`{"mailbox":%q}`, m) },
		"get": func(m string) (string, string) {
			return "imap_get_message", fmt.Sprintf(`{"message_id":%q}`, in(t, srv, m))
		},
		"raw": func(m string) (string, string) {
			return "imap_get_message_raw", fmt.Sprintf(`{"message_id":%q}`, in(t, srv, m))
		},
		"thread": func(m string) (string, string) {
			return "imap_get_thread", fmt.Sprintf(`{"message_id":%q}`, in(t, srv, m))
		},
		"attachment": func(m string) (string, string) {
			return "imap_get_attachment", fmt.Sprintf(`{"message_id":%q,"part_id":"2"}`, in(t, srv, m))
		},
		"flags": func(m string) (string, string) {
			return "imap_update_message_flags", fmt.Sprintf(`{"message_ids":[%q],"operation":"add","flags":["\\Seen"]}`, in(t, srv, m))
		},
		"flags, tried": func(m string) (string, string) {
			return "imap_update_message_flags", fmt.Sprintf(`{"message_ids":[%q],"operation":"add","flags":["\\Seen"],"dry_run":true}`, in(t, srv, m))
		},
		"archive": func(m string) (string, string) {
			return "imap_apply_to_messages", fmt.Sprintf(`{"message_ids":[%q],"action":"archive"}`, in(t, srv, m))
		},
		"copy out": func(m string) (string, string) {
			return "imap_apply_to_messages", fmt.Sprintf(`{"message_ids":[%q],"action":"copy","destination_mailbox":"Archive"}`, in(t, srv, m))
		},
		"move into": func(m string) (string, string) {
			return "imap_apply_to_messages", fmt.Sprintf(`{"message_ids":[%q],"action":"move","destination_mailbox":%q}`, id, m)
		},
		"copy into": func(m string) (string, string) {
			return "imap_apply_to_messages", fmt.Sprintf(`{"message_ids":[%q],"action":"copy","destination_mailbox":%q}`, id, m)
		},
		"copy into, tried": func(m string) (string, string) {
			return "imap_apply_to_messages", fmt.Sprintf(`{"message_ids":[%q],"action":"copy","destination_mailbox":%q,"dry_run":true}`, id, m)
		},
		"copy into, of this account": func(m string) (string, string) {
			return "imap_apply_to_messages", fmt.Sprintf(`{"message_ids":[%q],"action":"copy","destination_mailbox":%q,"destination_account_id":"default"}`, id, m)
		},
		"rename": func(m string) (string, string) {
			return "imap_manage_mailbox", fmt.Sprintf(`{"action":"rename","mailbox":%q,"destination_mailbox":"Elsewhere"}`, m)
		},
		"delete": func(m string) (string, string) {
			return "imap_manage_mailbox", fmt.Sprintf(`{"action":"delete","mailbox":%q,"dry_run":true}`, m)
		},
		"subscribe": func(m string) (string, string) {
			return "imap_manage_mailbox", fmt.Sprintf(`{"action":"subscribe","mailbox":%q}`, m)
		},
		"reply": func(m string) (string, string) {
			return "imap_save_draft", fmt.Sprintf(`{"reply_to_message_id":%q}`, in(t, srv, m))
		},
		"forward": func(m string) (string, string) {
			return "imap_save_draft", fmt.Sprintf(`{"forward_message_id":%q}`, in(t, srv, m))
		},
		"attach": func(m string) (string, string) {
			return "imap_save_draft", fmt.Sprintf(`{"attach":[{"message_id":%q,"part_id":"2"}]}`, in(t, srv, m))
		},
		"many, apply": func(m string) (string, string) {
			return "imap_apply_to_messages", fmt.Sprintf(`{"message_ids":[%q,%q],"action":"archive"}`, in(t, srv, m), in(t, srv, m))
		},
	}
	for name, of := range calls {
		t.Run(name, func(t *testing.T) {
			tool, arguments := of(hidden)
			code, message := call(t, session, tool, arguments).refused(t)
			_, missing := of(absent)
			wantCode, want := call(t, session, tool, missing).refused(t)
			if code != "not_found" || code != wantCode || strings.ReplaceAll(message, hidden, absent) != want {
				t.Errorf("denied: %s: %s\nabsent: %s: %s", code, message, wantCode, want)
			}
		})
	}
	if m := srv.Messages(t, hidden); len(m) != 1 || len(m[0].Flags) != 0 {
		t.Errorf("in the denied mailbox: %+v", m)
	}
}

// Nor is a denied mailbox seen where nobody names it.
func TestDenied_IsNotSeenAnywhere(t *testing.T) {
	t.Parallel()
	srv, id := withHidden(t)
	session := connectWith(t, srv, setup{writes: true, account: hiding})
	for tool, arguments := range map[string]string{
		"imap_list_mailboxes":  `{}`,
		"imap_search_messages": `{"mailbox":"INBOX"}`,
		"imap_get_thread":      `{"message_id":` + quote(id) + `}`,
		"imap_verify_account":  `{}`,
	} {
		if r := call(t, session, tool, arguments); strings.Contains(r.text, hidden) || strings.Contains(r.text, "hidden@") {
			t.Errorf("%s tells of it: %s", tool, r.text)
		}
	}
	threads := func(mailbox string) (code, message string) {
		return call(t, session, "imap_get_thread", fmt.Sprintf(`{"message_id":%q,"mailboxes":[%q]}`, id, mailbox)).refused(t)
	}
	if _, message := threads(hidden); strings.Contains(message, "denied") || strings.Contains(message, "owner") {
		t.Errorf("a thread says %q", message)
	}
	completed, err := session.Complete(t.Context(), &mcp.CompleteParams{
		Ref:      &mcp.CompleteReference{Type: "ref/resource", URI: "imap://{account}/mailbox/{mailbox}/message/{uidvalidity}/{uid}"},
		Argument: mcp.CompleteParamsArgument{Name: "mailbox", Value: ""},
	})
	if err != nil || slices.Contains(completed.Completion.Values, hidden) || !slices.Contains(completed.Completion.Values, "INBOX") {
		t.Errorf("completed %+v, %v", completed, err)
	}
}

func TestDenied_ResourcesAnswerAsIfItWereNotThere(t *testing.T) {
	t.Parallel()
	srv, _ := withHidden(t)
	session := connectWith(t, srv, setup{account: hiding})
	read := func(mailbox, more string) *jsonrpc.Error {
		_, err := session.ReadResource(t.Context(), &mcp.ReadResourceParams{URI: uriOf(t, in(t, srv, mailbox)) + more})
		var wire *jsonrpc.Error
		if !errors.As(err, &wire) {
			t.Fatalf("%s: %v", mailbox, err)
		}
		wire.Message = strings.ReplaceAll(wire.Message, hidden, absent)
		return wire
	}
	for _, more := range []string{"", "/raw"} {
		if denied, missing := read(hidden, more), read(absent, more); !reflect.DeepEqual(denied, missing) {
			t.Errorf("denied: %+v\nabsent: %+v", denied, missing)
		}
	}
}

// What is denied below another account is denied as a destination from here.
func TestDenied_InAnotherAccountIsNotThereEither(t *testing.T) {
	t.Parallel()
	srv, id := withHidden(t)
	other := mailtest.NewMemory(t)
	other.Create(t, hidden)
	session := connectWith(t, srv, setup{writes: true, account: hiding, others: map[string]mailtest.Server{"work": other}})
	into := func(mailbox string) (code, message string) {
		return call(t, session, "imap_apply_to_messages", fmt.Sprintf(`{"message_ids":[%q],"action":"copy","destination_mailbox":%q,"destination_account_id":"work"}`, id, mailbox)).refused(t)
	}
	code, message := into(hidden)
	wantCode, want := into(absent)
	if code != "not_found" || code != wantCode || strings.ReplaceAll(message, hidden, absent) != want {
		t.Errorf("denied: %s: %s\nabsent: %s: %s", code, message, wantCode, want)
	}
	if n := len(other.Messages(t, hidden)); n != 0 {
		t.Errorf("%d messages arrived", n)
	}
}

// A server without the codes of RFC 5530 says in words of its own that a mailbox
// is not there. It is not asked about a denied one, so they are left out.
func TestDenied_AnswersAlikeOnAServerWithoutCodes(t *testing.T) {
	t.Parallel()
	srv, _ := withHidden(t)
	session := connectWith(t, mailtest.NewFaulty(t, srv, mailtest.FaultNO("EXAMINE", "what mailbox?")), setup{account: hiding})
	search := func(mailbox string) (code, message string) {
		return call(t, session, "imap_search_messages", fmt.Sprintf(`{"mailbox":%q}`, mailbox)).refused(t)
	}
	_, denied := search(hidden)
	if _, missing := search(absent); strings.ReplaceAll(denied, hidden, absent) != missing {
		t.Errorf("denied: %s\nabsent: %s", denied, missing)
	}
}

// Nothing is made under a denied name, nor below it, nor given that name.
func TestDenied_NothingIsMadeThere(t *testing.T) {
	t.Parallel()
	srv, _ := withHidden(t)
	srv.Create(t, "Mine")
	session := connectWith(t, srv, setup{writes: true, account: hiding})
	before := srv.Mailboxes(t)
	for _, arguments := range []string{
		`{"action":"create","mailbox":"Hidden"}`,
		`{"action":"create","mailbox":"hidden"}`,
		`{"action":"create","mailbox":"Hidden/Below/It"}`,
		`{"action":"rename","mailbox":"Mine","destination_mailbox":"Hidden/Mine"}`,
		`{"action":"rename","mailbox":"Mine","destination_mailbox":"HIDDEN"}`,
		`{"action":"create","mailbox":"Hidden/Below","dry_run":true}`,
	} {
		if code, message := call(t, session, "imap_manage_mailbox", arguments).refused(t); code != "not_found" || strings.Contains(message, "denied") {
			t.Errorf("%s: %s: %s", arguments, code, message)
		}
	}
	if after := srv.Mailboxes(t); !slices.Equal(before, after) {
		t.Errorf("were %q, are %q", before, after)
	}
}
