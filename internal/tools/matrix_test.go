package tools_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/secret"
	"mail-imap-mcp/internal/tools"
)

// way is a call that leads to the mailbox "Secret" of the account "work", and what
// the audit says it is about.
type way struct {
	name, tool, arguments string
	account, mailbox, to  string // to is account/mailbox
	writes                bool
}

// house is two accounts, and what leads to Secret: ids, a cursor and an operation.
type house struct {
	home, work        *mailtest.Memory
	wire              *mailtest.Recorder // of work
	setup             setup
	mine, theirs      string // ids of a letter in INBOX, and in Secret
	cursor, operation string
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{work: mailtest.NewMemory(t)}
	h.home, h.mine = withLetter(t)
	h.work.Create(t, "Secret")
	uids := h.work.Append(t, "Secret", mailtest.Message{Raw: []byte(letter), Flags: []string{`\Draft`}}, mailtest.Message{Raw: []byte(letter)}, mailtest.Message{Raw: []byte(letter)})
	id := func(uid uint32) string {
		return contract.MessageID{Account: "work", Mailbox: "Secret", UIDValidity: h.work.UIDValidity(t, "Secret"), UID: uid}.String()
	}
	h.theirs = id(uids[0])
	h.wire = mailtest.Record(t, h.work)
	h.setup = setup{writes: true, others: map[string]mailtest.Server{"work": h.wire}, key: secret.New(strings.Repeat("k", 32))}
	before := h.setup
	before.state = t.TempDir()
	// What an owner restricts, they restrict while no server runs.
	t.Run("before", func(t *testing.T) {
		session := connectWith(t, h.home, before)
		h.cursor = call(t, session, "imap_search_messages", `{"account_id":"work","mailbox":"Secret","limit":1}`).data(t)["next_cursor"].(string)
		h.operation = call(t, session, "imap_apply_to_messages", moving([]string{id(uids[2])}, "")).data(t)["operation_id"].(string)
	})
	h.setup.state = before.state
	return h
}

