package tools

import (
	layout "mail-imap-mcp/internal/answer"
)

func (d searchMessagesData) text(t *sheet) {
	for _, m := range d.Messages {
		t.Mail(m.line(t))
		if m.Snippet != nil {
			t.Mail("    " + layout.Line(*m.Snippet))
		}
	}
	if len(d.Messages) > 0 {
		t.Dated()
	}
	if d.NextCursor != "" {
		t.Say("more", "cursor="+d.NextCursor)
	}
	t.outcome(d.outcome)
	if len(d.Messages) == 0 && len(d.Issues) == 0 {
		t.next(d.NextAction)
	}
}
