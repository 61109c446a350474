package message

import (
	"bytes"
	"fmt"
	"strings"

	"mail-imap-mcp/internal/safetext"
)

const (
	// maxRecipients are listed of one report; a list server's may name thousands.
	maxRecipients = 20
	// maxReportBytes is read of a report: 20 recipients need a tenth of it.
	maxReportBytes = 256 << 10
	// maxDiagnostic is what is shown of another server's own words, and of a
	// name in a report, in characters.
	maxDiagnostic = 300
)

// ReportText puts the machine's part of a report in words: a delivery status
// (RFC 3464) for each recipient, at most 20, or a read receipt (RFC 8098). What
// it quotes of the server that refused is that server's text, one safe line.
// The result is "" when the part says nothing that is understood.
func ReportText(p *Part, encoded []byte) string {
	if p == nil {
		return ""
	}
	raw, _ := decodeTransfer(p.Encoding, encoded[:min(len(encoded), maxReportBytes)])
	groups := fieldGroups(raw)
	if strings.HasSuffix(p.MediaType, "disposition-notification") {
		return receiptText(groups)
	}
	return deliveryText(groups)
}

// fieldGroups are the groups of fields of a report, with empty lines between
// them (RFC 3464 §2.1), as many as can be listed of.
func fieldGroups(b []byte) []Header {
	var groups []Header
	for len(b) > 0 && len(groups) < maxRecipients+2 {
		b = bytes.TrimLeft(b, "\r\n \t")
		rest := b
		for len(rest) > 0 {
			var line []byte
			if line, rest = cutLine(rest); isBlank(line) {
				break
			}
		}
		if h := ParseHeader(b[:len(b)-len(rest)]); len(h.fields) > 0 {
			groups = append(groups, h)
		}
		b = rest
	}
	return groups
}

func deliveryText(groups []Header) string {
	var lines []string
	reporter := ""
	listed := 0
	for _, g := range groups {
		if name := typed(g, "Reporting-Mta"); name != "" {
			reporter = name
		}
		if g.Get("Final-Recipient") == "" && g.Get("Original-Recipient") == "" && g.Get("Action") == "" {
			continue
		}
		if listed++; listed > maxRecipients {
			lines = append(lines, fmt.Sprintf("More recipients are not listed; these are the first %d.", maxRecipients))
			break
		}
		lines = append(lines, recipientText(g))
	}
	if lines != nil && reporter != "" {
		lines = append(lines, "Reported by "+reporter+".")
	}
	return strings.Join(lines, "\n")
}

// recipientText is what happened to the message for one recipient.
func recipientText(h Header) string {
	who := typed(h, "Final-Recipient")
	if original := typed(h, "Original-Recipient"); original != "" && !strings.EqualFold(original, who) {
		if who == "" {
			who = original
		} else {
			who += " (written as " + original + ")"
		}
	}
	if who == "" {
		who = "a recipient that is not named"
	}
	var b strings.Builder
	b.WriteString(actionText(h.Text("Action")) + " " + who)
	status := statusCode(h.Text("Status"))
	diagnostic := typed(h, "Diagnostic-Code")
	if status == "" {
		status = statusCode(diagnostic)
	}
	if status != "" {
		words := StatusText(status)
		if failed := strings.HasPrefix(strings.ToLower(h.Text("Action")), "failed"); failed {
			words = statusWords(status) // it has been given up
		}
		b.WriteString(": " + words + " (" + status + ")")
	}
	b.WriteString(".")
	if mta := typed(h, "Remote-Mta"); mta != "" {
		b.WriteString(" Answering server: " + mta + ".")
	}
	if diagnostic != "" {
		b.WriteString(" It said: " + diagnostic)
	}
	if until, ok := ParseDate(h.Get("Will-Retry-Until")); ok {
		b.WriteString(" It will be tried again until " + until.Format("2006-01-02T15:04:05Z07:00") + ".")
	}
	return b.String()
}

// actionText is RFC 3464 §2.3.3.
func actionText(action string) string {
	word, _, _ := strings.Cut(strings.ToLower(action), " ")
	switch word {
	case "failed":
		return "Not delivered to"
	case "delayed":
		return "Delayed, not yet delivered to"
	case "delivered":
		return "Delivered to"
	case "relayed":
		return "Handed on to a server that does not report delivery, for"
	case "expanded":
		return "Delivered to the members of"
	}
	return "Delivery status of"
}

// typed is the value behind "rfc822;", "dns;" or "smtp;" (RFC 3464 §2.1.2), one
// safe line.
func typed(h Header, name string) string {
	value := h.Text(name)
	if kind, rest, ok := strings.Cut(value, ";"); ok && !strings.ContainsAny(strings.TrimSpace(kind), " @.") {
		value = rest
	}
	return shorten(strings.TrimSpace(value))
}

func shorten(s string) string {
	if r := []rune(s); len(r) > maxDiagnostic {
		return strings.TrimSpace(string(r[:maxDiagnostic])) + "…"
	}
	return s
}

// receiptText is a disposition notification: who did what with the message, and
// whether by hand (RFC 8098 §3.2.6).
func receiptText(groups []Header) string {
	for _, g := range groups {
		value := strings.ToLower(g.Text("Disposition"))
		if value == "" {
			continue
		}
		mode, kind, _ := strings.Cut(value, ";")
		kind, modifier, _ := strings.Cut(strings.TrimSpace(kind), "/")
		text := dispositionText(strings.TrimSpace(kind))
		if who := typed(g, "Final-Recipient"); who != "" {
			text += " by " + who
		}
		switch {
		case strings.Contains(mode, "automatic-action"):
			text += ", automatically"
		case strings.Contains(mode, "manual-action"):
			text += ", by hand"
		}
		if strings.TrimSpace(modifier) != "" {
			text += " (" + shorten(safetext.Line(modifier)) + ")"
		}
		text += "."
		if id := g.Text("Original-Message-Id"); id != "" {
			text += " It was about the message " + shorten(id) + "."
		}
		for _, name := range []string{"Error", "Failure", "Warning"} {
			if said := g.Text(name); said != "" {
				text += " " + name + ": " + shorten(said)
			}
		}
		return text
	}
	return ""
}

func dispositionText(kind string) string {
	switch kind {
	case "displayed":
		return "The message was displayed"
	case "deleted":
		return "The message was deleted, perhaps unread"
	case "dispatched":
		return "The message was sent on"
	case "processed":
		return "The message was handled without being displayed"
	case "denied":
		return "A receipt was refused"
	case "failed":
		return "A receipt could not be made"
	}
	return "The message was dealt with in an unknown way"
}
