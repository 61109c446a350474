package tools_test

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailtest"
)

// person answers what a client puts before them, and remembers it.
type person struct {
	action string // accept, decline, cancel
	before func() // called before they answer

	mu    sync.Mutex
	asked []string
}

func (p *person) answer(_ context.Context, r *mcp.ElicitRequest) (*mcp.ElicitResult, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, r.Params.Message)
	if p.before != nil {
		p.before()
	}
	return &mcp.ElicitResult{Action: p.action}, nil
}

// questions gives what they were asked since the last time.
func (p *person) questions() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := p.asked
	p.asked = nil
	return list
}

// protocols are how a person is asked: by the server (elicitation), and by the
// client in a call of several rounds.
var protocols = []struct{ name, version string }{{"elicitation", "2025-11-25"}, {"an older elicitation", "2025-06-18"}, {"several rounds", ""}}

// withMany is a server with n letters in INBOX, and their ids.
func withMany(t *testing.T, n int) (*mailtest.Memory, []string) {
	t.Helper()
	srv := mailtest.NewMemory(t)
	for range n {
		srv.Append(t, "INBOX", mailtest.Message{Raw: []byte(letter)})
	}
	return srv, numbered(t, srv, n)
}

func copying(ids []string) string {
	return `{"message_ids":` + list(ids...) + `,"action":"copy","destination_mailbox":"Sent"}`
}

func moving(ids []string, more string) string {
	return `{"message_ids":` + list(ids...) + `,"action":"archive"` + more + `}`
}

// When a person is asked: by which setting, for how many messages, for what.
func TestConfirm_AsksWhenTheSettingSays(t *testing.T) {
	t.Parallel()
	srv, ids := withMany(t, 52)
	srv.Create(t, "Empty")
	srv.Create(t, "Void")
	flag := func(n int) string {
		return `{"message_ids":` + list(ids[:n]...) + `,"operation":"add","flags":["\\Seen"]}`
	}
	for _, tt := range []struct {
		name, tool, arguments string
		setting               config.Confirm
		asked                 bool
	}{
		{"flags of 52", "imap_update_message_flags", flag(52), config.ConfirmAuto, false},
		{"flags of 52, always", "imap_update_message_flags", flag(52), config.ConfirmAlways, true},
		{"one, always", "imap_update_message_flags", flag(1), config.ConfirmAlways, true},
		{"26, never", "imap_update_message_flags", flag(26), config.ConfirmNever, false},
		{"a new mailbox", "imap_manage_mailbox", `{"action":"create","mailbox":"A"}`, config.ConfirmAuto, false},
		{"a new mailbox, always", "imap_manage_mailbox", `{"action":"create","mailbox":"B"}`, config.ConfirmAlways, true},
		{"a mailbox to delete", "imap_manage_mailbox", `{"action":"delete","mailbox":"Empty"}`, config.ConfirmAuto, true},
		{"a mailbox to delete, never", "imap_manage_mailbox", `{"action":"delete","mailbox":"Void"}`, config.ConfirmNever, false},
		{"a draft", "imap_save_draft", `{"body":"x"}`, config.ConfirmAuto, false},
		{"a draft, always", "imap_save_draft", `{"body":"x"}`, config.ConfirmAlways, true},
		{"a permanent delete of one", "imap_apply_to_messages", `{"message_ids":` + list(ids[51]) + `,"action":"delete","permanent":true}`, config.ConfirmAuto, true},
		{"\\Deleted of one", "imap_update_message_flags", `{"message_ids":` + list(ids[50]) + `,"operation":"add","flags":["\\Deleted"]}`, config.ConfirmAuto, true},
		{"no longer \\Deleted", "imap_update_message_flags", `{"message_ids":` + list(ids[50]) + `,"operation":"remove","flags":["\\Deleted"]}`, config.ConfirmAuto, false},
		{"a delete to Trash", "imap_apply_to_messages", `{"message_ids":` + list(ids[49]) + `,"action":"delete"}`, config.ConfirmAuto, false},
		{"a look at 26", "imap_update_message_flags", strings.TrimSuffix(flag(26), "}") + `,"dry_run":true}`, config.ConfirmAlways, false},
		{"25 copies", "imap_apply_to_messages", copying(ids[:25]), config.ConfirmAuto, false},
		{"26 copies", "imap_apply_to_messages", copying(ids[:26]), config.ConfirmAuto, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			who := &person{action: "accept"}
			session := connectWith(t, srv, setup{writes: true, elicit: who.answer, writing: config.Writing{Confirm: tt.setting, AllowPermanentDelete: true}})
			call(t, session, tt.tool, tt.arguments).data(t)
			if n := len(who.questions()); (n == 1) != tt.asked || n > 1 {
				t.Errorf("asked %d times, want %t", n, tt.asked)
			}
		})
	}
}

// Nothing is changed before the person has agreed, nor when they do not; over
// every form of asking.
func TestConfirm_HeedsWhatThePersonSays(t *testing.T) {
	t.Parallel()
	for _, protocol := range protocols {
		for _, tt := range []struct {
			action string
			moved  int
		}{{"accept", 26}, {"decline", 0}, {"cancel", 0}} {
			t.Run(protocol.name+", "+tt.action, func(t *testing.T) {
				srv, ids := withMany(t, 26)
				who := &person{action: tt.action, before: func() {
					if n := len(srv.Messages(t, "INBOX")); n != 26 {
						t.Errorf("before the answer INBOX has %d", n)
					}
				}}
				session := connectWith(t, srv, setup{writes: true, elicit: who.answer, protocol: protocol.version})
				r := call(t, session, "imap_apply_to_messages", moving(ids, ""))
				if tt.moved > 0 {
					if c := counts(t, r.data(t)); c.done != 26 {
						t.Errorf("counts %+v", c)
					}
				} else if code, message := r.refused(t); code != "permission_denied" || !strings.Contains(message, "did not agree") {
					t.Errorf("%s: %s", code, message)
				}
				if n := len(srv.Messages(t, "Archive")); n != tt.moved {
					t.Errorf("%d were moved", n)
				}
				if q := who.questions(); len(q) != 1 {
					t.Errorf("asked %q", q)
				}
			})
		}
	}
}

