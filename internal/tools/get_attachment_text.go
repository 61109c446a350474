package tools

import (
	"fmt"

	layout "mail-imap-mcp/internal/answer"
)

func (d getAttachmentData) text(t *sheet) {
	if d.Status == "failed" {
		t.outcome(d.outcome)
		return
	}
	t.Mail("Attached: " + d.Attachment.line())
	if d.Attachment.ExtractedText != nil {
		t.Mail("")
		t.Text(*d.Attachment.ExtractedText)
	}
	if d.SavedAs != "" {
		t.Mail("Saved as: " + layout.Line(d.SavedAs)) // the name is the sender's
	}
	if d.NextOffset > 0 {
		t.Say("more", fmt.Sprintf("offset=%d", d.NextOffset))
	}
	safetyData{Removed: d.Removed, Signals: d.Signals}.lines(t)
	if d.Withheld != "" {
		t.Say("warning", layout.Line(d.Withheld))
	}
	t.outcome(d.outcome)
}

func (d getMessageRawData) text(t *sheet) {
	if d.RawSourceBase64 != "" {
		t.Mail("base64:")
		t.Mail(d.RawSourceBase64)
	}
	for _, f := range d.Saved {
		t.Say("saved", layout.Line(f.Path))
	}
	if d.Truncated {
		t.Say("more", fmt.Sprintf("offset_bytes=%d of %d", d.OffsetBytes+int64(d.ReturnedBytes), d.TotalSizeBytes))
	}
	if d.Withheld != "" {
		t.Say("warning", layout.Line(d.Withheld))
	}
	t.outcome(d.outcome)
}
