package tools

import (
	"strings"

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
	t.Say("alone", d.aloneText())
	t.outcome(d.outcome)
	if len(d.Messages) == 0 && len(d.Issues) == 0 {
		t.next(d.NextAction)
	}
}

// aloneText is what each criterion finds by itself, in a line.
func (d searchMessagesData) aloneText() string {
	var parts []string
	for _, a := range d.Alone {
		count := layout.Count(a.Count)
		if a.AtLeast {
			count = "at least " + count
		}
		parts = append(parts, a.Criterion+" "+count)
	}
	return strings.Join(parts, ", ")
}
