package tools_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"mail-imap-mcp/internal/audit"
	"mail-imap-mcp/internal/mailtest"
)

// gate holds a command back until it is opened.
type gate struct {
	open    chan struct{}
	reached chan struct{}
	once    sync.Once
}

func newGate() *gate { return &gate{open: make(chan struct{}), reached: make(chan struct{})} }

// at is the fault of waiting at the gate.
func (g *gate) at(verb string) mailtest.Fault {
	return mailtest.FaultAt(verb, func(x *mailtest.Exchange) {
		g.once.Do(func() { close(g.reached) })
		select {
		case <-g.open:
		case <-x.Done():
		}
	})
}

// operationOf is an answer's operation, which must fit the tool's schema.
func operationOf(t *testing.T, tool string, r reply) map[string]any {
	t.Helper()
	fits(t, tool, r)
	o, ok := r.data(t)["operation"].(map[string]any)
	if !ok {
		t.Fatalf("no operation in %s", r.text)
	}
	return o
}

// poll asks for an operation until it is over.
func poll(t *testing.T, session *mcp.ClientSession, id string) (data map[string]any) {
	t.Helper()
	waitFor(t, func() bool {
		r := call(t, session, "imap_get_operation", `{"operation_id":`+quote(id)+`}`)
		fits(t, "imap_get_operation", r)
		data, _ = r.answered(t)
		return data["operation"].(map[string]any)["done"] == true
	})
	return data
}

func TestOperation_AWriteThatTakesLongIsAskedFor(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ tool, arguments, slow, kind, over string }{
		{"imap_apply_to_messages", `{"message_ids":ID,"action":"archive"}`, "UID MOVE", "archive", "Over (done): changed 1 message"},
		{"imap_update_message_flags", `{"message_ids":ID,"operation":"add","flags":["\\Seen"]}`, "UID STORE", "flags", "Over (done): changed 1 message"},
		{"imap_save_draft", `{"body":"x"}`, "APPEND", "draft", "Over (done): saved 1 draft"},
		{"imap_manage_mailbox", `{"action":"create","mailbox":"New"}`, "CREATE", "mailbox", "Over (done): changed 1 mailbox"},
	} {
		t.Run(tt.tool, func(t *testing.T) {
			t.Parallel()
			srv, ids := withMany(t, 1)
			held := newGate()
			session := connectWriting(t, mailtest.NewFaulty(t, srv, held.at(tt.slow)))
			start := time.Now()
			r := call(t, session, tt.tool, strings.ReplaceAll(tt.arguments, "ID", list(ids...)))
			if took := time.Since(start); took < 2*time.Second {
				t.Errorf("answered after %s", took)
			}
			o := operationOf(t, tt.tool, r)
			progress := o["progress"].(map[string]any)
			if o["state"] != "running" || o["done"] != false || o["cancel_supported"] != true || o["kind"] != tt.kind || o["created_at"] == "" || o["finished_at"] != nil || progress["done"] != 0.0 || progress["total"] != 1.0 {
				t.Errorf("operation %v", o)
			}
			id := o["operation_id"].(string)
			if tool, arguments := next(r.data(t)); tool != "imap_get_operation" || arguments["operation_id"] != id {
				t.Errorf("next %s %v", tool, arguments)
			}
			if code, message := call(t, session, "imap_undo_operation", `{"operation_id":`+quote(id)+`}`).refused(t); code != "conflict" || !strings.Contains(message, "still running") {
				t.Errorf("an undo meanwhile: %s: %s", code, message)
			}
			close(held.open)
			data := poll(t, session, id)
			if c := counts(t, data); c != (tally{done: 1}) {
				t.Errorf("counts %+v", c)
			}
			if o := data["operation"].(map[string]any); o["state"] != "done" || o["cancel_supported"] != false || o["finished_at"] == "" {
				t.Errorf("operation %v", o)
			}
			of := data["result"].(map[string]any)["messages"].([]any)[0].(map[string]any)["message_id"]
			if id, is := of.(string); is != (tt.kind != "mailbox") || (is && !strings.HasPrefix(id, "imap:default:")) {
				t.Errorf("the result is of %v", of)
			}
			short := call(t, session, "imap_get_operation", `{"operation_id":`+quote(id)+`,"include_result":false}`)
			if short.data(t)["result"] != nil || short.structured["summary"] != tt.over {
				t.Errorf("without include_result: %s", short.text)
			}
		})
	}
}

// crossing moves messages to another account, one a batch; the second is held
// back.
func crossing(t *testing.T, record *book) (srv, other *mailtest.Memory, session *mcp.ClientSession, arguments string, held *gate) {
	t.Helper()
	srv, ids := withMany(t, 3)
	other = mailtest.NewMemory(t)
	held = newGate()
	session = connectWith(t, srv, setup{writes: true, audit: record, others: map[string]mailtest.Server{"work": mailtest.NewFaulty(t, other, held.at("APPEND").After(1).Times(1))}})
	return srv, other, session, `{"message_ids":` + list(ids...) + `,"action":"move","destination_mailbox":"INBOX","destination_account_id":"work"}`, held
}

