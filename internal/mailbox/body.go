package mailbox

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/extract"
	"mail-imap-mcp/internal/message"
	"mail-imap-mcp/internal/people"
	"mail-imap-mcp/internal/safetext"
	"mail-imap-mcp/internal/safety"
)

// present builds the message from what was opened and fetched of it; without
// content it is described only.
func (s *Service) present(ctx context.Context, q GetQuery, o *Opened, w *Content) *Message {
	m := &Message{
		Summary:        o.Summary,
		Authentication: s.authentication(q, o),
		Removed:        map[string]int{},
		Uncertain:      map[string]int{},
		Links:          []safetext.Link{},
	}
	m.Issues = m.list(q, o)
	if m.Withheld != "" {
		m.Signals = ofMessage(people.DescribedOnly(safety.Signals(m.facts(s.own(q), o, nil))))
		m.Authentication = people.VerdictsOnly(m.Authentication)
		return m
	}
	m.Cc, m.ReplyTo = o.Header.Addresses("Cc"), o.Header.Addresses("Reply-To")
	m.MessageIDHeader = o.Header.Text("Message-Id")
	m.Headers = headers(o.Header, q)
	m.describe(o)
	var body *Body
	if w != nil {
		body = s.ReadBody(ctx, w, m)
		m.show(q, body)
		m.showHTML(ctx, q, w)
		s.readFiles(ctx, q, w, m)
	}
	m.Signals = append(ofMessage(safety.Signals(m.facts(s.own(q), o, body))), m.fileSignals()...)
	if !q.IncludeRemoved {
		m.Hidden = nil
	}
	if !q.IncludeUncertain {
		m.UncertainText = nil
	}
	if q.Links != "" {
		for i := range m.Signals { // their offsets are those of the text with its links
			if m.Signals[i].PartID == "" {
				m.Signals[i].Start, m.Signals[i].End = 0, 0
			}
		}
	}
	return m
}

// list fills in the attachments.
func (m *Message) list(q GetQuery, o *Opened) (issues []contract.Issue) {
	if o.Part == nil || !q.Attachments {
		return nil
	}
	found := message.Attachments(o.Part)
	if n := len(found); n > contract.MaxAttachments {
		found, m.AttachmentsTruncated = found[:contract.MaxAttachments], true
		issues = append(issues, contract.Issue{
			Code: contract.InvalidInput, Stage: "attachments",
			Message: fmt.Sprintf("this message has %d attachments; the first %d are listed", n, contract.MaxAttachments),
		})
	}
	m.Attachments = make([]Attached, 0, len(found))
	for _, a := range found {
		if m.Withheld != "" {
			a.Filename, a.ContentType, a.Note = "", people.KnownType(a.ContentType), ""
		}
		m.Attachments = append(m.Attachments, Attached{Attachment: a})
	}
	return issues
}

// describe notes what is said about a message beside its text.
func (m *Message) describe(o *Opened) {
	switch {
	case o.garbled:
		m.Notes = append(m.Notes, "the server could not describe this message's structure; it was read from its source")
	case o.Part == nil:
		m.Notes = append(m.Notes, "this message has more parts or deeper nesting than is read; its body is not shown")
	}
	m.note(o.Header.Note())
	if o.Part == nil {
		return
	}
	for _, n := range o.Part.Notes() {
		m.note(n)
	}
	body := message.ChooseBody(o.Part)
	m.protected(body.Encrypted, body.Signed)
}

// protected says that a message is encrypted or signed.
func (m *Message) protected(encrypted, signed string) {
	if encrypted != "" {
		m.Notes = append(m.Notes, fmt.Sprintf("this message is encrypted (%s); only the person's own mail program can open it", encrypted))
	}
	if signed != "" {
		m.Notes = append(m.Notes, fmt.Sprintf("this message carries a signature (%s); it was not verified", signed))
	}
}

// authentication is what the account's receiving server says of the sender.
func (s *Service) authentication(q GetQuery, o *Opened) safety.Authentication {
	pool, err := s.accounts.Find(q.ID.Account)
	if err != nil {
		return safety.Authenticate(o.Header, "", "")
	}
	return people.Authentication(pool.Account(), o.Header)
}

