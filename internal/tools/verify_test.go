package tools_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/mailtest"
)

// verified is what imap_verify_account answers.
func verified(t *testing.T, srv mailtest.Server, with setup) (data map[string]any, status string) {
	t.Helper()
	r := call(t, connectWith(t, srv, with), "imap_verify_account", `{}`)
	fits(t, "imap_verify_account", r)
	return r.answered(t)
}

// firstIssue is the message and the stage of an answer's first issue.
func firstIssue(data map[string]any) (message, stage string) {
	issues, _ := data["issues"].([]any)
	if len(issues) == 0 {
		return "", ""
	}
	issue := issues[0].(map[string]any)
	message, _ = issue["message"].(string)
	stage, _ = issue["stage"].(string)
	return message, stage
}

func TestVerify_TellsOfInboxAndQuota(t *testing.T) {
	t.Parallel()
	everything := mailtest.NewExtended(t, mailtest.ExtendedOptions{})
	for name, tt := range map[string]struct {
		srv       mailtest.Server
		resources []string // empty: the server has no quota
	}{
		"gmail":      {mailtest.NewGmail(t), []string{"STORAGE"}},
		"everything": {everything, []string{"STORAGE", "MESSAGE"}},
		"refused":    {mailtest.NewFaulty(t, everything, mailtest.FaultNO("GETQUOTAROOT", "no")), nil},
		"memory":     {mailtest.NewMemory(t), nil},
	} {
		if len(tt.srv.Messages(t, "INBOX")) == 0 {
			for range 3 {
				tt.srv.Append(t, "INBOX", mailtest.Message{Raw: []byte(letter + strings.Repeat("x", 700))})
			}
		}
		t.Run(name, func(t *testing.T) {
			data, status := verified(t, tt.srv, setup{})
			if status != "ok" || data["inbox_messages"] != 3.0 || data["alerts"] != nil {
				t.Errorf("%s: %v", status, data)
			}
			quotas, _ := data["quota"].([]any)
			var resources []string
			for _, q := range quotas {
				q := q.(map[string]any)
				resources = append(resources, q["resource"].(string))
				if used, limit := q["used"].(float64), q["limit"].(float64); used < 3 || used > 10 || limit < 1_000_000 {
					t.Errorf("quota %v, want 3 messages or a few kB of much", q)
				}
			}
			if !slices.Equal(resources, tt.resources) {
				t.Errorf("resources %v, want %v", resources, tt.resources)
			}
		})
	}
}

// What a server wants its user to read is passed on, whether sign-in fails for it
// or not.
func TestVerify_PassesOnWhatThePersonIsToRead(t *testing.T) {
	t.Parallel()
	gmail := mailtest.NewGmail(t)
	gmail.RefuseSignIn(mailtest.GmailWebAlert)
	data, status := verified(t, gmail, setup{})
	message, stage := firstIssue(data)
	alerts, _ := data["alerts"].([]any)
	if status != "failed" || data["signed_in"] != false || stage != "auth" || !strings.Contains(message, "https://support.google.com/mail/accounts/answer/78754") {
		t.Errorf("%s at %s: %s", status, stage, message)
	}
	if len(alerts) != 2 || !strings.Contains(alerts[0].(string), "https://accounts.google.com/signin/continue?sarp=1") || !strings.Contains(alerts[1].(string), "web browser") {
		t.Errorf("alerts %q", alerts)
	}

	full := []byte("* OK [ALERT] Your mailbox is \x1b[1m almost \r\n")
	for _, verb := range []string{"AUTHENTICATE", "EXAMINE"} {
		srv, _ := withLetter(t)
		warning := mailtest.FaultAt(verb, func(x *mailtest.Exchange) {
			x.Rewrite(func(unit []byte) []byte {
				if bytes.HasPrefix(unit, []byte("* ")) {
					return unit
				}
				return append(bytes.Clone(full), unit...)
			})
		})
		data, status := verified(t, mailtest.NewFaulty(t, srv, warning), setup{})
		if alerts, _ := data["alerts"].([]any); status != "ok" || len(alerts) != 1 || alerts[0] != "Your mailbox is [1m almost" {
			t.Errorf("at %s: %s, alerts %q", verb, status, alerts)
		}
	}
}

// An account that signs in and shows no mail does not count as one that works;
// one that shows it in an odd way does, with a caution.
func TestVerify_OpensAndSearchesInbox(t *testing.T) {
	t.Parallel()
	without := func(verb string) mailtest.Fault {
		return mailtest.FaultAt(verb, func(x *mailtest.Exchange) {
			x.Rewrite(func(unit []byte) []byte {
				if bytes.Contains(unit, []byte("[UIDVALIDITY")) {
					return nil
				}
				return bytes.Replace(unit, []byte("UIDVALIDITY"), []byte("X-VALIDITY"), 1)
			})
		})
	}
	for name, tt := range map[string]struct {
		faults []mailtest.Fault
		status string
		stage  string
		words  string
	}{
		"no mailbox":                 {[]mailtest.Fault{mailtest.FaultNO("EXAMINE", "User is authenticated but not connected.")}, "failed", "select", "authenticated but not connected"},
		"no search":                  {[]mailtest.Fault{mailtest.FaultNO("UID SEARCH", "no")}, "failed", "verify", "refused"},
		"UIDVALIDITY in STATUS only": {[]mailtest.Fault{without("EXAMINE")}, "partial", "verify", "only when asked"},
		"no UIDVALIDITY":             {[]mailtest.Fault{without("EXAMINE"), without("STATUS")}, "partial", "verify", "no lasting numbers"},
	} {
		t.Run(name, func(t *testing.T) {
			srv, _ := withLetter(t)
			data, status := verified(t, mailtest.NewFaulty(t, srv, tt.faults...), setup{})
			message, stage := firstIssue(data)
			if status != tt.status || stage != tt.stage || !strings.Contains(message, tt.words) || data["signed_in"] != true {
				t.Errorf("%s at %s: %s; signed in: %v", status, stage, message, data["signed_in"])
			}
			tool, _ := next(data)
			if works := tt.status == "partial"; works != (tool == "imap_list_mailboxes") {
				t.Errorf("next is %q", tool)
			}
		})
	}
}

// The owner may keep INBOX from us: then it is not opened to see whether it works.
func TestVerify_LeavesADeniedInboxAlone(t *testing.T) {
	t.Parallel()
	srv, _ := withLetter(t)
	faulty := mailtest.NewFaulty(t, srv)
	data, status := verified(t, faulty, setup{account: func(a *config.Account) { a.DenyMailboxes = []string{"INBOX"} }})
	if status != "ok" || data["inbox_messages"] != nil {
		t.Errorf("%s: %v", status, data)
	}
	for _, command := range faulty.Commands() {
		if strings.Contains(command, "INBOX") || strings.Contains(command, "EXAMINE") {
			t.Errorf("sent %s", command)
		}
	}
}
