package extract

import (
	"fmt"
	"maps"
	"strings"
	"time"

	"mail-imap-mcp/internal/message"
	"mail-imap-mcp/internal/safetext"
)

const (
	// maxNesting is how deep messages within messages are read; a forward of a
	// forward is 2.
	maxNesting = 3

	// maxListed is how many attachments of a message, or names in an archive,
	// are listed.
	maxListed = 500

	// maxPeople is how many addresses of a field are shown.
	maxPeople = 50
)

// readEML shows a message (RFC 5322): who wrote to whom and when, the body,
// what is attached, and messages attached to it in the same way.
func readEML(j *job) document {
	w := &mailWriter{removed: map[string]int{}}
	w.message(j.data, j.depth)
	return document{status: OK, text: w.b.String(), note: sentence(w.notes...), removed: w.removed}
}

// mailWriter writes messages as text.
type mailWriter struct {
	b       strings.Builder
	notes   []string
	removed map[string]int
}

func (w *mailWriter) message(source []byte, depth int) {
	part, h, sections := message.Parse(source)
	w.head(h)
	for _, form := range message.ChooseBody(part).Forms {
		if body := w.body(form, sections); body != "" {
			w.b.WriteString("\n" + body + "\n")
		}
	}
	w.attachments(part, sections, depth)
}

// head writes the fields that a person reads.
func (w *mailWriter) head(h message.Header) {
	for _, name := range []string{"From", "To", "Cc"} {
		list := message.ParseAddresses(h.Get(name))
		shown := make([]string, 0, min(len(list), maxPeople))
		for _, a := range list[:cap(shown)] {
			shown = append(shown, a.String())
		}
		if more := len(list) - len(shown); more > 0 {
			shown = append(shown, fmt.Sprintf("and %d more", more))
		}
		w.field(name, strings.Join(shown, ", "))
	}
	date := h.Text("Date")
	if t, ok := message.ParseDate(date); ok {
		date = t.Format(time.RFC3339)
	}
	w.field("Date", date)
	w.field("Subject", h.Text("Subject"))
}

func (w *mailWriter) field(name, value string) {
	if value != "" {
		fmt.Fprintf(&w.b, "%s: %s\n", name, value)
	}
}

// body is one piece of what a person would see: its text, or its HTML if there
// is no text.
func (w *mailWriter) body(form message.Form, sections map[string][]byte) string {
	if form.Text != nil {
		text, note := message.DecodeText(form.Text, sections[form.Text.ID])
		if safe := safetext.Plain(text); safe.Text != "" || form.HTML == nil {
			w.say(note, safe.Removed)
			return safe.Text
		}
	}
	if form.HTML == nil {
		return ""
	}
	text, note := message.DecodeText(form.HTML, sections[form.HTML.ID])
	safe := safetext.HTML(text)
	w.say(note, safe.Removed)
	if missing := leftOut(safe); missing != "" {
		w.notes = append(w.notes, missing)
	}
	return safe.Text
}

// say keeps what is to be told about a piece.
func (w *mailWriter) say(note message.Note, removed map[string]int) {
	if s := note.String(); s != "" {
		w.notes = append(w.notes, s)
	}
	for kind, n := range maps.All(removed) {
		w.removed[kind] += n
	}
}

// attachments lists what is attached, by section numbers within this message,
// and writes attached messages.
func (w *mailWriter) attachments(part *message.Part, sections map[string][]byte, depth int) {
	list := message.Attachments(part)
	if len(list) == 0 {
		return
	}
	w.b.WriteString("\nAttachments (section numbers within this message):\n")
	for _, a := range list[:min(len(list), maxListed)] {
		name := a.Filename
		if name == "" {
			name = "without a name"
		}
		fmt.Fprintf(&w.b, "- %s: %s (%s, %s)\n", a.PartID, name, a.ContentType, byteCount(a.Size))
	}
	if more := len(list) - maxListed; more > 0 {
		fmt.Fprintf(&w.b, "- and %d more\n", more)
	}
	for _, a := range list[:min(len(list), maxListed)] {
		if a.ContentType != "message/rfc822" && a.ContentType != "message/global" {
			continue
		}
		source := sections[a.PartID]
		if len(source) == 0 {
			continue
		}
		if depth+1 >= maxNesting {
			w.notes = append(w.notes, fmt.Sprintf("messages within messages are read %d deep; deeper ones are only listed", maxNesting))
			return
		}
		fmt.Fprintf(&w.b, "\n----- Message attached as %s -----\n", a.PartID)
		w.message(source, depth+1)
	}
}
