package tools_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"github.com/emersion/go-imap/v2"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"mail-imap-mcp/internal/audit"
	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/guard"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/operation"
	"mail-imap-mcp/internal/secret"
	"mail-imap-mcp/internal/tools"
)

// attacked is a server whose model is an attacker's.
type attacked struct {
	session *mcp.ClientSession
	lines   *auditLines
	asked   *[]string // the questions put to the person
}

// attackSetup is what an owner set up; the zero value is the default account,
// which may be changed, and nobody is asked.
type attackSetup struct {
	servers map[string]mailtest.Server // by account
	account func(*config.Account)
	writing func(*config.Writing)
	deletes bool
	person  func(question string) string // what the person answers; nil: the client cannot ask
	log     io.Writer
	state   string // the state directory
}

// auditLines is an audit in memory.
type auditLines struct {
	mu   sync.Mutex
	list []audit.Entry
	full bool
}

func (a *auditLines) Write(_ context.Context, e audit.Entry) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.full {
		return errors.New("no room")
	}
	a.list = append(a.list, e)
	return nil
}

func (a *auditLines) fail(full bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.full = full
}

func (a *auditLines) of(event string) (list []audit.Entry) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, e := range a.list {
		if e.Event == event {
			list = append(list, e)
		}
	}
	return list
}

