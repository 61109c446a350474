package tools_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/mailtest"
)

// contents are the flags of the messages of each mailbox, the letters by their
// subject.
func contents(t *testing.T, srv mailtest.Server) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, mailbox := range srv.Mailboxes(t) {
		for _, m := range srv.Messages(t, mailbox) {
			subject, _, _ := strings.Cut(string(m.Raw), "\r\n")
			all[mailbox] = append(all[mailbox], subject+" "+strings.Join(m.Flags, " "))
		}
		slices.Sort(all[mailbox])
	}
	return all
}

// withThree is a server with three letters of different flags.
func withThree(t *testing.T) (*mailtest.Memory, []string) {
	t.Helper()
	srv := mailtest.NewMemory(t)
	for i, flags := range [][]string{nil, {`\Seen`}, {`\Flagged`, "Work"}} {
		srv.Append(t, "INBOX", mailtest.Message{Raw: []byte("Subject: " + string(rune('a'+i)) + "\r\n\r\nx\r\n"), Flags: flags})
	}
	return srv, numbered(t, srv, 3)
}

func undo(t *testing.T, session *mcp.ClientSession, operation any) reply {
	t.Helper()
	return call(t, session, "imap_undo_operation", `{"operation_id":`+quote(operation.(string))+`}`)
}

func same(a, b map[string][]string) bool {
	for mailbox := range b {
		if !slices.Equal(a[mailbox], b[mailbox]) {
			return false
		}
	}
	return len(a) == len(b)
}

