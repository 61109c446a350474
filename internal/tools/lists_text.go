package tools

import (
	"fmt"
	"slices"
	"strings"

	layout "mail-imap-mcp/internal/answer"
)

func (d listAccountsData) text(t *sheet) {
	for _, a := range d.Accounts {
		access := "read-only"
		if a.WriteEnabled {
			access = "may be changed"
		}
		line := fmt.Sprintf("%s:%d, %s", a.Host, a.Port, access)
		if owner := append([]string{a.Name}, a.Addresses...); len(a.Addresses) > 0 {
			line += "; " + list(slices.DeleteFunc(owner, func(s string) bool { return s == "" }), 5)
		}
		t.Say(a.AccountID, line)
	}
	t.outcome(d.outcome)
	if len(d.Accounts) == 0 {
		t.next(d.NextAction)
	}
}

func (d listMailboxesData) text(t *sheet) {
	for _, m := range d.Mailboxes {
		line := layout.Line(m.Name)
		if !layout.IsPlain(m.Name) {
			line = layout.Verbatim(m.Name)
		}
		if m.SpecialUse != "" && !strings.EqualFold(m.SpecialUse, m.Name) {
			line += " (" + m.SpecialUse + ")"
		}
		if m.Total != nil {
			line += "  " + layout.Count(*m.Total) + " message"
			if *m.Total != 1 {
				line += "s"
			}
		}
		if m.Unread != nil && *m.Unread > 0 {
			line += ", " + layout.Count(*m.Unread) + " unread"
		}
		if !m.Selectable {
			line += "  holds mailboxes only"
		}
		t.Mail(line)
	}
	t.outcome(d.outcome)
	if len(d.Mailboxes) == 0 {
		t.next(d.NextAction)
	}
}

func (d verifyAccountData) text(t *sheet) {
	if len(d.Capabilities) > 0 {
		t.Mail("Capabilities: " + layout.Line(strings.Join(d.Capabilities, " ")))
	}
	if d.Server != "" {
		t.Mail("Server: " + layout.Line(d.Server))
	}
	for _, alert := range d.Alerts {
		t.Mail("Alert: " + layout.Line(alert))
	}
	for _, q := range d.Quota {
		t.Mail(fmt.Sprintf("Quota: %s %s of %s", layout.Line(q.Resource), layout.Count(q.Used), layout.Count(q.Limit)))
	}
	if d.SignedIn {
		t.Say("connection", d.steps())
	}
	t.outcome(d.outcome)
}

// steps are what a working sign-in went through.
func (d verifyAccountData) steps() string {
	var parts []string
	for _, p := range []struct{ name, value string }{
		{"TLS ", d.TLSMode}, {"certificate until ", strings.TrimSuffix(d.CertificateExpires, "T00:00:00Z")}, {"signed in with ", d.Mechanism},
	} {
		if p.value != "" {
			parts = append(parts, p.name+layout.Line(p.value))
		}
	}
	return fmt.Sprintf("%s; INBOX has %s messages; %.0f ms a round trip", strings.Join(parts, ", "), layout.Count(d.InboxMessages), d.RoundTripMS)
}
