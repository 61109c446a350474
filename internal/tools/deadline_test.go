package tools_test

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"mail-imap-mcp/internal/mailtest"
)

// callTimeout is the time of a call in these tests: what does not hang is over
// long before.
const callTimeout = 3 * time.Second

// waiting are tests that wait, all at the same time: as many as there are, where
// t.Parallel has them take turns.
type waiting struct{ sync.WaitGroup }

func (w *waiting) run(t *testing.T, name string, test func(*testing.T)) {
	w.Go(func() { t.Run(name, test) })
}

// stopsAfter lets n responses to a command through, once, and then the server
// keeps the connection open and says no more.
func stopsAfter(verb string, n int32) mailtest.Fault {
	return mailtest.FaultAt(verb, func(x *mailtest.Exchange) {
		var seen atomic.Int32
		x.Rewrite(func(unit []byte) []byte {
			if seen.Add(1) > n {
				<-x.Done()
				return nil
			}
			return unit
		})
	}).Times(1)
}

// inTime makes a call that must be answered by its deadline, and an issue of it
// must say which one that was.
func inTime(t *testing.T, session *mcp.ClientSession, tool, arguments string) (data map[string]any, status string) {
	t.Helper()
	start := time.Now()
	r := call(t, session, tool, arguments)
	// Half of the silence that is allowed beside it.
	if took := time.Since(start); took > 15*time.Second {
		t.Errorf("answered after %s", took)
	}
	fits(t, tool, r)
	data, status = r.answered(t)
	issues, _ := data["issues"].([]any)
	if len(issues) == 0 {
		t.Fatalf("no issue: %s", r.text)
	}
	issue := issues[0].(map[string]any)
	if message, _ := issue["message"].(string); issue["code"] != "timeout" || issue["retryable"] != true || !strings.Contains(message, "MAIL_IMAP_CALL_TIMEOUT_MS") {
		t.Errorf("issue %v", issue)
	}
	return data, status
}

func idsIn(data map[string]any) (ids []string) {
	for _, m := range data["messages"].([]any) {
		ids = append(ids, m.(map[string]any)["message_id"].(string))
	}
	return ids
}

// What a server sent of a page before the time was up is shown, and the cursor
// leaves out none of the rest.
func TestDeadline_ASearchShowsWhatCameAndGoesOn(t *testing.T) {
	t.Parallel()
	var all waiting
	defer all.Wait()
	for name, tt := range map[string]struct {
		fault    mailtest.Fault
		criteria string
	}{
		"the newest":       {stopsAfter("FETCH", 4), ``},
		"matches":          {stopsAfter("UID FETCH", 4), `,"from":"ada"`},
		"nothing of it":    {stopsAfter("UID FETCH", 0), `,"from":"ada"`},
		"looked through":   {stopsAfter("UID FETCH", 0).After(1), `,"has_attachment":false`},
		"behind a snippet": {stopsAfter("UID FETCH", 0).After(1), `,"from":"ada","snippet_max_chars":50`},
	} {
		all.run(t, name, func(t *testing.T) {
			srv, want := withMany(t, 35)
			session := connectWith(t, mailtest.NewFaulty(t, srv, tt.fault), setup{timeout: callTimeout})
			data, status := inTime(t, session, "imap_search_messages", `{"mailbox":"INBOX"`+tt.criteria+`}`)
			first := idsIn(data)
			returned, failed := int(data["returned"].(float64)), int(data["failed"].(float64))
			switch name {
			case "the newest", "matches":
				if status != "partial" || returned != 4 || failed != 6 {
					t.Errorf("%s, returned %d, failed %d; want partial, 4 and 6", status, returned, failed)
				}
			case "nothing of it":
				if said := data["next_action"].(map[string]any)["instruction"].(string); status != "failed" || returned != 0 || failed != 10 || !strings.HasPrefix(said, "Nothing could be shown") {
					t.Errorf("%s, returned %d, failed %d: %s", status, returned, failed, said)
				}
			case "looked through":
				want = nil // every letter has one
				if status != "partial" || returned != 0 || failed != 0 || data["has_more"] != true {
					t.Errorf("%s, returned %d, failed %d; want partial, none and a cursor", status, returned, failed)
				}
			default:
				if status != "partial" || returned != 10 || failed != 0 {
					t.Errorf("%s, returned %d, failed %d; want partial and all 10", status, returned, failed)
				}
			}
			seen := map[string]bool{}
			for {
				for _, id := range idsIn(data) {
					seen[id] = true
				}
				tool, arguments := next(data)
				if data["has_more"] != true {
					break
				}
				if tool != "imap_search_messages" || arguments["cursor"] == nil {
					t.Fatalf("next is %s %v", tool, arguments)
				}
				data = call(t, session, tool, `{"cursor":`+quote(arguments["cursor"].(string))+`}`).data(t)
			}
			if len(seen) != len(want) {
				t.Errorf("%d of %d messages were shown, %d on the first page", len(seen), len(want), len(first))
			}
		})
	}
}

