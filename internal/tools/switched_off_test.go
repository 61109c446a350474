package tools_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/tools"
)

// Writing disabled, for the server or for its one account: no write tool is
// listed, each is refused in words that say which setting it is, the attempt is
// a security event, and the mail server sees commands that read and no others.
func TestDisabled_WritesAreNotListedAndRefused(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, words string
		with        setup
	}{
		{"the server", "write tools are disabled; set MAIL_IMAP_WRITE_ENABLED=true", setup{}},
		{"the account", "MAIL_IMAP_DEFAULT_WRITE_ENABLED=true", setup{writes: true, account: func(a *config.Account) { a.WriteEnabled = false }}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			srv, id := withLetter(t)
			wire := mailtest.Record(t, srv)
			record := &book{}
			tt.with.audit = record
			session := connectWith(t, wire, tt.with)
			list, err := session.ListTools(t.Context(), nil)
			if err != nil || len(list.Tools) != len(everyCall(id)) {
				t.Fatalf("%d tools are listed, %v", len(list.Tools), err)
			}
			for _, c := range everyCall(id) {
				call(t, session, c.tool, c.arguments).data(t)
			}
			record.take()
			for _, c := range everyWrite(id) {
				code, message := call(t, session, c.tool, c.arguments).refused(t)
				if code != "permission_denied" || !strings.Contains(message, tt.words) {
					t.Errorf("%s: %s: %s", c.tool, code, message)
				}
				// In the audit each event stands at most once a minute.
				if c == everyWrite(id)[0] {
					if events := record.take("security"); len(events) != 1 || events[0].Name != "write_while_disabled" {
						t.Errorf("security events %+v", events)
					}
				}
			}
			if onlyReads(t, wire) == 0 {
				t.Error("nothing was read")
			}
			if m := srv.Messages(t, "INBOX"); len(m) != 1 || len(m[0].Flags) != 0 {
				t.Errorf("INBOX has %+v", m)
			}
		})
	}
}

// Of two accounts the read-only one is refused, as a source and as a
// destination, and the other is changed.
func TestDisabled_OfOneAccountOnly(t *testing.T) {
	t.Parallel()
	srv, id := withLetter(t)
	other := mailtest.NewMemory(t)
	other.Append(t, "INBOX", mailtest.Message{Raw: []byte(letter)})
	theirs := contract.MessageID{Account: "work", Mailbox: "INBOX", UIDValidity: other.UIDValidity(t, "INBOX"), UID: 1}.String()
	wire := mailtest.Record(t, other)
	session := connectWith(t, srv, setup{writes: true, others: map[string]mailtest.Server{"work": wire}, account: func(a *config.Account) { a.WriteEnabled = a.ID == "default" }})
	for name, c := range map[string][2]string{
		"flags":             {"imap_update_message_flags", `{"message_ids":[` + quote(theirs) + `],"operation":"add","flags":["\\Seen"]}`},
		"archive":           {"imap_apply_to_messages", `{"message_ids":[` + quote(theirs) + `],"action":"archive"}`},
		"copied to it":      {"imap_apply_to_messages", `{"message_ids":[` + quote(id) + `],"action":"copy","destination_mailbox":"INBOX","destination_account_id":"work"}`},
		"moved away":        {"imap_apply_to_messages", `{"message_ids":[` + quote(theirs) + `],"action":"move","destination_mailbox":"INBOX","destination_account_id":"default"}`},
		"a mailbox":         {"imap_manage_mailbox", `{"account_id":"work","action":"create","mailbox":"A"}`},
		"a draft":           {"imap_save_draft", `{"account_id":"WORK","body":"x"}`},
		"a reply":           {"imap_save_draft", `{"reply_to_message_id":` + quote(theirs) + `,"body":"x"}`},
		"a reply elsewhere": {"imap_save_draft", `{"reply_to_message_id":` + quote(id) + `,"account_id":"work","body":"x"}`},
	} {
		if code, message := call(t, session, c[0], c[1]).refused(t); code != "permission_denied" || !strings.Contains(message, "MAIL_IMAP_WORK_WRITE_ENABLED") {
			t.Errorf("%s: %s: %s", name, code, message)
		}
	}
	onlyReads(t, wire)
	if a, b := len(other.Messages(t, "INBOX")), len(other.Messages(t, "Drafts")); a != 1 || b != 0 {
		t.Errorf("the other account has %d and %d", a, b)
	}
	call(t, session, "imap_update_message_flags", `{"message_ids":[`+quote(id)+`],"operation":"add","flags":["\\Seen"]}`).data(t)
}

