package tools_test

import (
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailtest"
)

// withDraft is a server that has a draft in Drafts and a letter in INBOX, and the
// ids of both.
func withDraft(t *testing.T, srv mailtest.Server) (draft, letterID string) {
	t.Helper()
	in := func(box string, m mailtest.Message) string {
		uid := srv.Append(t, box, m)[0]
		return contract.MessageID{Account: "default", Mailbox: box, UIDValidity: srv.UIDValidity(t, box), UID: uid}.String()
	}
	draft = in("Drafts", mailtest.Message{Raw: []byte(strings.Replace(letter, "Subject: ", "Subject: old ", 1))})
	return draft, in("INBOX", mailtest.Message{Raw: []byte(letter)})
}

func sizeOf(t *testing.T, srv mailtest.Server, box string) int {
	t.Helper()
	return len(contents(t, srv)[box])
}

func TestReplaceDraft_TheNewOneIsSavedAndTheOldOneGoesToTrashAndComesBack(t *testing.T) {
	t.Parallel()
	for _, srv := range []mailtest.Server{mailtest.NewMemory(t), mailtest.NewDovecot(t)} {
		old, _ := withDraft(t, srv)
		session := connectWriting(t, srv)
		arguments := `{"body":"better","replaces_message_id":` + quote(old)
		dry := call(t, session, "imap_save_draft", arguments+`,"dry_run":true}`)
		if dry.data(t)["saved"] != false || sizeOf(t, srv, "Drafts") != 1 || sizeOf(t, srv, "Trash") != 0 {
			t.Errorf("a dry run changed something: %v", contents(t, srv))
		}
		r := call(t, session, "imap_save_draft", arguments+`}`)
		fits(t, "imap_save_draft", r)
		data := r.data(t)
		replaced := data["replaced"].(map[string]any)
		if data["saved"] != true || data["status"] != "ok" || data["message_id"] == old || replaced["message_id"] != old || replaced["status"] != "done" {
			t.Errorf("answer %v", data)
		}
		if sizeOf(t, srv, "Drafts") != 1 || sizeOf(t, srv, "Trash") != 1 {
			t.Errorf("after it: %v", contents(t, srv))
		}
		undo(t, session, data["operation_id"]).data(t)
		if sizeOf(t, srv, "Drafts") != 2 || sizeOf(t, srv, "Trash") != 0 {
			t.Errorf("taken back: %v", contents(t, srv))
		}
	}
}

func TestReplaceDraft_RefusesWhatIsNoDraftOfTheAccount(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	old, mail := withDraft(t, srv)
	other := mailtest.NewMemory(t)
	session := connectWith(t, srv, setup{writes: true, others: map[string]mailtest.Server{"work": other}})
	for name, tt := range map[string]struct{ arguments, code, words string }{
		"a mail":           {`"replaces_message_id":` + quote(mail), "invalid_input", "no draft"},
		"one that is gone": {`"replaces_message_id":` + quote(old+"9"), "not_found", "search"},
		"another account":  {`"account_id":"work","replaces_message_id":` + quote(old), "invalid_input", "its own account"},
	} {
		before := contents(t, srv)
		if code, message := call(t, session, "imap_save_draft", `{"body":"x",`+tt.arguments+`}`).refused(t); code != tt.code || !strings.Contains(message, tt.words) {
			t.Errorf("%s: %s: %s", name, code, message)
		}
		if !same(before, contents(t, srv)) {
			t.Errorf("%s: something was changed", name)
		}
	}
}

// What the flag \Draft marks is a draft wherever it lies; one in Trash is away already.
func TestReplaceDraft_TheFlagCountsToo(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	id := func(box string) string {
		uid := srv.Append(t, box, mailtest.Message{Raw: []byte(letter), Flags: []string{`\Draft`}})[0]
		return contract.MessageID{Account: "default", Mailbox: box, UIDValidity: srv.UIDValidity(t, box), UID: uid}.String()
	}
	elsewhere, trashed := id("Archive"), id("Trash")
	session := connectWriting(t, srv)
	if d := call(t, session, "imap_save_draft", `{"body":"x","replaces_message_id":`+quote(elsewhere)+`}`).data(t); d["replaced"].(map[string]any)["status"] != "done" {
		t.Errorf("answer %v", d)
	}
	if code, message := call(t, session, "imap_save_draft", `{"body":"x","replaces_message_id":`+quote(trashed)+`}`).refused(t); code != "invalid_input" || !strings.Contains(message, "already") {
		t.Errorf("%s: %s", code, message)
	}
}

func TestReplaceDraft_TheOldOneStaysWhereTheNewOneIsNotKnown(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		faults []mailtest.Fault
		saved  bool
		drafts int
	}{
		"not saved": {[]mailtest.Fault{mailtest.FaultNO("APPEND", "[OVERQUOTA] full")}, false, 1},
		"saved without an id": {[]mailtest.Fault{
			mailtest.FaultReply("UID SEARCH", "* SEARCH\r\n%T OK done\r\n"),
		}, true, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := mailtest.NewMemoryWith(t, mailtest.MemoryOptions{Without: []imap.Cap{imap.CapUIDPlus, imap.CapESearch, imap.CapIMAP4rev2}})
			old, _ := withDraft(t, srv)
			session := connectWriting(t, mailtest.NewFaulty(t, srv, tt.faults...))
			r := call(t, session, "imap_save_draft", `{"body":"x","replaces_message_id":`+quote(old)+`}`)
			d, status := r.answered(t)
			if d["saved"] != tt.saved || status == "ok" {
				t.Errorf("answer %v", d)
			}
			if tt.saved {
				if r := d["replaced"].(map[string]any); r["status"] != "not_attempted" || !strings.Contains(r["message"].(string), "stays") {
					t.Errorf("of the older one: %v", r)
				}
			}
			if sizeOf(t, srv, "Drafts") != tt.drafts || sizeOf(t, srv, "Trash") != 0 {
				t.Errorf("after it: %v", contents(t, srv))
			}
		})
	}
}

// Where saving takes longer than a call waits, the operation that is named is the
// one that ends last.
func TestReplaceDraft_GoesOnAfterTheAnswer(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	old, _ := withDraft(t, srv)
	session := connectWriting(t, mailtest.NewFaulty(t, srv, mailtest.FaultSlow("APPEND", 2500*time.Millisecond)))
	d := call(t, session, "imap_save_draft", `{"body":"x","replaces_message_id":`+quote(old)+`}`).data(t)
	if d["saved"] != false || d["operation"] == nil || sizeOf(t, srv, "Trash") != 0 {
		t.Fatalf("answer %v", d)
	}
	id := d["operation_id"].(string)
	if c := counts(t, poll(t, session, id)); c.done != 1 || sizeOf(t, srv, "Drafts") != 1 || sizeOf(t, srv, "Trash") != 1 {
		t.Errorf("in the end %+v, %v", c, contents(t, srv))
	}
	undo(t, session, id).data(t)
	if sizeOf(t, srv, "Drafts") != 2 {
		t.Errorf("taken back: %v", contents(t, srv))
	}
}

func TestReplaceDraft_ATextSaysHowToHaveTheOldOneBack(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	old, _ := withDraft(t, srv)
	text := say(t, connectWith(t, srv, setup{writes: true, text: true}), "imap_save_draft", `{"body":"x","replaces_message_id":`+quote(old)+`}`)
	if !strings.Contains(text, "the draft it replaces is in Trash") || strings.Count(text, "imap_undo_operation with op_") != 1 {
		t.Errorf("answered %s", text)
	}
}
