package tools_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/contract"
)

// with adds an argument to a call.
func with(arguments, more string) string {
	return strings.TrimSuffix(arguments, "}") + "," + more + "}"
}

// The token of a dry run is taken by the same call without dry_run, and by no other.
func TestDryRun_GivesTheTokenOfTheRealCall(t *testing.T) {
	t.Parallel()
	srv, ids := withMany(t, 31)
	session := connectWriting(t, srv)
	data := call(t, session, "imap_apply_to_messages", with(moving(ids[:30], ""), `"dry_run":true`)).data(t)
	token, _ := data["confirm_token"].(string)
	if token == "" || !strings.Contains(fmt.Sprint(data["question"]), "Archive 30 messages") || !strings.Contains(fmt.Sprint(data["question_quoted"]), "“Tea” from ada@example.org") {
		t.Fatalf("the dry run says %v", data)
	}
	confirm := `"confirm_token":` + quote(token)
	if code, _ := call(t, session, "imap_apply_to_messages", with(moving(ids[1:31], ""), confirm)).refused(t); code != "invalid_input" {
		t.Errorf("for other messages: %s", code)
	}
	if c := counts(t, call(t, session, "imap_apply_to_messages", with(moving(ids[:30], ""), confirm)).data(t)); c.done != 30 {
		t.Errorf("counts %+v", c)
	}
}

// Where the person can be asked a dry run gives no token, nor where none is needed
// or would do.
func TestDryRun_GivesNoTokenThatWouldStandForThePerson(t *testing.T) {
	t.Parallel()
	srv, ids := withMany(t, 26)
	asking := &person{action: "accept"}
	for name, tt := range map[string]struct {
		with      setup
		arguments string
		says      string
	}{
		"the person is asked": {setup{elicit: asking.answer}, moving(ids, ""), "asks the person"},
		"a small one":         {setup{}, moving(ids[:25], ""), "without dry_run"},
		"for good":            {setup{writing: config.Writing{AllowPermanentDelete: true}}, `{"message_ids":` + list(ids[0]) + `,"action":"delete","permanent":true}`, "would be refused"},
		"over the ceiling":    {setup{writing: config.Writing{BulkPerMinute: 10, BulkPerDay: 10}}, moving(ids, ""), "would be refused"},
	} {
		tt.with.writes = true
		data := call(t, connectWith(t, srv, tt.with), "imap_apply_to_messages", with(tt.arguments, `"dry_run":true`)).data(t)
		if next := fmt.Sprint(data["next_action"]); data["confirm_token"] != nil || data["question"] != nil || !strings.Contains(next, tt.says) {
			t.Errorf("%s: %v, %s", name, data["confirm_token"], next)
		}
	}
	if q := asking.questions(); len(q) != 0 {
		t.Errorf("a dry run asks %q", q)
	}
}

// A client that cannot ask gets the question that another puts to the person; in
// an account that is locked down without words of strangers.
func TestToken_ComesWithTheQuestion(t *testing.T) {
	t.Parallel()
	srv, ids := withMany(t, 26)
	for _, lockdown := range []bool{false, true} {
		r := call(t, connectWith(t, srv, setup{writes: true, lockdown: lockdown}), "imap_apply_to_messages", moving(ids, ""))
		r.refused(t)
		var e contract.ErrorEnvelope
		if err := json.Unmarshal([]byte(r.text), &e); err != nil {
			t.Fatal(err)
		}
		quoted, _ := e.Error.Details["question_quoted"].([]any)
		shown := len(quoted) == 6 && strings.Contains(fmt.Sprint(quoted[0]), "“Tea” from ada@example.org")
		if shown == lockdown || lockdown && len(quoted) > 0 {
			t.Errorf("lockdown %t: quoted %q", lockdown, quoted)
		}
		if q := fmt.Sprint(e.Error.Details["question"]); !strings.Contains(q, "can be undone") || !strings.Contains(q, "Arrived on 20") {
			t.Errorf("the question is %q", q)
		}
	}
}

func TestConfirm_TheQuestionAboutADraftNamesItsRecipients(t *testing.T) {
	t.Parallel()
	srv, _ := withLetter(t)
	who := &person{action: "decline"}
	session := connectWith(t, srv, setup{writes: true, elicit: who.answer, writing: config.Writing{Confirm: config.ConfirmAlways}})
	var many []string
	for i := range 12 {
		many = append(many, fmt.Sprintf("to%d@example.org", i))
	}
	call(t, session, "imap_save_draft", `{"to":`+list(many...)+`,"cc":["Ann <cc@example.org>"],"bcc":["hidden@example.org"],"subject":"Plan ” B","body":"x"}`).refused(t)
	q := who.questions()
	if len(q) != 1 {
		t.Fatalf("asked %q", q)
	}
	for _, line := range []string{"to9@example.org and 2 more\n", "\n  Cc: cc@example.org\n", "\n  Bcc: hidden@example.org\n", "\n  Subject: “Plan ' B”"} {
		if !strings.Contains(q[0], line) {
			t.Errorf("the question lacks %q:\n%s", line, q[0])
		}
	}
}