func TestOperation_CancellingEndsItBetweenBatches(t *testing.T) {
	t.Parallel()
	srv, other, session, arguments, held := crossing(t, &book{})
	o := operationOf(t, "imap_apply_to_messages", call(t, session, "imap_apply_to_messages", arguments))
	if p := o["progress"].(map[string]any); p["done"] != 1.0 || p["total"] != 3.0 {
		t.Errorf("progress %v", p)
	}
	id := o["operation_id"].(string)
	r := call(t, session, "imap_cancel_operation", `{"operation_id":`+quote(id)+`}`)
	if o := operationOf(t, "imap_cancel_operation", r); o["done"] != false || o["cancel_supported"] != false {
		t.Errorf("a batch is under way, and it says %v", o)
	}
	close(held.open)
	data := poll(t, session, id)
	if c := counts(t, data); c != (tally{done: 2, notAttempted: 1}) || data["operation"].(map[string]any)["state"] != "cancelled" {
		t.Errorf("after cancelling: %v", data)
	}
	if a, b := len(srv.Messages(t, "INBOX")), len(other.Messages(t, "INBOX")); a != 1 || b != 2 {
		t.Errorf("%d are where they were, %d in the other account", a, b)
	}
	again := call(t, session, "imap_cancel_operation", `{"operation_id":`+quote(id)+`}`)
	if o := operationOf(t, "imap_cancel_operation", again); o["state"] != "cancelled" {
		t.Errorf("cancelled again: %v", o)
	}
	undone := call(t, session, "imap_undo_operation", `{"operation_id":`+quote(id)+`}`)
	if c := counts(t, undone.data(t)); c.done != 2 || len(srv.Messages(t, "INBOX")) != 3 {
		t.Errorf("undone %+v, INBOX has %d", c, len(srv.Messages(t, "INBOX")))
	}
}

// A client that gives the request up means the change too; what is under way is
// finished and recorded.
func TestOperation_ARequestThatIsCancelledCancelsIt(t *testing.T) {
	t.Parallel()
	var record book
	srv, other, session, arguments, held := crossing(t, &record)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := session.CallTool(ctx, &mcp.CallToolParams{Name: "imap_apply_to_messages", Arguments: json.RawMessage(arguments)})
		ended <- err
	}()
	<-held.reached
	cancel()
	if err := <-ended; err == nil {
		t.Error("the call succeeds")
	}
	waitFor(t, func() bool { return record.has("call") }) // the server has heard of it
	close(held.open)
	waitFor(t, func() bool { return record.has("outcome") })
	outcome := record.take("outcome")[0]
	if outcome.Outcome != "cancelled" || outcome.Counts["done"] != 2 || outcome.Counts["not_attempted"] != 1 {
		t.Errorf("the audit says %+v", outcome)
	}
	if a, b := len(srv.Messages(t, "INBOX")), len(other.Messages(t, "INBOX")); a != 1 || b != 2 {
		t.Errorf("%d are where they were, %d in the other account", a, b)
	}
}

// has reports whether a line of that kind was written.
func (b *book) has(event string) bool { return b.find(event) != nil }

func (b *book) find(event string) *audit.Entry {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range b.entries {
		if b.entries[i].Event == event {
			return &b.entries[i]
		}
	}
	return nil
}

// With a token the client hears how far a change is, never backwards and up to
// all of it.
func TestOperation_ProgressIsNotified(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	ids := []string{}
	for i := range 6 {
		name := fmt.Sprintf("Box%d", i)
		srv.Create(t, name)
		srv.Append(t, name, mailtest.Message{Raw: []byte(letter)}, mailtest.Message{Raw: []byte(letter)})
		ids = append(ids, inMailbox(name, srv.UIDValidity(t, name), 1), inMailbox(name, srv.UIDValidity(t, name), 2))
	}
	var mu sync.Mutex
	var heard []float64
	session := connectWith(t, srv, setup{writes: true, progress: func(r *mcp.ProgressNotificationClientRequest) {
		mu.Lock()
		defer mu.Unlock()
		if r.Params.ProgressToken != "t1" || r.Params.Total != 12 {
			t.Errorf("notified %+v", r.Params)
		}
		heard = append(heard, r.Params.Progress)
	}})
	p := &mcp.CallToolParams{Name: "imap_apply_to_messages", Arguments: json.RawMessage(moving(ids, ""))}
	p.SetProgressToken("t1")
	if r, err := session.CallTool(t.Context(), p); err != nil || r.IsError {
		t.Fatalf("%+v, %v", r, err)
	}
	last := func() float64 {
		mu.Lock()
		defer mu.Unlock()
		if len(heard) == 0 {
			return 0
		}
		return heard[len(heard)-1]
	}
	waitFor(t, func() bool { return last() == 12 })
	for i, done := range heard {
		if done <= 0 || (i > 0 && done <= heard[i-1]) {
			t.Errorf("progress %v", heard)
		}
	}
}
