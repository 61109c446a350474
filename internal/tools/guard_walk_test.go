package tools_test

import (
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/tools"
)

// operationHere stands in a call for the operation of the last change before it.
const operationHere = "OPERATION"

// everyWrite is one right call of each tool that changes mail or tells of it,
// in an order in which each can do something.
func everyWrite(id string) []struct{ tool, arguments string } {
	return []struct{ tool, arguments string }{
		{"imap_manage_mailbox", `{"action": "create", "mailbox": "Projects/2026"}`},
		{"imap_save_draft", `{"reply_to_message_id": ` + quote(id) + `, "body": "Gladly."}`},
		{"imap_update_message_flags", `{"message_ids": [` + quote(id) + `], "operation": "add", "flags": ["starred"], "keywords": ["Tea"]}`},
		{"imap_get_operation", `{"operation_id": "` + operationHere + `"}`},
		{"imap_undo_operation", `{"operation_id": "` + operationHere + `"}`},
		{"imap_cancel_operation", `{"operation_id": "` + operationHere + `"}`},
		{"imap_apply_to_messages", `{"message_ids": [` + quote(id) + `], "action": "archive"}`},
	}
}

// callEach makes calls in turn.
func callEach(t *testing.T, session *mcp.ClientSession, calls []struct{ tool, arguments string }, each func(tool string, r reply)) {
	t.Helper()
	operation := ""
	for _, c := range calls {
		r := call(t, session, c.tool, strings.ReplaceAll(c.arguments, operationHere, operation))
		if data, ok := r.structured["data"].(map[string]any); ok && data["operation_id"] != nil {
			operation = data["operation_id"].(string)
		}
		each(c.tool, r)
	}
}

// Whatever is called, and however wrongly, the guard sees it once: no tool can
// forget it.
func TestGuard_SeesEveryCallOnce(t *testing.T) {
	t.Parallel()
	srv, id := withLetter(t)
	var record book
	session := connectWith(t, srv, setup{writes: true, audit: &record})
	reading := connectWith(t, srv, setup{audit: &record})
	called := map[string]bool{}
	once := func(tool, how, event string) {
		t.Helper()
		called[tool] = true
		lines := record.take("call", "refusal")
		if len(lines) != 1 || lines[0].Tool != tool || lines[0].Event != event || lines[0].Caller != "local" || lines[0].Outcome == "" {
			t.Errorf("%s, %s: the audit has %+v", tool, how, lines)
		}
	}
	callEach(t, session, append(everyCall(id), everyWrite(id)...), func(tool string, r reply) {
		r.data(t)
		once(tool, "a right call", "call")
	})
	for _, d := range tools.Definitions(tools.Features{}) {
		name := d.Name
		if !called[name] {
			t.Errorf("no right call of %s is tried", name)
		}
		for how, arguments := range map[string]string{
			"an unknown argument": `{"nonsense": 1}`, "a list": `[1]`, "a text": `"x"`,
			"ids of a wrong type": `{"message_ids": 7, "mailbox": [[]], "attach": {"message_id": 1}}`,
		} {
			call(t, session, name, arguments).refused(t)
			once(name, how, "refusal")
		}
		if d.Tool().Annotations.ReadOnlyHint && !strings.Contains(name, "operation") {
			continue
		}
		call(t, reading, name, d.Example).refused(t)
		once(name, "not listed", "refusal")
	}
}

func TestGuard_SeesEveryResourceOnce(t *testing.T) {
	t.Parallel()
	srv, id := withLetter(t)
	var record book
	session := connectWith(t, srv, setup{audit: &record})
	uri := uriOf(t, id)
	for _, tt := range []struct{ uri, tool, event string }{
		{uri, "imap_get_message", "call"},
		{uri + "/raw", "imap_get_message_raw", "call"},
		{uri + "9", "imap_get_message", "call"}, // not there: let in, and failed
	} {
		_, _ = session.ReadResource(t.Context(), &mcp.ReadResourceParams{URI: tt.uri})
		lines := record.take("call", "refusal")
		if len(lines) != 1 || lines[0].Tool != tt.tool || lines[0].Event != tt.event || len(lines[0].IDs) != 1 {
			t.Errorf("%s: the audit has %+v", tt.uri, lines)
		}
	}
}

// What the audit writes down is who did what to which message, never what mail
// says or what was asked.
func TestGuard_TheAuditHasNoWordOfMail(t *testing.T) {
	t.Parallel()
	srv, id := withLetter(t)
	var record book
	session := connectWith(t, srv, setup{writes: true, audit: &record})
	calls := append(everyCall(id), everyWrite(id)...)
	calls = append(calls, struct{ tool, arguments string }{"imap_search_messages", `{"mailbox":"INBOX","query":"zeppelin","from":"ada@example.org"}`})
	callEach(t, session, calls, func(tool string, r reply) {
		for _, e := range record.take("call", "refusal", "intent", "outcome", "security") {
			text := strings.Join(append([]string{e.Event, e.Name, e.Caller, e.Tool, e.Account, e.Mailbox, e.Operation, e.Outcome, e.Code}, e.IDs...), " ")
			for _, word := range []string{"Tea", "ada@", "Gladly", "zeppelin", "menu.pdf", "Ada"} {
				if strings.Contains(text, word) {
					t.Errorf("%s: the audit has %q: %s", tool, word, text)
				}
			}
		}
	})
}

// Each change has its intent before and its outcome after it, under the same
// operation and with the messages it touched.
func TestGuard_EachChangeHasIntentAndOutcome(t *testing.T) {
	t.Parallel()
	srv, id := withLetter(t)
	var record book
	session := connectWith(t, srv, setup{writes: true, audit: &record})
	callEach(t, session, everyWrite(id), func(tool string, r reply) {
		changes := !strings.HasPrefix(tool, "imap_get") && !strings.HasPrefix(tool, "imap_cancel")
		lines := record.take("intent", "outcome")
		if !changes {
			if len(lines) != 0 {
				t.Errorf("%s changes nothing, and the audit has %+v", tool, lines)
			}
			return
		}
		data := r.data(t)
		if len(lines) != 2 {
			t.Fatalf("%s: the audit has %+v", tool, lines)
		}
		for _, e := range lines {
			if e.Tool != tool || e.Account != "default" || e.Operation != data["operation_id"] {
				t.Errorf("%s, operation %v: %+v", tool, data["operation_id"], e)
			}
		}
	})
}

// Where the audit cannot be written nothing is changed, and reading goes on.
func TestGuard_WithoutAuditNothingIsChanged(t *testing.T) {
	t.Parallel()
	srv, id := withLetter(t)
	wire := mailtest.Record(t, srv)
	session := connectWith(t, wire, setup{writes: true, audit: &book{fail: errDiskFull}})
	for _, c := range everyCall(id) {
		call(t, session, c.tool, c.arguments).data(t)
	}
	for _, c := range everyWrite(id) {
		if strings.Contains(c.tool, "operation") {
			continue
		}
		if code, message := call(t, session, c.tool, c.arguments).refused(t); code != "unavailable" || !strings.Contains(message, "audit") {
			t.Errorf("%s: %s: %s", c.tool, code, message)
		}
	}
	if onlyReads(t, wire) == 0 {
		t.Error("nothing was read")
	}
}