// ways are all that lead there.
func (h *house) ways(t *testing.T) []way {
	mine, theirs, uri, short := quote(h.mine), quote(h.theirs), quote(uriOf(t, h.theirs)), quote(shortOf(t, h.theirs))
	list := []way{
		{"by name", "imap_search_messages", `{"account_id":"work","mailbox":"Secret"}`, "work", "Secret", "", false},
		{"by cursor", "imap_search_messages", `{"cursor":` + quote(h.cursor) + `}`, "work", "Secret", "", false},
		{"beside a conversation", "imap_get_thread", `{"message_id":"imap:work:INBOX:1:1","mailboxes":"Secret"}`, "work", "INBOX", "", false},
		{"part", "imap_get_attachment", `{"message_id":` + theirs + `,"part_id":"2"}`, "work", "Secret", "", false},
		{"move away", "imap_apply_to_messages", `{"message_ids":` + theirs + `,"action":"archive","dry_run":true}`, "work", "Secret", "", true},
		{"move away by short id", "imap_apply_to_messages", `{"message_ids":` + short + `,"action":"archive","dry_run":true}`, "work", "Secret", "", true},
		{"forward by short id", "imap_save_draft", `{"forward_message_id":` + short + `,"body":"x","dry_run":true}`, "work", "Secret", "", true},
		{"move away by URI", "imap_apply_to_messages", `{"message_ids":[` + uri + `],"action":"trash","dry_run":true}`, "work", "Secret", "", true},
		{"move into", "imap_apply_to_messages", `{"message_ids":["imap:work:INBOX:1:1"],"action":"move","destination_mailbox":"Secret"}`, "work", "INBOX", "/Secret", true},
		{"copy into", "imap_apply_to_messages", `{"message_ids":[` + mine + `],"action":"copy","destination_mailbox":"Secret","destination_account_id":"WORK"}`, "default", "INBOX", "work/Secret", true},
		{"move to another account", "imap_apply_to_messages", `{"message_ids":[` + theirs + `],"action":"move","destination_mailbox":"INBOX","destination_account_id":"default","dry_run":true}`, "work", "Secret", "default/INBOX", true},
		{"flags", "imap_update_message_flags", `{"message_ids":[` + theirs + `],"operation":"add","flags":["read"]}`, "work", "Secret", "", true},
		{"flags by URI, tried", "imap_update_message_flags", `{"message_ids":[` + uri + `],"operation":"add","flags":["read"],"dry_run":true}`, "work", "Secret", "", true},
		{"rename", "imap_manage_mailbox", `{"account_id":"work","action":"rename","mailbox":"Secret","destination_mailbox":"Open","dry_run":true}`, "work", "Secret", "/Open", true},
		{"rename into", "imap_manage_mailbox", `{"account_id":"work","action":"rename","mailbox":"Archive","destination_mailbox":"Secret/A","dry_run":true}`, "work", "Archive", "/Secret/A", true},
		{"reply", "imap_save_draft", `{"reply_to_message_id":` + theirs + `,"body":"x","dry_run":true}`, "work", "Secret", "", true},
		{"forward by URI", "imap_save_draft", `{"forward_message_id":` + uri + `,"body":"x","dry_run":true}`, "work", "Secret", "", true},
		{"replace", "imap_save_draft", `{"replaces_message_id":` + theirs + `,"body":"x","dry_run":true}`, "work", "Secret", "", true},
		{"reply elsewhere", "imap_save_draft", `{"account_id":"default","reply_to_message_id":` + theirs + `,"body":"x","dry_run":true}`, "default", "", "", false},
		{"attach", "imap_save_draft", `{"account_id":"default","attach":[{"message_id":` + theirs + `,"part_id":"2"}],"dry_run":true}`, "default", "", "", false},
		{"operation", "imap_get_operation", `{"operation_id":` + quote(h.operation) + `}`, "work", "Secret", "", false},
		{"operation to cancel", "imap_cancel_operation", `{"operation_id":` + quote(h.operation) + `}`, "work", "Secret", "", false},
		{"operation to undo", "imap_undo_operation", `{"operation_id":` + quote(h.operation) + `}`, "work", "Secret", "", true},
	}
	for _, tool := range []string{"imap_get_message", "imap_get_message_raw", "imap_get_thread"} {
		for how, id := range map[string]string{"by id": h.theirs, "by URI": uriOf(t, h.theirs), "by short id": shortOf(t, h.theirs), "by the source's URI": uriOf(t, h.theirs) + "/raw"} {
			list = append(list, way{how, tool, `{"message_id":` + quote(id) + `}`, "work", "Secret", "", false})
		}
	}
	return list
}

// audited checks the one line of the audit about a call.
func (w way) audited(t *testing.T, record *book, event string) {
	t.Helper()
	lines := record.take("call", "refusal")
	if len(lines) != 1 {
		t.Fatalf("the audit has %+v", lines)
	}
	e := lines[0]
	to := strings.Trim(e.ToAccount+"/"+e.ToMailbox, " ")
	if to == "/" {
		to = ""
	}
	if e.Event != event || e.Tool != w.tool || e.Account != w.account || e.Mailbox != w.mailbox || to != w.to {
		t.Errorf("the audit has %+v, want %s of %s, %s to %q", e, event, w.account, w.mailbox, w.to)
	}
}