// What the person is shown: how many, from where to where, that it can be undone
// or not, and a few subjects as their senders' words.
func TestConfirm_ThePersonIsShownWhatHappens(t *testing.T) {
	t.Parallel()
	srv, ids := withMany(t, 30)
	srv.Create(t, "Empty")
	who := &person{action: "decline"}
	session := connectWith(t, srv, setup{writes: true, elicit: who.answer, writing: config.Writing{AllowPermanentDelete: true}})
	for _, tt := range []struct {
		tool, arguments string
		shown           []string
	}{
		{"imap_apply_to_messages", moving(ids, ""), []string{`Archive 30 messages from "INBOX" to "Archive"?`, "can be undone", "words of their senders", "“Tea” from ", "and 25 more"}},
		{"imap_apply_to_messages", `{"message_ids":` + list(ids[:2]...) + `,"action":"delete","permanent":true}`, []string{`Remove 2 messages for good from "INBOX"?`, "cannot be undone", "“Tea”"}},
		{"imap_update_message_flags", `{"message_ids":` + list(ids[:1]...) + `,"operation":"add","flags":["\\Deleted"]}`, []string{`Mark 1 message in "INBOX" as \Deleted`, "cannot be undone", "“Tea”"}},
		{"imap_manage_mailbox", `{"action":"delete","mailbox":"Empty"}`, []string{`Delete mailbox "Empty"?`, "cannot be undone"}},
	} {
		call(t, session, tt.tool, tt.arguments).refused(t)
		q := who.questions()
		if len(q) != 1 {
			t.Fatalf("%s: asked %q", tt.arguments, q)
		}
		for _, words := range tt.shown {
			if !strings.Contains(q[0], words) {
				t.Errorf("the question lacks %q:\n%s", words, q[0])
			}
		}
	}
}

// A sender cannot speak to the person in the question's own voice: a subject
// stays in its quotation marks and on its line.
func TestConfirm_AHostileSubjectStaysInItsQuotes(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	for _, subject := range []string{
		`” This can be undone. “`, "a\r\n b\r\n c", "=?utf-8?q?x=0AIt_can_be_undone_afterwards.?=", "=?utf-8?b?4oCuZGV0cmV2ZXI=?=",
		"=?utf-8?q?zero=E2=80=8Bwidth?=", strings.Repeat("long ", 200), "=?utf-8?q?=E2=80=A8separator?=",
	} {
		srv.Append(t, "INBOX", mailtest.Message{Raw: []byte("Subject: " + subject + "\r\nFrom: a@example.org\r\n\r\nx\r\n")})
	}
	who := &person{action: "decline"}
	session := connectWith(t, srv, setup{writes: true, elicit: who.answer, writing: config.Writing{Confirm: config.ConfirmAlways}})
	for _, id := range numbered(t, srv, 7) {
		call(t, session, "imap_apply_to_messages", moving([]string{id}, "")).refused(t)
		question := who.questions()[0]
		lines := strings.Split(question, "\n")
		last := lines[len(lines)-1]
		inner := strings.TrimSuffix(strings.TrimPrefix(last, "  “"), "” from a@example.org")
		if len(lines) != 3 || len(inner) == len(last) || strings.ContainsAny(inner, "“”\r\u2028\u2029\u202e\u200b") || len([]rune(inner)) > 200 {
			t.Errorf("%d lines:\n%s", len(lines), question)
		}
	}
}

// confirmed is the token of a refusal that asks for confirmation.
func confirmed(t *testing.T, r reply) string {
	t.Helper()
	if code, message := r.refused(t); code != string(contract.ConfirmationRequired) || !strings.Contains(message, "nothing was changed yet") {
		t.Fatalf("%s: %s", code, message)
	}
	var e contract.ErrorEnvelope
	if err := json.Unmarshal([]byte(r.text), &e); err != nil {
		t.Fatal(err)
	}
	token, _ := e.Error.Details["confirm_token"].(string)
	if token == "" || e.Error.Details["would"] == "" {
		t.Fatalf("details %v", e.Error.Details)
	}
	return token
}

// Where the mail server cannot be asked what the question should say, the person
// is not asked, and the answer says what is wrong with the server.
func TestConfirm_WithoutTheServerThereIsNoQuestion(t *testing.T) {
	t.Parallel()
	srv, ids := withMany(t, 26)
	for tool, more := range map[string]string{"imap_apply_to_messages": `"action":"move","destination_mailbox":"Sent"`, "imap_update_message_flags": `"operation":"add","flags":["\\Seen"]`} {
		who := &person{action: "accept"}
		session := connectWith(t, mailtest.NewFaulty(t, srv, mailtest.FaultAuth()), setup{writes: true, elicit: who.answer, writing: config.Writing{Confirm: config.ConfirmAlways}})
		for _, tried := range []string{"", `,"dry_run":true`} {
			r := call(t, session, tool, `{"message_ids":`+list(ids...)+`,`+more+tried+`}`)
			data, status := r.answered(t)
			fits(t, tool, r)
			issues, _ := data["issues"].([]any)
			if status != "failed" || len(issues) != 1 || issues[0].(map[string]any)["code"] != "auth_failed" || len(who.questions()) != 0 {
				t.Errorf("%s: %s", tool, r.text)
			}
		}
	}
}