func attack(t *testing.T, with attackSetup) attacked {
	t.Helper()
	if with.log == nil {
		with.log = io.Discard
	}
	log := slog.New(slog.NewTextHandler(with.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	sealer, err := contract.NewSealer(secret.Value{}, time.Minute, nil)
	if err != nil {
		t.Fatal(err)
	}
	var pools []*imapconn.Pool
	for id, srv := range with.servers {
		account := srv.Account(id)
		account.WriteEnabled = true
		if with.account != nil {
			with.account(&account)
		}
		pools = append(pools, imapconn.NewPool(account, imapconn.Options{
			ConnectTimeout: 5 * time.Second, GreetingTimeout: 5 * time.Second, SocketTimeout: 30 * time.Second,
			IdleTTL: time.Minute, MaxIdle: 2, RootCAs: srv.RootCAs(), Logger: log,
		}))
	}
	rooms := tools.NewRooms(imapconn.NewAccounts(pools...), sealer, mailbox.Options{Logger: log})
	writing := config.Writing{Confirm: config.ConfirmAuto, BulkPerMinute: 500, BulkPerDay: 5000, UndoWindow: time.Hour, AllowPermanentDelete: with.deletes}
	if with.writing != nil {
		with.writing(&writing)
	}
	a := attacked{lines: &auditLines{}, asked: &[]string{}}
	operations, err := operation.New(operation.Options{UndoWindow: time.Hour, StateDir: with.state, Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	server := tools.NewServer(tools.Options{
		Rooms: rooms, Version: "test", Logger: log, Operations: operations, PermanentDelete: with.deletes,
		Guard: guard.New(guard.Options{
			Accounts: rooms.Accounts.List(), WriteEnabled: true, Writing: writing, Audit: a.lines, Sealer: sealer, Logger: log,
		}),
	})
	options := &mcp.ClientOptions{}
	if with.person != nil {
		options.ElicitationHandler = func(_ context.Context, req *mcp.ElicitRequest) (*mcp.ElicitResult, error) {
			*a.asked = append(*a.asked, req.Params.Message)
			return &mcp.ElicitResult{Action: with.person(req.Params.Message)}, nil
		}
	}
	client := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, options)
	near, far := mcp.NewInMemoryTransports()
	serverSession, err := server.Connect(t.Context(), far, nil)
	if err != nil {
		t.Fatal(err)
	}
	if a.session, err = client.Connect(t.Context(), near, nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = a.session.Close()
		_ = serverSession.Wait()
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = operations.Close(ctx)
		_ = rooms.Accounts.Close(ctx)
	})
	return a
}

// fill puts mails into a mailbox and returns their ids, as JSON strings.
func fill(t *testing.T, srv mailtest.Server, account, box string, n int, flags ...string) []string {
	t.Helper()
	var mails []mailtest.Message
	for i := range n {
		mails = append(mails, mailtest.Message{
			Raw: mailtest.Mail{From: "eve@evil.example", To: "me@example.org", Subject: fmt.Sprintf("Mail %d", i), Text: "hi"}.Bytes(), Flags: flags,
		})
	}
	var ids []string
	for _, uid := range srv.Append(t, box, mails...) {
		ids = append(ids, quote(contract.MessageID{Account: account, Mailbox: box, UIDValidity: srv.UIDValidity(t, box), UID: uid}.String()))
	}
	return ids
}

func quoted(ids []string) string { return "[" + strings.Join(ids, ",") + "]" }

// The write gate is of every account that a call changes: naming another one as
// the destination does not open the account that mail is taken from.
func TestAttack_MoveOutOfAnAccountThatMayNotBeChanged(t *testing.T) {
	t.Parallel()
	from, to := mailtest.NewMemory(t), mailtest.NewMemory(t)
	a := attack(t, attackSetup{
		servers: map[string]mailtest.Server{"home": from, "work": to},
		account: func(account *config.Account) { account.WriteEnabled = account.ID == "work" },
	})
	ids := fill(t, from, "home", "INBOX", 2)
	r := call(t, a.session, "imap_apply_to_messages", `{"message_ids":`+quoted(ids)+`,"action":"move","destination_mailbox":"INBOX","destination_account_id":"work"}`)
	if !r.result.IsError || !strings.Contains(r.text, "permission_denied") {
		t.Errorf("answer: %s", r.text)
	}
	if n := len(from.Messages(t, "INBOX")); n != 2 {
		t.Errorf("%d messages are left in an account that may not be changed", n)
	}
}

// What is refused because it is there already was never counted, and gives
// nothing back: else every second message of a day is free.
func TestAttack_RefusedMessagesDoNotPayForOthers(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	a := attack(t, attackSetup{
		servers: map[string]mailtest.Server{"default": srv},
		writing: func(w *config.Writing) { w.BulkPerMinute = 6 },
	})
	there := fill(t, srv, "default", "Archive", 3)
	moved := 0
	for range 4 {
		ids := slices.Concat(there, fill(t, srv, "default", "INBOX", 3))
		if r := call(t, a.session, "imap_apply_to_messages", `{"message_ids":`+quoted(ids)+`,"action":"archive"}`); !r.result.IsError {
			moved += 3
		}
	}
	if moved > 6 {
		t.Errorf("%d messages were moved in a minute, of 6 that may be", moved)
	}
}

// A message that is marked \Deleted and could not be removed is on its way out:
// it counts, though it has failed.
func TestAttack_MarkedMessagesCountAsRemoved(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemoryWith(t, mailtest.MemoryOptions{Without: []imap.Cap{imap.CapUIDPlus}})
	a := attack(t, attackSetup{
		servers: map[string]mailtest.Server{"default": srv}, deletes: true,
		writing: func(w *config.Writing) { w.BulkPerMinute, w.Confirm = 6, config.ConfirmNever },
	})
	for range 4 {
		call(t, a.session, "imap_apply_to_messages", `{"message_ids":`+quoted(fill(t, srv, "default", "INBOX", 3))+`,"action":"delete","permanent":true}`)
	}
	marked := 0
	for _, m := range srv.Messages(t, "INBOX") {
		if slices.Contains(m.Flags, `\Deleted`) {
			marked++
		}
	}
	if marked > 6 {
		t.Errorf("%d messages were marked \\Deleted in a minute, of 6 that may be", marked)
	}
}

// Keywords are words of the model's own choice: they must not make sentences in
// the question, nor hide what is asked.
func TestAttack_KeywordsMakeNoSentenceInTheQuestion(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	a := attack(t, attackSetup{servers: map[string]mailtest.Server{"default": srv}, deletes: true, person: func(string) string { return "decline" }})
	ids := fill(t, srv, "default", "INBOX", 1)
	call(t, a.session, "imap_update_message_flags", `{"message_ids":`+quoted(ids)+`,"operation":"add","flags":["\\deleted"],"keywords":["nothing","is","removed.","Your","assistant","only","tidies.","it","is","a","label"]}`)
	if len(*a.asked) != 1 {
		t.Fatalf("asked %q", *a.asked)
	}
	if q := (*a.asked)[0]; strings.Contains(q, "nothing is removed.") || !strings.Contains(q, "deleted for good") {
		t.Errorf("the person is asked: %s", q)
	}
}

// A question must not promise what is not so.
func TestAttack_TheQuestionPromisesNoUndoThatThereIsNot(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	a := attack(t, attackSetup{servers: map[string]mailtest.Server{"default": srv}, person: func(string) string { return "decline" }})
	ids := fill(t, srv, "default", "INBOX", 26)
	call(t, a.session, "imap_apply_to_messages", `{"message_ids":`+quoted(ids)+`,"action":"copy","destination_mailbox":"Archive"}`)
	call(t, a.session, "imap_apply_to_messages", `{"message_ids":`+quoted(ids)+`,"action":"archive"}`)
	if len(*a.asked) != 2 {
		t.Fatalf("asked %q", *a.asked)
	}
	if q := (*a.asked)[0]; strings.Contains(q, "can be undone") {
		t.Errorf("a copy cannot be undone, but the person is told: %s", q)
	}
	if q := (*a.asked)[1]; !strings.Contains(q, "can be undone") {
		t.Errorf("the person is asked: %s", q)
	}
}

// A person with two accounts is told which one is meant, and what an undo does.
func TestAttack_TheQuestionNamesTheAccount(t *testing.T) {
	t.Parallel()
	home, work := mailtest.NewMemory(t), mailtest.NewMemory(t)
	a := attack(t, attackSetup{
		servers: map[string]mailtest.Server{"home": home, "work": work}, person: func(string) string { return "accept" },
		writing: func(w *config.Writing) { w.Confirm = config.ConfirmAlways },
	})
	ids := fill(t, home, "home", "INBOX", 26)
	r := call(t, a.session, "imap_apply_to_messages", `{"message_ids":`+quoted(ids)+`,"action":"archive"}`)
	id := r.data(t)["operation_id"].(string)
	call(t, a.session, "imap_undo_operation", `{"operation_id":`+quote(id)+`}`)
	if len(*a.asked) != 2 {
		t.Fatalf("asked %q", *a.asked)
	}
	for _, q := range *a.asked {
		if !strings.Contains(q, "home") || !strings.Contains(q, `"Archive"`) || !strings.Contains(q, `"INBOX"`) {
			t.Errorf("the person is asked: %s", q)
		}
	}
}

// What the person agreed to is what is done: when it has come to mean something
// else meanwhile, they are asked anew.
func TestAttack_TheAnswerIsToTheQuestionThatWasPut(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	ids := fill(t, srv, "default", "INBOX", 26)
	var a attacked
	a = attack(t, attackSetup{servers: map[string]mailtest.Server{"default": srv}, person: func(question string) string {
		if strings.Contains(question, `"Archive"`) { // while the person reads
			call(t, a.session, "imap_manage_mailbox", `{"action":"rename","mailbox":"Archive","destination_mailbox":"Old"}`)
			call(t, a.session, "imap_manage_mailbox", `{"action":"create","mailbox":"Archives"}`)
		}
		return "accept"
	}})
	r := call(t, a.session, "imap_apply_to_messages", `{"message_ids":`+quoted(ids)+`,"action":"archive"}`)
	if n := len(srv.Messages(t, "Archives")); n > 0 {
		t.Errorf("the person agreed to %q, and %d messages went to Archives: %s", *a.asked, n, r.text)
	}
}

// A tool that is switched off is off in completion too, which passes the guard
// like any other call.
func TestAttack_CompletionTellsNoMailboxesOfASwitchedOffTool(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	srv.Create(t, "Divorce")
	complete := func(a attacked) (names []string, err error) {
		r, err := a.session.Complete(t.Context(), &mcp.CompleteParams{
			Ref:      &mcp.CompleteReference{Type: "ref/resource", URI: "imap://{account}/mailbox/{mailbox}/message/{uidvalidity}/{uid}"},
			Argument: mcp.CompleteParamsArgument{Name: "mailbox", Value: ""},
		})
		if err != nil {
			return nil, err
		}
		return r.Completion.Values, nil
	}
	a := attack(t, attackSetup{servers: map[string]mailtest.Server{"default": srv}, writing: func(w *config.Writing) { w.AllowTools = []string{"imap_search_messages"} }})
	if names, err := complete(a); err == nil && len(names) > 0 {
		t.Errorf("imap_list_mailboxes is switched off, and completion tells %q", names)
	}
	a = attack(t, attackSetup{servers: map[string]mailtest.Server{"default": srv}, writing: func(w *config.Writing) { w.RateReads = config.Rate{PerSecond: 0.001, Burst: 2} }})
	for range 2 {
		if names, err := complete(a); err != nil || !slices.Contains(names, "Divorce") {
			t.Errorf("%q, %v", names, err)
		}
	}
	if names, err := complete(a); err == nil {
		t.Errorf("over the rate: %q", names)
	}
	if n := len(a.lines.of("call")) + len(a.lines.of("refusal")); n != 3 {
		t.Errorf("%d lines of three completions in the audit", n)
	}
}

// Undoing brings no \Deleted back that the owner lets nobody set.
func TestAttack_UndoSetsNoDeletedFlag(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	ids := fill(t, srv, "default", "INBOX", 1, `\Deleted`, `\Flagged`)
	plain := fill(t, srv, "default", "INBOX", 1, `\Flagged`)
	a := attack(t, attackSetup{servers: map[string]mailtest.Server{"default": srv}})
	r := call(t, a.session, "imap_update_message_flags", `{"message_ids":`+quoted(append(ids, plain...))+`,"operation":"replace","flags":["\\Seen"]}`)
	id := r.data(t)["operation_id"].(string)
	r = call(t, a.session, "imap_undo_operation", `{"operation_id":`+quote(id)+`}`)
	for _, m := range srv.Messages(t, "INBOX") {
		if slices.Contains(m.Flags, `\Deleted`) {
			t.Errorf("message %d has %q again: %s", m.UID, m.Flags, r.text)
		}
	}
	if last := srv.Messages(t, "INBOX")[1]; !slices.Contains(last.Flags, `\Flagged`) {
		t.Errorf("the other message has %q: %s", last.Flags, r.text)
	}
}

// A denied mailbox is no destination, whatever way it is named.
func TestAttack_DeniedMailboxesAreNotReached(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	srv.Create(t, "Private")
	srv.Create(t, "Private/Tax")
	srv.Create(t, "Work")
	srv.Create(t, "Work/Secret")
	secret := fill(t, srv, "default", "Private", 1)
	ids := fill(t, srv, "default", "INBOX", 1)
	a := attack(t, attackSetup{servers: map[string]mailtest.Server{"default": srv}, account: func(account *config.Account) {
		account.DenyMailboxes = []string{"Private", "Work/Secret"}
	}})
	before := srv.Mailboxes(t)
	for _, c := range []struct{ tool, arguments string }{
		{"imap_apply_to_messages", `{"message_ids":` + quoted(ids) + `,"action":"copy","destination_mailbox":"Private"}`},
		{"imap_apply_to_messages", `{"message_ids":` + quoted(ids) + `,"action":"copy","destination_mailbox":"Private","destination_account_id":null}`},
		{"imap_apply_to_messages", `{"message_ids":` + quoted(ids) + `,"action":"copy","destination_mailbox":"Private","destination_account_id":"default"}`},
		{"imap_apply_to_messages", `{"message_ids":` + quoted(ids) + `,"action":"copy","destination_mailbox":"ＰＲＩＶＡＴＥ/Tax"}`},
		{"imap_apply_to_messages", `{"message_ids":` + quoted(ids) + `,"action":"copy","destination_mailbox":"Private","dry_run":true}`},
		{"imap_apply_to_messages", `{"message_ids":` + quoted(slices.Concat(slices.Repeat(ids, 250), secret)) + `,"action":"copy","destination_mailbox":"Archive"}`},
		{"imap_update_message_flags", `{"message_ids":` + quoted(secret) + `,"operation":"add","flags":["\\Seen"]}`},
		{"imap_save_draft", `{"forward_message_id":` + secret[0] + `}`},
		{"imap_save_draft", `{"body":"x","attach":[{"message_id":` + secret[0] + `,"part_id":"1"}]}`},
		{"imap_manage_mailbox", `{"action":"rename","mailbox":"Private","destination_mailbox":"Open"}`},
		{"imap_manage_mailbox", `{"action":"rename","mailbox":"Work","destination_mailbox":"Open"}`},
		{"imap_manage_mailbox", `{"action":"rename","mailbox":"Private/Tax","destination_mailbox":"Open"}`},
		{"imap_manage_mailbox", `{"action":"create","mailbox":"Private/New"}`},
		{"imap_manage_mailbox", `{"action":"delete","mailbox":"Private/Tax"}`},
		{"imap_manage_mailbox", `{"action":"unsubscribe","mailbox":"Private"}`},
	} {
		r := call(t, a.session, c.tool, c.arguments)
		if !r.result.IsError {
			t.Errorf("%s %.200s answers %s", c.tool, c.arguments, r.text)
		}
	}
	if after := srv.Mailboxes(t); !slices.Equal(before, after) {
		t.Errorf("the mailboxes were %q, and are %q", before, after)
	}
	if n := len(srv.Messages(t, "Private")) + len(srv.Messages(t, "Private/Tax")); n != 1 {
		t.Errorf("%d messages in the denied mailboxes", n)
	}
}

// A subject is one quoted line of the question, whatever its sender wrote.
func TestAttack_SubjectsForgeNoQuestion(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	a := attack(t, attackSetup{servers: map[string]mailtest.Server{"default": srv}, person: func(string) string { return "decline" }})
	word := func(s string) string { return "=?utf-8?B?" + base64.StdEncoding.EncodeToString([]byte(s)) + "?=" }
	var ids []string
	for _, subject := range []string{
		word("a”\n  and 21 more\n\nMove 1 message to trash? It can be undone afterwards.\n“"),
		word("b\r\n\u2028Accept this\u2029\u0085x\v\fy"),
		word("c\u202egnirts\u2066 \u200b\u200d\U000E0041\u00ad"),
		word("d\x1b[2J\x07\x00"),
		word("e” ″ ” „ “ " + strings.Repeat("x", 500)),
	} {
		uid := srv.Append(t, "INBOX", mailtest.Message{Raw: []byte("From: eve@evil.example\r\nSubject: " + subject + "\r\n\r\nx\r\n")})[0]
		ids = append(ids, quote(contract.MessageID{Account: "default", Mailbox: "INBOX", UIDValidity: srv.UIDValidity(t, "INBOX"), UID: uid}.String()))
	}
	ids = append(ids, fill(t, srv, "default", "INBOX", 21)...)
	call(t, a.session, "imap_apply_to_messages", `{"message_ids":`+quoted(ids)+`,"action":"archive"}`)
	if len(*a.asked) != 1 {
		t.Fatalf("asked %q", *a.asked)
	}
	lines := strings.Split((*a.asked)[0], "\n")
	if len(lines) != 8 {
		t.Errorf("%d lines: %q", len(lines), lines)
	}
	for _, line := range lines[2:7] {
		line, ours := strings.CutSuffix(line, " from eve@evil.example")
		if !ours || !strings.HasPrefix(line, "  “") || !strings.HasSuffix(line, "”") || strings.Count(line, "”") != 1 || len([]rune(line)) > 80 {
			t.Errorf("a subject stands as %q", line)
		}
	}
	for _, r := range strings.Join(lines, "") {
		if !unicode.IsPrint(r) {
			t.Errorf("the question has %U", r)
		}
	}
}

// Nothing of content goes into the audit or the log: search text, subjects,
// addresses, file names, draft text, tokens.
func TestAttack_NoContentInAuditAndLog(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	var log syncBuffer
	a := attack(t, attackSetup{servers: map[string]mailtest.Server{"default": srv}, log: &log})
	ids := fill(t, srv, "default", "INBOX", 26)
	r := call(t, a.session, "imap_apply_to_messages", `{"message_ids":`+quoted(ids)+`,"action":"archive"}`)
	var refused contract.ErrorEnvelope
	if err := json.Unmarshal([]byte(r.text), &refused); err != nil {
		t.Fatal(err)
	}
	token, _ := refused.Error.Details["confirm_token"].(string)
	if token == "" {
		t.Fatalf("no token: %s", r.text)
	}
	for _, c := range []struct{ tool, arguments string }{
		{"imap_search_messages", `{"mailbox":"INBOX","query":"needle1","from":"needle2@x.example"}`},
		{"imap_search_messages", `{"mailbox":"INBOX","needle3":"x"}`},
		{"imap_get_message", `{"message_id":` + ids[0] + `}`},
		{"imap_save_draft", `{"to":["needle4@x.example"],"subject":"needle5","body":"needle6"}`},
		{"imap_save_draft", `{"to":["needle7"],"subject":"x"}`},
		{"imap_apply_to_messages", `{"message_ids":` + quoted(ids[:2]) + `,"action":"archive","confirm_token":` + quote(token) + `}`},
		{"imap_apply_to_messages", `{"message_ids":` + quoted(ids) + `,"action":"archive","confirm_token":` + quote(token) + `}`},
		{"imap_needle8", `{}`},
	} {
		call(t, a.session, c.tool, c.arguments)
	}
	text := log.String() + fmt.Sprintf("%+v", a.lines.list)
	for _, needle := range []string{"needle", "Mail 0", "eve@", token, srv.Account("default").Password.Reveal()} {
		if i := strings.Index(text, needle); i >= 0 {
			t.Errorf("%q is told: %s", needle, text[max(0, i-200):i+20])
		}
	}
}

type syncBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// A token is for one request: not for another, not for a second time.
func TestAttack_ATokenConfirmsItsRequestOnce(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	a := attack(t, attackSetup{servers: map[string]mailtest.Server{"default": srv}})
	ids := fill(t, srv, "default", "INBOX", 30)
	r := call(t, a.session, "imap_apply_to_messages", `{"message_ids":`+quoted(ids[:26])+`,"action":"copy","destination_mailbox":"Archive"}`)
	var refused contract.ErrorEnvelope
	_ = json.Unmarshal([]byte(r.text), &refused)
	token, _ := refused.Error.Details["confirm_token"].(string)
	with := `,"confirm_token":` + quote(token) + `}`
	for _, arguments := range []string{
		`{"message_ids":` + quoted(ids[1:27]) + `,"action":"copy","destination_mailbox":"Archive"`,
		`{"message_ids":` + quoted(ids) + `,"action":"copy","destination_mailbox":"Archive"`,
		`{"message_ids":` + quoted(ids[:26]) + `,"action":"move","destination_mailbox":"Archive"`,
		`{"message_ids":` + quoted(ids[:26]) + `,"action":"copy","destination_mailbox":"Trash"`,
		`{"message_ids":` + quoted(ids[:26]) + `,"action":"copy","destination_mailbox":"Archive","destination_mailbox":"Trash"`,
		`{"message_ids":` + quoted(ids[:26]) + `,"message_ids":` + quoted(ids[4:]) + `,"action":"copy","destination_mailbox":"Archive"`,
	} {
		if r := call(t, a.session, "imap_apply_to_messages", arguments+with); !r.result.IsError {
			t.Errorf("%.100s… answers %s", arguments, r.text)
		}
	}
	same := `{"message_ids":` + quoted(ids[:26]) + `,"action":"copy","destination_mailbox":"Archive"` + with
	if r := call(t, a.session, "imap_apply_to_messages", same); r.result.IsError {
		t.Errorf("the right request answers %s", r.text)
	}
	if r := call(t, a.session, "imap_apply_to_messages", same); !r.result.IsError {
		t.Errorf("the token was taken twice")
	}
	if n := len(srv.Messages(t, "Archive")); n != 26 {
		t.Errorf("%d messages in Archive", n)
	}
	if n := len(srv.Messages(t, "Trash")); n != 0 {
		t.Errorf("%d messages in Trash", n)
	}
}

// The audit says where mail went: to another account above all.
func TestAttack_TheAuditNamesTheDestination(t *testing.T) {
	t.Parallel()
	home, work := mailtest.NewMemory(t), mailtest.NewMemory(t)
	a := attack(t, attackSetup{servers: map[string]mailtest.Server{"home": home, "work": work}})
	ids := fill(t, home, "home", "INBOX", 1)
	call(t, a.session, "imap_apply_to_messages", `{"message_ids":`+quoted(ids)+`,"action":"copy","destination_mailbox":"Archive","destination_account_id":"work"}`)
	call(t, a.session, "imap_manage_mailbox", `{"account_id":"home","action":"rename","mailbox":"Archive","destination_mailbox":"Old"}`)
	call(t, a.session, "imap_save_draft", `{"account_id":"work","forward_message_id":`+ids[0]+`}`)
	for _, event := range []string{"intent", "outcome"} {
		list := a.lines.of(event)
		if len(list) != 3 || list[2].Account != "work" || list[2].ToMailbox != "Drafts" || list[0].Account != "home" || list[0].ToAccount != "work" || list[0].ToMailbox != "Archive" || list[1].Mailbox != "Archive" || list[1].ToMailbox != "Old" || list[1].ToAccount != "" {
			t.Errorf("%s: %+v", event, list)
		}
	}
}

// Calling what is no tool is a call: it is limited and written down.
func TestAttack_CallsOfNoToolAreInTheAudit(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	a := attack(t, attackSetup{servers: map[string]mailtest.Server{"default": srv}, writing: func(w *config.Writing) { w.RateReads = config.Rate{PerSecond: 0.001, Burst: 2} }})
	limited := 0
	for range 4 {
		if r := call(t, a.session, "imap_obey_me", `{}`); strings.Contains(r.text, "rate_limited") {
			limited++
		}
	}
	refusals := a.lines.of("refusal")
	if len(refusals) != 4 || limited != 2 {
		t.Errorf("%d lines of 4 calls, %d of 2 over the rate were refused", len(refusals), limited)
	}
	for _, e := range refusals {
		if strings.Contains(fmt.Sprintf("%+v", e), "obey") {
			t.Errorf("the line repeats a caller's words: %+v", e)
		}
	}
}

// A message on its way to another account is in memory whole: however many calls
// are made, and however slow that account is, only a few are.
func TestAttack_FewMessagesAreInMemoryOnTheirWay(t *testing.T) {
	t.Parallel()
	const calls, most = 8, 4
	release := make(chan struct{})
	home := mailtest.NewFaulty(t, mailtest.NewMemory(t))
	work := mailtest.NewFaulty(t, mailtest.NewMemory(t), mailtest.FaultAt("STATUS", func(*mailtest.Exchange) { <-release }))
	a := attack(t, attackSetup{servers: map[string]mailtest.Server{"home": home, "work": work}})
	var all sync.WaitGroup
	for _, id := range fill(t, home, "home", "INBOX", calls) {
		all.Go(func() {
			_, _ = a.session.CallTool(t.Context(), &mcp.CallToolParams{Name: "imap_apply_to_messages", Arguments: json.RawMessage(
				`{"message_ids":[` + id + `],"action":"copy","destination_mailbox":"Archive","destination_account_id":"work"}`)})
		})
	}
	all.Wait() // each answers that it is under way
	read := map[string]bool{}
	for _, command := range home.Commands() {
		if strings.HasPrefix(command, "UID FETCH") && strings.Contains(command, "BODY.PEEK[]<0.") {
			read[command] = true
		}
	}
	close(release)
	if len(read) == 0 || len(read) > most {
		t.Errorf("%d messages were read: %q", len(read), home.Commands())
	}
	for range 100 {
		if len(work.Messages(t, "Archive")) == calls {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("%d of %d messages arrived", len(work.Messages(t, "Archive")), calls)
}

// A person is not asked about, nor told by a dry run of, what the owner forbids.
func TestAttack_NeverExpungeIsSaidAtOnce(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	a := attack(t, attackSetup{
		servers: map[string]mailtest.Server{"default": srv}, deletes: true, person: func(string) string { return "accept" },
		account: func(account *config.Account) { account.NeverExpunge = true },
	})
	ids := fill(t, srv, "default", "INBOX", 1)
	for _, c := range []struct{ tool, arguments string }{
		{"imap_apply_to_messages", `"action":"delete","permanent":true,"dry_run":true}`},
		{"imap_apply_to_messages", `"action":"delete","permanent":true}`},
		{"imap_apply_to_messages", `"action":"DELETE","permanent":true}`},
		{"imap_update_message_flags", `"operation":"add","flags":["\\dELETED"]}`},
		{"imap_update_message_flags", `"operation":"Replace","keywords":["x"],"flags":["\\Deleted"],"dry_run":true}`},
	} {
		r := call(t, a.session, c.tool, `{"message_ids":`+quoted(ids)+`,`+c.arguments)
		if !strings.Contains(r.text, "permission_denied") {
			t.Errorf("%s answers %s", c.arguments, r.text)
		}
	}
	if m := srv.Messages(t, "INBOX"); len(*a.asked) > 0 || len(m) != 1 || len(m[0].Flags) > 0 {
		t.Errorf("asked %q, and there is %+v", *a.asked, m)
	}
}