// own are the account's own addresses.
func (s *Service) own(q GetQuery) []string {
	pool, err := s.accounts.Find(q.ID.Account)
	if err != nil {
		return nil
	}
	return pool.Account().OwnAddresses()
}

// facts are what signals are drawn from.
func (m *Message) facts(own []string, o *Opened, body *Body) safety.Facts {
	f := safety.Facts{
		Header: o.Header, From: o.Header.Addresses("From"), ReplyTo: o.Header.Addresses("Reply-To"),
		Authentication: m.Authentication, Hidden: m.Hidden, Own: own,
	}
	if o.Part != nil {
		f.Attachments = message.Attachments(o.Part)
	}
	if body != nil {
		f.Text, f.Links, f.Doubts = body.Text, m.Links, body.doubts
		f.PlainForm, f.HTMLForm, f.Pictures = body.plain, body.html, body.pictures
	}
	return f
}

// shownHeaders are the fields that are returned unless all are asked for.
var shownHeaders = []string{"Date", "From", "Sender", "Reply-To", "To", "Cc", "Subject", "Message-Id", "In-Reply-To", "References", "List-Id", "List-Unsubscribe"}

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

// Body is the whole safe text of a body, as far as it was fetched.
type Body struct {
	Text   string
	there  bool // there is a body at all, empty or not
	Cut    bool // there is more on the server
	full   bool // and it is beyond what is read
	doubts []string
	// plain and html are the texts of both forms, where both are known and the
	// plain one is shown.
	plain, html string
	pictures    int // of the HTML form, as far as it was fetched
}

// ReadBody makes safe text of the body: its pieces one below the other, an
// invitation and a delivery report in words. Behind a piece that was cut nothing
// is added, so that offsets stay what they are when more is read.
func (s *Service) ReadBody(ctx context.Context, w *Content, m *Message) *Body {
	b := &Body{there: len(w.sources()) > 0}
	var pieces []string
	for _, f := range w.forms {
		sp := f.chosen()
		if sp == nil {
			continue
		}
		text := m.safe(sp, b)
		if sp.cut {
			b.Cut, b.full = true, sp.asked >= moreBodyFetch && (len(pieces) > 0 || sp.asked >= maxBodyFetch)
			pieces = append(pieces, TrimRagged(text))
			break
		}
		pieces = append(pieces, text)
	}
	if len(w.forms) > 0 {
		b.plain, b.html = w.forms[0].both()
		b.pictures = w.forms[0].pictures()
	}
	if !b.Cut {
		pieces = append(pieces, s.invitation(ctx, w.calendar, m), report(w.report, m))
	}
	for _, p := range pieces {
		if p != "" && b.Text != "" {
			b.Text += "\n\n"
		}
		b.Text += p
	}
	return b
}

// chosen is the form that is shown as text: plain text, unless it says nothing
// of its own.
func (f formSource) chosen() *sourcePart {
	if f.text == nil || (f.html != nil && len(f.html.data) > 0 && message.IsStub(f.text.render().Text, f.html.render().Text)) {
		return f.html
	}
	return f.text
}

// both are the texts of the two forms where the plain one is shown and the HTML
// one is known to its end, or far enough for the plain one's length.
func (f formSource) both() (plain, html string) {
	other := f.html
	if other == nil {
		other = f.compared
	}
	if other == nil || len(other.data) == 0 || f.chosen() != f.text {
		return "", ""
	}
	plain, html = f.text.render().Text, other.render().Text
	if other.cut && len(html) < len(plain) {
		return "", ""
	}
	return plain, html
}

// pictures counts those of the HTML form.
func (f formSource) pictures() int {
	other := cmp.Or(f.html, f.compared)
	if other == nil {
		return 0
	}
	source, _ := message.DecodeText(other.part, other.data)
	return safetext.Pictures(source)
}

// safe is a part's safe text; what was found on the way is noted.
func (m *Message) safe(sp *sourcePart, b *Body) string {
	safe := sp.render()
	m.note(safe.note)
	m.remove(safe.Removed)
	m.Hidden = append(m.Hidden, safe.Hidden...)
	m.doubt(safe.Uncertain)
	m.UncertainText = append(m.UncertainText, safe.UncertainText...)
	m.Links = append(m.Links, safe.Links...)
	m.protected(message.InlinePGP(safe.Text))
	b.doubts = append(b.doubts, safe.Doubts...)
	return safe.Text
}

