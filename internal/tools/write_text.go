package tools

import (
	"fmt"
	"slices"

	layout "mail-imap-mcp/internal/answer"
	"mail-imap-mcp/internal/change"
	"mail-imap-mcp/internal/contract"
)

// maxNotDone is how many messages that were not changed are named; the issues
// say what is wrong with all of them.
const maxNotDone = 10

func (d writeData) text(t *sheet) {
	if d.Result != nil {
		d.notDone(t)
	}
	d.consentData.text(t)
	switch {
	case d.Operation != nil && !d.Operation.Done:
		t.Say("operation", d.OperationID+", "+d.Operation.State+"; ask with "+nameGetOperation)
	case d.OperationID != "" && !d.undoUntil.IsZero():
		t.Say("operation", fmt.Sprintf("%s (%s takes it back until %s)", d.OperationID, nameUndoOperation, t.When(d.undoUntil)))
	case d.OperationID != "":
		t.Say("operation", d.OperationID)
	}
	t.outcome(d.outcome)
	if d.DryRun || d.Result != nil && d.Result.Counts.Unknown > 0 {
		t.next(d.NextAction)
	}
}

// notDone names what was not changed: what was is known by the counts.
func (d writeData) notDone(t *sheet) {
	left := slices.DeleteFunc(slices.Clone(d.Result.Messages), func(m changedData) bool {
		return m.Status == string(change.Done) || (m.Code == "" && d.DryRun)
	})
	for i, m := range left {
		if i == maxNotDone {
			t.Mail(layout.Count(len(left)-maxNotDone) + " more")
			break
		}
		id := m.MessageID
		if parsed, err := contract.ParseMessageID(id); err == nil {
			id = t.id(parsed)
		}
		line := id + "  " + m.Status
		if m.Message != "" && len(d.Issues) > 1 {
			line += ": " + layout.Line(m.Message)
		}
		t.Mail(line)
	}
}

// text is what the person is to be shown, and the token for the real call.
func (d consentData) text(t *sheet) {
	for _, line := range d.Quoted {
		t.Mail(layout.Line(line))
	}
	if d.ConfirmToken != "" {
		t.Say("question", d.Question)
		t.Say("confirm_token", d.ConfirmToken)
	}
}

func (d manageMailboxData) text(t *sheet) {
	d.consentData.text(t)
	if d.RenamedBelow > 0 {
		t.Say("renamed", contract.Plural(d.RenamedBelow, "mailbox")+" below it too")
	}
	for _, l := range []struct {
		label string
		names []string
	}{{"created", d.Created}, {"subscribed", d.Subscribed}, {"unsubscribed", d.Unsubscribed}} {
		if len(l.names) > 1 {
			t.Say(l.label, list(l.names, 5))
		}
	}
	if d.NowCalled != "" {
		t.Say("warning", "it is called "+layout.Name(d.NowCalled)+" now")
	}
	for _, note := range d.Notes {
		t.Say("warning", note)
	}
	switch {
	case d.Operation != nil && !d.Operation.Done:
		t.Say("operation", d.OperationID+", "+d.Operation.State+"; ask with "+nameGetOperation)
	case d.OperationID != "":
		t.Say("operation", d.OperationID)
	}
	t.outcome(d.outcome)
	if d.DryRun {
		t.next(d.NextAction)
	}
}

func (d saveDraftData) text(t *sheet) {
	for _, field := range []struct {
		name   string
		values []string
	}{{"From", []string{d.Draft.From}}, {"To", d.Draft.To}, {"Cc", d.Draft.Cc}, {"Bcc", d.Draft.Bcc}, {"Subject", []string{d.Draft.Subject}}} {
		if len(field.values) > 0 && field.values[0] != "" {
			t.Mail(field.name + ": " + list(field.values, 20))
		}
	}
	for _, a := range d.Draft.Attachments {
		t.Mail(fmt.Sprintf("Attached: %s (%s, %s)", layout.Line(a.Filename), layout.Line(a.ContentType), layout.Size(a.SizeBytes)))
	}
	d.consentData.text(t)
	if id, err := contract.ParseMessageID(d.MessageID); err == nil {
		t.Say("draft", t.id(id))
	}
	if d.Operation != nil && !d.Operation.Done {
		t.Say("operation", d.OperationID+", "+d.Operation.State+"; ask with "+nameGetOperation)
	}
	t.outcome(d.outcome)
	if d.Saved || d.DryRun {
		t.next(contract.NextAction{Instruction: d.NextAction.Instruction})
	}
}
