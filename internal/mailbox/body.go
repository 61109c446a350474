package mailbox

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/emersion/go-imap/v2"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/message"
	"mail-imap-mcp/internal/safetext"
)

// sourcePart is a body part's source as far as it was fetched.
type sourcePart struct {
	part  *message.Part
	asked int64 // bytes
	data  []byte
	cut   bool // there is more on the server
}

// read builds the message from what was opened, fetching the body parts that
// are to be shown.
func (s *Service) read(c *imapconn.Conn, q GetQuery, o *opened) (*Message, error) {
	m := &Message{
		Summary:         o.Summary,
		Cc:              message.ParseAddresses(o.header.Get("Cc")),
		ReplyTo:         message.ParseAddresses(o.header.Get("Reply-To")),
		MessageIDHeader: o.header.Text("Message-Id"),
		Removed:         map[string]int{},
	}
	m.Headers = headers(o.header, q)
	if o.garbled {
		m.Notes = append(m.Notes, "the server could not describe this message's structure; it was read from its source")
	} else if o.part == nil {
		m.Notes = append(m.Notes, "this message has more parts or deeper nesting than is read; its body is not shown")
	}
	if o.part != nil && q.Attachments {
		m.Attachments = message.Attachments(o.part)
		if len(m.Attachments) > contract.MaxAttachments {
			m.Issues = append(m.Issues, contract.Issue{
				Code: contract.InvalidInput, Stage: "attachments",
				Message: fmt.Sprintf("this message has %d attachments; the first %d are listed", len(m.Attachments), contract.MaxAttachments),
			})
			m.Attachments, m.AttachmentsTruncated = m.Attachments[:contract.MaxAttachments], true
		}
	}
	if o.part == nil {
		return m, nil
	}
	text, html, err := s.sources(c, q, o)
	if err != nil {
		return m, err
	}
	m.show(q, text, html)
	return m, nil
}

// shownHeaders are the fields that are returned unless all are asked for.
var shownHeaders = []string{"Date", "From", "Sender", "Reply-To", "To", "Cc", "Subject", "Message-Id", "In-Reply-To", "References", "List-Id", "List-Unsubscribe", "Authentication-Results"}

func headers(h message.Header, q GetQuery) []message.Field {
	if !q.Headers && !q.AllHeaders {
		return nil
	}
	fields := []message.Field{}
	for _, f := range h.Fields() {
		if q.AllHeaders || containsFold(shownHeaders, f.Name) {
			fields = append(fields, message.Field{Name: safetext.Line(f.Name), Value: safetext.Line(message.DecodeHeaderText(f.Value))})
		}
	}
	return fields
}

func containsFold(list []string, s string) bool {
	for _, item := range list {
		if strings.EqualFold(item, s) {
			return true
		}
	}
	return false
}

// sources fetches the parts that will be shown in one flight. A text part that
// is suspiciously small beside its HTML comes together with it, so that the
// choice between them costs no further flight.
func (s *Service) sources(c *imapconn.Conn, q GetQuery, o *opened) (text, html *sourcePart, err error) {
	body := message.ChooseBody(o.part).Main()
	end := int64(q.BodyOffset + q.BodyMax)
	if body.Text != nil && q.Mode != ModeHTML {
		text = &sourcePart{part: body.Text}
	}
	if body.HTML != nil && (q.Mode != ModeText || text == nil || smallBeside(body.Text, body.HTML)) {
		html = &sourcePart{part: body.HTML}
	}
	if o.encoded != nil {
		for _, sp := range []*sourcePart{text, html} {
			if sp != nil {
				sp.data = o.encoded[sp.part.ID]
			}
		}
		return text, html, nil
	}
	if text != nil {
		text.asked = min(max(minTextFetch, end*textBytesPerChar), maxBodyFetch)
	}
	if html != nil {
		html.asked = min(max(minHTMLFetch, end*htmlBytesPerChar), maxBodyFetch)
	}
	return text, html, fetchSources(c, q.ID.UID, text, html)
}