// An operation is of the account that it changed, not of the default one.
func TestDisabled_AnotherAccountCanBeUndone(t *testing.T) {
	t.Parallel()
	srv, _ := withLetter(t)
	other := mailtest.NewMemory(t)
	other.Append(t, "INBOX", mailtest.Message{Raw: []byte(letter)})
	theirs := contract.MessageID{Account: "work", Mailbox: "INBOX", UIDValidity: other.UIDValidity(t, "INBOX"), UID: 1}.String()
	record := &book{}
	session := connectWith(t, srv, setup{writes: true, audit: record, others: map[string]mailtest.Server{"work": other}, account: func(a *config.Account) { a.WriteEnabled = a.ID == "work" }})
	done := call(t, session, "imap_apply_to_messages", moving([]string{theirs}, "")).data(t)
	record.take()
	undo(t, session, done["operation_id"]).data(t)
	if n := len(other.Messages(t, "INBOX")); n != 1 {
		t.Errorf("INBOX has %d", n)
	}
	for _, e := range record.take("call", "intent", "outcome") {
		if e.Account != "work" {
			t.Errorf("the audit says %+v", e)
		}
	}
}

// What the owner switched off is neither listed nor answered.
func TestToolsets_OnlyWhatIsOnIsListedAndAnswered(t *testing.T) {
	t.Parallel()
	readers := []string{"imap_list_accounts", "imap_verify_account", "imap_list_mailboxes", "imap_search_messages", "imap_get_message", "imap_get_thread", "imap_get_attachment", "imap_get_message_raw"}
	organizers := []string{"imap_apply_to_messages", "imap_update_message_flags"}
	operations := []string{"imap_get_operation", "imap_cancel_operation", "imap_undo_operation"}
	for _, tt := range []struct {
		name   string
		writes bool
		on     config.Writing
		want   []string
	}{
		{"all", true, config.Writing{}, tools.Names()},
		{"reading", true, config.Writing{Toolsets: []string{"read"}}, readers},
		{"organising", true, config.Writing{Toolsets: []string{"read", "organize"}}, slices.Concat(readers, organizers, operations)},
		{"drafts alone", true, config.Writing{Toolsets: []string{"drafts"}}, slices.Concat([]string{"imap_save_draft"}, operations)},
		{"mailboxes alone", true, config.Writing{Toolsets: []string{"mailboxes"}}, slices.Concat([]string{"imap_manage_mailbox"}, operations)},
		{"organising without leave to write", false, config.Writing{Toolsets: []string{"organize"}}, nil},
		{"two tools", true, config.Writing{AllowTools: []string{"imap_search_messages", "imap_save_draft"}}, []string{"imap_search_messages", "imap_save_draft"}},
		{"one tool of a set that is off", true, config.Writing{Toolsets: []string{"read"}, AllowTools: []string{"imap_search_messages", "imap_save_draft"}}, []string{"imap_search_messages"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			srv, id := withLetter(t)
			wire := mailtest.Record(t, srv)
			session := connectWith(t, wire, setup{writes: tt.writes, writing: tt.on})
			list, err := session.ListTools(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			listed := []string{}
			for _, tool := range list.Tools {
				listed = append(listed, tool.Name)
			}
			want := slices.Sorted(slices.Values(tt.want))
			if slices.Sort(listed); !slices.Equal(listed, want) {
				t.Errorf("listed %v, want %v", listed, want)
			}
			for _, c := range append(everyCall(id), everyWrite(id)...) {
				if slices.Contains(listed, c.tool) {
					continue
				}
				if code, message := call(t, session, c.tool, c.arguments).refused(t); code != "permission_denied" || !strings.Contains(message, "MAIL_IMAP_") {
					t.Errorf("%s: %s: %s", c.tool, code, message)
				}
			}
			if sent := wire.ClientBytes(); len(sent) > 0 {
				t.Errorf("something reached the wire: %q", sent)
			}
		})
	}
}

// A resource reads what a tool reads: it is off with that tool.
func TestToolsets_ResourcesGoWithTheirTools(t *testing.T) {
	t.Parallel()
	srv, id := withLetter(t)
	for _, tt := range []struct {
		name         string
		on           config.Writing
		message, raw bool
	}{
		{"all", config.Writing{}, true, true},
		{"no reading", config.Writing{Toolsets: []string{"drafts"}}, false, false},
		{"messages, no sources", config.Writing{AllowTools: []string{"imap_get_message"}}, true, false},
		{"sources, no messages", config.Writing{AllowTools: []string{"imap_get_message_raw"}}, false, true},
	} {
		session := connectWith(t, srv, setup{writing: tt.on})
		for more, on := range map[string]bool{"": tt.message, "/raw": tt.raw} {
			_, err := session.ReadResource(t.Context(), &mcp.ReadResourceParams{URI: uriOf(t, id) + more})
			var refused *jsonrpc.Error
			if on != (err == nil) || (!on && (!errors.As(err, &refused) || !strings.Contains(string(refused.Data), "permission_denied"))) {
				t.Errorf("%s: %q: %v", tt.name, more, err)
			}
		}
	}
}

// retryAfter is what a refusal says of when to come again.
func retryAfter(t *testing.T, r reply) float64 {
	t.Helper()
	var e contract.ErrorEnvelope
	if err := json.Unmarshal([]byte(r.text), &e); err != nil || !r.result.IsError || e.Error.Code != contract.RateLimited {
		t.Fatalf("answered %s", r.text)
	}
	ms, _ := e.Error.Details["retry_after_ms"].(float64)
	return ms
}

// The burst is used up, the refusal says when to come again, and then it goes
// on; reads and writes have buckets of their own. A turn is ten seconds away, so
// no call waits for it.
func TestRate_RefusesWhenTheBurstIsUsedUp(t *testing.T) {
	t.Parallel()
	srv, id := withLetter(t)
	clock := newClock()
	session := connectWith(t, srv, setup{writes: true, now: clock.now, writing: config.Writing{
		RateReads: config.Rate{PerSecond: 0.1, Burst: 3}, RateWrites: config.Rate{PerSecond: 0.05, Burst: 2},
	}})
	flag := `{"message_ids":[` + quote(id) + `],"operation":"add","flags":["\\Seen"]}`
	for _, tt := range []struct {
		tool, arguments string
		burst           int
		wait            float64
	}{
		{"imap_update_message_flags", flag, 2, 15_000},
		{"imap_search_messages", `{"mailbox":"INBOX"}`, 3, 5_000},
	} {
		for range tt.burst {
			call(t, session, tt.tool, tt.arguments).data(t)
		}
		if ms := retryAfter(t, call(t, session, tt.tool, tt.arguments)); ms != tt.wait {
			t.Errorf("%s: come again after %v ms, want %v", tt.tool, ms, tt.wait)
		}
		clock.at = clock.at.Add(time.Duration(tt.wait)*time.Millisecond - time.Microsecond)
		if ms := retryAfter(t, call(t, session, tt.tool, tt.arguments)); ms != 1 {
			t.Errorf("%s: a little too early, come again after %v ms", tt.tool, ms)
		}
		clock.at = clock.at.Add(5*time.Second + time.Millisecond)
		call(t, session, tt.tool, tt.arguments).data(t)
	}
	// A dry run counts as a read.
	look := strings.TrimSuffix(flag, "}") + `,"dry_run":true}`
	clock.at = clock.at.Add(time.Hour)
	for range 3 {
		call(t, session, "imap_update_message_flags", look).data(t)
	}
	retryAfter(t, call(t, session, "imap_update_message_flags", look))
	call(t, session, "imap_update_message_flags", flag).data(t)
	// What is refused for its arguments costs as much: a burst of nonsense is one.
	clock.at = clock.at.Add(time.Hour)
	for range 3 {
		call(t, session, "imap_search_messages", `{"nonsense":1}`).refused(t)
	}
	retryAfter(t, call(t, session, "imap_search_messages", `{"nonsense":1}`))
	_, err := session.ReadResource(t.Context(), &mcp.ReadResourceParams{URI: uriOf(t, id)})
	var refused *jsonrpc.Error
	if !errors.As(err, &refused) || !strings.Contains(string(refused.Data), "rate_limited") {
		t.Errorf("a resource: %v", err)
	}
}

// More messages than the owner lets be moved in a minute are refused whole, with
// how long to wait; flags and copies do not count.
func TestBulk_RefusesMoreThanTheOwnerAllows(t *testing.T) {
	t.Parallel()
	srv, ids := withMany(t, 12)
	session := connectWith(t, srv, setup{writes: true, now: newClock().now, writing: config.Writing{BulkPerMinute: 10, BulkPerDay: 100}})
	call(t, session, "imap_apply_to_messages", moving(ids[:8], "")).data(t)
	if ms := retryAfter(t, call(t, session, "imap_apply_to_messages", moving(ids[8:], ""))); ms <= 0 || ms > 60_000 {
		t.Errorf("come again after %v ms", ms)
	}
	call(t, session, "imap_update_message_flags", `{"message_ids":`+list(ids[8:]...)+`,"operation":"add","flags":["\\Seen"]}`).data(t)
	call(t, session, "imap_apply_to_messages", `{"message_ids":`+list(ids[8:]...)+`,"action":"copy","destination_mailbox":"Sent"}`).data(t)
	call(t, session, "imap_apply_to_messages", moving(ids[8:10], "")).data(t)
	if n := len(srv.Messages(t, "INBOX")); n != 2 {
		t.Errorf("INBOX has %d", n)
	}
}