// Whatever leads to a mailbox, the guard knows of it before anything acts: where
// it is denied it is not there, where its account is read-only nothing changes it,
// and the audit names the account and mailbox that it is about.
func TestMatrix_EveryWayToAMailbox(t *testing.T) {
	t.Parallel()
	for _, rule := range []struct {
		name     string
		restrict func(*config.Account)
	}{
		{"free", nil},
		{"denied", func(a *config.Account) { a.DenyMailboxes = map[string][]string{"work": {"Secret"}}[a.ID] }},
		{"read-only", func(a *config.Account) { a.WriteEnabled = a.ID != "work" }},
	} {
		t.Run(rule.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			record := &book{}
			h.setup.audit, h.setup.account = record, rule.restrict
			session := connectWith(t, h.home, h.setup)
			tried := map[string]bool{}
			for _, w := range h.ways(t) {
				tried[w.tool] = true
				t.Run(w.tool+" "+w.name, func(t *testing.T) {
					h.wire.Reset()
					r := call(t, session, w.tool, w.arguments)
					switch {
					case rule.name == "denied":
						if code, message := r.refused(t); code != "not_found" || strings.Contains(message, "denied") {
							t.Errorf("%s: %s", code, message)
						}
						if sent := h.wire.ClientBytes(); bytes.Contains(sent, []byte("Secret")) {
							t.Errorf("sent %s", sent)
						}
						w.audited(t, record, "refusal")
					case rule.name == "read-only" && w.writes:
						if code, message := r.refused(t); code != "permission_denied" || !strings.Contains(message, "MAIL_IMAP_WORK_WRITE_ENABLED") {
							t.Errorf("%s: %s", code, message)
						}
						if sent := h.wire.ClientBytes(); len(sent) > 0 {
							t.Errorf("sent %s", sent)
						}
						w.audited(t, record, "refusal")
					case strings.Contains(w.arguments, "imap:work:INBOX:1:1"): // which is not there
						w.audited(t, record, "refusal")
					default:
						r.data(t)
						w.audited(t, record, "call")
					}
				})
			}
			for _, name := range tools.Names() {
				if !tried[name] && !slices.Contains([]string{"imap_list_accounts", "imap_verify_account", "imap_list_mailboxes"}, name) {
					t.Errorf("nothing is tried with %s", name)
				}
			}
			h.resources(t, session, record, rule.name == "denied")
		})
	}
}

// resources are read, and mailboxes completed, as with the tools.
func (h *house) resources(t *testing.T, session *mcp.ClientSession, record *book, denied bool) {
	t.Helper()
	for tool, uri := range map[string]string{"imap_get_message": uriOf(t, h.theirs), "imap_get_message_raw": uriOf(t, h.theirs) + "/raw"} {
		_, err := session.ReadResource(t.Context(), &mcp.ReadResourceParams{URI: uri})
		if (err != nil) != denied {
			t.Errorf("%s: %v", uri, err)
		}
		w := way{tool: tool, account: "work", mailbox: "Secret"}
		w.audited(t, record, map[bool]string{false: "call", true: "refusal"}[denied])
	}
	completed, err := session.Complete(t.Context(), &mcp.CompleteParams{
		Ref:      &mcp.CompleteReference{Type: "ref/resource", URI: "imap://{account}/mailbox/{mailbox}/message/{uidvalidity}/{uid}"},
		Argument: mcp.CompleteParamsArgument{Name: "mailbox"}, Context: &mcp.CompleteContext{Arguments: map[string]string{"account": "work"}},
	})
	if err != nil || slices.Contains(completed.Completion.Values, "Secret") == denied {
		t.Errorf("completed %+v, %v", completed, err)
	}
	way{tool: "imap_list_mailboxes", account: "work"}.audited(t, record, "call")
}

// A cursor is its caller's search: the account and mailbox that it names count,
// whatever the call says beside.
func TestMatrix_ACursorSaysWhoseItIs(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	record := &book{}
	h.setup.audit = record
	session := connectWith(t, h.home, h.setup)
	for _, beside := range []string{`"account_id":"default",`, `"mailbox":"INBOX",`} {
		code, message := call(t, session, "imap_search_messages", fmt.Sprintf(`{%s"cursor":%q}`, beside, h.cursor)).refused(t)
		if code != "invalid_input" || !strings.Contains(message, "is not the cursor's") {
			t.Errorf("%s%s: %s", beside, code, message)
		}
		way{tool: "imap_search_messages", account: "work", mailbox: "Secret"}.audited(t, record, "refusal")
	}
}
