package tools_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/mailtest"
)

// round is one call of a request of several rounds, made by hand.
type round struct {
	tool, arguments string
	state           string
	action          string // empty: no answer goes along
}

func (r round) send(t *testing.T, session *mcp.ClientSession) *mcp.CallToolResult {
	t.Helper()
	p := &mcp.CallToolParams{Name: r.tool, Arguments: json.RawMessage(r.arguments), RequestState: r.state}
	if r.action != "" {
		p.InputResponses = mcp.InputResponseMap{"confirm": &mcp.ElicitResult{Action: r.action}}
	}
	result, err := session.CallTool(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// asks sends a first round, which must come back with a question.
func (r round) asks(t *testing.T, session *mcp.ClientSession) (state string) {
	t.Helper()
	result := r.send(t, session)
	question, ok := result.InputRequests["confirm"].(*mcp.ElicitParams)
	if !ok || result.RequestState == "" || question.Message == "" || len(result.Content) != 0 || result.IsError {
		t.Fatalf("no question but %+v", result)
	}
	return result.RequestState
}

// answered is the reply to a later round.
func (r round) answered(t *testing.T, session *mcp.ClientSession) reply {
	t.Helper()
	result := r.send(t, session)
	if len(result.Content) == 0 {
		t.Fatalf("no answer but %+v", result)
	}
	answer := reply{result: result, text: result.Content[0].(*mcp.TextContent).Text}
	answer.structured, _ = result.StructuredContent.(map[string]any)
	return answer
}

// rounds is a server that is asked in several rounds, by hand.
func rounds(t *testing.T, clock *clock) (srv *mailtest.Memory, session *mcp.ClientSession, ids []string, record *book) {
	t.Helper()
	srv, ids = withMany(t, 60)
	record = &book{}
	session = connectWith(t, srv, setup{writes: true, elicit: (&person{}).answer, byHand: true, audit: record, now: clock.now})
	return srv, session, ids, record
}

// clock is a time that a test moves.
type clock struct{ at time.Time }

func newClock() *clock { return &clock{time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time { return c.at }

func TestRounds_AnAnswerCountsOnceAndForItsRequestOnly(t *testing.T) {
	t.Parallel()
	const tool = "imap_apply_to_messages"
	for _, tt := range []struct {
		name   string
		tamper func(first round, clock *clock) round
		code   string
		words  string
	}{
		{"agreed", func(r round, _ *clock) round { return r }, "", ""},
		{"the same arguments in another order", func(r round, _ *clock) round {
			ids, _, _ := strings.Cut(strings.TrimPrefix(r.arguments, `{"message_ids":`), `,"action"`)
			r.arguments = `{ "action" : "archive" , "message_ids":` + ids + `,"permanent":null}`
			return r
		}, "", ""},
		{"declined", func(r round, _ *clock) round { r.action = "decline"; return r }, "permission_denied", "did not agree"},
		{"cancelled", func(r round, _ *clock) round { r.action = "cancel"; return r }, "permission_denied", "did not agree"},
		{"a word that is no answer", func(r round, _ *clock) round { r.action = "maybe"; return r }, "permission_denied", "did not agree"},
		{"no state", func(r round, _ *clock) round { r.state = ""; return r }, "invalid_input", "make the call again"},
		{"a state that is none", func(r round, _ *clock) round { r.state = "AAAA"; return r }, "invalid_input", "make the call again"},
		{"a changed state", func(r round, _ *clock) round { r.state = flipped(r.state); return r }, "invalid_input", "make the call again"},
		{"other messages", func(r round, _ *clock) round {
			r.arguments = strings.Replace(r.arguments, `:1",`, `:60",`, 1)
			return r
		}, "invalid_input", "another request"},
		{"another action", func(r round, _ *clock) round {
			r.arguments = strings.Replace(r.arguments, "archive", "delete", 1)
			return r
		}, "invalid_input", "another request"},
		{"one more argument", func(r round, _ *clock) round {
			r.arguments = strings.Replace(r.arguments, "}", `,"permanent":false}`, 1)
			return r
		}, "invalid_input", "another request"},
		{"another tool", func(r round, _ *clock) round {
			ids, _, _ := strings.Cut(r.arguments, `,"action"`)
			return round{"imap_update_message_flags", ids + `,"operation":"add","flags":["\\Seen"]}`, r.state, r.action}
		}, "invalid_input", "another request"},
		{"the last moment", func(r round, c *clock) round { c.at = c.at.Add(5 * time.Minute); return r }, "", ""},
		{"too late", func(r round, c *clock) round { c.at = c.at.Add(5*time.Minute + time.Second); return r }, "invalid_input", "5 minutes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			clock := newClock()
			srv, session, ids, record := rounds(t, clock)
			first := round{tool: tool, arguments: moving(ids[:30], "")}
			first.state = first.asks(t, session)
			first.action = "accept"
			if n := len(srv.Messages(t, "INBOX")); n != 60 {
				t.Errorf("before the answer INBOX has %d", n)
			}
			record.take()
			r := tt.tamper(first, clock).answered(t, session)
			if tt.code == "" {
				if c := counts(t, r.data(t)); c.done != 30 {
					t.Errorf("counts %+v", c)
				}
				if code, message := first.answered(t, session).refused(t); code != "invalid_input" || !strings.Contains(message, `in "Archive" already`) {
					t.Errorf("used twice: %s: %s", code, message)
				}
				return
			}
			if code, message := r.refused(t); code != tt.code || !strings.Contains(message, tt.words) {
				t.Errorf("%s: %s", code, message)
			}
			if a, b := len(srv.Messages(t, "INBOX")), len(srv.Messages(t, "Archive")); a != 60 || b != 0 {
				t.Errorf("INBOX has %d, Archive %d", a, b)
			}
			events := record.take("security")
			if misused := len(events) == 1 && events[0].Name == "consent_misused"; misused != (tt.code == "invalid_input") {
				t.Errorf("security events %+v", events)
			}
		})
	}
}

// flipped changes one character in the middle of a token.
func flipped(token string) string {
	i, with := len(token)/2, "A"
	if token[i:i+1] == with {
		with = "B"
	}
	return token[:i] + with + token[i+1:]
}

// An answer that nobody asked for agrees to nothing, not even where a small
// change would not have been asked about.
func TestRounds_AnAnswerWithoutAQuestionIsNone(t *testing.T) {
	t.Parallel()
	srv, session, ids, _ := rounds(t, newClock())
	for _, n := range []int{1, 30} {
		r := round{tool: "imap_apply_to_messages", arguments: moving(ids[:n], ""), action: "accept", state: "forged"}
		if code, _ := r.answered(t, session).refused(t); code != "invalid_input" {
			t.Errorf("%d messages: %s", n, code)
		}
	}
	if n := len(srv.Messages(t, "Archive")); n != 0 {
		t.Errorf("%d were moved", n)
	}
}

// A client that cannot ask gets a token that counts once, for exactly this
// request.
func TestToken_CountsOnceAndForItsRequestOnly(t *testing.T) {
	t.Parallel()
	with := func(arguments, token string) string {
		return strings.TrimSuffix(arguments, "}") + `,"confirm_token":` + quote(token) + `}`
	}
	for _, tt := range []struct {
		name   string
		second func(ids []string, token string, clock *clock) (tool, arguments string)
		done   bool
	}{
		{"the same call", func(ids []string, token string, _ *clock) (string, string) {
			return "imap_apply_to_messages", with(moving(ids[:30], ""), token)
		}, true},
		{"at the last moment", func(ids []string, token string, c *clock) (string, string) {
			c.at = c.at.Add(5 * time.Minute)
			return "imap_apply_to_messages", with(moving(ids[:30], ""), token)
		}, true},
		{"too late", func(ids []string, token string, c *clock) (string, string) {
			c.at = c.at.Add(5*time.Minute + time.Second)
			return "imap_apply_to_messages", with(moving(ids[:30], ""), token)
		}, false},
		{"other messages", func(ids []string, token string, _ *clock) (string, string) {
			return "imap_apply_to_messages", with(moving(ids[1:31], ""), token)
		}, false},
		{"more messages", func(ids []string, token string, _ *clock) (string, string) {
			return "imap_apply_to_messages", with(moving(ids[:31], ""), token)
		}, false},
		{"another tool", func(ids []string, token string, _ *clock) (string, string) {
			return "imap_update_message_flags", with(`{"message_ids":`+list(ids[:30]...)+`,"operation":"add","flags":["\\Seen"]}`, token)
		}, false},
		{"a changed token", func(ids []string, token string, _ *clock) (string, string) {
			return "imap_apply_to_messages", with(moving(ids[:30], ""), flipped(token))
		}, false},
		{"a token that is none", func(ids []string, _ string, _ *clock) (string, string) {
			return "imap_apply_to_messages", with(moving(ids[:30], ""), "yes")
		}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			srv, ids := withMany(t, 60)
			clock, record := newClock(), &book{}
			session := connectWith(t, srv, setup{writes: true, now: clock.now, audit: record, writing: config.Writing{Confirm: config.ConfirmAlways}})
			token := confirmed(t, call(t, session, "imap_apply_to_messages", moving(ids[:30], "")))
			if n := len(srv.Messages(t, "Archive")); n != 0 {
				t.Errorf("before it is confirmed %d were moved", n)
			}
			record.take()
			tool, arguments := tt.second(ids, token, clock)
			r := call(t, session, tool, arguments)
			if !tt.done {
				if code, message := r.refused(t); code != "invalid_input" || !strings.Contains(message, "make the call without it") {
					t.Errorf("%s: %s", code, message)
				}
				if events := record.take("security"); len(events) != 1 || events[0].Name != "consent_misused" {
					t.Errorf("security events %+v", events)
				}
				if n := len(srv.Messages(t, "Archive")); n != 0 {
					t.Errorf("%d were moved", n)
				}
				return
			}
			if c := counts(t, r.data(t)); c.done != 30 {
				t.Errorf("counts %+v", c)
			}
			if code, _ := call(t, session, tool, arguments).refused(t); code != "invalid_input" {
				t.Errorf("used twice: %s", code)
			}
		})
	}
}

// A model can repeat a token, so what cannot be undone is not done without a
// person, unless the owner said never.
func TestToken_IsNotEnoughForWhatCannotBeUndone(t *testing.T) {
	t.Parallel()
	for name, arguments := range map[string]string{"permanent": `"action":"delete","permanent":true`, "mailbox": "", "flag": `"operation":"add","flags":["\\Deleted"]`} {
		t.Run(name, func(t *testing.T) {
			srv, ids := withMany(t, 1)
			srv.Create(t, "Empty")
			tool, arguments := map[string]string{"permanent": "imap_apply_to_messages", "mailbox": "imap_manage_mailbox", "flag": "imap_update_message_flags"}[name], `{"message_ids":`+list(ids...)+`,`+arguments+`}`
			if name == "mailbox" {
				arguments = `{"action":"delete","mailbox":"Empty"}`
			}
			for _, setting := range []config.Confirm{config.ConfirmAuto, config.ConfirmAlways} {
				session := connectWith(t, srv, setup{writes: true, writing: config.Writing{AllowPermanentDelete: true, Confirm: setting}})
				for _, token := range []string{"", `,"confirm_token":"yes"`} {
					code, message := call(t, session, tool, strings.TrimSuffix(arguments, "}")+token+"}").refused(t)
					if code != "permission_denied" || !strings.Contains(message, "MAIL_IMAP_CONFIRM=never") || !strings.Contains(message, "cannot be undone") {
						t.Errorf("%s: %s: %s", setting, code, message)
					}
				}
			}
			if m := srv.Messages(t, "INBOX"); len(m) != 1 || len(m[0].Flags) != 0 {
				t.Errorf("INBOX has %+v", m)
			}
			never := connectWith(t, srv, setup{writes: true, writing: config.Writing{AllowPermanentDelete: true, Confirm: config.ConfirmNever}})
			call(t, never, tool, arguments).data(t)
		})
	}
}