// fetchSources fetches the parts in one FETCH; nil ones are left out.
func fetchSources(c *imapconn.Conn, uid uint32, parts ...*sourcePart) error {
	parts = slices.DeleteFunc(parts, func(sp *sourcePart) bool { return sp == nil })
	if len(parts) == 0 {
		return nil
	}
	opts := &imap.FetchOptions{}
	for _, sp := range parts {
		opts.BodySection = append(opts.BodySection, bodySection(partPath(sp.part.ID), imap.PartSpecifierNone, 0, sp.asked))
	}
	err := fetchRows(c, uidFetch(c, []uint32{uid}, opts), 4, maxBodyFetch, func(r row) {
		for _, sp := range parts {
			if data, ok := r.find(partPath(sp.part.ID), imap.PartSpecifierNone); ok {
				sp.data, sp.cut = data, int64(len(data)) >= sp.asked
			}
		}
	})
	if err != nil {
		return fmt.Errorf("FETCH body: %w", err)
	}
	return nil
}

// smallBeside reports whether a text part may be a mere stand-in for the HTML.
func smallBeside(text, html *message.Part) bool {
	return text.Size < 200 && html.Size > 10*text.Size
}

// show fills in the bodies that were asked for.
func (m *Message) show(q GetQuery, text, html *sourcePart) {
	if q.Mode != ModeHTML {
		chosen := text
		if text == nil || (html != nil && !meaningful(text)) {
			chosen = html
		}
		if chosen != nil {
			m.showText(q, chosen)
		}
	}
	if q.Mode != ModeText && html != nil {
		source, note := message.DecodeText(html.part, html.data)
		m.note(note)
		clean := safetext.SanitizeHTML(source)
		if utf8.RuneCountInString(clean) > q.BodyMax {
			clean = cutHTML(clean, q.BodyMax)
			m.BodyTruncated = true
		}
		m.BodyTruncated = m.BodyTruncated || html.cut
		m.BodyHTML = &clean
	}
}

// showText shows one part as safe text, from the offset asked for.
func (m *Message) showText(q GetQuery, sp *sourcePart) {
	source, note := message.DecodeText(sp.part, sp.data)
	m.note(note)
	var safe safetext.Result
	if sp.part.MediaType == "text/html" {
		safe = safetext.HTML(source)
	} else {
		safe = safetext.Plain(source)
	}
	maps.Copy(m.Removed, safe.Removed)
	if sp.cut {
		safe.Text = trimRagged(safe.Text)
	}
	piece, next, truncated := safetext.Cut(safe.Text, q.BodyOffset, q.BodyMax)
	m.BodyText = &piece
	m.BodyTruncated = truncated || sp.cut
	switch {
	case !m.BodyTruncated:
	case next > contract.MaxBodyOffset || (piece == "" && sp.asked >= maxBodyFetch):
		m.Notes = append(m.Notes, fmt.Sprintf("the body goes on beyond the first %d bytes, which is as far as it is read; imap_get_message_raw has the rest", maxBodyFetch))
	default:
		m.BodyNextOffset = next
	}
}

// trimRagged cuts a text whose source was cut back to a blank, so that the next
// piece begins where this one ends; text without blanks loses a few characters.
func trimRagged(text string) string {
	if i := strings.LastIndexAny(text, " \n"); i >= 0 && len(text)-i <= raggedChars {
		return text[:i]
	}
	r := []rune(text)
	return string(r[:max(len(r)-raggedChars/10, 0)])
}

func (m *Message) note(n message.Note) {
	if text := n.String(); text != "" {
		m.Notes = append(m.Notes, text)
	}
}

// meaningful reports whether a text part says anything of its own: an empty one,
// or a bare request to look at the HTML, does not.
func meaningful(sp *sourcePart) bool {
	text := strings.TrimSpace(plainText(sp.part, sp.data))
	if text == "" {
		return false
	}
	if utf8.RuneCountInString(text) > 200 {
		return true
	}
	low := strings.ToLower(text)
	return !strings.Contains(low, "html")
}

// cutHTML cuts sanitised HTML after max characters, before a tag it would
// otherwise cut in two.
func cutHTML(s string, max int) string {
	r := []rune(s)
	cut := string(r[:max])
	if open, end := strings.LastIndexByte(cut, '<'), strings.LastIndexByte(cut, '>'); open > end {
		cut = cut[:open]
	}
	return cut
}
