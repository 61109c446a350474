package tools_test

import (
	"encoding/json"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/tools"
)

// tally is what counts says.
type tally struct{ done, failed, unknown, notAttempted int }

// counts reads result.counts and holds result.messages to it.
func counts(t *testing.T, data map[string]any) tally {
	t.Helper()
	result, ok := data["result"].(map[string]any)
	if !ok {
		t.Fatalf("no result in %v", data)
	}
	c := result["counts"].(map[string]any)
	n := func(name string) int { return int(c[name].(float64)) }
	said := tally{n("done"), n("failed"), n("unknown"), n("not_attempted")}
	seen := map[string]int{}
	for _, m := range result["messages"].([]any) {
		seen[m.(map[string]any)["status"].(string)]++
	}
	if listed := (tally{seen["done"], seen["failed"], seen["unknown"], seen["not_attempted"]}); listed != said {
		t.Errorf("counts %+v, and the messages are %+v", said, listed)
	}
	return said
}

// fits holds an answer to the tool's output schema, as structured content and
// as text.
func fits(t *testing.T, tool string, r reply) {
	t.Helper()
	for _, d := range tools.Definitions(tools.Features{}) {
		if d.Name != tool {
			continue
		}
		schema, err := d.Tool().OutputSchema.(*jsonschema.Schema).Resolve(nil)
		if err != nil {
			t.Fatal(err)
		}
		var text map[string]any
		if err := json.Unmarshal([]byte(r.text), &text); err != nil {
			t.Fatal(err)
		}
		for what, answer := range map[string]map[string]any{"structured": r.structured, "text": text} {
			if err := schema.Validate(answer); err != nil {
				t.Errorf("%s, %s content: %v\n%s", tool, what, err, r.text)
			}
		}
	}
}

// answered is the data of an answer that is no tool error, whatever its status.
func (r reply) answered(t *testing.T) (data map[string]any, status string) {
	t.Helper()
	data, _ = r.structured["data"].(map[string]any)
	if r.result.IsError || data == nil {
		t.Fatalf("refused: %s", r.text)
	}
	status, _ = data["status"].(string)
	return data, status
}

// next is the tool that an answer names to go on with.
func next(data map[string]any) (tool string, arguments map[string]any) {
	n, _ := data["next_action"].(map[string]any)
	tool, _ = n["tool"].(string)
	arguments, _ = n["arguments"].(map[string]any)
	return tool, arguments
}

func inMailbox(mailbox string, validity, uid uint32) string {
	return contract.MessageID{Account: "default", Mailbox: mailbox, UIDValidity: validity, UID: uid}.String()
}

func TestWrite_AnswersWithWhatBecameOfEachMessage(t *testing.T) {
	t.Parallel()
	srv, ids := withMany(t, 6)
	session := connectWriting(t, srv)
	for i, tt := range []struct {
		action, more, to string
		undoable         bool
	}{
		{"archive", "", "Archive", true},
		{"junk", "", "Junk", true},
		{"delete", "", "Trash", true},
		{"move", `,"destination_mailbox":"Sent"`, "Sent", true},
		{"copy", `,"destination_mailbox":"Drafts"`, "Drafts", false},
	} {
		t.Run(tt.action, func(t *testing.T) {
			r := call(t, session, "imap_apply_to_messages", `{"message_ids":`+list(ids[i])+`,"action":"`+tt.action+`"`+tt.more+`}`)
			fits(t, "imap_apply_to_messages", r)
			data := r.data(t)
			message := data["result"].(map[string]any)["messages"].([]any)[0].(map[string]any)
			moved := srv.Messages(t, tt.to)
			want := inMailbox(tt.to, srv.UIDValidity(t, tt.to), moved[0].UID)
			if counts(t, data) != (tally{done: 1}) || message["message_id"] != ids[i] || message["new_message_id"] != want || message["code"] != nil {
				t.Errorf("result %v, want %s to be in %s now", data["result"], ids[i], want)
			}
			if id, _ := data["operation_id"].(string); len(id) < 16 || data["account_id"] != "default" || data["destination_mailbox"] != tt.to {
				t.Errorf("data %v", data)
			}
			// Told of, not suggested: a client that follows next_action must not undo.
			tool, _ := next(data)
			said, _ := data["next_action"].(map[string]any)["instruction"].(string)
			if undo := strings.Contains(said, "imap_undo_operation"); undo != tt.undoable || tool != "" {
				t.Errorf("next %q: %s", tool, said)
			}
		})
	}
}

// Some of many that failed make the answer partial; all of them for a reason in
// the request make it a tool error; nothing obtained from the server, failed.
func TestWrite_StatusSaysHowMuchWentWrong(t *testing.T) {
	t.Parallel()
	srv, ids := withMany(t, 4)
	srv.Create(t, "Other")
	srv.Append(t, "Other", mailtest.Message{Raw: []byte(letter)})
	other := inMailbox("Other", srv.UIDValidity(t, "Other"), 1)
	gone := strings.TrimSuffix(ids[0], ":1") + ":99"
	stale := inMailbox("INBOX", srv.UIDValidity(t, "INBOX")+1, 1)
	for _, tt := range []struct {
		name   string
		fault  *mailtest.Fault
		ids    []string
		status string // empty: a tool error with code
		code   string
		want   tally
	}{
		{"one is gone", nil, []string{ids[0], gone}, "partial", "not_found", tally{done: 1, failed: 1}},
		{"one is stale", nil, []string{ids[1], stale}, "partial", "conflict", tally{done: 1, failed: 1}},
		{"all are gone", nil, []string{gone}, "", "not_found", tally{}},
		{"all are stale", nil, []string{stale}, "", "conflict", tally{}},
		{"the mailbox is not there", nil, []string{"imap:default:Nowhere:1:1"}, "", "not_found", tally{}},
		{"no sign-in", new(mailtest.FaultAuth()), ids[2:3], "failed", "auth_failed", tally{notAttempted: 1}},
		{"one mailbox of two is refused", new(mailtest.FaultAt("UID STORE", refuseSecond())), []string{ids[2], other}, "partial", "", tally{done: 1, failed: 1}},
		{"the server refuses", new(mailtest.FaultNO("UID STORE", "[LIMIT] no more flags")), ids[3:], "failed", "", tally{failed: 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var at mailtest.Server = srv
			if tt.fault != nil {
				at = mailtest.NewFaulty(t, srv, *tt.fault)
			}
			r := call(t, connectWriting(t, at), "imap_update_message_flags", `{"message_ids":`+list(tt.ids...)+`,"operation":"add","flags":["\\Answered"]}`)
			if tt.status == "" {
				if code, message := r.refused(t); code != tt.code || message == "" {
					t.Errorf("%s: %s", code, message)
				}
				return
			}
			fits(t, "imap_update_message_flags", r)
			data, status := r.answered(t)
			issues := data["issues"].([]any)
			if status != tt.status || len(issues) != 1 {
				t.Fatalf("answered %s", r.text)
			}
			if c := counts(t, data); c != tt.want {
				t.Errorf("counts %+v, want %+v", c, tt.want)
			}
			if code := issues[0].(map[string]any)["code"]; tt.code != "" && code != tt.code {
				t.Errorf("issue %v", issues[0])
			}
		})
	}
}

// refuseSecond refuses each second command.
func refuseSecond() func(x *mailtest.Exchange) {
	var n atomic.Int32
	return func(x *mailtest.Exchange) {
		if n.Add(1) == 2 {
			x.Reply("%T NO [OVERQUOTA] no room\r\n")
		}
	}
}