// What was changed is as it was, flags and all; a second undo is a conflict, and
// the undo can be undone.
func TestUndo_PutsBackWhatWas(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, tool, arguments string }{
		{"flags added", "imap_update_message_flags", `"operation":"add","flags":["\\Seen"],"keywords":["Work"]`},
		{"flags removed", "imap_update_message_flags", `"operation":"remove","flags":["\\Seen","\\Flagged"]`},
		{"flags replaced", "imap_update_message_flags", `"operation":"replace","flags":["\\Answered"]`},
		{"moved", "imap_apply_to_messages", `"action":"move","destination_mailbox":"Sent"`},
		{"archived", "imap_apply_to_messages", `"action":"archive"`},
		{"junked", "imap_apply_to_messages", `"action":"junk"`},
		{"deleted to Trash", "imap_apply_to_messages", `"action":"delete"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			srv, ids := withThree(t)
			session := connectWriting(t, srv)
			before := contents(t, srv)
			done := call(t, session, tt.tool, `{"message_ids":`+list(ids...)+`,`+tt.arguments+`}`).data(t)
			changed := contents(t, srv)
			if same(before, changed) {
				t.Fatal("nothing was changed")
			}
			r := undo(t, session, done["operation_id"])
			fits(t, "imap_undo_operation", r)
			back := r.data(t)
			if c := counts(t, back); c.failed+c.unknown+c.notAttempted != 0 || c.done == 0 {
				t.Errorf("counts %+v", c)
			}
			if now := contents(t, srv); !same(before, now) {
				t.Errorf("was %v, is %v", before, now)
			}
			if code, message := undo(t, session, done["operation_id"]).refused(t); code != "conflict" || !strings.Contains(message, back["operation_id"].(string)) {
				t.Errorf("a second undo: %s: %s", code, message)
			}
			if o := poll(t, session, done["operation_id"].(string))["operation"].(map[string]any); o["undone_by"] != back["operation_id"] {
				t.Errorf("the operation says %v", o)
			}
			undo(t, session, back["operation_id"]).data(t)
			if now := contents(t, srv); !same(changed, now) {
				t.Errorf("the undo undone: was %v, is %v", changed, now)
			}
		})
	}
}

// What cannot be taken back says so, and what to do instead.
func TestUndo_SaysWhatCannotBePutBack(t *testing.T) {
	t.Parallel()
	srv, ids := withThree(t)
	session := connectWith(t, srv, setup{writes: true, writing: config.Writing{Confirm: config.ConfirmNever, AllowPermanentDelete: true}})
	for _, tt := range []struct{ name, tool, arguments, words string }{
		{"a copy", "imap_apply_to_messages", `{"message_ids":` + list(ids[0]) + `,"action":"copy","destination_mailbox":"Archive"}`, "move the copies"},
		{"a permanent delete", "imap_apply_to_messages", `{"message_ids":` + list(ids[2]) + `,"action":"delete","permanent":true}`, "cannot be brought back"},
		{"a draft", "imap_save_draft", `{"body":"x"}`, "move the draft to Trash"},
		{"a mailbox", "imap_manage_mailbox", `{"action":"create","mailbox":"New"}`, "imap_manage_mailbox"},
		{"flags that were there", "imap_update_message_flags", `{"message_ids":` + list(ids[1]) + `,"operation":"add","flags":["\\Seen"]}`, "nothing"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			done := call(t, session, tt.tool, tt.arguments).data(t)
			before := contents(t, srv)
			if code, message := undo(t, session, done["operation_id"]).refused(t); code != "conflict" || !strings.Contains(message, tt.words) {
				t.Errorf("%s: %s", code, message)
			}
			if !same(before, contents(t, srv)) {
				t.Error("something was changed")
			}
		})
	}
}

// A message that somebody moved on meanwhile is named; the others are put back.
func TestUndo_SaysForEachMessageWhatWasNotThere(t *testing.T) {
	t.Parallel()
	srv, ids := withThree(t)
	session := connectWriting(t, srv)
	done := call(t, session, "imap_apply_to_messages", moving(ids, "")).data(t)
	srv.Expunge(t, "Archive", srv.Messages(t, "Archive")[1].UID)
	r := undo(t, session, done["operation_id"])
	data, status := r.answered(t)
	if c := counts(t, data); status != "partial" || c != (tally{done: 2, failed: 1}) || len(srv.Messages(t, "INBOX")) != 2 {
		t.Errorf("%s, %+v", status, c)
	}
	for _, m := range data["result"].(map[string]any)["messages"].([]any) {
		if m := m.(map[string]any); m["status"] == "failed" && (m["code"] != "not_found" || m["message"] == "") {
			t.Errorf("message %v", m)
		}
	}
}

// Taking back what the person agreed to needs no other word of theirs.
func TestUndo_LargeOnesAreNotAskedAbout(t *testing.T) {
	t.Parallel()
	srv, ids := withMany(t, 26)
	who := &person{action: "accept"}
	session := connectWith(t, srv, setup{writes: true, elicit: who.answer})
	done := call(t, session, "imap_apply_to_messages", moving(ids, "")).data(t)
	who.questions()
	undo(t, session, done["operation_id"]).data(t)
	if q, n := who.questions(), len(srv.Messages(t, "INBOX")); len(q) != 0 || n != 26 {
		t.Errorf("asked %q, INBOX has %d", q, n)
	}
}

func TestUndo_IsAskedAboutWhereAllIs(t *testing.T) {
	t.Parallel()
	srv, ids := withMany(t, 26)
	who := &person{action: "accept"}
	session := connectWith(t, srv, setup{writes: true, elicit: who.answer, writing: config.Writing{Confirm: config.ConfirmAlways}})
	done := call(t, session, "imap_apply_to_messages", moving(ids, "")).data(t)
	who.questions()
	who.action = "decline"
	if code, _ := undo(t, session, done["operation_id"]).refused(t); code != "permission_denied" || len(srv.Messages(t, "INBOX")) != 0 {
		t.Errorf("declined: %s, INBOX has %d", code, len(srv.Messages(t, "INBOX")))
	}
	if q := who.questions(); len(q) != 1 || !strings.Contains(q[0], "Put 26 messages back") {
		t.Errorf("asked %q", q)
	}
	who.action = "accept"
	undo(t, session, done["operation_id"]).data(t)
	if n := len(srv.Messages(t, "INBOX")); n != 26 {
		t.Errorf("INBOX has %d", n)
	}
}

// The window is the owner's: after it nothing is put back by itself.
func TestUndo_IsOverWithItsWindow(t *testing.T) {
	t.Parallel()
	srv, ids := withThree(t)
	session := connectWith(t, srv, setup{writes: true, writing: config.Writing{UndoWindow: time.Nanosecond}})
	done := call(t, session, "imap_apply_to_messages", moving(ids, "")).data(t)
	if code, message := undo(t, session, done["operation_id"]).refused(t); code != "conflict" || !strings.Contains(message, "too long") {
		t.Errorf("%s: %s", code, message)
	}
}