// remove adds up what was removed.
func (m *Message) remove(counts map[string]int) {
	for kind, n := range counts {
		m.Removed[kind] += n
	}
}

// doubt adds up what was left out as uncertain.
func (m *Message) doubt(counts map[string]int) {
	for reason, n := range counts {
		if m.Uncertain == nil {
			m.Uncertain = map[string]int{}
		}
		m.Uncertain[reason] += n
	}
}

// invitation is a calendar part in words.
func (s *Service) invitation(ctx context.Context, sp *sourcePart, m *Message) string {
	if sp == nil || len(sp.data) == 0 {
		return ""
	}
	r, err := s.extract(ctx, extract.Input{
		MediaType: "text/calendar", Charset: sp.part.Params["charset"], MaxChars: contract.MaxBodyChars,
		Data: Decoded(sp.part, sp.data),
	})
	if err != nil || r.Status != extract.OK {
		m.Notes = append(m.Notes, "this message has an invitation that could not be read")
		return ""
	}
	m.remove(r.Removed)
	return r.Text
}

// report is a delivery report or a receipt in words.
func report(sp *sourcePart, m *Message) string {
	if sp == nil || len(sp.data) == 0 {
		return ""
	}
	safe := safetext.Plain(message.ReportText(sp.part, sp.data))
	m.remove(safe.Removed)
	m.Hidden = append(m.Hidden, safe.Hidden...)
	return safe.Text
}

// show fills in the piece of the body text that was asked for, or the places of a
// phrase in all of it.
func (m *Message) show(q GetQuery, b *Body) {
	if q.Mode == ModeHTML || !b.there {
		return
	}
	text := safetext.ShortenLinks(b.Text, q.Links)
	total := utf8.RuneCountInString(text)
	m.BodySpan = Span{To: total, Total: total, AtLeast: b.Cut}
	if q.Find != "" {
		m.Found, m.FoundTotal = safetext.Find(text, q.Find, foundPlaces, foundAround)
		m.BodyTruncated = b.Cut
		if b.Cut {
			m.beyond()
		}
		return
	}
	piece, next, truncated := safetext.Fold(text, q.BodyOffset, q.BodyMax)
	m.BodyText = &piece
	m.BodySpan.From, m.BodySpan.To = min(q.BodyOffset, total), next
	m.BodySpan.Folded = utf8.RuneCountInString(piece) != next-m.BodySpan.From
	m.BodyTruncated = truncated || b.Cut
	switch {
	case !m.BodyTruncated:
	case next > contract.MaxBodyOffset || (!truncated && b.full):
		m.beyond()
	default:
		m.BodyNextOffset = next
	}
}

// beyond says that the body is longer than what is read of it.
func (m *Message) beyond() {
	m.Notes = append(m.Notes, fmt.Sprintf("the body goes on beyond the first %d bytes, which is as far as it is read; imap_get_message_raw has the rest", maxBodyFetch))
}

// showHTML fills in the sanitised HTML of the main piece.
func (m *Message) showHTML(ctx context.Context, q GetQuery, w *Content) {
	if q.Mode == ModeText || len(w.forms) == 0 || w.forms[0].html == nil {
		return
	}
	html := w.forms[0].html
	source, note := message.DecodeText(html.part, html.data)
	m.note(note)
	clean := safetext.SanitizeHTMLContext(ctx, source)
	if utf8.RuneCountInString(clean) > q.BodyMax {
		clean = cutHTML(clean, q.BodyMax)
		m.BodyTruncated = true
	}
	m.BodyTruncated = m.BodyTruncated || html.cut
	m.BodyHTML = &clean
}

// TrimRagged cuts a text whose source was cut back to a blank, so that the next
// piece begins where this one ends; text without blanks loses a few characters.
func TrimRagged(text string) string {
	if i := strings.LastIndexAny(text, " \n"); i >= 0 && len(text)-i <= raggedChars {
		return text[:i]
	}
	r := []rune(text)
	return string(r[:max(len(r)-raggedChars/10, 0)])
}

// note says once what was wrong.
func (m *Message) note(n message.Note) {
	text := n.String()
	if text == "" {
		return
	}
	for _, said := range m.Notes {
		if said == text {
			return
		}
	}
	m.Notes = append(m.Notes, text)
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
