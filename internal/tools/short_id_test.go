package tools_test

import (
	"strings"
	"testing"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/secret"
)

// A server that has just started knows no UIDVALIDITY, and takes the ids of the one
// before; what it then opens it opens once.
func TestShortID_OutlivesARestart(t *testing.T) {
	t.Parallel()
	srv, id := withLetter(t)
	wire := mailtest.Record(t, srv)
	for _, c := range everyCall(shortOf(t, id)) {
		call(t, connect(t, wire), c.tool, c.arguments).data(t)
	}
	session := connect(t, wire)
	wire.Reset()
	call(t, session, "imap_get_message", `{"message_id":`+quote(shortOf(t, id))+`}`)
	if n := strings.Count(string(wire.ClientBytes()), "EXAMINE"); n != 1 {
		t.Errorf("the mailbox was opened %d times: %s", n, wire.ClientBytes())
	}
}

// A short id of a mailbox that was made anew, of another account or miscopied is
// refused as the long form is, and never leads to another message.
func TestShortID_RefusesWhatIsNotTheMessage(t *testing.T) {
	t.Parallel()
	srv, id := withLetter(t)
	other, otherID := withLetter(t)
	short, foreign := shortOf(t, id), shortOf(t, strings.Replace(otherID, "imap:default:", "imap:work:", 1))
	for name, wrong := range map[string]string{
		"another check":                short[:len(short)-4] + "zzzz",
		"another account's":            strings.Replace(foreign, "work:", "default:", 1),
		"without its account":          strings.Replace(foreign, "work:", "", 1),
		"a mailbox that is not there":  strings.Replace(short, "INBOX", "Nowhere", 1),
		"an account that is not there": strings.Replace(short, "default:", "nobody:", 1),
	} {
		t.Run(name, func(t *testing.T) {
			session := connectWith(t, srv, setup{writes: true, others: map[string]mailtest.Server{"work": other}, key: secret.New(strings.Repeat("k", 32))})
			for range 2 { // the second time the UIDVALIDITY is known
				for tool, arguments := range map[string]string{
					"imap_get_message":       `{"message_id":` + quote(wrong) + `}`,
					"imap_apply_to_messages": `{"message_ids":[` + quote(short) + `,` + quote(wrong) + `],"action":"archive"}`,
				} {
					code, message := call(t, session, tool, arguments).refused(t)
					if code != "conflict" && code != "not_found" && code != "invalid_input" || !strings.Contains(message, "message_id") {
						t.Errorf("%s: %s: %s", tool, code, message)
					}
				}
			}
		})
	}
}

// An id that leads to a message moved since is held to the mailbox that it is in now.
func TestShortID_LeadsNowhereThatIsDenied(t *testing.T) {
	t.Parallel()
	srv, id := withLetter(t)
	with := setup{writes: true, state: t.TempDir()}
	t.Run("before", func(t *testing.T) {
		call(t, connectWith(t, srv, with), "imap_apply_to_messages", `{"message_ids":[`+quote(id)+`],"action":"archive"}`).data(t)
	})
	record := &book{}
	with.audit, with.account = record, func(a *config.Account) { a.DenyMailboxes = []string{"Archive"} }
	session := connectWith(t, srv, with)
	code, message := call(t, session, "imap_get_message", `{"message_id":`+quote(shortOf(t, id))+`}`).refused(t)
	if code != "not_found" {
		t.Errorf("%s: %s", code, message)
	}
	way{tool: "imap_get_message", account: "default", mailbox: "Archive"}.audited(t, record, "refusal")
}
