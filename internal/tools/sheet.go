package tools

import (
	"strings"

	layout "mail-imap-mcp/internal/answer"
	"mail-imap-mcp/internal/contract"
)

// sheet is the page that a payload lays itself out on.
type sheet struct {
	*layout.Page
	server *server
}

// page lays an answer out as one text.
func (s *server) page(a answer) string {
	t := &sheet{layout.NewPage(s.zone, s.now()), s}
	t.First("%s", a.summary)
	a.data.text(t)
	return t.String()
}

// id is how a page names a message. A mailbox whose name cannot be shown as it is
// stands percent-encoded in a URI.
func (t *sheet) id(id contract.MessageID) string {
	if !layout.IsPlain(id.Mailbox) {
		return id.URI()
	}
	return id.Short(t.server.several)
}

// outcome says what went wrong and, where something did, what to do about it.
func (t *sheet) outcome(o outcome) {
	for _, i := range o.Issues {
		message := i.Message
		if i.Retryable {
			message += " (may work when asked again)"
		}
		t.Say("issue", string(i.Code)+", "+message)
	}
	if o.Status == contract.StatusFailed {
		t.next(o.NextAction)
	}
}

func (t *sheet) next(n contract.NextAction) {
	line := n.Instruction
	if n.Tool != "" {
		line += " (" + n.Tool + ")"
	}
	t.Say("next", line)
}

// text is the answer when nothing was obtained.
func (o outcome) text(t *sheet) { t.outcome(o) }

// list is some of a list of names, and how many more there are.
func list(names []string, most int) string {
	shown := make([]string, 0, most+1)
	for i, name := range names {
		if i == most {
			shown = append(shown, layout.Count(len(names)-most)+" more")
			break
		}
		shown = append(shown, layout.Name(name))
	}
	return strings.Join(shown, ", ")
}