// A server that sends a byte now and then is never silent for long.
func TestDeadline_ADrippingServerIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	var all waiting
	defer all.Wait()
	const every = 50 * time.Millisecond // a body of 2 kB is over after two minutes
	for _, tt := range []struct {
		name, tool, arguments string
		fault                 mailtest.Fault
		status                string
	}{
		{"greeting", "imap_verify_account", `{}`, mailtest.FaultDripGreeting(every), "failed"},
		{"list", "imap_list_mailboxes", `{}`, mailtest.FaultDrip("LIST", every), "failed"},
		{"search", "imap_search_messages", `{"mailbox":"INBOX","from":"ada"}`, mailtest.FaultDrip("UID SEARCH", every), "failed"},
		{"header", "imap_get_message", `{"message_id":%s}`, mailtest.FaultDrip("UID FETCH", every), "failed"},
		{"body", "imap_get_message", `{"message_id":%s}`, mailtest.FaultDrip("UID FETCH", every).After(1), "partial"},
		{"source", "imap_get_message_raw", `{"message_id":%s}`, mailtest.FaultDrip("UID FETCH", every), "failed"},
		{"attachment", "imap_get_attachment", `{"message_id":%s,"part_id":"2"}`, mailtest.FaultDrip("UID FETCH", every).After(1), "failed"},
		{"conversation", "imap_get_thread", `{"message_id":%s}`, mailtest.FaultDrip("UID SEARCH", every), "partial"},
	} {
		all.run(t, tt.name, func(t *testing.T) {
			srv := mailtest.NewMemory(t)
			long := strings.Replace(letter, "\r\n\r\n", "\r\n\r\n"+strings.Repeat("A line of text.\r\n", 150), 2)
			long = strings.Replace(long, "JVBERg==", strings.Repeat("JVBERiBv\r\n", 200)+"JVBERg==", 1)
			srv.Append(t, "INBOX", mailtest.Message{Raw: []byte(long)})
			session := connectWith(t, mailtest.NewFaulty(t, srv, tt.fault), setup{timeout: callTimeout})
			data, status := inTime(t, session, tt.tool, strings.ReplaceAll(tt.arguments, "%s", quote(numbered(t, srv, 1)[0])))
			if status != tt.status {
				t.Errorf("%s: %v", status, data)
			}
			if tt.name != "body" {
				return
			}
			message := data["message"].(map[string]any)
			if tool, arguments := next(data); tool != "imap_get_message_raw" || arguments["message_id"] != message["message_id"] || message["subject"] != "Tea" {
				t.Errorf("next %s %v, message %v", tool, arguments, message)
			}
		})
	}
}

// The time is the server's, not the person's.
func TestDeadline_APersonMayThinkForLonger(t *testing.T) {
	t.Parallel()
	var all waiting
	defer all.Wait()
	for _, protocol := range protocols {
		all.run(t, protocol.name, func(t *testing.T) {
			srv, ids := withMany(t, 30)
			thinking := func(context.Context, *mcp.ElicitRequest) (*mcp.ElicitResult, error) {
				time.Sleep(callTimeout + time.Second)
				return &mcp.ElicitResult{Action: "accept"}, nil
			}
			session := connectWith(t, srv, setup{writes: true, elicit: thinking, protocol: protocol.version, timeout: callTimeout})
			if c := counts(t, call(t, session, "imap_apply_to_messages", moving(ids, "")).data(t)); c.done != 30 {
				t.Errorf("counts %+v", c)
			}
		})
	}
}
